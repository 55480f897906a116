//! Reading: JSON bytes straight into typed fields, in one pass and without a tree in between.
//!
//! A value that does not fit its field never ends the reading: its raw form is kept in [`Extra`](super::Extra) with a
//! warning. Only a body that is no JSON, or one that lacks a required field, is an error.

use std::borrow::Cow;

use serde::Deserialize as _;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

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
pub(crate) fn read(body: &[u8], slot: &mut dyn Slot) -> Result<(), ReadError> {
    // Bytes that are no UTF-8 become U+FFFD: one odd value ends nothing. Checked once, and not for each string.
    let text = match std::str::from_utf8(body) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(body), // many times slower, and hardly ever needed
    };
    let mut reader = Reader::default();
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    let seed = Seed { target: Target::Slot(slot), format: &Format::PLAIN, reader: &mut reader };
    let misfits =
        seed.deserialize(&mut deserializer).and_then(|misfits| deserializer.end().map(|()| misfits));
    match misfits {
        Err(error) => Err(ReadError::Syntax(error)),
        Ok(misfits) => match misfits.first() {
            Some(misfit) => Err(ReadError::Root(misfit.expected)),
            None if reader.missing.is_empty() => Ok(()),
            None => Err(ReadError::Missing(reader.missing)),
        },
    }
}

