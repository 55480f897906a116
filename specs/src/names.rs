//! Rust names for the API's names: case conversion, keywords, and the nearest known name.

use heck::{ToSnakeCase, ToUpperCamelCase};

/// Rust's keywords (edition 2024, reserved ones included); none can be a field or module.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

/// Longer names get no suggestion; comparing is quadratic.
const MAX_COMPARED: usize = 80;

/// `createdAt` → `created_at`, `type` → `type_`; `None` where nothing valid comes out.
#[must_use]
pub fn snake(name: &str) -> Option<String> {
    let mut ident = name.to_snake_case();
    if KEYWORDS.contains(&ident.as_str()) {
        ident.push('_');
    }
    is_snake(&ident).then_some(ident)
}

/// `batch_read` → `BatchRead`; `None` where nothing valid comes out.
pub fn camel(name: &str) -> Option<String> {
    let ident = name.to_upper_camel_case();
    is_camel(&ident).then_some(ident)
}

/// Whether the type of this name would be `Self`.
pub(crate) fn is_self(name: &str) -> bool {
    name.to_upper_camel_case() == "Self"
}

/// Whether it is an identifier of lower-case ASCII letters, digits and underscores.
pub fn is_snake(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Whether it is an identifier of ASCII letters and digits that starts with a capital.
pub fn is_camel(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
        && name != "Self"
}

/// The variant of an enum's value, from what the API calls it and what people call it.
///
/// The title gives the word boundaries where it is the same word otherwise (`closedwon`, `Closed won` → `ClosedWon`),
/// and the whole name where the wire value makes none (`1`, `New` → `New`).
#[must_use]
pub fn variant(wire: &str, title: &str) -> Option<String> {
    let squash = |text: &str| {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    let from_title = || camel(title);
    let ident = if squash(wire) == squash(title) { from_title() } else { None };
    let ident = ident.or_else(|| camel(wire)).or_else(from_title);
    // `Other` holds what an open enum does not list.
    ident.map(|ident| if ident == "Other" { "OtherValue".to_owned() } else { ident })
}

/// The known name that was probably meant.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.is_empty() || name.len() > MAX_COMPARED {
        return None;
    }
    let lower = name.to_lowercase();
    let scored = known.into_iter().filter(|near| near.len() <= MAX_COMPARED && *near != name).map(|near| {
        let score = if near.to_lowercase() == lower { 1.0 } else { strsim::jaro_winkler(name, near) };
        (near, score.max(affix(name, near)))
    });
    let best = scored.max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.cmp(a.0)));
    best.filter(|(_, score)| *score > 0.8).map(|(near, _)| near)
}

/// One being the start of the other is close enough: `scope`, `scopes`.
fn affix(name: &str, near: &str) -> f64 {
    let prefix = name.len() >= 3 && near.len() >= 3 && (near.starts_with(name) || name.starts_with(near));
    if prefix { 0.9 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_become_snake_case_and_dodge_keywords() {
        assert_eq!(snake("createdAt").as_deref(), Some("created_at"));
        assert_eq!(snake("type").as_deref(), Some("type_"));
        assert_eq!(snake("Self").as_deref(), Some("self_"));
        assert_eq!(snake("hs_v2_date").as_deref(), Some("hs_v2_date"));
        assert_eq!(snake("0-1"), None);
        assert_eq!(snake("***"), None);
        assert_eq!(snake("größe"), None);
    }

    #[test]
    fn variants_take_word_boundaries_from_the_title() {
        assert_eq!(variant("qualifiedtobuy", "Qualified to buy").as_deref(), Some("QualifiedToBuy"));
        assert_eq!(variant("1", "New").as_deref(), Some("New"));
        assert_eq!(variant("IN_PROGRESS", "Working on it").as_deref(), Some("InProgress"));
        assert_eq!(variant("OTHER", "Something else").as_deref(), Some("OtherValue"));
        assert_eq!(variant("1", "2"), None);
    }

    #[test]
    fn suggestions_are_near() {
        assert_eq!(nearest("scope", ["title", "scopes"]), Some("scopes"));
        assert_eq!(nearest("decimall", ["decimal", "date"]), Some("decimal"));
        assert_eq!(nearest("zzz", ["decimal", "date"]), None);
        assert_eq!(nearest(&"x".repeat(1000), ["x"]), None);
    }
}
