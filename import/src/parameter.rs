//! Parameters of path, query and headers.

use std::collections::HashSet;

use typed_connector_specs::Code;
use typed_connector_specs::text::{Problem, Value, nearest};

use crate::cx::Cx;
use crate::operation::{Argument, Operation, Place, items, word};
use crate::schema::{self, Hint, Parts};
use crate::types::{Def, Property, Shape};
use crate::{keys, text};

/// Headers that parameters must not describe (OpenAPI 3.0.4 §4.7.12.1), and those that the client sets by itself.
const IGNORED_HEADERS: &[&str] = &[
    "accept",
    "content-type",
    "authorization",
    "host",
    "content-length",
    "connection",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "accept-encoding",
];

/// A placeholder of the path, and how it is called in the format.
struct Placeholder<'p> {
    name: &'p str,
    key: String,
}

pub(crate) fn read<'d>(cx: &mut Cx<'d>, operation: &mut Operation<'d>, hint: &str) {
    let mut nodes: Vec<(&'d Value, String, Place)> = Vec::new();
    let mut unknown = false;
    let lists = [operation.item, operation.node].map(|node| cx.get(node, "parameters"));
    for list in lists {
        for node in items(list) {
            let Some((node, _)) = cx.deref(node) else {
                // Nobody knows what is missing in the request.
                (unknown, cx.broken) = (true, true);
                continue;
            };
            if !keys::check(cx, node, &keys::PARAMETER) {
                unknown = true;
                continue;
            }
            let Some((name, place)) = name_and_place(cx, node) else {
                unknown = true;
                continue;
            };
            let Some(place) = place else { continue };
            match nodes.iter_mut().find(|(_, known, at)| *known == name && *at == place) {
                // What an operation says itself goes before what its path says of all.
                Some(known) => known.0 = node,
                None => nodes.push((node, name, place)),
            }
        }
    }
    let path = operation.path;
    let placeholders = placeholders(cx, operation);
    for (node, name, place) in &nodes {
        match place {
            Place::Path => {
                let Some(placeholder) = placeholders.iter().find(|known| known.name == name) else {
                    not_in_path(cx, node, name, path, &placeholders, &nodes);
                    continue;
                };
                let mut property = property(cx, node, &placeholder.key, hint);
                property.required = true;
                property.shape = single(cx, property.shape, node, "the path");
                operation.arguments.push(plain(Place::Path, property));
            }
            Place::Header => {
                let mut property = property(cx, node, name, hint);
                property.shape = single(cx, property.shape, node, "a header");
                operation.arguments.push(plain(Place::Header, property));
            }
            Place::Query => query(cx, operation, node, name, hint),
        }
    }
    if unknown || cx.broken {
        return;
    }
    // Undescribed parts of the path are common, and there is only one way to fill them.
    for placeholder in placeholders {
        if !operation.arguments.iter().any(|a| a.place == Place::Path && a.property.key == placeholder.key) {
            let message =
                format!("nothing describes the path's `{{{}}}`; it becomes a `string`", placeholder.name);
            cx.warn(operation.span, message);
            let mut property = Property::new(&placeholder.key, Shape::Scalar("string"), operation.span);
            property.required = true;
            operation.arguments.push(plain(Place::Path, property));
        }
    }
}

fn plain(place: Place, property: Property) -> Argument {
    Argument { place, property, wire_name: None, style: None, separator: None }
}

/// Name and place; the place is `None` where parameters of that kind are left out.
fn name_and_place(cx: &mut Cx<'_>, node: &Value) -> Option<(String, Option<Place>)> {
    let missing = |cx: &mut Cx<'_>, key: &str| {
        let message = cx.told(&format!("a parameter without `{key}`"));
        cx.error(Problem::new(Code::MissingKey, node.span.first(), message));
    };
    let Some(name) = node.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()) else {
        missing(cx, "name");
        return None;
    };
    let Some(place) = node.get("in") else {
        missing(cx, "in");
        return None;
    };
    let place = match word(cx, place, "place for a parameter", &["path", "query", "header", "cookie"])? {
        "path" => Some(Place::Path),
        "query" => Some(Place::Query),
        "header" if IGNORED_HEADERS.contains(&name.to_ascii_lowercase().as_str()) => None,
        "header" => {
            let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
            let fine = name.chars().all(token);
            if !fine {
                cx.warn(node.span.first(), format!("`{name}` is no name of a header; left out"));
            }
            fine.then_some(Place::Header)
        }
        _ => {
            cx.warn(node.span.first(), format!("the cookie `{name}` is left out; a client has none"));
            None
        }
    };
    Some((name.to_owned(), place))
}

