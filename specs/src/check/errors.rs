//! `errors`: where an error body keeps what.

use super::pointers::{Target, consistent, number};
use crate::diagnostics::Problems;
use crate::json::{Kind, Value};
use crate::raw;
use crate::source::Span;

/// All pointers can lead somewhere in one body.
pub(crate) fn pointers(problems: &mut Problems, raw: &raw::Errors) {
    consistent(problems, &of_body(raw), number);
    if let Some(details) = &raw.details {
        consistent(problems, &of_detail(details), number);
    }
}

fn of_body(raw: &raw::Errors) -> Vec<(&raw::Text, Target)> {
    let texts = [&raw.message, &raw.category, &raw.sub_category, &raw.correlation_id];
    let mut all: Vec<_> = texts.into_iter().flatten().map(|pointer| (pointer, Target::Scalar)).collect();
    all.extend(raw.missing_scopes.items.iter().map(|pointer| (pointer, Target::Array)));
    all
}

fn of_detail(raw: &raw::ErrorDetails) -> Vec<(&raw::Text, Target)> {
    let texts = [&raw.message, &raw.code, &raw.field];
    texts.into_iter().flatten().map(|pointer| (pointer, Target::Scalar)).collect()
}

/// What does not fit in a recorded error body.
pub(crate) fn mismatches(raw: &raw::Errors, body: &Value) -> Vec<(Span, String)> {
    let (mut found, mut any) = (Vec::new(), false);
    for (pointer, target) in of_body(raw) {
        let Some(value) = lead(body, pointer) else { continue };
        any = true;
        let fits = match target {
            Target::Scalar => matches!(value.kind, Kind::String(_) | Kind::Number(_) | Kind::Null),
            Target::Array => matches!(value.kind, Kind::Array(_) | Kind::Null),
        };
        if !fits {
            let expected = format!("`{}` should be {}", pointer.value, target.name());
            found.push((value.span.first(), format!("{expected}, found {}", value.type_name())));
        }
    }
    if !any && !of_body(raw).is_empty() {
        found.push((
            body.span.first(),
            "no pointer of `errors` in `connector.json` leads anywhere in it".to_owned(),
        ));
    }
    found
}

fn lead<'v>(body: &'v Value, pointer: &raw::Text) -> Option<&'v Value> {
    let keys = super::pointers::parse(pointer.as_str()).ok()?;
    keys.iter().try_fold(body, |value, key| match &value.kind {
        Kind::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => value.get(key),
    })
}
