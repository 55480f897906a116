//! Batches: many records in one request, each with an outcome of its own.

use serde_json::Value;

use crate::error::ErrorDetail;
use crate::meta::ConnectorMeta;
use crate::value::{Datum, Element, Extra, Field, Format, Node, Raw, Record, Shape, Slot};

/// The outcome of a batch.
///
/// A batch can succeed in part (HTTP 207): look at [`errors`](Self::errors) too.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Batch<T> {
    /// What was carried out or found.
    pub results: Vec<T>,
    /// What was refused.
    pub errors: Vec<BatchError>,
    /// What else the answer held.
    pub extra: Extra,
}

impl<T> Batch<T> {
    /// Whether nothing was refused.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.errors.is_empty()
    }
}

/// Why one or several elements of a batch were refused.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BatchError {
    /// A sentence for people.
    pub message: Option<String>,
    /// The API's own kind, `VALIDATION_ERROR`.
    pub category: Option<String>,
    /// Single problems.
    pub details: Vec<ErrorDetail>,
    /// The whole entry as the API wrote it, with the ids it is about.
    pub raw: Value,
}

/// Results of a batch of which the API answers none.
impl Element for () {
    const EXPECTED: &'static str = "nothing";

    fn from_raw(_: Raw<'_>, _: &Format) -> Option<Self> {
        Some(())
    }

    fn into_datum(self) -> Option<Datum> {
        None
    }

    fn to_datum(&self) -> Option<Datum> {
        None
    }
}

/// A batch's answer while it is read.
pub(crate) struct Reading<T> {
    shape: &'static Shape,
    results: Vec<T>,
    errors: Vec<Value>,
    extra: Extra,
}

impl<T: Element> Reading<T> {
    pub(crate) const fn new(shape: &'static Shape) -> Self {
        Self { shape, results: Vec::new(), errors: Vec::new(), extra: Extra::EMPTY }
    }

    pub(crate) fn finish(self, connector: &ConnectorMeta) -> Batch<T> {
        let errors = self
            .errors
            .into_iter()
            .map(|raw| {
                let meta = &connector.errors;
                let text = |pointer: Option<&str>| raw.pointer(pointer?)?.as_str().map(str::to_owned);
                BatchError {
                    message: text(meta.message),
                    category: text(meta.category),
                    details: crate::error::details(&raw, meta),
                    raw,
                }
            })
            .collect();
        Batch { results: self.results, errors, extra: self.extra }
    }
}

impl<T: Element> Record for Reading<T> {
    fn shape(&self) -> &'static Shape {
        self.shape
    }

    fn slot(&mut self, index: u16) -> Option<&mut dyn Slot> {
        match index {
            0 => Some(&mut self.results),
            1 => Some(&mut self.errors),
            _ => None,
        }
    }

    fn value(&self, index: u16) -> Option<&dyn Slot> {
        match index {
            0 => Some(&self.results),
            1 => Some(&self.errors),
            _ => None,
        }
    }

    fn extra_mut(&mut self) -> &mut Extra {
        &mut self.extra
    }

    fn extra(&self) -> &Extra {
        &self.extra
    }
}

/// The shape of a batch's answer whose keys lie as `tree` says: results are field 0, errors 1.
#[must_use]
pub const fn batch_shape(tree: &'static [Node]) -> Shape {
    const FIELDS: &[Field] = &[Field::new("results", Format::PLAIN), Field::new("errors", Format::PLAIN)];
    Shape { name: "batch", fields: FIELDS, tree, required: &[], clear: None }
}
