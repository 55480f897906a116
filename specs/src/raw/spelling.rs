//! Types in the spelling of other formats and languages: one mistake, told with how it is written here.

use serde_json::json;

use super::SCALARS;
use crate::json::{Kind, Member, Value};
use crate::names;

/// Longest form that is shown whole, in bytes.
const MAX_FORM: usize = 160;

/// Most choices that are shown.
const MAX_CHOICES: usize = 3;

/// The scalar that others call so.
pub(crate) fn scalar(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "text" | "str" | "varchar" | "uuid" | "char" => "string",
        "int" | "int32" | "int64" | "long" | "number" | "i64" | "u64" => "integer",
        "bool" => "boolean",
        "double" | "float64" | "real" | "f64" => "float",
        "money" | "currency" | "numeric" | "bignumber" => "decimal",
        "timestamp" | "time" | "date-time" | "instant" => "datetime",
        "day" => "date",
        "binary" | "blob" | "base64" => "bytes",
        "any" | "dict" | "value" => "json",
        "uri" | "link" => "url",
        _ => return None,
    })
}

/// The type with further keys that others call so. In upper case it is the name of a declared one.
pub(crate) fn compound(name: &str) -> Option<&'static str> {
    Some(match name {
        "array" | "list" | "vec" | "set" | "seq" | "sequence" | "array_of" | "list_of" => "array",
        "map" | "dict" | "dictionary" | "hashmap" | "record" | "map_of" => "map",
        "enum" | "choice" | "choices" | "one_of" => "enum",
        "object" | "struct" => "object",
        _ => return None,
    })
}

fn is_optional(name: &str) -> bool {
    matches!(name.to_ascii_lowercase().as_str(), "option" | "optional" | "nullable" | "maybe")
}

fn is_nothing(word: &str) -> bool {
    matches!(word, "null" | "None" | "nil" | "undefined")
}

/// A type as it is written here.
enum Form {
    /// By its name.
    Name(String),
    /// By keys with the texts of their values.
    Keys(Vec<(String, String)>),
}

impl Form {
    fn typed(word: &str, key: &str, value: String) -> Self {
        Self::Keys(vec![("type".to_owned(), json!(word).to_string()), (key.to_owned(), value)])
    }

    fn array(items: &Self) -> Self {
        Self::typed("array", "items", items.text())
    }

    fn map(values: &Self) -> Self {
        Self::typed("map", "values", values.text())
    }

    /// An enum of these values.
    fn choices(values: &[&str]) -> Self {
        let title = |value: &str| {
            let words = value.replace(['_', '-'], " ").to_lowercase();
            let mut chars = words.chars();
            chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>())
        };
        let choice = |value: &&str| format!("{}: {}", json!(value), json!(title(value).unwrap_or_default()));
        let mut shown: Vec<_> = values.iter().take(MAX_CHOICES).map(choice).collect();
        shown.extend((values.len() > MAX_CHOICES).then(|| "…".to_owned()));
        Self::typed("enum", "values", format!("{{ {} }}", shown.join(", ")))
    }

    /// With what else was said beside it.
    fn with<'m>(self, others: impl Iterator<Item = &'m Member>) -> Self {
        let others: Vec<_> = others.map(|member| (member.key.clone(), flat(&member.value))).collect();
        match self {
            Self::Name(name) if others.is_empty() => Self::Name(name),
            Self::Name(name) => {
                let ty = ("type".to_owned(), json!(name).to_string());
                Self::Keys(std::iter::once(ty).chain(others).collect())
            }
            Self::Keys(keys) => Self::Keys(keys.into_iter().chain(others).collect()),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Name(name) => json!(name).to_string(),
            Self::Keys(keys) => {
                let all: Vec<_> =
                    keys.iter().map(|(key, value)| format!("{}: {value}", json!(key))).collect();
                format!("{{ {} }}", all.join(", "))
            }
        }
    }

    /// The same, where a long value is left to who has written it.
    fn shown(&self) -> String {
        let text = self.text();
        match self {
            Self::Keys(keys) if text.len() > MAX_FORM => {
                let short = |value: &str| if value.len() > 40 { "…".to_owned() } else { value.to_owned() };
                let all: Vec<_> = keys
                    .iter()
                    .take(8)
                    .map(|(key, value)| format!("{}: {}", json!(key), short(value)))
                    .collect();
                format!("{{ {} }}", all.join(", "))
            }
            _ => text,
        }
    }
}

/// How a type is written here.
pub(crate) struct Written {
    form: Form,
    /// Whether it was said that there may be none.
    optional: bool,
}

impl Written {
    fn of(form: Form) -> Self {
        Self { form, optional: false }
    }

    fn optional(form: Form) -> Self {
        Self { form, optional: true }
    }

