//! Fields, arguments and the shapes of their values.

use serde_json::json;

use super::keys::{Definitions, Key, Keys, Object, Read, mistyped, object_schema};
use super::{Choice, EnumKeys, Flag, Json, Map, ObjectKeys, Text, spelling};
use crate::diagnostics::{Code, Problem, Problems};
use crate::json::{self, Kind};
use crate::source::Span;

/// The types that need no declaration and no further keys.
pub(crate) const SCALARS: [&str; 13] = [
    "string", "integer", "decimal", "float", "boolean", "date", "datetime", "duration", "url", "email",
    "bytes", "json", "file",
];

/// What `type` is.
const TYPE: &str = "the type: `string`, `integer`, …, or the name of a declared one";

/// The types that need a further key.
pub(crate) const COMPOUND: [&str; 7] = ["array", "map", "filter", "sort", "selection", "enum", "object"];

keys! {
    /// What every field may say, whatever its type.
    struct FieldKeys {
        /// Name for people, `Close date`.
        title: optional Text,
        /// What it means, in Markdown.
        description: optional Text,
        /// The question that asks a person for it.
        prompt: optional Text,
        /// An example.
        example: optional Json,
        /// What is used where nothing was given.
        default: optional Json,
        /// What is always sent and never asked for.
        constant = "const": optional Json,
        /// Always present (in an object), or must be given (as an argument); default `false`.
        required: optional Flag,
        /// Whether it can be cleared, as an argument in a body: left alone, set or sent as `null`.
        nullable: optional Flag,
        /// The server sets it; it never becomes an argument.
        read_only: optional Flag,
        /// Holds a secret or personal data that must not be shown or logged.
        sensitive: optional Flag,
        /// A message where it should no longer be used.
        deprecated: optional Text,
        /// Its name on the wire, where it is not the key; in `fields` of a body also a JSON pointer.
        wire_name: optional Text,
        /// Its Rust name, where the derived one does not do.
        name: optional Text,
        /// How it is written: `millis` or `seconds` (times), `text` (numbers as strings).
        wire: optional Choice<WireWord>,
        /// Makes an array one string with this separator, `";"`.
        separator: optional Text,
        /// How an array is written in the query: `comma`, `repeat` (default) or `brackets`.
        style: optional Choice<StyleWord>,
        /// The action that tells what can be chosen.
        options_from: optional OptionsFrom,
    }

    /// Choices that another action tells.
    struct OptionsFrom {
        /// An action that answers a list: `deal_pipelines.list`.
        action: required Text,
        /// JSON pointer into one element of that list: the value that is sent.
        value: required Text,
        /// JSON pointer into one element of that list: what people read; default: the value.
        label: optional Text,
        /// Arguments of that action, each with the field or argument beside this one whose value it takes.
        depends_on: or_empty Map<Text>,
    }

    /// `"type": "array"`: a list.
    struct ArrayShape {
        /// Type of its elements.
        items: required Shape,
    }

    /// `"type": "map"`: an object with keys of the data's own.
    struct MapShape {
        /// Type of its values.
        values: required Shape,
    }

    /// `"type": "filter"`, `"sort"` or `"selection"`: typed over an object's properties.
    struct OfShape {
        /// The object type.
        of: required Text,
    }

    /// An enum in place, which becomes a type of its own.
    struct InlineEnum {
        /// See the enum type.
        keys: flatten EnumKeys,
        /// Name of the type that it becomes; default: owner and field, `DealDealstage`.
        name_type: optional Text,
    }

    /// An object in place, which becomes a type of its own.
    struct InlineObject {
        /// See the object type.
        keys: flatten ObjectKeys,
        /// Name of the type that it becomes; default: owner and field, `DealDealstage`.
        name_type: optional Text,
    }
}

words! {
    /// How a single value is written.
    enum WireWord {
        /// Milliseconds.
        Millis = "millis",
        /// Seconds.
        Seconds = "seconds",
        /// A number as a string.
        Text = "text",
    }

    /// How an array is written in the query.
    enum StyleWord {
        /// `a=1,2`
        Comma = "comma",
        /// `a=1&a=2`
        Repeat = "repeat",
        /// `a[]=1&a[]=2`
        Brackets = "brackets",
    }
}

/// The type of a value: a name, or an object with `type` and what that type needs.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub(crate) span: Span,
    pub(crate) kind: ShapeKind,
}

#[derive(Debug, Clone)]
pub(crate) enum ShapeKind {
    /// A scalar or a declared type.
    Name(Text),
    Array(Box<ArrayShape>),
    Map(Box<MapShape>),
    Filter(OfShape),
    Sort(OfShape),
    Selection(OfShape),
    Enum(Box<InlineEnum>),
    Object(Box<InlineObject>),
    /// Unreadable, which was reported.
    Broken,
}

