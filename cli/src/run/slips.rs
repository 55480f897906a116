//! Values that are nearly a known one: an open enum takes any, so that a slip of the finger is sent like any other value.

use serde_json::{Map, Value};
use typed_connector::dynamic::Action;
use typed_connector::dynamic::model::{Connector, Enum, Field, FieldType, TypeKind};
use typed_connector_specs::text::nearest;

/// More than these are not told at once.
const MOST_TOLD: usize = 10;
/// A value that is longer or shorter by more is one of the account's own, `closedwon_2027`.
const MOST_LETTERS: usize = 2;

/// A value that was probably meant to be another.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slip {
    /// Its place in the arguments, `inputs[3].dealstage`.
    pub(super) at: String,
    pub(super) text: String,
}

/// Those in an action's arguments.
pub(super) fn among(action: Action, arguments: &Map<String, Value>) -> Vec<Slip> {
    let mut search = Search { connector: action.connector().model(), slips: Vec::new() };
    search.fields(action.model().arguments(), arguments, "");
    search.slips
}

/// Tells of them on standard error, each with where it is.
pub(super) fn tell(slips: &[String]) {
    for slip in slips.iter().take(MOST_TOLD) {
        anstream::eprintln!("{}", crate::wrap::told(&super::shown::printable(&format!("note: {slip}"))));
    }
    if let Some(more) = slips.len().checked_sub(MOST_TOLD).filter(|more| *more > 0) {
        anstream::eprintln!("note: {more} more are like that");
    }
}

struct Search {
    connector: &'static Connector,
    slips: Vec<Slip>,
}

