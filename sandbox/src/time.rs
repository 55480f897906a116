//! Time as HubSpot writes it: milliseconds inside, `Instant.toString()` outside.

use jiff::{Timestamp, civil::Date};

/// Milliseconds since 1970, UTC.
pub(crate) type Millis = i64;

/// The length of a day.
pub(crate) const DAY: Millis = 86_400_000;

pub(crate) fn now() -> Millis {
    Timestamp::now().as_millisecond()
}

/// `2026-03-12T07:34:03.846Z`; a fraction of zero is left out, as Java does.
pub(crate) fn to_iso(at: Millis) -> String {
    let Ok(time) = Timestamp::from_millisecond(at) else { return "1970-01-01T00:00:00Z".into() };
    if at % 1000 == 0 { format!("{time:.0}") } else { format!("{time:.3}") }
}

/// Reads what HubSpot accepts for a date: epoch milliseconds, RFC 3339, or a date alone (its midnight in UTC).
pub(crate) fn parse(text: &str) -> Option<Millis> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        return Timestamp::from_millisecond(number).ok().map(Timestamp::as_millisecond);
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.as_millisecond());
    }
    // `Date` reads the date of a longer text too, so the length is part of the test.
    let date = text.parse::<Date>().ok().filter(|_| text.len() == 10)?;
    Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// `2026-12-31`, for properties of the type `date`.
pub(crate) fn to_date(at: Millis) -> String {
    to_iso(at).chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_dates_as_hubspot_does() {
        assert_eq!(parse("2026-12-31").map(to_iso).as_deref(), Some("2026-12-31T00:00:00Z"));
        assert_eq!(
            parse("2026-03-12T08:34:03.846+01:00").map(to_iso).as_deref(),
            Some("2026-03-12T07:34:03.846Z")
        );
        assert_eq!(parse("1773300966332").map(to_iso).as_deref(), Some("2026-03-12T07:36:06.332Z"));
        assert_eq!(parse("tomorrow"), None);
        assert_eq!(parse("2026-12-31T10:00"), None);
    }
}
