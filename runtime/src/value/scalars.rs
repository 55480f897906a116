//! Scalars: how each Rust type is read and what it writes.
//!
//! Reading is lenient where no meaning is lost: a number in a string is a number, and the other way round.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::{Datum, Element, Format, Link, Raw, Unit};
use crate::error::DecodeError;
use crate::pipeline::Answer;

macro_rules! scalar {
    ($ty:ty, $expected:literal, |$raw:ident, $format:ident| $read:expr, |$value:ident| $write:expr) => {
        impl Element for $ty {
            const EXPECTED: &'static str = $expected;

            fn from_raw($raw: Raw<'_>, $format: &Format) -> Option<Self> {
                $read
            }

            fn into_datum(self) -> Option<Datum> {
                let $value = self;
                Some($write)
            }

            fn to_datum(&self) -> Option<Datum> {
                let $value = self.clone();
                Some($write)
            }
        }
    };
}

scalar!(
    String,
    "a string",
    |raw, _format| match raw {
        Raw::Text(text) | Raw::Float(_, text) => Some(text.to_owned()),
        Raw::Bool(value) => Some(value.to_string()),
        Raw::Integer(value) => Some(value.to_string()),
        Raw::Unsigned(value) => Some(value.to_string()),
        Raw::Null => None,
    },
    |value| Datum::Text(value)
);
scalar!(
    bool,
    "a boolean",
    |raw, _format| match raw {
        Raw::Bool(value) => Some(value),
        Raw::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Raw::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    },
    |value| Datum::Bool(value)
);
scalar!(
    i64,
    "a whole number",
    |raw, _format| match raw {
        Raw::Integer(value) => Some(value),
        Raw::Text(text) => integer(text.trim()),
        Raw::Float(_, text) => integer(text),
        _ => None,
    },
    |value| Datum::Integer(value)
);
scalar!(
    f64,
    "a number",
    |raw, _format| match raw {
        #[allow(clippy::cast_precision_loss)] // that is what a float is
        Raw::Integer(value) => Some(value as f64),
        #[allow(clippy::cast_precision_loss)]
        Raw::Unsigned(value) => Some(value as f64),
        Raw::Float(value, _) => Some(value),
        Raw::Text(text) => text.trim().parse().ok().filter(|value: &f64| value.is_finite()),
        _ => None,
    },
    |value| Datum::Float(value)
);
scalar!(
    Decimal,
    "a decimal number",
    |raw, _format| match raw {
        Raw::Integer(value) => Some(value.into()),
        Raw::Unsigned(value) => Some(value.into()),
        Raw::Float(_, text) | Raw::Text(text) => decimal(text.trim()),
        _ => None,
    },
    |value| Datum::Decimal(value)
);
scalar!(
    Date,
    "a date",
    |raw, format| match (raw, format.unit) {
        (Raw::Text(text), Unit::Iso) if text.len() == 10 => text.parse().ok(),
        _ => timestamp(raw, format.unit).map(|time| time.to_zoned(jiff::tz::TimeZone::UTC).date()),
    },
    |value| Datum::Date(value)
);
scalar!(Timestamp, "a date and time", |raw, format| timestamp(raw, format.unit), |value| Datum::Time(value));
scalar!(
    SignedDuration,
    "a duration",
    |raw, format| match (raw, format.unit) {
        (Raw::Text(text), Unit::Iso) => text.parse().ok(),
        (Raw::Integer(value), Unit::Seconds) => Some(SignedDuration::from_secs(value)),
        (Raw::Integer(value), Unit::Millis | Unit::Iso) => Some(SignedDuration::from_millis(value)),
        (Raw::Text(text), Unit::Seconds) => integer(text).map(SignedDuration::from_secs),
        (Raw::Text(text), Unit::Millis) => integer(text).map(SignedDuration::from_millis),
        _ => None,
    },
    |value| Datum::Duration(value)
);
scalar!(
    Link,
    "a URL",
    |raw, _format| match raw {
        Raw::Text(text) => Some(text.into()),
        _ => None,
    },
    |value| Datum::Text(value.into())
);

/// Bytes, Base64 on the wire.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Bytes(pub Vec<u8>);

impl Element for Bytes {
    const EXPECTED: &'static str = "Base64";

    fn from_raw(raw: Raw<'_>, _: &Format) -> Option<Self> {
        match raw {
            Raw::Text(text) => BASE64.decode(text).ok().map(Self),
            _ => None,
        }
    }

    fn into_datum(self) -> Option<Datum> {
        Some(Datum::Bytes(self.0))
    }

