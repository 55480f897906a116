//! From the fields of a form to an action's arguments, as JSON by the keys of the spec. Whether values fit is checked by the library,
//! which says it better: what is no number stays text here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value, json};
use typed_connector::dynamic::Action;
use typed_connector::dynamic::model::{Connector, FieldType, Union};

use super::shape::{Members, Shape, Text, shape};
use super::{Pairs, Problem, filter, of_action};

/// The arguments, and what could not be read at all.
pub(in crate::console) fn arguments(action: Action, pairs: &mut Pairs) -> (Map<String, Value>, Vec<Problem>) {
    let mut reader = Reader { model: action.connector().model(), problems: Vec::new() };
    let members = of_action(action);
    compact(reader.model, &members, "", pairs, 0);
    let arguments = reader.group(&members, "", pairs, 0);
    (arguments, reader.problems)
}

/// The same of one group, as far as it can be read, with all of its rows.
pub(super) fn given(
    model: &'static Connector,
    members: &Members,
    prefix: &str,
    pairs: &Pairs,
    depth: usize,
) -> Map<String, Value> {
    Reader { model, problems: Vec::new() }.group(members, prefix, pairs, depth)
}

/// Takes out the rows of lists that are empty, so that a place in the arguments is a place in the form.
fn compact(model: &'static Connector, members: &Members, prefix: &str, pairs: &mut Pairs, depth: usize) {
    for (field, _) in &members.fields {
        compact_value(model, &field.ty, &super::at(prefix, &field.key), pairs, depth);
    }
}

fn compact_value(
    model: &'static Connector,
    ty: &'static FieldType,
    path: &str,
    pairs: &mut Pairs,
    depth: usize,
) {
    match shape(model, ty, depth) {
        Shape::List(inner) => {
            for row in (0..pairs.rows(path)).rev() {
                if !pairs.any(&format!("{path}[{row}]")) {
                    pairs.remove_row(path, row);
                }
            }
            for row in 0..pairs.rows(path) {
                compact_value(model, inner, &format!("{path}[{row}]"), pairs, depth + 1);
            }
        }
        Shape::Group(members) => compact(model, &members, path, pairs, depth + 1),
        _ => {}
    }
}

struct Reader {
    model: &'static Connector,
    problems: Vec<Problem>,
}

impl Reader {
    fn group(&mut self, members: &Members, prefix: &str, pairs: &Pairs, depth: usize) -> Map<String, Value> {
        let mut json = Map::new();
        for (field, clearable) in &members.fields {
            let path = super::at(prefix, &field.key);
            if *clearable && pairs.text(&format!("{path}#clear")) == Some("yes") {
                json.insert(field.key.clone(), Value::Null);
            } else if let Some(value) = self.value(&field.ty, &path, pairs, depth) {
                json.insert(field.key.clone(), value);
            }
        }
        if let Some(others) = members.others {
            let others_at = super::at(prefix, others);
            let named = map_rows(pairs, &others_at)
                .map(|(name, path)| (name.to_owned(), pairs.text(&path).unwrap_or_default().into()));
            let named: Map<String, Value> = named.collect();
            if !named.is_empty() {
                json.insert(others.to_owned(), Value::Object(named));
            }
        }
        json
    }

    /// `None` where nothing is given.
    fn value(&mut self, ty: &'static FieldType, path: &str, pairs: &Pairs, depth: usize) -> Option<Value> {
        match shape(self.model, ty, depth) {
            Shape::Text(kind) => text(kind, pairs.text(path)?),
            Shape::Boolean => match pairs.given(path)? {
                "true" => Some(true.into()),
                "false" => Some(false.into()),
                other => Some(other.into()),
            },
            Shape::Choice { .. } => super::chosen(pairs, path).map(Value::from),
            Shape::Choices { .. } => {
                let ticked = pairs.texts(path).filter(|text| !text.is_empty()).map(str::to_owned);
                let all: Vec<Value> =
                    ticked.chain(listed(pairs, &format!("{path}#other"))).map(Value::from).collect();
                (!all.is_empty()).then(|| all.into())
            }
            Shape::List(inner) => {
                let rows = (0..pairs.rows(path)).map(|row| format!("{path}[{row}]"));
                let items: Vec<_> = rows
                    .filter_map(|row| match shape(self.model, inner, depth + 1) {
                        // A row without a value is an object without fields.
                        Shape::Group(members) => {
                            let group = self.group(&members, &row, pairs, depth + 2);
                            pairs.any(&row).then_some(Value::Object(group))
                        }
                        _ => self.value(inner, &row, pairs, depth + 1),
                    })
                    .collect();
                (!items.is_empty()).then(|| items.into())
            }
            Shape::Map(inner) => {
                let rows: Vec<_> =
                    map_rows(pairs, path).map(|(name, path)| (name.to_owned(), path)).collect();
                let entries = rows.into_iter().map(|(name, path)| {
                    (name, self.value(inner, &path, pairs, depth + 1).unwrap_or_else(|| "".into()))
                });
                let entries: Map<String, Value> = entries.collect();
                (!entries.is_empty()).then(|| entries.into())
            }
            Shape::Group(members) => {
                let group = self.group(&members, path, pairs, depth + 1);
                (!group.is_empty()).then(|| group.into())
            }
            Shape::Union(union) => self.union(union, path, pairs, depth),
            Shape::Filter(object) => filter::read(object, path, pairs),
            Shape::Sort(_) => filter::read_sort(path, pairs),
            Shape::Selection(_) => filter::read_selection(path, pairs),
            Shape::File => {
                let file = pairs.file(path)?;
                let mut json = json!({ "name": file.name, "base64": BASE64.encode(&file.bytes) });
                if let Some(content_type) = &file.content_type {
                    json["content_type"] = content_type.as_str().into();
                }
                Some(json)
            }
            Shape::Bytes => Some(BASE64.encode(&pairs.file(path)?.bytes).into()),
            Shape::Json => match serde_json::from_str(pairs.given(path)?) {
                Ok(json) => Some(json),
                Err(error) => {
                    self.problems.push(Problem::new(path, format!("is no JSON: {error}")));
                    None
                }
            },
        }
    }

