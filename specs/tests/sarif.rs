//! What is said as SARIF is SARIF: checked with the schema that OASIS publishes.
//!
//! The schema comes with the package `serde-sarif`, which is downloaded and never built. Where it cannot be, the test says so and is
//! left out, unless `REQUIRE_SARIF_SCHEMA` is set.

mod corpus;

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use typed_connector_specs::{Sources, load};

/// The schema, from where cargo keeps its packages.
fn schema() -> Result<Value, String> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--locked", "--format-version", "1", "--manifest-path"])
        .arg(manifest)
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let package =
        packages.into_iter().find(|package| package["name"] == "serde-sarif").ok_or("no such package")?;
    let manifest = package["manifest_path"].as_str().ok_or("it has no path")?;
    let text = std::fs::read_to_string(Path::new(manifest).with_file_name("src").join("schema.json"));
    // One pattern has a bracket too many, which OASIS has corrected since (errata 01).
    let text = text.map_err(|error| error.to_string())?.replace("{2}-[a-zA-Z]{2}]?$", "{2}-[a-zA-Z]{2}$");
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

#[test]
fn every_mistake_is_a_result_of_sarif() {
    let schema = match schema() {
        Ok(schema) => schema,
        Err(why) => {
            assert!(std::env::var_os("REQUIRE_SARIF_SCHEMA").is_none(), "{why}");
            println!("NOT TESTED: SARIF, since its schema cannot be had: {why}");
            return;
        }
    };
    assert_eq!(schema["title"], "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema");
    let schema = jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
    let valid = |what: &str, log: &Value| {
        let wrong: Vec<_> =
            schema.iter_errors(log).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{what}: {wrong:#?}\n{log:#}");
    };
    let (mut logs, mut results) = (0, 0);
    for case in corpus::cases() {
        // A folder whose name has what addresses must not.
        let folder = tempfile::Builder::new().prefix("a b#ä%").tempdir().expect("a folder");
        case.write(folder.path());
        let log = case.examine(folder.path()).problems.to_sarif();
        valid(&case.name, &log);
        results += log["runs"][0]["results"].as_array().map_or(0, Vec::len);
        logs += 1;
    }
    // What has no place, and nothing at all.
    valid("no connector", &Sources::shipped("hubspo").expect_err("there is none").to_sarif());
    let right = typed_connector_specs::examine(&Sources::shipped("hubspot").expect("it is shipped"));
    valid("no mistake", &right.problems.to_sarif());
    let many = format!("{{ {} }}", "\"a\": 1, ".repeat(500).trim_end_matches(", "));
    let many = load(&Sources::in_memory([("connector.json", many)]).expect("a file")).expect_err("mistakes");
    valid("many mistakes", &many.to_sarif());
    // The schema does refuse what is none.
    let mut broken = many.to_sarif();
    broken["runs"][0]["results"][0]["level"] = "bad".into();
    assert!(!schema.is_valid(&broken));
    println!("FIGURE SARIF: {logs} logs with {results} results fit the schema of OASIS");
}