impl Shape {
    /// Takes `type` and what belongs to it; the span is that of the value of `type`.
    pub(crate) fn take(object: &mut Object<'_>) -> Self {
        // `["string", "null"]`, as JSON Schema has it.
        if let Some(value) = object.peek("type")
            && let Some(help) = spelling::of_type_list(value)
        {
            let span = value.span;
            let problem = mistyped(value, "a string", object.problems);
            object.problems.report(problem.help(help));
            object.skip("type");
            return Self { span, kind: ShapeKind::Broken };
        }
        let word: Text = object.required("type", TYPE);
        let span = word.span;
        let kind = match Self::meant(&word, object) {
            "" if !word.is_there(object.problems) => ShapeKind::Broken,
            "array" => ShapeKind::Array(Box::new(ArrayShape::take(object))),
            "map" => ShapeKind::Map(Box::new(MapShape::take(object))),
            "filter" => ShapeKind::Filter(OfShape::take(object)),
            "sort" => ShapeKind::Sort(OfShape::take(object)),
            "selection" => ShapeKind::Selection(OfShape::take(object)),
            "enum" => ShapeKind::Enum(Box::new(InlineEnum::take(object))),
            "object" => ShapeKind::Object(Box::new(InlineObject::take(object))),
            _ => ShapeKind::Name(word),
        };
        Self { span, kind }
    }

    /// The type that is named, or that was meant where others call it so and what it needs is there.
    fn meant<'w>(word: &'w Text, object: &mut Object<'_>) -> &'w str {
        let name = word.as_str();
        let (meant, needs) = match spelling::compound(name) {
            Some("array") => ("array", "items"),
            Some("object") => ("object", "fields"),
            Some(other) => (other, "values"),
            None => return name,
        };
        if meant == name || object.peek(needs).is_none() {
            return name;
        }
        let message = format!("unknown type `{name}`");
        object.problems.report(Problem::new(Code::UnknownType, word.span, message).did_you_mean(Some(meant)));
        meant
    }

