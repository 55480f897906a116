//! What an action answers: one value, a page of a list, or the outcomes of a batch.

use super::action::{argument, arguments, narrow};
use super::{Cx, Place, field};
use crate::check;
use crate::diagnostics::{Code, Problem};
use crate::model::{
    Action, Batch, BatchId, BatchProperty, BatchTrace, Cap, Field, FieldType, Keyset, NextPage, Object,
    Output, Pagination, TypeKind,
};
use crate::raw::{self, CapWord, Text};
use crate::source::Span;

pub(super) fn output(cx: &mut Cx<'_>, raw: &raw::Action, action: &Action) -> Output {
    let item = raw.returns.as_ref().map(|returns| {
        let ty = field::shape(cx, returns);
        check::fields::kinds(cx, returns, Place::Envelope);
        ty
    });
    if let Some(raw) = &raw.pagination {
        // That it is missing is told by a rule.
        let item = item.unwrap_or_else(|| cx.stand_in());
        let pagination = pagination(cx, raw, action, &item);
        return Output::Page { item, pagination };
    }
    if let Some(raw) = &raw.batch {
        let batch = batch(cx, raw, action, item.as_ref());
        return Output::Batch { item, batch };
    }
    // Bytes may be none as they are.
    let optional = raw.returns_optional.as_ref().is_some_and(|flag| flag.value);
    match item {
        None => Output::Nothing,
        Some(item) if optional && item != FieldType::Bytes => Output::Optional(item),
        Some(item) => Output::Value(item),
    }
}

fn pagination(cx: &mut Cx<'_>, raw: &raw::Pagination, action: &Action, item: &FieldType) -> Pagination {
    check::pages::ways(cx, raw);
    let mut named = |name: Option<&Text>| name.and_then(|name| argument(cx, action, name));
    let (param, limit_param) = (named(raw.param.as_ref()), named(raw.limit_param.as_ref()));
    let next = match (&raw.cursor, &raw.last, &raw.link) {
        (Some(cursor), ..) => Some(NextPage::Cursor(check::pointers::keys(cx.problems, cursor))),
        (_, Some(last), _) => check::pages::last(cx, last, item).map(NextPage::Last),
        (.., Some(link)) => {
            let also = raw.also.items.iter().filter_map(|name| argument(cx, action, name)).collect();
            Some(NextPage::Link { relation: link.value.clone(), also })
        }
        _ => None,
    };
    let mut keys = |pointer: &Text| check::pointers::keys(cx.problems, pointer);
    Pagination {
        param,
        limit_param,
        items: keys(&raw.items),
        next,
        more: raw.more.as_ref().map(&mut keys),
        total: raw.total.as_ref().map(&mut keys),
        max_limit: raw.max_limit.as_ref().map(|limit| narrow(limit.value)),
        cap: raw.cap.as_ref().map(|raw| cap(cx, raw, action, item)),
    }
}

fn cap(cx: &mut Cx<'_>, raw: &raw::Cap, action: &Action, item: &FieldType) -> Cap {
    let is_keyset = raw.strategy.as_ref().and_then(|word| word.value) == Some(CapWord::Keyset);
    check::caps::keys(cx, raw, is_keyset);
    let keyset = is_keyset.then(|| keyset(cx, raw, action, item)).flatten();
    Cap { records: raw.records.value, keyset }
}

/// `None` where something is missing, which was reported.
fn keyset(cx: &mut Cx<'_>, raw: &raw::Cap, action: &Action, item: &FieldType) -> Option<Keyset> {
    let key = raw.key.as_ref()?;
    check::caps::key(cx, key, item);
    let mut of_item = |name: &Text, what: &str, fits: fn(&FieldType) -> bool| {
        check::caps::argument(cx, action, name, what, fits, item);
        argument(cx, action, name)
    };
    let filter = of_item(raw.filter.as_ref()?, "a filter", |ty| matches!(ty, FieldType::Filter(_)));
    let sort = of_item(raw.sort.as_ref()?, "a sort order", |ty| matches!(ty, FieldType::Sort(_)));
    let is_selection = |ty: &FieldType| matches!(ty, FieldType::Selection(_));
    let select = raw.select.as_ref().and_then(|name| of_item(name, "a selection", is_selection));
    Some(Keyset { key: key.value.clone(), filter: filter?, sort: sort?, select })
}

