//! Names that are the same in Rust.

use std::collections::HashMap;

use super::Subject;
use crate::diagnostics::{Code, Problem};
use crate::model::{EnumValue, Field, Scope};
use crate::names;
use crate::raw::{self, Map};
use crate::resolve::{Cx, RawModule, arguments as all_arguments};
use crate::source::Span;

/// A Rust name, what it was made from, and where that stands.
type Named<'a> = (&'a str, &'a str, Span);

/// Reports every name that an earlier one has taken.
fn clashes<'a>(cx: &mut Cx<'_>, what: &str, help: &str, named: impl Iterator<Item = Named<'a>>) -> Vec<Span> {
    let mut found = Vec::new();
    let mut seen: HashMap<&str, (&str, Span)> = HashMap::new();
    for (ident, key, span) in named.filter(|(ident, ..)| !ident.is_empty()) {
        let Some(&(first, first_span)) = seen.get(ident) else {
            seen.insert(ident, (key, span));
            continue;
        };
        let becomes = |key: &str| {
            if key == ident { format!("this is `{ident}`") } else { format!("`{key}` becomes `{ident}`") }
        };
        let message = format!("two {what} are `{ident}` in Rust");
        let problem = Problem::new(Code::NameClash, span, message)
            .label(becomes(key))
            .also(first_span, becomes(first))
            .help(help);
        cx.problems.report(problem);
        found.push(span);
    }
    found
}

/// Most fields of one object, or arguments of one action: generated tables count them in 16 bits.
const MAX_FIELDS: usize = 10_000;

/// Fields of an object or input.
pub(crate) fn fields<'a>(cx: &mut Cx<'_>, what: &str, fields: impl Iterator<Item = (&'a Field, Span)>) {
    let fields: Vec<_> = fields.collect();
    if let Some((_, span)) = fields.get(MAX_FIELDS) {
        let message = format!("there are {} {what}, and {MAX_FIELDS} are the most", fields.len());
        cx.problems.error(Code::TooLarge, *span, message);
    }
    let fields = fields.into_iter();
    let help = "give one of them another: \"name\": \"snake_case\"";
    let named = fields.map(|(field, span)| (field.ident.as_str(), field.key.as_str(), span));
    clashes(cx, what, help, named);
}

/// Arguments of an action, wherever they travel.
pub(crate) fn arguments(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    let all = all_arguments(subject.action).zip(subject.spans.iter().copied());
    fields(cx, "arguments of this action", all);
}

/// Values of an enum.
pub(crate) fn variants(cx: &mut Cx<'_>, raw: &Map<raw::Titled<raw::EnumValue>>, values: &[EnumValue]) {
    let named = values
        .iter()
        .zip(&raw.entries)
        .map(|(value, entry)| (value.ident.as_str(), value.wire.as_str(), entry.key.span));
    clashes(cx, "values", "give one of them another: \"name\": \"UpperCamelCase\"", named);
}

/// Variants of a union.
pub(crate) fn union(cx: &mut Cx<'_>, raw: &Map<raw::UnionVariant>, variants: &[crate::model::Variant]) {
    let named = variants.iter().filter_map(|variant| {
        let entry = raw.entries.iter().find(|entry| entry.key.value == variant.key)?;
        Some((variant.ident.as_str(), variant.key.as_str(), entry.key.span))
    });
    clashes(cx, "variants", "give one of them another: { \"type\": …, \"name\": \"UpperCamelCase\" }", named);
}

/// Scopes of the connector.
pub(crate) fn scopes(cx: &mut Cx<'_>, raw: &Map<raw::Titled<raw::Scope>>, scopes: &[Scope]) {
    let named = scopes
        .iter()
        .zip(&raw.entries)
        .map(|(scope, entry)| (scope.ident.as_str(), scope.name.as_str(), entry.key.span));
    clashes(cx, "scopes", "they differ only in case or punctuation: keep the one that the API has", named);
}

/// Actions of a module, with each other and with the module's types; gives the places of those whose name is taken.
pub(crate) fn actions(cx: &mut Cx<'_>, module: usize, actions: &Map<raw::Action>) -> Vec<usize> {
    let idents: Vec<_> =
        actions.entries.iter().map(|entry| names::camel(entry.key.as_str()).unwrap_or_default()).collect();
    let types: Vec<_> = cx
        .table
        .list
        .iter()
        .filter(|declared| declared.module == Some(module))
        .map(|declared| (declared.name.clone(), declared.span))
        .collect();
    let named = types.iter().map(|(name, span)| (name.as_str(), name.as_str(), *span)).chain(
        actions
            .entries
            .iter()
            .zip(&idents)
            .map(|(entry, ident)| (ident.as_str(), entry.key.as_str(), entry.key.span)),
    );
    // Types were compared with each other already.
    let mut seen = std::collections::HashSet::new();
    let once = named.filter(|(ident, key, _)| ident != key || seen.insert(*ident));
    let found = clashes(cx, "names of this module", "rename the action or the type", once);
    let entries = actions.entries.iter().enumerate();
    entries.filter(|(_, entry)| found.contains(&entry.key.span)).map(|(place, _)| place).collect()
}

/// Modules of the connector.
pub(crate) fn modules(cx: &mut Cx<'_>, modules: &[RawModule]) {
    let idents: Vec<_> =
        modules.iter().map(|module| names::snake(&module.name).unwrap_or_default()).collect();
    let named = modules
        .iter()
        .zip(&idents)
        .map(|(module, ident)| (ident.as_str(), module.name.as_str(), module.span));
    clashes(cx, "modules", "rename one of the files", named);
}
