//! Tables of arguments, fields and choices.

use std::fmt::Write as _;

use typed_connector_specs::model::{
    Action, Body, Connector, Enum, Field, FieldType, Input, Object, Place, TypeKind, Union,
};

/// The arguments of an action, those that must be given first.
pub(super) fn arguments(text: &mut String, connector: &Connector, index: usize, action: &Action) {
    let mut rows: Vec<(&Field, &str)> = action
        .parameters
        .iter()
        .map(|parameter| {
            let place = match parameter.place {
                Place::Path => "path",
                Place::Query(_) => "query",
                Place::Header => "header",
            };
            (&parameter.field, place)
        })
        .collect();
    match &action.body {
        Some(Body::Fields { input, .. }) => rows.extend(input.fields.iter().map(|field| (field, "body"))),
        Some(Body::Whole { field, .. }) => rows.push((field, "body")),
        None => {}
    }
    rows.retain(|(field, _)| field.constant.is_none());
    if rows.is_empty() {
        text.push_str("\nIt takes no arguments.\n");
        return;
    }
    rows.sort_by_key(|(field, _)| !field.required);
    text.push_str("\n| argument | type | in | about |\n| --- | --- | --- | --- |\n");
    for (field, place) in rows {
        let needed = if field.required { " **(required)**" } else { "" };
        let _ = writeln!(
            text,
            "| `{}`{needed} | {} | {place} | {} |",
            field.key,
            words(connector, index, &field.ty),
            about(field)
        );
    }
}

pub(super) fn object(text: &mut String, connector: &Connector, index: usize, object: &Object) {
    table(text, connector, index, object.fields.iter(), "field");
}

pub(super) fn input(text: &mut String, connector: &Connector, index: usize, input: &Input) {
    table(text, connector, index, input.fields.iter().filter(|field| field.constant.is_none()), "field");
}

fn table<'a>(
    text: &mut String,
    connector: &Connector,
    index: usize,
    fields: impl Iterator<Item = &'a Field>,
    what: &str,
) {
    let _ = write!(text, "\n| {what} | type | about |\n| --- | --- | --- |\n");
    for field in fields {
        let needed = if field.required { " **(required)**" } else { "" };
        let kind = words(connector, index, &field.ty);
        let _ = writeln!(text, "| `{}`{needed} | {kind} | {} |", field.key, about(field));
    }
}

pub(super) fn choices(text: &mut String, choices: &Enum) {
    text.push_str("\n| value | meaning |\n| --- | --- |\n");
    for value in &choices.values {
        let mut about = value.title.clone();
        if let Some(description) = &value.description {
            about.push_str(&format!(". {description}"));
        }
        if let Some(instead) = &value.deprecated {
            about.push_str(&format!(" **Deprecated**: {instead}"));
        }
        let _ = writeln!(text, "| `{}` | {} |", cell(&value.wire), cell(&about));
    }
    text.push_str(if choices.open { "\nOther values are kept.\n" } else { "\nThere are no others.\n" });
}

pub(super) fn variants(text: &mut String, connector: &Connector, index: usize, union: &Union) {
    match &union.tag {
        Some(tag) => {
            let _ = write!(text, "\n| `{tag}` | type |\n| --- | --- |\n");
        }
        None => {
            text.push_str(
                "\nOne of these, by the fields that are there:\n\n| name | type |\n| --- | --- |\n",
            );
        }
    }
    for variant in &union.variants {
        let kind = words(connector, index, &FieldType::Named(variant.ty));
        let _ = writeln!(text, "| `{}` | {kind} |", cell(&variant.key));
    }
    if let Some(id) = &union.id {
        let kind = words(connector, index, &FieldType::Named(id.ty));
        let _ = write!(text, "\nOr the id alone, {kind}, of a record that was not sent along.\n");
    }
}

/// All that the spec says about a field, in one cell.
fn about(field: &Field) -> String {
    let mut parts = Vec::new();
    parts.extend(field.title.as_ref().map(|title| format!("{title}.")));
    parts.extend(field.description.clone());
    if field.read_only {
        parts.push("Set by the server.".to_owned());
    }
    if field.sensitive {
        parts.push("Sensitive: never shown or logged.".to_owned());
    }
    parts.extend(field.default.as_ref().map(|default| format!("Default: `{default}`.")));
    parts.extend(field.example.as_ref().map(|example| format!("Example: `{example}`.")));
    parts.extend(field.deprecated.as_ref().map(|instead| format!("**Deprecated**: {instead}")));
    cell(&parts.join(" "))
}

/// The type for people, with a link to where it is explained.
pub(super) fn words(connector: &Connector, index: usize, ty: &FieldType) -> String {
    match ty {
        FieldType::String => "text".to_owned(),
        FieldType::Integer => "whole number".to_owned(),
        FieldType::Decimal => "decimal number".to_owned(),
        FieldType::Float => "number".to_owned(),
        FieldType::Boolean => "true or false".to_owned(),
        FieldType::Date => "date".to_owned(),
        FieldType::DateTime => "time".to_owned(),
        FieldType::Duration => "span of time".to_owned(),
        FieldType::Url => "web address".to_owned(),
        FieldType::Email => "e-mail address".to_owned(),
        FieldType::Bytes => "bytes".to_owned(),
        FieldType::Json => "any JSON".to_owned(),
        FieldType::File => "file".to_owned(),
        FieldType::Array(inner) => format!("list of {}", words(connector, index, inner)),
        FieldType::Map(inner) => format!("map of names to {}", words(connector, index, inner)),
        FieldType::Filter(of) => format!("filter on {}", link(connector, index, *of)),
        FieldType::Sort(of) => format!("order of {}", link(connector, index, *of)),
        FieldType::Selection(of) => format!("selection of properties of {}", link(connector, index, *of)),
        FieldType::Named(of) => link(connector, index, *of),
    }
}

/// Types of another module are on its page; those of the connector on every page that needs them.
fn link(connector: &Connector, index: usize, of: typed_connector_specs::model::TypeRef) -> String {
    let ty = &connector.types[of.0];
    if matches!(ty.kind, TypeKind::Id) && ty.module.is_none() {
        return format!("`{}`", ty.ident);
    }
    let page = match ty.module {
        Some(home) if home != index => format!("{}.md", super::pages::stem(&connector.modules[home].name)),
        _ => String::new(),
    };
    format!("[{}]({page}#{})", ty.ident, ty.ident.to_lowercase())
}

/// Text in a cell of a table: one line, without the character that ends a cell.
pub(super) fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
