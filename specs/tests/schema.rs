//! The published JSON Schemas: up to date, and of one mind with the reader.
//!
//! `UPDATE_SCHEMA=1 cargo test -p typed-connector-specs --test schema` renews `schema/*.json`.

use std::fs;
use std::path::Path;

use jsonschema::Validator;
use serde_json::Value;
use typed_connector_specs::schema_files;

struct Schemas {
    connector: Validator,
    actions: Validator,
}

impl Schemas {
    fn new() -> Self {
        let [connector, actions] = schema_files().map(|file| {
            let schema: Value = serde_json::from_str(&file.text).unwrap();
            jsonschema::meta::validate(&schema).unwrap();
            jsonschema::validator_for(&schema).unwrap()
        });
        Self { connector, actions }
    }

    fn for_file(&self, path: &Path) -> &Validator {
        if path.file_name().is_some_and(|name| name == "connector.json") {
            &self.connector
        } else {
            &self.actions
        }
    }
}

fn json_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|end| end == "json") && path.is_file()).collect()
}

#[test]
fn schema_files_are_up_to_date() {
    for file in schema_files() {
        let path = Path::new("schema").join(file.name);
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            fs::write(&path, &file.text).unwrap();
        }
        assert!(
            fs::read_to_string(&path).unwrap_or_default() == file.text,
            "{} is stale; renew it with `UPDATE_SCHEMA=1 cargo test -p typed-connector-specs --test schema`",
            path.display()
        );
    }
}

#[test]
fn what_the_reader_accepts_fits_the_schema() {
    let schemas = Schemas::new();
    let folders = ["hubspot", "tests/valid/notes", "tests/valid/notes/extension", "tests/valid/everything"];
    for path in folders.iter().flat_map(|folder| json_files(Path::new(folder))) {
        let text = fs::read_to_string(&path).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let validator = schemas.for_file(&path);
        let errors: Vec<_> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}:\n{}", path.display(), errors.join("\n"));
    }
}

#[test]
fn mistakes_of_form_do_not_fit_the_schema() {
    let schemas = Schemas::new();
    let wrong = [
        "missing-key/connector.json",
        "missing-key/notes.json",
        "out-of-range/connector.json",
        "unknown-key/connector.json",
        "unknown-key/notes.json",
        "unknown-word/notes.json",
        "wrong-type/connector.json",
        "wrong-type/notes.json",
    ];
    for path in wrong.map(|path| Path::new("tests/broken").join(path)) {
        let value: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        assert!(!schemas.for_file(&path).is_valid(&value), "{}", path.display());
    }
}

#[test]
fn editors_are_told_what_a_key_means() {
    let [_, actions] = schema_files();
    let schema: Value = serde_json::from_str(&actions.text).unwrap();
    let http = &schema["$defs"]["Action"]["properties"]["http"];
    assert!(http["description"].as_str().unwrap().starts_with("Method and path"));
    assert_eq!(schema["$defs"]["Action"]["additionalProperties"], false);
}
