//! What a person types, as JSON of the type that a field has. Whether it fits is for the runtime to say.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value, json};
use typed_connector::dynamic::model::{Connector, Enum, Field, FieldType, Object, TypeKind};

/// Whether a text may name a file of this machine, whose content is the value then.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Files {
    Read,
    Refused,
}

/// The value of a field, or what would be one.
pub(crate) fn value(connector: &Connector, ty: &FieldType, text: &str) -> Result<Value, String> {
    made(connector, ty, text, Files::Read)
}

/// The same for a cell of a table, which reads no files: who wrote the table need not be who runs the command.
pub(super) fn cell(connector: &Connector, ty: &FieldType, text: &str) -> Result<Value, String> {
    made(connector, ty, text, Files::Refused)
}

fn made(connector: &Connector, ty: &FieldType, text: &str, files: Files) -> Result<Value, String> {
    match ty {
        FieldType::String | FieldType::Email | FieldType::Url => Ok(text.into()),
        FieldType::Integer => {
            text.trim().parse::<i64>().map(Value::from).map_err(|_| format!("`{text}` is no whole number"))
        }
        FieldType::Float => match text.trim().parse::<f64>().ok().filter(|number| number.is_finite()) {
            Some(number) => Ok(number.into()),
            None => Err(format!("`{text}` is no number")),
        },
        FieldType::Boolean => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "y" | "1" => Ok(true.into()),
            "false" | "no" | "n" | "0" => Ok(false.into()),
            _ => Err(format!("`{text}` is neither yes nor no")),
        },
        // A day is its first moment, in UTC.
        FieldType::DateTime if is_day(text.trim()) => Ok(format!("{}T00:00:00Z", text.trim()).into()),
        FieldType::Decimal | FieldType::Date | FieldType::DateTime | FieldType::Duration => {
            Ok(text.trim().into())
        }
        FieldType::Bytes => match text.strip_prefix('@') {
            Some(path) => Ok(BASE64.encode(files.read(path)?).into()),
            None => Ok(text.into()),
        },
        FieldType::File => {
            let (path, media_type) =
                text.split_once(";type=").map_or((text, None), |(path, ty)| (path, Some(ty)));
            let path = path.strip_prefix('@').unwrap_or(path);
            let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy();
            Ok(
                json!({ "name": name, "content_type": media_type, "base64": BASE64.encode(files.read(path)?) }),
            )
        }
        FieldType::Json => match given_as_json(text, files)? {
            Some(json) => Ok(json),
            None => Ok(serde_json::from_str(text).unwrap_or_else(|_| text.into())),
        },
        FieldType::Array(item) => match given_as_json(text, files)? {
            Some(json) => Ok(json),
            None => pieces(text).map(|piece| made(connector, item, piece, files)).collect(),
        },
        FieldType::Map(_) => object(text, files),
        FieldType::Selection(_) if text.trim() == "*" => Ok("*".into()),
        FieldType::Selection(_) => match given_as_json(text, files)? {
            Some(json) => Ok(json),
            None => Ok(pieces(text).map(Value::from).collect()),
        },
        FieldType::Sort(_) => Ok(text.trim().into()),
        FieldType::Filter(of) => match given_as_json(text, files)? {
            Some(json) => Ok(json),
            None => match connector.object(*of) {
                Some(of) => condition(connector, of, text, files),
                None => Ok(text.into()),
            },
        },
        FieldType::Named(of) => match &connector.ty(*of).kind {
            TypeKind::Id => Ok(text.trim().into()),
            TypeKind::Enum(known) => Ok(choice(known, text).into()),
            TypeKind::Object(_) | TypeKind::Input(_) | TypeKind::Union(_) => object(text, files),
        },
    }
}

/// A value of an enum by itself, or by its title.
fn choice(known: &Enum, text: &str) -> String {
    let text = text.trim();
    if known.values.iter().any(|value| value.wire == text) {
        return text.to_owned();
    }
    let by_title = known.values.iter().find(|value| value.title.eq_ignore_ascii_case(text));
    by_title.map_or_else(|| text.to_owned(), |value| value.wire.clone())
}

/// Several values of a list, or several conditions of a filter, as one.
pub(crate) fn joined(ty: &FieldType, values: Vec<Value>) -> Value {
    match ty {
        FieldType::Array(_) | FieldType::Selection(_) if values.iter().all(Value::is_array) => {
            values.into_iter().flat_map(|value| value.as_array().cloned().unwrap_or_default()).collect()
        }
        FieldType::Filter(_) if values.len() > 1 && values.iter().all(Value::is_object) => {
            let mut all = Map::new();
            for (property, wanted) in values.iter().filter_map(Value::as_object).flatten() {
                let place = all.entry(property.clone()).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(conditions) = place {
                    match wanted {
                        Value::Array(several) => conditions.extend(several.iter().cloned()),
                        one => conditions.push(one.clone()),
                    }
                }
            }
            all.into()
        }
        _ => values.into_iter().next_back().unwrap_or_default(),
    }
}

