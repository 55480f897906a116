//! `oneOf` and `anyOf`: one of several types.

use std::collections::HashSet;

use typed_connector_specs::text::{Kind, Value};

use crate::cx::Cx;
use crate::references::Led;
use crate::schema::{self, Converted, Hint, MAX_PARTS, Parts, choices, gather, is_null, types_of};
use crate::text;
use crate::types::{Def, Shape};

/// One of several types, with the name that it has where it is declared.
#[derive(Clone)]
pub(crate) struct Alternative<'d> {
    pub(crate) schema: &'d Value,
    target: &'d Value,
    name: Option<String>,
}

/// More are data and no choice.
const MAX_ALTERNATIVES: usize = 200;

/// What may stand there, without `null`; alternatives of alternatives are taken apart.
pub(crate) fn alternatives<'d>(cx: &mut Cx<'d>, schema: &'d Value) -> Vec<Alternative<'d>> {
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    collect(cx, schema, &mut found, &mut seen, 0);
    found
}

/// What the alternatives refer to.
pub(crate) fn direct<'d>(cx: &mut Cx<'d>, schema: &'d Value) -> Vec<*const Value> {
    let lists = [schema.get("oneOf"), schema.get("anyOf")].into_iter().flatten();
    let items: Vec<&Value> = lists.flat_map(|list| crate::operation::items(Some(list))).collect();
    items.into_iter().map(|item| std::ptr::from_ref(schema::peek(cx, item))).collect()
}

fn collect<'d>(
    cx: &mut Cx<'d>,
    schema: &'d Value,
    found: &mut Vec<Alternative<'d>>,
    seen: &mut HashSet<*const Value>,
    depth: usize,
) {
    if depth == MAX_PARTS {
        cx.warn(
            schema.span.first(),
            format!("alternatives more than {MAX_PARTS} deep; deeper ones are left out"),
        );
        return;
    }
    for list in [schema.get("oneOf"), schema.get("anyOf")].into_iter().flatten() {
        let Kind::Array(items) = &list.kind else { continue };
        for item in items {
            let Some((target, led)) = cx.deref(item) else { continue };
            if is_null(target) || !seen.insert(std::ptr::from_ref(target)) || found.len() == MAX_ALTERNATIVES
            {
                continue;
            }
            let nested = target.get("oneOf").or_else(|| target.get("anyOf")).is_some();
            if nested && target.get("properties").and_then(Value::members).is_none_or(<[_]>::is_empty) {
                collect(cx, target, found, seen, depth + 1);
            } else {
                // What stands inside of something else is called as its key.
                let key = |led: Led<'d>| led.pointer.rsplit('/').next().filter(|key| !key.is_empty());
                let name = led.and_then(|led| cx.declared_name(led).or_else(|| key(led).map(str::to_owned)));
                found.push(Alternative { schema: item, target, name });
            }
        }
    }
}

pub(crate) fn convert<'d>(cx: &mut Cx<'d>, schema: &'d Value, hint: &Hint) -> Converted {
    let found = alternatives(cx, schema);
    if let [only] = found.as_slice() {
        return Converted::Shape(schema::shape(cx, only.schema, hint));
    }
    if let Some(scalar) = texts(&found) {
        return scalar;
    }
    let parts: Vec<_> = found
        .iter()
        .map(|alternative| {
            let mut parts = Parts::default();
            gather(cx, alternative.schema, &mut parts);
            parts
        })
        .collect();
    if !found.is_empty() && parts.iter().all(|parts| !parts.fields.is_empty()) {
        return objects(cx, schema, &found, &parts, hint);
    }
    let shapes: Vec<_> = found
        .iter()
        .enumerate()
        .map(|(index, alternative)| schema::shape(cx, alternative.schema, &numbered(hint, index)))
        .collect();
    let mut different = shapes.clone();
    different.dedup();
    match different.as_slice() {
        [] => Converted::Shape(Shape::Json),
        [one] => Converted::Shape(one.clone()),
        [Shape::Scalar("integer"), Shape::Scalar("float")]
        | [Shape::Scalar("float"), Shape::Scalar("integer")] => Converted::Shape(Shape::Scalar("float")),
        _ => {
            cx.json(schema.span.first(), "one of several types that are not all objects");
            Converted::Shape(Shape::Json)
        }
    }
}

fn numbered(hint: &Hint, index: usize) -> Hint {
    let field = if hint.field.is_empty() { "variant" } else { hint.field.as_str() };
    Hint::new(&hint.owner, &format!("{field} {}", index + 1))
}

