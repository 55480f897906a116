//! Lists that come in pages: where the elements lie, where the next page's cursor comes from, and which argument takes it.

use crate::cx::Cx;
use crate::operation::{Answer, Body, Operation, Place};
use crate::text::snake;
use crate::types::{Property, Shape};

/// `pagination` of an action.
#[derive(Debug, Clone)]
pub(crate) struct Paging {
    /// Empty where the whole answer is the list.
    pub(crate) items: String,
    pub(crate) next: Next,
    pub(crate) more: Option<String>,
    pub(crate) total: Option<String>,
    pub(crate) param: String,
    pub(crate) limit_param: Option<String>,
    pub(crate) item: Shape,
}

/// Where the next page's cursor comes from.
#[derive(Debug, Clone)]
pub(crate) enum Next {
    /// From the answer.
    Cursor(String),
    /// From the last element.
    Last(String),
    /// From the address of this relation in the header `Link`.
    Link(&'static str),
}

/// Names of the argument that takes a cursor, and the names under which the answer gives it.
const CURSORS: &[(&[&str], &[&str])] = &[
    (&["after"], &["after", "next_cursor", "next_after", "end_cursor", "cursor"]),
    (
        &["cursor", "starting_after", "start_cursor"],
        &["next_cursor", "cursor", "next", "end_cursor", "after"],
    ),
    (&["page_token", "next_page_token"], &["next_page_token", "page_token", "next_token"]),
    (
        &["next_token", "continuation_token", "continuation"],
        &["next_token", "continuation_token", "continuation"],
    ),
    (
        &["marker", "page_cursor", "pagination_token", "next"],
        &[
            "next_marker",
            "marker",
            "page_cursor",
            "next_page_cursor",
            "pagination_token",
            "next_pagination_token",
            "next",
        ],
    ),
];
const LIMITS: &[&str] =
    &["limit", "page_size", "per_page", "max_results", "count", "size", "first", "max_items"];
const ITEMS: &[&str] =
    &["results", "items", "data", "records", "entries", "values", "elements", "objects", "list"];
/// Names of the argument that takes the last element's id.
const LASTS: &[&str] = &["starting_after", "after", "after_id", "since_id", "last_id"];
/// Names of the argument whose value stands in a link.
const LINKED: &[&str] = &["page", "cursor", "after", "page_token"];
const MORE: &[&str] = &["has_more", "has_next_page", "has_next", "more"];
const TOTALS: &[&str] = &["total", "total_count", "total_results", "total_items", "count"];

/// Recognizes the pages of an operation's answer.
pub(crate) fn recognize<'d>(cx: &mut Cx<'d>, operation: &Operation<'d>) -> Option<Paging> {
    let Answer::Value(answer) = &operation.answer else { return None };
    let arguments = arguments(operation);
    let (items, item) = list(cx, answer)?;
    let fields: Vec<&Property> = cx.types.object(answer).unwrap_or_default().iter().collect();
    let named = |list: &[&Property], names: &[&str], kind: &str| {
        list.iter()
            .find(|p| names.contains(&snake(&p.key).as_str()) && cx.types.resolved(&p.shape).is(kind))
            .map(|property| property.key.clone())
    };
    let at_root = |names: &[&str], kind: &str| named(&fields, names, kind).map(|key| pointer(&key));
    let (total, more) = (at_root(TOTALS, "integer"), at_root(MORE, "boolean"));
    let limit_param = named(&arguments, LIMITS, "integer");
    let (next, param) = by_cursor(cx, answer, &arguments)
        .or_else(|| by_last(cx, &item, &arguments, more.is_some()))
        .or_else(|| by_link(cx, operation))?;
    let more = more.filter(|_| !matches!(next, Next::Link(_)));
    Some(Paging { items, next, more, total, param, limit_param, item })
}

