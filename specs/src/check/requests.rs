//! What an action sends: path, method, body, and where each argument lands.

use std::collections::HashMap;

use super::Subject;
use crate::diagnostics::{Code, Problem};
use crate::model::{Effect, PathPiece, Place};
use crate::raw;
use crate::resolve::{Cx, arguments};

/// Headers that the runtime sets; an argument must not replace them.
const RESERVED_HEADERS: &[&str] = &[
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
    "upgrade",
];

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
        let help = if method == "DELETE" { "use `delete` or `update`" } else { "use `read`" };
        let message = format!("{method} does not have this effect");
        let problem = Problem::new(Code::EffectMismatch, subject.raw.effect.span, message)
            .also(subject.raw.http.span, "the method is given here")
            .help(help);
        cx.problems.report(problem);
    }
}

/// Names of headers (RFC 9110 §5.1).
pub(crate) fn headers(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    for entry in &subject.raw.headers.entries {
        let name = entry.value.keys.wire_name.as_ref().unwrap_or(&entry.key);
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.value.is_empty() || !name.value.chars().all(token) {
            let message = format!("`{}` is not a header name", name.value);
            cx.problems.error(Code::InvalidName, name.span, message);
        } else if RESERVED_HEADERS.contains(&name.value.to_ascii_lowercase().as_str()) {
            let message = format!("the header `{}` is set by the runtime", name.value);
            cx.problems.error(Code::ReservedName, name.span, message);
        }
    }
}

/// No two arguments are written to the same place, nor one into the other.
pub(crate) fn places(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    let mut seen: HashMap<Vec<String>, usize> = HashMap::new();
    let all: Vec<_> = arguments(subject.action).collect();
    let place = |index: usize| -> Vec<String> {
        let field = all[index];
        match subject.action.parameters.get(index).map(|parameter| parameter.place) {
            Some(Place::Path) => vec!["path".to_owned(), field.key.clone()],
            Some(Place::Query(_)) => vec!["query".to_owned(), field.wire_name.clone()],
            Some(Place::Header) => vec!["header".to_owned(), field.wire_name.to_ascii_lowercase()],
            None => std::iter::once("body".to_owned()).chain(field.path.iter().cloned()).collect(),
        }
    };
    for index in 0..all.len() {
        seen.entry(place(index)).or_insert(index);
    }
    for index in 0..all.len() {
        let own = place(index);
        let inside =
            (1..=own.len()).filter_map(|end| seen.get(&own[..end]).copied()).find(|other| *other != index);
        let (Some(other), Some(&span)) = (inside, subject.spans.get(index)) else { continue };
        let (key, first) = (&all[index].key, &all[other].key);
        let mut problem = Problem::new(Code::NameClash, span, format!("`{key}` is written over `{first}`"))
            .label(format!("goes to `/{}`", own[1..].join("/")));
        if let Some(&first_span) = subject.spans.get(other) {
            problem = problem.also(first_span, format!("goes to `/{}`", place(other)[1..].join("/")));
        }
        cx.problems.report(problem);
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
