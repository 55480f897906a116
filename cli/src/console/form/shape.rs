//! What a form shows for a type. Rendering, reading and filling all ask here, so that they agree.

use serde_json::{Map, Value};
use typed_connector::dynamic::model::{
    Connector, EnumValue, Field, FieldType, Input, Object, TypeKind, TypeRef, Union, Variant,
};

/// How deep groups nest in a form; what is deeper is written as JSON.
const MOST_DEPTH: usize = 4;
/// Most values of a list of choices that are shown as boxes to tick.
const MOST_BOXES: usize = 40;

/// A kind of control.
pub(super) enum Shape {
    /// One line or more of text.
    Text(Text),
    /// Yes or no.
    Boolean,
    /// One of several values; others too where it is open.
    Choice { values: &'static [EnumValue], open: bool },
    /// Several of several values.
    Choices { values: &'static [EnumValue], open: bool },
    /// Any number of these.
    List(&'static FieldType),
    /// Names with values of this type.
    Map(&'static FieldType),
    /// Fields of their own.
    Group(Members),
    /// One of several groups.
    Union(&'static Union),
    /// Conditions over an object's properties.
    Filter(&'static Object),
    /// One of an object's properties, and a direction.
    Sort(&'static Object),
    /// Some of an object's properties.
    Selection(&'static Object),
    /// A file.
    File,
    /// Bytes, which are chosen as a file.
    Bytes,
    /// What no form can express.
    Json,
}

/// What kind of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Line,
    Integer,
    Decimal,
    Float,
    Date,
    DateTime,
    Duration,
    Url,
    Email,
}

/// The fields of a group, each with whether it can be cleared.
pub(super) struct Members {
    pub(super) fields: Vec<(&'static Field, bool)>,
    /// The key under which properties of the account's own are given, where they can be.
    pub(super) others: Option<&'static str>,
}

pub(super) fn shape(model: &'static Connector, ty: &'static FieldType, depth: usize) -> Shape {
    match ty {
        FieldType::String => Shape::Text(Text::Line),
        FieldType::Integer => Shape::Text(Text::Integer),
        FieldType::Decimal => Shape::Text(Text::Decimal),
        FieldType::Float => Shape::Text(Text::Float),
        FieldType::Date => Shape::Text(Text::Date),
        FieldType::DateTime => Shape::Text(Text::DateTime),
        FieldType::Duration => Shape::Text(Text::Duration),
        FieldType::Url => Shape::Text(Text::Url),
        FieldType::Email => Shape::Text(Text::Email),
        FieldType::Boolean => Shape::Boolean,
        FieldType::Bytes => Shape::Bytes,
        FieldType::File => Shape::File,
        FieldType::Json => Shape::Json,
        FieldType::Array(inner) => match shape(model, inner, depth + 1) {
            Shape::Choice { values, open } if values.len() <= MOST_BOXES => Shape::Choices { values, open },
            Shape::List(_) | Shape::Map(_) | Shape::Choices { .. } | Shape::Json => Shape::Json,
            _ => Shape::List(inner),
        },
        FieldType::Map(inner) => match shape(model, inner, depth + 1) {
            Shape::Text(_) | Shape::Choice { .. } => Shape::Map(inner),
            _ => Shape::Json,
        },
        FieldType::Filter(of) => model.object(*of).map_or(Shape::Json, Shape::Filter),
        FieldType::Sort(of) => model.object(*of).map_or(Shape::Json, Shape::Sort),
        FieldType::Selection(of) => model.object(*of).map_or(Shape::Json, Shape::Selection),
        FieldType::Named(of) => named(model, *of, depth),
    }
}

fn named(model: &'static Connector, of: TypeRef, depth: usize) -> Shape {
    match &model.ty(of).kind {
        TypeKind::Id => Shape::Text(Text::Line),
        TypeKind::Enum(known) if known.values.is_empty() => Shape::Text(Text::Line),
        TypeKind::Enum(known) => Shape::Choice { values: &known.values, open: known.open },
        TypeKind::Object(_) | TypeKind::Input(_) | TypeKind::Union(_) if depth >= MOST_DEPTH => Shape::Json,
        TypeKind::Object(object) => Shape::Group(of_object(object)),
        TypeKind::Input(input) => Shape::Group(of_input(model, input)),
        TypeKind::Union(union) => Shape::Union(union),
    }
}

fn of_object(object: &'static Object) -> Members {
    let given = object.fields.iter().filter(|field| !field.read_only && field.constant.is_none());
    Members { fields: given.map(|field| (field, false)).collect(), others: None }
}

fn of_input(model: &'static Connector, input: &'static Input) -> Members {
    let fields = input.fields.iter().zip(input.clearable.iter().copied());
    members(fields, model.takes_others(input))
}

/// Fields that can be given.
pub(super) fn members(fields: impl Iterator<Item = (&'static Field, bool)>, takes_others: bool) -> Members {
    let fields: Vec<_> = fields.filter(|(field, _)| field.constant.is_none()).collect();
    // As the library has it, where there is an argument of that name.
    let taken = fields.iter().any(|(field, _)| field.key == "property");
    let others = takes_others.then_some(if taken { "property_" } else { "property" });
    Members { fields, others }
}

/// The fields of a union's variant, without the tag, which the choice gives.
pub(super) fn variant(model: &'static Connector, variant: &'static Variant, depth: usize) -> Shape {
    named(model, variant.ty, depth)
}

/// Whether an object has all that the variant requires.
pub(super) fn fits(model: &Connector, variant: &Variant, given: &Map<String, Value>) -> bool {
    let fields = model.object(variant.ty).map(|object| object.fields.as_slice()).unwrap_or_default();
    fields.iter().filter(|field| field.must_be_given()).all(|field| given.contains_key(&field.key))
}

/// Whether it is so for any field of a form, also for those inside of others.
pub(super) fn any_field(
    model: &'static Connector,
    members: &Members,
    depth: usize,
    is_so: &dyn Fn(&'static Field) -> bool,
) -> bool {
    fn inside(
        model: &'static Connector,
        ty: &'static FieldType,
        depth: usize,
        is_so: &dyn Fn(&'static Field) -> bool,
    ) -> bool {
        match shape(model, ty, depth) {
            Shape::List(inner) | Shape::Map(inner) => inside(model, inner, depth + 1, is_so),
            Shape::Group(members) => any_field(model, &members, depth + 1, is_so),
            Shape::Union(union) => union.variants.iter().any(|one| match variant(model, one, depth) {
                Shape::Group(members) => any_field(model, &members, depth + 1, is_so),
                _ => false,
            }),
            _ => false,
        }
    }
    members.fields.iter().any(|(field, _)| is_so(field) || inside(model, &field.ty, depth, is_so))
}

/// The properties that can be filtered and sorted by, and selected.
pub(super) fn properties(object: &'static Object) -> impl Iterator<Item = &'static Field> {
    object.fields.iter().filter(|field| object.is_property(field))
}

/// A field's name for people.
pub(in crate::console) fn title(field: &Field) -> String {
    field.title.clone().unwrap_or_else(|| words(&field.key))
}

/// `close_date` and `closeDate` as words.
pub(in crate::console) fn words(key: &str) -> String {
    let mut words = String::with_capacity(key.len() + 4);
    let mut before = ' ';
    for c in key.chars() {
        match c {
            '_' | '-' | '.' => words.push(' '),
            c if c.is_uppercase() && before.is_lowercase() => {
                words.push(' ');
                words.extend(c.to_lowercase());
            }
            c if words.is_empty() => words.extend(c.to_uppercase()),
            c => words.push(c),
        }
        before = c;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn keys_read_as_words() {
        assert_eq!(words("close_date"), "Close date");
        assert_eq!(words("filterGroups"), "Filter groups");
    }
}
