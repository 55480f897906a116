//! Fields and arguments: their Rust name, their place on the wire, their type.

use super::{Cx, text};
use crate::check;
use crate::diagnostics::{Code, Problem};
use crate::model::{Encoding, Field, FieldType, OptionsFrom, QueryStyle, TypeRef, Wire};
use crate::names;
use crate::raw::{self, COMPOUND, Entry, SCALARS, Shape, ShapeKind, StyleWord, Text, WireWord, spelling};

/// Where a field stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Place<'a> {
    /// In `fields` of an object, below its `at`.
    Object { at: &'a [String], encoding: Encoding },
    /// In `envelope`, at the root of an object.
    Envelope,
    /// An argument of the path.
    Path,
    /// An argument of the query.
    Query,
    /// An argument in a header.
    Header,
    /// In `fields` of a body or input, at its root.
    Body,
}

/// Resolves one field.
pub(crate) fn field(cx: &mut Cx<'_>, entry: &Entry<raw::Field>, place: Place<'_>) -> Field {
    let keys = &entry.value.keys;
    let ty = shape(cx, &entry.value.shape);
    let (wire_name, path) = wire_place(cx, entry, place);
    check::fields::useless_keys(cx, entry, &ty, place);
    check::fields::kinds(cx, &entry.value.shape, place);
    check::fields::note_values(cx, keys, &ty);
    check::options::note(cx, keys, &ty);
    Field {
        key: entry.key.value.clone(),
        ident: ident(cx, entry),
        wire_name,
        path,
        wire: wire(keys, place),
        required: place == Place::Path || is(keys.required.as_ref()),
        read_only: is(keys.read_only.as_ref()),
        sensitive: is(keys.sensitive.as_ref()),
        default: keys.default.as_ref().map(raw::Json::to_json),
        constant: keys.constant.as_ref().map(raw::Json::to_json),
        title: text(keys.title.as_ref()),
        description: text(keys.description.as_ref()),
        prompt: text(keys.prompt.as_ref()),
        example: keys.example.as_ref().map(raw::Json::to_json),
        deprecated: text(keys.deprecated.as_ref()),
        options_from: keys.options_from.as_ref().map(options_from),
        location: cx.problems.location(entry.key.span),
        ty,
    }
}

fn options_from(raw: &raw::OptionsFrom) -> OptionsFrom {
    let depends_on = raw.depends_on.entries.iter();
    OptionsFrom {
        action: raw.action.value.clone(),
        value: raw.value.value.clone(),
        label: text(raw.label.as_ref()),
        depends_on: depends_on.map(|entry| (entry.key.value.clone(), entry.value.value.clone())).collect(),
    }
}

pub(crate) fn is(flag: Option<&raw::Flag>) -> bool {
    flag.is_some_and(|flag| flag.value)
}

fn ident(cx: &mut Cx<'_>, entry: &Entry<raw::Field>) -> String {
    let (name, given) = match &entry.value.keys.name {
        Some(name) => (name, true),
        None => (&entry.key, false),
    };
    let ident = names::snake(name.as_str());
    match ident {
        Some(ident) if !given || ident == name.value => ident,
        _ if given => {
            let message = format!("`{}` is not a Rust field name", name.value);
            let problem = Problem::new(Code::InvalidName, name.span, message)
                .help("names of fields are snake_case and no keyword");
            cx.problems.report(problem.rename(ident.as_deref()));
            String::new()
        }
        _ => {
            let message = format!("`{}` gives no Rust name", name.value);
            let problem = Problem::new(Code::InvalidName, name.span, message)
                .help("give it one: \"name\": \"snake_case\"; the key stays its name on the wire");
            cx.problems.report(problem);
            String::new()
        }
    }
}

/// The last key of its path, and the path.
fn wire_place(cx: &mut Cx<'_>, entry: &Entry<raw::Field>, place: Place<'_>) -> (String, Vec<String>) {
    let name = entry.value.keys.wire_name.as_ref().unwrap_or(&entry.key);
    if name.value.starts_with('/') && entry.value.keys.wire_name.is_some() {
        if place == Place::Body {
            let path = check::pointers::keys(cx.problems, name);
            return (path.last().cloned().unwrap_or_default(), path);
        }
        let problem = Problem::new(Code::BadPointer, name.span, "a pointer has no meaning here")
            .help("`wire_name` is a JSON pointer only in `fields` of a body or an input");
        cx.problems.report(problem);
    }
    let mut path = match place {
        Place::Object { at, .. } => at.to_vec(),
        _ => Vec::new(),
    };
    path.push(name.value.clone());
    (name.value.clone(), path)
}

fn wire(keys: &raw::FieldKeys, place: Place<'_>) -> Wire {
    if let Some(separator) = &keys.separator {
        return Wire::Separated(separator.value.clone());
    }
    if place == Place::Body && keys.style.is_some() {
        return Wire::Listed(style(keys));
    }
    match keys.wire.as_ref().and_then(|wire| wire.value) {
        Some(WireWord::Millis) => Wire::Millis,
        Some(WireWord::Seconds) => Wire::Seconds,
        Some(WireWord::Text) => Wire::Text,
        None => Wire::Plain,
    }
}

