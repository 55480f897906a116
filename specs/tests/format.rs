//! `FORMAT.md`: it mentions every key, and its examples load.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use typed_connector_specs::{Sources, load, schema_files};

const FORMAT: &str = include_str!("../FORMAT.md");

/// Fenced blocks of JSON with what stands behind ` ```json `.
fn blocks() -> Vec<(&'static str, &'static str)> {
    FORMAT
        .split("```json")
        .skip(1)
        .map(|block| {
            let (name, rest) = block.split_once('\n').unwrap();
            (name.trim(), rest.split_once("```").unwrap().0)
        })
        .collect()
}

#[test]
fn examples_load() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("extension")).unwrap();
    for (name, text) in blocks() {
        serde_json::from_str::<Value>(text).unwrap_or_else(|error| panic!("{error} in {text}"));
        if !name.is_empty() {
            fs::write(folder.path().join(name), text).unwrap();
        }
    }
    let sources = Sources::folder(folder.path()).unwrap().extend(folder.path().join("extension")).unwrap();
    let connector = load(&sources).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(connector.modules[0].actions.len(), 3);
    assert_eq!(sources.files().count(), 3);
}

#[test]
fn every_key_is_mentioned() {
    let mut keys = BTreeSet::new();
    for file in schema_files() {
        collect(&serde_json::from_str(&file.text).unwrap(), &mut keys);
    }
    assert!(keys.len() > 80, "{keys:?}");
    let missing: Vec<_> = keys.iter().filter(|key| !FORMAT.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "FORMAT.md does not mention {missing:?}");
}

/// Names of all `properties` in a schema, and of the words that keys take.
fn collect(schema: &Value, keys: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::Object(properties)) = map.get("properties") {
                keys.extend(properties.keys().cloned());
            }
            map.values().for_each(|value| collect(value, keys));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, keys)),
        _ => {}
    }
}