impl Search {
    fn fields<'f>(
        &mut self,
        fields: impl IntoIterator<Item = &'f Field>,
        given: &Map<String, Value>,
        at: &str,
    ) {
        for field in fields.into_iter().filter(|field| !field.sensitive) {
            if let Some(value) = given.get(&field.key) {
                let at = if at.is_empty() { field.key.clone() } else { format!("{at}.{}", field.key) };
                self.value(&field.ty, value, &at);
            }
        }
    }

    fn value(&mut self, ty: &FieldType, value: &Value, at: &str) {
        match (ty, value) {
            (FieldType::Array(item), Value::Array(items)) => {
                for (place, one) in items.iter().enumerate() {
                    self.value(item, one, &format!("{at}[{place}]"));
                }
            }
            (FieldType::Map(item), Value::Object(entries)) => {
                for (name, one) in entries {
                    self.value(item, one, &format!("{at}.{name}"));
                }
            }
            (FieldType::Filter(of), Value::Array(groups)) => {
                for group in groups {
                    self.value(&FieldType::Filter(*of), group, at);
                }
            }
            (FieldType::Filter(of), Value::Object(conditions)) => {
                let connector = self.connector;
                let fields = connector.object(*of).into_iter().flat_map(|object| &object.fields);
                for field in fields.filter(|field| !field.sensitive) {
                    let ty = match &field.ty {
                        FieldType::Array(item) => item,
                        other => other,
                    };
                    for condition in conditions.get(&field.key).into_iter().flat_map(each) {
                        self.condition(ty, condition, &format!("{at}.{}", field.key));
                    }
                }
            }
            (FieldType::Named(of), value) => {
                let connector = self.connector;
                match (&connector.ty(*of).kind, value) {
                    (TypeKind::Enum(known), Value::String(text)) => self.slips.extend(slip(known, text, at)),
                    (TypeKind::Object(object), Value::Object(given)) => {
                        self.fields(&object.fields, given, at);
                    }
                    (TypeKind::Input(input), Value::Object(given)) => self.fields(&input.fields, given, at),
                    (TypeKind::Union(union), Value::Object(given)) => {
                        let key = union.tag.as_ref().and_then(|tag| given.get(tag)?.as_str());
                        if let Some(variant) = union.variants.iter().find(|one| Some(one.key.as_str()) == key)
                        {
                            self.value(&FieldType::Named(variant.ty), value, at);
                        }
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// A value that a property is compared with. What is only a part of one is no slip.
    fn condition(&mut self, ty: &FieldType, condition: &Value, at: &str) {
        match condition {
            Value::Object(operators) => {
                for name in ["eq", "neq", "in", "not_in"] {
                    for operand in operators.get(name).into_iter().flat_map(each) {
                        self.value(ty, operand, at);
                    }
                }
            }
            plain => self.value(ty, plain, at),
        }
    }
}

fn each(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice).iter()
}

fn slip(known: &Enum, text: &str, at: &str) -> Option<Slip> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    if !known.open || is_number || known.values.iter().any(|value| value.wire == text) {
        return None;
    }
    let is_near = |near: &&str| near.chars().count().abs_diff(text.chars().count()) <= MOST_LETTERS;
    let wires = known.values.iter().map(|value| value.wire.as_str());
    let titles = known.values.iter().map(|value| value.title.as_str());
    let by_title = |title: &str| known.values.iter().find(|value| value.title == title);
    let near = nearest(text, wires).filter(is_near).or_else(|| {
        let title = nearest(text, titles).filter(is_near)?;
        Some(by_title(title)?.wire.as_str())
    })?;
    let text = format!("`{text}` is not among the known values; did you mean `{near}`?");
    Some(Slip { at: at.to_owned(), text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use typed_connector::dynamic;

    fn found(action: &str, arguments: &Value) -> Vec<(String, String)> {
        let hubspot = dynamic::Connector::shipped("hubspot").expect("it is shipped");
        let action = hubspot.action(action).expect("it has one");
        let slips = among(action, arguments.as_object().expect("an object"));
        slips.into_iter().map(|slip| (slip.at, slip.text)).collect()
    }

    #[test]
    fn slips_are_found_wherever_a_known_value_can_stand() {
        let meant = |at: &str, given: &str, near: &str| {
            (at.to_owned(), format!("`{given}` is not among the known values; did you mean `{near}`?"))
        };
        assert_eq!(
            found("deals.create", &json!({ "dealname": "closedwom", "dealstage": "closedwom" })),
            [meant("dealstage", "closedwom", "closedwon")]
        );
        assert_eq!(
            found("deals.create", &json!({ "dealstage": "Closed wonn" })),
            [meant("dealstage", "Closed wonn", "closedwon")]
        );
        let inputs = json!({ "inputs": [{ "dealstage": "closedwon" }, { "dealstage": "closdlost" }] });
        assert_eq!(
            found("deals.batch_create", &inputs),
            [meant("inputs[1].dealstage", "closdlost", "closedlost")]
        );
        for filter in [
            json!({ "dealstage": "closedwom" }),
            json!({ "dealstage": { "neq": "closedwom" } }),
            json!([{ "amount": { "gt": 5 } }, { "dealstage": [{ "in": ["closedwon", "closedwom"] }] }]),
        ] {
            assert_eq!(
                found("deals.search", &json!({ "filterGroups": filter })),
                [meant("filterGroups.dealstage", "closedwom", "closedwon")]
            );
        }
    }

    #[test]
    fn what_is_sensitive_is_not_shown() {
        let settings = json!({
            "spec_version": 1, "name": "acme", "title": "Acme", "base_url": "https://acme.example", "auth": {},
            "filters": {
                "filters": "filters", "property": "property", "operator": "operator", "value": "value",
                "high_value": "high", "values": "values", "operators": { "eq": "EQ" }
            }
        });
        let level = json!({ "type": "Level", "sensitive": true });
        let module = json!({
            "title": "People",
            "types": {
                "Level": { "type": "enum", "values": { "secret": "Secret" } },
                "Person": { "type": "object", "at": "/properties", "fields": { "hidden": level, "shown": "Level" } }
            },
            "actions": { "search": {
                "title": "Search", "http": "POST /people", "effect": "read", "returns": "Person",
                "body": { "fields": { "where": { "type": "filter", "of": "Person" }, "hidden": level, "shown": "Level" } }
            } }
        });
        let files = [("connector.json", settings.to_string()), ("people.json", module.to_string())];
        let files = files.map(|(name, text)| (name.to_owned(), text.into_bytes()));
        let sources = dynamic::Sources::in_memory(files).expect("they are text");
        let acme = dynamic::Connector::from_sources(&sources);
        let acme = acme.unwrap_or_else(|problems| panic!("{problems}"));
        let both = json!({ "hidden": "secrt", "shown": "secrt" });
        let arguments = json!({ "where": both, "hidden": "secrt", "shown": "secrt" });
        let slips =
            among(acme.action("people.search").expect("it has one"), arguments.as_object().expect("one"));
        let places: Vec<_> = slips.iter().map(|slip| slip.at.as_str()).collect();
        assert_eq!(places, ["shown", "where.shown"]);
    }

    #[test]
    fn values_of_the_accounts_own_are_no_slips() {
        for own in ["closedwon", "4711", "closedwon_2027", "legal", "f7a2c0de-1b2c"] {
            assert_eq!(found("deals.create", &json!({ "dealstage": own })), [], "{own}");
        }
        let part = json!({ "filterGroups": { "dealstage": { "contains_token": "closedwom" } } });
        assert_eq!(found("deals.search", &part), []);
    }
}
