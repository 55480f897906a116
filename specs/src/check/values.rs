//! Whether a JSON value fits a type.

use std::collections::{HashMap, HashSet};

use super::scalars;
use crate::json::{Kind, Value};
use crate::model::{Enum, Field, FieldType, FilterOperator, Input, Object, TypeKind, TypeRef, Wire};
use crate::resolve::Table;
use crate::source::Span;

/// Who wrote the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The spec's author, as a `default` or an argument: in JSON's own types, arguments by their keys.
    Author,
    /// The API, as an answer: on the wire, where a number may be a string.
    Api,
}

/// What does not fit, and where.
pub(crate) type Mismatch = (Span, String);

/// Most mismatches of one value; further ones say the same.
const MAX_MISMATCHES: usize = 20;

/// Every mismatch of a value.
pub(crate) fn mismatches(
    table: &Table<'_>,
    ty: &FieldType,
    wire: &Wire,
    value: &Value,
    origin: Origin,
) -> Vec<Mismatch> {
    let mut fit = Fit { table, origin, found: Vec::new() };
    fit.value(ty, wire, value);
    fit.found.truncate(MAX_MISMATCHES);
    fit.found
}

struct Fit<'a> {
    table: &'a Table<'a>,
    origin: Origin,
    found: Vec<Mismatch>,
}

