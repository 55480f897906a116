//! The types that schemas become, before they have their final names and places.

use std::collections::{HashMap, HashSet, VecDeque};

use typed_connector_specs::text::{Span, Value};

use crate::schema::MAX_NESTING;

/// The type of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    /// Any JSON.
    Json,
    /// One of the format's scalars.
    Scalar(&'static str),
    Array(Box<Shape>),
    Map(Box<Shape>),
    /// A type of the table.
    Named(usize),
}

impl Shape {
    /// Whether it is this scalar.
    pub(crate) fn is(&self, scalar: &str) -> bool {
        matches!(self, Self::Scalar(name) if *name == scalar)
    }
}

/// A field of an object, or an argument.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "a schema says so many things")]
pub(crate) struct Property {
    pub(crate) key: String,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
    pub(crate) nullable: bool,
    pub(crate) read_only: bool,
    pub(crate) write_only: bool,
    pub(crate) sensitive: bool,
    pub(crate) deprecated: bool,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    /// The only value that it has.
    pub(crate) constant: Option<String>,
    /// `seconds` for times that are numbers.
    pub(crate) wire: Option<&'static str>,
    /// How a list is written in a form.
    pub(crate) style: Option<&'static str>,
    /// What stands between the elements of a list that is one text.
    pub(crate) separator: Option<&'static str>,
    pub(crate) span: Span,
}

impl Property {
    pub(crate) fn new(key: &str, shape: Shape, span: Span) -> Self {
        Self {
            key: key.to_owned(),
            shape,
            required: false,
            nullable: false,
            read_only: false,
            write_only: false,
            sensitive: false,
            deprecated: false,
            title: None,
            description: None,
            constant: None,
            wire: None,
            style: None,
            separator: None,
            span,
        }
    }
}

/// What a type is.
#[derive(Debug, Clone)]
pub(crate) enum Def {
    /// Not read yet.
    Pending,
    /// Another name of this.
    Alias(Shape),
    Object(Vec<Property>),
    Enum(Vec<String>),
    Union {
        /// The field that tells them apart.
        tag: Option<String>,
        /// The tag's value, and the type.
        variants: Vec<(String, Shape)>,
    },
}

#[derive(Debug)]
pub(crate) struct Type<'d> {
    /// The document that it is from.
    pub(crate) document: usize,
    pub(crate) schema: &'d Value,
    /// The name that it should have.
    pub(crate) wanted: String,
    /// The field that it stands in, unless it is declared by itself.
    pub(crate) field: Option<String>,
    pub(crate) def: Def,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
    /// Whether there is a mistake in it.
    pub(crate) broken: bool,
    /// The operation that needed it first.
    pub(crate) operation: Option<(String, Span)>,
}

/// All types of an import.
#[derive(Debug, Default)]
pub(crate) struct Types<'d> {
    pub(crate) list: Vec<Type<'d>>,
    /// By the schema that they were made of, which is in memory once.
    known: HashMap<*const Value, usize>,
    /// Those that are still to be read.
    pub(crate) queue: VecDeque<usize>,
    /// Schemas that are being read where they stand.
    pub(crate) entered: HashSet<*const Value>,
    /// Those that are being read, the innermost last.
    pub(crate) open: Vec<usize>,
}

impl<'d> Types<'d> {
    pub(crate) fn known(&self, schema: &'d Value) -> Option<usize> {
        self.known.get(&std::ptr::from_ref(schema)).copied()
    }

    pub(crate) fn add(&mut self, ty: Type<'d>) -> usize {
        let id = self.list.len();
        self.known.insert(std::ptr::from_ref(ty.schema), id);
        self.list.push(ty);
        id
    }

    /// The shape without names of names.
    pub(crate) fn resolved(&self, shape: &Shape) -> Shape {
        self.resolved_within(shape, 64, MAX_NESTING)
    }

    fn resolved_within(&self, shape: &Shape, names: usize, nesting: usize) -> Shape {
        let inner = |shape: &Shape| match nesting.checked_sub(1) {
            Some(nesting) => Box::new(self.resolved_within(shape, names, nesting)),
            None => Box::new(Shape::Json),
        };
        match shape {
            Shape::Named(id) => match (&self.list[*id].def, names.checked_sub(1)) {
                (Def::Alias(shape), Some(names)) => self.resolved_within(shape, names, nesting),
                (Def::Pending | Def::Alias(_), _) => Shape::Json,
                _ => shape.clone(),
            },
            Shape::Array(shape) => Shape::Array(inner(shape)),
            Shape::Map(shape) => Shape::Map(inner(shape)),
            other => other.clone(),
        }
    }

    /// The fields of a shape that is an object.
    pub(crate) fn object(&self, shape: &Shape) -> Option<&[Property]> {
        match self.resolved(shape) {
            Shape::Named(id) => match &self.list[id].def {
                Def::Object(properties) => Some(properties),
                _ => None,
            },
            _ => None,
        }
    }

    /// The types that a type refers to.
    pub(crate) fn references(&self, id: usize) -> Vec<usize> {
        let mut found = Vec::new();
        match &self.list[id].def {
            Def::Pending | Def::Enum(_) => {}
            Def::Alias(shape) => named_in(shape, &mut found),
            Def::Object(properties) => {
                for property in properties {
                    named_in(&property.shape, &mut found);
                }
            }
            Def::Union { variants, .. } => {
                for (_, shape) in variants {
                    named_in(shape, &mut found);
                }
            }
        }
        found
    }

    /// Every type that is reached from these, each once, in the order in which they are met.
    pub(crate) fn reached<'s>(&self, from: impl IntoIterator<Item = &'s Shape>) -> Vec<usize> {
        let mut order = Vec::new();
        for shape in from {
            named_in(shape, &mut order);
        }
        let mut seen = vec![false; self.list.len()];
        let mut queue: VecDeque<usize> = order.drain(..).collect();
        while let Some(id) = queue.pop_front() {
            if !std::mem::replace(&mut seen[id], true) {
                order.push(id);
                queue.extend(self.references(id));
            }
        }
        order
    }
}

pub(crate) fn named_in(shape: &Shape, found: &mut Vec<usize>) {
    match shape {
        Shape::Named(id) => found.push(*id),
        Shape::Array(inner) | Shape::Map(inner) => named_in(inner, found),
        Shape::Json | Shape::Scalar(_) => {}
    }
}
