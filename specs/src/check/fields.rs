//! Fields: keys that say nothing for their type, and types that do not belong where they stand.

use super::values::{Origin, mismatches};
use crate::diagnostics::{Code, Problem};
use crate::model::{FieldType, Module, Wire};
use crate::raw::{self, Entry, Json, Shape, ShapeKind, WireWord};
use crate::resolve::{Cx, Definition, Place};
use crate::source::Span;

const STYLE: &str = "`style` is for arrays in `query` and in a form";

/// Only a form has styles; an input stands in JSON.
pub(crate) fn no_styles(cx: &mut Cx<'_>, fields: &raw::Map<raw::Field>) {
    for style in fields.entries.iter().filter_map(|entry| entry.value.keys.style.as_ref()) {
        cx.problems.report(Problem::new(Code::UselessKey, style.span, STYLE).help("leave it out"));
    }
}

/// Keys without a meaning for this type or place.
pub(crate) fn useless_keys(cx: &mut Cx<'_>, entry: &Entry<raw::Field>, ty: &FieldType, place: Place<'_>) {
    let keys = &entry.value.keys;
    if cx.table.is_unknown(ty) {
        return;
    }
    let array = matches!(ty, FieldType::Array(_));
    let mut useless = |span: Span, message: &str, help: &str| {
        cx.problems.report(Problem::new(Code::UselessKey, span, message).help(help));
    };
    if let Some(wire) = &keys.wire
        && let Some(word) = wire.value
    {
        let time = matches!(ty, FieldType::Date | FieldType::DateTime | FieldType::Duration);
        let number = matches!(ty, FieldType::Decimal | FieldType::Integer);
        match word {
            WireWord::Millis | WireWord::Seconds if !time => {
                useless(
                    wire.span,
                    "`wire` says nothing here: this is not a time",
                    "`millis` and `seconds` are for date, datetime and duration",
                );
            }
            WireWord::Text if !number => {
                useless(
                    wire.span,
                    "`wire` says nothing here: this is not a number",
                    "`text` is for decimal and integer",
                );
            }
            _ => {}
        }
    }
    if let Some(separator) = &keys.separator {
        if !array {
            useless(
                separator.span,
                "`separator` says nothing here: this is not an array",
                "it makes an array one string",
            );
        } else if separator.value.is_empty() {
            useless(
                separator.span,
                "an empty separator separates nothing",
                "write \";\" or another character",
            );
        }
    }
    if let Some(style) = &keys.style {
        let list = array || matches!(ty, FieldType::Selection(_) | FieldType::Sort(_));
        if !matches!(place, Place::Query | Place::Body) || !list {
            useless(style.span, STYLE, "leave it out");
        } else if keys.separator.is_some() {
            useless(style.span, "`style` and `separator` exclude each other", "leave one of them out");
        }
    }
    let argument = !matches!(place, Place::Object { .. } | Place::Envelope);
    if let Some(nullable) = keys.nullable.as_ref().filter(|flag| flag.value) {
        if place != Place::Body {
            let help = "a field of an object may always be absent; leave `nullable` out";
            useless(nullable.span, "`nullable` is for arguments in a body", help);
        } else if keys.required.as_ref().is_some_and(|required| required.value) {
            useless(
                nullable.span,
                "what must be given is never cleared",
                "leave `nullable` or `required` out",
            );
        }
    }
    if let Some(read_only) = keys.read_only.as_ref().filter(|flag| argument && flag.value) {
        useless(read_only.span, "an argument cannot be read-only", "leave `read_only` out");
    }
    if let Some(required) = keys.required.as_ref().filter(|flag| place == Place::Path && !flag.value) {
        useless(required.span, "an argument of the path is always required", "leave `required` out");
    }
    if let (Some(default), Some(required)) = (&keys.default, &keys.required)
        && argument
        && required.value
    {
        useless(default.span, "what must be given needs no default", "leave `default` or `required` out");
    }
    if let (Some(default), Some(_)) = (&keys.default, &keys.constant) {
        useless(default.span, "what has a `const` is never asked for", "leave `default` out");
    }
}

