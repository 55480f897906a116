//! Request bodies: which of several content types, and what is an argument.

use typed_connector_specs::text::{Kind as Json, Span, Value};

use crate::cx::Cx;
use crate::operation::{Body, Operation};
use crate::schema::{self, Hint, Parts};
use crate::types::{Property, Shape};
use crate::{keys, text};

/// How a body of a content type is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Json,
    Form,
    Multipart,
    /// Bytes as they are.
    Raw,
}

/// The kind of a content type, without its parameters.
pub(crate) fn kind(content_type: &str) -> Kind {
    let name = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match name.as_str() {
        "application/json" | "*/*" | "application/*" | "text/json" | "" => Kind::Json,
        "application/x-www-form-urlencoded" => Kind::Form,
        "multipart/form-data" | "multipart/mixed" | "multipart/*" => Kind::Multipart,
        _ if name.ends_with("+json") || name.ends_with("/json") => Kind::Json,
        _ => Kind::Raw,
    }
}

/// The content that is used.
pub(crate) struct Content<'d> {
    name: &'d str,
    span: Span,
    pub(crate) node: &'d Value,
    pub(crate) kind: Kind,
}

/// The content that is used of several: JSON before forms before files.
pub(crate) fn choose<'d>(cx: &mut Cx<'d>, node: &'d Value) -> Option<Content<'d>> {
    let contents = cx.get(node, "content").and_then(Value::members).unwrap_or_default();
    let (chosen, kind) =
        contents.iter().map(|content| (content, kind(&content.key))).min_by_key(|(_, kind)| *kind)?;
    // Without a schema it is any JSON, and so it is where a reference leads nowhere.
    let node = cx.deref(&chosen.value).map_or(&chosen.value, |(node, _)| node);
    keys::check(cx, node, &keys::MEDIA_TYPE);
    Some(Content { name: &chosen.key, span: chosen.key_span, node, kind })
}

pub(crate) fn read<'d>(cx: &mut Cx<'d>, operation: &mut Operation<'d>, hint: &str) {
    let Some(body) = operation.node.get("requestBody") else { return };
    let Some((body, _)) = cx.deref(body) else {
        let mut value = Property::new("body", Shape::Json, body.span.first());
        value.required = true;
        operation.body = Some(Body::Whole { encoding: "json", content_type: None, value });
        return;
    };
    if !keys::check(cx, body, &keys::REQUEST_BODY) {
        return;
    }
    let content = choose(cx, body);
    let schema = content.as_ref().and_then(|content| content.node.get("schema"));
    if schema.is_some_and(|schema| is_nothing(cx, schema)) {
        return;
    }
    if matches!(operation.method.as_str(), "GET" | "HEAD") {
        cx.warn(body.span.first(), format!("{} has no body; it is left out", operation.method));
        return;
    }
    let Some(content) = content else {
        cx.warn(body.span.first(), "a body without `content`; it is left out");
        return;
    };
    let kind = content.kind;
    let required = body.get("required").is_none() || text::flag(body, "required");
    let Some(schema) = content.node.get("schema") else {
        let shape = if kind == Kind::Raw { Shape::Scalar("bytes") } else { Shape::Json };
        operation.body = Some(whole(&content, shape, required));
        return;
    };
    let led = cx.quietly(|cx| cx.deref(schema)).and_then(|(_, led)| led);
    let owner = match led.and_then(|led| cx.declared_name(led)) {
        Some(name) => text::camel(&name),
        None => hint.to_owned(),
    };
    if kind != Kind::Raw {
        let mut parts = Parts::default();
        schema::gather(cx, schema, &mut parts);
        if parts.is_object() {
            let mut properties = schema::fields(cx, schema, parts, &Hint::new(&owner, ""));
            properties.retain(|property| !property.read_only);
            schema::drain(cx);
            if kind != Kind::Json {
                for property in &mut properties {
                    flatten(cx, property, kind, content.node);
                }
            }
            operation.body = Some(Body::Fields { encoding: encoding(kind), properties });
            return;
        }
    }
    let mut value = schema::property(cx, "body", schema, &Hint::new(&owner, "body"));
    value.required = required;
    let shape = match kind {
        Kind::Raw => Shape::Scalar("bytes"),
        Kind::Form | Kind::Multipart => {
            cx.json(schema.span.first(), "a form that is no object");
            Shape::Json
        }
        Kind::Json => value.shape.clone(),
    };
    let Body::Whole { encoding, content_type, .. } = whole(&content, shape.clone(), required) else {
        return;
    };
    value.shape = shape;
    operation.body = Some(Body::Whole { encoding, content_type, value });
}

/// Whether it is an object that has no fields, and may have none: some generators write such a body wherever there is none.
fn is_nothing<'d>(cx: &mut Cx<'d>, schema: &'d Value) -> bool {
    let schema = schema::peek(cx, schema);
    let fields = schema.get("properties").and_then(Value::members).map(<[_]>::len);
    let others = schema.get("additionalProperties").map(|others| matches!(others.kind, Json::Bool(false)));
    let is_closed = others == Some(true) || (fields == Some(0) && others.is_none());
    let is_more =
        ["allOf", "oneOf", "anyOf", "patternProperties"].iter().any(|key| schema.get(key).is_some());
    schema::types_of(schema) == ["object"] && fields.unwrap_or_default() == 0 && is_closed && !is_more
}

fn encoding(kind: Kind) -> &'static str {
    match kind {
        Kind::Json => "json",
        Kind::Form => "form",
        Kind::Multipart => "multipart",
        Kind::Raw => "raw",
    }
}

fn whole(content: &Content<'_>, shape: Shape, required: bool) -> Body {
    let mut value = Property::new("body", shape, content.span);
    value.required = required;
    let kind = if content.kind == Kind::Raw { Kind::Raw } else { Kind::Json };
    let concrete = kind == Kind::Raw && !content.name.contains('*');
    let content_type = concrete.then(|| content.name.to_owned());
    Body::Whole { encoding: encoding(kind), content_type, value }
}

/// Parts of a form: files stay files, and lists are written as `encoding` says.
fn flatten(cx: &mut Cx<'_>, property: &mut Property, kind: Kind, content: &Value) {
    if kind == Kind::Form {
        if matches!(cx.types.resolved(&property.shape), Shape::Array(_)) {
            let encoding = content.get("encoding").and_then(|encoding| encoding.get(&property.key));
            let style = encoding.and_then(|encoding| encoding.get("style")?.as_str()).unwrap_or("form");
            let explode = encoding
                .filter(|encoding| encoding.get("explode").is_some())
                .map_or(style == "form", |encoding| text::flag(encoding, "explode"));
            (property.style, property.separator) = match (style, explode) {
                ("form", true) => (Some("repeat"), None),
                ("form", false) => (Some("comma"), None),
                ("spaceDelimited", false) => (None, Some(" ")),
                ("pipeDelimited", false) => (None, Some("|")),
                _ => (None, None),
            };
        }
        return;
    }
    match cx.types.resolved(&property.shape) {
        Shape::Scalar("bytes") => property.shape = Shape::Scalar("file"),
        Shape::Array(inner) if *inner == Shape::Scalar("bytes") => {
            property.shape = Shape::Array(Box::new(Shape::Scalar("file")));
        }
        _ => {}
    }
}
