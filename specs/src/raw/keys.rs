//! `keys!`: an object of the format as a table of its keys.

use serde_json::json;

use super::foreign;
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
    /// The names of its keys, those of flattened parts included.
    fn names(names: &mut Vec<&'static str>);
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

/// Most keys of one object that are compared with those it may have.
const MAX_MISSPELT: usize = 200;

/// An object while its keys are taken out one by one.
pub(crate) struct Object<'a> {
    pub(crate) span: Span,
    members: &'a [json::Member],
    accepted: Vec<&'static str>,
    /// Keys that are misspelt: what was meant, and by which member.
    meant: Vec<(&'static str, usize)>,
    /// Keys that must be there and are not, with what they are.
    missing: Vec<(&'static str, &'static str)>,
    pub(crate) problems: &'a mut Problems,
}

impl<'a> Object<'a> {
    /// `None`, and a report, where the value is no object. `names` gives the keys that it may have.
    pub(crate) fn open(
        value: &'a json::Value,
        problems: &'a mut Problems,
        names: impl FnOnce(&mut Vec<&'static str>),
    ) -> Option<Self> {
        let Some(members) = value.members() else {
            wrong_type(value, "an object", problems);
            return None;
        };
        let (mut known, span) = (Vec::new(), value.span);
        names(&mut known);
        let (accepted, meant, missing) = (Vec::new(), Vec::new(), Vec::new());
        let mut object = Self { span, members, accepted, meant, missing, problems };
        object.find_misspelt(&known);
        Some(object)
    }

    /// A key that resembles one which is not there is taken for it, so that one slip is one mistake.
    fn find_misspelt(&mut self, known: &[&'static str]) {
        let members = self.members;
        // What a key of another format means is told when all of ours are taken.
        let is_foreign =
            |member: &json::Member| foreign::meaning(member).is_some_and(|(key, _)| known.contains(&key));
        // `properties` is a flag of ours, and elsewhere holds the fields.
        let is_other = |member: &json::Member| member.key == "properties" && member.value.members().is_some();
        let is_unknown = |member: &json::Member| !known.contains(&member.key.as_str()) || is_other(member);
        let mut free: Option<Vec<&'static str>> = None;
        let unknown = members.iter().enumerate().filter(|(_, member)| is_unknown(member));
        for (index, member) in unknown.take(MAX_MISSPELT) {
            let free = free.get_or_insert_with(|| {
                let is_free = |key: &&&str| !members.iter().any(|member| member.key == **key);
                known.iter().filter(is_free).copied().collect()
            });
            if let Some((other, help)) = foreign::method(member, members).filter(|_| free.contains(&"http")) {
                let message = format!("unknown key `{}`", member.key);
                self.problems.report(Problem::new(Code::UnknownKey, member.key_span, message).help(help));
                for index in [index, other] {
                    self.problems.expect_consequence(members[index].value.span);
                    self.meant.push(("http", index));
                }
                free.retain(|key| *key != "http");
                continue;
            }
            let near = match foreign::key(member, free) {
                Some(meant) => Some(meant),
                None if is_foreign(member) || is_other(member) => None,
                None => self.problems.nearest(&member.key, free.iter().copied()),
            };
            let Some(near) = near else { continue };
            let Some(place) = free.iter().position(|key| *key == near) else { continue };
            let key = free.swap_remove(place);
            let message = format!("unknown key `{}`", member.key);
            self.problems
                .report(Problem::new(Code::UnknownKey, member.key_span, message).did_you_mean(Some(key)));
            self.problems.expect_consequence(member.value.span);
            self.meant.push((key, index));
        }
    }

    /// A look at a key that some table takes later.
    pub(crate) fn peek(&self, key: &str) -> Option<&'a json::Value> {
        let member = self.members.iter().find(|member| member.key == key);
        let meant = || self.meant.iter().find(|(meant, _)| *meant == key).map(|(_, at)| &self.members[*at]);
        member.or_else(meant).map(|member| &member.value)
    }

    /// A key whose value is not read, since it was told of.
    pub(crate) fn skip(&mut self, key: &'static str) {
        self.accepted.push(key);
    }

    /// A key that may be left out.
    pub(crate) fn optional<T: Read>(&mut self, key: &'static str, _: &'static str) -> Option<T> {
        self.accepted.push(key);
        self.peek(key).map(|value| T::read(value, self.problems))
    }

    /// A key that may be left out and is then empty.
    pub(crate) fn or_empty<T: Read>(&mut self, key: &'static str, about: &'static str) -> T {
        self.optional(key, about).unwrap_or_else(|| T::missing(self.span.first()))
    }

    /// A key that must be there.
    pub(crate) fn required<T: Read>(&mut self, key: &'static str, about: &'static str) -> T {
        if let Some(value) = self.optional(key, about) {
            return value;
        }
        self.missing.push((key, about));
        T::missing(self.span.first())
    }

    /// Reports every key that is missing, where it is not known which others belong here.
    pub(crate) fn finish_missing(mut self) {
        self.report_missing();
    }

    /// Reports every key that is missing, and every one that nobody took.
    pub(crate) fn finish(mut self) {
        self.report_missing();
        let is_there = |key: &&&str| self.members.iter().any(|member| member.key == **key);
        let mut free: Option<String> = None;
        for (index, member) in self.members.iter().enumerate() {
            let taken = self.accepted.contains(&member.key.as_str());
            if taken || self.meant.iter().any(|(_, at)| *at == index) {
                continue;
            }
            let free = free.get_or_insert_with(|| {
                let free: Vec<_> = self.accepted.iter().filter(|key| !is_there(key)).copied().collect();
                if free.is_empty() {
                    String::new()
                } else {
                    format!("keys that can stand here: {}", list(&free))
                }
            });
            let message = format!("unknown key `{}`", member.key);
            let mut problem = Problem::new(Code::UnknownKey, member.key_span, message);
            let near = self.problems.nearest(&member.key, self.accepted.iter().copied());
            if let Some(near) = near.filter(|near| is_there(&near)) {
                problem =
                    problem.label(format!("`{near}` is there already")).help("leave one of the two out");
            } else if let Some(help) = foreign::meaning(member).filter(|(key, _)| self.accepted.contains(key))
            {
                problem = problem.help(help.1);
            } else if !free.is_empty() {
                problem = problem.help(free.as_str());
            }
            self.problems.report(problem);
        }
    }

    /// One for the object, since one who forgot several keys has made one mistake.
    fn report_missing(&mut self) {
        let Some(((first, _), others)) = self.missing.split_first() else { return };
        let names: Vec<_> = self.missing.iter().map(|(key, _)| *key).collect();
        let message = match others {
            [] => format!("missing key `{first}`"),
            _ => format!("missing keys {}", list(&names)),
        };
        let meaning = |(key, about): &(&str, &'static str)| {
            let about = about.split_whitespace().collect::<Vec<_>>().join(" ");
            format!("`{key}`: {}", lower_first(about.trim_end_matches('.')))
        };
        let help = self.missing.iter().map(meaning).collect::<Vec<_>>().join("\n");
        let problem = Problem::new(Code::MissingKey, self.span.first(), message)
            .label(format!("this object needs {}", list(&names)))
            .help(help);
        self.problems.report(problem);
    }
}

/// `Method and path` → `method and path`, but not `JSON pointer`.
fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            format!("{}{}", first.to_lowercase(), &text[first.len_utf8()..])
        }
        _ => text.to_owned(),
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

/// No object where one holds entries by their names; a list of the names alone is what many write.
pub(crate) fn no_entries(value: &json::Value, problems: &mut Problems) {
    let problem = mistyped(value, "an object", problems);
    let first = match &value.kind {
        json::Kind::Array(elements) => elements.first().and_then(json::Value::as_str),
        _ => None,
    };
    problems.report(match first {
        Some(first) => problem.help(format!("write each with what it is: {{ {}: … }}", json!(first))),
        None => problem,
    });
}

pub(crate) fn wrong_type(value: &json::Value, expected: &str, problems: &mut Problems) {
    let problem = mistyped(value, expected, problems);
    let help = value.as_str().and_then(|text| match expected {
        "an array of scopes, or an object with `all_of` and `any_of`" => {
            Some("write it in brackets: [\"…\"]")
        }
        "a boolean" => Some("write `true` or `false`, without quotes"),
        "a number" if text.parse::<f64>().is_ok() => Some("write it without quotes"),
        _ => None,
    });
    problems.report(match help {
        Some(help) => problem.help(help),
        None => problem,
    });
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
                    $( $field: keys!(
                        @take $mode object $ty,
                        keys!(@key $field $($key)?),
                        concat!($($doc, "\n"),*)
                    ), )*
                }
            }

            fn names(names: &mut Vec<&'static str>) {
                $( keys!(@name $mode names $ty, keys!(@key $field $($key)?)); )*
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
                match $crate::raw::Object::open(value, problems, <Self as $crate::raw::Keys>::names) {
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

    (@take flatten $object:ident $ty:ty, $key:expr, $doc:expr) => { <$ty as $crate::raw::Keys>::take($object) };
    (@take $mode:ident $object:ident $ty:ty, $key:expr, $doc:expr) => { $object.$mode::<$ty>($key, $doc) };

    (@name flatten $names:ident $ty:ty, $key:expr) => { <$ty as $crate::raw::Keys>::names($names) };
    (@name $mode:ident $names:ident $ty:ty, $key:expr) => { $names.push($key) };

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

pub(crate) fn mistyped(value: &json::Value, expected: &str, problems: &Problems) -> Problem {
    let message = format!("expected {expected}, found {}", value.type_name());
    // Of a large value its first byte is marked.
    let long = problems.text(value.span).contains('\n');
    let span = if long { value.span.first() } else { value.span };
    Problem::new(Code::WrongType, span, message).label(format!("expected {expected}"))
}
