//! One value: JSON of the form that its type takes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::{SignedDuration, Timestamp, civil::Date};
use rust_decimal::Decimal;
use serde_json::Value;
use typed_connector_specs::model::{Enum, FieldType, TypeKind, TypeRef, Union};
use typed_connector_specs::text::nearest;

use super::arguments::{At, Check, MOST_NAMES, kind, listed};
use crate::value::{Datum, Element, File, Format, Raw};

impl Check {
    /// The value to send; `None` where there is none, or the problem was told.
    pub(super) fn value(&mut self, ty: &'static FieldType, json: Value, at: At<'_>) -> Option<Datum> {
        match ty {
            FieldType::Json => Some(Datum::Json(json)),
            FieldType::Array(inner) => {
                let Value::Array(items) = json else {
                    self.expected(at, &self.expectation(ty), &json);
                    return None;
                };
                let items = items.into_iter().enumerate();
                Some(Datum::List(
                    items
                        .filter_map(|(index, json)| self.value(inner, json, At::Index(&at, index)))
                        .collect(),
                ))
            }
            FieldType::Map(inner) => {
                let Value::Object(entries) = json else {
                    self.expected(at, &self.expectation(ty), &json);
                    return None;
                };
                let mut map = Vec::with_capacity(entries.len());
                for (key, json) in entries {
                    if let Some(value) = self.value(inner, json, At::Key(&at, &key)) {
                        map.push((key, value));
                    }
                }
                Some(Datum::Map(map))
            }
            FieldType::Named(of) => self.named(ty, *of, json, at),
            FieldType::Filter(of) => self.filter(*of, json, at),
            FieldType::Sort(of) => self.sort(*of, json, at),
            FieldType::Selection(of) => self.selection(*of, json, at),
            FieldType::File => self.file(&json, at),
            scalar => match self::scalar(scalar, json) {
                Ok(datum) => Some(datum),
                Err(json) => {
                    self.expected(at, &self.expectation(ty), &json);
                    None
                }
            },
        }
    }

    fn named(&mut self, ty: &'static FieldType, of: TypeRef, json: Value, at: At<'_>) -> Option<Datum> {
        match (&self.tables.model.ty(of).kind, json) {
            (TypeKind::Id, Value::String(text)) if !text.is_empty() => Some(Datum::Text(text)),
            (TypeKind::Id, Value::Number(number)) if !number.is_f64() => {
                Some(Datum::Text(number.to_string()))
            }
            (TypeKind::Enum(known), Value::String(text)) => self.choice(known, text, at),
            (TypeKind::Input(input), json) => self.input(of, input, json, at),
            (TypeKind::Object(_), Value::Object(json)) => self.object(of, json, at).map(Datum::Object),
            (TypeKind::Union(union), json @ Value::Object(_)) => self.union(union, json, at),
            (TypeKind::Union(Union { id: Some(id), .. }), json @ (Value::String(_) | Value::Number(_))) => {
                self.named(ty, id.ty, json, at)
            }
            (_, json) => {
                self.expected(at, &self.expectation(ty), &json);
                None
            }
        }
    }

    fn choice(&mut self, known: &'static Enum, text: String, at: At<'_>) -> Option<Datum> {
        if known.open || known.values.iter().any(|value| value.wire == text) {
            return Some(Datum::Text(text));
        }
        let wires = || known.values.iter().map(|value| value.wire.as_str());
        let by_title = known.values.iter().find(|value| value.title == text).map(|value| value.wire.as_str());
        let near = by_title.or_else(|| nearest(&text, wires()));
        let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let found = if self.hides { "the value".to_owned() } else { format!("`{text}`") };
        self.problem(at, format!("{found} is none of {}{near}", listed(wires().take(MOST_NAMES))));
        None
    }

    fn union(&mut self, union: &'static Union, json: Value, at: At<'_>) -> Option<Datum> {
        let Value::Object(mut object) = json else { return None };
        let keys = || listed(union.variants.iter().map(|variant| variant.key.as_str()));
        let Some(tag) = &union.tag else {
            let fits = |of: TypeRef| {
                let mut known = 0;
                for (key, required) in self.keys_of(of) {
                    match object.contains_key(key) {
                        true => known += 1,
                        false if required => return None,
                        false => {}
                    }
                }
                Some(known)
            };
            // The first of those that know most of what was given, as answers are read.
            let mut best: Option<(usize, TypeRef)> = None;
            for variant in &union.variants {
                if let Some(known) =
                    fits(variant.ty).filter(|known| best.is_none_or(|(most, _)| *known > most))
                {
                    best = Some((known, variant.ty));
                }
            }
            let Some((_, of)) = best else {
                self.problem(at, format!("has the required fields of none of {}", keys()));
                return None;
            };
            return self.object(of, object, at).map(Datum::Object);
        };
        let variant = object.get(tag).and_then(Value::as_str);
        let Some(variant) = union.variants.iter().find(|known| Some(known.key.as_str()) == variant) else {
            self.problem(At::Key(&at, tag), format!("must be one of {}", keys()));
            return None;
        };
        if !self.keys_of(variant.ty).any(|(key, _)| key == tag) {
            object.remove(tag);
        }
        let mut args = self.object(variant.ty, object, at)?;
        args.set_property(tag.clone(), variant.key.as_str().into());
        Some(Datum::Object(args))
    }

