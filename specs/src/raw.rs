//! The format as it is written: one table per kind of object, from which reading, the JSON Schema and the reference
//! follow. Nothing is resolved here; every value keeps its place.

#[macro_use]
mod keys;
mod action;
mod connector;
mod field;
mod foreign;
mod schema;
pub(crate) mod spelling;
mod types;
mod value;

pub(crate) use action::*;
pub(crate) use connector::*;
pub(crate) use field::*;
pub(crate) use keys::*;
pub(crate) use types::*;
pub(crate) use value::*;

pub use schema::{SchemaFile, schema_files};
