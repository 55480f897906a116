//! `connector new`: what it writes compiles and runs.

use std::path::Path;

use serde_json::Value;

use crate::project::Project;
use crate::{connector, text};

/// A package in which nothing of ours is.
fn package(folder: &Path) {
    std::fs::create_dir_all(folder.join("src")).expect("it can be made");
    let manifest = "[package]\nname = \"trial\"\nversion = \"0.0.0\"\nedition = \"2024\"\n";
    std::fs::write(folder.join("Cargo.toml"), manifest).expect("written");
    std::fs::write(folder.join("src/main.rs"), "fn main() {}\n").expect("written");
}

#[test]
fn what_is_written_compiles_and_runs() {
    let project = Project::new("trial");
    for path in ["build.rs", "src/main.rs", "specs/acme/connector.json", "specs/acme/notes.json"] {
        project.remove(path);
    }
    let output = connector(&project.path(""), &["new", "acme", "--title", "Acme Corp"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(said.contains("tokio = "), "the manifest of the test has the others: {said}");
    // As it says.
    project
        .write("src/main.rs", "mod acme;\n\nfn main() {\n    println!(\"{}\", acme::ACTIONS[0].name);\n}\n");
    let manifest = std::fs::read_to_string(project.path("Cargo.toml")).expect("a manifest");
    let tokio = said.lines().find(|line| line.contains("tokio = ")).expect("a line").trim();
    project.write("Cargo.toml", manifest.replace("[dependencies]\n", &format!("[dependencies]\n{tokio}\n")));

    let ran = project.cargo(&["run", "--quiet", "--example", "acme"]);
    assert!(ran.success, "{}", ran.stderr);
    assert_eq!(ran.stderr, "");
    assert_eq!(ran.stdout, "GET /notes/7 HTTP/1.1\nnote 7: Sow beans\n");
    let ran = project.cargo(&["run", "--quiet"]);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("notes.get\n", ""));
    let checked = connector(&project.path(""), &["check", "specs/acme", "--strict"]);
    assert_eq!(text(&checked.stdout), "Acme Corp is all right: 1 action in 1 file, 2 types and 0 scopes\n");
}

#[test]
fn editors_find_the_schemas_without_the_network() {
    let folder = tempfile::tempdir().expect("a folder");
    package(folder.path());
    let output = connector(folder.path(), &["new", "acme", "--json"]);
    let written: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(written["written"].as_array().expect("a list").len(), 7);
    assert!(
        written["dependencies"]
            .as_str()
            .expect("a text")
            .contains("[build-dependencies]\ntyped-connector-build = ")
    );
    for file in ["connector.json", "notes.json"] {
        let path = folder.path().join("specs/acme").join(file);
        let spec: Value = serde_json::from_slice(&std::fs::read(&path).expect("a file")).expect("JSON");
        let schema = path.parent().expect("a folder").join(spec["$schema"].as_str().expect("a path"));
        let schema: Value = serde_json::from_slice(&std::fs::read(schema).expect("a schema")).expect("JSON");
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        let keys = schema["properties"].as_object().expect("keys");
        assert!(spec.as_object().expect("an object").keys().all(|key| keys.contains_key(key)));
    }
}

#[test]
fn what_is_there_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let misuse = |arguments: &[&str], expected: &str| {
        let output = connector(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(text(&output.stderr).contains(expected), "{output:?}");
    };
    misuse(&["new", "acme"], "there is no package in `.`; make one first, `cargo new acme`");
    package(folder.path());
    misuse(&["new", "hubspot"], "`hubspot` is shipped");
    misuse(&["new", "AcmeCorp"], "write `acme_corp`");
    misuse(&["new", "acme", "--base-url", "api.acme.example"], "`api.acme.example` is not a usable address");
    assert!(!folder.path().join("specs").exists());
    std::fs::write(folder.path().join("build.rs"), "fn main() {}\n").expect("written");
    let output = connector(folder.path(), &["new", "acme"]);
    assert!(
        text(&output.stdout)
            .contains("Add to `main` of build.rs:\n\n  typed_connector_build::watch(\"specs\");"),
        "{output:?}"
    );
    misuse(&["new", "acme"], "`specs/acme/connector.json` is there already");
    // What is there need not be added.
    let script = folder.path().join("build.rs");
    std::fs::write(&script, "fn main() {\n    typed_connector_build::watch(\"specs\");\n}\n")
        .expect("written");
    let output = connector(folder.path(), &["new", "another"]);
    assert!(output.status.success() && !text(&output.stdout).contains("build.rs"), "{output:?}");
    std::fs::write(&script, "fn main() {}\n").expect("written");
    assert_eq!(std::fs::read_to_string(folder.path().join("build.rs")).expect("a file"), "fn main() {}\n");
}
