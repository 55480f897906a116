//! JSON as a tree in which every key and value knows its place. Strict: what RFC 8259 does not allow is an error.

mod mend;

use std::collections::HashMap;
use std::sync::Arc;

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use self::mend::{MAX_MENDED, Mistake};
use crate::diagnostics::{Code, Problem, Problems};
use crate::source::{SourceFile, Span};

/// Deepest nesting of objects and arrays. Every later stage may recurse that deep.
pub(crate) const MAX_DEPTH: usize = 64;

/// A value and its place.
#[derive(Debug, Clone)]
pub struct Value {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(serde_json::Number),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object, its keys in the order of the file.
    Object(Vec<Member>),
}

/// A key and its value; a repeated key was reported, and only its first member is kept.
#[derive(Debug, Clone)]
pub struct Member {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// What it leads to.
    pub value: Value,
}

impl Value {
    /// `a string`, as messages call it.
    pub fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Null => "null",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::String(_) => "a string",
            Kind::Array(_) => "an array",
            Kind::Object(_) => "an object",
        }
    }

    /// The members of an object.
    pub fn members(&self) -> Option<&[Member]> {
        match &self.kind {
            Kind::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The value of a key of an object.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.members()?.iter().find(|member| member.key == key).map(|member| &member.value)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The same without places.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.kind {
            Kind::Null => serde_json::Value::Null,
            Kind::Bool(value) => (*value).into(),
            Kind::Number(number) => serde_json::Value::Number(number.clone()),
            Kind::String(text) => text.as_str().into(),
            Kind::Array(elements) => elements.iter().map(Value::to_json).collect(),
            Kind::Object(members) => {
                members.iter().map(|member| (member.key.clone(), member.value.to_json())).collect()
            }
        }
    }
}

/// Reads a file; problems are reported. The tree is there where the text is JSON, or where it is plain what was meant.
pub(crate) fn parse(file: usize, problems: &mut Problems) -> Option<Value> {
    let source = readable(file, problems)?;
    let (mut mended, mut mistakes): (Option<String>, Vec<Mistake>) = (None, Vec::new());
    let mut tree = None;
    for _ in 0..=MAX_MENDED {
        let text = mended.as_deref().unwrap_or(&source.text);
        let mistake = match parsed(text, file, MAX_DEPTH, problems) {
            Ok(value) => {
                tree = Some(value);
                break;
            }
            Err(mistake) => mistake,
        };
        mended = mistake.mend(text);
        mistakes.retain(|earlier| !earlier.follows_from(&mistake, &source.text));
        mistakes.push(mistake);
        if mended.is_none() {
            break;
        }
    }
    for mistake in mistakes {
        report(mistake, file, problems);
    }
    tree
}

/// The same for text that may be nested deeper than a spec, and is only read where it is JSON.
pub fn parse_to_depth(file: usize, depth: usize, problems: &mut Problems) -> Option<Value> {
    let source = readable(file, problems)?;
    parsed(&source.text, file, depth, problems).map_err(|mistake| report(mistake, file, problems)).ok()
}

fn readable(file: usize, problems: &mut Problems) -> Option<Arc<SourceFile>> {
    let source = problems.files.get(file)?.clone();
    if let Some((code, at, why)) = &source.unreadable {
        problems.error(*code, Span::new(file, *at, *at), why.clone());
        return None;
    }
    Some(source)
}

fn report(Mistake { code, at, message, help, .. }: Mistake, file: usize, problems: &mut Problems) {
    let problem = Problem::new(code, Span::new(file, at.start, at.end), message);
    problems.report(match help {
        Some(help) => problem.help(help),
        None => problem,
    });
}

fn parsed(text: &str, file: usize, depth: usize, problems: &mut Problems) -> Result<Value, Mistake> {
    prescan(text, depth)?;
    match parse_to_ast(text, &CollectOptions::default(), &strict()) {
        Ok(parsed) => match parsed.value {
            Some(value) => Ok(Builder { file, problems }.value(value)),
            None => Err(Mistake::new(Code::Syntax, 0..0, "the file is empty")
                .with_help("write its object, as FORMAT.md shows, or remove the file")),
        },
        Err(error) => {
            let range = error.range();
            // An unterminated object is reported over all of its text; its opening brace says as much.
            let end = text[range.start..range.end].find('\n').map_or(range.end, |_| range.start + 1);
            Err(Mistake::of(error.kind(), range.start..end, text))
        }
    }
}

