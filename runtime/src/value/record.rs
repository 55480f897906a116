//! Objects with declared fields, seen from what reads and writes them.

use serde_json::Value;

use super::{Args, Datum, Extra, Shape, Slot};

/// An object with declared fields.
pub trait Record {
    /// Where its fields lie.
    fn shape(&self) -> &'static Shape;
    /// The field with this index, to fill.
    fn slot(&mut self, index: u16) -> Option<&mut dyn Slot>;
    /// The field with this index, to read.
    fn value(&self, index: u16) -> Option<&dyn Slot>;
    /// Where what is not declared goes.
    fn extra_mut(&mut self) -> &mut Extra;
    /// What was not declared.
    fn extra(&self) -> &Extra;

    /// The object as the API writes it.
    fn to_json(&self) -> Value
    where
        Self: Sized,
    {
        super::write::object_to_value(&record_args(self))
    }
}

/// The fields that hold a value, ready to write; unknown properties included. No method of [`Record`], which would be compiled once more
/// for each object.
#[must_use]
pub fn record_args(record: &dyn Record) -> Args {
    let shape = record.shape();
    let mut args = Args::new(shape);
    for index in (0u16..).take(shape.fields.len()) {
        let datum = record.value(index).and_then(Slot::datum);
        // A list or map that is absent is an empty one here; sent, it would clear what was never touched.
        let absent = match &datum {
            Some(Datum::List(items)) => items.is_empty(),
            Some(Datum::Map(entries)) => entries.is_empty(),
            _ => false,
        };
        args.put(index, datum.filter(|_| !absent || shape.required.contains(&index)));
    }
    for (name, value) in record.extra().unknown() {
        args.set_property(name.to_owned(), value.clone());
    }
    args.remember(record.extra());
    args
}

/// Whether two objects of a type hold the same. It compares what they would write, so that no generated code compares field by field;
/// and what did not fit into their fields.
#[must_use]
pub fn same(one: &dyn Record, other: &dyn Record) -> bool {
    record_args(one) == record_args(other)
}
