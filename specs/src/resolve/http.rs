//! `http`: `"POST {+objects}/deals/{dealId}"`.

use crate::diagnostics::{Code, Problem, Problems};
use crate::raw::{Text, list};
use crate::source::Span;

const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

/// Most pieces of a path.
const MAX_PIECES: usize = 100;

/// A method and the pieces of a path.
#[derive(Debug)]
pub(crate) struct Http {
    pub(crate) method: String,
    pub(crate) pieces: Vec<Piece>,
}

/// A piece of a path, as it is written.
#[derive(Debug)]
pub(crate) enum Piece {
    Literal(String),
    /// `{+name}`
    Base(Text),
    /// `{name}`
    Argument(Text),
}

/// Reads the line; `None` where it cannot be used, which is reported.
pub(crate) fn parse(problems: &mut Problems, http: &Text) -> Option<Http> {
    let bad = |problems: &mut Problems, span, message: String, help: String| {
        problems.report(Problem::new(Code::BadHttp, span, message).help(help));
        None
    };
    let line = http.as_str();
    let Some((method, path)) = line.split_once(' ') else {
        let message = "expected a method, a space and a path".to_owned();
        let help = "write \"GET /crm/v3/objects/deals/{dealId}\"".to_owned();
        return bad(problems, http.span, message, help);
    };
    if !METHODS.contains(&method) {
        let near = METHODS.iter().copied().find(|known| known.eq_ignore_ascii_case(method));
        let help = match near {
            Some(near) => format!("methods are written in capitals: `{near}`"),
            None => format!("the methods are {}", list(&METHODS)),
        };
        let span = part(problems, http, 0, method.len());
        return bad(problems, span, format!("unknown method `{method}`"), help);
    }
    let start = method.len() + 1;
    if !path.starts_with('/') && !path.starts_with("{+") {
        let span = part(problems, http, start, line.len());
        let (message, help) = match path.split_once("://") {
            Some((_, rest)) => (
                "this is a whole address, and not a path",
                format!(
                    "write \"{method} /{}\"; the rest of the address is `base_url` of `connector.json`",
                    rest.split_once('/').map_or("", |(_, path)| path)
                ),
            ),
            None => (
                "a path starts with `/`, or with a base path `{+name}`",
                format!("write \"{method} /{path}\""),
            ),
        };
        return bad(problems, span, message.to_owned(), help);
    }
    let mut pieces = Vec::new();
    let mut at = start;
    while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
        if pieces.len() > MAX_PIECES {
            let message = format!("a path has at most {MAX_PIECES} pieces");
            return bad(problems, http.span, message, "send the rest in `query`".to_owned());
        }
        if let Some(inside) = rest.strip_prefix('{') {
            let Some(end) = inside.find('}') else {
                let (message, help) =
                    ("this placeholder is not closed".to_owned(), "its `}` is missing".to_owned());
                return bad(problems, part(problems, http, at, line.len()), message, help);
            };
            let (base, name) = match inside[..end].strip_prefix('+') {
                Some(name) => (true, name),
                None => (false, &inside[..end]),
            };
            let span = part(problems, http, at, at + end + 2);
            let usable = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
            if name.is_empty() {
                let help = "name the argument of `path` that fills it: `{id}`".to_owned();
                return bad(problems, span, "this placeholder has no name".to_owned(), help);
            }
            if !name.chars().all(usable) {
                let help = "names of placeholders are letters, digits, `_`, `-` and `.`".to_owned();
                return bad(problems, span, format!("`{name}` is not a placeholder name"), help);
            }
            let name = Text { span, value: name.to_owned() };
            pieces.push(if base { Piece::Base(name) } else { Piece::Argument(name) });
            at += end + 2;
        } else {
            let literal = &rest[..rest.find('{').unwrap_or(rest.len())];
            if let Some(wrong) = literal.find(|c: char| !allowed(c)) {
                let shown = literal[wrong..].chars().next().unwrap_or_default();
                let span = part(problems, http, at + wrong, at + wrong + shown.len_utf8());
                let (message, help) = match shown {
                    '?' => (
                        "arguments of the query belong in `query`".to_owned(),
                        "end the path before the `?`, and name each argument in `query`".to_owned(),
                    ),
                    _ => (
                        format!("`{}` cannot stand in a path", shown.escape_debug()),
                        "write it percent-encoded (RFC 3986 §2.1): a blank is `%20`".to_owned(),
                    ),
                };
                return bad(problems, span, message, help);
            }
            // Whoever resolves the address drops these segments (RFC 3986 §5.2.4), and with them what stands before.
            if let Some((wrong, segment)) = dots(literal) {
                let span = part(problems, http, at + wrong, at + wrong + segment.len());
                let message = format!("`{segment}` in a path leads elsewhere");
                return bad(problems, span, message, "write the path that it leads to".to_owned());
            }
            pieces.push(Piece::Literal(literal.to_owned()));
            at += literal.len();
        }
    }
    Some(Http { method: method.to_owned(), pieces })
}

/// A segment `.` or `..`, also where it is escaped, and its place.
fn dots(literal: &str) -> Option<(usize, &str)> {
    let mut at = 0;
    for segment in literal.split('/') {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        if plain == "." || plain == ".." {
            return Some((at, segment));
        }
        at += segment.len() + 1;
    }
    None
}

/// Characters of a path (RFC 3986 §3.3), and escapes.
fn allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/%".contains(c)
}

/// The place of a part of a string; all of it where the string is written with escapes.
fn part(problems: &Problems, text: &Text, start: usize, end: usize) -> Span {
    let literal = problems.text(text.span);
    if literal.len() != text.value.len() + 2 {
        return text.span;
    }
    let first = text.span.start as usize + 1;
    Span::new(text.span.file as usize, first + start, first + end)
}