/// Where the elements lie, and what they are.
fn list(cx: &Cx<'_>, answer: &Shape) -> Option<(String, Shape)> {
    if let Shape::Array(inner) = cx.types.resolved(answer) {
        return Some((String::new(), *inner));
    }
    let lists: Vec<_> = cx
        .types
        .object(answer)?
        .iter()
        .filter_map(|field| match cx.types.resolved(&field.shape) {
            Shape::Array(inner) => Some((field, *inner)),
            _ => None,
        })
        .collect();
    let known = lists.iter().find(|(field, _)| ITEMS.contains(&snake(&field.key).as_str()));
    let (field, item) = match (known, lists.as_slice()) {
        (Some(known), _) => known.clone(),
        (None, [only]) => only.clone(),
        _ => return None,
    };
    Some((pointer(&field.key), item))
}

fn by_cursor(cx: &Cx<'_>, answer: &Shape, arguments: &[&Property]) -> Option<(Next, String)> {
    let fields = cx.types.object(answer)?;
    CURSORS.iter().find_map(|(params, leaves)| {
        let param = arguments.iter().find(|property| {
            params.contains(&snake(&property.key).as_str()) && is_cursor(cx, &property.shape)
        })?;
        let cursor = leaves.iter().find_map(|leaf| find(cx, fields, leaf, 0))?;
        Some((Next::Cursor(cursor), param.key.clone()))
    })
}

/// `starting_after`, the id of the last element, where the answer tells whether there are more.
fn by_last(cx: &Cx<'_>, item: &Shape, arguments: &[&Property], tells: bool) -> Option<(Next, String)> {
    let id = cx.types.object(item)?.iter().find(|field| field.key == "id")?;
    let names = LASTS.iter().find_map(|name| arguments.iter().find(|argument| snake(&argument.key) == *name));
    let param = names.filter(|param| is_cursor(cx, &param.shape))?;
    let leads = id.required && !id.nullable && is_cursor(cx, &id.shape);
    (tells && leads).then(|| (Next::Last(pointer(&id.key)), param.key.clone()))
}

/// A header `Link` (RFC 8288), and an argument whose next value stands in its address.
fn by_link<'d>(cx: &mut Cx<'d>, operation: &Operation<'d>) -> Option<(Next, String)> {
    let in_query = |name: &&str| {
        operation.arguments.iter().find(|argument| {
            argument.place == Place::Query
                && argument.wire_name.is_none()
                && !argument.property.required
                && snake(&argument.property.key) == **name
        })
    };
    let param = LINKED.iter().find_map(in_query)?;
    let param = Some(&param.property).filter(|property| is_cursor(cx, &property.shape))?.key.clone();
    let headers = cx.quietly(|cx| {
        let responses = cx.get(operation.node, "responses")?.members()?;
        let success = responses.iter().find(|response| response.key.starts_with('2'))?;
        let response = cx.deref(&success.value)?.0;
        cx.get(response, "headers")?.members()
    })?;
    headers
        .iter()
        .any(|header| header.key.eq_ignore_ascii_case("link"))
        .then_some((Next::Link("next"), param))
}

fn is_cursor(cx: &Cx<'_>, shape: &Shape) -> bool {
    matches!(cx.types.resolved(shape), Shape::Scalar("string" | "integer"))
}

/// The pointer to a text of this name, at most four objects deep.
fn find(cx: &Cx<'_>, fields: &[Property], leaf: &str, depth: usize) -> Option<String> {
    if let Some(field) = fields.iter().find(|field| snake(&field.key) == leaf && is_cursor(cx, &field.shape))
    {
        return Some(pointer(&field.key));
    }
    if depth == 3 {
        return None;
    }
    let likely = [
        "paging",
        "pagination",
        "next",
        "meta",
        "page",
        "page_info",
        "response_metadata",
        "metadata",
        "cursors",
        "links",
    ];
    fields.iter().filter(|field| likely.contains(&snake(&field.key).as_str())).find_map(|field| {
        let inner = cx.types.object(&field.shape)?;
        Some(format!("{}{}", pointer(&field.key), find(cx, inner, leaf, depth + 1)?))
    })
}

fn pointer(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

fn arguments<'o>(operation: &'o Operation<'_>) -> Vec<&'o Property> {
    let outside = operation.arguments.iter().map(|argument| &argument.property);
    let body: &[Property] = match &operation.body {
        Some(Body::Fields { properties, .. }) => properties,
        _ => &[],
    };
    // A cursor that the path takes is no cursor.
    outside.filter(|property| !property.required).chain(body).collect()
}
