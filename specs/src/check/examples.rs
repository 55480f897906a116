//! Examples: what was asked can be asked, and what came back can be read.

use std::collections::{HashMap, HashSet};

use super::Subject;
use super::values::{Mismatch, Origin, mismatches};
use crate::diagnostics::{Code, Problem};
use crate::json::{Kind, Value};
use crate::model::{Action, Field, FieldType, NextPage, Output, Wire};
use crate::raw;
use crate::resolve::{Cx, arguments};
use crate::source::Span;

/// Every example of an action.
pub(crate) fn examples(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    for example in &subject.raw.examples.items {
        let status = example.status.as_ref().map_or(200, |status| status.value);
        if let Some(raw) = &example.status
            && !(100..600).contains(&status)
        {
            let problem =
                Problem::new(Code::OutOfRange, raw.span, format!("`{status}` is not an HTTP status"));
            cx.problems.report(problem.label("expected 100 to 599"));
        }
        request(cx, subject.action, example);
        if status < 400 {
            response(cx, subject, example);
        } else if let (Some(errors), Some(body)) = (&cx.raw.errors, &example.response) {
            for (span, label) in super::errors::mismatches(errors, body) {
                let problem = Problem::new(Code::ExampleMismatch, span, "this error cannot be read")
                    .label(label)
                    .also(errors.span.first(), "which says where an error keeps what");
                cx.problems.report(problem);
            }
        }
    }
}

/// Arguments by key, as a caller gives them. An example may leave out the request altogether.
fn request(cx: &mut Cx<'_>, action: &Action, example: &raw::Example) {
    let why = "this request cannot be sent";
    let known: HashMap<_, _> = arguments(action)
        .zip(action.clearable())
        .map(|(field, clear)| (field.key.as_str(), (field, clear)))
        .collect();
    let mut given = HashSet::new();
    for entry in &example.request.entries {
        given.insert(entry.key.as_str());
        let Some(&(field, clear)) = known.get(entry.key.as_str()) else {
            super::arguments::unknown(cx, action, &entry.key);
            continue;
        };
        if clear && matches!(entry.value.kind, Kind::Null) {
            continue;
        }
        let found = mismatches(&cx.table, &field.ty, &field.wire, &entry.value, Origin::Author);
        report(cx, found, why);
    }
    let Some(first) = example.request.entries.first() else { return };
    let missing = |field: &&Field| field.must_be_given() && !given.contains(field.key.as_str());
    for field in arguments(action).filter(missing) {
        let message = format!("the required argument `{}` is missing", field.key);
        report(cx, vec![(first.key.span, message)], why);
    }
}

fn response(cx: &mut Cx<'_>, subject: &Subject<'_>, example: &raw::Example) {
    let action = subject.action;
    let why = "this response cannot be read";
    let Some(response) = &example.response else {
        if !matches!(action.output, Output::Nothing | Output::Optional(_) | Output::Batch { item: None, .. })
        {
            let message = "this example has no `response`";
            let problem = Problem::new(Code::ExampleMismatch, example.span.first(), message)
                .label("the action returns something")
                .help("add what the API answered, or its `status` where that is an error");
            cx.problems.report(problem);
        }
        return;
    };
    match &action.output {
        Output::Nothing | Output::Batch { item: None, .. } => {}
        Output::Value(ty) | Output::Optional(ty) => {
            let found = mismatches(&cx.table, ty, &Wire::Plain, response, Origin::Api);
            report(cx, found, why);
        }
        Output::Page { item, pagination } => {
            let pointer = subject.raw.pagination.as_ref().map(|pages| pages.items.span);
            elements(cx, response, &pagination.items, item, pointer);
            if let Some(NextPage::Cursor(cursor)) = &pagination.next {
                scalar(cx, response, cursor, "the cursor is a text or a number");
            }
            if let Some(total) = &pagination.total {
                scalar(cx, response, total, "the total is a number");
            }
        }
        Output::Batch { item: Some(item), batch } => {
            let pointer = subject.raw.batch.as_ref().and_then(|batch| Some(batch.results.as_ref()?.span));
            elements(cx, response, &batch.results, item, pointer);
        }
    }
}

/// What may be there at a path, and then is no object and no list.
fn scalar(cx: &mut Cx<'_>, response: &Value, path: &[String], expected: &str) {
    let Some(found) = path.iter().try_fold(response, |value, key| value.get(key)) else { return };
    if !matches!(found.kind, Kind::String(_) | Kind::Number(_) | Kind::Null) {
        let label = format!("{expected}, found {}", found.type_name());
        report(cx, vec![(found.span.first(), label)], "this response cannot be read");
    }
}

/// Each element of the array at a path.
fn elements(cx: &mut Cx<'_>, response: &Value, path: &[String], item: &FieldType, pointer: Option<Span>) {
    let why = "this response cannot be read";
    let at = path.iter().try_fold(response, |value, key| value.get(key));
    match at.map(|value| &value.kind) {
        Some(Kind::Array(items)) => {
            for element in items {
                let found = mismatches(&cx.table, item, &Wire::Plain, element, Origin::Api);
                report(cx, found, why);
            }
        }
        _ => {
            let mut problem = Problem::new(Code::ExampleMismatch, response.span.first(), why)
                .label(format!("there is no array at `/{}`", path.join("/")));
            if let Some(pointer) = pointer {
                problem = problem.also(pointer, "the elements should be there");
            }
            cx.problems.report(problem);
        }
    }
}

fn report(cx: &mut Cx<'_>, found: Vec<Mismatch>, message: &str) {
    for (span, label) in found {
        let problem = Problem::new(Code::ExampleMismatch, span, message);
        let is_missing = label.starts_with("the required field");
        let problem = problem.label(label);
        cx.problems.report(match is_missing {
            true => problem.help("where the API may leave it out, its field is not `required`"),
            false => problem,
        });
    }
}