    /// What to do.
    pub(crate) fn help(&self) -> String {
        let form = self.form.shown();
        match self.optional {
            true => format!("write {form}; what is not `required` is optional"),
            false => format!("write {form}"),
        }
    }
}

/// A list of types in the place of one, as JSON Schema has it: what to do.
pub(crate) fn of_type_list(value: &Value) -> Option<String> {
    let Kind::Array(items) = &value.kind else { return None };
    let some: Vec<&str> = items.iter().map(Value::as_str).collect::<Option<_>>()?;
    let mut some = some.into_iter().filter(|word| !is_nothing(word));
    let (Some(one), None) = (some.next(), some.next()) else {
        return Some("a value of several types is `json`: \"type\": \"json\"".to_owned());
    };
    let Some(Form::Name(name)) = named(one) else { return None };
    Some(format!("write \"type\": {}; what is not `required` is optional", json!(name)))
}

/// A type in one text that is no name: `string[]`, `list<string>`, `string?`, `open|closed`.
pub(crate) fn of_word(word: &str) -> Option<Written> {
    let word = word.trim();
    if word.len() > MAX_FORM {
        return None;
    }
    if let Some(inner) = word.strip_suffix('?') {
        return Some(Written::optional(named(inner)?));
    }
    if word.contains('|') {
        let parts = word.split('|').map(|part| part.trim().trim_matches(['\'', '"']));
        let some: Vec<&str> = parts.filter(|part| !is_nothing(part)).collect();
        return match some.as_slice() {
            [one] => Some(Written::optional(named(one)?)),
            many if many.iter().any(|part| part.is_empty() || named(part).is_some()) => None,
            many => Some(Written::of(Form::choices(many))),
        };
    }
    let array = |inner: &str| Some(Written::of(Form::array(&named(inner)?)));
    let bracketed = || word.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Some(inner) = word.strip_suffix("[]").or_else(bracketed) {
        return array(inner);
    }
    if let Some((kind, inner)) = word.split_once(" of ") {
        return array(inner).filter(|_| compound(kind) == Some("array"));
    }
    let (kind, inner) = word.split_once(['<', '[', '('])?;
    let inner = inner.strip_suffix(['>', ']', ')'])?;
    if is_optional(kind) {
        return Some(Written::optional(named(inner)?));
    }
    match compound(&kind.to_ascii_lowercase())? {
        "array" => array(inner),
        // A key is always a text.
        "map" => {
            let values = inner.split_once(',').map_or(inner, |(_, values)| values);
            Some(Written::of(Form::map(&named(values)?)))
        }
        _ => None,
    }
}

/// A type by its name, or in one of the spellings above.
fn named(word: &str) -> Option<Form> {
    let word = word.trim();
    let is_declared = names::is_camel(word);
    let ours = SCALARS.iter().copied().find(|scalar| word.eq_ignore_ascii_case(scalar));
    match ours.or_else(|| scalar(word).filter(|_| !is_declared)) {
        Some(scalar) => Some(Form::Name(scalar.to_owned())),
        None if is_declared => Some(Form::Name(word.to_owned())),
        None => of_word(word).map(|written| written.form),
    }
}

/// A type that is an array: of one type it is a list, of several texts a choice.
pub(crate) fn of_array(value: &Value) -> Option<Written> {
    let Kind::Array(items) = &value.kind else { return None };
    let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
    match (items.as_slice(), texts.as_deref()) {
        ([one], _) => Some(Written::of(Form::array(&inner(one)?))),
        (_, Some([one, other])) if is_nothing(other) => Some(Written::optional(named(one)?)),
        (_, Some(many @ [_, _, ..])) => Some(Written::of(Form::choices(many))),
        _ => None,
    }
}

/// A type inside of another one.
fn inner(value: &Value) -> Option<Form> {
    match &value.kind {
        Kind::String(word) => Some(named(word).unwrap_or_else(|| Form::Name(word.clone()))),
        Kind::Object(members) => Some(match of_object(value) {
            Some((_, written)) => written.form,
            None => Form::Keys(members.iter().map(|m| (m.key.clone(), flat(&m.value))).collect()),
        }),
        Kind::Array(_) => of_array(value).map(|written| written.form),
        _ => None,
    }
}

/// An object without `type`, in which another key says what it is: `{ "list": "string" }`.
pub(crate) fn of_object(value: &Value) -> Option<(&Member, Written)> {
    let members = value.members()?;
    if members.iter().any(|member| member.key == "type" || names::nearest(&member.key, ["type"]).is_some()) {
        return None;
    }
    let (at, written) = members.iter().enumerate().find_map(|(at, member)| Some((at, of_member(member)?)))?;
    let others = members.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, member)| member);
    Some((&members[at], Written { form: written.form.with(others), ..written }))
}

