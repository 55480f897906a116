//! Decimal arithmetic on text, as exact as Java's `BigDecimal`, whose results HubSpot answers.

/// The exact decimal expansion of a binary number: 0.4 is `0.4000000000000000222…`. 64 places are enough for
/// probabilities in tenths.
pub(crate) fn expand(number: f64) -> String {
    let text = format!("{number:.64}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The exact product. Its scale is the sum of both scales, so trailing zeros stay, as in `BigDecimal.multiply`.
pub(crate) fn multiply(left: &str, right: &str) -> Option<String> {
    let (left_negative, left, left_scale) = digits(left)?;
    let (right_negative, right, right_scale) = digits(right)?;
    let mut product = vec![0_u32; left.len() + right.len()];
    for (i, a) in left.iter().rev().enumerate() {
        for (j, b) in right.iter().rev().enumerate() {
            product[i + j] += a * b;
            let carry = product[i + j] / 10;
            product[i + j] %= 10;
            product[i + j + 1] += carry;
        }
    }
    let scale = left_scale + right_scale;
    product.resize(product.len().max(scale + 1), 0);
    let mut text: Vec<char> =
        product.iter().map(|digit| char::from_digit(*digit, 10).unwrap_or('0')).collect();
    while text.len() > scale + 1 && text.last() == Some(&'0') {
        text.pop();
    }
    if scale > 0 {
        text.insert(scale, '.');
    }
    if left_negative != right_negative && product.iter().any(|digit| *digit != 0) {
        text.push('-');
    }
    Some(text.iter().rev().collect())
}

/// Sign, digits and scale of a plain decimal number.
fn digits(text: &str) -> Option<(bool, Vec<u32>, usize)> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.chars().chain(fraction.chars()).map(|c| c.to_digit(10)).collect::<Option<Vec<_>>>()?;
    (!digits.is_empty()).then_some((negative, digits, fraction.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expands_and_multiplies_exactly() {
        let probability = expand(0.4);
        assert_eq!(probability, "0.40000000000000002220446049250313080847263336181640625");
        assert_eq!(
            multiply("15000", &probability).as_deref(),
            Some("6000.00000000000033306690738754696212708950042724609375000")
        );
        assert_eq!(expand(1.0), "1");
        assert_eq!(expand(0.0), "0");
        assert_eq!(multiply("-0.5", "0.5").as_deref(), Some("-0.25"));
        assert_eq!(multiply("x", "1"), None);
    }
}
