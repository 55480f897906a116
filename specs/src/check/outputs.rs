//! What an action returns: pages and batches.

use super::Subject;
use crate::diagnostics::{Code, Problem};
use crate::model::FieldType;
use crate::raw::Text;
use crate::resolve::{Cx, Table, arguments};

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

/// The argument that takes the elements of a batch is an array.
pub(crate) fn batch(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    if let Some(raw) = &subject.raw.batch {
        expect(cx, subject, &raw.inputs, "an array", |_, ty| matches!(ty, FieldType::Array(_)));
    }
}

/// An argument of the action is of a type that fits.
pub(super) fn expect(
    cx: &mut Cx<'_>,
    subject: &Subject<'_>,
    name: &Text,
    what: &str,
    fits: fn(&Table<'_>, &FieldType) -> bool,
) {
    let found = arguments(subject.action).zip(subject.spans).find(|(field, _)| field.key == name.value);
    if let Some((field, span)) = found.filter(|(field, _)| !fits(&cx.table, &field.ty)) {
        let message = format!("the argument `{}` is not {what}", field.key);
        let problem = Problem::new(Code::WrongKind, name.span, message)
            .label(format!("expected {what}"))
            .also(*span, "declared here");
        cx.problems.report(problem);
    }
}
