//! Documents of our own and what they become, file by file. `UPDATE_GOLDEN=1 cargo test -p typed-connector-import` renews them.
//!
//! `tests/tests/imported` compiles the same folders and executes some of their actions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use typed_connector_import::{Files, Imported, Input, Options, References, import};
use typed_connector_specs::{Sources, Style, load};

/// The folders, and the documents that each is made of.
const CASES: &[(&str, &[&str])] = &[
    ("library", &["library.yaml"]),
    ("shapes", &["shapes.json"]),
    ("files", &["files.yaml"]),
    ("shop", &["shop.items.yaml", "shop.orders.json"]),
    ("lists", &["lists.yaml"]),
    ("parcels", &["parcels/openapi.yaml"]),
    ("desk", &["desk.yaml"]),
];

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn imported(name: &str, documents: &[&str]) -> Imported {
    let inputs: Vec<Input> = documents
        .iter()
        .map(|document| Input {
            name: format!("tests/documents/{document}"),
            bytes: std::fs::read(tests().join("documents").join(document)).expect("the document is there"),
        })
        .collect();
    let mut options = Options::default();
    options.name = Some(name.to_owned());
    options.references = References::Beside;
    import(&inputs, &options).unwrap_or_else(|problems| panic!("{name}: {problems}"))
}

/// The files, and what was said about them.
fn golden(imported: &Imported) -> Files {
    let mut files = imported.files.clone();
    let said: Vec<String> = imported.warnings.iter().map(ToString::to_string).collect();
    let problems = imported.problems.iter().flat_map(|problems| problems.render(Style::Plain));
    let said: Vec<String> = problems.chain(said).collect();
    files.insert("said.txt".to_owned(), said.join("\n") + "\n");
    files
}

#[test]
fn documents_become_what_was_reviewed() {
    let mut different = Vec::new();
    for (name, documents) in CASES {
        let folder = tests().join("golden").join(name);
        let now = golden(&imported(name, documents));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            drop(std::fs::remove_dir_all(&folder));
            std::fs::create_dir_all(&folder).expect("the folder can be made");
            for (file, text) in &now {
                std::fs::write(folder.join(file), text).expect("the file can be written");
            }
        }
        for (file, text) in &now {
            let reviewed = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
            if reviewed != *text {
                let line = reviewed.lines().zip(text.lines()).position(|(old, new)| old != new);
                different.push(format!("{name}/{file}:{}", line.unwrap_or_default() + 1));
            }
        }
        let there: Vec<_> = std::fs::read_dir(&folder).into_iter().flatten().flatten().collect();
        assert_eq!(there.len(), now.len(), "{name} has files that are not made any more");
    }
    assert!(
        different.is_empty(),
        "{}: look at the differences, then renew the files with UPDATE_GOLDEN=1",
        different.join(", ")
    );
}

#[test]
fn what_is_imported_checks_clean() {
    for (name, documents) in CASES {
        let sources = Sources::in_memory(imported(name, documents).files).expect("a connector");
        let connector = load(&sources).unwrap_or_else(|problems| panic!("{name}: {problems}"));
        assert_eq!(connector.name, *name);
    }
}

#[test]
fn the_same_documents_in_another_order_are_the_same_connector() {
    let (name, documents) = CASES[3];
    let reversed: Vec<_> = documents.iter().rev().copied().collect();
    let (one, other) = (imported(name, documents), imported(name, &reversed));
    let names = |imported: &Imported| imported.actions.clone();
    assert_eq!(names(&one), names(&other));
    let types = |imported: &Imported| -> BTreeMap<String, Vec<String>> {
        let types = |text: &String| {
            let json: serde_json::Value = serde_json::from_str(text).expect("JSON");
            json["types"].as_object().map(|types| types.keys().cloned().collect()).unwrap_or_default()
        };
        imported.files.iter().map(|(file, text)| (file.clone(), types(text))).collect()
    };
    assert_eq!(types(&one), types(&other));
}