/// Lists of choices, and texts that may be anything: an open enum holds both.
fn texts(found: &[Alternative<'_>]) -> Option<Converted> {
    let mut values = Vec::new();
    for alternative in found {
        match choices(alternative.target) {
            Some(more) => values.extend(more.into_iter().filter(|value| !value.is_empty())),
            None => {
                let plain =
                    types_of(alternative.target) == ["string"] && alternative.target.get("enum").is_none();
                if !plain {
                    return None;
                }
            }
        }
    }
    let mut seen = HashSet::new();
    values.retain(|value| seen.insert(*value));
    Some(match values.as_slice() {
        [] | [_] if !found.is_empty() => Converted::Shape(Shape::Scalar("string")),
        [] => return None,
        _ => Converted::Def(Def::Enum(values.into_iter().map(str::to_owned).collect())),
    })
}

fn objects<'d>(
    cx: &mut Cx<'d>,
    schema: &'d Value,
    found: &[Alternative<'d>],
    parts: &[Parts<'d>],
    hint: &Hint,
) -> Converted {
    let (tag, values) = match declared_tag(cx, schema, found).or_else(|| common_tag(cx, parts)) {
        Some((tag, values)) => (Some(tag), values),
        None => (None, names(found)),
    };
    let mut variants = Vec::new();
    for (alternative, values) in found.iter().zip(values) {
        let hint = match alternative
            .schema
            .get("title")
            .and_then(Value::as_str)
            .or(values.first().map(String::as_str))
        {
            Some(name) => Hint::new(&hint.owner, &format!("{} {name}", hint.field)),
            None => hint.clone(),
        };
        let shape = schema::shape(cx, alternative.schema, &hint);
        variants.extend(values.into_iter().map(|value| (value, shape.clone())));
    }
    Converted::Def(Def::Union { tag, variants })
}

/// `discriminator`, with the values of each alternative.
fn declared_tag<'d>(
    cx: &mut Cx<'d>,
    schema: &'d Value,
    found: &[Alternative<'d>],
) -> Option<(String, Vec<Vec<String>>)> {
    let discriminator = schema.get("discriminator")?;
    let tag = discriminator.get("propertyName")?.as_str()?;
    let mapping = cx.get(discriminator, "mapping").and_then(Value::members).unwrap_or_default();
    // A value of the mapping is a name or a reference.
    let mapping: Vec<_> =
        mapping.iter().map(|member| (&member.key, member.value.as_str(), cx.target(&member.value))).collect();
    let values = found.iter().map(|alternative| {
        let name = alternative.name.as_deref();
        let is_it = |text: Option<&str>, target: Option<&Value>| {
            name.is_some() && text == name
                || target.is_some_and(|target| {
                    std::ptr::eq(target, alternative.target) || std::ptr::eq(target, alternative.schema)
                })
        };
        let mapped = mapping.iter().filter(|(_, text, target)| is_it(*text, *target));
        let mut values: Vec<String> = mapped.map(|(key, ..)| (*key).clone()).collect();
        if values.is_empty() {
            values.extend(name.map(str::to_owned));
        }
        values
    });
    let values: Vec<_> = values.collect();
    let mut seen = HashSet::new();
    let fine = values.iter().all(|values| !values.is_empty())
        && values.iter().flatten().all(|v| seen.insert(v.clone()));
    fine.then(|| (tag.to_owned(), values))
}

/// A field that has one value in each alternative, and another in each.
fn common_tag<'d>(cx: &mut Cx<'d>, parts: &[Parts<'d>]) -> Option<(String, Vec<Vec<String>>)> {
    let first = parts.first()?;
    for (key, ..) in &first.fields {
        let mut seen = HashSet::new();
        let mut values = Vec::new();
        for parts in parts {
            let Some((_, schema, _)) = parts.fields.iter().find(|(name, ..)| name == key) else { break };
            let target = schema::peek(cx, schema);
            match choices(target) {
                Some(all) if all.iter().all(|value| seen.insert(*value)) => {
                    values.push(all.into_iter().map(str::to_owned).collect());
                }
                _ => break,
            }
        }
        if values.len() == parts.len() {
            return Some(((*key).to_owned(), values));
        }
    }
    None
}

/// Without a tag each alternative has just a name.
fn names(found: &[Alternative<'_>]) -> Vec<Vec<String>> {
    let mut seen = HashSet::new();
    let name = |(index, alternative): (usize, &Alternative<'_>)| {
        let title = alternative.target.get("title").and_then(Value::as_str);
        let mut name = text::camel(alternative.name.as_deref().or(title).unwrap_or("variant"));
        if !seen.insert(name.clone()) {
            name = format!("{name}{}", index + 1);
            seen.insert(name.clone());
        }
        vec![name]
    };
    found.iter().enumerate().map(name).collect()
}