/// Reads a whole body into one object.
pub(crate) fn read_record(body: &[u8], record: &mut dyn Record) -> Result<(), ReadError> {
    read(body, &mut Root(record))
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

impl Misfit {
    const fn whole(expected: &'static str, value: Value) -> Self {
        Self { expected, value, at: String::new() }
    }
}

/// What is known across the whole body.
#[derive(Default)]
struct Reader {
    /// Required fields that are not there, each with the path that leads to it.
    missing: Vec<String>,
    /// For each group of keys that was met, which key came after which.
    orders: Vec<Order>,
}

/// Records of a list have their keys in the same order: the key that followed last time is looked at first.
struct Order {
    nodes: &'static [Node],
    /// Index of the key that came after the key with this index; the first entry is for the start.
    next: Vec<u16>,
}

impl Reader {
    fn order(&mut self, nodes: &'static [Node]) -> usize {
        let known = self.orders.iter().position(|order| std::ptr::eq(order.nodes, nodes));
        known.unwrap_or_else(|| {
            self.orders.push(Order { nodes, next: (0u16..).take(nodes.len() + 1).collect() });
            self.orders.len() - 1
        })
    }

    /// Puts what leads to them before the fields that were found missing since there were so many.
    fn missing_below(&mut self, before: usize, place: impl Fn(&str) -> String) {
        for field in &mut self.missing[before..] {
            *field = place(field);
        }
    }
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

struct Seed<'s, 'r> {
    target: Target<'s>,
    format: &'s Format,
    reader: &'r mut Reader,
}

impl<'de> DeserializeSeed<'de> for Seed<'_, '_> {
    type Value = Vec<Misfit>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

#[allow(clippy::unnecessary_wraps)] // a visitor's answer
impl Seed<'_, '_> {
    fn scalar<E>(mut self, raw: Raw<'_>) -> Result<Vec<Misfit>, E> {
        Ok(match self.target.put(raw, self.format) {
            Ok(()) => Vec::new(),
            Err(expected) => vec![Misfit::whole(expected, raw.to_value())],
        })
    }
}

impl<'de> Visitor<'de> for Seed<'_, '_> {
    type Value = Vec<Misfit>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.target.expected())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        self.scalar(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        self.scalar(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        self.scalar(Raw::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        self.scalar(i64::try_from(value).map_or(Raw::Unsigned(value), Raw::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        self.scalar(Raw::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        self.scalar(Raw::Text(value))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let Self { target, format, reader } = self;
        match target {
            Target::Slot(slot) => fill_from_map(slot, format, map, reader),
            Target::Entry(entries, key) => match entries.open(key) {
                Some(slot) => fill_from_map(slot, format, map, reader),
                None => misfit_map(entries.expected(), map),
            },
            Target::Element(list) => {
                let misfits = match list.open() {
                    Some(slot) => fill_from_map(slot, format, map, reader)?,
                    None => return misfit_map(list.expected(), map),
                };
                take_back(list, &misfits);
                Ok(misfits)
            }
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        let Self { target, format, reader } = self;
        match target {
            Target::Slot(slot) => fill_from_seq(slot, format, seq, reader),
            Target::Entry(entries, key) => match entries.open(key) {
                Some(slot) => fill_from_seq(slot, format, seq, reader),
                None => misfit_seq(entries.expected(), seq),
            },
            Target::Element(list) => {
                let misfits = match list.open() {
                    Some(slot) => fill_from_seq(slot, format, seq, reader)?,
                    None => return misfit_seq(list.expected(), seq),
                };
                take_back(list, &misfits);
                Ok(misfits)
            }
        }
    }
}

/// Removes an element that was opened and then did not fit as a whole.
fn take_back(list: &mut dyn ListSlot, misfits: &[Misfit]) {
    if misfits.iter().any(|misfit| misfit.at.is_empty()) {
        list.pop();
    }
}

fn fill_from_map<'de, A: MapAccess<'de>>(
    slot: &mut dyn Slot,
    format: &Format,
    map: A,
    reader: &mut Reader,
) -> Result<Vec<Misfit>, A::Error> {
    if let Some(json) = slot.json() {
        *json = Value::deserialize(MapAccessDeserializer::new(map))?;
        return Ok(Vec::new());
    }
    if let Some(record) = slot.record() {
        fill_record(record, map, reader)?;
        return Ok(Vec::new());
    }
    if let Some(entries) = slot.map() {
        return read_entries(entries, format, map, reader);
    }
    misfit_map(slot.expected(), map)
}

fn fill_from_seq<'de, A: SeqAccess<'de>>(
    slot: &mut dyn Slot,
    format: &Format,
    seq: A,
    reader: &mut Reader,
) -> Result<Vec<Misfit>, A::Error> {
    if let Some(json) = slot.json() {
        *json = Value::deserialize(SeqAccessDeserializer::new(seq))?;
        return Ok(Vec::new());
    }
    if let Some(list) = slot.list() {
        return read_list(list, format, seq, reader);
    }
    misfit_seq(slot.expected(), seq)
}

fn misfit_map<'de, A: MapAccess<'de>>(expected: &'static str, map: A) -> Result<Vec<Misfit>, A::Error> {
    Ok(vec![Misfit::whole(expected, Value::deserialize(MapAccessDeserializer::new(map))?)])
}

fn misfit_seq<'de, A: SeqAccess<'de>>(expected: &'static str, seq: A) -> Result<Vec<Misfit>, A::Error> {
    Ok(vec![Misfit::whole(expected, Value::deserialize(SeqAccessDeserializer::new(seq))?)])
}

fn read_list<'de, A: SeqAccess<'de>>(
    list: &mut dyn ListSlot,
    format: &Format,
    mut seq: A,
    reader: &mut Reader,
) -> Result<Vec<Misfit>, A::Error> {
    let mut misfits = Vec::new();
    for index in 0usize.. {
        let before = reader.missing.len();
        let seed = Seed { target: Target::Element(&mut *list), format, reader };
        let Some(found) = seq.next_element_seed(seed)? else { break };
        misfits.extend(found.into_iter().map(|m| Misfit { at: format!("[{index}]{}", m.at), ..m }));
        reader.missing_below(before, |field| format!("[{index}].{field}"));
    }
    Ok(misfits)
}

fn read_entries<'de, A: MapAccess<'de>>(
    entries: &mut dyn MapSlot,
    format: &Format,
    mut map: A,
    reader: &mut Reader,
) -> Result<Vec<Misfit>, A::Error> {
    let mut misfits = Vec::new();
    while let Some(key) = map.next_key::<String>()? {
        let before = reader.missing.len();
        let found =
            map.next_value_seed(Seed { target: Target::Entry(&mut *entries, &key), format, reader })?;
        misfits.extend(found.into_iter().map(|m| Misfit { at: format!("/{key}{}", m.at), ..m }));
        reader.missing_below(before, |field| format!("/{key}.{field}"));
    }
    Ok(misfits)
}

fn fill_record<'de, A: MapAccess<'de>>(
    record: &mut dyn Record,
    map: A,
    reader: &mut Reader,
) -> Result<(), A::Error> {
    let shape = record.shape();
    let mut seen = 0u64;
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
struct GroupSeed<'s, 'r> {
    record: &'s mut dyn Record,
    shape: &'static Shape,
    nodes: &'static [Node],
    seen: &'s mut u64,
    reader: &'r mut Reader,
}

impl<'de> DeserializeSeed<'de> for GroupSeed<'_, '_> {
    type Value = Vec<Misfit>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for GroupSeed<'_, '_> {
    type Value = Vec<Misfit>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
        let order = self.reader.order(self.nodes);
        let mut last = 0;
        loop {
            let guess = self.reader.orders[order].next[last];
            let Some(key) = map.next_key_seed(KeySeed { nodes: self.nodes, guess })? else { break };
            match key {
                Key::Known(index) => {
                    self.reader.orders[order].next[last] = index;
                    last = usize::from(index) + 1;
                    self.known(&self.nodes[usize::from(index)], &mut map)?;
                }
                Key::Unknown(key) => {
                    let value: Value = map.next_value()?;
                    // `null` is HubSpot's way to say that a property has no value.
                    if !value.is_null() {
                        self.record.extra_mut().keep(key, value);
                    }
                }
            }
        }
        Ok(Vec::new())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        misfit_seq("an object", seq)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        no_object(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        no_object(Raw::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        no_object(Raw::Unsigned(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        no_object(Raw::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        no_object(Raw::Text(value))
    }
}

#[allow(clippy::unnecessary_wraps)] // a visitor's answer
fn no_object<E>(raw: Raw<'_>) -> Result<Vec<Misfit>, E> {
    Ok(vec![Misfit::whole("an object", raw.to_value())])
}

impl GroupSeed<'_, '_> {
    fn known<'de, A: MapAccess<'de>>(&mut self, node: &'static Node, map: &mut A) -> Result<(), A::Error> {
        let misfits = match node {
            Node::Group(_, nodes) | Node::Properties(_, nodes) => map.next_value_seed(GroupSeed {
                record: &mut *self.record,
                shape: self.shape,
                nodes,
                seen: &mut *self.seen,
                reader: &mut *self.reader,
            })?,
            Node::Field(key, index) => {
                let format =
                    self.shape.fields.get(usize::from(*index)).map_or(&Format::PLAIN, |field| &field.format);
                let Some(slot) = self.record.slot(*index) else {
                    map.next_value::<IgnoredAny>()?;
                    return Ok(());
                };
                let before = self.reader.missing.len();
                let misfits = map.next_value_seed(Seed {
                    target: Target::Slot(slot),
                    format,
                    reader: &mut *self.reader,
                })?;
                self.reader.missing_below(before, |field| match field.starts_with(['[', '/']) {
                    true => format!("{key}{field}"),
                    false => format!("{key}.{field}"),
                });
                let required = self.shape.required.iter().position(|required| required == index);
                if let Some(bit) =
                    required.filter(|bit| *bit < 64 && misfits.iter().all(|misfit| !misfit.at.is_empty()))
                {
                    *self.seen |= 1 << bit;
                }
                misfits
            }
        };
        for Misfit { expected, value, at } in misfits {
            self.record.extra_mut().warn(format!("{}{at}", node.key()), expected, value);
        }
        Ok(())
    }
}

enum Key {
    /// The node with this index.
    Known(u16),
    Unknown(String),
}

/// Reads a key without allocating where it is known.
struct KeySeed {
    nodes: &'static [Node],
    guess: u16,
}

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Key;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Key, E> {
        if self.nodes.get(usize::from(self.guess)).is_some_and(|node| node.key() == key) {
            return Ok(Key::Known(self.guess));
        }
        let found = self.nodes.binary_search_by(|node| node.key().cmp(key)).ok();
        let found = found.and_then(|index| u16::try_from(index).ok());
        Ok(found.map_or_else(|| Key::Unknown(key.to_owned()), Key::Known))
    }
}