    fn to_datum(&self) -> Option<Datum> {
        self.clone().into_datum()
    }

    /// As they came.
    fn answer(answer: &Answer) -> Result<Self, DecodeError> {
        Ok(Self(answer.bytes().to_vec()))
    }
}

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bytes({} bytes)", self.0.len())
    }
}

impl<T: Into<Vec<u8>>> From<T> for Bytes {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

/// A whole number, also where it is written with a fraction of zeros (`"5.0"`) or an exponent.
fn integer(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| {
        let value = decimal(text)?;
        value.is_integer().then(|| value.trunc().try_into().ok())?
    })
}

/// HubSpot writes up to 55 digits after the point (`0.4000000000000000222…`): more than a decimal holds are rounded.
fn decimal(text: &str) -> Option<Decimal> {
    text.parse().or_else(|_| Decimal::from_scientific(text)).ok()
}

/// `2026-12-31T00:00:00Z` and `2026-12-31T00:00:00.123Z`: how APIs write nearly all times, in a tenth of what reading every form of
/// RFC 3339 costs.
fn plain_instant(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.as_bytes().split_first_chunk::<19>()?;
    let marks = [whole[4], whole[7], whole[10], whole[13], whole[16]];
    let millis = match *fraction {
        [b'Z'] => [b'0'; 3],
        [b'.', a, b, c, b'Z'] => [a, b, c],
        _ => return None,
    };
    if marks != *b"--T::" {
        return None;
    }
    let mut all_digits = true;
    let mut digit = |byte: u8| {
        let value = byte.wrapping_sub(b'0');
        all_digits &= value < 10;
        i16::from(value)
    };
    let mut number =
        |bytes: &[u8]| bytes.iter().fold(0_i16, |sum, byte| sum.wrapping_mul(10).wrapping_add(digit(*byte)));
    let (year, millis) = (number(&whole[..4]), number(&millis));
    let mut pair = |at: usize| i8::try_from(number(&whole[at..at + 2])).unwrap_or(-1);
    let (month, day, hour, minute, second) = (pair(5), pair(8), pair(11), pair(14), pair(17));
    if !all_digits {
        return None;
    }
    let time = Time::new(hour, minute, second, i32::from(millis) * 1_000_000).ok()?;
    Offset::UTC.to_timestamp(Date::new(year, month, day).ok()?.to_datetime(time)).ok()
}

/// RFC 3339, a bare date (its midnight in UTC), or a number since 1970, which HubSpot also writes as a string.
fn timestamp(raw: Raw<'_>, unit: Unit) -> Option<Timestamp> {
    let number = match raw {
        Raw::Integer(number) => number,
        Raw::Text(text) => match plain_instant(text) {
            Some(time) => return Some(time),
            None => match text.parse() {
                Ok(number) => number,
                Err(_) => return instant(text),
            },
        },
        _ => return None,
    };
    match unit {
        Unit::Seconds => Timestamp::from_second(number).ok(),
        Unit::Millis | Unit::Iso => Timestamp::from_millisecond(number).ok(),
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let date: Date = (text.len() == 10).then(|| text.parse().ok())??;
        date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })
}

/// Text of an id as it is read: ids that the API writes as numbers are taken too.
#[must_use]
pub fn id_text(raw: Raw<'_>) -> Option<String> {
    let text = String::from_raw(raw, &Format::PLAIN)?;
    (!text.is_empty()).then_some(text)
}

/// What generated enums have in common.
pub trait Enumeration: Clone + 'static {
    /// Wire value and title of each known value, in the order of the spec.
    const VALUES: &'static [(&'static str, &'static str)];
    /// The known values, in the same order.
    const KNOWN: &'static [Self];

    /// One that is not known, where the enum is open.
    fn other(wire: &str) -> Option<Self>;

    /// As it is written.
    fn as_str(&self) -> &str;

    /// For people.
    fn title(&self) -> &str {
        title(Self::VALUES, self.as_str())
    }
}

/// A text that is none of a closed enum's values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is not one of {}", known.join(", "))]
pub struct UnknownValue {
    /// The text.
    pub value: String,
    /// The values that the enum knows.
    pub known: Vec<&'static str>,
}

// Of each enum only what it must be: the rest is compiled once, here.

type Values = &'static [(&'static str, &'static str)];

fn position(values: Values, wire: &str) -> Option<usize> {
    values.iter().position(|(known, _)| *known == wire)
}

fn title(values: Values, wire: &str) -> &str {
    position(values, wire).map_or(wire, |index| values[index].1)
}

