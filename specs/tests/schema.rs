//! The published JSON Schemas: up to date, and of one mind with the reader.
//!
//! `UPDATE_SCHEMA=1 cargo test -p typed-connector-specs --test schema` renews `schema/*.json`.

mod corpus;

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
    let folders = [
        "hubspot",
        "stripe",
        "github",
        "tests/valid/notes",
        "tests/valid/notes/extension",
        "tests/valid/everything",
    ];
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
    // What is wrong with these cannot be said of one file alone, or not in JSON Schema.
    let beyond = [
        "missing_key--argument_of_the_link",
        "missing_key--items_of_an_array",
        "missing_key--name_of_a_key",
        "missing_key--of_keyset",
        "missing_key--requests_of_a_limit",
        "missing_key--variants",
        "missing_key--what_tells_versions_apart",
        "out_of_range--number",
        "out_of_range--retry_of_a_conflict",
        "out_of_range--status",
        "out_of_range--status_of_a_retry",
    ];
    let codes = ["missing_key", "out_of_range", "unknown_key", "unknown_word", "wrong_type"];
    let mut checked = 0;
    for case in corpus::cases() {
        let is_of_form = codes.iter().any(|code| case.code() == format!("spec::{code}"));
        if !is_of_form || beyond.contains(&case.name.as_str()) {
            continue;
        }
        let file = &case.fault.as_ref().unwrap().file;
        let (_, text) = case.files.iter().find(|(name, _)| name == file).unwrap();
        let value: Value = serde_json::from_slice(text).unwrap();
        assert!(!schemas.for_file(Path::new(file)).is_valid(&value), "{}", case.name);
        checked += 1;
    }
    assert!(checked >= 20, "{checked} cases");
}

#[test]
fn editors_are_told_what_a_key_means() {
    let [_, actions] = schema_files();
    let schema: Value = serde_json::from_str(&actions.text).unwrap();
    let http = &schema["$defs"]["Action"]["properties"]["http"];
    assert!(http["description"].as_str().unwrap().starts_with("Method and path"));
    assert_eq!(schema["$defs"]["Action"]["additionalProperties"], false);
}
