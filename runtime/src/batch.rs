//! Batches: many records in one request, each with an outcome of its own.

use std::sync::Arc;

use serde_json::Value;

use crate::error::{DecodeError, Error, ErrorDetail};
use crate::pipeline::Answer;
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

/// What became of a batch of any size; see [`Client::batch`](crate::Client::batch).
#[derive(Debug)]
#[must_use = "some of the inputs may have failed"]
#[non_exhaustive]
pub struct BatchReport<T> {
    /// What became of each input, in their order.
    pub outcomes: Vec<Outcome<T>>,
    /// Results that name no input, or one of several that have the same mark.
    pub unmatched: Vec<T>,
    /// Errors that name no input.
    pub unmatched_errors: Vec<BatchError>,
}

impl<T> BatchReport<T> {
    pub(crate) fn of(inputs: usize) -> Self {
        let outcomes = std::iter::repeat_with(|| Outcome::Untold).take(inputs).collect();
        Self { outcomes, unmatched: Vec::new(), unmatched_errors: Vec::new() }
    }

    /// Whether every input was carried out or found.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Done(_)))
    }

    /// What was carried out or found, with the place of its input.
    pub fn done(&self) -> impl Iterator<Item = (usize, &T)> {
        self.outcomes.iter().enumerate().filter_map(|(place, outcome)| match outcome {
            Outcome::Done(result) => Some((place, result)),
            _ => None,
        })
    }

    /// All the others, with the places of their inputs.
    pub fn not_done(&self) -> impl Iterator<Item = (usize, &Outcome<T>)> {
        self.outcomes.iter().enumerate().filter(|(_, outcome)| !matches!(outcome, Outcome::Done(_)))
    }

    /// The results of all inputs, in their order, or this report where one is missing.
    ///
    /// # Errors
    /// The whole report, where an input was not carried out or found.
    pub fn complete(self) -> Result<Vec<T>, Self> {
        if !self.is_complete() {
            return Err(self);
        }
        let result = |outcome| match outcome {
            Outcome::Done(result) => Some(result),
            _ => None,
        };
        Ok(self.outcomes.into_iter().filter_map(result).collect())
    }
}

/// What became of one input of a batch.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome<T> {
    /// It was carried out, or found.
    Done(T),
    /// The API refused it and not the whole request, or has no such record.
    Refused(Arc<BatchError>),
    /// Its request failed as a whole, and nothing of it was carried out.
    Failed(Arc<Error>),
    /// Its request was sent, and may have been carried out: look before you send it again.
    Unknown(Arc<Error>),
    /// Its request was answered, and the answer does not say which of its results or errors, if any, is this input's: see
    /// [`BatchReport::unmatched`]. Of a read, there is no such record; of a write, look before you send it again.
    Untold,
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

    /// Nothing is read.
    fn answer(_: &Answer) -> Result<Self, DecodeError> {
        Ok(())
    }
}

/// A batch's answer while it is read. Of what type its results are is known to the list alone.
struct Reading<'l> {
    shape: &'static Shape,
    results: &'l mut dyn Slot,
    errors: Vec<Value>,
    extra: Extra,
}

/// Reads a batch whose results go into this list; `elements` makes of it what they are.
pub(crate) fn read<L: Slot, T>(
    answer: &Answer,
    mut list: L,
    elements: fn(L) -> Vec<T>,
) -> Result<Batch<T>, DecodeError> {
    let (errors, extra) = beside(answer, &mut list)?;
    Ok(Batch { results: elements(list), errors, extra })
}

/// Reads the results, and what an answer holds beside them.
fn beside(answer: &Answer, results: &mut dyn Slot) -> Result<(Vec<BatchError>, Extra), DecodeError> {
    let shape = answer.action().answer.unwrap_or(&Shape::NOTHING);
    let mut batch = Reading { shape, results, errors: Vec::new(), extra: Extra::EMPTY };
    if !answer.is_empty() {
        answer.read_record(&mut batch)?;
    }
    let meta = &answer.connector().errors;
    let error = |raw: Value| {
        let said = |pointer: Option<&str>| Some(crate::error::hidden(raw.pointer(pointer?)?.as_str()?, &[]));
        BatchError {
            message: said(meta.message),
            category: said(meta.category),
            details: crate::error::details(&raw, meta),
            raw,
        }
    };
    Ok((batch.errors.into_iter().map(error).collect(), batch.extra))
}

impl Record for Reading<'_> {
    fn shape(&self) -> &'static Shape {
        self.shape
    }

    fn slot(&mut self, index: u16) -> Option<&mut dyn Slot> {
        match index {
            0 => Some(&mut *self.results),
            1 => Some(&mut self.errors),
            _ => None,
        }
    }

    fn value(&self, index: u16) -> Option<&dyn Slot> {
        match index {
            0 => Some(&*self.results),
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
