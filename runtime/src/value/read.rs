//! Reading: JSON bytes straight into typed fields, in one pass and without a tree in between.
//!
//! A value that does not fit its field never ends the reading: its raw form is kept in [`Extra`](super::Extra) with a
//! warning. Only a body that is no JSON, or one that lacks a required field, is an error.

use std::borrow::Cow;

use serde::Deserialize as _;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::order::{Order, Orders};
use super::{Format, ListSlot, MapSlot, Node, Raw, Record, Shape, Slot};

/// Why a body could not be read.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// It is no JSON.
    Syntax(serde_json::Error),
    /// It is JSON, but not what was expected at its root.
    Root(&'static str),
    /// These fields are missing, each with the path that leads to it.
    Missing(Vec<String>),
}

/// Reads a whole body into one value.
pub(crate) fn read(body: &[u8], orders: &mut Orders, slot: &mut dyn Slot) -> Result<(), ReadError> {
    // Bytes that are no UTF-8 become U+FFFD: one odd value ends nothing. Checked once, and not for each string.
    let text = match std::str::from_utf8(body) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(body), // many times slower, and hardly ever needed
    };
    let mut reader = Reader { missing: Vec::new(), misfits: Vec::new(), orders };
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    let seed = Seed { target: Target::Slot(slot), format: &Format::PLAIN, reader: &mut reader };
    let done = seed.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    match done {
        Err(error) => Err(ReadError::Syntax(error)),
        Ok(()) => match reader.misfits.first() {
            Some(misfit) => Err(ReadError::Root(misfit.expected)),
            None if reader.missing.is_empty() => Ok(()),
            None => Err(ReadError::Missing(reader.missing)),
        },
    }
}

/// Reads a whole body into one object.
pub(crate) fn read_record(
    body: &[u8],
    orders: &mut Orders,
    record: &mut dyn Record,
) -> Result<(), ReadError> {
    read(body, orders, &mut Root(record))
}

/// The object at the root, which is no element of anything.
struct Root<'r>(&'r mut dyn Record);

impl Slot for Root<'_> {
    fn put(&mut self, _: Raw<'_>, _: &Format) -> Result<(), &'static str> {
        Err(self.expected())
    }

    fn expected(&self) -> &'static str {
        "an object"
    }

    fn record(&mut self) -> Option<&mut dyn Record> {
        Some(self.0)
    }

    fn list(&mut self) -> Option<&mut dyn ListSlot> {
        None
    }

    fn map(&mut self) -> Option<&mut dyn MapSlot> {
        None
    }

    fn json(&mut self) -> Option<&mut Value> {
        None
    }

    fn datum(&self) -> Option<super::Datum> {
        Some(super::Datum::Object(self.0.to_args()))
    }
}

/// A value that did not fit where it belongs.
struct Misfit {
    expected: &'static str,
    value: Value,
    /// Which element of a list or map, `[3]`; empty for the value itself.
    at: String,
}

/// What is known across the whole body.
struct Reader<'o> {
    /// Required fields that are not there, each with the path that leads to it.
    missing: Vec<String>,
    /// Values that did not fit, until the record that they belong to takes them.
    misfits: Vec<Misfit>,
    orders: &'o mut Orders,
}

impl Reader<'_> {
    fn misfit(&mut self, expected: &'static str, value: Value) {
        self.misfits.push(Misfit { expected, value, at: String::new() });
    }

    /// Whether a value as a whole, and not an element of it, is among what did not fit since there was so much.
    fn is_whole_misfit_since(&self, mark: Mark) -> bool {
        self.misfits.iter().skip(mark.misfits).any(|misfit| misfit.at.is_empty())
    }

    const fn mark(&self) -> Mark {
        Mark { missing: self.missing.len(), misfits: self.misfits.len() }
    }

    /// Puts what leads there before the places of what went wrong since the mark.
    fn came_below(&mut self, mark: Mark, place: impl Fn(&str) -> String) {
        if self.mark() != mark {
            self.put_before(mark, &place);
        }
    }

    #[cold]
    fn put_before(&mut self, mark: Mark, place: &dyn Fn(&str) -> String) {
        for misfit in self.misfits.iter_mut().skip(mark.misfits) {
            misfit.at = place(&misfit.at);
        }
        for field in self.missing.iter_mut().skip(mark.missing) {
            let dot = if field.starts_with(['[', '/']) { "" } else { "." };
            *field = place("") + dot + field;
        }
    }
}

/// How much had gone wrong.
#[derive(Clone, Copy, PartialEq)]
struct Mark {
    missing: usize,
    misfits: usize,
}

/// Where the next value goes.
enum Target<'s> {
    Slot(&'s mut dyn Slot),
    Element(&'s mut dyn ListSlot),
    Entry(&'s mut dyn MapSlot, &'s str),
}

impl Target<'_> {
    fn put(&mut self, raw: Raw<'_>, format: &Format) -> Result<(), &'static str> {
        match self {
            Self::Slot(slot) => slot.put(raw, format),
            Self::Element(list) => list.push(raw, format),
            Self::Entry(map, key) => map.insert(key, raw, format),
        }
    }

    fn expected(&self) -> &'static str {
        match self {
            Self::Slot(slot) => slot.expected(),
            Self::Element(list) => list.expected(),
            Self::Entry(map, _) => map.expected(),
        }
    }
}

