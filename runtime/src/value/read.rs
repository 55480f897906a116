//! Reading: JSON bytes straight into typed fields, in one pass and without a tree in between.
//!
//! A value that does not fit its field never ends the reading: its raw form is kept in [`Extra`](super::Extra) with a
//! warning. Only a body that is no JSON, or one that lacks a required field, is an error.

use std::borrow::Cow;

use serde_json::Value;

use super::cursor::{Broken, Cursor};
use super::order::{Group, Order, Orders};
use super::{Filling, Format, ListSlot, MapSlot, Node, Raw, Record, Shape, Slot};

/// Why a body could not be read.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// It is no JSON, for this reason.
    Syntax(String),
    /// It is JSON, but not what was expected at its root.
    Root(&'static str),
    /// These fields are missing, each with the path that leads to it.
    Missing(Vec<String>),
    /// It is a page of a list that says that there are more, and not where.
    Page(String),
}

/// Reads a whole body into one value.
pub(crate) fn read(body: &[u8], orders: &mut Orders, slot: &mut dyn Slot) -> Result<(), ReadError> {
    // Bytes that are no UTF-8 become U+FFFD: one odd value ends nothing. Checked once, and not for each string.
    let text = match std::str::from_utf8(body) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(body), // many times slower, and hardly ever needed
    };
    let cursor = Cursor::new(&text);
    let mut reader = Reader { cursor, missing: Vec::new(), misfits: Vec::new(), orders };
    if let Err(Broken) = reader.value(Target::Slot(slot), &Format::PLAIN).and_then(|()| reader.cursor.end()) {
        return Err(ReadError::Syntax(reader.cursor.complaint()));
    }
    match reader.misfits.first() {
        Some(misfit) => Err(ReadError::Root(misfit.expected)),
        None if reader.missing.is_empty() => Ok(()),
        None => Err(ReadError::Missing(reader.missing)),
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

/// Reads JSON that is there already into an object; `false` where it is none, or lacks a required field.
pub(crate) fn read_json(json: &Value, record: &mut dyn Record) -> bool {
    serde_json::to_vec(json).is_ok_and(|text| read_record(&text, &mut Orders::default(), record).is_ok())
}

/// The object at the root, which is no element of anything.
struct Root<'r>(&'r mut dyn Record);

impl Slot for Root<'_> {
    fn put(&mut self, _: Raw<'_>, _: &Format) -> bool {
        false
    }

    fn expected(&self) -> &'static str {
        "an object"
    }

    fn filling(&mut self) -> Filling<'_> {
        Filling::Record(self.0)
    }

    fn datum(&self) -> Option<super::Datum> {
        Some(super::Datum::Object(super::record_args(self.0)))
    }
}

/// A value that did not fit where it belongs.
struct Misfit {
    expected: &'static str,
    value: Value,
    /// Which element of a list or map, `[3]`; empty for the value itself.
    at: String,
}

