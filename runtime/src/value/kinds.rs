//! Generated types as elements: what all objects, inputs, enums and unions do alike, so that a type says only which of them it is.

use serde_json::Value;

use super::scalars::id_text;
use super::{Args, Datum, Element, Enumeration, Filling, Format, Raw, Record, Union, record_args};
use super::{enum_datum, read_enum, union_datum};

/// A generated type.
pub trait Declared: Sized + 'static {
    /// Which kind of type it is: [`Objects`], [`Inputs`], [`Enums`] or [`Unions`].
    type Kind: Kind<Self>;
}

/// How the types of a kind are [`Element`]s; see there for what each function does.
#[allow(missing_docs)]
pub trait Kind<T> {
    const EXPECTED: &'static str;
    const SCALAR: bool = true;

    fn from_raw(raw: Raw<'_>, format: &Format) -> Option<T>;
    fn into_datum(value: T) -> Option<Datum>;
    fn to_datum(value: &T) -> Option<Datum>;

    fn vacant() -> Option<T> {
        None
    }

    fn filling(_: &mut T) -> Filling<'_> {
        Filling::Whole
    }
}

impl<T: Declared> Element for T {
    const EXPECTED: &'static str = T::Kind::EXPECTED;
    const SCALAR: bool = T::Kind::SCALAR;

    fn from_raw(raw: Raw<'_>, format: &Format) -> Option<Self> {
        T::Kind::from_raw(raw, format)
    }

    fn into_datum(self) -> Option<Datum> {
        T::Kind::into_datum(self)
    }

    fn to_datum(&self) -> Option<Datum> {
        T::Kind::to_datum(self)
    }

    fn vacant() -> Option<Self> {
        T::Kind::vacant()
    }

    fn filling(&mut self) -> Filling<'_> {
        T::Kind::filling(self)
    }
}

const OBJECT: &str = "an object";

/// Objects with fields that are read.
#[derive(Debug)]
pub struct Objects;

impl<T: Record + Default> Kind<T> for Objects {
    const EXPECTED: &'static str = OBJECT;
    const SCALAR: bool = false;

    fn from_raw(_: Raw<'_>, _: &Format) -> Option<T> {
        None
    }

    fn into_datum(value: T) -> Option<Datum> {
        Self::to_datum(&value)
    }

    fn to_datum(value: &T) -> Option<Datum> {
        Some(Datum::Object(record_args(value)))
    }

    fn vacant() -> Option<T> {
        Some(T::default())
    }

    fn filling(value: &mut T) -> Filling<'_> {
        Filling::Record(value)
    }
}

/// A newtype around [`Args`]: what is only written.
pub trait Input {
    /// What is written.
    fn args(&self) -> &Args;
    /// The same.
    fn into_args(self) -> Args;
}

/// What is only written.
#[derive(Debug)]
pub struct Inputs;

impl<T: Input> Kind<T> for Inputs {
    const EXPECTED: &'static str = OBJECT;
    const SCALAR: bool = false;

    fn from_raw(_: Raw<'_>, _: &Format) -> Option<T> {
        None
    }

    fn into_datum(value: T) -> Option<Datum> {
        value.into_args().into_datum()
    }

    fn to_datum(value: &T) -> Option<Datum> {
        value.args().to_datum()
    }
}

/// Choices.
#[derive(Debug)]
pub struct Enums;

impl<T: Enumeration> Kind<T> for Enums {
    const EXPECTED: &'static str = "a known value";

    fn from_raw(raw: Raw<'_>, _: &Format) -> Option<T> {
        read_enum(raw)
    }

    fn into_datum(value: T) -> Option<Datum> {
        Some(enum_datum(&value))
    }

    fn to_datum(value: &T) -> Option<Datum> {
        Some(enum_datum(value))
    }
}

/// Objects that are one of several.
#[derive(Debug)]
pub struct Unions;

impl<T: Union> Kind<T> for Unions {
    const EXPECTED: &'static str = OBJECT;

    fn from_raw(raw: Raw<'_>, _: &Format) -> Option<T> {
        if let Some(id) = id_text(raw)
            && let Some(union) = T::of_id(id)
        {
            return Some(union);
        }
        Some(T::other(raw.to_value()))
    }

    fn into_datum(value: T) -> Option<Datum> {
        union_datum(&value)
    }

    fn to_datum(value: &T) -> Option<Datum> {
        union_datum(value)
    }

    fn vacant() -> Option<T> {
        Some(T::other(Value::Null))
    }

    fn filling(value: &mut T) -> Filling<'_> {
        Filling::Json(value)
    }
}

/// Boxed, so that a type can contain itself.
#[derive(Debug)]
pub struct Boxed;

impl<T: Declared> Declared for Box<T> {
    type Kind = Boxed;
}

impl<T: Declared> Kind<Box<T>> for Boxed {
    const EXPECTED: &'static str = T::Kind::EXPECTED;
    const SCALAR: bool = T::Kind::SCALAR;

    fn from_raw(raw: Raw<'_>, format: &Format) -> Option<Box<T>> {
        T::from_raw(raw, format).map(Box::new)
    }

    fn into_datum(value: Box<T>) -> Option<Datum> {
        T::into_datum(*value)
    }

    fn to_datum(value: &Box<T>) -> Option<Datum> {
        T::to_datum(value)
    }

    fn vacant() -> Option<Box<T>> {
        T::vacant().map(Box::new)
    }

    fn filling(value: &mut Box<T>) -> Filling<'_> {
        T::filling(value)
    }
}
