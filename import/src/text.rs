//! Texts of a document as the format has them, and names made of them.

use heck::{ToSnakeCase, ToUpperCamelCase};
use typed_connector_specs::text::{Kind, Value, without_secrets};

/// Longest title; what is longer is a description.
const MAX_TITLE: usize = 120;

/// A flag of a schema; `false` where it is not given.
pub(crate) fn flag(value: &Value, key: &str) -> bool {
    matches!(value.get(key).map(|flag| &flag.kind), Some(Kind::Bool(true)))
}

/// A text for people in one line, without a key that its author has published as an example.
pub(crate) fn title(value: Option<&Value>) -> Option<String> {
    let text = value?.as_str()?.trim();
    (!text.is_empty() && text.chars().count() <= MAX_TITLE && !text.contains('\n'))
        .then(|| without_secrets(text))
}

/// A longer text for people, without a key that its author has published as an example.
pub(crate) fn description(value: Option<&Value>) -> Option<String> {
    let text = value?.as_str()?.trim();
    let clean: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    (!clean.is_empty()).then(|| without_secrets(&clean))
}

/// What an API is for.
pub(crate) fn about(info: &Value) -> Option<String> {
    // HubSpot's description is that of a build file; its introduction tells what the API is for.
    let description = description(info.get("description")).filter(|text| !text.starts_with("Basepom"));
    self::description(info.get("x-hubspot-introduction")).or(description)
}

/// Words in snake case, of ASCII letters and digits; empty where there are none.
pub(crate) fn snake(text: &str) -> String {
    let ascii: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    several(&ascii).to_snake_case()
}

/// What is written in capitals and a small letter or two is one word: `VPCs` → `VPCS`, where `VP` and `Cs` would be seen, and `IPv6`.
fn several(text: &str) -> String {
    let word = |word: &str| match (word.strip_suffix('s'), word.strip_prefix("IPv")) {
        (Some(one), _) if one.len() > 1 && one.bytes().all(|byte| byte.is_ascii_uppercase()) => {
            format!("{one}S")
        }
        (_, Some(version)) if version.starts_with(['4', '6']) => format!("Ipv{version}"),
        _ => word.to_owned(),
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// A name in upper camel case that Rust can take.
pub(crate) fn camel(text: &str) -> String {
    let ascii: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    let name = several(&ascii).to_upper_camel_case();
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || name == "Self" {
        return format!("Type{name}");
    }
    name
}

/// `HUBSPOT_DEFINED` → `Hubspot defined`.
pub(crate) fn humane(text: &str) -> String {
    let words = snake(text).replace('_', " ");
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => text.to_owned(),
    }
}

/// `policies` → `policy`, `folders` → `folder`; a word that is no plural stays.
pub(crate) fn singular(word: &str) -> String {
    #[rustfmt::skip]
    let irregular = [
        "status", "address", "news", "series", "process", "access", "alias", "analytics", "hubs", "settings", "details",
        "statistics", "stats", "credentials", "preferences", "metrics",
    ];
    let lower = word.to_lowercase();
    if irregular.iter().any(|kept| lower.ends_with(kept)) || lower.ends_with("ss") || lower.ends_with("us") {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for ending in ["sses", "shes", "ches", "xes", "uses"] {
        if lower.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 1 => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// Names of fields that hold what nobody should see in a log.
pub(crate) fn is_secret(key: &str) -> bool {
    let name = snake(key);
    let ends = [
        "password",
        "secret",
        "access_token",
        "refresh_token",
        "api_key",
        "private_key",
        "id_token",
        "client_assertion",
        "code_verifier",
    ];
    ends.iter().any(|end| name == *end || name.ends_with(&format!("_{end}")))
}

#[cfg(test)]
mod tests {
    use super::{camel, snake};

    #[test]
    fn several_of_what_is_in_capitals_is_one_word() {
        for (text, name, ty) in [
            ("VPCs", "vpcs", "Vpcs"),
            ("Reserved IPs", "reserved_ips", "ReservedIps"),
            ("Reserved IPv6 Actions", "reserved_ipv6_actions", "ReservedIpv6Actions"),
            ("API keys", "api_keys", "ApiKeys"),
            ("As", "as", "As"),
        ] {
            assert_eq!((snake(text).as_str(), camel(text).as_str()), (name, ty), "{text}");
        }
    }
}
