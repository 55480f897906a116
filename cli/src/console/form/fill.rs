//! From arguments to the fields of a form: for examples, and to run something once more.

use serde_json::{Map, Value};
use typed_connector::dynamic::Action;
use typed_connector::dynamic::model::{Connector, FieldType};

use super::shape::{Members, Shape, Text, shape};
use super::{OTHER, Pairs, at, filter, of_action};

/// The fields that give these arguments. What is sensitive is left out: it is given anew each time.
pub(in crate::console) fn pairs(action: Action, arguments: &Map<String, Value>) -> Pairs {
    let mut filler = Filler { model: action.connector().model(), pairs: Pairs::default() };
    filler.group(&of_action(action), "", arguments, 0);
    filler.pairs
}

struct Filler {
    model: &'static Connector,
    pairs: Pairs,
}

impl Filler {
    fn group(&mut self, members: &Members, prefix: &str, given: &Map<String, Value>, depth: usize) {
        for (field, clearable) in &members.fields {
            let path = at(prefix, &field.key);
            match given.get(&field.key) {
                Some(Value::Null) if *clearable => self.pairs.set(format!("{path}#clear"), "yes"),
                Some(value) if !field.sensitive => self.value(&field.ty, &path, value, depth),
                _ => {}
            }
        }
        let others = members.others.and_then(|others| Some((others, given.get(others)?.as_object()?)));
        if let Some((others, named)) = others {
            for (row, (name, value)) in named.iter().enumerate() {
                let row = format!("{}[{row}]", at(prefix, others));
                self.pairs.set(format!("{row}#name"), name.as_str());
                self.pairs.set(row, plain(value));
            }
        }
    }

    fn value(&mut self, ty: &'static FieldType, path: &str, value: &Value, depth: usize) {
        if value.is_null() {
            return;
        }
        match (shape(self.model, ty, depth), value) {
            (Shape::Text(Text::DateTime), Value::String(text)) => self.pairs.set(path, local(text)),
            (Shape::Text(_) | Shape::Boolean, value) => self.pairs.set(path, plain(value)),
            (Shape::Choice { values, .. }, value) => {
                let text = plain(value);
                if values.iter().any(|known| known.wire == text) {
                    self.pairs.set(path, text);
                } else {
                    self.pairs.set(path, OTHER);
                    self.pairs.set(format!("{path}#other"), text);
                }
            }
            (Shape::Choices { values, .. }, Value::Array(items)) => {
                let (known, other): (Vec<_>, Vec<_>) =
                    items.iter().map(plain).partition(|text| values.iter().any(|value| value.wire == *text));
                for text in known {
                    self.pairs.add(path, text);
                }
                self.pairs.set(format!("{path}#other"), other.join(", "));
            }
            (Shape::List(inner), Value::Array(items)) => {
                for (row, item) in items.iter().enumerate() {
                    self.value(inner, &format!("{path}[{row}]"), item, depth + 1);
                }
            }
            (Shape::Map(inner), Value::Object(entries)) => {
                for (row, (name, value)) in entries.iter().enumerate() {
                    let row = format!("{path}[{row}]");
                    self.pairs.set(format!("{row}#name"), name.as_str());
                    self.value(inner, &row, value, depth + 1);
                }
            }
            (Shape::Group(members), Value::Object(given)) => self.group(&members, path, given, depth + 1),
            (Shape::Union(union), Value::Object(given)) => {
                let tagged = union.tag.as_ref().and_then(|tag| given.get(tag)?.as_str());
                let fits = |variant: &&typed_connector::dynamic::model::Variant| match tagged {
                    Some(key) => variant.key == key,
                    None => super::shape::fits(self.model, variant, given),
                };
                let Some(variant) = union.variants.iter().find(fits) else { return };
                self.pairs.set(format!("{path}#kind"), variant.key.as_str());
                if let Shape::Group(members) = super::shape::variant(self.model, variant, depth) {
                    self.group(&members, &format!("{path}#{}", variant.key), given, depth + 1);
                }
            }
            (Shape::Filter(_), value) => filter::fill(path, value, &mut self.pairs),
            (Shape::Sort(_), value) => filter::fill_sort(path, value, &mut self.pairs),
            (Shape::Selection(object), value) => filter::fill_selection(object, path, value, &mut self.pairs),
            // A browser takes no file from a page.
            (Shape::File | Shape::Bytes, _) => {}
            (_, value) => {
                self.pairs.set(path, serde_json::to_string_pretty(value).unwrap_or_default());
            }
        }
    }
}

pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// An instant as `datetime-local` has it, in UTC.
fn local(text: &str) -> String {
    match text.parse::<jiff::Timestamp>() {
        Ok(time) => {
            let text = time.to_string();
            text.strip_suffix('Z').unwrap_or(&text).to_owned()
        }
        Err(_) => text.to_owned(),
    }
}