    fn union(&mut self, union: &'static Union, path: &str, pairs: &Pairs, depth: usize) -> Option<Value> {
        let kind = pairs.given(&format!("{path}#kind"))?;
        let variant = union.variants.iter().find(|variant| variant.key == kind)?;
        let inner = format!("{path}#{kind}");
        let Shape::Group(members) = super::shape::variant(self.model, variant, depth) else { return None };
        let mut json = self.group(&members, &inner, pairs, depth + 1);
        if let Some(tag) = &union.tag {
            json.insert(tag.clone(), kind.into());
        }
        Some(json.into())
    }
}

/// The names of a map's rows, each with the path of its value.
pub(super) fn map_rows<'p>(pairs: &'p Pairs, path: &'p str) -> impl Iterator<Item = (&'p str, String)> {
    let rows = (0..pairs.rows(path)).map(move |row| format!("{path}[{row}]"));
    rows.filter_map(|row| Some((pairs.given(&format!("{row}#name"))?, row)))
}

/// Values that are separated by commas.
pub(super) fn listed(pairs: &Pairs, path: &str) -> impl Iterator<Item = String> {
    let text = pairs.text(path).unwrap_or_default();
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned)
}

/// A text as the JSON of its kind; as text where it is not of the kind.
pub(super) fn text(kind: Text, text: &str) -> Option<Value> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return None;
    }
    Some(match kind {
        Text::Integer => trimmed.parse::<i64>().map_or_else(|_| trimmed.into(), Value::from),
        Text::Float => match trimmed.parse::<f64>() {
            Ok(number) if number.is_finite() => number.into(),
            _ => trimmed.into(),
        },
        Text::DateTime => instant(trimmed).into(),
        Text::Line => text.replace("\r\n", "\n").into(),
        Text::Decimal | Text::Date | Text::Duration | Text::Url | Text::Email => trimmed.into(),
    })
}

/// What `datetime-local` gives is meant in UTC; what somebody types with a zone has it.
fn instant(text: &str) -> String {
    let local = text.len() >= 16 && text.is_ascii() && text.as_bytes()[10] == b'T';
    match local {
        true if text.len() == 16 => format!("{text}:00Z"),
        true if !text[19.min(text.len())..].contains(['Z', '+', '-']) => format!("{text}Z"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_json_of_their_kind() {
        for (kind, given, json) in [
            (Text::Integer, " 7 ", json!(7)),
            (Text::Integer, "seven", json!("seven")),
            (Text::Decimal, "4800.00", json!("4800.00")),
            (Text::Float, "0.75", json!(0.75)),
            (Text::Float, "inf", json!("inf")),
            (Text::Line, " a\r\nb", json!(" a\nb")),
            (Text::DateTime, "2027-03-31T09:30", json!("2027-03-31T09:30:00Z")),
            (Text::DateTime, "2027-03-31T09:30:15.5", json!("2027-03-31T09:30:15.5Z")),
            (Text::DateTime, "2027-03-31T09:30:15+02:00", json!("2027-03-31T09:30:15+02:00")),
            (Text::DateTime, "2027-03-31T09:30:15Z", json!("2027-03-31T09:30:15Z")),
            (Text::DateTime, "tomorrow", json!("tomorrow")),
        ] {
            assert_eq!(text(kind, given), Some(json), "{given}");
        }
        assert_eq!(text(Text::Line, "  "), None);
    }
}
