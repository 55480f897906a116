//! Types as a whole: no object without end.

use crate::diagnostics::{Code, Problem};
use crate::model::{Field, FieldType, Module, TypeKind, TypeRef};
use crate::resolve::{Cx, Table};

/// An object that must contain itself has no value; an array, a map or an optional field is a way out.
pub(crate) fn infinite(cx: &mut Cx<'_>, _: &[Module]) {
    let (mut state, mut found) = (vec![State::New; cx.table.list.len()], Vec::new());
    for start in 0..state.len() {
        if state[start] == State::New {
            walk(&cx.table, start, &mut state, &mut found);
        }
    }
    for (owner, index) in found {
        cx.broken.types.insert(TypeRef(owner));
        let declared = &cx.table.list[owner];
        let Some(field) = fields(&cx.table, owner).get(index) else { continue };
        let message = format!("`{}` contains itself without end", declared.name);
        let span = declared.field_spans.get(index).copied().unwrap_or(declared.span);
        let problem = Problem::new(Code::InfiniteType, span, message)
            .label(format!("`{}` leads back to it", field.key))
            .help("make this field an array or a map, or optional if it is an object");
        cx.problems.report(problem);
    }
}

/// What tells which type of a union it is must be able to hold what tells it.
pub(crate) fn tags(cx: &mut Cx<'_>, _: &[Module]) {
    for index in 0..cx.table.list.len() {
        let Some(TypeKind::Union(union)) = &cx.table.list[index].kind else { continue };
        let Some(tag) = &union.tag else { continue };
        let mut found = Vec::new();
        for variant in &union.variants {
            let declared = cx.table.get(variant.ty);
            let fields = fields(&cx.table, variant.ty.0);
            let Some(at) = fields.iter().position(|field| field.path == [tag.as_str()]) else { continue };
            let fits = match &fields[at].ty {
                FieldType::String => fields[at].constant.as_ref().is_none_or(|value| *value == variant.key),
                FieldType::Named(of) => match &cx.table.get(*of).kind {
                    Some(TypeKind::Enum(known)) => {
                        known.open || known.values.iter().any(|value| value.wire == variant.key)
                    }
                    Some(TypeKind::Id) | None => true,
                    _ => false,
                },
                _ => false,
            };
            let span = declared.field_spans.get(at).copied().unwrap_or(declared.span);
            if !fits {
                found.push((variant.key.clone(), span));
            }
        }
        let (name, place) = (cx.table.list[index].name.clone(), cx.table.list[index].span);
        for (key, span) in found {
            let message = format!("this field cannot be `{key}`, by which the union `{name}` knows it");
            let problem = Problem::new(Code::WrongKind, span, message)
                .label("expected a string, or an enum with this value")
                .also(place, "the union");
            cx.problems.report(problem);
            cx.broken.types.insert(TypeRef(index));
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

/// Depth first without recursion: there may be many types in a row.
fn walk(table: &Table<'_>, start: usize, state: &mut [State], found: &mut Vec<(usize, usize)>) {
    let mut stack = vec![(start, 0)];
    state[start] = State::Open;
    while let Some((owner, next)) = stack.pop() {
        let Some(field) = fields(table, owner).get(next) else {
            state[owner] = State::Done;
            continue;
        };
        stack.push((owner, next + 1));
        let FieldType::Named(TypeRef(inner)) = field.ty else { continue };
        // An input holds its optional parts in place, so that only a list or a map is a way out.
        let in_place = matches!(table.list[inner].kind, Some(TypeKind::Input(_)));
        if !(field.required || in_place) || field.constant.is_some() {
            continue;
        }
        match state[inner] {
            State::New => {
                state[inner] = State::Open;
                stack.push((inner, 0));
            }
            State::Open => found.push((owner, next)),
            State::Done => {}
        }
    }
}

fn fields<'a>(table: &'a Table<'_>, index: usize) -> &'a [Field] {
    match &table.list[index].kind {
        Some(TypeKind::Object(object)) => &object.fields,
        Some(TypeKind::Input(input)) => &input.fields,
        _ => &[],
    }
}