    fn file(&mut self, json: &Value, at: At<'_>) -> Option<Datum> {
        const FORM: &str = r#"a file like { "name": "a.csv", "content_type": "text/csv", "base64": "…" }"#;
        let text = |key: &str| json.get(key).and_then(Value::as_str);
        let bytes = match (text("base64"), text("text")) {
            (Some(base64), None) => BASE64.decode(base64).ok(),
            (None, Some(text)) => Some(text.as_bytes().to_vec()),
            _ => None,
        };
        let (Some(name), Some(bytes)) = (text("name"), bytes) else {
            let found = if json.is_object() { "another object" } else { kind(json) };
            self.problem(at, format!("expected {FORM}, found {found}"));
            return None;
        };
        let file = File::new(name, bytes);
        Some(Datum::File(match text("content_type") {
            Some(content_type) => file.content_type(content_type),
            None => file,
        }))
    }

    /// What belongs there, for messages.
    pub(super) fn expectation(&self, ty: &FieldType) -> String {
        let text = match ty {
            FieldType::String => "a string",
            FieldType::Email => "an e-mail address",
            FieldType::Integer => "a whole number",
            FieldType::Decimal => "a decimal number like \"12.50\"",
            FieldType::Float => "a number",
            FieldType::Boolean => "true or false",
            FieldType::Date => "a date like \"2026-12-31\"",
            FieldType::DateTime => "a time like \"2026-12-31T12:00:00Z\"",
            FieldType::Duration => "a duration like \"PT1H30M\"",
            FieldType::Url => "an address like \"https://example.com\"",
            FieldType::Bytes => "Base64",
            FieldType::Json => "any JSON",
            FieldType::File => "a file",
            FieldType::Array(_) => "an array",
            FieldType::Map(_) => "an object",
            FieldType::Filter(_) => "a filter like { \"amount\": { \"gte\": 1000 } }",
            FieldType::Sort(_) => "a property's name, with `-` before it for largest first",
            FieldType::Selection(_) => "an array of property names, or \"*\"",
            FieldType::Named(of) => match &self.tables.model.ty(*of).kind {
                TypeKind::Union(Union { id: Some(_), .. }) => "an object or an id",
                TypeKind::Object(_) | TypeKind::Input(_) | TypeKind::Union(_) => "an object",
                TypeKind::Id => "an id, which is a string",
                TypeKind::Enum(known) if known.values.is_empty() => "a string",
                TypeKind::Enum(known) => {
                    let names = listed(known.values.iter().take(MOST_NAMES).map(|value| value.wire.as_str()));
                    let what = if known.open { "a value such as" } else { "one of" };
                    return format!("{what} {names}");
                }
            },
        };
        text.to_owned()
    }
}

/// A scalar in JSON's own type, or the JSON that is none.
pub(super) fn scalar(ty: &FieldType, json: Value) -> Result<Datum, Value> {
    let datum = match (ty, &json) {
        (FieldType::String | FieldType::Email | FieldType::Url, Value::String(text)) => {
            Some(Datum::Text(text.clone()))
        }
        (FieldType::Integer, Value::Number(number)) => {
            i64::from_raw(Raw::Text(&number.to_string()), &Format::PLAIN).map(Datum::Integer)
        }
        (FieldType::Decimal, Value::Number(number)) => decimal(&number.to_string()),
        (FieldType::Decimal, Value::String(text)) => decimal(text.trim()),
        (FieldType::Float, Value::Number(number)) => number.as_f64().map(Datum::Float),
        (FieldType::Boolean, Value::Bool(value)) => Some(Datum::Bool(*value)),
        (FieldType::Date, Value::String(text)) if text.len() == 10 => {
            text.parse::<Date>().ok().map(Datum::Date)
        }
        (FieldType::DateTime, Value::String(text)) => text.parse::<Timestamp>().ok().map(Datum::Time),
        (FieldType::Duration, Value::String(text)) => {
            text.parse::<SignedDuration>().ok().map(Datum::Duration)
        }
        (FieldType::Bytes, Value::String(text)) => BASE64.decode(text).ok().map(Datum::Bytes),
        _ => None,
    };
    datum.ok_or(json)
}

fn decimal(text: &str) -> Option<Datum> {
    Decimal::from_raw(Raw::Text(text), &Format::PLAIN).map(Datum::Decimal)
}
