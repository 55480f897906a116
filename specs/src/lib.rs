//! The spec format of typed-connector, and the shipped connectors as data.

#![allow(clippy::single_match_else, reason = "a value and its absence stand side by side")]

mod check;
mod diagnostics;
mod json;
mod load;
mod merge;
pub mod model;
mod names;
mod raw;
mod resolve;
mod shipped;
mod source;

pub use diagnostics::{Code, Diagnostic, Diagnostics, Style};
pub use load::load;
pub use model::Connector;
pub use raw::{SchemaFile, schema_files};
pub use shipped::shipped;
pub use source::{Location, Sources};
