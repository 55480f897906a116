//! An answer for people: facts of a record, a table of several.

use maud::{Markup, html};
use serde_json::{Map, Value};
use typed_connector::BatchError;
use typed_connector::dynamic::model::{self, Connector, Field, FieldType, Object, TypeKind};
use typed_connector::dynamic::{Action, Item, Output};

use crate::check::count;
use crate::console::form::words;
use crate::console::trouble::sentence;
use crate::run::mask::{MASKED, mask};

/// Most columns of a table; all fields are below it.
const MOST_COLUMNS: usize = 6;
/// Longest text in a cell of a table.
const MOST_CHARS: usize = 120;

/// The answer; `file` is where the bytes of one are, if it is bytes.
pub(super) fn show(action: Action, output: &Output, file: &str) -> Markup {
    let model = action.connector().model();
    let declared = match &action.model().output {
        model::Output::Nothing => None,
        model::Output::Value(ty) | model::Output::Optional(ty) => Some(ty),
        model::Output::Page { item, .. } => Some(item),
        model::Output::Batch { item, .. } => item.as_ref(),
    };
    let ty = declared.unwrap_or(&FieldType::Json);
    match output {
        Output::Nothing => html! { p.soft { "It is done; the API answers nothing else." } },
        Output::Value(item) => match item.bytes() {
            Some(bytes) => html! {
                p { (count(bytes.len(), "byte")) "." }
                p { a.button href=(file) download { "Save as a file" } }
            },
            None => value(model, ty, &item.json(), 0),
        },
        Output::Page(page) => html! {
            p.soft {
                (count(page.items.len(), "record"))
                @if let Some(total) = page.total { " of " (total) }
                @if page.next.is_some() { "; there are more." } @else { "." }
            }
            (records(model, ty, &page.items))
        },
        Output::Batch(batch) => html! {
            p.soft { (count(batch.results.len(), "result")) ", " (count(batch.errors.len(), "error")) "." }
            (records(model, ty, &batch.results))
            @if !batch.errors.is_empty() { (errors(&batch.errors)) }
        },
        _ => value(model, &FieldType::Json, &output.json(), 0),
    }
}

/// The answer as JSON, what is sensitive masked as it is in the table.
pub(super) fn json(action: Action, output: &Output) -> Value {
    let model = action.connector().model();
    let mut json = output.json();
    let each = |ty: &FieldType, values: Option<&mut Value>| {
        let values = values.and_then(Value::as_array_mut);
        values.into_iter().flatten().for_each(|value| mask(model, ty, value));
    };
    match &action.model().output {
        model::Output::Nothing => {}
        model::Output::Value(ty) | model::Output::Optional(ty) => mask(model, ty, &mut json),
        model::Output::Page { item, .. } => each(item, json.get_mut("items")),
        model::Output::Batch { item, .. } => item.iter().for_each(|ty| each(ty, json.get_mut("results"))),
    }
    json
}

/// Whether there is JSON to show: bytes are saved and not shown, and nothing is nothing.
pub(super) fn has_json(output: &Output) -> bool {
    match output {
        Output::Nothing => false,
        Output::Value(item) => item.bytes().is_none(),
        _ => true,
    }
}

fn errors(errors: &[BatchError]) -> Markup {
    html! {
        h3 { "Errors" }
        ul {
            @for error in errors {
                li { (error.message.as_deref().map_or_else(|| "The API gives no reason.".to_owned(), sentence)) @if let Some(category) = &error.category { " " code { (category) } } }
            }
        }
    }
}

/// Several records: what tells them apart in a table, everything of each behind a disclosure.
fn records(model: &'static Connector, ty: &'static FieldType, items: &[Item]) -> Markup {
    let rows: Vec<Value> = items.iter().map(Item::json).collect();
    let Some(object) = object(model, ty) else {
        return html! { @if !rows.is_empty() { ul { @for row in &rows { li { (value(model, ty, row, 0)) } } } } };
    };
    let columns = columns(object, &rows);
    html! {
        @if !rows.is_empty() {
            div.scroll tabindex="0" role="region" aria-label="Records" {
                table.records {
                    thead { tr { @for field in &columns { th scope="col" class=[numeric(field)] { (title(field)) } } } }
                    tbody {
                        @for row in &rows {
                            tr {
                                @for field in &columns {
                                    td class=[numeric(field)] data-title=(title(field)) { @if let Some(one) = row.get(&field.key) { (cell(model, field, one)) } }
                                }
                            }
                        }
                    }
                }
            }
            details {
                summary { "All fields" }
                div.inside { @for row in &rows { (value(model, ty, row, 0)) hr; } }
            }
        }
    }
}

/// The fields that have values, those that tell most first: what is required, what a person sets, what the server does.
fn columns(object: &'static Object, rows: &[Value]) -> Vec<&'static Field> {
    let is_there = |field: &&Field| {
        rows.iter().any(|row| {
            row.get(&field.key)
                .is_some_and(|value| !matches!(value, Value::Null | Value::Array(_) | Value::Object(_)))
        })
    };
    let mut fields: Vec<_> = object.fields.iter().filter(is_there).collect();
    fields.sort_by_key(|field| (!field.required, field.read_only));
    fields.truncate(MOST_COLUMNS);
    fields
}

fn cell(model: &'static Connector, field: &'static Field, one: &Value) -> Markup {
    match one {
        _ if field.sensitive => html! { (MASKED) },
        Value::String(text) if text.chars().count() > MOST_CHARS => {
            html! { (text.chars().take(MOST_CHARS).collect::<String>()) "…" }
        }
        one => value(model, &field.ty, one, 1),
    }
}

fn numeric(field: &Field) -> Option<&'static str> {
    matches!(field.ty, FieldType::Integer | FieldType::Decimal | FieldType::Float).then_some("number")
}

