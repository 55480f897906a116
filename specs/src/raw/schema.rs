//! The JSON Schemas of the format, from the same tables that read it.

use serde_json::{Value, json};

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
    let connector = text::<ConnectorFile>("connector.json", &["$schema", "scopes", "types"]);
    let actions = text::<ActionFile>("an action file", &["$schema", "types", "actions"]);
    [
        SchemaFile { name: "connector.schema.json", text: connector },
        SchemaFile { name: "actions.schema.json", text: actions },
    ]
}

/// `in_extension`: a file with no other keys adds to one of the same name, and needs none of them.
fn text<T: Read>(what: &str, in_extension: &[&str]) -> String {
    let mut definitions = Definitions::default();
    let reference = T::schema(&mut definitions);
    let name = reference["$ref"].as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    let mut root = definitions.0.remove(name).unwrap_or_default();
    let required = root["required"].take();
    if let Some(root) = root.as_object_mut() {
        root.remove("required");
    }
    root["anyOf"] = json!([{ "required": required }, { "propertyNames": { "enum": in_extension } }]);
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root["title"] = format!("typed-connector: {what}").into();
    root["$defs"] = Value::Object(definitions.0);
    format!("{root:#}\n")
}
