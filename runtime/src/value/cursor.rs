//! A place in a JSON text (RFC 8259) that moves on, token by token.
//!
//! It knows the grammar between values and strings without escapes. Everything rarer (escapes, numbers that are no small
//! integers, values that are kept as they are) is `serde_json`'s to read, from the same bytes.

use std::borrow::Cow;

use serde_json::Value;

use super::Raw;

/// As deep as `serde_json` follows, so that an answer cannot exhaust the stack.
const MAX_DEPTH: u8 = 127;

/// The text is no JSON at this place, or is nested too deeply.
#[derive(Debug)]
pub(super) struct Broken;

pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    depth: u8,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// What is wrong where it ended, in words with line and column.
    pub(super) fn complaint(&self) -> String {
        // Only now is the whole text looked at again, by whom everybody knows the messages of.
        if let Err(error) = serde_json::from_str::<Value>(self.text) {
            return error.to_string();
        }
        format!("it cannot be read beyond byte {}", self.at)
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn slice(&self, from: usize, to: usize) -> Result<&'a str, Broken> {
        self.text.get(from..to).ok_or(Broken)
    }

    /// The first byte of the next token.
    pub(super) fn peek(&mut self) -> Result<u8, Broken> {
        while matches!(self.byte(), Some(b' ' | b'\n' | b'\t' | b'\r')) {
            self.at += 1;
        }
        self.byte().ok_or(Broken)
    }

    fn expect(&mut self, token: u8) -> Result<(), Broken> {
        if self.peek()? != token {
            return Err(Broken);
        }
        self.at += 1;
        Ok(())
    }

    /// Nothing but white space is left.
    pub(super) fn end(&mut self) -> Result<(), Broken> {
        match self.peek() {
            Ok(_) => Err(Broken),
            Err(Broken) => Ok(()),
        }
    }

    /// Goes into an object or list, at its opening bracket.
    pub(super) fn enter(&mut self) -> Result<(), Broken> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Broken) } else { Ok(()) }
    }

    /// Whether another member comes before the closing bracket, which is passed where none does.
    pub(super) fn another(&mut self, is_first: bool, close: u8) -> Result<bool, Broken> {
        match self.peek()? {
            byte if byte == close => {
                self.at += 1;
                self.depth -= 1;
                Ok(false)
            }
            _ if is_first => Ok(true),
            b',' => {
                self.at += 1;
                // A comma before the bracket is no JSON.
                if self.peek()? == close { Err(Broken) } else { Ok(true) }
            }
            _ => Err(Broken),
        }
    }

    /// Passes the key and its colon if it is this one.
    pub(super) fn key_is(&mut self, key: &str) -> Result<bool, Broken> {
        let found = match self.rest().strip_prefix(b"\"").and_then(|rest| rest.strip_prefix(key.as_bytes())) {
            Some([b'"', ..]) => true,
            _ => return Ok(false),
        };
        self.at += key.len() + 2;
        self.expect(b':')?;
        Ok(found)
    }

    /// A key, with its colon.
    pub(super) fn key(&mut self) -> Result<Cow<'a, str>, Broken> {
        if self.peek()? != b'"' {
            return Err(Broken);
        }
        let key = self.string()?;
        self.expect(b':')?;
        Ok(key)
    }

    /// A string, at its quotation mark.
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, Broken> {
        let start = self.at + 1;
        self.at = start;
        let length = memchr::memchr2(b'"', b'\\', self.rest()).ok_or(Broken)?;
        self.at += length;
        if self.byte() == Some(b'"') {
            self.at += 1;
            return self.slice(start, start + length).map(Cow::Borrowed);
        }
        self.string_end()?;
        let whole = self.slice(start - 1, self.at)?;
        // Read as bytes, so that half of a surrogate pair, which some programs write, ends nothing: it becomes U+FFFD.
        let bytes: Bytes = serde_json::from_str(whole).map_err(|_| Broken)?;
        Ok(Cow::Owned(match String::from_utf8(bytes.0) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        }))
    }

    /// Goes behind the string that it is in.
    fn string_end(&mut self) -> Result<(), Broken> {
        loop {
            self.at += memchr::memchr2(b'"', b'\\', self.rest()).ok_or(Broken)?;
            match self.byte() {
                Some(b'\\') => self.at += 2,
                _ => {
                    self.at += 1;
                    return Ok(());
                }
            }
        }
    }

    /// A number, `true`, `false` or `null`.
    pub(super) fn literal(&mut self) -> Result<Raw<'a>, Broken> {
        let start = self.at;
        while matches!(self.byte(), Some(b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'+' | b'.')) {
            self.at += 1;
        }
        let text = self.slice(start, self.at)?;
        Ok(match text.as_bytes() {
            b"null" => Raw::Null,
            b"true" => Raw::Bool(true),
            b"false" => Raw::Bool(false),
            // Small enough for an `i64`, and no leading zero, which is no JSON.
            [b'1'..=b'9', rest @ ..] if rest.len() < 18 && rest.iter().all(u8::is_ascii_digit) => {
                Raw::Integer(text.parse().map_err(|_| Broken)?)
            }
            _ => {
                let number: serde_json::Number = serde_json::from_str(text).map_err(|_| Broken)?;
                match (number.as_i64(), number.as_u64(), number.as_f64()) {
                    (Some(value), ..) => Raw::Integer(value),
                    (_, Some(value), _) => Raw::Unsigned(value),
                    (.., Some(value)) => Raw::Float(value, text),
                    _ => return Err(Broken),
                }
            }
        })
    }

    /// The next value, whatever it is.
    pub(super) fn value(&mut self) -> Result<Value, Broken> {
        match self.peek()? {
            b'"' => self.string().map(|text| Value::String(text.into_owned())),
            b'{' | b'[' => {
                let start = self.at;
                self.pass_brackets()?;
                serde_json::from_str(self.slice(start, self.at)?).map_err(|_| Broken)
            }
            _ => self.literal().map(Raw::to_value),
        }
    }

    /// Goes behind the bracket that closes the one at which it is. What lies between is for others to check.
    fn pass_brackets(&mut self) -> Result<(), Broken> {
        let mut open = 0_u32;
        loop {
            match self.byte().ok_or(Broken)? {
                b'"' => {
                    self.at += 1;
                    self.string_end()?;
                    continue;
                }
                b'{' | b'[' => open += 1,
                b'}' | b']' => open -= 1,
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return Ok(());
            }
        }
    }
}

/// What a string holds, which need not be UTF-8 where it is escaped.
struct Bytes(Vec<u8>);

impl<'de> serde::Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = Bytes;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a string")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Visitor)
    }
}
