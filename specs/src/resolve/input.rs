//! Bodies and inputs: which fields of an object become arguments, and in which order.

use std::collections::{HashMap, HashSet};

use super::field::{field, is, type_of};
use super::{Cx, Definition, Place};
use crate::diagnostics::{Code, Problem};
use crate::model::{Encoding, Field, Input, Object, TypeRef};
use crate::raw::{InputKeys, Text};
use crate::source::Span;

/// Resolves an input; the second part are the places of its fields.
pub(crate) fn input(cx: &mut Cx<'_>, keys: &InputKeys, span: Span) -> (Input, Vec<Span>) {
    let of = keys.of.as_ref().and_then(|of| object_type(cx, of, "its fields are meant to become arguments"));
    let partial = is(keys.partial.as_ref());
    let mut list = Arguments::default();
    let mut clear = None;
    let mut optional = Vec::new();
    if let Some(of) = of {
        let chosen = choose(cx, keys, of);
        let own = chosen.len() + keys.fields.entries.len();
        let table = &cx.table;
        if let (Some(object), spans) = (table.object(of), &table.get(of).field_spans) {
            clear.clone_from(&object.clear);
            for &(index, required) in &chosen {
                let field = Field { required, ..object.fields[index].clone() };
                let below = field.path.len() > 1 || object.at.is_empty();
                let encoding = if below { object.encoding } else { Encoding::Json };
                let argument = Argument {
                    field,
                    span: spans[index],
                    encoding,
                    clearable: partial && !required && below,
                };
                if required { list.push(argument) } else { optional.push(argument) }
            }
        }
        if !cx.spend(own, span) {
            return (list.input(Some(of), clear), Vec::new());
        }
    }
    check_orphans(cx, keys);
    let mut more = Vec::new();
    for entry in &keys.fields.entries {
        let field = field(cx, entry, Place::Body);
        let clearable = is(entry.value.keys.nullable.as_ref()) && !field.required;
        let argument = Argument { field, span: entry.key.span, encoding: Encoding::Json, clearable };
        if argument.field.required { list.push(argument) } else { more.push(argument) }
    }
    optional.into_iter().chain(more).for_each(|argument| list.push(argument));
    let spans = std::mem::take(&mut list.spans);
    (list.input(of, clear), spans)
}

struct Argument {
    field: Field,
    span: Span,
    encoding: Encoding,
    clearable: bool,
}

#[derive(Default)]
struct Arguments {
    fields: Vec<Field>,
    spans: Vec<Span>,
    encodings: Vec<Encoding>,
    clearable: Vec<bool>,
}

impl Arguments {
    fn push(&mut self, argument: Argument) {
        self.fields.push(argument.field);
        self.spans.push(argument.span);
        self.encodings.push(argument.encoding);
        self.clearable.push(argument.clearable);
    }

    fn input(self, of: Option<TypeRef>, clear: Option<String>) -> Input {
        let Self { fields, encodings, clearable, .. } = self;
        Input { of, fields, encodings, clearable, clear }
    }
}

/// An object type by its name; `why` says why it must be one.
pub(super) fn object_type(cx: &mut Cx<'_>, name: &Text, why: &str) -> Option<TypeRef> {
    let ty = type_of(cx, name)?;
    match cx.table.get(ty).definition {
        Definition::Object(_) => Some(ty),
        Definition::Broken => {
            cx.problems.consequence();
            None
        }
        _ => {
            let message = format!("`{}` is not an object type", name.value);
            let problem = Problem::new(Code::WrongKind, name.span, message)
                .label(why)
                .also(cx.table.get(ty).span, "declared here");
            cx.problems.report(problem);
            None
        }
    }
}

