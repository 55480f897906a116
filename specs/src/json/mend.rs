//! Text that is not JSON: what is wrong with it, in the words of who wrote it, and how to read on all the same.
//!
//! What is mended keeps its length, so that every place behind it stays where it is.

use std::ops::Range;

use jsonc_parser::errors::ParseErrorKind as Kind;

use crate::diagnostics::Code;

/// Most mistakes of form in one file after which it is still read.
pub(super) const MAX_MENDED: usize = 20;

/// What is wrong with a text.
pub(super) struct Mistake {
    pub(super) code: Code,
    pub(super) at: Range<usize>,
    pub(super) message: String,
    pub(super) help: Option<&'static str>,
    mend: Option<Mend>,
}

#[derive(Clone, Copy)]
enum Mend {
    /// It should not be there.
    Blank,
    /// A comma should be there.
    Comma,
    /// A bracket should be there, and nobody knows where.
    Bracket,
}

impl Mistake {
    pub(super) fn new(code: Code, at: Range<usize>, message: impl Into<String>) -> Self {
        Self { code, at, message: message.into(), help: None, mend: None }
    }

    /// What should simply not be there.
    pub(super) fn superfluous(at: Range<usize>, message: impl Into<String>) -> Self {
        Self { mend: Some(Mend::Blank), ..Self::new(Code::Syntax, at, message) }
    }

    pub(super) fn with_help(self, help: &'static str) -> Self {
        Self { help: Some(help), ..self }
    }

    /// The parser's error.
    pub(super) fn of(kind: &Kind, at: Range<usize>, text: &str) -> Self {
        let mistake = |message: &str| Self::new(Code::Syntax, at.clone(), message);
        match kind {
            Kind::TrailingCommasNotAllowed => {
                Self::superfluous(at, "a comma behind the last entry").with_help("remove it")
            }
            Kind::CommentsNotAllowed => Self::superfluous(at, "JSON has no comments")
                .with_help("remove it; what people should read belongs in `description`"),
            Kind::ExpectedComma if number(text, at.start).is_some() => {
                let number = number(text, at.start).unwrap_or(at);
                Self::new(Code::Syntax, number, "a number does not start with `0`")
                    .with_help("write it without the zero, or as a string")
            }
            Kind::ExpectedComma => Self { mend: Some(Mend::Comma), ..mistake("a comma is missing here") },
            Kind::SingleQuotedStringsNotAllowed => {
                let rest = text.get(at.start + 1..).unwrap_or_default();
                let end = rest.find(['\'', '\n']).map_or(at.end, |end| at.start + 1 + end + 1);
                Self::new(Code::Syntax, at.start..end, "texts stand in double quotes")
                    .with_help("write \"…\"")
            }
            Kind::UnexpectedTokenInObject if text.get(at.clone()) == Some(":") => {
                mistake("this colon stands behind no key")
                    .with_help("is a `{` missing in front of what should be its key?")
            }
            Kind::UnexpectedComma => mistake("there is nothing before this comma"),
            Kind::ExpectedStringObjectProperty | Kind::UnexpectedTokenInObject | Kind::UnexpectedWord => {
                mistake("keys and texts stand in double quotes").with_help("write \"…\"")
            }
            Kind::ExpectedColonAfterObjectKey => mistake("a colon is missing behind this key"),
            Kind::ExpectedObjectValue => mistake("this key has no value"),
            Kind::UnexpectedCloseBrace | Kind::UnexpectedCloseBracket => {
                mistake("a value is missing before this")
            }
            Kind::UnterminatedObject | Kind::UnterminatedArray => {
                let at = unclosed(text).map_or(at, |at| at..at + 1);
                let (message, help) = match text.get(at.clone()) {
                    Some("[") => ("this array is not closed", "its `]` is missing"),
                    _ => ("this object is not closed", "its `}` is missing"),
                };
                Self { mend: Some(Mend::Bracket), ..Self::new(Code::Syntax, at, message).with_help(help) }
            }
            Kind::MultipleRootJsonValues => mistake("something stands behind the end of the file's object")
                .with_help("a file holds one object: put this into it, or into a file of its own"),
            other => mistake(&lower_first(&other.to_string())),
        }
    }

    /// Whether it is one only since a bracket before it is not closed: the comma behind what was meant to be its last entry.
    pub(super) fn follows_from(&self, other: &Self, text: &str) -> bool {
        matches!(other.mend, Some(Mend::Bracket))
            && other.at.start < self.at.start
            && text.get(self.at.clone()) == Some(",")
    }

    /// The text without the mistake, where it is plain what was meant.
    pub(super) fn mend(&self, text: &str) -> Option<String> {
        let at = self.at.clone();
        match self.mend? {
            Mend::Blank => {
                let blank = |c: char| {
                    let kept = if c == '\n' { '\n' } else { ' ' };
                    std::iter::repeat_n(kept, c.len_utf8())
                };
                let mut mended = text.get(..at.start)?.to_owned();
                mended.extend(text.get(at.clone())?.chars().flat_map(blank));
                mended.push_str(text.get(at.end..)?);
                Some(mended)
            }
            Mend::Bracket => None,
            Mend::Comma => {
                // There is room where it is missing in front of a blank or a line break.
                let room = at.start..at.start + 1;
                text.get(room.clone())?.starts_with([' ', '\n', '\t', '\r']).then(|| {
                    let mut mended = text.to_owned();
                    mended.replace_range(room, ",");
                    mended
                })
            }
        }
    }
}

/// The bracket that somebody forgot to close, where the indentation tells: a closing bracket that begins a line stands below
/// the line of the one that it was meant to close.
fn unclosed(text: &str) -> Option<usize> {
    let mut open: Vec<(usize, usize)> = Vec::new();
    let (mut in_string, mut escaped) = (false, false);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        for (column, byte) in line.bytes().enumerate() {
            match byte {
                _ if in_string => match byte {
                    _ if escaped => escaped = false,
                    b'\\' => escaped = true,
                    b'"' => in_string = false,
                    _ => {}
                },
                b'"' => in_string = true,
                b'{' | b'[' => open.push((start + column, indent)),
                b'}' | b']' => {
                    let (at, opened_at) = open.pop()?;
                    if column == indent && indent != opened_at {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        start += line.len();
    }
    open.pop().map(|(at, _)| at)
}

/// The number that a digit belongs to which follows a zero: `01`.
fn number(text: &str, at: usize) -> Option<Range<usize>> {
    let is_part = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
    let (before, after) = (text.get(..at)?, text.get(at..)?);
    let start = before.trim_end_matches(is_part).len();
    let end = at + after.find(|c| !is_part(c)).unwrap_or(after.len());
    (start < at && at < end).then_some(start..end)
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
