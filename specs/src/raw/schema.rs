//! The JSON Schemas of the format, from the same tables that read it.

use serde_json::json;

use super::keys::{Definitions, Read};
use super::{ActionFile, ConnectorFile};

/// A schema and the name of its file in `schema/`.
#[derive(Debug, Clone)]
pub struct SchemaFile {
    /// `connector.schema.json`
    pub name: &'static str,
    /// Its text.
    pub text: String,
}

/// The schemas of `connector.json` and of action files (JSON Schema 2020-12).
pub fn schema_files() -> [SchemaFile; 2] {
    [
        SchemaFile { name: "connector.schema.json", text: text::<ConnectorFile>("connector.json") },
        SchemaFile { name: "actions.schema.json", text: text::<ActionFile>("an action file") },
    ]
}

fn text<T: Read>(what: &str) -> String {
    let mut definitions = Definitions::default();
    let mut root = T::schema(&mut definitions);
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root["title"] = format!("typed-connector: {what}").into();
    root["$defs"] = definitions.0.into();
    format!("{root:#}\n")
}