/// The placeholders of the path; the template is set on the way.
fn placeholders<'d>(cx: &mut Cx<'d>, operation: &mut Operation<'d>) -> Vec<Placeholder<'d>> {
    let path = operation.path;
    let (path, rest) = path.split_at(path.find(['?', '#']).unwrap_or(path.len()));
    if !rest.is_empty() {
        cx.warn(operation.span, format!("`{rest}` is no part of a path; left out"));
    }
    let (mut found, mut template, mut left): (Vec<Placeholder<'d>>, _, _) = (Vec::new(), String::new(), path);
    while let Some(start) = left.find('{') {
        let Some(length) = left[start..].find('}') else { break };
        literal(&left[..start], &mut template);
        let name = &left[start + 1..start + length];
        let mut key: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || "_-.".contains(c) { c } else { '_' })
            .collect();
        if key.trim_matches(['_', '-', '.']).is_empty() {
            key = format!("part{}", found.len() + 1);
        }
        template.push_str(&format!("{{{key}}}"));
        if !found.iter().any(|known| known.name == name) {
            found.push(Placeholder { name, key });
        }
        left = &left[start + length + 1..];
    }
    literal(left, &mut template);
    operation.template = template;
    found
}

/// Method and path of an operation as the format has them, without the names of arguments: `GET /notes/{}`.
pub(crate) fn pattern(operation: &Operation<'_>) -> String {
    let path = operation.path;
    let (mut out, mut left) =
        (format!("{} ", operation.method), &path[..path.find(['?', '#']).unwrap_or(path.len())]);
    while let Some((before, after)) = left.split_once('{')
        && let Some((_, after)) = after.split_once('}')
    {
        literal(before, &mut out);
        out.push_str("{}");
        left = after;
    }
    literal(left, &mut out);
    out
}

/// Text of a path with what cannot stand in one escaped.
fn literal(text: &str, out: &mut String) {
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/%".contains(c) {
            out.push(c);
        } else {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|byte| out.push_str(&format!("%{byte:02X}")));
        }
    }
}

/// A parameter of the path that the path does not have: a slip where the path has one that nothing fills.
fn not_in_path(
    cx: &mut Cx<'_>,
    node: &Value,
    name: &str,
    path: &str,
    placeholders: &[Placeholder<'_>],
    nodes: &[(&Value, String, Place)],
) {
    let span = node.get("name").map_or(node.span.first(), |name| name.span);
    let described = |known: &&Placeholder<'_>| {
        nodes.iter().any(|(_, name, place)| *place == Place::Path && name == known.name)
    };
    let free: Vec<_> =
        placeholders.iter().filter(|known| !described(known)).map(|known| known.name).collect();
    if free.is_empty() {
        cx.warn(span, format!("the path has no `{{{name}}}`; the parameter is left out"));
        return;
    }
    let message = cx.told(&format!("the path has no `{{{name}}}`"));
    let problem = Problem::new(Code::UnusedPathArgument, span, message)
        .help(format!("nothing fills `{{{}}}` of the path `{path}`", free.join("}`, `{")));
    let near = nearest(name, free.iter().copied()).or(free.first().copied().filter(|_| free.len() == 1));
    cx.error(problem.did_you_mean(near));
}