    /// The keys that belong to the type which stands in `value`; those of all types where it is none.
    pub(crate) fn names(value: &json::Value, names: &mut Vec<&'static str>) {
        type Names = fn(&mut Vec<&'static str>);
        names.push("type");
        let word = value.get("type").and_then(json::Value::as_str);
        let word = word.map(|word| spelling::compound(word).unwrap_or(word));
        let kinds: [(&[&str], Names); 5] = [
            (&["array"], ArrayShape::names),
            (&["map"], MapShape::names),
            (&["filter", "sort", "selection"], OfShape::names),
            (&["enum"], InlineEnum::names),
            (&["object"], InlineObject::names),
        ];
        for (words, of_kind) in kinds {
            if word.is_none_or(|word| words.contains(&word)) {
                of_kind(names);
            }
        }
    }

    /// Tells of one that is written as elsewhere, in an object without `type`.
    pub(crate) fn is_written_otherwise(value: &json::Value, problems: &mut Problems) -> bool {
        let Some((member, written)) = spelling::of_object(value) else {
            let mut known = vec!["title", "description"];
            Field::names(value, &mut known);
            let Some(fields) = spelling::of_fields(value, &known) else { return false };
            let first = value.members().and_then(<[_]>::first);
            let (span, key) = first.map_or((value.span, ""), |first| (first.key_span, first.key.as_str()));
            let problem = Problem::new(Code::UnknownKey, span, format!("unknown key `{key}`"));
            problems.report(problem.help(spelling::object_of(fields).help()));
            return true;
        };
        let problem = match member.key.as_str() {
            // They are keys of the format, and what lacks is the type.
            "items" | "values" | "fields" => {
                Problem::new(Code::MissingKey, value.span.first(), "missing key `type`")
                    .label("this object needs `type`")
            }
            key => Problem::new(Code::UnknownKey, member.key_span, format!("unknown key `{key}`")),
        };
        problems.report(problem.help(written.help()));
        true
    }

    /// Tells of something that is neither a name nor an object.
    pub(crate) fn no_type(value: &json::Value, problems: &mut Problems) {
        let problem = mistyped(value, "a type name or an object", problems);
        problems.report(match spelling::of_array(value) {
            Some(written) => problem.help(written.help()),
            None => problem,
        });
    }

    fn name(value: &json::Value, problems: &mut Problems) -> Self {
        let name = Text::read(value, problems);
        Self { span: name.span, kind: ShapeKind::Name(name) }
    }

    /// One schema per `type`, each with `more` keys.
    fn variants(
        definitions: &mut Definitions,
        more: fn(&mut Definitions, &mut Vec<Key>),
    ) -> Vec<serde_json::Value> {
        type Describe = fn(&mut Definitions, &mut Vec<Key>);
        let kinds: [(serde_json::Value, &str, Describe); 6] = [
            (named_schema(), "A scalar or a declared type.", |_, _| {}),
            (json!({ "const": "array" }), ArrayShape::ABOUT, ArrayShape::keys),
            (json!({ "const": "map" }), MapShape::ABOUT, MapShape::keys),
            (json!({ "enum": ["filter", "sort", "selection"] }), OfShape::ABOUT, OfShape::keys),
            (json!({ "const": "enum" }), InlineEnum::ABOUT, InlineEnum::keys),
            (json!({ "const": "object" }), InlineObject::ABOUT, InlineObject::keys),
        ];
        let variant = |(word, about, describe): (serde_json::Value, &str, Describe)| {
            let mut keys = vec![Key { name: "type", about: "The type.", required: true, schema: word }];
            describe(definitions, &mut keys);
            more(definitions, &mut keys);
            object_schema(about, keys)
        };
        kinds.into_iter().map(variant).collect()
    }

    /// A name, or an object with `type` and `more` keys.
    pub(crate) fn schema_with(
        definitions: &mut Definitions,
        more: fn(&mut Definitions, &mut Vec<Key>),
    ) -> serde_json::Value {
        let mut all = vec![named_schema()];
        all.extend(Self::variants(definitions, more));
        json!({ "anyOf": all })
    }
}

/// Names of types: the scalars (completed by editors), or a declared one.
fn named_schema() -> serde_json::Value {
    json!({ "anyOf": [
        { "enum": SCALARS },
        { "type": "string", "pattern": "^[A-Z][A-Za-z0-9]*$", "description": "A declared type." },
    ]})
}

impl Read for Shape {
    fn read(value: &json::Value, problems: &mut Problems) -> Self {
        match value.kind {
            Kind::String(_) => Self::name(value, problems),
            Kind::Object(_) if Self::is_written_otherwise(value, problems) => Self::missing(value.span),
            Kind::Object(_) => {
                let names = |names: &mut Vec<&'static str>| Self::names(value, names);
                let Some(mut object) = Object::open(value, problems, names) else {
                    return Self::missing(value.span);
                };
                let shape = Self::take(&mut object);
                object.finish();
                shape
            }
            _ => {
                Self::no_type(value, problems);
                Self::missing(value.span)
            }
        }
    }

    fn missing(span: Span) -> Self {
        Self { span, kind: ShapeKind::Broken }
    }

    fn schema(definitions: &mut Definitions) -> serde_json::Value {
        definitions.reference("Shape", |definitions| Self::schema_with(definitions, |_, _| {}))
    }
}

/// A field of an object, or an argument.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) shape: Shape,
    pub(crate) keys: FieldKeys,
}

impl Field {
    pub(crate) fn take(object: &mut Object<'_>) -> Self {
        Self { shape: Shape::take(object), keys: FieldKeys::take(object) }
    }

    /// The keys of a field of the type that stands in `value`.
    pub(crate) fn names(value: &json::Value, names: &mut Vec<&'static str>) {
        Shape::names(value, names);
        FieldKeys::names(names);
    }

    /// A field that is just the name of its type.
    pub(crate) fn named(value: &json::Value, problems: &mut Problems) -> Self {
        Self { shape: Shape::name(value, problems), keys: FieldKeys::missing(value.span) }
    }
}

impl Read for Field {
    fn read(value: &json::Value, problems: &mut Problems) -> Self {
        match value.kind {
            Kind::String(_) => Self::named(value, problems),
            Kind::Object(_) if Shape::is_written_otherwise(value, problems) => Self::missing(value.span),
            Kind::Object(_) => {
                let names = |names: &mut Vec<&'static str>| Self::names(value, names);
                let Some(mut object) = Object::open(value, problems, names) else {
                    return Self::missing(value.span);
                };
                let field = Self::take(&mut object);
                object.finish();
                field
            }
            _ => {
                Shape::no_type(value, problems);
                Self::missing(value.span)
            }
        }
    }

    fn missing(span: Span) -> Self {
        Self { shape: Shape::missing(span), keys: FieldKeys::missing(span) }
    }

    fn schema(definitions: &mut Definitions) -> serde_json::Value {
        definitions.reference("Field", |definitions| Shape::schema_with(definitions, FieldKeys::keys))
    }
}
