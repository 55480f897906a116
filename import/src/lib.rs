//! From OpenAPI documents (3.0 and 3.1, JSON and YAML) to a connector in the spec format of typed-connector.
//!
//! ```
//! use typed_connector_import::{Input, Options, import};
//!
//! let document = r#"{
//!   "openapi": "3.1.0", "info": { "title": "Notes", "version": "1" },
//!   "servers": [{ "url": "https://api.notes.example" }],
//!   "paths": { "/notes/{id}": { "get": {
//!     "operationId": "getNoteById",
//!     "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
//!     "responses": { "200": { "description": "it", "content": { "application/json": { "schema": { "type": "object", "properties": { "text": { "type": "string" } } } } } } }
//!   } } }
//! }"#;
//! let input = Input { name: "notes.json".to_owned(), bytes: document.into() };
//! let imported = import(&[input], &Options::default()).expect("an OpenAPI document");
//! assert!(imported.problems.is_none() && imported.warnings.is_empty());
//! assert_eq!(imported.actions, ["notes.get"]);
//! assert!(imported.files["notes.json"].contains("GET /notes/{id}"));
//! ```
//!
//! A document is never refused as a whole, unless its text is none: an operation with a mistake in it is left out and told of, and what
//! the format cannot express becomes `json` with a warning that names the place.
//!
//! # Map
//!
//! | stage | module | from → to |
//! | --- | --- | --- |
//! | text | `read`, `yaml` | bytes → a tree in which every key and value knows its place |
//! | references | `references`, `shelf` | `$ref` → what it means, in the same file or another |
//! | operations | `operation`, `parameter`, `body`, `answer`, `security`, `keys` | tree → arguments and answers |
//! | types | `schema`, `union`, `types` | schemas → a table of types |
//! | names | `module`, `name` | ids and paths → `deals.create` |
//! | whole | `settle`, `paging`, `errors` | what is the same becomes one; everything gets its name and place |
//! | files | `emit`, `connector`, `out` | → the files of a folder |
//! | again | `merge` | the files, those of the last import, and what is there → what is there afterwards |

mod answer;
mod body;
mod connector;
mod cx;
mod emit;
mod errors;
mod import;
mod keys;
mod merge;
mod module;
mod name;
mod operation;
mod out;
mod paging;
mod parameter;
mod read;
mod references;
mod schema;
mod security;
mod settle;
mod shelf;
mod text;
mod types;
mod union;
mod yaml;

pub use cx::Warning;
pub use import::{Imported, Options, import};
pub use merge::{Change, Earlier, Files, What};
pub use read::Input;
pub use references::References;
