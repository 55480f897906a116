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

/// What programs read is described too, and the example of it is what is really said.
#[test]
fn reports_for_programs_are_described() {
    let (start, end) = ("## Mistakes for programs", "## Limits");
    let section = FORMAT.split(start).nth(1).unwrap().split(end).next().unwrap();
    let settings = r#"{ "spec_version": 1, "name": "acme", "title": "Acme", "base_url": "https://acme.example", "auth": {}, "scopes": { "notes.read": "Read", "notes.read": "Read" } }"#;
    let notes = "{\n  \"title\": \"Notes\",\n  \"actions\": {\n    \"list\": { \"title\": \"List notes\", \"http\": \"GET /notes\", \"effect\": \"read\", \"scopes\": [\"notes.raed\"] }\n  }\n}\n";
    let sources = Sources::in_memory([("connector.json", settings), ("notes.json", notes)]).unwrap();
    let problems = load(&sources).unwrap_err();
    let (json, sarif) = (problems.to_json(), problems.to_sarif());
    let mut keys = BTreeSet::new();
    all_keys(&json, &mut keys);
    all_keys(&sarif, &mut keys);
    // What every JSON Schema and every log of SARIF has.
    for known in ["$schema", "version", "tool", "driver"] {
        keys.remove(known);
    }
    assert!(keys.len() > 40, "{keys:?}");
    let words: BTreeSet<_> = section.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let missing: Vec<_> = keys.iter().filter(|key| !words.contains(key.as_str())).collect();
    assert!(missing.is_empty(), "FORMAT.md does not mention {missing:?}");
    let example = blocks().into_iter().find(|(_, text)| text.contains("\"problems\"")).unwrap().1;
    let example: Value = serde_json::from_str(example).unwrap();
    let shown = &example["problems"][0];
    let said =
        json["problems"].as_array().unwrap().iter().find(|said| said["code"] == shown["code"]).unwrap();
    for key in ["code", "severity", "message", "help"] {
        assert_eq!(said[key], shown[key], "{key}");
    }
    for (said, shown) in [(&said["places"][0], &shown["places"][0]), (&said["fix"], &shown["fix"])] {
        for (key, value) in shown.as_object().unwrap().iter().filter(|(key, _)| *key != "file") {
            assert_eq!(said[key], *value, "{key}");
        }
    }
}

fn all_keys(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            keys.extend(map.keys().cloned());
            map.values().for_each(|value| all_keys(value, keys));
        }
        Value::Array(items) => items.iter().for_each(|value| all_keys(value, keys)),
        _ => {}
    }
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