impl Fit<'_> {
    /// Recursion ends with the value, whose depth is limited.
    fn value(&mut self, ty: &FieldType, wire: &Wire, value: &Value) {
        match ty {
            FieldType::Array(item) => self.array(item, wire, value),
            FieldType::Map(item) => match value.members() {
                Some(members) => {
                    for member in members {
                        self.value(item, &Wire::Plain, &member.value);
                    }
                }
                None => self.expected("an object", value),
            },
            FieldType::Named(ty) => self.named(*ty, value),
            FieldType::Selection(_) => self.selection(value),
            FieldType::Filter(_) => self.filter(value),
            FieldType::Sort(_) if value.as_str().is_none() => {
                self.expected("a property's name, with `-` before it for largest first", value);
            }
            FieldType::Sort(_) | FieldType::Json => {}
            scalar => {
                let fits = match self.origin {
                    Origin::Author => scalars::written(scalar, value),
                    Origin::Api => scalars::readable(scalar, value),
                };
                if !fits {
                    self.expected(scalars::expectation(scalar), value);
                }
            }
        }
    }

    fn array(&mut self, item: &FieldType, wire: &Wire, value: &Value) {
        match (&value.kind, wire) {
            (Kind::Array(items), _) => items.iter().for_each(|value| self.value(item, &Wire::Plain, value)),
            (Kind::String(text), Wire::Separated(separator)) if self.origin == Origin::Api => {
                // `;a;b` is how HubSpot adds to a list.
                for part in text.split(separator.as_str()).filter(|part| !part.is_empty()) {
                    let part = Value { span: value.span, kind: Kind::String(part.to_owned()) };
                    self.value(item, &Wire::Plain, &part);
                }
            }
            _ => self.expected("an array", value),
        }
    }

    fn named(&mut self, ty: TypeRef, value: &Value) {
        let table = self.table;
        match &table.get(ty).kind {
            Some(TypeKind::Id) => match (&value.kind, self.origin) {
                (Kind::String(text), _) if !text.is_empty() => {}
                (Kind::Number(_), Origin::Api) => {}
                _ => self.expected("an id, which is a string", value),
            },
            Some(TypeKind::Enum(known)) => self.enumeration(known, value),
            Some(TypeKind::Object(object)) => self.object(object, value),
            Some(TypeKind::Input(input)) => self.input(input, value),
            // What is none of its types is kept as it is.
            Some(TypeKind::Union(union)) if value.members().is_none() => match &union.id {
                Some(id) => self.named(id.ty, value),
                None => self.expected("an object", value),
            },
            Some(TypeKind::Union(_)) | None => {}
        }
    }

    fn enumeration(&mut self, known: &Enum, value: &Value) {
        let text = match (&value.kind, self.origin) {
            (Kind::String(text), _) => text.clone(),
            (Kind::Number(_) | Kind::Bool(_), Origin::Api) => value.to_json().to_string(),
            _ => return self.expected("a string", value),
        };
        if known.open || known.values.iter().any(|value| value.wire == text) {
            return;
        }
        let words: Vec<_> = known.values.iter().map(|value| value.wire.as_str()).take(12).collect();
        self.found.push((value.span, format!("`{text}` is none of {}", crate::raw::list(&words))));
    }

    /// Conditions on properties, which may be ones that the spec does not declare.
    fn filter(&mut self, value: &Value) {
        let alternatives = match &value.kind {
            Kind::Array(alternatives) => alternatives.as_slice(),
            _ => std::slice::from_ref(value),
        };
        for alternative in alternatives {
            let Some(conditions) = alternative.members() else {
                self.expected("an object of conditions on properties", alternative);
                continue;
            };
            for condition in conditions {
                for operator in condition.value.members().unwrap_or_default() {
                    if !FilterOperator::ALL.iter().any(|(_, name)| *name == operator.key) {
                        let known: Vec<_> = FilterOperator::ALL.iter().map(|(_, name)| *name).collect();
                        let known = crate::raw::list(&known);
                        self.found
                            .push((operator.key_span, format!("this is no operator; there are {known}")));
                    }
                }
            }
        }
    }

    fn selection(&mut self, value: &Value) {
        match &value.kind {
            Kind::String(text) if text == "*" => {}
            Kind::Array(items) if items.iter().all(|item| item.as_str().is_some()) => {}
            _ => self.expected("`\"*\"` or an array of names", value),
        }
    }

    fn object(&mut self, object: &Object, value: &Value) {
        if value.members().is_none() {
            return self.expected("an object", value);
        }
        let mut levels = Levels::default();
        for field in &object.fields {
            let found = levels.find(value, &field.path).filter(|value| !absent(field, value));
            match found {
                Some(found) => self.value(&field.ty, &field.wire, found),
                None if field.required => {
                    let pointer = field.path.join("/");
                    self.found
                        .push((value.span.first(), format!("the required field `/{pointer}` is missing")));
                }
                None => {}
            }
            if self.found.len() >= MAX_MISMATCHES {
                return;
            }
        }
    }

    /// An input as an argument is given by the keys of its fields.
    fn input(&mut self, input: &Input, value: &Value) {
        let Some(members) = value.members() else { return self.expected("an object", value) };
        let fields: HashMap<_, _> =
            input.fields.iter().enumerate().map(|(index, field)| (field.key.as_str(), index)).collect();
        for member in members {
            let Some(&index) = fields.get(member.key.as_str()) else {
                self.found.push((member.key_span, format!("there is no argument `{}`", member.key)));
                continue;
            };
            let clears = matches!(member.value.kind, Kind::Null) && input.clearable[index];
            if !clears {
                self.value(&input.fields[index].ty, &input.fields[index].wire, &member.value);
            }
        }
        let given: HashSet<_> = members.iter().map(|member| member.key.as_str()).collect();
        for field in input.fields.iter().filter(|field| field.must_be_given()) {
            if !given.contains(field.key.as_str()) {
                let message = format!("the required argument `{}` is missing", field.key);
                self.found.push((value.span.first(), message));
            }
        }
    }

    fn expected(&mut self, what: &str, value: &Value) {
        let found = match &value.kind {
            Kind::String(text) if text.chars().count() <= 40 => format!("{text:?}"),
            Kind::Number(number) => number.to_string(),
            _ => value.type_name().to_owned(),
        };
        let span = match value.kind {
            Kind::Array(_) | Kind::Object(_) => value.span.first(),
            _ => value.span,
        };
        self.found.push((span, format!("expected {what}, found {found}")));
    }
}

/// `null`, and an empty string where the type is no text, are no value.
fn absent(field: &Field, value: &Value) -> bool {
    match &value.kind {
        Kind::Null => true,
        Kind::String(text) => text.is_empty() && !matches!(field.ty, FieldType::String | FieldType::Email),
        _ => false,
    }
}

/// Members by key, for each path that leads to some: objects may have very many.
#[derive(Default)]
struct Levels<'v, 'p>(HashMap<&'p [String], HashMap<&'v str, &'v Value>>);

impl<'v, 'p> Levels<'v, 'p> {
    fn find(&mut self, root: &'v Value, path: &'p [String]) -> Option<&'v Value> {
        let (last, above) = path.split_last()?;
        let level = self.0.entry(above).or_insert_with(|| {
            let object = above.iter().try_fold(root, |value, key| value.get(key));
            let members = object.and_then(Value::members).unwrap_or_default();
            members.iter().map(|member| (member.key.as_str(), &member.value)).collect()
        });
        level.get(last.as_str()).copied()
    }
}
