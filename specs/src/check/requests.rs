//! What an action sends: path, method, body, and where each argument lands.

use std::collections::HashMap;

use super::Subject;
use crate::diagnostics::{Code, Problem};
use crate::model::{Body, BodyEncoding, Effect, Field, FieldType, Input, PathPiece, Place};
use crate::raw;
use crate::resolve::{Cx, arguments};
use crate::source::Span;

/// A placeholder that no argument of `path` fills; `is_used` tells of an argument whether it fills another one, `is_only` of the
/// placeholder whether all others are filled.
pub(crate) fn unfilled(
    cx: &mut Cx<'_>,
    raw: &raw::Action,
    name: &raw::Text,
    is_only: bool,
    is_used: impl Fn(&str) -> bool,
) {
    let mut free = raw.path.entries.iter().filter(|entry| !is_used(entry.key.as_str()));
    let near = cx.problems.nearest(name.as_str(), free.clone().map(|entry| entry.key.as_str()));
    let one = || match (is_only, free.clone().next(), free.clone().nth(1)) {
        (true, Some(one), None) => Some(one.key.as_str()),
        _ => None,
    };
    if let Some(meant) = near.or_else(one) {
        // One slip, and not two: the argument is told, the placeholder is not.
        if let Some(entry) = free.find(|entry| entry.key.value == meant) {
            let message = format!("the path has no `{{{meant}}}`");
            let problem = Problem::new(Code::UnusedPathArgument, entry.key.span, message)
                .also(name.span, "this is not filled");
            cx.problems.report(match near {
                Some(_) => problem.did_you_mean(Some(name.as_str())),
                None => problem.label(format!("the path calls it `{}`", name.value)),
            });
            cx.problems.expect_consequence(entry.key.span);
        }
        return;
    }
    if raw.path.unreadable {
        cx.problems.consequence();
        return;
    }
    let message = format!("nothing fills the placeholder `{}`", name.value);
    let mut problem = Problem::new(Code::UnfilledPlaceholder, name.span, message);
    let elsewhere =
        [("query", &raw.query), ("headers", &raw.headers)].into_iter().find_map(|(place, fields)| {
            let entry = fields.entries.iter().find(|entry| entry.key.value == name.value)?;
            Some((place, entry.key.span))
        });
    problem = match elsewhere {
        Some((place, span)) => {
            problem.also(span, format!("this one travels in `{place}`")).help("move it to `path`")
        }
        None => problem.help(format!("add \"path\": {{ \"{}\": … }} to this action", name.value)),
    };
    cx.problems.report(problem);
}

/// Every argument of `path` stands in the path.
pub(crate) fn unused_path_arguments(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    if subject.action.path.is_empty() {
        return;
    }
    let named = subject.action.parameters.iter().zip(subject.spans).enumerate();
    for (index, (parameter, span)) in named {
        let used = subject.action.path.contains(&PathPiece::Parameter(index));
        if matches!(parameter.place, Place::Path) && !used {
            let key = &parameter.field.key;
            let problem =
                Problem::new(Code::UnusedPathArgument, *span, format!("the path has no `{{{key}}}`"))
                    .also(subject.raw.http.span, "this is the path")
                    .help("arguments that do not stand in the path belong in `query`, `headers` or `body`");
            cx.problems.report(problem);
        }
    }
}

/// GET and HEAD have no body (RFC 9110 §9.3.1).
pub(crate) fn body_on_get(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    let method = subject.action.method.as_str();
    if let Some(body) = subject.raw.body.as_ref().filter(|_| matches!(method, "GET" | "HEAD")) {
        let problem = Problem::new(Code::UnexpectedBody, body.span(), format!("{method} has no body"))
            .also(subject.raw.http.span, "the method is given here")
            .help("send these arguments in `query`");
        cx.problems.report(problem);
    }
}

/// GET and HEAD change nothing, and DELETE makes nothing and does not only read (RFC 9110 §9.2.1).
pub(crate) fn effect(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    let (method, effect) = (subject.action.method.as_str(), subject.action.effect);
    let fits = match method {
        "GET" | "HEAD" => effect == Effect::Read,
        "DELETE" => matches!(effect, Effect::Delete | Effect::Update),
        _ => true,
    };
    if !fits && subject.raw.effect.value.is_some() {
        let (message, help) = if method == "DELETE" {
            (
                "the effect of a DELETE is `delete`, or `update` where it takes something away from a record",
                "write \"delete\", or another method",
            )
        } else {
            ("a GET or HEAD changes nothing: its effect is `read`", "write \"read\", or another method")
        };
        let problem = Problem::new(Code::EffectMismatch, subject.raw.effect.span, message)
            .also(subject.raw.http.span, "the method is given here")
            .help(help);
        cx.problems.report(problem);
    }
}

