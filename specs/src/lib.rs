//! The spec format of typed-connector, and the shipped connectors as data.
//!
//! A connector is a folder of JSON files; [`load`] turns it into the checked [`model::Connector`] from which the macro,
//! the command line and the documentation are made, or says everything that is wrong with it, each with its place:
//!
//! ```
//! use typed_connector_specs::{Sources, Style, load};
//!
//! let settings = r#"{
//!   "spec_version": 1, "name": "notes", "title": "Notes", "base_url": "https://api.notes.example", "auth": {}
//! }"#;
//! let notes = r#"{
//!   "title": "Notes",
//!   "actions": {
//!     "get": { "title": "Get a note", "http": "GET /notes/{id}", "effect": "read", "returns": "strin" }
//!   }
//! }"#;
//! let sources = Sources::in_memory([("connector.json", settings), ("notes.json", notes)])?;
//! let problems = load(&sources).expect_err("two mistakes");
//! let texts = problems.render(Style::Plain);
//! assert!(texts[0].starts_with("nothing fills the placeholder `id`"));
//! assert!(texts[1].contains("notes.json:4:"));
//! assert!(texts[1].contains("did you mean `string`?"));
//! # Ok::<(), typed_connector_specs::Diagnostics>(())
//! ```
//!
//! [`Sources::folder`] reads from disk, [`Sources::shipped`] takes one of the connectors that come with this crate, and
//! [`Sources::extend`] adds a folder to either. The format itself is described in `FORMAT.md`.
//!
//! # Map
//!
//! Data flows one way; each stage is a type, and no later stage reads an earlier one's input again.
//!
//! | stage | module | from → to |
//! | --- | --- | --- |
//! | text | `source`, `shipped` | files → text with places |
//! | tree | `json` | text → keys and values with places; strict JSON |
//! | merge | `merge` | trees of `extend` folders → one tree per file name |
//! | reading | `raw` | tree → the format's objects, by one table of keys each; the JSON Schemas come from the same tables |
//! | resolving | `resolve`, `names` | objects → [`model`]: references become indices, names become Rust's |
//! | rules | `check` | what must hold beyond the form, one named function each |
//! | layout | [`layout`] | what follows from a model: where everything lies on the wire |
//! | report | `diagnostics` | every stage → [`Diagnostics`], rendered as rustc renders its own |

#![allow(clippy::single_match_else, reason = "a value and its absence stand side by side")]

mod check;
mod diagnostics;
mod glob;
mod json;
pub mod layout;
mod load;
mod merge;
pub mod model;
mod names;
mod partial;
mod raw;
mod resolve;
mod shipped;
mod source;

pub use diagnostics::{Code, Diagnostic, Diagnostics, Place, Severity, Style};
pub use load::{Examined, examine, load};
pub use model::Connector;
pub use partial::Lost;
pub use raw::{SchemaFile, schema_files};
pub use shipped::shipped;
pub use source::{Location, Sources};

/// What other readers of text share with this one: JSON that knows its places, problems, and names. Not for use outside of
/// this workspace.
#[doc(hidden)]
pub mod text {
    pub use crate::check::secrets::without as without_secrets;
    pub use crate::check::sunsets::today;
    pub use crate::check::urls::wrong as wrong_address;
    pub use crate::diagnostics::{Problem, Problems};
    pub use crate::glob::fits;
    pub use crate::json::{Kind, Member, Value, parse_to_depth};
    pub use crate::names::{camel, is_camel, is_snake, nearest, snake, variant};
    pub use crate::resolve::{RESERVED_MODULES, RESERVED_TYPES};
    pub use crate::source::{SourceFile, Span, lexically_normal, slashed};
}
