//! Documents as progenitor can do them: it panics on several success responses, several content types and multipart bodies, and
//! overflows the stack on some recursive types. Both sides are given the patched document, so that both have the same operations.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::document::{Document, METHODS};
use crate::Failure;

/// What is left of a document when everything is patched, and everything that `works` says no to is left out.
pub(super) fn patched(
    document: &Document,
    works: impl Fn(&Document) -> Result<bool, Failure>,
) -> Result<Document, Failure> {
    let mut document = document.clone();
    let mut left_out = BTreeSet::new();
    if let Some(paths) = document.json["paths"].as_object_mut() {
        for (path, item) in paths {
            let Some(item) = item.as_object_mut() else { continue };
            for method in METHODS {
                if item.get_mut(method).is_some_and(|operation| !operation_patched(operation)) {
                    left_out.insert((path.clone(), method));
                }
            }
        }
    }
    let kept = |path: &str, method: &str, left_out: &BTreeSet<(String, &str)>| {
        !left_out.iter().any(|(other, without)| other == path && *without == method)
    };
    let whole = only(&document, |path, method| kept(path, method, &left_out));
    if works(&whole)? {
        return Ok(whole);
    }
    // Which operations it cannot do shows when each stands alone.
    let mut fail = left_out.clone();
    for (path, method) in list(&whole) {
        let alone = only(&whole, |other, verb| other == path && verb == method);
        if !works(&alone)? {
            fail.insert((path, method));
        }
    }
    let rest = only(&document, |path, method| kept(path, method, &fail));
    match works(&rest)? {
        true => Ok(rest),
        false => {
            Err(format!("progenitor cannot do `{}`, although it can do each operation", rest.name).into())
        }
    }
}

/// The first success response, no `default` one, JSON alone. Says no where there is another body.
fn operation_patched(operation: &mut Value) -> bool {
    if let Some(responses) = operation["responses"].as_object_mut() {
        responses.remove("default");
        let first = responses.keys().find(|status| status.starts_with('2')).cloned();
        responses.retain(|status, _| !status.starts_with('2') || Some(status) == first.as_ref());
        for response in responses.values_mut() {
            if let Some(content) = response.get_mut("content").and_then(Value::as_object_mut) {
                content.retain(|kind, _| kind == "application/json");
            }
        }
    }
    match operation.get_mut("requestBody").and_then(|body| body.get_mut("content")) {
        Some(Value::Object(content)) => {
            content.retain(|kind, _| kind == "application/json");
            !content.is_empty()
        }
        _ => true,
    }
}

fn list(document: &Document) -> Vec<(String, &'static str)> {
    let paths = document.json["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, item)| {
            METHODS
                .into_iter()
                .filter(|method| item.get(*method).is_some())
                .map(|method| (path.clone(), method))
        })
        .collect()
}

/// The document with these operations, and with those of its schemas that they need.
fn only(document: &Document, keep: impl Fn(&str, &str) -> bool) -> Document {
    let mut document = document.clone();
    if let Some(paths) = document.json["paths"].as_object_mut() {
        for (path, item) in paths.iter_mut() {
            if let Some(item) = item.as_object_mut() {
                item.retain(|key, _| !METHODS.contains(&key.as_str()) || keep(path, key));
            }
        }
        paths.retain(|_, item| METHODS.iter().any(|method| item.get(*method).is_some()));
    }
    let mut needed = BTreeSet::new();
    references(&document.json["paths"], &mut needed);
    let all = document.json["components"]["schemas"].as_object().cloned().unwrap_or_default();
    let mut waiting: Vec<String> = needed.iter().cloned().collect();
    while let Some(name) = waiting.pop() {
        let mut more = BTreeSet::new();
        references(all.get(&name).unwrap_or(&Value::Null), &mut more);
        waiting.extend(more.into_iter().filter(|name| needed.insert(name.clone())));
    }
    let schemas: Map<_, _> = all.into_iter().filter(|(name, _)| needed.contains(name)).collect();
    document.json["components"]["schemas"] = schemas.into();
    document
}

/// Names of the schemas that a value refers to.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            if let Some(name) = object.get("$ref").and_then(Value::as_str) {
                found.extend(name.strip_prefix("#/components/schemas/").map(str::to_owned));
            }
            object.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}