/// How a body is written fits what it is: files travel in parts, and bytes as they are.
pub(crate) fn body_encoding(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    let (Some(raw), Some(body)) = (&subject.raw.body, &subject.action.body) else { return };
    let spans = &subject.spans[subject.action.parameters.len().min(subject.spans.len())..];
    let mut wrong = |code: Code, span: Span, message: &str, help: &str| {
        cx.problems.report(Problem::new(code, span, message).help(help));
    };
    match body {
        Body::Fields { encoding: BodyEncoding::Raw, .. } => {
            wrong(
                Code::WrongKind,
                raw.span(),
                "an object cannot be sent as it is",
                "give the body one value, with \"type\": \"bytes\", or leave `encoding` out",
            );
        }
        Body::Fields { encoding, input } => {
            for (field, span) in input.fields.iter().zip(spans) {
                if *encoding != BodyEncoding::Multipart && is_file(&field.ty) {
                    let help = "give the body `\"encoding\": \"multipart\"`";
                    wrong(Code::WrongKind, *span, "a file travels in a multipart body only", help);
                }
            }
        }
        Body::Whole { encoding, field, content_type } => {
            let fits = match encoding {
                BodyEncoding::Raw => matches!(field.ty, FieldType::Bytes | FieldType::String),
                BodyEncoding::Multipart | BodyEncoding::Form => false,
                BodyEncoding::Json => !is_file(&field.ty),
            };
            if !fits {
                let help = "`raw` is for `bytes` and `string`; `form`, `multipart` and files are for a body with `fields`";
                wrong(Code::WrongKind, raw.span(), "this value cannot be written so", help);
            }
            if content_type.is_some() && *encoding != BodyEncoding::Raw {
                wrong(Code::UselessKey, raw.span(), "`content_type` is for a raw body", "leave it out");
            }
        }
    }
}

pub(crate) fn is_file(ty: &FieldType) -> bool {
    match ty {
        FieldType::File => true,
        FieldType::Array(inner) | FieldType::Map(inner) => is_file(inner),
        _ => false,
    }
}

/// No two arguments are written to the same place, nor one into the other.
pub(crate) fn places(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    let parameters = &subject.action.parameters;
    let place = |(index, field): (usize, &Field)| match parameters.get(index).map(|parameter| parameter.place)
    {
        Some(Place::Path) => vec!["path".to_owned(), field.key.clone()],
        Some(Place::Query(_)) => vec!["query".to_owned(), field.wire_name.clone()],
        Some(Place::Header) => vec!["headers".to_owned(), field.wire_name.to_ascii_lowercase()],
        None => std::iter::once("body".to_owned()).chain(field.path.iter().cloned()).collect(),
    };
    let all: Vec<_> = arguments(subject.action).collect();
    let places: Vec<_> = all.iter().copied().enumerate().map(place).collect();
    overlaps(cx, &all, &places, subject.spans, WRITTEN);
}

/// The same within an input.
pub(crate) fn input_places(cx: &mut Cx<'_>, input: &Input, spans: &[Span]) {
    let all: Vec<_> = input.fields.iter().collect();
    let places: Vec<_> = all.iter().map(|field| field.path.clone()).collect();
    overlaps(cx, &all, &places, spans, WRITTEN);
}

/// What overlapping arguments do.
const WRITTEN: &str = "is written where";

/// The same within an object: no two fields are read from the same place, nor one from within the other.
pub(crate) fn object_places(cx: &mut Cx<'_>, fields: &[Field], spans: &[Span]) {
    let all: Vec<_> = fields.iter().collect();
    let places: Vec<_> = fields.iter().map(|field| field.path.clone()).collect();
    overlaps(cx, &all, &places, spans, "is read from where");
}

fn overlaps(cx: &mut Cx<'_>, all: &[&Field], places: &[Vec<String>], spans: &[Span], does: &str) {
    let mut first: HashMap<&[String], usize> = HashMap::new();
    for (index, place) in places.iter().enumerate() {
        first.entry(place).or_insert(index);
    }
    for (index, (place, &span)) in places.iter().zip(spans).enumerate() {
        let above = (1..=place.len()).filter_map(|end| first.get(&place[..end]).copied());
        let Some(other) = above.into_iter().find(|other| *other != index) else { continue };
        let message = format!("`{}` {does} `{}` is", all[index].key, all[other].key);
        let mut problem =
            Problem::new(Code::NameClash, span, message).label(format!("this is `{}`", place.join("/")));
        if let Some(&other_span) = spans.get(other) {
            problem = problem.also(other_span, format!("this is `{}`", places[other].join("/")));
        }
        cx.problems.report(problem.help("give each a place of its own by `wire_name`"));
    }
}

/// Parameters of the authorize link that the flow sets, and one that must not be in a link; a profile refuses the same.
const OF_THE_FLOW: [&str; 9] = [
    "client_id",
    "client_secret",
    "code_challenge",
    "code_challenge_method",
    "optional_scope",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
];

/// An extra parameter of the authorize link is none of the flow's own.
pub(crate) fn authorize_param(cx: &mut Cx<'_>, name: &raw::Text) {
    if OF_THE_FLOW.contains(&&*name.value) {
        let message = format!("the parameter `{}` of the authorize link is set by the runtime", name.value);
        let problem = Problem::new(Code::ReservedName, name.span, message);
        cx.problems.report(problem.help("leave it out"));
    }
}

/// Addresses of documentation.
pub(crate) fn docs_url(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    page(cx, subject.raw.docs_url.as_ref());
}

pub(crate) fn page(cx: &mut Cx<'_>, url: Option<&raw::Text>) {
    let Some(url) = url else { return };
    let web = url.value.starts_with("https://") || url.value.starts_with("http://");
    if !web || url.value.contains(char::is_whitespace) {
        let message = format!("`{}` is not the address of a page", url.value);
        let problem = Problem::new(Code::BadUrl, url.span, message).help("write `https://…`");
        cx.problems.report(problem);
    }
}