/// Operators, longer ones first.
const OPERATORS: [(&str, &str); 8] = [
    (">=", "gte"),
    ("<=", "lte"),
    ("!=", "neq"),
    ("!~", "not_contains_token"),
    ("=", "eq"),
    (">", "gt"),
    ("<", "lt"),
    ("~", "contains_token"),
];

/// `amount>=1000`, `dealstage=closedwon`, `dealname~acme`, `amount=100..500`, `hubspot_owner_id?` (has a value), `!amount` (has none).
fn condition(connector: &Connector, of: &Object, text: &str, files: Files) -> Result<Value, String> {
    let text = text.trim();
    let form = || {
        format!(
            "`{text}` is no condition; write one like `amount>=1000`, `dealname~acme`, `stage=a,b`, `amount=100..500`, `owner?` (has a \
             value), `!owner` (has none), or JSON"
        )
    };
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c));
    if let Some(name) = text.strip_suffix('?').map(str::trim).filter(|name| is_name(name)) {
        return Ok(json!({ name: { "has": true } }));
    }
    if let Some(name) = text.strip_prefix('!').map(str::trim).filter(|name| is_name(name)) {
        return Ok(json!({ name: { "has": false } }));
    }
    let at = text.find(['<', '>', '=', '!', '~']).ok_or_else(form)?;
    let (name, rest) = (text[..at].trim(), &text[at..]);
    let (sign, operator) = OPERATORS.iter().find(|(sign, _)| rest.starts_with(sign)).ok_or_else(form)?;
    let wanted = rest[sign.len()..].trim();
    if !is_name(name) {
        return Err(form());
    }
    let field = of
        .fields
        .iter()
        .find(|field| of.is_property(field) && (field.key == name || field.wire_name == name));
    let operand = |text: &str| match field.map(compared) {
        Some(ty) => made(connector, ty, text.trim(), files),
        None => Ok(text.trim().into()),
    };
    // In a text a comma or two points are a part of it.
    let is_text = field.is_none_or(|field| matches!(compared(field), FieldType::String | FieldType::Email));
    let condition = match (*operator, wanted.split_once("..")) {
        ("eq", Some((low, high))) if !is_text && !low.is_empty() && !high.is_empty() => {
            json!({ "between": [operand(low)?, operand(high)?] })
        }
        ("eq" | "neq", _) if !is_text && wanted.contains(',') => {
            let values: Vec<_> = pieces(wanted).map(operand).collect::<Result<_, _>>()?;
            json!({ (if *operator == "eq" { "in" } else { "not_in" }): values })
        }
        _ => json!({ *operator: operand(wanted)? }),
    };
    Ok(json!({ name: condition }))
}

/// What a property is compared with: a list with one of its elements.
fn compared(field: &Field) -> &FieldType {
    match &field.ty {
        FieldType::Array(item) => item,
        other => other,
    }
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|piece| !piece.is_empty())
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

/// JSON, where it is some: in a file (`@name`, `-` for standard input), or itself.
fn given_as_json(text: &str, files: Files) -> Result<Option<Value>, String> {
    let trimmed = text.trim();
    if let Some(path) = trimmed.strip_prefix('@') {
        return json_in(path, files).map(Some);
    }
    if trimmed.starts_with(['{', '[']) {
        return serde_json::from_str(trimmed)
            .map(Some)
            .map_err(|error| format!("it is not the JSON that it looks like: {error}"));
    }
    Ok(None)
}

fn object(text: &str, files: Files) -> Result<Value, String> {
    given_as_json(text, files)?.ok_or_else(|| {
        format!("`{text}` is no JSON object; write `{{ … }}`, or `@file.json` for one in a file")
    })
}

/// The JSON in a file; `-` is standard input.
pub(crate) fn json_file(path: &str) -> Result<Value, String> {
    json_in(path, Files::Read)
}

fn json_in(path: &str, files: Files) -> Result<Value, String> {
    let bytes = files.read(path)?;
    let shown = if path == "-" { "standard input" } else { path };
    serde_json::from_slice(&bytes).map_err(|error| format!("{shown} holds no JSON: {error}"))
}

