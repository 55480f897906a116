//! OpenAPI documents of somebody else's, each alone and all together: what is imported compiles. The documents themselves are not ours to
//! keep here. What is below the folder is read where a document refers to it. With `ALONE=1` not all together: documents of many releases are no one API.
//!
//! ```console
//! $ OPENAPI_DOCUMENTS=folder cargo test -p typed-connector-tests --test downstream documents -- --nocapture
//! ```

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use typed_connector_import::{Input, Options, References, import};

use crate::project::Project;

fn documents(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).expect("OPENAPI_DOCUMENTS names a folder");
    let mut files: Vec<_> = files.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json" || extension == "yaml"));
    files.sort();
    files
}

/// The actions of these documents as one connector of the project.
fn imported(project: &Project, name: &str, documents: &[PathBuf]) -> usize {
    let inputs: Vec<_> = documents
        .iter()
        .map(|path| Input {
            name: path.display().to_string(),
            bytes: std::fs::read(path).expect("a document"),
        })
        .collect();
    let mut options = Options::default();
    options.name = Some(name.to_owned());
    // Where a document does not say it.
    options.base_url = Some("https://api.example.com".to_owned());
    options.references = References::Beside;
    let imported = match import(&inputs, &options) {
        Ok(imported) => imported,
        Err(problems) => panic!("{name}: {problems}"),
    };
    for (file, text) in &imported.files {
        project.write(&format!("specs/{name}/{file}"), text);
    }
    imported.actions.len()
}

#[test]
fn documents_of_others_compile() {
    let Some(folder) = std::env::var_os("OPENAPI_DOCUMENTS").map(PathBuf::from) else {
        println!("NOT TESTED: documents of others; name their folder in OPENAPI_DOCUMENTS");
        return;
    };
    let folder = if folder.is_absolute() {
        folder
    } else {
        // As seen from the workspace, where cargo was called.
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").join(folder)
    };
    let documents = documents(&folder);
    assert!(!documents.is_empty(), "no document in {}", folder.display());
    let project = Project::new("documents");
    project.remove("src/main.rs");
    project.write("build.rs", "fn main() { typed_connector_build::watch(\"specs\"); }\n");
    let mut lib =
        "//! Documents of others.\n#![deny(warnings, missing_docs)]\n#![allow(deprecated)]\n".to_owned();
    let mut module = |name: &str, documents: &[PathBuf]| {
        let actions = imported(&project, name, documents);
        let title = documents.first().map(|path| path.display().to_string()).unwrap_or_default();
        write!(
            lib,
            "\n/// {title}\n#[typed_connector::connector(path = \"specs/{name}\")]\npub mod {name} {{}}\n"
        )
        .expect("a text");
        actions
    };
    let alone: usize = documents
        .iter()
        .enumerate()
        .map(|(index, document)| module(&format!("d{index}"), std::slice::from_ref(document)))
        .sum();
    let together = if std::env::var_os("ALONE").is_some() { 0 } else { module("together", &documents) };
    project.write("src/lib.rs", &lib);
    let said = project.cargo(&["check", "--quiet"]);
    if !said.success {
        println!("the specs are kept in {}", project.keep("documents").display());
    }
    assert!(said.success, "{}", said.stderr);
    println!(
        "FIGURE documents: {} alone ({alone} actions) and all together ({together} actions) compile; {:.1} s",
        documents.len(),
        said.took.as_secs_f64()
    );
}
