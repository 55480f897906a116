//! Operations: what they take and what they answer.

use typed_connector_specs::Code;
use typed_connector_specs::text::{Kind, Problem, Span, Value, nearest};

use crate::cx::Cx;
use crate::types::{Property, Shape};
use crate::{answer, body, connector, keys, parameter, security, text};

/// An operation of a document, as an action.
#[derive(Debug)]
pub(crate) struct Operation<'d> {
    pub(crate) document: usize,
    pub(crate) method: String,
    pub(crate) path: &'d str,
    pub(crate) node: &'d Value,
    pub(crate) item: &'d Value,
    pub(crate) span: Span,
    /// The path with the names of its arguments as the format can have them.
    pub(crate) template: String,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) body: Option<Body>,
    pub(crate) answer: Answer,
    /// Whether some of its successes answer nothing.
    pub(crate) may_be_nothing: bool,
    pub(crate) scopes: security::Rule,
    /// `deals`, `create`: filled in when all operations are known.
    pub(crate) module: String,
    pub(crate) name: String,
    /// The name that it had in an earlier import.
    pub(crate) kept: Option<String>,
}

/// An argument outside of the body.
#[derive(Debug, Clone)]
pub(crate) struct Argument {
    pub(crate) place: Place,
    pub(crate) property: Property,
    pub(crate) wire_name: Option<String>,
    pub(crate) style: Option<&'static str>,
    pub(crate) separator: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

/// What is sent.
#[derive(Debug)]
pub(crate) enum Body {
    /// An object; its fields are arguments.
    Fields { encoding: &'static str, properties: Vec<Property> },
    /// One value.
    Whole { encoding: &'static str, content_type: Option<String>, value: Property },
}

/// What a success answers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    Nothing,
    Value(Shape),
    /// Bytes, as they come.
    Raw,
}

impl Operation<'_> {
    /// `POST /deals`.
    pub(crate) fn called(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub(crate) fn id(&self) -> Option<&str> {
        self.node.get("operationId")?.as_str()
    }

    /// Every type that it needs to be called.
    pub(crate) fn sent(&self) -> Vec<&Shape> {
        let mut shapes: Vec<_> = self.arguments.iter().map(|argument| &argument.property.shape).collect();
        match &self.body {
            Some(Body::Fields { properties, .. }) => shapes.extend(properties.iter().map(|p| &p.shape)),
            Some(Body::Whole { value, .. }) => shapes.push(&value.shape),
            None => {}
        }
        shapes
    }
}

/// The operations of a document, in its order. Those with a mistake in how they are written down are left out.
pub(crate) fn list<'d>(cx: &mut Cx<'d>) -> Vec<Operation<'d>> {
    let document = cx.document();
    let mut list = Vec::new();
    let Some(paths) = cx.get(&document.root, "paths") else { return list };
    for path in paths.members().unwrap_or_default() {
        if path.key.starts_with("x-") {
            continue;
        }
        cx.operation = Some((path.key.clone(), path.key_span));
        if !path.key.starts_with('/') {
            let message = cx.told("a path starts with `/`");
            cx.error(Problem::new(Code::BadHttp, path.key_span, message));
            cx.lost += 1;
            continue;
        }
        let Some((item, _)) = cx.deref(&path.value) else {
            cx.lost += 1;
            continue;
        };
        if !keys::check(cx, item, &keys::PATH_ITEM) {
            cx.lost += 1;
        }
        for member in item.members().unwrap_or_default() {
            if !keys::is_method(&member.key) {
                continue;
            }
            let method = member.key.to_uppercase();
            cx.operation = Some((format!("{method} {}", path.key), member.key_span));
            if matches!(method.as_str(), "OPTIONS" | "TRACE") {
                cx.warn(member.key_span, format!("{method} is nothing that a connector calls; left out"));
                continue;
            }
            let Some((node, _)) = cx.deref(&member.value) else {
                cx.lost += 1;
                continue;
            };
            if node.members().is_none() {
                let message = cx.told(&format!("an operation is an object, not {}", node.type_name()));
                cx.error(Problem::new(Code::WrongType, node.span.first(), message));
                cx.lost += 1;
                continue;
            }
            list.push(Operation {
                document: cx.at,
                method,
                path: &path.key,
                node,
                item,
                span: member.key_span,
                template: String::new(),
                arguments: Vec::new(),
                body: None,
                answer: Answer::Nothing,
                may_be_nothing: false,
                scopes: security::Rule::default(),
                module: String::new(),
                name: String::new(),
                kept: None,
            });
        }
    }
    cx.operation = None;
    list
}

/// Reads all of an operation; `false` where a mistake makes it unusable.
pub(crate) fn read<'d>(cx: &mut Cx<'d>, operation: &mut Operation<'d>) -> bool {
    cx.at = operation.document;
    cx.operation = Some((operation.called(), operation.span));
    cx.broken = false;
    if !keys::check(cx, operation.node, &keys::OPERATION) {
        return false;
    }
    connector::own_address(cx, operation);
    let hint = text::camel(&format!("{} {}", operation.module, operation.name));
    parameter::read(cx, operation, &hint);
    body::read(cx, operation, &hint);
    answer::read(cx, operation, &hint);
    operation.scopes = security::rule(cx, operation.node);
    crate::schema::drain(cx);
    answer::settle(cx, operation);
    !cx.broken
}

/// A word out of several; what is none of them is a mistake.
pub(crate) fn word<'v>(cx: &mut Cx<'_>, value: &'v Value, what: &str, words: &[&str]) -> Option<&'v str> {
    let text = value.as_str().unwrap_or_default();
    if words.contains(&text) {
        return Some(text);
    }
    let message = cx.told(&format!("`{text}` is no {what}"));
    let near = nearest(text, words.iter().copied());
    let help = format!("it is one of `{}`", words.join("`, `"));
    cx.error(Problem::new(Code::UnknownWord, value.span, message).help(help).did_you_mean(near));
    None
}

/// An array's elements; nothing where it is none.
pub(crate) fn items(value: Option<&Value>) -> &[Value] {
    match value.map(|value| &value.kind) {
        Some(Kind::Array(items)) => items,
        _ => &[],
    }
}