/// `jsonc-parser` is made for configuration files; all of its leniencies are off.
fn strict() -> ParseOptions {
    ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

/// What must be known before a recursive parser sees the text: its depth. And what `jsonc-parser` lets pass
/// even so: control characters in strings, exotic white space between tokens.
fn prescan(text: &str, max_depth: usize) -> Result<(), Mistake> {
    let (mut depth, mut in_string, mut escaped, mut opened) = (0_usize, false, false, 0);
    for (at, byte) in text.bytes().enumerate() {
        if in_string {
            match byte {
                b'\n' | b'\r' => {
                    let help = "its `\"` is missing; a line break in it is written `\\n`";
                    return Err(
                        Mistake::new(Code::Syntax, opened..at, "this text is not closed").with_help(help)
                    );
                }
                0..=0x1f => {
                    let why = format!("a control character, 0x{byte:02x}, in a text");
                    let help =
                        if byte == b'\t' { "write `\\t`" } else { "write it as an escape: `\\u00…`" };
                    return Err(Mistake::superfluous(at..at + 1, why).with_help(help));
                }
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => (in_string, opened) = (true, at),
            b'{' | b'[' => {
                depth += 1;
                if depth > max_depth {
                    let why = format!("nested more than {max_depth} levels deep");
                    return Err(Mistake::new(Code::TooDeep, at..at + 1, why));
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            0x0b | 0x0c => {
                let why = format!("0x{byte:02x} is not white space in JSON");
                return Err(Mistake::superfluous(at..at + 1, why));
            }
            0x80.. => {
                let shown = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or_default();
                let at = at..at + shown.len_utf8();
                let mistake = match shown {
                    '“' | '”' | '„' | '‟' | '«' | '»' => {
                        let why = format!("`{shown}` is no quote of JSON");
                        Mistake::new(Code::Syntax, at, why).with_help("write the plain one: `\"`")
                    }
                    _ => {
                        let why = format!("`{}` outside of a text", shown.escape_debug());
                        Mistake::superfluous(at, why).with_help("remove it, or write a plain blank for it")
                    }
                };
                return Err(mistake);
            }
            _ => {}
        }
    }
    Ok(())
}

/// Copies the parser's tree, and reports what the parser does not look at.
struct Builder<'a> {
    file: usize,
    problems: &'a mut Problems,
}

impl Builder<'_> {
    fn value(&mut self, node: ast::Value<'_>) -> Value {
        let range = node.range();
        let span = Span::new(self.file, range.start, range.end);
        let kind = match node {
            ast::Value::NullKeyword(_) => Kind::Null,
            ast::Value::BooleanLit(node) => Kind::Bool(node.value),
            ast::Value::StringLit(node) => Kind::String(node.value.into_owned()),
            ast::Value::NumberLit(node) => self.number(node.value, span),
            ast::Value::Array(node) => {
                Kind::Array(node.elements.into_iter().map(|element| self.value(element)).collect())
            }
            ast::Value::Object(node) => Kind::Object(self.members(node)),
        };
        Value { span, kind }
    }

    fn number(&mut self, text: &str, span: Span) -> Kind {
        if let Ok(number) = text.parse() {
            return Kind::Number(number);
        }
        self.problems.error(Code::OutOfRange, span, "this number is too large for a 64-bit float");
        Kind::Null
    }

    fn members(&mut self, node: ast::Object<'_>) -> Vec<Member> {
        let mut members = Vec::with_capacity(node.properties.len());
        let mut seen: HashMap<String, Span> = HashMap::new();
        for property in node.properties {
            let range = property.name.range();
            let key_span = Span::new(self.file, range.start, range.end);
            let key = property.name.into_string();
            if let Some(&first) = seen.get(&key) {
                let problem = Problem::new(Code::DuplicateKey, key_span, format!("duplicate key `{key}`"));
                let problem = problem.label("second definition").also(first, "first defined here");
                self.problems.report(problem.help("keep one of the two, or give one another name"));
                continue;
            }
            seen.insert(key.clone(), key_span);
            members.push(Member { key, key_span, value: self.value(property.value) });
        }
        members
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;

    fn problems_of(text: &str) -> Vec<String> {
        let mut problems = Problems::new(vec![SourceFile::for_test(text)]);
        parse(0, &mut problems);
        match problems.finish() {
            Ok(()) => Vec::new(),
            Err(found) => found.iter().map(|d| format!("{} {}", d.location().unwrap(), d.message)).collect(),
        }
    }

    #[test]
    fn only_json_is_accepted() {
        for good in ["{}", " [1, -2.5e3, \"\\u00e4\\ud83d\\ude00\", null, true]\r\n", "\"x\""] {
            assert_eq!(problems_of(good), [""; 0], "{good}");
        }
        let bad = [
            "",
            " ",
            "{",
            "[",
            "{} {}",
            "{\"a\": 1,}",
            "[1,]",
            "[1 2]",
            "{\"a\" 1}",
            "{a: 1}",
            "{'a': 1}",
            "// x\n1",
            "/* x */ 1",
            "+1",
            ".5",
            "5.",
            "01",
            "0x1",
            "NaN",
            "Infinity",
            "-Infinity",
            "1e",
            "\"\\x41\"",
            "\"\\ud83d\"",
            "\"a\nb\"",
            "\"a",
            "\u{a0}1",
            "\u{b}1",
            "1e999",
            "nul",
            "{\"a\": }",
            "{,}",
            "[,]",
            "}",
            "\"\\'\"",
            "\u{0}",
            "{\"a\": 1 {\"b\": 2}}",
        ];
        for text in bad {
            assert_eq!(problems_of(text).len(), 1, "{text:?} gave {:?}", problems_of(text));
        }
    }

    #[test]
    fn places_are_those_of_the_text() {
        assert_eq!(problems_of("{\n  \"ä\": 1,\n  \"ä\": 2 }"), ["test.json:3:3 duplicate key `ä`"]);
        assert_eq!(problems_of("{\n\n"), ["test.json:1:1 this object is not closed"]);
    }

    #[test]
    fn depth_is_limited_before_any_recursion() {
        let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert_eq!(problems_of(&deep(MAX_DEPTH)), [""; 0]);
        assert_eq!(problems_of(&deep(10_000)), ["test.json:1:65 nested more than 64 levels deep"]);
        assert_eq!(problems_of(&"{\"a\":".repeat(10_000)).len(), 1);
    }
}
