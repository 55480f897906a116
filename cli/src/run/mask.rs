//! What is sensitive in arguments and answers, masked where these are shown.

use serde_json::{Map, Value};
use typed_connector::dynamic::Action;
use typed_connector::dynamic::model::{Connector, Field, FieldType, Object, TypeKind};

/// The arguments with what is sensitive masked, to be shown.
pub(crate) fn masked(action: Action, arguments: &Map<String, Value>) -> Map<String, Value> {
    let mut arguments = arguments.clone();
    mask_fields(action.connector().model(), action.model().arguments(), &mut arguments);
    arguments
}

/// Masks what is sensitive in a value of a type.
pub(crate) fn mask(model: &Connector, ty: &FieldType, value: &mut Value) {
    match (ty, value) {
        (FieldType::Array(inner), Value::Array(items)) => {
            for item in items {
                mask(model, inner, item);
            }
        }
        (FieldType::Map(inner), Value::Object(entries)) => {
            entries.values_mut().for_each(|value| mask(model, inner, value));
        }
        (FieldType::Filter(of), filter) => {
            model.object(*of).into_iter().for_each(|object| mask_filter(object, filter));
        }
        (FieldType::Named(of), value) => match (&model.ty(*of).kind, value) {
            (TypeKind::Object(object), Value::Object(record)) => mask_fields(model, &object.fields, record),
            (TypeKind::Input(input), Value::Object(record)) => mask_fields(model, &input.fields, record),
            // Which one it is counts little: too much is masked rather than too little.
            (TypeKind::Union(union), value) => {
                for variant in &union.variants {
                    mask(model, &FieldType::Named(variant.ty), value);
                }
            }
            _ => {}
        },
        _ => {}
    }
}

fn mask_fields<'a>(
    model: &Connector,
    fields: impl IntoIterator<Item = &'a Field>,
    record: &mut Map<String, Value>,
) {
    for field in fields {
        match record.get_mut(&field.key) {
            None | Some(Value::Null) => {}
            Some(value) if field.sensitive => *value = MASKED.into(),
            Some(value) => mask(model, &field.ty, value),
        }
    }
}

/// Masks what sensitive properties are compared with.
fn mask_filter(object: &Object, filter: &mut Value) {
    match filter {
        Value::Array(groups) => groups.iter_mut().for_each(|group| mask_filter(object, group)),
        Value::Object(conditions) => {
            let is_sensitive = |name: &str| {
                let named = |field: &&Field| field.key == name || field.wire_name == name;
                object.fields.iter().filter(named).any(|field| field.sensitive)
            };
            let sensitive = conditions.iter_mut().filter(|(name, _)| is_sensitive(name));
            sensitive.for_each(|(_, condition)| mask_condition(condition));
        }
        _ => {}
    }
}

fn mask_condition(condition: &mut Value) {
    match condition {
        Value::Null => {}
        Value::Array(all) => all.iter_mut().for_each(mask_condition),
        Value::Object(operators) => {
            // Whether there is a value at all is no secret.
            let compared =
                operators.iter_mut().filter(|(operator, _)| !matches!(operator.as_str(), "has" | "not_has"));
            compared.for_each(|(_, operand)| mask_condition(operand));
        }
        plain => *plain = MASKED.into(),
    }
}

/// What stands for a secret.
pub(crate) const MASKED: &str = "•••";

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use typed_connector::dynamic;
    use typed_connector_specs::Sources;

    #[test]
    fn what_is_sensitive_is_masked_wherever_it_lies() {
        let connector = json!({
            "spec_version": 1, "name": "kinds", "title": "Kinds", "base_url": "https://api.kinds.example",
            "auth": { "api_key": { "title": "Key", "in": "query", "name": "key" } },
            "filters": {
                "filters": "filters", "property": "property", "operator": "operator", "value": "value", "high_value": "high",
                "values": "values", "operators": { "eq": "EQ", "in": "IN", "has": "HAS" }
            }
        });
        let module = json!({
            "title": "Things",
            "types": {
                "Card": { "type": "object", "fields": {
                    "number": { "type": "string", "sensitive": true }, "card": { "type": "boolean", "required": true }
                } },
                "Safe": { "type": "object", "at": "/properties", "fields": {
                    "name": "string", "code": { "type": "string", "sensitive": true, "wire_name": "c_o" }
                } },
                "Bank": { "type": "object", "fields": { "bank": { "type": "string", "required": true } } },
                "Source": { "type": "union", "variants": { "card": "Card", "bank": "Bank" } }
            },
            "actions": { "pay": {
                "title": "Pay", "http": "POST /pay", "effect": "create",
                "body": { "fields": {
                    "source": "Source",
                    "more": { "type": "array", "items": "Source" },
                    "by_name": { "type": "map", "values": "Card" },
                    "pin": { "type": "string", "sensitive": true },
                    "where": { "type": "filter", "of": "Safe" }
                } },
                "returns": "Source"
            } }
        });
        let files = [("connector.json", connector.to_string()), ("things.json", module.to_string())];
        let sources = Sources::in_memory(files).expect("they are text");
        let connector = dynamic::Connector::from_sources(&sources).expect("it is sound");
        let action = connector.action("things.pay").expect("it has one");
        let card = |number: &str| json!({ "card": true, "number": number });
        let arguments = |number: &str| {
            json!({
                "source": card(number), "more": [{ "bank": "b" }, card(number)], "by_name": { "a": card(number) },
                "pin": number,
                "where": [
                    { "name": "shown", "code": number },
                    { "c_o": [{ "in": [number, number] }, { "has": true }, { "eq": number }] },
                ]
            })
        };
        let shown = masked(action, arguments("4242").as_object().expect("an object"));
        assert_eq!(Value::Object(shown), arguments(MASKED));
    }
}
