//! Keys of other formats, and what they are here.

use super::SCALARS;
use super::spelling::{listed_choices, scalar};
use crate::json::{Kind, Member};

/// The key of ours that one of another format stands for, where it may stand there and does not.
pub(crate) fn key(member: &Member, free: &[&'static str]) -> Option<&'static str> {
    let is_object = member.value.members().is_some();
    let meant = match member.key.as_str() {
        "of" | "element" | "elements" | "item_type" | "element_type" => &["items", "values"][..],
        "items" | "value" | "value_type" | "additionalProperties" | "enum" | "choices" | "options" => {
            &["values"]
        }
        "oneOf" | "anyOf" | "alternatives" => &["variants"],
        "properties" if is_object => &["fields"],
        "props" | "members" | "attributes" | "columns" => &["fields"],
        "response" | "responses" | "result" | "output" | "return_type" => &["returns"],
        "params" | "parameters" if is_object => &["query"],
        "payload" | "request" | "data" => &["body"],
        "label" | "summary" | "display_name" => &["title"],
        "doc" | "docs" | "comment" | "about" => &["description"],
        _ => return None,
    };
    meant.iter().copied().find(|key| free.contains(key))
}

/// Method and path in keys of their own: where the path stands, and how both are written.
pub(crate) fn method(member: &Member, members: &[Member]) -> Option<(usize, String)> {
    let method = member.value.as_str().filter(|_| matches!(member.key.as_str(), "method" | "verb"))?;
    let is_path = |key: &str| matches!(key, "path" | "url" | "uri" | "endpoint" | "route");
    let other = members.iter().position(|other| is_path(&other.key) && other.value.as_str().is_some())?;
    let path = members[other].value.as_str()?;
    let http = serde_json::json!(format!("{} {path}", method.to_uppercase()));
    Some((other, format!("method and path are one text: \"http\": {http}")))
}

/// What a key of another format means: the key of ours that has to do with it, and how it is written.
pub(crate) fn meaning(member: &Member) -> Option<(&'static str, String)> {
    let (key, help) = match (member.key.to_ascii_lowercase().as_str(), &member.value.kind) {
        ("internal" | "hidden" | "fixed" | "visibility", _) => (
            "const",
            "what is always sent and never asked for is `const`, with its value: \"const\": \"v1\""
                .to_owned(),
        ),
        ("optional", _) => ("required", "what is not `required` is optional; leave this out".to_owned()),
        ("default", _) => (
            "type",
            "a default belongs to an argument, beside its `type`: { \"type\": \"integer\", \"default\": 10 }"
                .to_owned(),
        ),
        ("enum" | "choices" | "options" | "oneof" | "one_of", _) => {
            ("type", format!("choices are a type of their own: {}", listed_choices(&member.value)?))
        }
        ("format", Kind::String(format)) => {
            let meant = SCALARS.iter().copied().find(|scalar| scalar == format).or_else(|| scalar(format))?;
            ("type", format!("the type says it: \"type\": \"{meant}\""))
        }
        ("properties", _) => ("fields", "the fields of an object are `fields`".to_owned()),
        (
            "min" | "max" | "minimum" | "maximum" | "minlength" | "maxlength" | "min_length" | "max_length"
            | "minitems" | "maxitems" | "pattern" | "regex",
            _,
        ) => ("description", "the API checks what it is given; tell people in `description`".to_owned()),
        _ => return None,
    };
    Some((key, help))
}