/// Indices of the object's fields that become arguments: the required ones in their order, then the others in that
/// of the file.
fn choose(cx: &mut Cx<'_>, keys: &InputKeys, of: TypeRef) -> Vec<(usize, bool)> {
    let Some(object) = cx.table.object(of) else { return Vec::new() };
    let index: HashMap<String, usize> =
        object.fields.iter().enumerate().map(|(index, field)| (field.key.clone(), index)).collect();
    let only: Option<HashSet<usize>> = keys
        .only
        .as_ref()
        .map(|only| only.items.iter().filter_map(|name| writable(cx, name, of, &index)).collect());
    if let Some(only) = &keys.only {
        repeated(cx, &only.items);
    }
    repeated(cx, &keys.required.items);
    let (mut required, mut seen) = (Vec::new(), HashSet::new());
    for name in &keys.required.items {
        let Some(index) = writable(cx, name, of, &index) else { continue };
        if only.as_ref().is_some_and(|only| !only.contains(&index)) {
            let message = format!("`{}` is required but not in `only`", name.value);
            let mut problem = Problem::new(Code::UnknownField, name.span, message).help("add it to `only`");
            if let Some(first) = keys.only.as_ref().and_then(|only| only.items.first()) {
                problem = problem.also(first.span, "only these become arguments");
            }
            cx.problems.report(problem);
        } else if seen.insert(index) {
            required.push((index, true));
        }
    }
    let Some(object) = cx.table.object(of) else { return required };
    let rest = (0..object.fields.len())
        .filter(|index| !seen.contains(index) && !object.fields[*index].read_only)
        .filter(|index| only.as_ref().is_none_or(|only| only.contains(index)));
    required.iter().copied().chain(rest.map(|index| (index, false))).collect()
}

/// The index of a field that can be written.
fn writable(cx: &mut Cx<'_>, name: &Text, of: TypeRef, index: &HashMap<String, usize>) -> Option<usize> {
    let object = cx.table.object(of)?;
    let declared = cx.table.get(of);
    let Some(&index) = index.get(name.as_str()) else {
        let near = cx.problems.nearest(name.as_str(), writable_names(object)).map(str::to_owned);
        let message = format!("`{}` has no field `{}`", declared.name, name.value);
        let problem = Problem::new(Code::UnknownField, name.span, message)
            .also(declared.span, "the object is declared here")
            .did_you_mean(near.as_deref());
        cx.problems.report(problem);
        return None;
    };
    if object.fields[index].read_only {
        let message = format!("`{}` is read-only: it cannot be written", name.value);
        let problem = Problem::new(Code::ReadOnlyField, name.span, message)
            .also(declared.field_spans[index], "declared `read_only` here")
            .help("leave it out here: the server sets it");
        cx.problems.report(problem);
        return None;
    }
    Some(index)
}

fn writable_names(object: &Object) -> impl Iterator<Item = &str> {
    object.fields.iter().filter(|field| !field.read_only).map(|field| field.key.as_str())
}

fn repeated(cx: &mut Cx<'_>, names: &[Text]) {
    let mut seen = HashMap::new();
    for name in names {
        if let Some(first) = seen.insert(name.as_str(), name.span) {
            let problem =
                Problem::new(Code::DuplicateKey, name.span, format!("`{}` is named twice", name.value));
            cx.problems.report(problem.also(first, "first named here").help("leave one of the two out"));
        }
    }
}

/// `only`, `required` and `partial` speak of the fields of `of`.
fn check_orphans(cx: &mut Cx<'_>, keys: &InputKeys) {
    if keys.of.is_some() {
        return;
    }
    let only = keys.only.iter().flat_map(|only| &only.items);
    for name in only.chain(&keys.required.items) {
        let mut problem =
            Problem::new(Code::UselessKey, name.span, "this names a field of `of`, which is not given");
        if keys.fields.entries.iter().any(|entry| entry.key.value == name.value) {
            problem = problem.help("a field in `fields` says itself that it is required: \"required\": true");
        }
        cx.problems.report(problem);
    }
    if let Some(partial) = keys.partial.as_ref().filter(|partial| partial.value) {
        cx.problems.error(Code::UselessKey, partial.span, "`partial` says nothing without `of`");
    }
}