impl Files {
    fn read(self, path: &str) -> Result<Vec<u8>, String> {
        let read = match path {
            _ if self == Self::Refused => return Err("a cell cannot name a file".to_owned()),
            "-" => {
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes).map(|_| bytes)
            }
            path => std::fs::read(path),
        };
        read.map_err(|error| format!("cannot read {path}: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use typed_connector::dynamic::{self, Sources};

    fn deals(ty: &str, text: &str) -> Result<Value, String> {
        let hubspot = dynamic::Connector::shipped("hubspot").expect("it is shipped");
        let action = hubspot
            .action(if ty == "filterGroups" { "deals.search" } else { "deals.create" })
            .expect("it has one");
        let field = action.model().arguments().find(|field| field.key == ty).expect("an argument");
        value(hubspot.model(), &field.ty, text)
    }

    #[test]
    fn values_are_of_their_fields_types() {
        assert_eq!(deals("closedate", "2027-03-31"), Ok(json!("2027-03-31T00:00:00Z")));
        assert_eq!(deals("dealstage", "closed WON"), Ok(json!("closedwon")));
        assert_eq!(deals("dealstage", "4711"), Ok(json!("4711")));
        assert_eq!(deals("amount", " 12.50 "), Ok(json!("12.50")));
        assert_eq!(deals("hs_forecast_probability", "0.5"), Ok(json!(0.5)));
        assert_eq!(deals("hs_all_collaborator_owner_ids", "1, 2"), Ok(json!(["1", "2"])));
        assert_eq!(deals("associations", r#"[{ "to": "1" }]"#), Ok(json!([{ "to": "1" }])));
        assert!(deals("associations", "[{").expect_err("broken").contains("JSON"));
        assert!(deals("associations", "@/no/such/file").expect_err("not there").contains("/no/such/file"));
    }

    /// Files, wherever they can be named.
    #[test]
    fn cells_read_no_files() {
        let sources = Sources::in_memory([
            ("connector.json".to_owned(), br#"{ "spec_version": 1, "name": "acme", "title": "Acme", "base_url": "https://acme.example", "auth": {} }"#.to_vec()),
            ("notes.json".to_owned(), br#"{
                "title": "Notes",
                "types": { "Tag": { "type": "object", "fields": { "name": "string" } } },
                "actions": { "create": {
                    "title": "Create", "http": "POST /notes", "effect": "create",
                    "body": { "fields": {
                        "raw": "bytes", "any": "json", "tag": "Tag", "map": { "type": "map", "values": "string" },
                        "anys": { "type": "array", "items": "json" }, "raws": { "type": "array", "items": "bytes" },
                        "tags": { "type": "array", "items": "Tag" }
                    } }
                } }
            }"#.to_vec()),
        ]);
        let acme = dynamic::Connector::from_sources(&sources.expect("files")).expect("it is right");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("secret.json");
        std::fs::write(&file, r#"{ "a": "secret" }"#).expect("written");
        let action = acme.action("notes.create").expect("it has one");
        for field in action.model().arguments() {
            let named = format!("@{}", file.display());
            for text in [
                named.clone(),
                format!(" {named}"),
                format!(",{named}"),
                format!("a,{named}"),
                format!("{{}}, {named}"),
            ] {
                let read = cell(acme.model(), &field.ty, &text);
                let shown = format!("{}: {text}: {read:?}", field.key);
                assert!(!shown.contains("\"secret\""), "{shown}");
                let is_list = matches!(field.ty, FieldType::Array(_));
                if text == named || is_list && text.starts_with(',') {
                    assert_eq!(read, Err("a cell cannot name a file".to_owned()), "{shown}");
                    assert!(value(acme.model(), &field.ty, &text).is_ok(), "{shown}");
                }
            }
        }
    }

    #[test]
    fn conditions_are_written_as_one_thinks_of_them() {
        for (text, expected) in [
            ("amount>=1000", json!({ "amount": { "gte": "1000" } })),
            ("amount = 100..500", json!({ "amount": { "between": ["100", "500"] } })),
            (
                "dealstage=closed won,closedlost",
                json!({ "dealstage": { "in": ["closedwon", "closedlost"] } }),
            ),
            ("dealstage!=closedwon", json!({ "dealstage": { "neq": "closedwon" } })),
            ("dealname=a, b..c", json!({ "dealname": { "eq": "a, b..c" } })),
            ("dealname~acme", json!({ "dealname": { "contains_token": "acme" } })),
            ("closedate<2027-01-01", json!({ "closedate": { "lt": "2027-01-01T00:00:00Z" } })),
            ("erp_number=E-1,2", json!({ "erp_number": { "eq": "E-1,2" } })),
            ("amount?", json!({ "amount": { "has": true } })),
            ("!amount", json!({ "amount": { "has": false } })),
            (r#"{ "amount": null }"#, json!({ "amount": null })),
        ] {
            assert_eq!(deals("filterGroups", text), Ok(expected), "{text}");
        }
        assert!(deals("filterGroups", "acme").expect_err("no condition").contains("amount>=1000"));
        let several = vec![json!({ "a": { "gt": 1 } }), json!({ "a": { "lt": 5 }, "b": "x" })];
        let hubspot = dynamic::Connector::shipped("hubspot").expect("it is shipped");
        let search = hubspot.action("deals.search").expect("it has one").model();
        let filter = &search.arguments().find(|field| field.key == "filterGroups").expect("a filter").ty;
        assert_eq!(joined(filter, several), json!({ "a": [{ "gt": 1 }, { "lt": 5 }], "b": ["x"] }));
    }
}
