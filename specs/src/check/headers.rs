//! Headers: those that the connector sets, and those that are arguments.

use super::Subject;
use crate::diagnostics::{Code, Problem};
use crate::model::Effect;
use crate::raw::{self, IdempotencyKey, KeyPlaceWord, KeyRule, Text};
use crate::resolve::Cx;
use crate::source::Span;

/// Headers that the runtime sets; nothing in a spec replaces them.
const RESERVED: &[&str] = &[
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
    "upgrade",
];

/// The headers of `connector.json`: usable names, each set by one key.
pub(crate) fn of_connector(cx: &mut Cx<'_>, raw: &raw::ConnectorFile) {
    let mut set: Vec<(String, Span)> = Vec::new();
    let key = key_header(raw).map(|name| name.span);
    for name in own(raw) {
        // A key may travel as all of `Authorization`.
        if Some(name.span) != key || !is_name(name.as_str()) {
            usable(cx, name, &[]);
        }
        let lower = name.value.to_ascii_lowercase();
        if let Some((_, first)) = set.iter().find(|(known, _)| *known == lower) {
            let message = format!("the header `{}` is set twice", name.value);
            cx.problems.report(
                Problem::new(Code::NameClash, name.span, message)
                    .also(*first, "set here")
                    .help("leave one of the two out"),
            );
        }
        set.push((lower, name.span));
    }
    for entry in &raw.headers.entries {
        let text = &entry.value.value;
        if text.is_empty() || !text.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
            let message = "this is not the value of a header";
            let problem = Problem::new(Code::ValueMismatch, entry.value.span, message);
            cx.problems.report(problem.label("expected visible ASCII characters (RFC 9110 §5.5)"));
        }
    }
}

/// The names of the headers that `connector.json` sets.
fn own(raw: &raw::ConnectorFile) -> impl Iterator<Item = &Text> {
    let version = raw.api_version.as_ref().and_then(|version| version.header.as_ref());
    let key = raw.idempotency_key.as_ref().map(|key| &key.header);
    raw.headers.entries.iter().map(|entry| &entry.key).chain(version).chain(key).chain(key_header(raw))
}

/// The name of the header in which an API key travels.
fn key_header(raw: &raw::ConnectorFile) -> Option<&Text> {
    let key = raw.auth.api_key.as_ref().filter(|key| key.place.value == Some(KeyPlaceWord::Header));
    key.and_then(|key| key.name.as_ref())
}

/// Names of headers that are arguments.
pub(crate) fn of_action(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    let mut taken: Vec<String> = Vec::new();
    // An argument may take the place of a fixed header, but not of what is more than a value.
    let fixed = cx.raw.headers.entries.len();
    taken.extend(own(cx.raw).skip(fixed).map(|name| name.value.to_ascii_lowercase()));
    if let Some(KeyRule::Header(key)) = &subject.raw.idempotency_key {
        taken.push(key.header.value.to_ascii_lowercase());
    }
    for entry in &subject.raw.headers.entries {
        usable(cx, entry.value.keys.wire_name.as_ref().unwrap_or(&entry.key), &taken);
    }
}

/// A name as RFC 9110 §5.1 has it, and none that the runtime sets.
fn usable(cx: &mut Cx<'_>, name: &Text, taken: &[String]) {
    let lower = name.value.to_ascii_lowercase();
    if !is_name(name.as_str()) {
        let message = format!("`{}` is not a header name", name.value);
        let problem = Problem::new(Code::InvalidName, name.span, message)
            .help("names of headers are letters, digits and `-` (RFC 9110 §5.1): `X-Trace`");
        cx.problems.report(problem);
    } else if RESERVED.contains(&lower.as_str()) || taken.contains(&lower) {
        let message = format!("the header `{}` is set by the runtime", name.value);
        let problem = Problem::new(Code::ReservedName, name.span, message);
        cx.problems.report(problem.help("leave it out; what it says follows from other keys"));
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
}

/// An idempotency key is for what does more when it is sent twice.
pub(crate) fn idempotency_key(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    let reads = subject.action.effect == Effect::Read;
    let (span, message, help) = match &subject.raw.idempotency_key {
        Some(KeyRule::Header(IdempotencyKey { span, header })) => {
            let version = cx.raw.api_version.as_ref().and_then(|version| version.header.as_ref());
            let mut taken = version.into_iter().chain(key_header(cx.raw));
            match taken.find(|name| name.value.eq_ignore_ascii_case(header.as_str())) {
                Some(first) => {
                    let message = format!("the header `{}` is set already", header.value);
                    let problem = Problem::new(Code::ReservedName, header.span, message);
                    cx.problems
                        .report(problem.also(first.span, "by this").help("name another one for the key"));
                }
                None => usable(cx, header, &[]),
            }
            if !reads {
                return;
            }
            (*span, "what only reads can be sent twice without a key", "leave `idempotency_key` out")
        }
        Some(KeyRule::None(span)) if cx.raw.idempotency_key.is_none() => {
            (*span, "the connector has no idempotency keys", "leave `idempotency_key` out")
        }
        _ => return,
    };
    cx.problems.report(Problem::new(Code::UselessKey, span.first(), message).help(help));
}
