//! Scalars in JSON: what an author writes, and what can be read from an answer.

use crate::json::{Kind, Value};
use crate::model::FieldType;

/// What a message calls it.
pub(crate) fn expectation(ty: &FieldType) -> &'static str {
    match ty {
        FieldType::Integer => "a whole number",
        FieldType::Decimal => "a decimal number",
        FieldType::Float => "a number",
        FieldType::Boolean => "a boolean",
        FieldType::Date => "a date like \"2026-12-31\"",
        FieldType::DateTime => "a time like \"2026-12-31T12:00:00Z\"",
        FieldType::Duration => "a duration like \"PT1H30M\"",
        FieldType::Url => "an address like \"https://example.com\"",
        FieldType::Email => "an e-mail address",
        FieldType::Bytes => "Base64",
        _ => "a string",
    }
}

/// Whether an author may write it so: in JSON's own type.
pub(crate) fn written(ty: &FieldType, value: &Value) -> bool {
    match (ty, &value.kind) {
        (FieldType::Integer, Kind::Number(number)) => number.is_i64(),
        (FieldType::Decimal | FieldType::Float, Kind::Number(_))
        | (FieldType::Boolean, Kind::Bool(_))
        | (FieldType::String, Kind::String(_)) => true,
        (FieldType::Integer | FieldType::Float | FieldType::Boolean, _) => false,
        (ty, Kind::String(text)) => text_fits(ty, text),
        _ => false,
    }
}

/// Whether it can be read from an answer: numbers may be strings and the other way round, times may be numbers.
pub(crate) fn readable(ty: &FieldType, value: &Value) -> bool {
    match (ty, &value.kind) {
        (_, Kind::Null | Kind::Array(_) | Kind::Object(_)) => false,
        (FieldType::String | FieldType::Email, _)
        | (FieldType::Boolean, Kind::Bool(_))
        | (FieldType::Decimal | FieldType::Float, Kind::Number(_)) => true,
        (FieldType::Integer, Kind::Number(number)) => is_integer(&number.to_string()),
        (FieldType::Date | FieldType::DateTime | FieldType::Duration, Kind::Number(number)) => {
            number.is_i64()
        }
        (FieldType::Date | FieldType::DateTime, Kind::String(text)) => {
            is_date(text) || is_datetime(text) || text.parse::<i64>().is_ok()
        }
        (FieldType::Duration, Kind::String(text)) => is_duration(text) || text.parse::<i64>().is_ok(),
        (ty, Kind::String(text)) => text_fits(ty, text.trim()),
        _ => false,
    }
}

fn text_fits(ty: &FieldType, text: &str) -> bool {
    match ty {
        FieldType::String => true,
        FieldType::Integer => is_integer(text),
        FieldType::Decimal => is_decimal(text),
        FieldType::Float => is_decimal(text) && text.parse::<f64>().is_ok_and(f64::is_finite),
        FieldType::Boolean => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
        FieldType::Date => is_date(text),
        FieldType::DateTime => is_datetime(text),
        FieldType::Duration => is_duration(text),
        FieldType::Url => is_url(text),
        FieldType::Email => {
            text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
        }
        FieldType::Bytes => is_base64(text),
        _ => false,
    }
}

fn is_integer(text: &str) -> bool {
    let whole = text.split_once('.').filter(|(_, zeros)| zeros.bytes().all(|b| b == b'0'));
    whole.map_or(text, |(whole, _)| whole).parse::<i64>().is_ok()
}

/// Digits, a point, an exponent; as many as there are.
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let digits = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let numeric = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let mantissa_fits = numeric(whole) && numeric(fraction) && !(whole.is_empty() && fraction.is_empty());
    mantissa_fits && exponent.is_none_or(|exponent| exponent.parse::<i16>().is_ok())
}

