//! Values as people read them: titles in place of keys and choices, no JSON.

use serde_json::{Map, Value};
use typed_connector::dynamic::Action;
use typed_connector::dynamic::model::{Connector, Field, FieldType, Input, Object, TypeKind};

use super::mask::{MASKED, masked};

/// A value of a type.
pub(crate) fn value(connector: &Connector, ty: &FieldType, value: &Value) -> String {
    match (ty, value) {
        (_, Value::Null) => String::new(),
        (FieldType::Boolean, Value::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
        (FieldType::DateTime, Value::String(text)) => time(text),
        (FieldType::Array(item), Value::Array(items)) => {
            list(items.iter().map(|one| self::value(connector, item, one)))
        }
        (FieldType::Map(item), Value::Object(entries)) => {
            lines(entries.iter().map(|(key, one)| (printable(key), self::value(connector, item, one))))
        }
        (FieldType::Named(of), value) => match (&connector.ty(*of).kind, value) {
            (TypeKind::Enum(known), Value::String(wire)) => {
                let known = known.values.iter().find(|value| value.wire == *wire);
                known.map_or_else(|| printable(wire), |value| printable(&value.title))
            }
            (
                TypeKind::Object(Object { fields, .. }) | TypeKind::Input(Input { fields, .. }),
                Value::Object(record),
            ) => lines(declared(connector, fields, record).into_iter().chain(undeclared(fields, record))),
            _ => anything(value),
        },
        _ => anything(value),
    }
}

/// The declared fields of a record that have a value, by their titles.
pub(crate) fn declared(
    connector: &Connector,
    fields: &[Field],
    record: &Map<String, Value>,
) -> Vec<(String, String)> {
    let fields = fields.iter().filter_map(|field| {
        let shown = match record.get(&field.key)? {
            _ if field.sensitive => MASKED.to_owned(),
            given => value(connector, &field.ty, given),
        };
        (!shown.is_empty()).then(|| (title(field), shown))
    });
    fields.collect()
}

/// What the spec does not declare: in `extra`, each under its own name.
pub(crate) fn undeclared(fields: &[Field], record: &Map<String, Value>) -> Vec<(String, String)> {
    let unknown = record.iter().filter(|(key, _)| !fields.iter().any(|field| field.key == **key));
    let named = unknown.flat_map(|(key, value)| match value {
        Value::Object(others) => {
            others.iter().map(|(name, value)| (printable(name), anything(value))).collect::<Vec<_>>()
        }
        value => vec![(printable(key), anything(value))],
    });
    named.collect()
}

/// A field's name for people.
pub(crate) fn title(field: &Field) -> String {
    line(field.title.as_ref().unwrap_or(&field.key))
}

/// `2027-03-31 12:00 UTC`; seconds where there are any.
fn time(text: &str) -> String {
    let Ok(at) = text.parse::<jiff::Timestamp>() else { return printable(text) };
    let format = match (at.as_second() % 86_400, at.as_second() % 60) {
        (0, _) => "%F",
        (_, 0) => "%F %H:%M UTC",
        _ => "%F %T UTC",
    };
    at.strftime(format).to_string()
}

/// Any JSON, in words and lines.
fn anything(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::String(text) => printable(text),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => list(items.iter().map(anything)),
        Value::Object(entries) => lines(entries.iter().map(|(key, value)| (printable(key), anything(value)))),
    }
}

/// A text from outside, without what would steer a terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

/// The same in one line.
pub(crate) fn line(text: &str) -> String {
    printable(text).replace(['\n', '\t'], " ")
}

/// Short ones in one line, others one below the other.
fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.filter(|item| !item.is_empty()).collect();
    if items.iter().any(|item| item.contains('\n')) {
        return items
            .iter()
            .map(|item| format!("- {}", item.replace('\n', "\n  ")))
            .collect::<Vec<_>>()
            .join("\n");
    }
    items.join(", ")
}

fn lines(entries: impl IntoIterator<Item = (String, String)>) -> String {
    let line = |(name, value): (String, String)| match value.contains('\n') {
        true => format!("{name}:\n  {}", value.replace('\n', "\n  ")),
        false => format!("{name}: {value}"),
    };
    entries.into_iter().filter(|(_, value)| !value.is_empty()).map(line).collect::<Vec<_>>().join("\n")
}

/// The arguments of a call, one a line, for a question about it.
pub(crate) fn arguments(action: Action, arguments: &Map<String, Value>) -> String {
    let (connector, arguments) = (action.connector().model(), &masked(action, arguments));
    let declared: Vec<Field> = action.model().arguments().cloned().collect();
    let shown = self::declared(connector, &declared, arguments).into_iter().map(|(title, value)| {
        // A thousand inputs are not for reading.
        let count = value.lines().count();
        let value = match count {
            0..=12 => value,
            _ => format!(
                "{}\n… {} more lines",
                value.lines().take(12).collect::<Vec<_>>().join("\n"),
                count - 12
            ),
        };
        (title, value)
    });
    lines(shown.chain(undeclared(&declared, arguments)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use typed_connector::dynamic;

    #[test]
    fn records_read_like_forms() {
        let hubspot = dynamic::Connector::shipped("hubspot").expect("it is shipped");
        let action = hubspot.action("deals.create").expect("it has one");
        let given = json!({
            "dealname": "Acme\u{1b}[2J", "dealstage": "closedwon", "closedate": "2027-03-31T12:30:00Z",
            "associations": [{ "to": "7", "types": [{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3 }] }],
            "property": { "erp_number": "E-1" },
        });
        let text = arguments(action, given.as_object().expect("an object"));
        assert_eq!(
            text,
            "Deal name: Acme\u{fffd}[2J\nDeal stage: Closed won\nClose date: 2027-03-31 12:30 UTC\nAssociations:\n  - Other record: 7\n    \
             Kinds of association:\n      - Category: HubSpot\n        Number of the kind: 3\nerp_number: E-1"
        );
    }
}
