//! `types`: named objects, enums, ids and inputs.

use serde_json::json;

use super::keys::{Definitions, Key, Keys, Object, Read, list, object_schema};
use super::{
    COMPOUND, Choice, Field, Flag, FromTitle, List, Map, OrNull, SCALARS, Shape, Text, Titled, spelling,
};
use crate::diagnostics::{Code, Problem, Problems};
use crate::json;
use crate::source::Span;

keys! {
    /// What every named type may say about itself.
    struct TypeKeys {
        /// Name for people.
        title: optional Text,
        /// What it is, in Markdown.
        description: optional Text,
        /// A message where it should no longer be used.
        deprecated: optional Text,
    }

    /// `"type": "object"`: a JSON object with known fields; unknown ones are kept.
    struct ObjectKeys {
        /// JSON pointer from the object to where `fields` lie; default `""`, the object itself.
        at: optional Text,
        /// The fields at `at`, by the API's own names.
        fields: required Map<Field>,
        /// Fields at the root, where `at` points deeper.
        envelope: or_empty Map<Field>,
        /// How the values at `at` are written: `json` (default) or `strings`, every value as a JSON string.
        encoding: optional Choice<EncodingWord>,
        /// What clears a field: `null` (default) or a string.
        clear: optional OrNull<Text>,
        /// Whether its fields can be filtered, sorted and selected by name; default: whether `at` is not empty.
        properties: optional Flag,
    }

    /// `"type": "enum"`: a string with known values.
    struct EnumKeys {
        /// Wire value → title, or an object.
        values: required Map<Titled<EnumValue>>,
        /// Whether values that are not listed are kept (`Other`, default) or refused.
        open: optional Flag,
    }

    /// One of the types of a union, with a name of its own.
    struct NamedVariant {
        /// The object type.
        ty = "type": required Text,
        /// Name of its Rust variant, where the derived one does not do.
        name: optional Text,
    }

    /// One value of an enum.
    struct EnumValue {
        /// For people; default: the wire value.
        title: optional Text,
        /// What it means, in Markdown.
        description: optional Text,
        /// Name of its Rust variant, where the derived one does not do.
        name: optional Text,
        /// A message where it should no longer be used.
        deprecated: optional Text,
    }

    /// `"type": "union"`: an object that is one of several.
    struct UnionKeys {
        /// The field whose value tells which it is; without it the fields that are there tell.
        tag: optional Text,
        /// Value of the tag, or a name → an object type, or an object with `type` and `name`.
        variants: required Map<UnionVariant>,
    }

    /// What can be written: the keys of an `input` type and of a body.
    struct InputKeys {
        /// An object type whose writable fields become arguments, written at its `at` in its `encoding`.
        of: optional Text,
        /// Just these fields of `of`.
        only: optional List<Text>,
        /// Fields of `of` that must be given, in the order of the Rust arguments.
        required: or_empty List<Text>,
        /// Whether fields of `of` can be cleared, as in an update; default `false`.
        partial: optional Flag,
        /// More fields, at the root; `wire_name` may be a JSON pointer.
        fields: or_empty Map<Field>,
    }
}

words! {
    /// How scalar values are written.
    enum EncodingWord {
        /// As JSON's own types.
        Json = "json",
        /// As strings.
        Strings = "strings",
    }
}

impl FromTitle for EnumValue {
    fn from_title(title: Text) -> Self {
        Self { title: Some(title.clone()), ..Self::missing(title.span) }
    }
}

/// One of the types of a union.
#[derive(Debug, Clone)]
pub(crate) struct UnionVariant(pub(crate) NamedVariant);

impl Read for UnionVariant {
    fn read(value: &json::Value, problems: &mut Problems) -> Self {
        match value.as_str() {
            Some(_) => {
                let ty = Text::read(value, problems);
                Self(NamedVariant { ty, ..NamedVariant::missing(value.span) })
            }
            None => Self(NamedVariant::read(value, problems)),
        }
    }

    fn missing(span: Span) -> Self {
        Self(NamedVariant::missing(span))
    }

    fn schema(definitions: &mut Definitions) -> serde_json::Value {
        json!({ "anyOf": [{ "type": "string" }, NamedVariant::schema(definitions)] })
    }
}

