//! What can be a field: the traits between typed fields and the wire.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::Value;

use super::{Args, Datum, Format, Raw, Record};
use crate::error::DecodeError;
use crate::pipeline::Answer;

/// A type that can be a field, an element of a list or a value of a map.
pub trait Element: Sized + 'static {
    /// What the spec calls it, for messages.
    const EXPECTED: &'static str;

    /// Whether some scalar can be one; what cannot is not even compiled to look.
    const SCALAR: bool = true;

    /// Reads a scalar; `None` where it does not fit.
    fn from_raw(raw: Raw<'_>, format: &Format) -> Option<Self>;

    /// Takes a scalar in place of what was there; `false` where it does not fit, and nothing changes.
    fn put(&mut self, raw: Raw<'_>, format: &Format) -> bool {
        if Self::SCALAR
            && let Some(value) = Self::from_raw(raw, format)
        {
            *self = value;
            return true;
        }
        false
    }

    /// The value to write; `None` where it is absent.
    fn into_datum(self) -> Option<Datum>;

    /// The same of a borrowed one.
    fn to_datum(&self) -> Option<Datum>;

    /// An empty one that is filled piece by piece, for objects, lists and maps.
    fn vacant() -> Option<Self> {
        None
    }

    /// What of it is filled piece by piece.
    fn filling(&mut self) -> Filling<'_> {
        Filling::Whole
    }

    /// The object that it holds.
    fn record(&mut self) -> Option<&mut dyn Record> {
        match self.filling() {
            Filling::Record(record) => Some(record),
            _ => None,
        }
    }

    /// Reads it as a whole answer.
    #[doc(hidden)]
    fn answer(answer: &Answer) -> Result<Self, DecodeError>
    where
        Self: Default,
    {
        let mut value = Self::default();
        answer.read(&mut value)?;
        Ok(value)
    }
}

/// A typed field seen from the reader, which does not know its type.
pub trait Slot {
    /// Takes a scalar in place of what was there; `false` where it does not fit.
    fn put(&mut self, raw: Raw<'_>, format: &Format) -> bool;
    /// What belongs here.
    fn expected(&self) -> &'static str;
    /// What of it is filled piece by piece.
    fn filling(&mut self) -> Filling<'_>;
    /// The value to write.
    fn datum(&self) -> Option<Datum>;
}

impl<T: Element> Slot for T {
    fn put(&mut self, raw: Raw<'_>, format: &Format) -> bool {
        Element::put(self, raw, format)
    }

    fn expected(&self) -> &'static str {
        T::EXPECTED
    }

    fn filling(&mut self) -> Filling<'_> {
        Element::filling(self)
    }

    fn datum(&self) -> Option<Datum> {
        self.to_datum()
    }
}

/// What of a field is filled piece by piece.
pub enum Filling<'s> {
    /// Nothing: it is read as a whole.
    Whole,
    /// The fields of an object.
    Record(&'s mut dyn Record),
    /// The elements of a list.
    List(&'s mut dyn ListSlot),
    /// The values of a map.
    Map(&'s mut dyn MapSlot),
    /// Whatever JSON there is.
    Json(&'s mut dyn JsonSlot),
}

impl std::fmt::Debug for Filling<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Whole => "Whole",
            Self::Record(_) => "Record",
            Self::List(_) => "List",
            Self::Map(_) => "Map",
            Self::Json(_) => "Json",
        })
    }
}

/// Takes any JSON for what it is.
pub trait JsonSlot {
    /// In place of what was there.
    fn take(&mut self, json: Value);
}

impl JsonSlot for Value {
    fn take(&mut self, json: Value) {
        *self = json;
    }
}

