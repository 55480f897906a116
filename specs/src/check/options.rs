//! `options_from`: the action is there and answers a list, its arguments are filled, and what is taken of an element fits.

use super::Subject;
use crate::diagnostics::{Code, Problem};
use crate::model::{Action, Effect, Field, FieldType, Module, Output, TypeKind};
use crate::raw::{self, Body, Map, Text};
use crate::resolve::{Cx, Table, arguments};

/// Choices whose action is not resolved yet, and the type of the field that they are for.
pub(crate) struct Noted {
    raw: raw::OptionsFrom,
    ty: FieldType,
}

/// Notes the choices of a field for [`actions`].
pub(crate) fn note(cx: &mut Cx<'_>, keys: &raw::FieldKeys, ty: &FieldType) {
    let Some(raw) = &keys.options_from else { return };
    let never_asked = [("const", keys.constant.is_some()), ("read_only", is(keys.read_only.as_ref()))];
    if let Some((key, _)) = never_asked.into_iter().find(|(_, is)| *is) {
        let problem =
            Problem::new(Code::UselessKey, raw.span.first(), format!("what is `{key}` is never chosen"));
        cx.problems.report(problem.help("leave `options_from` out"));
    }
    cx.options.push(Noted { raw: raw.clone(), ty: ty.clone() });
}

fn is(flag: Option<&raw::Flag>) -> bool {
    flag.is_some_and(|flag| flag.value)
}

/// What choices depend on stands beside their field.
pub(crate) fn beside(cx: &mut Cx<'_>, raw: &Map<raw::Field>, all: &[&Field]) {
    for entry in &raw.entries {
        check_beside(cx, Some(entry.key.as_str()), &entry.value, all);
    }
}

/// The same for the arguments of an action.
pub(crate) fn of_arguments(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    let (raw, all) = (subject.raw, arguments(subject.action).collect::<Vec<_>>());
    for map in [&raw.path, &raw.query, &raw.headers] {
        beside(cx, map, &all);
    }
    match &raw.body {
        Some(Body::Fields(body)) => beside(cx, &body.input.fields, &all),
        Some(Body::Whole { field, .. }) => check_beside(cx, None, field, &all),
        None => {}
    }
}

fn check_beside(cx: &mut Cx<'_>, own: Option<&str>, raw: &raw::Field, all: &[&Field]) {
    for filled in raw.keys.options_from.iter().flat_map(|options| &options.depends_on.entries) {
        let name = &filled.value;
        if own == Some(name.as_str()) {
            let problem = Problem::new(Code::WrongKind, name.span, "choices cannot depend on what is chosen");
            let problem = problem.label("this is the field itself");
            cx.problems
                .report(problem.help("name the argument or field beside it whose value the action needs"));
        } else if !all.iter().any(|field| field.key == name.value) {
            let others = all.iter().map(|field| field.key.as_str()).filter(|key| Some(*key) != own);
            let near = cx.problems.nearest(name.as_str(), others);
            let message = format!("there is no `{}` beside this field", name.value);
            cx.problems.report(Problem::new(Code::UnknownField, name.span, message).did_you_mean(near));
        }
    }
}

/// Every action that tells choices.
pub(crate) fn actions(cx: &mut Cx<'_>, modules: &[Module]) {
    for Noted { raw, ty } in std::mem::take(&mut cx.options) {
        let Some(action) = find(cx, modules, &raw.action) else { continue };
        filled(cx, &raw, action);
        let item = match &action.output {
            Output::Page { item, .. } => item,
            Output::Value(FieldType::Array(item)) => item,
            _ => {
                wrong(cx, &raw.action, "this action answers no list", "choices are elements of a list");
                continue;
            }
        };
        if action.effect != Effect::Read {
            wrong(
                cx,
                &raw.action,
                "this action does not only read",
                "asking for choices must change nothing",
            );
        }
        let value = taken(cx, &raw.value, item);
        if let Some(label) = &raw.label {
            taken(cx, label, item);
        }
        if let Some(value) = value {
            fits(cx, &raw, &ty, &value);
        }
    }
}

fn find<'m>(cx: &mut Cx<'_>, modules: &'m [Module], name: &Text) -> Option<&'m Action> {
    let all = || {
        modules.iter().flat_map(|module| {
            module.actions.iter().map(move |action| (format!("{}.{}", module.name, action.name), action))
        })
    };
    let found = all().find(|(full, _)| *full == name.value).map(|(_, action)| action);
    let action = name.as_str().rsplit('.').next().unwrap_or_default();
    if found.is_none() && cx.unread.contains(action) {
        cx.problems.consequence();
    } else if found.is_none() {
        let known: Vec<_> = all().map(|(full, _)| full).collect();
        let near = cx.problems.nearest(name.as_str(), known.iter().map(String::as_str));
        let mut problem =
            Problem::new(Code::UnknownAction, name.span, format!("unknown action `{}`", name.value));
        if near.is_none() {
            problem = problem.help("write it with its module: \"deal_pipelines.list\"");
        }
        cx.problems.report(problem.did_you_mean(near));
    }
    found
}

