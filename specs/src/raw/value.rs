//! The values that keys take: text, flags, numbers, lists, maps, words.

use serde_json::json;

use super::keys::{Definitions, Keys, Read, list, no_entries, wrong_type};
use crate::diagnostics::{Code, Problem, Problems};
use crate::json::{self, Kind};
use crate::source::Span;

/// A value and its place.
#[derive(Debug, Clone)]
pub(crate) struct Spanned<T> {
    pub(crate) span: Span,
    pub(crate) value: T,
}

/// A string.
pub(crate) type Text = Spanned<String>;
/// A boolean.
pub(crate) type Flag = Spanned<bool>;
/// A whole number from 1.
pub(crate) type Count = Spanned<u64>;
/// Any JSON.
pub(crate) type Json = json::Value;

impl Text {
    pub(crate) fn as_str(&self) -> &str {
        &self.value
    }

    /// Whether the file has this text, and it does not merely stand in for one that is missing.
    pub(crate) fn is_there(&self, problems: &Problems) -> bool {
        !self.value.is_empty() || problems.text(self.span) == "\"\""
    }
}

impl Read for Text {
    fn read(value: &json::Value, problems: &mut Problems) -> Self {
        let span = value.span;
        match &value.kind {
            Kind::String(text) => Self { span, value: text.clone() },
            _ => {
                wrong_type(value, "a string", problems);
                Self::missing(span.first())
            }
        }
    }

    fn missing(span: Span) -> Self {
        Self { span, value: String::new() }
    }

    fn schema(_: &mut Definitions) -> serde_json::Value {
        json!({ "type": "string" })
    }
}

impl Read for Flag {
    fn read(value: &json::Value, problems: &mut Problems) -> Self {
        let span = value.span;
        match value.kind {
            Kind::Bool(flag) => Self { span, value: flag },
            _ => {
                wrong_type(value, "a boolean", problems);
                Self::missing(span)
            }
        }
    }

    fn missing(span: Span) -> Self {
        Self { span, value: false }
    }

    fn schema(_: &mut Definitions) -> serde_json::Value {
        json!({ "type": "boolean" })
    }
}

impl Read for Count {
    fn read(value: &json::Value, problems: &mut Problems) -> Self {
        let span = value.span;
        match &value.kind {
            Kind::Number(number) => match number.as_u64() {
                Some(count) if (1..=u64::from(u32::MAX)).contains(&count) => {
                    return Self { span, value: count };
                }
                _ => problems.report(
                    Problem::new(Code::OutOfRange, span, format!("`{number}` is out of range"))
                        .label(format!("expected a whole number from 1 to {}", u32::MAX)),
                ),
            },
            _ => wrong_type(value, "a number", problems),
        }
        Self::missing(span)
    }

    fn missing(span: Span) -> Self {
        Self { span, value: 1 }
    }

    fn schema(_: &mut Definitions) -> serde_json::Value {
        json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX })
    }
}

impl Read for Json {
    fn read(value: &json::Value, _: &mut Problems) -> Self {
        value.clone()
    }

    fn missing(span: Span) -> Self {
        Self { span, kind: Kind::Null }
    }

    fn schema(_: &mut Definitions) -> serde_json::Value {
        json!({})
    }
}

/// An array.
#[derive(Debug, Clone)]
pub(crate) struct List<T> {
    pub(crate) items: Vec<T>,
}

impl<T: Read> Read for List<T> {
    fn read(value: &json::Value, problems: &mut Problems) -> Self {
        match &value.kind {
            Kind::Array(elements) => {
                Self { items: elements.iter().map(|element| T::read(element, problems)).collect() }
            }
            _ => {
                wrong_type(value, "an array", problems);
                Self::missing(value.span)
            }
        }
    }

    fn missing(_: Span) -> Self {
        Self { items: Vec::new() }
    }

    fn schema(definitions: &mut Definitions) -> serde_json::Value {
        json!({ "type": "array", "items": T::schema(definitions) })
    }
}