/// An entry of `types`.
#[derive(Debug, Clone)]
pub(crate) struct Type {
    pub(crate) about: TypeKeys,
    pub(crate) kind: TypeKind,
}

#[derive(Debug, Clone)]
pub(crate) enum TypeKind {
    Object(ObjectKeys),
    Enum(EnumKeys),
    Id,
    Input(InputKeys),
    Union(UnionKeys),
    /// `type` is missing or none of the above, which was reported.
    Broken,
}

impl Type {
    const KINDS: [&'static str; 5] = ["object", "enum", "id", "input", "union"];

    /// The keys that belong to the kind which stands in `value`; those of all kinds where it is none.
    fn names(value: &json::Value, names: &mut Vec<&'static str>) {
        type Names = fn(&mut Vec<&'static str>);
        let of_kinds: [Names; 5] =
            [ObjectKeys::names, EnumKeys::names, |_| {}, InputKeys::names, UnionKeys::names];
        names.push("type");
        TypeKeys::names(names);
        let word = value.get("type").and_then(json::Value::as_str);
        for (kind, of_kind) in Self::KINDS.into_iter().zip(of_kinds) {
            if word.is_none_or(|word| word == kind) {
                of_kind(names);
            }
        }
    }
}

impl Read for Type {
    fn read(value: &json::Value, problems: &mut Problems) -> Self {
        if Shape::is_written_otherwise(value, problems) {
            return Self::missing(value.span.first());
        }
        let names = |names: &mut Vec<&'static str>| Self::names(value, names);
        let Some(mut object) = Object::open(value, problems, names) else {
            return Self::missing(value.span.first());
        };
        let word: Text = object.required("type", "`object`, `enum`, `id`, `input` or `union`");
        let about = TypeKeys::take(&mut object);
        let kind = match word.as_str() {
            "object" => TypeKind::Object(ObjectKeys::take(&mut object)),
            "enum" => TypeKind::Enum(EnumKeys::take(&mut object)),
            "id" => TypeKind::Id,
            "input" => TypeKind::Input(InputKeys::take(&mut object)),
            "union" => TypeKind::Union(UnionKeys::take(&mut object)),
            other => {
                let near = object.problems.nearest(other, Self::KINDS);
                let is_value = SCALARS.contains(&other) || COMPOUND.contains(&other);
                let help = match spelling::choices_beside_type(value) {
                    Some(form) => format!("choices are a type of their own: {form}"),
                    None if is_value => {
                        format!(
                            "`{other}` needs no name: write it where it is used; kinds of types are {}",
                            list(&Self::KINDS)
                        )
                    }
                    None => format!("allowed are {}", list(&Self::KINDS)),
                };
                let problem =
                    Problem::new(Code::UnknownWord, word.span, format!("unknown kind of type `{other}`"))
                        .did_you_mean(near)
                        .help(help);
                if other.is_empty() && !word.is_there(object.problems) {
                    object.finish_missing();
                } else {
                    object.problems.report(problem);
                }
                // Which keys belong here is not known.
                return Self { about, kind: TypeKind::Broken };
            }
        };
        object.finish();
        Self { about, kind }
    }

    fn missing(span: Span) -> Self {
        Self { about: TypeKeys::missing(span), kind: TypeKind::Broken }
    }

    fn schema(definitions: &mut Definitions) -> serde_json::Value {
        type Describe = fn(&mut Definitions, &mut Vec<Key>);
        let kinds: [(&str, &str, Describe); 5] = [
            ("object", ObjectKeys::ABOUT, ObjectKeys::keys),
            ("enum", EnumKeys::ABOUT, EnumKeys::keys),
            ("id", "`\"type\": \"id\"`: a string that names a record of one kind.", |_, _| {}),
            ("input", "`\"type\": \"input\"`: what can be written of an object.", InputKeys::keys),
            ("union", UnionKeys::ABOUT, UnionKeys::keys),
        ];
        definitions.reference("Type", |definitions| {
            let variants = kinds.map(|(word, about, describe)| {
                let mut keys = vec![Key::constant("type", word)];
                TypeKeys::keys(definitions, &mut keys);
                describe(definitions, &mut keys);
                object_schema(about, keys)
            });
            json!({ "oneOf": variants })
        })
    }
}