/// A list that is being filled.
pub trait ListSlot {
    /// Adds an empty element to fill, where elements are objects, lists or maps.
    fn open(&mut self) -> Option<&mut dyn Slot>;
    /// Removes the element that was added last.
    fn pop(&mut self);
    /// Adds a scalar; `false` where it does not fit.
    fn push(&mut self, raw: Raw<'_>, format: &Format) -> bool;
    /// What belongs in it.
    fn expected(&self) -> &'static str;
}

/// A map that is being filled.
pub trait MapSlot {
    /// Adds an empty value to fill under this key, where values are objects, lists or maps.
    fn open(&mut self, key: &str) -> Option<&mut dyn Slot>;
    /// Adds a scalar; `false` where it does not fit.
    fn insert(&mut self, key: &str, raw: Raw<'_>, format: &Format) -> bool;
    /// What belongs in it.
    fn expected(&self) -> &'static str;
}

// Generic code here is compiled for each type in the user's crate: loops and `match` cost a tenth of iterators and closures.

impl<T: Element> Element for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn from_raw(raw: Raw<'_>, format: &Format) -> Option<Self> {
        match raw {
            Raw::Null => Some(None),
            // HubSpot clears a property with an empty string: no number, time or choice is written so.
            Raw::Text("") if format.text => Some(T::from_raw(raw, format)),
            _ => T::from_raw(raw, format).map(Some),
        }
    }

    fn put(&mut self, raw: Raw<'_>, format: &Format) -> bool {
        // As above.
        let is_cleared = format.text && matches!(raw, Raw::Text(""));
        let value = match raw {
            Raw::Null => None,
            _ if T::SCALAR => match T::from_raw(raw, format) {
                None if !is_cleared => return false,
                value => value,
            },
            _ if is_cleared => None,
            _ => return false,
        };
        *self = value;
        true
    }

    fn into_datum(self) -> Option<Datum> {
        match self {
            Some(value) => value.into_datum(),
            None => None,
        }
    }

    fn to_datum(&self) -> Option<Datum> {
        match self {
            Some(value) => value.to_datum(),
            None => None,
        }
    }

    #[allow(clippy::manual_map)] // costs less
    fn vacant() -> Option<Self> {
        match T::vacant() {
            Some(value) => Some(Some(value)),
            None => None,
        }
    }

    fn filling(&mut self) -> Filling<'_> {
        // Made first where it can be made.
        if self.is_none() {
            *self = T::vacant();
        }
        match self {
            Some(value) => value.filling(),
            None => Filling::Whole,
        }
    }

    fn answer(answer: &Answer) -> Result<Self, DecodeError> {
        let mut value = None;
        if !(answer.is_empty() && answer.action().bodiless) {
            answer.read(&mut value)?;
        }
        Ok(value)
    }
}

/// The elements of a list that is one string; none where the scalar is no list at all.
pub(crate) fn pieces<'a>(raw: Raw<'a>, format: &'a Format) -> Option<Vec<&'a str>> {
    match (raw, format.separator) {
        (Raw::Null | Raw::Text(""), _) => Some(Vec::new()),
        (Raw::Text(text), Some(separator)) => {
            Some(text.split(separator).map(str::trim).filter(|piece| !piece.is_empty()).collect())
        }
        _ => None,
    }
}

impl<T: Element> Element for Vec<T> {
    const EXPECTED: &'static str = "a list";

    fn from_raw(raw: Raw<'_>, format: &Format) -> Option<Self> {
        let mut items = Self::new();
        if Element::put(&mut items, raw, format) { Some(items) } else { None }
    }

    fn put(&mut self, raw: Raw<'_>, format: &Format) -> bool {
        let Some(pieces) = pieces(raw, format) else { return false };
        let mut items = Self::new();
        if T::SCALAR {
            for piece in &pieces {
                if !ListSlot::push(&mut items, Raw::Text(piece), format) {
                    return false;
                }
            }
        } else if !pieces.is_empty() {
            return false;
        }
        *self = items;
        true
    }

    fn into_datum(self) -> Option<Datum> {
        let mut list = Vec::with_capacity(self.len());
        for item in self {
            list.extend(item.into_datum());
        }
        Some(Datum::List(list))
    }

