//! What a success answers: which of several codes and content types.

use typed_connector_specs::text::Value;

use crate::cx::Cx;
use crate::operation::{Answer, Operation};
use crate::schema::{self, Hint};
use crate::types::{Def, Property, Shape, Type};
use crate::{body, keys};

/// The answers of all success codes, before they are one.
pub(crate) fn read<'d>(cx: &mut Cx<'d>, operation: &mut Operation<'d>, hint: &str) {
    let responses = cx.get(operation.node, "responses").and_then(Value::members).unwrap_or_default();
    let is_success = |code: &str| code.starts_with('2') && code.len() == 3;
    let mut successes: Vec<_> = responses.iter().filter(|response| is_success(&response.key)).collect();
    if successes.is_empty() {
        let redirects = responses.iter().any(|response| response.key.starts_with('3'));
        let default = responses.iter().find(|response| response.key == "default");
        match default {
            // An API that has errors elsewhere describes its success here.
            Some(default) if responses.iter().any(|r| r.key.starts_with(['4', '5'])) => {
                successes.push(default);
            }
            // Otherwise `default` is the error, and nobody says what a success is.
            _ if operation.method == "GET" && !redirects => {
                cx.warn(
                    operation.span,
                    "no answer of a success is described; it becomes the bytes as they come",
                );
                operation.answer = Answer::Raw;
                return;
            }
            _ => return,
        }
    }
    successes.sort_by(|a, b| a.key.cmp(&b.key));
    let mut answers: Vec<Answer> = Vec::new();
    for response in successes {
        let Some((response, _)) = cx.deref(&response.value) else {
            answers.push(Answer::Value(Shape::Json));
            continue;
        };
        keys::check(cx, response, &keys::RESPONSE);
        let answer = match body::choose(cx, response) {
            None => Answer::Nothing,
            Some(body::Content { node, kind: body::Kind::Json | body::Kind::Form, .. }) => {
                match node.get("schema") {
                    // `format: binary` beside `*/*` is a file.
                    Some(schema) if is_binary(cx, schema) => Answer::Raw,
                    Some(schema) => Answer::Value(schema::shape(cx, schema, &Hint::new(hint, "output"))),
                    None => Answer::Value(Shape::Json),
                }
            }
            Some(_) => Answer::Raw,
        };
        if !answers.contains(&answer) {
            answers.push(answer);
        }
    }
    let (values, others): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| matches!(answer, Answer::Value(_)));
    let has_nothing = others.contains(&Answer::Nothing);
    let has_bytes = others.contains(&Answer::Raw);
    operation.may_be_nothing = has_nothing && !values.is_empty() && !has_bytes;
    operation.answer = match (values.as_slice(), has_nothing, has_bytes) {
        ([], _, false) => Answer::Nothing,
        ([], _, true) => Answer::Raw,
        (_, _, true) => {
            cx.warn(operation.span, "answers of JSON and of other kinds; they become the bytes as they come");
            Answer::Raw
        }
        _ => one_of(cx, operation, values),
    };
}

fn is_binary(cx: &mut Cx<'_>, schema: &Value) -> bool {
    let _ = &cx;
    schema.get("format").and_then(Value::as_str) == Some("binary")
}

/// Several answers are told apart when their fields are known.
fn one_of<'d>(cx: &mut Cx<'d>, operation: &Operation<'d>, values: Vec<Answer>) -> Answer {
    let mut shapes = values.into_iter().filter_map(|answer| match answer {
        Answer::Value(shape) => Some(shape),
        _ => None,
    });
    let Some(mut merged) = shapes.next() else { return Answer::Nothing };
    for shape in shapes {
        schema::drain(cx);
        merged = superset(cx, operation, &merged, &shape);
    }
    Answer::Value(merged)
}

/// One type that holds the one and the other.
fn superset<'d>(cx: &mut Cx<'d>, operation: &Operation<'d>, one: &Shape, other: &Shape) -> Shape {
    let (left, right) = (cx.types.resolved(one), cx.types.resolved(other));
    if left == right {
        return one.clone();
    }
    let (Some(first), Some(second)) = (cx.types.object(&left), cx.types.object(&right)) else {
        cx.json(operation.span, "successes that answer different types");
        return Shape::Json;
    };
    let (first, second) = (first.to_vec(), second.to_vec());
    for (shape, whole, part) in [(&right, &second, &first), (&left, &first, &second)] {
        if holds(cx, whole, part) {
            return shape.clone();
        }
    }
    let mut merged: Vec<Property> = first.clone();
    for property in &mut merged {
        property.required &= second.iter().any(|other| other.key == property.key && other.required);
    }
    for property in second {
        match merged.iter_mut().find(|known| known.key == property.key) {
            Some(known) if !alike(cx, &known.shape, &property.shape) => {
                let message = format!("`{}` has different types in different answers", property.key);
                cx.json(operation.span, &message);
                known.shape = Shape::Json;
            }
            Some(_) => {}
            None => merged.push(Property { required: false, ..property }),
        }
    }
    let wanted = crate::text::camel(&format!("{} {} output", operation.module, operation.name));
    let ty = Type {
        document: operation.document,
        schema: operation.node,
        wanted,
        field: None,
        def: Def::Object(merged),
        title: None,
        description: None,
        deprecated: false,
        broken: false,
        operation: cx.operation.clone(),
    };
    Shape::Named(cx.types.add(ty))
}

/// Whether an object has all fields of another, and requires none beyond.
fn holds(cx: &Cx<'_>, whole: &[Property], part: &[Property]) -> bool {
    let same = |field: &Property| {
        whole.iter().any(|known| known.key == field.key && alike(cx, &known.shape, &field.shape))
    };
    let needed = |field: &Property| {
        !field.required || part.iter().any(|other| other.key == field.key && other.required)
    };
    part.iter().all(same) && whole.iter().all(needed)
}

/// Whether two shapes are the same; choices that are listed in place are made into a type each time.
fn alike(cx: &Cx<'_>, one: &Shape, other: &Shape) -> bool {
    match (cx.types.resolved(one), cx.types.resolved(other)) {
        (Shape::Named(one), Shape::Named(other)) if one != other => {
            match (&cx.types.list[one].def, &cx.types.list[other].def) {
                (Def::Enum(one), Def::Enum(other)) => one == other,
                _ => false,
            }
        }
        (Shape::Array(one), Shape::Array(other)) | (Shape::Map(one), Shape::Map(other)) => {
            alike(cx, &one, &other)
        }
        (one, other) => one == other,
    }
}

/// What can be read only when the types are known.
pub(crate) fn settle(cx: &mut Cx<'_>, operation: &mut Operation<'_>) {
    if let Answer::Value(shape) = &operation.answer
        && cx.types.resolved(shape) == Shape::Scalar("file")
    {
        operation.answer = Answer::Raw;
    }
}
