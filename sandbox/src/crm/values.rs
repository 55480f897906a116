//! Property values on their way in: HubSpot's checks and normal forms.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Value, json};

use super::{
    definitions::{Catalog, Property},
    kinds::Kind,
    pipelines,
};
use crate::{account::HUB_ID, http::error::ApiError, time};

/// A value as clients send it: text, a number, a truth value or null; all become text or nothing.
#[derive(Debug, Clone)]
pub(crate) struct Scalar(pub(crate) Option<String>);

/// Properties as clients send them.
pub(crate) type Input = BTreeMap<String, Scalar>;

/// Properties after the checks; `None` clears.
pub(crate) type Changes = BTreeMap<String, Option<String>>;

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Scalar;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text, a number, a truth value or null")
            }
            fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
                Ok(Scalar(Some(value.to_owned())))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
                Ok(Scalar(Some(value.to_string())))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
                Ok(Scalar(Some(value.to_string())))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
                Ok(Scalar(Some(value.to_string())))
            }
            fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
                Ok(Scalar(Some(value.to_string())))
            }
            fn visit_unit<E>(self) -> Result<Scalar, E> {
                Ok(Scalar(None))
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, _: A) -> Result<Scalar, A::Error> {
                Err(de::Error::custom(refusal("Array", "START_ARRAY")))
            }
            fn visit_map<A: de::MapAccess<'de>>(self, _: A) -> Result<Scalar, A::Error> {
                Err(de::Error::custom(refusal("Object", "START_OBJECT")))
            }
        }
        fn refusal(what: &str, token: &str) -> String {
            format!(
                "Cannot deserialize value of type `java.lang.String` from {what} value (token `JsonToken.{token}`)"
            )
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// One thing that is wrong with one property.
pub(crate) struct Problem {
    property: String,
    code: &'static str,
    message: String,
}

impl Problem {
    pub(crate) fn new(property: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self { property: property.to_owned(), code, message: message.into() }
    }
}

/// A problem as the message of HubSpot's answer quotes it, in that order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Detail<'a> {
    is_valid: bool,
    message: &'a str,
    error: &'a str,
    name: &'a str,
    localized_error_message: &'a str,
    portal_id: i64,
}

/// HubSpot's answer to invalid property values. Its message holds the problems once more, as JSON.
pub(crate) fn invalid(problems: &[Problem]) -> ApiError {
    let details: Vec<Detail<'_>> = problems
        .iter()
        .map(|problem| Detail {
            is_valid: false,
            message: &problem.message,
            error: problem.code,
            name: &problem.property,
            localized_error_message: &problem.message,
            portal_id: HUB_ID,
        })
        .collect();
    let details = serde_json::to_string(&details).unwrap_or_default();
    let errors: Vec<Value> = problems
        .iter()
        .map(|problem| {
            json!({
                "message": problem.message,
                "code": problem.code,
                "context": {"propertyName": [problem.property]},
            })
        })
        .collect();
    ApiError::new(
        StatusCode::BAD_REQUEST,
        "VALIDATION_ERROR",
        format!("Property values were not valid: {details}"),
    )
    .with("errors", Value::Array(errors))
}

/// Checks every value and brings it into HubSpot's form; all problems are answered at once.
pub(crate) fn check(catalog: &Catalog, kind: &Kind, input: &Input) -> Result<Changes, ApiError> {
    let mut changes = Changes::new();
    let mut problems = Vec::new();
    for (name, Scalar(value)) in input {
        match check_one(catalog, kind, name, value.as_deref()) {
            Ok(value) => {
                changes.insert(name.clone(), value);
            }
            Err((code, message)) => problems.push(Problem::new(name, code, message)),
        }
    }
    if problems.is_empty() { Ok(changes) } else { Err(invalid(&problems)) }
}

fn check_one(
    catalog: &Catalog,
    kind: &Kind,
    name: &str,
    value: Option<&str>,
) -> Result<Option<String>, (&'static str, String)> {
    let Some(property) = catalog.get(kind, name) else {
        return Err(("PROPERTY_DOESNT_EXIST", format!("Property \"{name}\" does not exist")));
    };
    if property.modification_metadata.read_only_value {
        let why = if property.calculated || name == "hs_object_id" { "calculated" } else { "read only" };
        return Err(("READ_ONLY_VALUE", format!("\"{name}\" is a {why} property; its value cannot be set.")));
    }
    let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(None) };
    normal_form(property, value).map(Some)
}

/// The codes `INVALID_OPTION`, `INVALID_EMAIL` and `INVALID_LONG` are HubSpot's own; for numbers no public record of
/// the code was found.
fn normal_form(property: &Property, value: &str) -> Result<String, (&'static str, String)> {
    match property.value_type.as_str() {
        "number" => {
            let number = value.trim();
            match number.parse::<f64>() {
                Ok(parsed) if parsed.is_finite() => Ok(number.to_owned()),
                _ => Err(("INVALID_DOUBLE", format!("{value} was not a valid number."))),
            }
        }
        "datetime" => {
            let at = time::parse(value)
                .ok_or_else(|| ("INVALID_LONG", format!("{value} was not a valid long.")))?;
            Ok(time::to_iso(at))
        }
        "date" => match time::parse(value) {
            Some(at) if at % time::DAY == 0 => Ok(time::to_date(at)),
            Some(_) => Err(("INVALID_DATE", format!("{value} is at midnight in no time zone but UTC's."))),
            None => Err(("INVALID_LONG", format!("{value} was not a valid long."))),
        },
        "enumeration" | "bool" => choose(property, value),
        _ if property.name == "email" => {
            let email = value.trim().to_lowercase();
            if is_email(&email) {
                Ok(email)
            } else {
                Err(("INVALID_EMAIL", format!("Email address {value} is invalid")))
            }
        }
        _ => Ok(value.to_owned()),
    }
}

fn choose(property: &Property, value: &str) -> Result<String, (&'static str, String)> {
    // The account's own pipelines and stages are among the options.
    let own = property.options.iter().map(|option| option.value.as_str());
    let allowed: Vec<&str> = match property.name.as_str() {
        "pipeline" => own.chain([pipelines::DEFAULT]).collect(),
        "dealstage" => own.chain(pipelines::STAGES.iter().map(|stage| stage.id)).collect(),
        // The options of the other external ones (owners, currencies, …) live outside of what the sandbox has.
        _ if property.external_options => return Ok(value.to_owned()),
        _ => own.collect(),
    };
    let several = property.field_type == "checkbox";
    let chosen: Vec<&str> = if several { value.split(';').map(str::trim).collect() } else { vec![value] };
    match chosen.iter().find(|one| !one.is_empty() && !allowed.contains(one)) {
        None => Ok(value.to_owned()),
        Some(wrong) => Err((
            "INVALID_OPTION",
            format!("{wrong} was not one of the allowed options: [{}]", allowed.join(", ")),
        )),
    }
}

/// A short test that refuses what HubSpot is known to refuse.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let labels: Vec<&str> = domain.split('.').collect();
    !local.is_empty()
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && !text
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"@".contains(c) && c != '@')
        && !local.contains('@')
        && labels.len() > 1
        && labels.last().is_some_and(|last| last.len() > 1)
        && labels.iter().all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_an_email_address() {
        for good in ["a@b.co", "first.last+tag@mail.example.com"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "a@b", "name@domain…", "a b@c.de", "a@b@c.de", ".a@b.co", "a@-b.co", "a@b..co"]
        {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
