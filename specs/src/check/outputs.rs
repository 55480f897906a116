//! What an action returns: pages and batches.

use super::Subject;
use super::pointers::{Target, consistent, never};
use crate::diagnostics::{Code, Problem};
use crate::model::FieldType;
use crate::raw::{self, Text};
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
        .also(pages.span.first(), "its pages are described here")
        .help("leave one of them out: pages are of a list that is read, a batch is of many inputs that are sent");
        cx.problems.report(problem);
    }
    if let (Some(pages), None) = (pages, &raw.returns) {
        let problem =
            Problem::new(Code::OutputMismatch, pages.span.first(), "the type of an element is not given")
                .help("add `returns` with the type of one element to this action");
        cx.problems.report(problem);
    }
    if let Some(flag) = &raw.returns_optional
        && (raw.returns.is_none() || pages.is_some() || batch.is_some())
    {
        let message = "`returns_optional` is for an action that answers one value";
        cx.problems.report(Problem::new(Code::UselessKey, flag.span, message).help("leave it out"));
    }
}

/// What leads into an answer can be in one answer.
pub(crate) fn pointers(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    if let Some(pages) = &subject.raw.pagination {
        // What lies beside an answer that is an array, `pages` tells.
        let beside = [&pages.cursor, &pages.more, &pages.total].into_iter().flatten();
        let mut pointers = vec![(&pages.items, Target::Array)];
        pointers.extend(beside.map(|pointer| (pointer, Target::Scalar)));
        if !pages.items.value.is_empty() {
            consistent(cx.problems, &pointers, never);
        }
    }
    if let Some(raw::Batch { results: Some(results), errors: Some(errors), .. }) = &subject.raw.batch {
        consistent(cx.problems, &[(results, Target::Array), (errors, Target::Array)], never);
        if results.value == errors.value {
            let problem = Problem::new(
                Code::PointerClash,
                errors.span,
                format!("results and errors are both at `{}`", errors.value),
            );
            let help = "name where errors are, and leave `errors` out where the API tells none";
            cx.problems.report(problem.also(results.span, "results are here").help(help));
        }
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
    let found = found.filter(|(field, _)| !fits(&cx.table, &field.ty) && !cx.table.is_unknown(&field.ty));
    if let Some((field, span)) = found {
        let message = format!("the argument `{}` is not {what}", field.key);
        let problem = Problem::new(Code::WrongKind, name.span, message)
            .label(format!("expected {what}"))
            .also(*span, "declared here");
        cx.problems.report(problem);
    }
}