fn object(model: &'static Connector, ty: &FieldType) -> Option<&'static Object> {
    match ty {
        FieldType::Named(of) => model.object(*of),
        _ => None,
    }
}

fn title(field: &Field) -> String {
    field.title.clone().unwrap_or_else(|| words(&field.key))
}

/// A value by its type.
fn value(model: &'static Connector, ty: &'static FieldType, json: &Value, depth: usize) -> Markup {
    match (ty, json) {
        (_, Value::Null) => html! { span.soft { "nothing" } },
        (FieldType::Boolean, Value::Bool(yes)) => html! { (if *yes { "Yes" } else { "No" }) },
        (FieldType::DateTime, Value::String(text)) => match text.parse::<jiff::Timestamp>() {
            Ok(time) => html! { time datetime=(text) { (time.strftime("%F %T UTC")) } },
            Err(_) => html! { (text) },
        },
        (FieldType::Url, Value::String(text))
            if text.starts_with("https://") || text.starts_with("http://") =>
        {
            html! { a href=(text) rel="noreferrer" { (text) } }
        }
        (FieldType::Array(inner), Value::Array(items)) => list(model, inner, items, depth),
        (FieldType::Map(inner), Value::Object(entries)) => {
            facts(entries.iter().map(|(name, one)| (name.clone(), value(model, inner, one, depth + 1))))
        }
        (FieldType::Named(of), json) => match (&model.ty(*of).kind, json) {
            (TypeKind::Object(object), Value::Object(fields)) => record(model, object, fields, depth),
            (TypeKind::Union(union), Value::Object(fields)) => {
                let tag = union.tag.as_ref().and_then(|tag| fields.get(tag)?.as_str());
                let variant = union.variants.iter().find(|variant| Some(variant.key.as_str()) == tag);
                match variant.and_then(|variant| model.object(variant.ty)) {
                    Some(object) => record(model, object, fields, depth),
                    None => any(json),
                }
            }
            (TypeKind::Enum(known), Value::String(text)) => {
                let known = known.values.iter().find(|value| value.wire == *text);
                html! { @match known { Some(known) => (known.title), None => (text) } }
            }
            _ => any(json),
        },
        _ => any(json),
    }
}

/// What a record has, by the titles of its fields; what the spec does not declare at the end.
fn record(
    model: &'static Connector,
    object: &'static Object,
    fields: &Map<String, Value>,
    depth: usize,
) -> Markup {
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    let declared = object.fields.iter().filter_map(|field| {
        let one = fields.get(&field.key).filter(|one| !is_empty(one))?;
        let shown = if field.sensitive {
            html! { (MASKED) }
        } else {
            value(model, &field.ty, one, depth + 1)
        };
        Some((title(field), shown))
    });
    let is_declared = |key: &str| object.fields.iter().any(|field| field.key == key);
    let others = fields.iter().filter(|(key, one)| !is_declared(key) && !is_empty(one));
    let others = others.map(|(key, one)| match one {
        // What the library keeps that the spec does not declare.
        Value::Object(extra) if key.starts_with("extra") => {
            let inside = html! { details { summary { (extra.len()) " more" } (any(one)) } };
            ("Not in the spec".to_owned(), inside)
        }
        one => (words(key), any(one)),
    });
    facts(declared.chain(others))
}

fn facts(rows: impl Iterator<Item = (String, Markup)>) -> Markup {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return html! { span.soft { "nothing" } };
    }
    html! { dl.facts { @for (name, shown) in rows { dt { (name) } dd { (shown) } } } }
}

fn list(model: &'static Connector, inner: &'static FieldType, items: &[Value], depth: usize) -> Markup {
    if items.is_empty() {
        return html! { span.soft { "none" } };
    }
    let single = items.iter().all(|item| !item.is_object() && !item.is_array());
    html! {
        @if single {
            @for (index, item) in items.iter().enumerate() { @if index > 0 { ", " } (value(model, inner, item, depth + 1)) }
        } @else {
            ul.plain { @for item in items { li { (value(model, inner, item, depth + 1)) } } }
        }
    }
}

/// JSON of no declared type.
fn any(json: &Value) -> Markup {
    match json {
        Value::Null => html! { span.soft { "nothing" } },
        Value::Bool(yes) => html! { (if *yes { "Yes" } else { "No" }) },
        Value::Number(number) => html! { (number) },
        Value::String(text) => html! { (text) },
        Value::Array(items) if items.is_empty() => html! { span.soft { "none" } },
        Value::Array(items) => html! { ul.plain { @for item in items { li { (any(item)) } } } },
        Value::Object(fields) => facts(fields.iter().map(|(name, one)| (name.clone(), any(one)))),
    }
}