fn batch(cx: &mut Cx<'_>, raw: &raw::Batch, action: &Action, item: Option<&FieldType>) -> Batch {
    let mut at = |pointer: Option<&Text>, default: &str| match pointer {
        Some(pointer) => check::pointers::keys(cx.problems, pointer),
        None => vec![default.to_owned()],
    };
    let (results, errors) = (at(raw.results.as_ref(), "results"), at(raw.errors.as_ref(), "errors"));
    let inputs = argument(cx, action, &raw.inputs).unwrap_or_default();
    let input =
        arguments(action).find(|field| field.key == raw.inputs.value).and_then(|field| match &field.ty {
            FieldType::Array(element) => Some(&**element),
            _ => None,
        });
    let sides = Sides { input, item };
    Batch {
        inputs,
        max: narrow(raw.max.value),
        results,
        errors,
        trace: raw.trace.as_ref().and_then(|raw| {
            let input = sides.mark(cx, &raw.input);
            let result = sides.result(cx, &raw.result, raw.span);
            check::pointers::keys(cx.problems, &raw.error);
            Some(BatchTrace { input: input?, result: result?, error: raw.error.value.clone() })
        }),
        id: raw.id.as_ref().and_then(|raw| {
            let input = sides.input(cx, &raw.input);
            let result = sides.result(cx, &raw.result, raw.span);
            if let Some(error) = &raw.error {
                check::pointers::keys(cx.problems, error);
            }
            let property = raw.property.as_ref().and_then(|name| {
                if arguments(action).any(|field| field.key == name.value) {
                    return argument(cx, action, name).map(BatchProperty::Argument);
                }
                sides.input(cx, name).map(BatchProperty::Input)
            });
            let select = raw.select.as_ref().and_then(|name| argument(cx, action, name));
            let error = raw.error.as_ref().map(|error| error.value.clone());
            Some(BatchId { input: input?, result: result?, error, property, select })
        }),
    }
}

/// The types on the two sides of a batch.
struct Sides<'a> {
    input: Option<&'a FieldType>,
    item: Option<&'a FieldType>,
}

impl Sides<'_> {
    /// The fields of an input.
    fn fields<'c>(&self, cx: &'c Cx<'_>) -> &'c [Field] {
        match self.input {
            Some(FieldType::Named(input)) => match &cx.table.get(*input).kind {
                Some(TypeKind::Input(input)) => &input.fields,
                _ => &[],
            },
            _ => &[],
        }
    }

    /// The index of an input's field that takes any text.
    fn mark(&self, cx: &mut Cx<'_>, name: &Text) -> Option<usize> {
        let index = self.input(cx, name)?;
        if !matches!(self.fields(cx)[index].ty, FieldType::String) {
            let message = format!("`{}` takes no text", name.value);
            let problem = Problem::new(Code::WrongKind, name.span, message).label("expected a string");
            cx.problems.report(problem);
        }
        Some(index)
    }

    /// The index of an input's field.
    fn input(&self, cx: &mut Cx<'_>, name: &Text) -> Option<usize> {
        // What the inputs are is not known, which was told.
        if self.input.is_none_or(|input| cx.table.is_unknown(input)) {
            cx.problems.consequence();
            return None;
        }
        let fields = self.fields(cx);
        let found = fields.iter().position(|field| field.key == name.value);
        if found.is_none() {
            let known: Vec<_> = fields.iter().map(|field| field.key.clone()).collect();
            check::caps::unknown_field(cx, name, "inputs of this batch", &known);
        }
        found
    }

    /// The index of a result's field, by the pointer that leads to it.
    fn result(&self, cx: &mut Cx<'_>, pointer: &Text, place: Span) -> Option<usize> {
        let keys = check::pointers::keys(cx.problems, pointer);
        let Some(item) = self.item else {
            let problem =
                Problem::new(Code::UselessKey, place.first(), "there are no results to tell apart without `returns`")
                    .help("say in `returns` what the API answers, or leave this out: success is then that of the whole request");
            cx.problems.report(problem);
            return None;
        };
        if cx.table.is_unknown(item) {
            cx.problems.consequence();
            return None;
        }
        let object: Option<&Object> = match item {
            FieldType::Named(item) => cx.table.object(*item),
            _ => None,
        };
        let found = object.and_then(|object| object.fields.iter().position(|field| field.path == keys));
        let fits = found.zip(object).is_none_or(|(index, object)| is_scalar(cx, &object.fields[index].ty));
        if found.is_none() {
            let known: Vec<_> = object
                .iter()
                .flat_map(|object| &object.fields)
                .map(|field| format!("/{}", field.path.join("/")))
                .collect();
            check::caps::unknown_field(cx, pointer, "results of this batch", &known);
        }
        if !fits {
            let message = format!("`{}` is no mark", pointer.value);
            let problem = Problem::new(Code::WrongKind, pointer.span, message)
                .label("expected a field that is a text, a number or an id");
            cx.problems.report(problem);
        }
        found
    }
}

/// Whether a value of this type can be compared with another, as ids and marks are.
fn is_scalar(cx: &Cx<'_>, ty: &FieldType) -> bool {
    match ty {
        FieldType::Array(_) | FieldType::Map(_) | FieldType::Json | FieldType::Bytes => false,
        FieldType::Named(of) => {
            !matches!(&cx.table.get(*of).kind, Some(TypeKind::Object(_) | TypeKind::Union(_)))
        }
        _ => true,
    }
}