/// An object whose keys are names, in the order of the file.
#[derive(Debug, Clone)]
pub(crate) struct Map<T> {
    pub(crate) span: Span,
    pub(crate) entries: Vec<Entry<T>>,
    /// Whether it could not be read, so that what is not in it may be there all the same.
    pub(crate) unreadable: bool,
}

/// A name and what it names.
#[derive(Debug, Clone)]
pub(crate) struct Entry<T> {
    pub(crate) key: Text,
    pub(crate) value: T,
    /// Whether there was something wrong in it.
    pub(crate) broken: bool,
}

impl<T: Read> Read for Map<T> {
    fn read(value: &json::Value, problems: &mut Problems) -> Self {
        let Some(members) = value.members() else {
            no_entries(value, problems);
            return Self { span: value.span, entries: Vec::new(), unreadable: true };
        };
        let entry = |member: &json::Member| {
            let before = problems.faults();
            let value = T::read(&member.value, problems);
            let key = Text { span: member.key_span, value: member.key.clone() };
            Entry { key, value, broken: problems.faults() > before }
        };
        Self { span: value.span, entries: members.iter().map(entry).collect(), unreadable: false }
    }

    fn missing(span: Span) -> Self {
        Self { span, entries: Vec::new(), unreadable: false }
    }

    fn schema(definitions: &mut Definitions) -> serde_json::Value {
        json!({ "type": "object", "additionalProperties": T::schema(definitions) })
    }
}

/// `null` or a value.
#[derive(Debug, Clone)]
pub(crate) struct OrNull<T>(pub(crate) Option<T>);

impl<T: Read> Read for OrNull<T> {
    fn read(value: &json::Value, problems: &mut Problems) -> Self {
        match value.kind {
            Kind::Null => Self(None),
            _ => Self(Some(T::read(value, problems))),
        }
    }

    fn missing(_: Span) -> Self {
        Self(None)
    }

    fn schema(definitions: &mut Definitions) -> serde_json::Value {
        json!({ "anyOf": [T::schema(definitions), { "type": "null" }] })
    }
}

/// A set of words of which one is chosen; see `words!`.
pub(crate) trait Word: Copy + 'static {
    const WORDS: &'static [(&'static str, Self)];
}

/// A chosen word; `None` where it was none of the set, which was reported.
pub(crate) type Choice<W> = Spanned<Option<W>>;

impl<W: Word> Read for Choice<W> {
    fn read(value: &json::Value, problems: &mut Problems) -> Self {
        let span = value.span;
        let Some(text) = value.as_str() else {
            wrong_type(value, "a string", problems);
            return Self::missing(span);
        };
        if let Some((_, word)) = W::WORDS.iter().find(|(word, _)| *word == text) {
            return Self { span, value: Some(*word) };
        }
        let words: Vec<_> = W::WORDS.iter().map(|(word, _)| *word).collect();
        let near = problems.nearest(text, words.iter().copied());
        problems.report(
            Problem::new(Code::UnknownWord, span, format!("unknown word `{text}`"))
                .did_you_mean(near)
                .help(format!("allowed are {}", list(&words))),
        );
        Self::missing(span)
    }

    fn missing(span: Span) -> Self {
        Self { span, value: None }
    }

    fn schema(_: &mut Definitions) -> serde_json::Value {
        let words: Vec<_> = W::WORDS.iter().map(|(word, _)| *word).collect();
        json!({ "enum": words })
    }
}

/// An object, or just its title.
#[derive(Debug, Clone)]
pub(crate) struct Titled<T>(pub(crate) T);

/// What a title alone stands for.
pub(crate) trait FromTitle: Keys {
    fn from_title(title: Text) -> Self;
}

impl<T: FromTitle> Read for Titled<T> {
    fn read(value: &json::Value, problems: &mut Problems) -> Self {
        match value.kind {
            Kind::String(_) => Self(T::from_title(Text::read(value, problems))),
            _ => Self(T::read(value, problems)),
        }
    }

    fn missing(span: Span) -> Self {
        Self(T::missing(span))
    }

    fn schema(definitions: &mut Definitions) -> serde_json::Value {
        json!({ "anyOf": [{ "type": "string" }, T::schema(definitions)] })
    }
}
