//! Lists that come in pages: where the elements lie, where the next cursor, and which argument takes it.

use crate::cx::Cx;
use crate::operation::{Answer, Body, Operation};
use crate::text::snake;
use crate::types::{Property, Shape};

/// `pagination` of an action.
#[derive(Debug, Clone)]
pub(crate) struct Paging {
    pub(crate) items: String,
    pub(crate) cursor: String,
    pub(crate) total: Option<String>,
    pub(crate) param: String,
    pub(crate) limit_param: Option<String>,
    pub(crate) item: Shape,
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
const TOTALS: &[&str] = &["total", "total_count", "total_results", "total_items", "count"];

/// Recognizes the pages of an operation's answer.
pub(crate) fn recognize(cx: &Cx<'_>, operation: &Operation<'_>) -> Option<Paging> {
    let Answer::Value(answer) = &operation.answer else { return None };
    let fields = cx.types.object(answer)?;
    let arguments = arguments(operation);
    let text = |shape: &Shape| matches!(cx.types.resolved(shape), Shape::Scalar("string" | "integer"));
    let (param, cursor) = CURSORS.iter().find_map(|(params, leaves)| {
        let param = arguments
            .iter()
            .find(|property| params.contains(&snake(&property.key).as_str()) && text(&property.shape))?;
        let cursor = leaves.iter().find_map(|leaf| find(cx, fields, leaf, 0, &text))?;
        Some((param.key.clone(), cursor))
    })?;
    let lists: Vec<_> = fields
        .iter()
        .filter_map(|field| match cx.types.resolved(&field.shape) {
            Shape::Array(inner) => Some((field, *inner)),
            _ => None,
        })
        .collect();
    let known = lists.iter().find(|(field, _)| ITEMS.contains(&snake(&field.key).as_str()));
    let (list, item) = match (known, lists.as_slice()) {
        (Some(known), _) => known.clone(),
        (None, [only]) => only.clone(),
        _ => return None,
    };
    let number = |property: &&&Property| cx.types.resolved(&property.shape) == Shape::Scalar("integer");
    let named = |list: &[&Property], names: &[&str]| {
        list.iter().find(|p| names.contains(&snake(&p.key).as_str()) && number(p)).map(|p| p.key.clone())
    };
    let all: Vec<&Property> = fields.iter().collect();
    Some(Paging {
        items: pointer(&list.key),
        cursor,
        total: named(&all, TOTALS).map(|key| pointer(&key)),
        limit_param: named(&arguments, LIMITS),
        param,
        item,
    })
}

/// The pointer to a text of this name, at most four objects deep.
fn find(
    cx: &Cx<'_>,
    fields: &[Property],
    leaf: &str,
    depth: usize,
    text: &impl Fn(&Shape) -> bool,
) -> Option<String> {
    if let Some(field) = fields.iter().find(|field| snake(&field.key) == leaf && text(&field.shape)) {
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
        Some(format!("{}{}", pointer(&field.key), find(cx, inner, leaf, depth + 1, text)?))
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
