//! YAML as the tree that JSON is read into, with the place of every key and value.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span as YamlSpan, Tag};
use typed_connector_specs::Code;
use typed_connector_specs::text::{Kind, Member, Problem, Problems, Span, Value};

use crate::read::{MAX_DEPTH, MAX_NODES};

/// Reads a file; problems are reported, and the tree is there only if it is YAML. The second part are the keys that lead
/// to where reading stopped.
pub(crate) fn parse(file: usize, problems: &mut Problems) -> (Option<Value>, Vec<String>) {
    let source = Arc::clone(&problems.files[file]);
    let text = source.text.as_str();
    let mut builder = Builder {
        file,
        bytes: (!text.is_ascii()).then(|| text.char_indices().map(|(byte, _)| byte).collect()),
        length: text.len(),
        open: Vec::new(),
        anchors: HashMap::new(),
        nodes: 0,
        root: None,
        problems,
    };
    for event in Parser::new_from_str(text) {
        let done = match event {
            Ok((event, span)) => builder.event(event, span),
            Err(error) => {
                let at = builder.offset(*error.marker());
                let why = format!("this is no YAML: {}", error.info());
                builder.problems.error(Code::Syntax, Span::new(file, at, at + 1), why);
                Err(())
            }
        };
        if done.is_err() {
            let path = builder.open.into_iter().filter_map(Open::into_key).collect();
            return (None, path);
        }
    }
    if builder.root.is_none() {
        builder.problems.error(Code::Syntax, Span::new(file, 0, 0), "the file is empty");
    }
    (builder.root, Vec::new())
}

/// A collection that has not ended.
struct Open {
    start: usize,
    anchor: usize,
    kind: OpenKind,
}

enum OpenKind {
    Sequence(Vec<Value>),
    Mapping { members: Vec<Member>, seen: HashMap<String, Span>, key: Option<(String, Span)> },
}

/// How much there is of a value.
#[derive(Clone, Copy)]
struct Extent {
    /// It and all values in it.
    values: usize,
    /// Levels of objects and arrays.
    depth: usize,
}

impl OpenKind {
    fn mapping() -> Self {
        Self::Mapping { members: Vec::new(), seen: HashMap::new(), key: None }
    }
}

impl Open {
    fn into_key(self) -> Option<String> {
        match self.kind {
            OpenKind::Mapping { key: Some((key, _)), .. } => Some(key),
            _ => None,
        }
    }
}

struct Builder<'p> {
    file: usize,
    /// The byte at which each character starts, unless characters are bytes.
    bytes: Option<Vec<usize>>,
    length: usize,
    open: Vec<Open>,
    anchors: HashMap<usize, (Value, Extent)>,
    nodes: usize,
    root: Option<Value>,
    problems: &'p mut Problems,
}

