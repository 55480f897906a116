//! Lists that end before their end, and batches whose outcomes are told apart: what they name must be there and fit.

use crate::diagnostics::{Code, Problem};
use crate::model::{Action, FieldType};
use crate::raw::{self, Text};
use crate::resolve::{Cx, arguments};

/// `keyset` needs a key, a filter and an order; `stop` needs nothing.
pub(crate) fn keys(cx: &mut Cx<'_>, raw: &raw::Cap, is_keyset: bool) {
    let keys = [("key", &raw.key), ("filter", &raw.filter), ("sort", &raw.sort)];
    for (name, value) in keys {
        if is_keyset && value.is_none() {
            let message = format!("missing key `{name}`");
            let problem = Problem::new(Code::MissingKey, raw.span.first(), message);
            let problem = problem.label(format!("the strategy `keyset` needs `{name}`"));
            let help = "without a unique key, a filter and an order the list can only end there: \"strategy\": \"stop\"";
            cx.problems.report(problem.help(help));
        }
    }
    for (name, value) in keys.into_iter().chain([("select", &raw.select)]) {
        if let (false, Some(value)) = (is_keyset, value) {
            let message = format!("`{name}` says nothing without the strategy `keyset`");
            let problem = Problem::new(Code::UselessKey, value.span, message);
            cx.problems.report(problem.help("add \"strategy\": \"keyset\""));
        }
    }
    if is_keyset && raw.key.is_some() {
        let operators = cx.raw.filters.as_ref().map(|filters| &filters.operators);
        if operators.is_some_and(|operators| operators.gt.is_none()) {
            let problem = Problem::new(Code::WrongKind, raw.span.first(), "the API's filters have no `gt`")
                .help("the strategy `keyset` asks for what is greater than the last key");
            cx.problems.report(problem);
        }
    }
}

/// The key is a property of the list's elements that has an order.
pub(crate) fn key(cx: &mut Cx<'_>, key: &Text, item: &FieldType) {
    if cx.table.is_unknown(item) {
        return;
    }
    let object = match item {
        FieldType::Named(item) => cx.table.object(*item),
        _ => None,
    };
    let fields = object.map_or(&[][..], |object| &object.fields);
    match fields.iter().find(|field| field.wire_name == key.value) {
        None => {
            let known: Vec<_> = fields.iter().map(|field| field.wire_name.clone()).collect();
            unknown_field(cx, key, "elements of this list", &known);
        }
        Some(field) if !has_order(&field.ty) => {
            let message = format!("the values of `{}` have no order", key.value);
            let problem =
                Problem::new(Code::WrongKind, key.span, message).label("expected a number or a time");
            cx.problems.report(problem);
        }
        Some(_) => {}
    }
}

fn has_order(ty: &FieldType) -> bool {
    matches!(
        ty,
        FieldType::Integer | FieldType::Decimal | FieldType::Float | FieldType::Date | FieldType::DateTime
    )
}

/// An argument is of the kind that is needed, and of the list's elements.
pub(crate) fn argument(
    cx: &mut Cx<'_>,
    action: &Action,
    name: &Text,
    what: &str,
    fits: fn(&FieldType) -> bool,
    item: &FieldType,
) {
    let Some(field) = arguments(action).find(|field| field.key == name.value) else { return };
    if cx.table.is_unknown(&field.ty) || cx.table.is_unknown(item) {
        return;
    }
    let of_item = match (&field.ty, item) {
        (FieldType::Filter(of) | FieldType::Sort(of) | FieldType::Selection(of), FieldType::Named(item)) => {
            of == item
        }
        _ => false,
    };
    if !fits(&field.ty) || !of_item {
        let message = format!("the argument `{}` is not {what} of what the list holds", field.key);
        let problem = Problem::new(Code::WrongKind, name.span, message).label(format!("expected {what}"));
        cx.problems.report(problem);
    }
}

pub(crate) fn unknown_field(cx: &mut Cx<'_>, name: &Text, owner: &str, known: &[String]) {
    let near = cx.problems.nearest(name.as_str(), known.iter().map(String::as_str));
    let message = format!("{owner} have no field `{}`", name.value);
    let mut problem = Problem::new(Code::UnknownField, name.span, message);
    if near.is_none() && !known.is_empty() {
        let known: Vec<_> = known.iter().map(String::as_str).take(12).collect();
        problem = problem.help(format!("known are {}", crate::raw::list(&known)));
    }
    cx.problems.report(problem.did_you_mean(near));
}
