//! The keys that OpenAPI has, so that a misspelt one is noticed (OpenAPI 3.0.4 §4.7, 3.1.1 §4.8).

use typed_connector_specs::Code;
use typed_connector_specs::text::{Member, Problem, Value, nearest};

use crate::cx::Cx;

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

pub(crate) fn is_method(key: &str) -> bool {
    METHODS.contains(&key)
}

/// A kind of object.
pub(crate) struct Keys {
    /// As messages call it.
    what: &'static str,
    known: &'static [&'static str],
    /// Whether a misspelt key makes it unusable: what it said would be lost without a word.
    strict: bool,
}

pub(crate) const PATH_ITEM: Keys = Keys {
    what: "a path",
    known: &[
        "$ref",
        "summary",
        "description",
        "get",
        "put",
        "post",
        "delete",
        "options",
        "head",
        "patch",
        "trace",
        "servers",
        "parameters",
    ],
    strict: true,
};
pub(crate) const OPERATION: Keys = Keys {
    what: "an operation",
    known: &[
        "tags",
        "summary",
        "description",
        "externalDocs",
        "operationId",
        "parameters",
        "requestBody",
        "responses",
        "callbacks",
        "deprecated",
        "security",
        "servers",
    ],
    strict: true,
};
pub(crate) const PARAMETER: Keys = Keys {
    what: "a parameter",
    known: &[
        "name",
        "in",
        "description",
        "required",
        "deprecated",
        "allowEmptyValue",
        "style",
        "explode",
        "allowReserved",
        "schema",
        "example",
        "examples",
        "content",
        "$ref",
    ],
    strict: true,
};
pub(crate) const REQUEST_BODY: Keys = Keys {
    what: "a request body",
    known: &["description", "content", "required", "$ref", "summary"],
    strict: true,
};
pub(crate) const RESPONSE: Keys = Keys {
    what: "a response",
    known: &["description", "headers", "content", "links", "$ref", "summary"],
    strict: true,
};
pub(crate) const MEDIA_TYPE: Keys =
    Keys { what: "a media type", known: &["schema", "example", "examples", "encoding"], strict: true };
/// JSON Schema 2020-12 with OpenAPI's own; unknown keywords are allowed there, so none is an error.
pub(crate) const SCHEMA: Keys = Keys {
    what: "a schema",
    known: &[
        "$ref",
        "type",
        "format",
        "title",
        "description",
        "default",
        "example",
        "examples",
        "enum",
        "const",
        "nullable",
        "readOnly",
        "writeOnly",
        "deprecated",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "allOf",
        "oneOf",
        "anyOf",
        "not",
        "discriminator",
        "externalDocs",
        "xml",
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minProperties",
        "maxProperties",
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
        "patternProperties",
        "propertyNames",
        "unevaluatedProperties",
        "unevaluatedItems",
        "prefixItems",
        "contains",
        "minContains",
        "maxContains",
        "dependentRequired",
        "dependentSchemas",
        "if",
        "then",
        "else",
        "$id",
        "$schema",
        "$anchor",
        "$defs",
        "$comment",
        "definitions",
        "$dynamicRef",
        "$dynamicAnchor",
        "$vocabulary",
    ],
    strict: false,
};

/// Looks for keys that are none. `false` where one makes the object unusable, which is reported.
pub(crate) fn check(cx: &mut Cx<'_>, value: &Value, keys: &Keys) -> bool {
    let mut fine = true;
    for member in value.members().unwrap_or_default() {
        if keys.known.contains(&member.key.as_str()) || member.key.starts_with("x-") {
            continue;
        }
        fine &= unknown(cx, member, keys);
    }
    fine
}

fn unknown(cx: &mut Cx<'_>, member: &Member, keys: &Keys) -> bool {
    let key = &member.key;
    let near = nearest(key, keys.known.iter().copied()).filter(|near| near.len().abs_diff(key.len()) <= 2);
    match near {
        Some(near) if keys.strict => {
            let message = format!("unknown key `{key}` of {}", keys.what);
            cx.error(
                Problem::new(Code::UnknownKey, member.key_span, cx.told(&message)).did_you_mean(Some(near)),
            );
            false
        }
        Some(near) => {
            let message = format!("unknown key `{key}` of {}: did you mean `{near}`?", keys.what);
            cx.warn(member.key_span, message);
            true
        }
        // Keys of another standard's, or of nobody's; they mean nothing here.
        None => true,
    }
}
