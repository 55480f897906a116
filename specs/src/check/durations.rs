//! Spans of time: `1s`, `10s`, `500ms`, `1m`, `1h`, `1d`.

use crate::diagnostics::{Code, Problem, Problems};
use crate::raw::Text;

const UNITS: [(&str, u64); 5] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// Milliseconds; 1000 for what cannot be read, which is reported.
pub(crate) fn millis(problems: &mut Problems, text: &Text) -> u64 {
    parse(text.as_str()).unwrap_or_else(|| {
        let problem =
            Problem::new(Code::BadDuration, text.span, format!("`{}` is not a span of time", text.value))
                .help("write a whole number and a unit: `500ms`, `1s`, `10s`, `1m`, `1h`, `1d`");
        problems.report(problem);
        1000
    })
}

fn parse(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*factor).filter(|millis| *millis > 0)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_number_and_a_unit() {
        assert_eq!(parse("500ms"), Some(500));
        assert_eq!(parse("10s"), Some(10_000));
        assert_eq!(parse("1d"), Some(86_400_000));
        for bad in
            ["", "1", "s", "0s", "1.5s", "1 s", "1w", "99999999999999999999s", "99999999999999999d", "-1s"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
