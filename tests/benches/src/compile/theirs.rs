//! progenitor's side: a module for each document, and a program that uses each operation.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::document::Document;
use super::patch;
use super::program;
use super::project::Project;
use crate::Failure;

const VERSION: &str = "0.15.1";

/// What progenitor can do, by a helper program; it stands outside of this workspace, as progenitor is none of its dependencies.
pub(super) struct Progenitor {
    helper: PathBuf,
    scratch: PathBuf,
}

/// The functions for one document, and how many arguments they take.
type Functions = Vec<(String, usize)>;

impl Progenitor {
    pub(super) fn build(root: &Path) -> Result<Self, Failure> {
        let manifest = format!(
            "[dependencies]\nprogenitor-impl = \"={VERSION}\"\nserde_json = \"1\"\nsyn = {{ version = \"3\", features = [\"full\"] }}\n"
        );
        let main = include_str!("helper.rs").to_owned();
        let root = root.join("helper");
        let project = Project::write(&root, "helper", &manifest, main, 0, &[])?;
        project.cargo("build", &[])?;
        Ok(Self { helper: root.join("target/debug/helper"), scratch: root.join("document.json") })
    }

    /// What it makes of a document; `None` where it fails.
    pub(super) fn generated(&self, document: &Document) -> Result<Option<Functions>, Failure> {
        std::fs::write(&self.scratch, document.json.to_string())?;
        let mut helper = Command::new(&self.helper);
        let output = helper.arg(&self.scratch).stderr(Stdio::null()).output()?;
        if !output.status.success() {
            return Ok(None);
        }
        let text = String::from_utf8(output.stdout)?;
        let mut functions = Vec::new();
        for line in text.lines() {
            let (function, arguments) =
                line.split_once(' ').ok_or("the helper prints a name and a number")?;
            functions.push((function.to_owned(), arguments.parse()?));
        }
        Ok(Some(functions))
    }

    /// The document without what progenitor cannot do.
    pub(super) fn patched(&self, document: &Document) -> Result<Document, Failure> {
        patch::patched(document, |document| Ok(self.generated(document)?.is_some()))
    }

    /// The crate for these documents, with a use of all operations or of those with these ids.
    pub(super) fn project(
        &self,
        root: &Path,
        name: &str,
        documents: &[Document],
        used: Option<&[String]>,
    ) -> Result<Project, Failure> {
        let (mut head, mut calls, mut files) = (String::new(), Vec::new(), Vec::new());
        for document in documents {
            let Document { name, json } = document;
            head.push_str(&format!(
                "#[allow(warnings)]\nmod {name} {{\n    progenitor::generate_api!(\"{name}.json\");\n}}\n"
            ));
            files.push((format!("{name}.json"), json.to_string()));
            let generated = self.generated(document)?.ok_or("progenitor cannot do a patched document")?;
            for (function, arguments) in generated {
                let is_used = |id: &String| letters(id) == letters(&function);
                if used.is_none_or(|used| used.iter().any(is_used)) {
                    let arguments = vec!["any()"; arguments].join(", ");
                    calls.push((name.clone(), format!("{function}({arguments})")));
                }
            }
        }
        let make = "{}::Client::new(\"https://api.example.com\")";
        let uses = calls.len();
        let main = program::main(&head, "{}::Client", make, &calls);
        // As its README has it.
        let manifest = format!(
            "[dependencies]\nprogenitor = \"={VERSION}\"\nchrono = {{ version = \"0.4\", features = [\"serde\"] }}\nfutures = \"0.3\"\n\
             regress = \"0.12\"\nreqwest = {{ version = \"0.13\", features = [\"json\", \"query\", \"stream\"] }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n\
             uuid = {{ version = \"1\", features = [\"serde\", \"v4\"] }}\n{}\n",
            super::TOKIO
        );
        Project::write(root, name, &manifest, main, uses, &files)
    }
}

/// A name without what tells cases and words apart.
fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}