    fn to_datum(&self) -> Option<Datum> {
        let mut list = Vec::with_capacity(self.len());
        for item in self {
            list.extend(item.to_datum());
        }
        Some(Datum::List(list))
    }

    fn vacant() -> Option<Self> {
        Some(Self::new())
    }

    fn filling(&mut self) -> Filling<'_> {
        Filling::List(self)
    }
}

impl<T: Element> ListSlot for Vec<T> {
    fn open(&mut self) -> Option<&mut dyn Slot> {
        self.push(T::vacant()?);
        match self.last_mut() {
            Some(last) => Some(last),
            None => None,
        }
    }

    fn pop(&mut self) {
        Vec::pop(self);
    }

    fn push(&mut self, raw: Raw<'_>, format: &Format) -> bool {
        if T::SCALAR
            && let Some(value) = T::from_raw(raw, format)
        {
            Vec::push(self, value);
            return true;
        }
        false
    }

    fn expected(&self) -> &'static str {
        T::EXPECTED
    }
}

impl<T: Element> Element for BTreeMap<String, T> {
    const EXPECTED: &'static str = "an object";

    fn from_raw(raw: Raw<'_>, _: &Format) -> Option<Self> {
        matches!(raw, Raw::Null).then(Self::new)
    }

    fn into_datum(self) -> Option<Datum> {
        let mut map = Vec::with_capacity(self.len());
        for (key, value) in self {
            map.extend(value.into_datum().map(|datum| (key, datum)));
        }
        Some(Datum::Map(map))
    }

    fn to_datum(&self) -> Option<Datum> {
        let mut map = Vec::with_capacity(self.len());
        for (key, value) in self {
            map.extend(value.to_datum().map(|datum| (key.clone(), datum)));
        }
        Some(Datum::Map(map))
    }

    fn vacant() -> Option<Self> {
        Some(Self::new())
    }

    fn filling(&mut self) -> Filling<'_> {
        Filling::Map(self)
    }
}

impl<T: Element> MapSlot for BTreeMap<String, T> {
    fn open(&mut self, key: &str) -> Option<&mut dyn Slot> {
        let value = T::vacant()?;
        let place: &mut T = place(self, key, value);
        Some(place)
    }

    fn insert(&mut self, key: &str, raw: Raw<'_>, format: &Format) -> bool {
        if T::SCALAR
            && let Some(value) = T::from_raw(raw, format)
        {
            place(self, key, value);
            return true;
        }
        false
    }

    fn expected(&self) -> &'static str {
        T::EXPECTED
    }
}

/// Sets the value of a key. One way to do so: each operation of a map is a thousand lines of the standard library, compiled for each
/// type of its values.
fn place<'m, T>(map: &'m mut BTreeMap<String, T>, key: &str, value: T) -> &'m mut T {
    match map.entry(key.to_owned()) {
        Entry::Vacant(entry) => entry.insert(value),
        Entry::Occupied(entry) => {
            let place = entry.into_mut();
            *place = value;
            place
        }
    }
}

impl Element for Value {
    const EXPECTED: &'static str = "any JSON";

    fn from_raw(raw: Raw<'_>, _: &Format) -> Option<Self> {
        Some(raw.to_value())
    }

    fn into_datum(self) -> Option<Datum> {
        Some(Datum::Json(self))
    }

    fn to_datum(&self) -> Option<Datum> {
        Some(Datum::Json(self.clone()))
    }

    fn vacant() -> Option<Self> {
        Some(Self::Null)
    }

    fn filling(&mut self) -> Filling<'_> {
        Filling::Json(self)
    }
}

impl Element for Args {
    const EXPECTED: &'static str = "an object";
    const SCALAR: bool = false;

    fn from_raw(_: Raw<'_>, _: &Format) -> Option<Self> {
        None // inputs are only written
    }

    fn into_datum(self) -> Option<Datum> {
        Some(Datum::Object(self))
    }

    fn to_datum(&self) -> Option<Datum> {
        Some(Datum::Object(self.clone()))
    }
}
