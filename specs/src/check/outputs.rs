//! What an action returns: pages and batches.

use super::Subject;
use crate::diagnostics::{Code, Problem};
use crate::model::{FieldType, Output};
use crate::raw::Text;
use crate::resolve::{Cx, arguments};

/// An answer is one page, one batch or one value, and the type of its elements is known.
pub(crate) fn shape(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    let raw = subject.raw;
    let (pages, batch) = (raw.pagination.as_ref(), raw.batch.as_ref());
    if let (Some(pages), Some(batch)) = (pages, batch) {
        let problem = Problem::new(
            Code::OutputMismatch,
            batch.span.first(),
            "an action has pages or batches, not both",
        )
        .also(pages.span.first(), "its pages are described here");
        cx.problems.report(problem);
    }
    if let (Some(pages), None) = (pages, &raw.returns) {
        let problem =
            Problem::new(Code::OutputMismatch, pages.span.first(), "the type of an element is not given")
                .help("add `returns` with the type of one element to this action");
        cx.problems.report(problem);
    }
}

/// The argument that takes the cursor is a text or a number, the one for the page size a whole number.
pub(crate) fn pagination(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    let (Some(raw), Output::Page { .. }) = (&subject.raw.pagination, &subject.action.output) else { return };
    expect(cx, subject, &raw.param, "a string or an integer", |ty| {
        matches!(ty, FieldType::String | FieldType::Integer)
    });
    if let Some(limit) = &raw.limit_param {
        expect(cx, subject, limit, "an integer", |ty| matches!(ty, FieldType::Integer));
    } else if let Some(max) = &raw.max_limit {
        let problem =
            Problem::new(Code::UselessKey, max.span, "`max_limit` says nothing without `limit_param`")
                .help("name the argument that takes the page size");
        cx.problems.report(problem);
    }
}

/// The argument that takes the elements of a batch is an array.
pub(crate) fn batch(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    if let Some(raw) = &subject.raw.batch {
        expect(cx, subject, &raw.inputs, "an array", |ty| matches!(ty, FieldType::Array(_)));
    }
}

fn expect(cx: &mut Cx<'_>, subject: &Subject<'_>, name: &Text, what: &str, fits: fn(&FieldType) -> bool) {
    let found = arguments(subject.action).zip(subject.spans).find(|(field, _)| field.key == name.value);
    if let Some((field, span)) = found.filter(|(field, _)| !fits(&field.ty)) {
        let message = format!("the argument `{}` is not {what}", field.key);
        let problem = Problem::new(Code::WrongKind, name.span, message)
            .label(format!("expected {what}"))
            .also(*span, "declared here");
        cx.problems.report(problem);
    }
}