/// How an array is written in the query or in a form.
pub(crate) fn style(keys: &raw::FieldKeys) -> QueryStyle {
    match keys.style.as_ref().and_then(|style| style.value) {
        Some(StyleWord::Comma) => QueryStyle::Comma,
        Some(StyleWord::Brackets) => QueryStyle::Brackets,
        Some(StyleWord::Repeat) | None => QueryStyle::Repeat,
    }
}

/// Resolves the type of a value; one of which nothing is known stands in for what does not exist.
pub(crate) fn shape(cx: &mut Cx<'_>, shape: &Shape) -> FieldType {
    match &shape.kind {
        ShapeKind::Name(name) => named(cx, name),
        ShapeKind::Array(array) => FieldType::Array(Box::new(self::shape(cx, &array.items))),
        ShapeKind::Map(map) => FieldType::Map(Box::new(self::shape(cx, &map.values))),
        ShapeKind::Filter(of) => {
            let declared = type_of(cx, &of.of);
            known(cx, declared, FieldType::Filter)
        }
        ShapeKind::Sort(of) => {
            let declared = type_of(cx, &of.of);
            known(cx, declared, FieldType::Sort)
        }
        ShapeKind::Selection(of) => {
            let declared = type_of(cx, &of.of);
            known(cx, declared, FieldType::Selection)
        }
        ShapeKind::Enum(_) | ShapeKind::Object(_) => {
            let declared = cx.table.inline(shape.span);
            known(cx, declared, FieldType::Named)
        }
        ShapeKind::Broken => cx.stand_in(),
    }
}

fn known(cx: &mut Cx<'_>, found: Option<TypeRef>, of: fn(TypeRef) -> FieldType) -> FieldType {
    found.map_or_else(|| cx.stand_in(), of)
}

fn named(cx: &mut Cx<'_>, name: &Text) -> FieldType {
    match name.as_str() {
        "string" => FieldType::String,
        "integer" => FieldType::Integer,
        "decimal" => FieldType::Decimal,
        "float" => FieldType::Float,
        "boolean" => FieldType::Boolean,
        "date" => FieldType::Date,
        "datetime" => FieldType::DateTime,
        "duration" => FieldType::Duration,
        "url" => FieldType::Url,
        "email" => FieldType::Email,
        "bytes" => FieldType::Bytes,
        "json" => FieldType::Json,
        "file" => FieldType::File,
        word if COMPOUND.contains(&word)
            || spelling::compound(word).is_some_and(|_| spelling::scalar(word).is_none()) =>
        {
            let meant =
                if COMPOUND.contains(&word) { word } else { spelling::compound(word).unwrap_or(word) };
            let needs = match meant {
                "array" => "\"items\": …",
                "map" | "enum" => "\"values\": …",
                "object" => "\"fields\": …",
                _ => "\"of\": …",
            };
            let (code, message) = match meant == word {
                true => (Code::MissingKey, format!("`{word}` needs more than its name")),
                false => (Code::UnknownType, format!("unknown type `{word}`")),
            };
            let help = format!("write {{ \"type\": \"{meant}\", {needs} }}");
            cx.problems.report(Problem::new(code, name.span, message).help(help));
            cx.stand_in()
        }
        _ => {
            let declared = find(cx, name, SCALARS);
            known(cx, declared, FieldType::Named)
        }
    }
}

/// A declared type, whatever its kind.
pub(crate) fn type_of(cx: &mut Cx<'_>, name: &Text) -> Option<TypeRef> {
    find(cx, name, [])
}

fn find<const N: usize>(cx: &mut Cx<'_>, name: &Text, scalars: [&'static str; N]) -> Option<TypeRef> {
    let found = cx.table.find(name.as_str());
    if found.is_none() && (cx.table.incomplete || cx.unread.contains(name.as_str())) {
        cx.problems.consequence();
        return None;
    }
    if found.is_none() {
        let known = cx.table.names().chain(scalars);
        let written = spelling::of_word(name.as_str()).filter(|_| N > 0);
        let near = match spelling::scalar(name.as_str()).filter(|_| N > 0) {
            Some(meant) => Some(meant.to_owned()),
            None if written.is_some() => None,
            None => cx.problems.nearest(name.as_str(), known).map(str::to_owned),
        };
        let message = match name.as_str() {
            "" => "this should name a type, and is empty".to_owned(),
            name => format!("unknown type `{name}`"),
        };
        let mut problem = Problem::new(Code::UnknownType, name.span, message);
        if let Some(written) = written {
            problem = problem.help(written.help());
        } else if name.value.eq_ignore_ascii_case("number") {
            problem = problem.help(
                "`integer` is for whole numbers, `decimal` for exact ones such as money, `float` for others",
            );
        } else if near.is_none() {
            let help = match name.as_str() {
                "" => "types are `string`, `integer` and the others of FORMAT.md, and what `types` declares",
                _ => "declare it in `types` of this file or of `connector.json`",
            };
            problem = problem.help(help);
        }
        cx.problems.report(problem.did_you_mean(near.as_deref()));
    }
    found
}