/// An object that holds nothing but what would be fields: `{ "text": "string" }`. None of its keys is known where it stands.
pub(crate) fn of_fields(value: &Value, known: &[&'static str]) -> Option<String> {
    let members = value.members()?;
    let is_type = |value: &Value| match &value.kind {
        Kind::String(word) => named(word).is_some(),
        Kind::Object(_) => value.get("type").is_some() || of_object(value).is_some(),
        _ => false,
    };
    let are_fields = members.iter().all(|m| !known.contains(&m.key.as_str()) && is_type(&m.value));
    (are_fields && !members.is_empty()).then(|| flat(value))
}

/// A list of names that are no types, where each should say what it is.
pub(crate) fn names_of_fields(value: &Value) -> Option<String> {
    let Kind::Array(items) = &value.kind else { return None };
    let names: Vec<&str> = items.iter().map(Value::as_str).collect::<Option<_>>()?;
    let is_field = |name: &str| !SCALARS.contains(&name) && !names::is_camel(name) && of_word(name).is_none();
    let (first, others) = names.split_first().filter(|_| names.iter().all(|name| is_field(name)))?;
    let more = if others.is_empty() { "" } else { ", …" };
    Some(format!("{{ {}: …{more} }}", json!(first)))
}

/// An object type with these fields.
pub(crate) fn object_of(fields: String) -> Written {
    Written::of(Form::typed("object", "fields", fields))
}

fn of_member(member: &Member) -> Option<Written> {
    let Member { key, value, .. } = member;
    let texts = match &value.kind {
        Kind::Array(items) => items.iter().map(Value::as_str).collect::<Option<Vec<_>>>(),
        _ => None,
    };
    let is_object = value.members().is_some();
    match (key.as_str(), compound(key)) {
        ("items", _) | (_, Some("array")) => Some(Written::of(Form::array(&inner(value)?))),
        ("additionalProperties", _) | (_, Some("map")) => Some(Written::of(Form::map(&inner(value)?))),
        ("values", _) | (_, Some("enum")) => match texts {
            Some(texts) => Some(Written::of(Form::choices(&texts))),
            None if is_object => Some(Written::of(Form::typed("enum", "values", flat(value)))),
            None => None,
        },
        ("fields" | "properties", _) | (_, Some("object")) if is_object => {
            Some(Written::of(Form::typed("object", "fields", flat(value))))
        }
        ("$ref" | "ref", _) => {
            let name = value.as_str()?.rsplit('/').next()?;
            names::is_camel(name).then(|| Written::of(Form::Name(name.to_owned())))
        }
        _ if is_optional(key) && !matches!(value.kind, Kind::Bool(_)) => {
            Some(Written::optional(inner(value)?))
        }
        _ => None,
    }
}

/// The enum that is meant by a list of texts beside `"type": "string"`.
pub(crate) fn choices_beside_type(value: &Value) -> Option<String> {
    listed_choices(value.get("enum").or_else(|| value.get("choices"))?)
}

pub(crate) fn listed_choices(list: &Value) -> Option<String> {
    let Kind::Array(items) = &list.kind else { return None };
    let texts = items.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?;
    Some(Form::choices(&texts).shown())
}

/// In one line.
fn flat(value: &Value) -> String {
    match &value.kind {
        Kind::Object(members) if members.is_empty() => "{}".to_owned(),
        Kind::Object(members) => {
            let member = |member: &Member| format!("{}: {}", json!(member.key), flat(&member.value));
            format!("{{ {} }}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
        Kind::Array(items) => format!("[{}]", items.iter().map(flat).collect::<Vec<_>>().join(", ")),
        _ => value.to_json().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_one_word_are_written_out() {
        for (word, form) in [
            ("string[]", r#"{ "type": "array", "items": "string" }"#),
            ("int[]", r#"{ "type": "array", "items": "integer" }"#),
            ("[Note]", r#"{ "type": "array", "items": "Note" }"#),
            ("list<Note[]>", r#"{ "type": "array", "items": { "type": "array", "items": "Note" } }"#),
            ("List[str]", r#"{ "type": "array", "items": "string" }"#),
            ("list of url", r#"{ "type": "array", "items": "url" }"#),
            ("HashMap<String, bool>", r#"{ "type": "map", "values": "boolean" }"#),
            ("open|closed", r#"{ "type": "enum", "values": { "open": "Open", "closed": "Closed" } }"#),
        ] {
            assert_eq!(of_word(word).map(|written| written.help()), Some(format!("write {form}")), "{word}");
        }
        for word in ["Option<string>", "string?", "string | null", "text|None", "Optional[str]"] {
            let help = of_word(word).map(|written| written.help());
            assert_eq!(
                help.as_deref(),
                Some("write \"string\"; what is not `required` is optional"),
                "{word}"
            );
        }
        for word in
            ["", "string", "Note", "[]", "?", "|", "<>", "list<>", "a b", "string|integer", "Foo<Bar>"]
        {
            assert!(of_word(word).is_none(), "{word}");
        }
    }
}