fn datum(values: Values, wire: &str) -> Datum {
    match position(values, wire) {
        Some(index) => Datum::Static(values[index].0),
        None => Datum::Text(wire.to_owned()),
    }
}

/// Text of a choice as it is read; an empty one is none.
fn choice(raw: Raw<'_>) -> Option<Cow<'_, str>> {
    match raw {
        Raw::Text("") => None,
        Raw::Text(wire) => Some(Cow::Borrowed(wire)),
        other => String::from_raw(other, &Format::PLAIN).map(Cow::Owned),
    }
}

fn known_enum<T: Enumeration>(wire: &str) -> Option<T> {
    match position(T::VALUES, wire) {
        Some(index) => T::KNOWN.get(index).cloned(),
        None => None,
    }
}

/// Reads a value of a generated enum.
#[must_use]
pub(super) fn read_enum<T: Enumeration>(raw: Raw<'_>) -> Option<T> {
    let wire = choice(raw)?;
    let known = known_enum(&wire);
    if known.is_some() { known } else { T::other(&wire) }
}

/// What a value of a generated enum writes.
#[must_use]
pub(super) fn enum_datum<T: Enumeration>(value: &T) -> Datum {
    datum(T::VALUES, value.as_str())
}

/// The value with this text.
pub fn open_enum<T: Enumeration>(wire: &str, other: fn(String) -> T) -> T {
    match known_enum(wire) {
        Some(known) => known,
        None => other(wire.to_owned()),
    }
}

/// The value with this text, if it is one.
///
/// # Errors
/// Where it is none.
pub fn closed_enum<T: Enumeration>(wire: &str) -> Result<T, UnknownValue> {
    known_enum(wire).ok_or_else(|| UnknownValue {
        value: wire.to_owned(),
        known: T::VALUES.iter().map(|(known, _)| *known).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: Element>(raw: Raw<'_>) -> Option<T> {
        T::from_raw(raw, &Format::TEXT)
    }

    #[test]
    fn numbers_are_read_from_text_and_from_numbers() {
        assert_eq!(read::<i64>(Raw::Text("5.0")), Some(5));
        assert_eq!(read::<i64>(Raw::Text("5.5")), None);
        assert_eq!(read::<Decimal>(Raw::Float(19.99, "19.99")), Some(Decimal::new(1999, 2)));
        assert_eq!(read::<Decimal>(Raw::Text("a;b")), None);
        assert_eq!(read::<Decimal>(Raw::Text("")), None);
        let long = "0.40000000000000002220446049250313080847263336181640625";
        assert_eq!(read::<Decimal>(Raw::Text(long)).map(|value| value.round_dp(3)), Some(Decimal::new(4, 1)));
        assert_eq!(read::<Decimal>(Raw::Text("1.5e3")), Some(Decimal::new(1500, 0)));
    }

    #[test]
    fn times_are_read_in_every_form_hubspot_writes() {
        let expected = "2026-12-31T00:00:00Z".parse().ok();
        assert_eq!(read::<Timestamp>(Raw::Text("2026-12-31T00:00:00Z")), expected);
        assert_eq!(read::<Timestamp>(Raw::Text("2026-12-31")), expected);
        assert_eq!(read::<Timestamp>(Raw::Text("1798675200000")), expected);
        assert_eq!(read::<Timestamp>(Raw::Integer(1_798_675_200_000)), expected);
        assert_eq!(read::<Timestamp>(Raw::Text("soon")), None);
        for text in [
            "2024-02-29T23:59:59.999Z",
            "1969-12-31T23:59:59.5Z",
            "2016-12-31T23:59:60Z",
            "2026-12-31T00:00:00+02:00",
        ] {
            assert_eq!(read::<Timestamp>(Raw::Text(text)), text.parse().ok(), "{text}");
        }
        for text in
            ["2023-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-12-31T24:00:00Z", "2026-12-31T00:00:0éZ"]
        {
            assert_eq!(read::<Timestamp>(Raw::Text(text)), None, "{text}");
        }
        assert_eq!(read::<Date>(Raw::Text("2026-12-31T00:00:00Z")), "2026-12-31".parse().ok());
    }

    #[test]
    fn an_empty_string_is_no_value_unless_it_is_text() {
        assert_eq!(read::<Option<Decimal>>(Raw::Text("")), Some(None));
        assert_eq!(read::<Option<String>>(Raw::Text("")), Some(Some(String::new())));
        assert_eq!(read::<Option<Decimal>>(Raw::Text("x")), None);
    }
}
