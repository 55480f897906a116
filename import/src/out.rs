//! JSON as it is written: keys in an order that reads well, short things on one line.

use typed_connector_specs::text::{Kind, Value};

/// Longest line that is not broken.
const WIDTH: usize = 110;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The whole file.
    pub(crate) fn pretty(&self) -> String {
        let mut out = String::new();
        self.write(0, 0, &mut out);
        out.push('\n');
        out
    }

    /// A member of an object; nothing where it is none.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.members().iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// The members of an object; none where it is none.
    pub(crate) fn members(&self) -> &[(String, Self)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    /// The same for a change.
    pub(crate) fn members_mut(&mut self) -> Option<&mut Vec<(String, Self)>> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it says the same: the order of keys means nothing.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Object(one), Self::Object(two)) => {
                one.len() == two.len()
                    && one.iter().all(|(key, value)| other.get(key).is_some_and(|v| value.is_same(v)))
            }
            (Self::Array(one), Self::Array(two)) => {
                one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.is_same(two))
            }
            _ => self == other,
        }
    }

    /// Written at `indent` blanks, after `before` characters of the same line.
    pub(crate) fn write(&self, indent: usize, before: usize, out: &mut String) {
        let flat = self.flat();
        // What holds objects of its own is easier to change when it has lines of its own.
        let simple = indent >= 4 && self.depth() <= 2 || self.depth() <= 1 && indent > 0;
        if !matches!(self, Self::Array(_) | Self::Object(_))
            || (simple && indent + before + flat.chars().count() <= WIDTH)
            || flat == "{}"
            || flat == "[]"
        {
            out.push_str(&flat);
            return;
        }
        let inner = indent + 2;
        let (open, close, length) = match self {
            Self::Array(items) => ('[', ']', items.len()),
            Self::Object(members) => ('{', '}', members.len()),
            _ => return,
        };
        out.push(open);
        for at in 0..length {
            out.push('\n');
            out.push_str(&" ".repeat(inner));
            match self {
                Self::Array(items) => items[at].write(inner, 0, out),
                Self::Object(members) => {
                    let key = serde_json::Value::from(members[at].0.as_str()).to_string();
                    out.push_str(&key);
                    out.push_str(": ");
                    members[at].1.write(inner, key.chars().count() + 2, out);
                }
                _ => {}
            }
            if at + 1 < length {
                out.push(',');
            }
        }
        out.push('\n');
        out.push_str(&" ".repeat(indent));
        out.push(close);
    }

    fn depth(&self) -> usize {
        match self {
            Self::Array(items) => 1 + items.iter().map(Self::depth).max().unwrap_or_default(),
            Self::Object(members) => {
                1 + members.iter().map(|(_, value)| value.depth()).max().unwrap_or_default()
            }
            _ => 0,
        }
    }

    /// In one line.
    pub(crate) fn flat(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
            Self::Array(items) => {
                format!("[{}]", items.iter().map(Self::flat).collect::<Vec<_>>().join(", "))
            }
            Self::Object(members) if members.is_empty() => "{}".to_owned(),
            Self::Object(members) => {
                let member = |(key, value): &(String, Self)| {
                    format!("{}: {}", serde_json::Value::from(key.as_str()), value.flat())
                };
                format!("{{ {} }}", members.iter().map(member).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

impl From<&Value> for Json {
    fn from(value: &Value) -> Self {
        match &value.kind {
            Kind::Null => Self::Null,
            Kind::Bool(flag) => Self::Bool(*flag),
            Kind::Number(number) => Self::Number(number.clone()),
            Kind::String(text) => Self::Text(text.clone()),
            Kind::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Kind::Object(members) => {
                Self::Object(members.iter().map(|m| (m.key.clone(), Self::from(&m.value))).collect())
            }
        }
    }
}

/// An object while it is put together; what is not there is left out.
#[derive(Debug, Default)]
pub(crate) struct Object(Vec<(String, Json)>);

impl Object {
    pub(crate) fn set(&mut self, key: &str, value: Json) {
        self.0.push((key.to_owned(), value));
    }

    pub(crate) fn text(&mut self, key: &str, text: impl Into<String>) {
        self.set(key, Json::text(text));
    }

    pub(crate) fn maybe(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    pub(crate) fn flag(&mut self, key: &str, flag: bool) {
        if flag {
            self.set(key, Json::Bool(true));
        }
    }

    pub(crate) fn texts(&mut self, key: &str, texts: &[String]) {
        if !texts.is_empty() {
            self.set(key, Json::Array(texts.iter().map(Json::text).collect()));
        }
    }

    pub(crate) fn object(&mut self, key: &str, object: Object) {
        if !object.0.is_empty() {
            self.set(key, object.done());
        }
    }

    pub(crate) fn done(self) -> Json {
        Json::Object(self.0)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