/// `2027-09-01`
pub(crate) fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut number = |len: usize| {
        let part = parts.next()?;
        (part.len() == len && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u32>().ok())?
    };
    let (Some(year), Some(month), Some(day)) = (number(4), number(2), number(2)) else { return false };
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// RFC 3339 §5.6.
fn is_datetime(text: &str) -> bool {
    let Some((date, rest)) = text.split_once(['T', 't', ' ']) else { return false };
    let zone = rest.find(['Z', 'z', '+', '-']);
    let Some((time, zone)) = zone.map(|at| rest.split_at(at)) else { return false };
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let two_digits = |parts: &str, limits: &[u32]| {
        let parts: Vec<_> = parts.split(':').collect();
        parts.len() == limits.len()
            && parts.iter().zip(limits).all(|(part, limit)| {
                part.len() == 2 && part.parse::<u32>().is_ok_and(|number| number <= *limit)
            })
    };
    let offset =
        zone.eq_ignore_ascii_case("z") || zone.get(1..).is_some_and(|zone| two_digits(zone, &[23, 59]));
    let fraction =
        !fraction.is_empty() && fraction.len() <= 9 && fraction.bytes().all(|b| b.is_ascii_digit());
    is_date(date) && two_digits(time, &[23, 59, 60]) && fraction && offset
}

/// ISO 8601 with units of fixed length: `PT1H30M`, `P1DT12H`, `-PT0.5S`.
fn is_duration(text: &str) -> bool {
    let Some(rest) = text.trim_start_matches(['-', '+']).strip_prefix(['P', 'p']) else { return false };
    let (days, time) = match rest.split_once(['T', 't']) {
        Some((_, "")) => return false,
        Some((days, time)) => (days, time),
        None => (rest, ""),
    };
    !rest.is_empty() && units(days, "WD") && units(time, "HMS")
}

/// Numbers with these units, each at most once and in this order.
fn units(mut text: &str, units: &str) -> bool {
    for unit in units.chars() {
        let Some(at) = text.find(|c: char| c.eq_ignore_ascii_case(&unit)) else { continue };
        let number = &text[..at];
        let fits = if unit == 'S' { is_decimal(number) } else { number.parse::<u32>().is_ok() };
        if !fits {
            return false;
        }
        text = &text[at + 1..];
    }
    text.is_empty()
}

fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let letters = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(letters)
        && !rest.is_empty()
        && !text.contains(char::is_whitespace)
}

fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(fits: fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(fits(text), "{text} should fit");
        }
        for text in bad {
            assert!(!fits(text), "{text} should not fit");
        }
    }

    #[test]
    fn dates() {
        all(
            is_date,
            &["2024-02-29", "2000-02-29", "2026-12-31"],
            &[
                "2023-02-29",
                "1900-02-29",
                "2026-13-01",
                "2026-00-10",
                "2026-1-1",
                "2026-12-31T",
                "26-12-31",
                "",
                "2026-12-00",
            ],
        );
        all(
            is_datetime,
            &["2026-12-31T00:00:00Z", "2026-12-31t23:59:60.123z", "2026-12-31 00:00:00+05:30"],
            &[
                "2026-12-31",
                "2026-12-31T00:00:00",
                "2026-12-31T24:00:00Z",
                "2026-12-31T00:00Z",
                "2026-12-31T00:00:00.Z",
                "2026-12-31T00:00:00+5",
                "2026-02-30T00:00:00Z",
                "T",
                "2026-12-31T00:00:00+ä",
            ],
        );
        all(
            is_duration,
            &["PT1H", "PT1H30M", "P1D", "P1W2DT3H4M5.5S", "-PT0.5S"],
            &["", "P", "PT", "1H", "P1M", "P1Y", "PT1", "PT5M1H", "PT1.5H", "P1DT"],
        );
    }

    #[test]
    fn numbers() {
        all(is_integer, &["0", "-5", "5.0", "5."], &["", "5.5", "a", "1e3", "99999999999999999999"]);
        all(
            is_decimal,
            &["0", "-5.25", ".5", "1e3", "0.40000000000000002220446049250313080847263336181640625"],
            &["", ".", "-", "1,5", "1e", "NaN", "inf", "1e99999999", "--1"],
        );
    }

    #[test]
    fn other_texts() {
        all(is_url, &["https://a.b/c?d", "mailto:x@y"], &["", "a.b", "https://a b", "://x", "1a:b", "a:"]);
        all(is_base64, &["", "QQ==", "QUI=", "QUJD"], &["Q", "QQ=", "Q===", "QU!D"]);
    }
}
