//! The arguments that were given to an action, or to one element of a batch.

use serde_json::Value;

use super::{Datum, Element, Extra, Node, Shape};

/// Values by field index, in the order of the fields; a field that was not set is not there and does not travel.
#[derive(Clone)]
pub struct Args {
    shape: &'static Shape,
    values: Vec<(u16, Datum)>,
    others: Vec<(String, Value)>,
    /// Of an object of an answer, what it held beside its fields. It is not written from here; but objects that differ in it are not the
    /// same, wherever they lie.
    extra: Extra,
}

impl Args {
    /// Nothing set.
    #[must_use]
    pub const fn new(shape: &'static Shape) -> Self {
        Self { shape, values: Vec::new(), others: Vec::new(), extra: Extra::EMPTY }
    }

    /// Sets a field; an absent value (`None`) removes it.
    pub fn set<T: Element>(&mut self, index: u16, value: T) {
        self.put(index, value.into_datum());
    }

    /// The same with this field set to a value.
    #[must_use]
    pub fn with<T: Element>(mut self, index: u16, value: impl Into<T>) -> Self {
        self.put(index, value.into().into_datum());
        self
    }

    /// The same with this field set to a list.
    #[must_use]
    pub fn with_list<T: Element>(
        mut self,
        index: u16,
        items: impl IntoIterator<Item = impl Into<T>>,
    ) -> Self {
        let mut list = Vec::new();
        for item in items {
            list.extend(item.into().into_datum());
        }
        self.put(index, Some(Datum::List(list)));
        self
    }

    /// The same with this field set to JSON of the spec.
    #[must_use]
    pub fn with_json(mut self, index: u16, json: &str) -> Self {
        self.put(index, serde_json::from_str(json).ok().map(Datum::Json));
        self
    }

    /// The same with this field marked to be cleared.
    #[must_use]
    pub fn with_cleared(mut self, index: u16) -> Self {
        self.clear(index);
        self
    }

    /// The same with a property set by its name on the wire, declared or not.
    #[must_use]
    pub fn with_property(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.set_property(name.into(), value.into());
        self
    }

    /// Marks a field to be cleared.
    pub fn clear(&mut self, index: u16) {
        self.put(index, Some(Datum::Cleared));
    }

    /// Sets a field to a value that is encoded already.
    pub fn put(&mut self, index: u16, datum: Option<Datum>) {
        let place = self.values.binary_search_by_key(&index, |(index, _)| *index);
        match (place, datum) {
            (Ok(at), Some(datum)) => self.values[at].1 = datum,
            (Ok(at), None) => drop(self.values.remove(at)),
            (Err(at), Some(datum)) => self.values.insert(at, (index, datum)),
            (Err(_), None) => {}
        }
    }

    /// Remembers what the object that these are the fields of held beside them.
    pub(super) fn remember(&mut self, extra: &Extra) {
        self.extra = extra.clone();
    }

    /// Takes the value of a field out.
    pub(crate) fn remove(&mut self, index: u16) -> Option<Datum> {
        let at = self.values.binary_search_by_key(&index, |(index, _)| *index).ok()?;
        Some(self.values.remove(at).1)
    }

    /// Sets a property by its name on the wire, declared or not.
    pub fn set_property(&mut self, name: String, value: Value) {
        match Node::find(self.shape.properties(), &name) {
            Some(Node::Field(_, index)) => self.put(*index, Some(Datum::Json(value))),
            _ => match self.others.iter_mut().find(|(key, _)| *key == name) {
                Some((_, old)) => *old = value,
                None => self.others.push((name, value)),
            },
        }
    }

    /// The value of a field, if it was set.
    #[must_use]
    pub fn get(&self, index: u16) -> Option<&Datum> {
        let at = self.values.binary_search_by_key(&index, |(index, _)| *index).ok()?;
        Some(&self.values[at].1)
    }

    /// All values that were set, by field index.
    pub(crate) fn values(&self) -> impl Iterator<Item = (u16, &Datum)> {
        self.values.iter().map(|(index, datum)| (*index, datum))
    }

    /// The same with a mark in place of what is sensitive.
    #[cfg(feature = "dynamic")]
    pub(crate) fn masked(&self, mark: &'static str) -> Self {
        fn of(datum: &Datum, mark: &'static str) -> Datum {
            match datum {
                Datum::List(items) => Datum::List(items.iter().map(|item| of(item, mark)).collect()),
                Datum::Map(entries) => {
                    Datum::Map(entries.iter().map(|(key, value)| (key.clone(), of(value, mark))).collect())
                }
                Datum::Object(args) => Datum::Object(args.masked(mark)),
                other => other.clone(),
            }
        }
        let is_sensitive =
            |index: u16| self.shape.fields.get(usize::from(index)).is_some_and(|field| field.sensitive);
        let values = self.values.iter().map(|(index, datum)| match is_sensitive(*index) {
            true => (*index, Datum::Static(mark)),
            false => (*index, of(datum, mark)),
        });
        Self {
            shape: self.shape,
            values: values.collect(),
            others: self.others.clone(),
            extra: Extra::EMPTY, // it may be what did not fit into a sensitive field
        }
    }

    /// The table that the indexes refer to.
    #[must_use]
    pub const fn shape(&self) -> &'static Shape {
        self.shape
    }

    /// Properties that the spec does not declare.
    pub(crate) fn others(&self) -> &[(String, Value)] {
        &self.others
    }
}

impl PartialEq for Args {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.shape, other.shape)
            && self.values == other.values
            && self.others == other.others
            && self.extra == other.extra
    }
}

#[allow(clippy::missing_fields_in_debug)] // what did not fit may be of a sensitive field
impl std::fmt::Debug for Args {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = f.debug_struct(self.shape.name);
        for (index, value) in &self.values {
            match self.shape.fields.get(usize::from(*index)) {
                Some(field) if field.sensitive => out.field(field.name, &"…"),
                Some(field) => out.field(field.name, &Shown(value)),
                None => &mut out,
            };
        }
        for (name, value) in &self.others {
            out.field(name, &format_args!("{value}"));
        }
        out.finish()
    }
}

/// A value as a reader wants to see it, without the names of our variants.
struct Shown<'a>(&'a Datum);

impl std::fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Datum::Cleared => f.write_str("cleared"),
            Datum::Text(value) => value.fmt(f),
            Datum::Static(value) => value.fmt(f),
            Datum::List(items) => f.debug_list().entries(items.iter().map(Shown)).finish(),
            Datum::Map(entries) => f.debug_map().entries(entries.iter().map(|(k, v)| (k, Shown(v)))).finish(),
            Datum::Object(args) => args.fmt(f),
            Datum::Json(value) => value.fmt(f),
            Datum::Filter(groups) => groups.fmt(f),
            Datum::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Datum::File(file) => write!(f, "{file:?}"),
            other => f.write_str(&super::text(other, &super::Format::PLAIN)),
        }
    }
}
