//! `pagination`: one way to the next page, and what it names is there and fits.

use super::Subject;
use crate::diagnostics::{Code, Problem};
use crate::model::{Action, Field, FieldType, NextPage, Output, Place, TypeKind};
use crate::raw::{self, Text};
use crate::resolve::{Cx, arguments};

const WAYS: &str = "`cursor`, `last` or `link`";

/// At most one of `cursor`, `last` and `link`, with the argument that takes what they give.
pub(crate) fn ways(cx: &mut Cx<'_>, raw: &raw::Pagination) {
    let ways: Vec<&Text> = [&raw.cursor, &raw.last, &raw.link].into_iter().flatten().collect();
    if let [first, second, ..] = *ways {
        let problem = Problem::new(Code::OutputMismatch, second.span, "a list has one way to its next page")
            .also(first.span, "this is one already")
            .help("keep one of `cursor`, `last` and `link`");
        cx.problems.report(problem);
    }
    match (ways.first(), &raw.param) {
        (Some(_), None) => {
            let problem = Problem::new(Code::MissingKey, raw.span.first(), "missing key `param`")
                .label("the argument that takes the cursor of the next page is not named")
                .help("add its name: \"param\": \"page\"");
            cx.problems.report(problem);
        }
        (None, Some(param)) => {
            useless(cx, param, "`param` says nothing without a way to the next page", WAYS);
        }
        _ => {}
    }
    if let (None, Some(limit)) = (ways.first(), &raw.limit_param) {
        useless(cx, limit, "`limit_param` says nothing of a list that comes whole", WAYS);
    }
    if let Some(more) = raw.more.as_ref().filter(|_| raw.cursor.is_none() && raw.last.is_none()) {
        useless(cx, more, "`more` says nothing without `cursor` or `last`", "`cursor` or `last`");
    }
    if let Some(also) = raw.also.items.first().filter(|_| raw.link.is_none()) {
        useless(cx, also, "`also` says nothing without `link`", "`link`");
    }
    if raw.items.value.is_empty() {
        for beside in [&raw.cursor, &raw.more, &raw.total].into_iter().flatten() {
            let problem =
                Problem::new(Code::WrongKind, beside.span, "an answer that is an array holds nothing else")
                    .also(raw.items.span, "the whole answer is the array");
            cx.problems.report(problem);
        }
    }
}

fn useless(cx: &mut Cx<'_>, key: &Text, message: &str, needed: &str) {
    let problem =
        Problem::new(Code::UselessKey, key.span, message).help(format!("add {needed}, or leave it out"));
    cx.problems.report(problem);
}

/// The index of the field of a list's elements that leads to the next page: always there, and one value.
pub(crate) fn last(cx: &mut Cx<'_>, pointer: &Text, item: &FieldType) -> Option<usize> {
    let keys = super::pointers::keys(cx.problems, pointer);
    if cx.table.is_unknown(item) {
        cx.problems.consequence();
        return None;
    }
    let fields: &[Field] = match item {
        FieldType::Named(item) => cx.table.object(*item).map_or(&[], |object| &object.fields),
        _ => &[],
    };
    let Some(index) = fields.iter().position(|field| field.path == keys) else {
        let known: Vec<_> = fields.iter().map(|field| format!("/{}", field.path.join("/"))).collect();
        super::caps::unknown_field(cx, pointer, "elements of this list", &known);
        return None;
    };
    let field = &fields[index];
    let is_value = match &field.ty {
        FieldType::Named(ty) => matches!(cx.table.get(*ty).kind, Some(TypeKind::Id)),
        ty => matches!(ty, FieldType::String | FieldType::Integer),
    };
    let why = match (field.required, is_value) {
        (true, true) => return Some(index),
        (false, _) => "it can be absent, and then nothing leads to the next page",
        (_, false) => "expected a string, an integer or an id",
    };
    let message = format!("`{}` cannot lead to the next page", pointer.value);
    cx.problems.report(Problem::new(Code::WrongKind, pointer.span, message).label(why));
    None
}

/// Arguments: what takes the cursor is a text or a number, for a link in the query; the one for the page size is a whole number.
pub(crate) fn arguments_fit(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    let (Some(raw), Output::Page { pagination, .. }) = (&subject.raw.pagination, &subject.action.output)
    else {
        return;
    };
    if let Some(param) = &raw.param {
        super::outputs::expect(cx, subject, param, "a string, an integer or an id", |table, ty| match ty {
            FieldType::Named(ty) => matches!(table.get(*ty).kind, Some(TypeKind::Id)),
            ty => matches!(ty, FieldType::String | FieldType::Integer),
        });
        if matches!(pagination.next, Some(NextPage::Link { .. })) {
            for name in std::iter::once(param).chain(&raw.also.items) {
                of_link(cx, subject.action, name);
            }
        }
    }
    if let Some(limit) = &raw.limit_param {
        super::outputs::expect(cx, subject, limit, "an integer", |_, ty| matches!(ty, FieldType::Integer));
    } else if let Some(max) = &raw.max_limit {
        let problem =
            Problem::new(Code::UselessKey, max.span, "`max_limit` says nothing without `limit_param`")
                .help("name the argument that takes the page size");
        cx.problems.report(problem);
    }
}

/// It is an argument of the query; what is no argument at all was reported.
fn of_link(cx: &mut Cx<'_>, action: &Action, name: &Text) {
    let Some(index) = arguments(action).position(|field| field.key == name.value) else { return };
    let place = action.parameters.get(index).map(|parameter| parameter.place);
    if !matches!(place, Some(Place::Query(_))) {
        let message = format!("the argument `{}` is not in the query", name.value);
        let problem = Problem::new(Code::WrongKind, name.span, message)
            .label("the address of a link holds arguments of the query")
            .help("move this argument to `query`, where the API takes it there");
        cx.problems.report(problem);
    }
}