/// Whether a type may stand here.
pub(crate) fn kinds(cx: &mut Cx<'_>, shape: &Shape, place: Place<'_>) {
    match &shape.kind {
        ShapeKind::Name(name) => {
            if name.value == "file" && place != Place::Body {
                wrong(cx, name.span, "a file can only be sent in a multipart body");
            }
            let Some(ty) = cx.table.find(name.as_str()) else { return };
            let declared = cx.table.get(ty);
            let Some(why) = unfit(declared.definition, place) else { return };
            let message = format!("the type `{}` cannot be used here", declared.name);
            let mut problem = Problem::new(Code::WrongKind, name.span, message)
                .label(why)
                .also(declared.span, "declared here");
            if matches!(declared.definition, Definition::Object(_)) {
                problem =
                    problem.help("send it in `body`, or name here the fields that the API takes, one by one");
            }
            cx.problems.report(problem);
        }
        ShapeKind::Array(array) => {
            if matches!(place, Place::Path | Place::Header) {
                let message = "a list cannot travel in the path or a header";
                let problem = Problem::new(Code::WrongKind, shape.span, message);
                cx.problems.report(
                    problem.help("send it in `query` or `body`; one text that holds a list is a string"),
                );
            }
            kinds(cx, &array.items, place);
        }
        ShapeKind::Map(map) => {
            if matches!(place, Place::Path | Place::Query | Place::Header) {
                wrong(cx, shape.span, "a map can only travel in the body");
            }
            kinds(cx, &map.values, place);
        }
        ShapeKind::Object(inline) => {
            if let Some(why) = unfit(Definition::Object(&inline.keys), place) {
                wrong(cx, shape.span, why);
            }
        }
        ShapeKind::Filter(of) => {
            if place != Place::Body {
                wrong(cx, shape.span, "a filter can only travel in the body");
            }
            if cx.raw.filters.is_none() {
                let message = "this connector does not say how a filter is written";
                let problem = Problem::new(Code::NoFilterDialect, shape.span, message)
                    .help("add `filters` to `connector.json`");
                cx.problems.report(problem);
            }
            properties(cx, &of.of);
        }
        ShapeKind::Sort(of) | ShapeKind::Selection(of) => {
            if !matches!(place, Place::Body | Place::Query) {
                wrong(cx, shape.span, "this can only travel in the query or the body");
            }
            properties(cx, &of.of);
        }
        ShapeKind::Enum(_) | ShapeKind::Broken => {}
    }
}

fn wrong(cx: &mut Cx<'_>, span: Span, why: &str) {
    cx.problems.error(Code::WrongKind, span, why);
}

fn unfit(definition: Definition<'_>, place: Place<'_>) -> Option<&'static str> {
    match (definition, place) {
        (Definition::Object(_), Place::Path | Place::Query | Place::Header) => {
            Some("an object can only travel in the body")
        }
        (Definition::Union(_), Place::Path | Place::Query | Place::Header) => {
            Some("a union can only travel in the body")
        }
        (Definition::Input(_), Place::Body) => None,
        (Definition::Input(_), _) => Some("an input can only be sent in a body"),
        _ => None,
    }
}

/// Filters, sort orders and selections name properties of an object.
fn properties(cx: &mut Cx<'_>, of: &raw::Text) {
    let Some(ty) = cx.table.find(of.as_str()) else { return };
    let declared = cx.table.get(ty);
    let why = match declared.definition {
        Definition::Object(keys) => {
            let below = keys.at.as_ref().is_some_and(|at| !at.value.is_empty());
            if keys.properties.as_ref().map_or(below, |flag| flag.value) {
                return;
            }
            "its fields cannot be named as properties"
        }
        Definition::Broken => return,
        _ => "it is not an object",
    };
    let message = format!("`{}` has no properties", declared.name);
    let problem = Problem::new(Code::WrongKind, of.span, message)
        .label(why)
        .also(declared.span, "declared here")
        .help("an object has properties where its `at` is not empty, or with \"properties\": true");
    cx.problems.report(problem);
}

/// A value in the spec whose type is not resolved yet.
pub(crate) struct Written {
    what: &'static str,
    ty: FieldType,
    value: Json,
}

/// Notes the values of a field for [`written_values`].
pub(crate) fn note_values(cx: &mut Cx<'_>, keys: &raw::FieldKeys, ty: &FieldType) {
    let values = [("default", &keys.default), ("const", &keys.constant), ("example", &keys.example)];
    for (what, value) in values {
        if let Some(value) = value {
            cx.written.push(Written { what, ty: ty.clone(), value: value.clone() });
        }
    }
}

/// Every `default`, `const` and `example` fits the type of its field.
pub(crate) fn written_values(cx: &mut Cx<'_>, _: &[Module]) {
    for Written { what, ty, value } in std::mem::take(&mut cx.written) {
        for (span, label) in mismatches(&cx.table, &ty, &Wire::Plain, &value, Origin::Author) {
            let message = format!("this `{what}` does not fit the type of its field");
            cx.problems.report(Problem::new(Code::ValueMismatch, span, message).label(label));
        }
    }
}