/// The parameter with its type.
fn property<'d>(cx: &mut Cx<'d>, node: &'d Value, key: &str, hint: &str) -> Property {
    let mut property = match node.get("schema") {
        Some(schema) => schema::property(cx, key, schema, &Hint::new(hint, key)),
        None => {
            if node.get("content").is_some() {
                cx.warn(
                    node.span.first(),
                    format!("`{key}` is a document in a parameter; it becomes a `string`"),
                );
            }
            Property::new(key, Shape::Scalar("string"), node.span.first())
        }
    };
    property.span = node.get("name").map_or(property.span, |name| name.span);
    property.required = text::flag(node, "required");
    property.deprecated |= text::flag(node, "deprecated");
    property.description = text::description(node.get("description")).or(property.description);
    property.read_only = false;
    property
}

/// What can be one text.
fn single(cx: &mut Cx<'_>, shape: Shape, node: &Value, place: &str) -> Shape {
    schema::drain(cx);
    match cx.types.resolved(&shape) {
        Shape::Scalar("bytes") | Shape::Json => Shape::Scalar("string"),
        Shape::Scalar(_) => shape,
        Shape::Named(id) if matches!(cx.types.list[id].def, Def::Enum(_)) => shape,
        _ => {
            let message =
                format!("a list or an object in {place} is given as one text; it becomes a `string`");
            cx.warn(node.span.first(), message);
            Shape::Scalar("string")
        }
    }
}

fn query<'d>(cx: &mut Cx<'d>, operation: &mut Operation<'d>, node: &'d Value, name: &str, hint: &str) {
    let style = node.get("style").and_then(Value::as_str).unwrap_or("form");
    let explode = match node.get("explode") {
        Some(_) => text::flag(node, "explode"),
        None => style == "form",
    };
    if style == "deepObject" || explode {
        let parts = node.get("schema").map(|schema| {
            let mut parts = Parts::default();
            schema::gather(cx, schema, &mut parts);
            (schema, parts)
        });
        if let Some((schema, parts)) = parts.filter(|(_, parts)| !parts.fields.is_empty()) {
            // An object in the query is several parameters.
            let required = text::flag(node, "required");
            for mut property in schema::fields(cx, schema, parts, &Hint::new(hint, name)) {
                property.required &= required;
                let inner = property.key.clone();
                property.shape = single(cx, property.shape, node, "the query");
                let mut argument = plain(Place::Query, property);
                if style == "deepObject" {
                    argument.wire_name = Some(format!("{name}[{inner}]"));
                    argument.property.key = format!("{name}.{inner}");
                }
                operation.arguments.push(argument);
            }
            return;
        }
    }
    let mut property = property(cx, node, name, hint);
    schema::drain(cx);
    let mut argument = match cx.types.resolved(&property.shape) {
        Shape::Array(inner) => {
            let element = single(cx, *inner, node, "the query");
            property.shape = Shape::Array(Box::new(element));
            let mut argument = plain(Place::Query, property);
            match (style, explode) {
                // OpenAPI says nothing of lists in this style; `expand[]=a&expand[]=b` is what is meant.
                ("deepObject", _) => argument.style = Some("brackets"),
                ("spaceDelimited", _) => argument.separator = Some(" "),
                ("pipeDelimited", _) => argument.separator = Some("|"),
                (_, false) => argument.style = Some("comma"),
                _ => {}
            }
            argument
        }
        _ => {
            property.shape = single(cx, property.shape, node, "the query");
            plain(Place::Query, property)
        }
    };
    // `ids[]=1&ids[]=2`
    if let (Some(base), Shape::Array(_)) = (name.strip_suffix("[]"), &argument.property.shape)
        && argument.style.is_none()
        && !base.is_empty()
    {
        base.clone_into(&mut argument.property.key);
        argument.style = Some("brackets");
    }
    operation.arguments.push(argument);
}

/// Arguments whose keys are the same get keys of their own.
pub(crate) fn distinct(operation: &mut Operation<'_>) {
    let mut seen: HashSet<(u8, String)> = HashSet::new();
    operation.arguments.retain(|argument| {
        let wire = argument.wire_name.clone().unwrap_or_else(|| argument.property.key.clone());
        let wire = if argument.place == Place::Header { wire.to_ascii_lowercase() } else { wire };
        seen.insert((argument.place as u8, wire))
    });
}
