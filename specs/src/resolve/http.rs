//! `http`: `"POST {+objects}/deals/{dealId}"`.

use crate::diagnostics::{Code, Problem, Problems};
use crate::raw::Text;
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
    let bad = |problems: &mut Problems, span, message: String| {
        let problem = Problem::new(Code::BadHttp, span, message)
            .help("write a method and a path: \"GET /crm/v3/objects/deals/{dealId}\"");
        problems.report(problem);
        None
    };
    let line = http.as_str();
    let Some((method, path)) = line.split_once(' ') else {
        return bad(problems, http.span, "expected a method, a space and a path".to_owned());
    };
    if !METHODS.contains(&method) {
        let near = METHODS.iter().copied().find(|known| known.eq_ignore_ascii_case(method));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return bad(
            problems,
            part(problems, http, 0, method.len()),
            format!("unknown method `{method}`{hint}"),
        );
    }
    let start = method.len() + 1;
    if !path.starts_with('/') && !path.starts_with("{+") {
        let message = "a path starts with `/` or a base path `{+name}`".to_owned();
        return bad(problems, part(problems, http, start, line.len()), message);
    }
    let mut pieces = Vec::new();
    let mut at = start;
    while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
        if pieces.len() > MAX_PIECES {
            let message = format!("a path has at most {MAX_PIECES} pieces");
            return bad(problems, http.span, message);
        }
        if let Some(inside) = rest.strip_prefix('{') {
            let Some(end) = inside.find('}') else {
                let message = "this placeholder is not closed".to_owned();
                return bad(problems, part(problems, http, at, line.len()), message);
            };
            let (base, name) = match inside[..end].strip_prefix('+') {
                Some(name) => (true, name),
                None => (false, &inside[..end]),
            };
            let span = part(problems, http, at, at + end + 2);
            let usable = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
            if name.is_empty() {
                return bad(problems, span, "this placeholder has no name".to_owned());
            }
            if !name.chars().all(usable) {
                return bad(problems, span, format!("`{name}` is not a placeholder name"));
            }
            let name = Text { span, value: name.to_owned() };
            pieces.push(if base { Piece::Base(name) } else { Piece::Argument(name) });
            at += end + 2;
        } else {
            let literal = &rest[..rest.find('{').unwrap_or(rest.len())];
            if let Some(wrong) = literal.find(|c: char| !allowed(c)) {
                let shown = literal[wrong..].chars().next().unwrap_or_default();
                let span = part(problems, http, at + wrong, at + wrong + shown.len_utf8());
                let message = match shown {
                    '?' => "arguments of the query belong in `query`".to_owned(),
                    _ => format!("`{}` cannot stand in a path", shown.escape_debug()),
                };
                return bad(problems, span, message);
            }
            pieces.push(Piece::Literal(literal.to_owned()));
            at += literal.len();
        }
    }
    Some(Http { method: method.to_owned(), pieces })
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
