//! `keys!`: an object of the format as a table of its keys.

use serde_json::json;

use crate::diagnostics::{Code, Problem, Problems};
use crate::json;
use crate::source::Span;

/// Something that stands in a spec file.
pub(crate) trait Read: Sized {
    /// Reads it; never fails: what is wrong is reported, and a stand-in takes its place.
    fn read(value: &json::Value, problems: &mut Problems) -> Self;
    /// The stand-in.
    fn missing(span: Span) -> Self;
    /// Its JSON Schema; shared parts go into `definitions`.
    fn schema(definitions: &mut Definitions) -> serde_json::Value;
}

/// An object with known keys.
pub(crate) trait Keys: Read {
    /// What it is.
    const ABOUT: &'static str;
    /// Takes its keys out of an object, which may have others.
    fn take(object: &mut Object<'_>) -> Self;
    /// Its keys, those of flattened parts included.
    fn keys(definitions: &mut Definitions, keys: &mut Vec<Key>);
}

/// A key in the schema.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) required: bool,
    pub(crate) schema: serde_json::Value,
}

impl Key {
    /// A key that always has the same word.
    pub(crate) fn constant(name: &'static str, word: &str) -> Self {
        Self { name, about: "The kind.", required: true, schema: json!({ "const": word }) }
    }
}

/// `$defs` of a schema, filled while it is built.
#[derive(Default)]
pub(crate) struct Definitions(pub(crate) serde_json::Map<String, serde_json::Value>);

impl Definitions {
    /// A reference to a definition, which is built at its first use.
    pub(crate) fn reference(
        &mut self,
        name: &str,
        build: impl FnOnce(&mut Self) -> serde_json::Value,
    ) -> serde_json::Value {
        if !self.0.contains_key(name) {
            // Present before it is built, so that it may refer to itself.
            self.0.insert(name.to_owned(), serde_json::Value::Null);
            let built = build(self);
            self.0.insert(name.to_owned(), built);
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }
}

/// An object while its keys are taken out one by one.
pub(crate) struct Object<'a> {
    pub(crate) span: Span,
    members: &'a [json::Member],
    accepted: Vec<&'static str>,
    pub(crate) problems: &'a mut Problems,
}

impl<'a> Object<'a> {
    /// `None`, and a report, where the value is no object.
    pub(crate) fn open(value: &'a json::Value, problems: &'a mut Problems) -> Option<Self> {
        match value.members() {
            Some(members) => Some(Self { span: value.span, members, accepted: Vec::new(), problems }),
            None => {
                wrong_type(value, "an object", problems);
                None
            }
        }
    }

    /// A look at a key that some table takes later.
    pub(crate) fn peek(&self, key: &str) -> Option<&'a json::Value> {
        self.members.iter().find(|member| member.key == key).map(|member| &member.value)
    }

    /// A key that may be left out.
    pub(crate) fn optional<T: Read>(&mut self, key: &'static str) -> Option<T> {
        self.accepted.push(key);
        self.peek(key).map(|value| T::read(value, self.problems))
    }

    /// A key that may be left out and is then empty.
    pub(crate) fn or_empty<T: Read>(&mut self, key: &'static str) -> T {
        self.optional(key).unwrap_or_else(|| T::missing(self.span.first()))
    }

    /// A key that must be there.
    pub(crate) fn required<T: Read>(&mut self, key: &'static str) -> T {
        if let Some(value) = self.optional(key) {
            return value;
        }
        let place = self.span.first();
        let problem = Problem::new(Code::MissingKey, place, format!("missing key `{key}`"));
        self.problems.report(problem.label(format!("this object needs `{key}`")));
        T::missing(place)
    }

    /// Reports every key that nobody took.
    pub(crate) fn finish(self) {
        for member in self.members {
            if self.accepted.contains(&member.key.as_str()) {
                continue;
            }
            let near = self.problems.nearest(&member.key, self.accepted.iter().copied());
            let message = format!("unknown key `{}`", member.key);
            let mut problem = Problem::new(Code::UnknownKey, member.key_span, message).did_you_mean(near);
            if near.is_none() {
                problem = problem.help(format!("known here are {}", list(&self.accepted)));
            }
            self.problems.report(problem);
        }
    }
}

/// `` `a`, `b` and `c` ``.
pub(crate) fn list(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => "none".to_owned(),
    }
}

pub(crate) fn wrong_type(value: &json::Value, expected: &str, problems: &mut Problems) {
    let message = format!("expected {expected}, found {}", value.type_name());
    // Of a large value its first byte is marked.
    let long = problems.text(value.span).contains('\n');
    let span = if long { value.span.first() } else { value.span };
    problems.report(Problem::new(Code::WrongType, span, message).label(format!("expected {expected}")));
}

