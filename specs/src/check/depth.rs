//! Chains of types that are longer than the compiler follows.
//!
//! Whether a type is `Send`, which `tokio::spawn` asks of a call, depends on all types that it holds. rustc follows them to a depth of 128
//! (`recursion_limit`), over each type and over what is around it: two steps for an object in an optional field, four for one in a list
//! or a map. Measured with rustc 1.95: 57 objects in optional fields compile, 28 in lists, and one more of each does not.

use std::collections::HashSet;

use crate::diagnostics::{Code, Problem};
use crate::model::{Action, Field, FieldType, Module, Output, TypeKind};
use crate::resolve::{Cx, circles};

/// Most steps to the last type; what is left of 128 is for that one and for the futures around a call.
const MAX_STEPS: usize = 96;

/// Most edges that are walked in all: there may be thousands of types that all lead to each other.
const MAX_WALKED: usize = 5_000_000;

/// A type that another one holds.
#[derive(Clone, Copy)]
struct Held {
    ty: usize,
    /// Steps of the compiler to get there.
    steps: usize,
}

/// Tells of the type from which the longest of such chains starts.
pub(crate) fn chains(cx: &mut Cx<'_>, modules: &[Module]) {
    let graph = graph(cx);
    let mut roots: Vec<usize> =
        modules.iter().flat_map(|module| &module.actions).filter_map(answered).collect();
    let held: HashSet<usize> = graph.iter().flatten().map(|held| held.ty).collect();
    roots.extend((0..graph.len()).filter(|ty| !held.contains(ty)));
    let mut seen = HashSet::new();
    roots.retain(|ty| seen.insert(*ty));
    let mut left = MAX_WALKED;
    let deepest = roots.into_iter().filter_map(|root| Some((root, walk(&graph, root, &mut left)?)));
    let Some((root, chain)) = deepest.max_by_key(|(_, chain)| chain.steps) else { return };
    if chain.steps <= MAX_STEPS {
        return;
    }
    let last = chain.way.last().copied().unwrap_or(root);
    let (first, last) = (&cx.table.list[root], &cx.table.list[last]);
    let message = format!("`{}` holds types in types, {} deep", first.name, chain.way.len());
    let limit = (chain.steps + 128 - MAX_STEPS).next_power_of_two();
    let problem = Problem::new(Code::DeepType, first.span, message)
        .label("the compiler may give up where this must be `Send`, as in `tokio::spawn`")
        .also(last.span, "the last of them")
        .help(format!(
            "write `#![recursion_limit = \"{limit}\"]` at the top of the crate that uses it, or make a field on the way `json`"
        ));
    cx.problems.report(problem);
}

/// The longest way from a type.
struct Chain {
    steps: usize,
    way: Vec<usize>,
}

/// Goes as the compiler does: into each type once, depth first. `None` where there is no time left.
fn walk(graph: &[Vec<Held>], root: usize, left: &mut usize) -> Option<Chain> {
    let mut longest = Chain { steps: 0, way: Vec::new() };
    let mut seen = vec![false; graph.len()];
    seen[root] = true;
    let mut way = vec![(root, 0, 0)];
    while let Some((ty, next, steps)) = way.last_mut() {
        let Some(held) = graph[*ty].get(*next).copied() else {
            way.pop();
            continue;
        };
        *next += 1;
        *left = left.checked_sub(1)?;
        let steps = *steps + held.steps;
        if std::mem::replace(&mut seen[held.ty], true) {
            continue;
        }
        way.push((held.ty, 0, steps));
        if steps > longest.steps {
            longest = Chain { steps, way: way.iter().map(|(ty, ..)| *ty).collect() };
        }
    }
    Some(longest)
}

/// The types that each type holds, in the order of its fields.
fn graph(cx: &Cx<'_>) -> Vec<Vec<Held>> {
    let kinds: Vec<_> = cx.table.list.iter().map(|declared| declared.kind.as_ref()).collect();
    let circle = circles::of(&kinds);
    let of_fields = |fields: &[Field], ty: usize| -> Vec<Held> {
        let held = fields.iter().filter_map(|field| {
            let (inner, steps) = inside(&field.ty)?;
            let in_place = matches!(field.ty, FieldType::Named(_));
            // What holds itself is in a box.
            let around = match in_place && circle[inner] == circle[ty] {
                true => 3,
                false => usize::from(in_place && !field.required),
            };
            Some(Held { ty: inner, steps: steps + around })
        });
        held.collect()
    };
    let held = |(ty, kind): (usize, Option<&TypeKind>)| match kind {
        Some(TypeKind::Object(object)) => of_fields(&object.fields, ty),
        Some(TypeKind::Union(union)) => {
            union.variants.iter().map(|variant| Held { ty: variant.ty.0, steps: 3 }).collect()
        }
        // What is sent is kept as data, whatever types it is given in.
        Some(TypeKind::Input(_) | TypeKind::Enum(_) | TypeKind::Id) | None => Vec::new(),
    };
    kinds.iter().copied().enumerate().map(held).collect()
}

/// The named type in a field's, and the steps to it.
fn inside(ty: &FieldType) -> Option<(usize, usize)> {
    match ty {
        FieldType::Named(of) => Some((of.0, 1)),
        FieldType::Array(inner) | FieldType::Map(inner) => inside(inner).map(|(ty, steps)| (ty, steps + 3)),
        _ => None,
    }
}

/// The type that an action answers.
fn answered(action: &Action) -> Option<usize> {
    let ty = match &action.output {
        Output::Value(ty) | Output::Optional(ty) | Output::Page { item: ty, .. } => Some(ty),
        Output::Batch { item, .. } => item.as_ref(),
        Output::Nothing => None,
    };
    inside(ty?).map(|(ty, _)| ty)
}
