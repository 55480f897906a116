//! The spec format of typed-connector, and the shipped connectors as data.

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
pub use raw::{SchemaFile, schema_files};
pub use shipped::shipped;
pub use source::{Location, Sources};