/// Where the next value goes.
enum Target<'s> {
    Slot(&'s mut dyn Slot),
    Element(&'s mut dyn ListSlot),
    Entry(&'s mut dyn MapSlot, &'s str),
}

impl Target<'_> {
    fn put(&mut self, raw: Raw<'_>, format: &Format) -> bool {
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

/// Reads one body.
struct Reader<'a, 'o> {
    cursor: Cursor<'a>,
    /// Required fields that are not there, each with the path that leads to it.
    missing: Vec<String>,
    /// Values that did not fit, until the record that they belong to takes them.
    misfits: Vec<Misfit>,
    orders: &'o mut Orders,
}

/// How much had gone wrong.
#[derive(Clone, Copy, PartialEq)]
struct Mark {
    missing: usize,
    misfits: usize,
}

impl Reader<'_, '_> {
    fn value(&mut self, mut target: Target<'_>, format: &Format) -> Result<(), Broken> {
        match self.cursor.peek()? {
            b'"' => {
                let text = self.cursor.string()?;
                self.scalar(&mut target, Raw::Text(&text), format);
                Ok(())
            }
            b'{' | b'[' => self.container(target, format),
            _ => {
                let raw = self.cursor.literal()?;
                self.scalar(&mut target, raw, format);
                Ok(())
            }
        }
    }

    fn scalar(&mut self, target: &mut Target<'_>, raw: Raw<'_>, format: &Format) {
        if !target.put(raw, format) {
            self.misfit(target.expected(), raw.to_value());
        }
    }

    /// An object or a list, at its opening bracket.
    fn container(&mut self, target: Target<'_>, format: &Format) -> Result<(), Broken> {
        match target {
            Target::Slot(slot) => self.fill(slot, format),
            Target::Entry(entries, key) => match entries.open(key) {
                Some(slot) => self.fill(slot, format),
                None => self.misfit_next(entries.expected()),
            },
            Target::Element(list) => {
                let mark = self.mark();
                match list.open() {
                    Some(slot) => self.fill(slot, format)?,
                    None => return self.misfit_next(list.expected()),
                }
                // An element that was opened and then did not fit as a whole.
                if self.mark() != mark && self.is_whole_misfit_since(mark) {
                    list.pop();
                }
                Ok(())
            }
        }
    }

    fn fill(&mut self, slot: &mut dyn Slot, format: &Format) -> Result<(), Broken> {
        match (slot.filling(), self.cursor.peek()?) {
            (Filling::Json(json), _) => {
                json.take(self.cursor.value()?);
                return Ok(());
            }
            (Filling::Record(record), b'{') => return self.record(record),
            (Filling::Map(entries), b'{') => return self.entries(entries, format),
            (Filling::List(list), b'[') => return self.list(list, format),
            _ => {}
        }
        self.misfit_next(slot.expected())
    }

    fn list(&mut self, list: &mut dyn ListSlot, format: &Format) -> Result<(), Broken> {
        self.cursor.enter()?;
        let mut index = 0_usize;
        while self.cursor.another(index == 0, b']')? {
            let mark = self.mark();
            self.value(Target::Element(&mut *list), format)?;
            self.came_below(mark, |at| format!("[{index}]{at}"));
            index += 1;
        }
        Ok(())
    }

    fn entries(&mut self, entries: &mut dyn MapSlot, format: &Format) -> Result<(), Broken> {
        self.cursor.enter()?;
        let mut is_first = true;
        while self.cursor.another(is_first, b'}')? {
            is_first = false;
            let key = self.cursor.key()?;
            let mark = self.mark();
            self.value(Target::Entry(&mut *entries, &key), format)?;
            self.came_below(mark, |at| format!("/{key}{at}"));
        }
        Ok(())
    }

    fn record(&mut self, record: &mut dyn Record) -> Result<(), Broken> {
        let shape = record.shape();
        let mut seen = 0;
        self.group(record, shape, shape.tree, &mut seen)?;
        for (bit, index) in shape.required.iter().enumerate().take(64) {
            if seen & (1 << bit) == 0 {
                let field = shape.fields.get(usize::from(*index)).map_or("?", |field| field.name);
                self.missing.push(field.to_owned());
            }
        }
        Ok(())
    }

    /// The keys of a record below one group; `seen` gets the bits of the required fields that are there.
    fn group(
        &mut self,
        record: &mut dyn Record,
        shape: &'static Shape,
        nodes: &'static [Node],
        seen: &mut u64,
    ) -> Result<(), Broken> {
        self.cursor.enter()?;
        let group = Group { shape, nodes };
        let mut order = self.orders.take(group);
        let (mut last, mut is_first) = (Order::START, true);
        while self.cursor.another(is_first, b'}')? {
            is_first = false;
            let guess = order.after(last);
            let index = match nodes.get(usize::from(guess)) {
                Some(node) if self.cursor.key_is(node.key())? => guess,
                _ => {
                    let key = self.cursor.key()?;
                    let index = nodes.binary_search_by(|node| node.key().cmp(&key)).ok();
                    let Some(index) = index.and_then(|index| u16::try_from(index).ok()) else {
                        let value = self.cursor.value()?;
                        // `null` is HubSpot's way to say that a property has no value.
                        if !value.is_null() {
                            record.extra_mut().keep(key.into_owned(), value);
                        }
                        continue;
                    };
                    order.came(last, index);
                    index
                }
            };
            last = usize::from(index) + 1;
            let (node, mark) = (&nodes[usize::from(index)], self.mark());
            match node {
                Node::Field(_, field) => {
                    let format =
                        shape.fields.get(usize::from(*field)).map_or(&Format::PLAIN, |field| &field.format);
                    match record.slot(*field) {
                        Some(slot) => self.value(Target::Slot(slot), format)?,
                        None => drop(self.cursor.value()?),
                    }
                }
                Node::Group(_, nodes) | Node::Properties(_, nodes) => match self.cursor.peek()? {
                    b'{' => self.group(record, shape, nodes, seen)?,
                    _ => {
                        let value = self.cursor.value()?;
                        if !value.is_null() {
                            self.misfit("an object", value);
                        }
                    }
                },
            }
            if self.mark() == mark {
                *seen |= order.required(last);
            } else {
                *seen |= if self.is_whole_misfit_since(mark) { 0 } else { order.required(last) };
                self.settle(record, node.key(), mark);
            }
        }
        self.orders.give_back(group, order);
        Ok(())
    }

    /// Takes what did not fit below this key into the record.
    #[cold]
    fn settle(&mut self, record: &mut dyn Record, key: &str, mark: Mark) {
        self.came_below(mark, |at| format!("{key}{at}"));
        for Misfit { expected, value, at } in self.misfits.drain(mark.misfits..) {
            record.extra_mut().warn(at, expected, value);
        }
    }

    fn misfit(&mut self, expected: &'static str, value: Value) {
        self.misfits.push(Misfit { expected, value, at: String::new() });
    }

    fn misfit_next(&mut self, expected: &'static str) -> Result<(), Broken> {
        let value = self.cursor.value()?;
        self.misfit(expected, value);
        Ok(())
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
