//! Answers: what an action returns, read by the spec.

use serde_json::{Value, json};
use typed_connector_specs::model::{self, FieldType, TypeKind};

use super::Action;
use super::item::{Held, Item, Items, Kind, Place};
use crate::batch::{Batch, BatchError};
use crate::error::DecodeError;
use crate::page::Page;
use crate::pipeline::Answer;
use crate::value::Datum;
use crate::{batch, page};

/// What a successful answer holds.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Output {
    /// Nothing that is read.
    Nothing,
    /// One value.
    Value(Item),
    /// One page of a list.
    Page(Page<Item>),
    /// The outcomes of a batch.
    Batch(Batch<Item>),
}

impl Output {
    /// The output as one JSON value: `null`; the value; `{ "items", "next", "total" }`; `{ "results", "errors" }`.
    #[must_use]
    pub fn json(&self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::Value(item) => item.json(),
            Self::Page(page) => {
                let mut json = json!({ "items": page.items.iter().map(Item::json).collect::<Vec<_>>() });
                if let Some(next) = &page.next {
                    json["next"] = next.as_str().into();
                }
                if let Some(total) = page.total {
                    json["total"] = total.into();
                }
                json
            }
            Self::Batch(batch) => json!({
                "results": batch.results.iter().map(Item::json).collect::<Vec<_>>(),
                "errors": batch.errors.iter().map(error_json).collect::<Vec<_>>(),
            }),
        }
    }
}

/// A batch's error for programs: what the spec knows of it, and the whole as the API wrote it.
pub(super) fn error_json(error: &BatchError) -> Value {
    json!({
        "message": error.message,
        "category": error.category,
        "details": error.details.iter().map(detail_json).collect::<Vec<_>>(),
        "raw": error.raw,
    })
}

fn detail_json(detail: &crate::ErrorDetail) -> Value {
    json!({ "message": detail.message, "code": detail.code, "field": detail.field })
}

pub(super) fn output(answer: &Answer, action: Action) -> Result<Output, DecodeError> {
    Ok(match &action.model().output {
        model::Output::Nothing => Output::Nothing,
        model::Output::Value(FieldType::Bytes) => {
            let mut place = Place::new(kind(action, &FieldType::Bytes));
            place.held = Held::Scalar(Datum::Bytes(answer.bytes().to_vec()));
            Output::Value(Item(Some(place)))
        }
        model::Output::Optional(_) if answer.is_empty() => Output::Nothing,
        model::Output::Value(ty) | model::Output::Optional(ty) => {
            let mut place = Place::new(kind(action, ty));
            answer.read(&mut place)?;
            Output::Value(Item(Some(place)))
        }
        model::Output::Page { .. } => Output::Page(page(answer, action)?),
        model::Output::Batch { .. } => Output::Batch(batch(answer, action)?),
    })
}

pub(super) fn page(answer: &Answer, action: Action) -> Result<Page<Item>, DecodeError> {
    let model::Output::Page { item, .. } = &action.model().output else {
        return Ok(Page::EMPTY);
    };
    page::read(answer, Items::of(Kind { optional: false, ..kind(action, item) }), items)
}

pub(super) fn batch(answer: &Answer, action: Action) -> Result<Batch<Item>, DecodeError> {
    let model::Output::Batch { item, .. } = &action.model().output else {
        return Ok(Batch { results: Vec::new(), errors: Vec::new(), extra: crate::Extra::EMPTY });
    };
    // Where the API answers no results, nothing is read of what is there all the same.
    let item = item.as_ref().unwrap_or(&FieldType::Json);
    batch::read(answer, Items::of(Kind { optional: false, ..kind(action, item) }), items)
}

fn items(items: Items) -> Vec<Item> {
    items.list.into_iter().map(|place| Item(Some(place))).collect()
}

/// A value that is a whole answer: an id or a choice may be absent.
fn kind(action: Action, ty: &'static FieldType) -> Kind {
    let tables = action.tables();
    let optional = match ty {
        FieldType::Named(of) => {
            !matches!(tables.model.ty(*of).kind, TypeKind::Object(_) | TypeKind::Union(_))
        }
        _ => false,
    };
    Kind { tables, ty, optional }
}