/// The schema of an object: its keys and nothing else.
pub(crate) fn object_schema(about: &str, keys: Vec<Key>) -> serde_json::Value {
    let mut properties = serde_json::Map::new();
    let mut required = Vec::new();
    for key in keys {
        if key.required {
            required.push(key.name);
        }
        let mut schema = key.schema;
        if let Some(object) = schema.as_object_mut() {
            object.insert("description".to_owned(), key.about.trim().into());
        }
        properties.insert(key.name.to_owned(), schema);
    }
    let mut schema = json!({
        "type": "object", "description": about.trim(), "properties": properties, "additionalProperties": false,
    });
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schema
}

/// Tables of keys. `required`, `optional` (an `Option`), `or_empty`, or `flatten` (the keys of another table).
macro_rules! keys {
    ($(
        $(#[doc = $about:literal])*
        struct $name:ident {
            $( $(#[doc = $doc:literal])* $field:ident $(= $key:literal)? : $mode:ident $ty:ty, )*
        }
    )*) => {$(
        $(#[doc = $about])*
        #[derive(Debug, Clone)]
        #[allow(clippy::struct_field_names, reason = "fields are named as the keys of the format")]
        pub(crate) struct $name {
            #[allow(dead_code, reason = "every object has a place, not every rule points at it")]
            pub(crate) span: $crate::source::Span,
            $( $(#[doc = $doc])* #[allow(dead_code, reason = "`$schema` is read and ignored")] pub(crate) $field: keys!(@type $mode $ty), )*
        }

        impl $crate::raw::Keys for $name {
            const ABOUT: &'static str = concat!($($about, "\n"),*);

            fn take(object: &mut $crate::raw::Object<'_>) -> Self {
                Self {
                    span: object.span,
                    $( $field: keys!(@take $mode object $ty, keys!(@key $field $($key)?)), )*
                }
            }

            fn keys(definitions: &mut $crate::raw::Definitions, keys: &mut Vec<$crate::raw::Key>) {
                $( keys!(
                    @describe $mode definitions keys $ty,
                    keys!(@key $field $($key)?),
                    concat!($($doc, "\n"),*)
                ); )*
            }
        }

        impl $crate::raw::Read for $name {
            fn read(value: &$crate::json::Value, problems: &mut $crate::diagnostics::Problems) -> Self {
                match $crate::raw::Object::open(value, problems) {
                    Some(mut object) => {
                        let taken = <Self as $crate::raw::Keys>::take(&mut object);
                        object.finish();
                        taken
                    }
                    None => Self::missing(value.span.first()),
                }
            }

            fn missing(span: $crate::source::Span) -> Self {
                Self { span, $( $field: keys!(@missing $mode span $ty), )* }
            }

            fn schema(definitions: &mut $crate::raw::Definitions) -> serde_json::Value {
                definitions.reference(stringify!($name), |definitions| {
                    let mut keys = Vec::new();
                    <Self as $crate::raw::Keys>::keys(definitions, &mut keys);
                    $crate::raw::object_schema(<Self as $crate::raw::Keys>::ABOUT, keys)
                })
            }
        }
    )*};

    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };

    (@type optional $ty:ty) => { Option<$ty> };
    (@type $mode:ident $ty:ty) => { $ty };

    (@take flatten $object:ident $ty:ty, $key:expr) => { <$ty as $crate::raw::Keys>::take($object) };
    (@take $mode:ident $object:ident $ty:ty, $key:expr) => { $object.$mode::<$ty>($key) };

    (@missing optional $span:ident $ty:ty) => { None };
    (@missing $mode:ident $span:ident $ty:ty) => { <$ty as $crate::raw::Read>::missing($span) };

    (@describe flatten $definitions:ident $keys:ident $ty:ty, $key:expr, $doc:expr) => {
        <$ty as $crate::raw::Keys>::keys($definitions, $keys)
    };
    (@describe $mode:ident $definitions:ident $keys:ident $ty:ty, $key:expr, $doc:expr) => {
        $keys.push($crate::raw::Key {
            name: $key,
            about: $doc,
            required: stringify!($mode) == "required",
            schema: <$ty as $crate::raw::Read>::schema($definitions),
        })
    };
}

/// Words of which a key takes one.
macro_rules! words {
    ($(
        $(#[doc = $about:literal])*
        enum $name:ident { $( $(#[doc = $doc:literal])* $variant:ident = $word:literal, )* }
    )*) => {$(
        $(#[doc = $about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $name { $( $(#[doc = $doc])* $variant, )* }

        impl $crate::raw::Word for $name {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),*];
        }
    )*};
}