/// `depends_on` names arguments of the action, and all that it needs.
fn filled(cx: &mut Cx<'_>, raw: &raw::OptionsFrom, action: &Action) {
    for entry in &raw.depends_on.entries {
        if !arguments(action).any(|field| field.key == entry.key.value) {
            super::arguments::unknown(cx, action, &entry.key);
        }
    }
    let is_filled = |field: &&Field| raw.depends_on.entries.iter().any(|entry| entry.key.value == field.key);
    for missing in arguments(action).filter(|field| field.must_be_given() && !is_filled(field)) {
        let message = format!("nothing fills the argument `{}` of `{}`", missing.key, raw.action.value);
        let help = format!("name the field that does: \"depends_on\": {{ \"{}\": … }}", missing.key);
        cx.problems.report(Problem::new(Code::UnfilledArgument, raw.action.span, message).help(help));
    }
}

/// The type of what a pointer takes of an element: one value.
fn taken(cx: &mut Cx<'_>, pointer: &Text, item: &FieldType) -> Option<FieldType> {
    if cx.table.is_unknown(item) {
        return None;
    }
    let keys = super::pointers::keys(cx.problems, pointer);
    match led(&cx.table, item, &keys) {
        Err(known) => {
            super::caps::unknown_field(cx, pointer, "elements of that list", &known);
            None
        }
        Ok(ty) if !is_value(&cx.table, &ty) => {
            wrong(cx, pointer, "this is not one value", "expected a string, a number or an id");
            None
        }
        Ok(ty) => Some(ty),
    }
}

/// The type to which keys lead, or else the pointers that lead somewhere from where it was lost.
fn led(table: &Table<'_>, ty: &FieldType, keys: &[String]) -> Result<FieldType, Vec<String>> {
    if keys.is_empty() {
        return Ok(ty.clone());
    }
    let fields = match ty {
        FieldType::Json => return Ok(FieldType::Json),
        FieldType::Map(inner) => return led(table, inner, &keys[1..]),
        FieldType::Named(reference) => match &table.get(*reference).kind {
            Some(TypeKind::Object(object)) => object.fields.as_slice(),
            // Which of them it will be is not known.
            Some(TypeKind::Union(_)) => return Ok(FieldType::Json),
            _ => &[],
        },
        _ => &[],
    };
    match fields.iter().find(|field| keys.starts_with(&field.path)) {
        Some(field) => led(table, &field.ty, &keys[field.path.len()..]),
        None => Err(fields.iter().map(|field| format!("/{}", field.path.join("/"))).collect()),
    }
}

fn is_value(table: &Table<'_>, ty: &FieldType) -> bool {
    match ty {
        FieldType::Array(_)
        | FieldType::Map(_)
        | FieldType::File
        | FieldType::Filter(_)
        | FieldType::Sort(_)
        | FieldType::Selection(_) => false,
        FieldType::Named(reference) => {
            matches!(table.get(*reference).kind, Some(TypeKind::Id | TypeKind::Enum(_)) | None)
        }
        _ => true,
    }
}

/// The field takes what is taken of an element, or a list of such.
fn fits(cx: &mut Cx<'_>, raw: &raw::OptionsFrom, ty: &FieldType, value: &FieldType) {
    if cx.table.is_unknown(ty) || cx.table.is_unknown(value) {
        return;
    }
    let one = match ty {
        FieldType::Array(inner) => inner,
        one => one,
    };
    let why = match (one, value) {
        (FieldType::Named(own), FieldType::Named(other)) if own != other => {
            let (own, other) = (cx.table.get(*own), cx.table.get(*other));
            match (&own.kind, &other.kind) {
                (Some(TypeKind::Id), Some(TypeKind::Id)) => {
                    format!("this is a `{}`, and the field takes a `{}`", other.name, own.name)
                }
                _ => return,
            }
        }
        (FieldType::Boolean | FieldType::Json | FieldType::Bytes, _) => {
            "the field takes no such choice".to_owned()
        }
        (one, _) if is_value(&cx.table, one) => return,
        _ => "the field takes no such choice".to_owned(),
    };
    cx.problems.report(Problem::new(Code::WrongKind, raw.value.span, "these choices do not fit").label(why));
}

fn wrong(cx: &mut Cx<'_>, at: &Text, message: &str, label: &str) {
    cx.problems.report(Problem::new(Code::WrongKind, at.span, message).label(label));
}
