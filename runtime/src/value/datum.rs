//! One value on its way to the wire, and one scalar that comes from it.

use jiff::{SignedDuration, Timestamp, civil::Date};
use rust_decimal::Decimal;
use serde_json::Value;

use super::Args;
use crate::filter::Condition;

/// A value that was given for an argument, before it is written.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Datum {
    /// The field is to be cleared: written as its shape says.
    Cleared,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A binary floating point number.
    Float(f64),
    /// A decimal number.
    Decimal(Decimal),
    /// Text, ids and enum values.
    Text(String),
    /// The same, known to the compiler.
    Static(&'static str),
    /// A calendar day.
    Date(Date),
    /// An instant.
    Time(Timestamp),
    /// A span of time.
    Duration(SignedDuration),
    /// Bytes, Base64 on the wire.
    Bytes(Vec<u8>),
    /// A part of a multipart body.
    File(super::File),
    /// A list.
    List(Vec<Datum>),
    /// An object with free keys.
    Map(Vec<(String, Datum)>),
    /// An object with declared fields.
    Object(Args),
    /// Any JSON, written as it is.
    Json(Value),
    /// Groups of conditions: OR of ANDs.
    Filter(Vec<Vec<Condition>>),
}

impl Datum {
    /// Whether it is or holds a number that JSON has no way to write; written as `null` it would clear a field.
    pub(crate) fn is_unwritable(&self) -> bool {
        match self {
            Self::Float(value) => !value.is_finite(),
            Self::List(items) => items.iter().any(Self::is_unwritable),
            Self::Map(entries) => entries.iter().any(|(_, value)| value.is_unwritable()),
            Self::Object(args) => args.values().any(|(_, value)| value.is_unwritable()),
            _ => false,
        }
    }
}

/// A scalar as it was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Raw<'a> {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number without fraction that fits.
    Integer(i64),
    /// A larger one.
    Unsigned(u64),
    /// Any other number, and how it was written.
    Float(f64, &'a str),
    /// A string.
    Text(&'a str),
}

impl Raw<'_> {
    /// The same as a JSON value that can be kept.
    pub(crate) fn to_value(self) -> Value {
        match self {
            Raw::Null => Value::Null,
            Raw::Bool(value) => value.into(),
            Raw::Integer(value) => value.into(),
            Raw::Unsigned(value) => value.into(),
            Raw::Float(value, _) => value.into(),
            Raw::Text(value) => value.into(),
        }
    }
}