struct Seed<'s, 'r, 'o> {
    target: Target<'s>,
    format: &'s Format,
    reader: &'r mut Reader<'o>,
}

impl<'de> DeserializeSeed<'de> for Seed<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

#[allow(clippy::unnecessary_wraps)] // a visitor's answer
impl Seed<'_, '_, '_> {
    fn scalar<E>(mut self, raw: Raw<'_>) -> Result<(), E> {
        if let Err(expected) = self.target.put(raw, self.format) {
            self.reader.misfit(expected, raw.to_value());
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Seed<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.target.expected())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.scalar(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.scalar(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.scalar(Raw::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.scalar(i64::try_from(value).map_or(Raw::Unsigned(value), Raw::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.scalar(Raw::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.scalar(Raw::Text(value))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let Self { target, format, reader } = self;
        match target {
            Target::Slot(slot) => fill_from_map(slot, format, map, reader),
            Target::Entry(entries, key) => match entries.open(key) {
                Some(slot) => fill_from_map(slot, format, map, reader),
                None => misfit_map(entries.expected(), map, reader),
            },
            Target::Element(list) => {
                let mark = reader.mark();
                match list.open() {
                    Some(slot) => fill_from_map(slot, format, map, reader)?,
                    None => return misfit_map(list.expected(), map, reader),
                }
                take_back(list, mark, reader);
                Ok(())
            }
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        let Self { target, format, reader } = self;
        match target {
            Target::Slot(slot) => fill_from_seq(slot, format, seq, reader),
            Target::Entry(entries, key) => match entries.open(key) {
                Some(slot) => fill_from_seq(slot, format, seq, reader),
                None => misfit_seq(entries.expected(), seq, reader),
            },
            Target::Element(list) => {
                let mark = reader.mark();
                match list.open() {
                    Some(slot) => fill_from_seq(slot, format, seq, reader)?,
                    None => return misfit_seq(list.expected(), seq, reader),
                }
                take_back(list, mark, reader);
                Ok(())
            }
        }
    }
}

/// Removes an element that was opened and then did not fit as a whole.
fn take_back(list: &mut dyn ListSlot, mark: Mark, reader: &Reader<'_>) {
    if reader.is_whole_misfit_since(mark) {
        list.pop();
    }
}

fn fill_from_map<'de, A: MapAccess<'de>>(
    slot: &mut dyn Slot,
    format: &Format,
    map: A,
    reader: &mut Reader<'_>,
) -> Result<(), A::Error> {
    if let Some(json) = slot.json() {
        *json = Value::deserialize(MapAccessDeserializer::new(map))?;
        return Ok(());
    }
    if let Some(record) = slot.record() {
        return fill_record(record, map, reader);
    }
    if let Some(entries) = slot.map() {
        return read_entries(entries, format, map, reader);
    }
    misfit_map(slot.expected(), map, reader)
}

fn fill_from_seq<'de, A: SeqAccess<'de>>(
    slot: &mut dyn Slot,
    format: &Format,
    seq: A,
    reader: &mut Reader<'_>,
) -> Result<(), A::Error> {
    if let Some(json) = slot.json() {
        *json = Value::deserialize(SeqAccessDeserializer::new(seq))?;
        return Ok(());
    }
    if let Some(list) = slot.list() {
        return read_list(list, format, seq, reader);
    }
    misfit_seq(slot.expected(), seq, reader)
}

fn misfit_map<'de, A: MapAccess<'de>>(
    expected: &'static str,
    map: A,
    reader: &mut Reader<'_>,
) -> Result<(), A::Error> {
    reader.misfit(expected, Value::deserialize(MapAccessDeserializer::new(map))?);
    Ok(())
}

fn misfit_seq<'de, A: SeqAccess<'de>>(
    expected: &'static str,
    seq: A,
    reader: &mut Reader<'_>,
) -> Result<(), A::Error> {
    reader.misfit(expected, Value::deserialize(SeqAccessDeserializer::new(seq))?);
    Ok(())
}

fn read_list<'de, A: SeqAccess<'de>>(
    list: &mut dyn ListSlot,
    format: &Format,
    mut seq: A,
    reader: &mut Reader<'_>,
) -> Result<(), A::Error> {
    for index in 0usize.. {
        let mark = reader.mark();
        let seed = Seed { target: Target::Element(&mut *list), format, reader: &mut *reader };
        if seq.next_element_seed(seed)?.is_none() {
            break;
        }
        reader.came_below(mark, |at| format!("[{index}]{at}"));
    }
    Ok(())
}

fn read_entries<'de, A: MapAccess<'de>>(
    entries: &mut dyn MapSlot,
    format: &Format,
    mut map: A,
    reader: &mut Reader<'_>,
) -> Result<(), A::Error> {
    while let Some(key) = map.next_key::<String>()? {
        let mark = reader.mark();
        let target = Target::Entry(&mut *entries, &key);
        map.next_value_seed(Seed { target, format, reader: &mut *reader })?;
        reader.came_below(mark, |at| format!("/{key}{at}"));
    }
    Ok(())
}

fn fill_record<'de, A: MapAccess<'de>>(
    record: &mut dyn Record,
    map: A,
    reader: &mut Reader<'_>,
) -> Result<(), A::Error> {
    let shape = record.shape();
    let mut seen = 0;
    GroupSeed { record, shape, nodes: shape.tree, seen: &mut seen, reader: &mut *reader }.visit_map(map)?;
    for (bit, index) in shape.required.iter().enumerate().take(64) {
        if seen & (1 << bit) == 0 {
            let field = shape.fields.get(usize::from(*index)).map_or("?", |field| field.name);
            reader.missing.push(field.to_owned());
        }
    }
    Ok(())
}

/// The keys of a record below one group.
struct GroupSeed<'s, 'r, 'o> {
    record: &'s mut dyn Record,
    shape: &'static Shape,
    nodes: &'static [Node],
    seen: &'s mut u64,
    reader: &'r mut Reader<'o>,
}

impl<'de> DeserializeSeed<'de> for GroupSeed<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for GroupSeed<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let nodes = self.nodes;
        let mut order = self.reader.orders.take(nodes, self.shape);
        let mut last = Order::START;
        let mut unknown = String::new();
        loop {
            let guess = order.after(last);
            match map.next_key_seed(KeySeed { nodes, guess, unknown: &mut unknown })? {
                None => break,
                Some(Some(index)) => {
                    order.came(last, index);
                    last = usize::from(index) + 1;
                    self.known(&nodes[usize::from(index)], order.required(last), &mut map)?;
                }
                Some(None) => {
                    let value: Value = map.next_value()?;
                    // `null` is HubSpot's way to say that a property has no value.
                    if !value.is_null() {
                        self.record.extra_mut().keep(std::mem::take(&mut unknown), value);
                    }
                }
            }
        }
        self.reader.orders.give_back(nodes, order);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        misfit_seq("an object", seq, self.reader)
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.no_object(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.no_object(Raw::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.no_object(Raw::Unsigned(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.no_object(Raw::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.no_object(Raw::Text(value))
    }
}

impl GroupSeed<'_, '_, '_> {
    #[allow(clippy::unnecessary_wraps)] // a visitor's answer
    fn no_object<E>(self, raw: Raw<'_>) -> Result<(), E> {
        self.reader.misfit("an object", raw.to_value());
        Ok(())
    }

    /// Reads the value of a declared key, which has this bit among the required fields.
    fn known<'de, A: MapAccess<'de>>(
        &mut self,
        node: &'static Node,
        required: u64,
        map: &mut A,
    ) -> Result<(), A::Error> {
        let mark = self.reader.mark();
        match node {
            Node::Field(_, index) => {
                let Some(slot) = self.record.slot(*index) else {
                    map.next_value::<IgnoredAny>()?;
                    return Ok(());
                };
                let format =
                    self.shape.fields.get(usize::from(*index)).map_or(&Format::PLAIN, |field| &field.format);
                let target = Target::Slot(slot);
                map.next_value_seed(Seed { target, format, reader: &mut *self.reader })?;
            }
            Node::Group(_, nodes) | Node::Properties(_, nodes) => {
                map.next_value_seed(GroupSeed {
                    record: &mut *self.record,
                    shape: self.shape,
                    nodes,
                    seen: &mut *self.seen,
                    reader: &mut *self.reader,
                })?;
            }
        }
        match self.reader.mark() == mark {
            true => *self.seen |= required,
            false => self.settle(node.key(), required, mark),
        }
        Ok(())
    }

    /// Takes what did not fit below this key into the record.
    #[cold]
    fn settle(&mut self, key: &str, required: u64, mark: Mark) {
        if !self.reader.is_whole_misfit_since(mark) {
            *self.seen |= required;
        }
        self.reader.came_below(mark, |at| format!("{key}{at}"));
        for Misfit { expected, value, at } in self.reader.misfits.drain(mark.misfits..) {
            self.record.extra_mut().warn(at, expected, value);
        }
    }
}

/// Reads a key: the index of its node, where it is known.
struct KeySeed<'u> {
    nodes: &'static [Node],
    guess: u16,
    /// Takes the key where it is not; nothing is allocated for the others.
    unknown: &'u mut String,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Option<u16>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Option<u16>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        if self.nodes.get(usize::from(self.guess)).is_some_and(|node| node.key() == key) {
            return Ok(Some(self.guess));
        }
        let found = self.nodes.binary_search_by(|node| node.key().cmp(key)).ok();
        let found = found.and_then(|index| u16::try_from(index).ok());
        if found.is_none() {
            key.clone_into(self.unknown);
        }
        Ok(found)
    }
}
