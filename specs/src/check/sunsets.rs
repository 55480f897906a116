//! Days on which something ends.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::diagnostics::{Code, Problem, Problems};
use crate::raw::Text;

/// Whether it is a day.
pub(crate) fn day(problems: &mut Problems, day: &Text) -> bool {
    let is_day = super::scalars::is_date(day.as_str());
    if !is_day {
        let message = format!("`{}` is not a date", day.value);
        problems.report(
            Problem::new(Code::BadDate, day.span, message).help("write year, month and day: \"2027-09-01\""),
        );
    }
    is_day
}

/// The same for something that cannot be used once the day has come.
pub(crate) fn still_to_come(problems: &mut Problems, sunset: &Text, what: &str) {
    if day(problems, sunset) && sunset.as_str() < today().as_str() {
        let message = format!("{what} ended on {}", sunset.value);
        let problem = Problem::new(Code::SunsetPassed, sunset.span, message)
            .help("see whether the API still has it, and remove it or mend the day");
        problems.report(problem);
    }
}

/// Today in UTC, as days are written. A reproducible build says itself what day it is
/// (<https://reproducible-builds.org/specs/source-date-epoch>).
pub fn today() -> String {
    let set = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    date(set.unwrap_or_else(now) / 86_400)
}

/// The date of a day since 1970 (Howard Hinnant, «chrono-compatible low-level date algorithms», `civil_from_days`).
fn date(days: u64) -> String {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn days_have_dates() {
        for (days, expected) in
            [(0, "1970-01-01"), (59, "1970-03-01"), (11_016, "2000-02-29"), (20_513, "2026-03-01")]
        {
            assert_eq!(date(days), expected);
        }
    }
}
