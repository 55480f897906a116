//! Unions: an object that is one of several.

use serde_json::Value;

use super::read::read_json;
use super::{Datum, JsonSlot, Node, Record, Shape, record_args};

/// An enum of objects; generated code implements it through one macro.
pub trait Union: Sized + 'static {
    /// The field whose value tells which it is; `None` where the fields that are there tell.
    const TAG: Option<&'static str>;
    /// Value of the tag and shape of each.
    const VARIANTS: &'static [(&'static str, &'static Shape)];

    /// An empty one of the variant with this index.
    fn vacant(index: usize) -> Option<Self>;
    /// The object inside, with the index of its variant; the value to write where it is none of them.
    fn object(&self) -> Result<(usize, &dyn Record), Option<Datum>>;
    /// The object inside, to fill.
    fn object_mut(&mut self) -> Option<&mut dyn Record>;
    /// One that is none of the objects.
    fn other(json: Value) -> Self;

    /// The id of one that was not sent along, where that can be.
    fn of_id(_: String) -> Option<Self> {
        None
    }
}

impl<U: Union> JsonSlot for U {
    /// What is none of the objects stays JSON.
    fn take(&mut self, json: Value) {
        if let Some(mut found) = which(U::TAG, U::VARIANTS, &json).and_then(U::vacant)
            && let Some(record) = found.object_mut()
            && read_json(&json, record)
        {
            *self = found;
        } else {
            *self = U::other(json);
        }
    }
}

/// The index of the variant that an object is.
pub(crate) fn which(tag: Option<&str>, variants: &[(&str, &'static Shape)], json: &Value) -> Option<usize> {
    let object = json.as_object()?;
    if let Some(tag) = tag {
        let value = match object.get(tag)? {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        return variants.iter().position(|(key, _)| *key == value);
    }
    let fits = |shape: &'static Shape| shape.required.iter().all(|index| holds(shape.tree, json, *index));
    let known =
        |shape: &'static Shape| shape.tree.iter().filter(|node| object.contains_key(node.key())).count();
    let mut best: Option<(usize, usize)> = None;
    for (index, (_, shape)) in variants.iter().enumerate().filter(|(_, (_, shape))| fits(shape)) {
        let known = known(shape);
        if best.is_none_or(|(most, _)| known > most) {
            best = Some((known, index));
        }
    }
    best.map(|(_, index)| index)
}

/// Whether the field with this index is there.
fn holds(nodes: &[Node], json: &Value, wanted: u16) -> bool {
    nodes.iter().any(|node| match node {
        Node::Field(key, index) => *index == wanted && json.get(key).is_some(),
        Node::Group(key, nodes) | Node::Properties(key, nodes) => {
            json.get(key).is_some_and(|json| holds(nodes, json, wanted))
        }
    })
}

/// The value to write. It tells by itself which variant it is.
pub(super) fn union_datum<U: Union>(union: &U) -> Option<Datum> {
    match union.object() {
        Ok((index, record)) => {
            let mut args = record_args(record);
            if let (Some(tag), Some((value, _))) = (U::TAG, U::VARIANTS.get(index)) {
                args.set_property(tag.to_owned(), Value::from(*value));
            }
            Some(Datum::Object(args))
        }
        Err(other) => other,
    }
}