impl Builder<'_> {
    fn offset(&self, marker: Marker) -> usize {
        match &self.bytes {
            Some(bytes) => bytes.get(marker.index()).copied().unwrap_or(self.length),
            None => marker.index().min(self.length),
        }
    }

    /// The end of a scalar without the space behind it, which the reader counts to it.
    fn without_space(&self, start: usize, end: usize) -> usize {
        let text = self.problems.files[self.file].text.get(start..end).unwrap_or_default();
        if text.is_empty() { end } else { start + text.trim_end().len() }
    }

    fn fail(&mut self, code: Code, span: Span, message: impl Into<String>) -> Result<(), ()> {
        self.problems.error(code, span, message);
        Err(())
    }

    fn event(&mut self, event: Event<'_>, at: YamlSpan) -> Result<(), ()> {
        let (start, end) = (self.offset(at.start), self.offset(at.end));
        let span = Span::new(self.file, start, end);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let span = Span::new(self.file, start, self.without_space(start, end));
                self.is_room(1, span)?;
                let kind = scalar(&text, style, tag.as_deref());
                self.add(Value { span, kind }, anchor, Extent { values: 1, depth: 0 })
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor).cloned() {
                Some((value, extent)) => {
                    self.is_room(extent.values, span)?;
                    self.is_shallow(extent.depth, span)?;
                    self.add(value, 0, extent)
                }
                None => self.fail(Code::Syntax, span, "this alias refers to no anchor before it"),
            },
            Event::SequenceStart(anchor, _) => {
                self.start(start, anchor, OpenKind::Sequence(Vec::new()), span)
            }
            Event::MappingStart(anchor, _) => self.start(start, anchor, OpenKind::mapping(), span),
            Event::SequenceEnd | Event::MappingEnd => self.end(end),
            Event::DocumentStart(_) if self.root.is_some() => {
                self.fail(Code::Syntax, span, "a second document starts here; one file holds one")
            }
            _ => Ok(()),
        }
    }

    /// Aliases multiply what is small in the file; a limit keeps a hostile one from filling the memory.
    fn is_room(&mut self, more: usize, span: Span) -> Result<(), ()> {
        self.nodes += more;
        if self.nodes > MAX_NODES {
            return self.fail(Code::TooLarge, span, format!("the document has more than {MAX_NODES} values"));
        }
        Ok(())
    }

    /// Every later stage may recurse as deep as the tree is. An alias brings the levels of what it repeats.
    fn is_shallow(&mut self, more: usize, span: Span) -> Result<(), ()> {
        if self.open.len() + more > MAX_DEPTH {
            return self.fail(Code::TooDeep, span, format!("nested more than {MAX_DEPTH} levels deep"));
        }
        Ok(())
    }

    fn start(&mut self, start: usize, anchor: usize, kind: OpenKind, span: Span) -> Result<(), ()> {
        self.is_room(1, span)?;
        self.is_shallow(1, span)?;
        self.open.push(Open { start, anchor, kind });
        Ok(())
    }

    fn end(&mut self, end: usize) -> Result<(), ()> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let span = Span::new(self.file, open.start, end);
        let kind = match open.kind {
            OpenKind::Sequence(items) => Kind::Array(items),
            OpenKind::Mapping { members, .. } => Kind::Object(merged(members)),
        };
        let value = Value { span, kind };
        let extent = if open.anchor == 0 { Extent { values: 0, depth: 0 } } else { extent(&value) };
        self.add(value, open.anchor, extent)
    }

    fn add(&mut self, value: Value, anchor: usize, extent: Extent) -> Result<(), ()> {
        if anchor != 0 {
            self.anchors.insert(anchor, (value.clone(), extent));
        }
        let file = self.file;
        let Some(open) = self.open.last_mut() else {
            self.root = Some(value);
            return Ok(());
        };
        match &mut open.kind {
            OpenKind::Sequence(items) => items.push(value),
            OpenKind::Mapping { members, seen, key } => match key.take() {
                None => match key_text(&value) {
                    Some(text) => *key = Some((text, value.span)),
                    None => {
                        return self.fail(Code::WrongType, value.span.first(), "a key must be a text");
                    }
                },
                Some((name, key_span)) => {
                    if let Some(first) = seen.get(&name).filter(|_| name != "<<") {
                        let problem =
                            Problem::new(Code::DuplicateKey, key_span, format!("duplicate key `{name}`"))
                                .label("second definition")
                                .also(*first, "first defined here");
                        self.problems.report(problem);
                    } else {
                        debug_assert_eq!(key_span.file as usize, file, "a file's places are in it");
                        seen.insert(name.clone(), key_span);
                        members.push(Member { key: name, key_span, value });
                    }
                }
            },
        }
        Ok(())
    }
}

fn extent(value: &Value) -> Extent {
    let around = |inner: Extent, next: Extent| Extent {
        values: inner.values + next.values,
        depth: inner.depth.max(next.depth + 1),
    };
    match &value.kind {
        Kind::Array(items) => items.iter().map(extent).fold(Extent { values: 1, depth: 1 }, around),
        Kind::Object(members) => {
            members.iter().map(|member| extent(&member.value)).fold(Extent { values: 1, depth: 1 }, around)
        }
        _ => Extent { values: 1, depth: 0 },
    }
}

/// `200:` is a key as good as `"200":`.
fn key_text(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::String(text) => Some(text.clone()),
        Kind::Number(number) => Some(number.to_string()),
        Kind::Bool(flag) => Some(flag.to_string()),
        Kind::Null => Some("null".to_owned()),
        Kind::Array(_) | Kind::Object(_) => None,
    }
}

/// `<<: *defaults` takes what it names; own keys win (YAML merge key, type repository of YAML 1.1).
fn merged(members: Vec<Member>) -> Vec<Member> {
    if !members.iter().any(|member| member.key == "<<") {
        return members;
    }
    let (merges, mut own): (Vec<_>, Vec<_>) = members.into_iter().partition(|member| member.key == "<<");
    let mut seen: HashSet<String> = own.iter().map(|member| member.key.clone()).collect();
    for merge in merges {
        let sources = match merge.value.kind {
            Kind::Array(items) => items,
            _ => vec![merge.value],
        };
        for member in sources.into_iter().flat_map(|source| match source.kind {
            Kind::Object(members) => members,
            _ => Vec::new(),
        }) {
            if seen.insert(member.key.clone()) {
                own.push(member);
            }
        }
    }
    own
}

/// The core schema of YAML 1.2.2, §10.3.2.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Kind {
    let string = || Kind::String(text.to_owned());
    if style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.suffix == "str") {
        return string();
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Kind::Null,
        "true" | "True" | "TRUE" => return Kind::Bool(true),
        "false" | "False" | "FALSE" => return Kind::Bool(false),
        _ => {}
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return string();
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(whole) = text.trim_start_matches('+').parse::<i64>()
    {
        return Kind::Number(whole.into());
    }
    let hex = text.strip_prefix("0x").and_then(|hex| i64::from_str_radix(hex, 16).ok());
    let octal = text.strip_prefix("0o").and_then(|octal| i64::from_str_radix(octal, 8).ok());
    if let Some(whole) = hex.or(octal) {
        return Kind::Number(whole.into());
    }
    let float = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    match text.parse::<f64>().ok().and_then(serde_json::Number::from_f64) {
        Some(number) if float => Kind::Number(number),
        _ => string(),
    }
}
