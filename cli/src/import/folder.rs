//! The folder of an imported connector: its files, and what the last import wrote.
//!
//! That is kept in `.import`: `files/` holds the files as they were imported, without what was done by hand, and `import.json` says
//! what was asked for. A loader reads neither.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use serde_json::{Value, json};
use typed_connector_import::{Earlier, Files, Imported};
use typed_connector_specs::Diagnostics;

use crate::{Failure, misuse};

const CONNECTOR: &str = "connector.json";

/// What was asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Request {
    pub(super) operations: Vec<String>,
    pub(super) base_url: Option<String>,
    /// A folder of files that the documents may refer to.
    pub(super) files_within: Option<PathBuf>,
}

pub(super) struct Folder {
    path: PathBuf,
    /// As they are, by name.
    now: Files,
    /// As they were imported, by name.
    imported: Files,
    /// `import.json`
    about: Value,
}

impl Folder {
    /// Reads it; nothing is in a folder that does not exist.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let hidden = path.join(".import");
        let about = match std::fs::read_to_string(hidden.join("import.json")) {
            Ok(text) => serde_json::from_str(&text)
                .map_err(|error| format!("{} is no JSON: {error}", hidden.join("import.json").display()))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Value::Null,
            Err(error) => return Err(format!("cannot read {}: {error}", hidden.display()).into()),
        };
        Ok(Self { path: path.to_owned(), now: files(path)?, imported: files(&hidden.join("files"))?, about })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether there is a connector in it.
    pub(super) fn is_known(&self) -> bool {
        self.now.contains_key(CONNECTOR)
    }

    pub(super) fn earlier(&self) -> Result<Option<Earlier>, Diagnostics> {
        if self.now.is_empty() && self.imported.is_empty() {
            return Ok(None);
        }
        Earlier::read(&self.path, self.imported.clone(), self.now.clone()).map(Some)
    }

    /// The connector's name as it stands in its settings, where they can be read.
    pub(super) fn name(&self) -> Option<String> {
        let settings: Value = serde_json::from_str(self.now.get("connector.json")?).ok()?;
        text(&settings["name"])
    }

    /// What the last import was asked for.
    pub(super) fn request(&self) -> Request {
        let texts = |value: &Value| value.as_array().into_iter().flatten().filter_map(text).collect();
        Request {
            operations: texts(&self.about["operations"]),
            base_url: text(&self.about["base_url"]),
            files_within: text(&self.about["files_within"]).map(|path| tidy(&self.path.join(path))),
        }
    }

    /// The folder of files that the last import could read, where nobody can find it any more.
    pub(super) fn lost_files(&self) -> Option<String> {
        match &self.about["files_within"] {
            Value::Object(_) => Some("a folder outside of this project".to_owned()),
            path => {
                let path = tidy(&self.path.join(path.as_str()?));
                (!path.is_dir()).then(|| format!("`{}`", path.display()))
            }
        }
    }

    /// The documents of the last import, in the order in which they were given.
    pub(super) fn documents(&self) -> Vec<Kept> {
        let paths = self.about["paths"].as_array().into_iter().flatten();
        let kept = |path: &Value| match text(path) {
            Some(path) => Some(Kept::At(tidy(&self.path.join(path)))),
            None => text(&path["elsewhere"]).map(Kept::Elsewhere),
        };
        paths.filter_map(kept).collect()
    }

    /// The files that people have written.
    pub(super) fn by_hand(&self) -> impl Iterator<Item = (String, String)> {
        let by_hand = |name: &str| name != CONNECTOR && !self.imported.contains_key(name);
        self.now
            .iter()
            .filter(move |(name, _)| by_hand(name))
            .map(|(name, text)| (name.clone(), text.clone()))
    }

    /// An import describes the whole folder; a document that is left out by oversight would take its modules with it.
    pub(super) fn has_all_documents(&self, imported: &Imported, given: &[PathBuf]) -> Result<(), Failure> {
        let given: Vec<_> = given.iter().filter_map(|path| path.file_name()?.to_str()).collect();
        let modules: Vec<&String> = imported.sources.values().flatten().collect();
        for (document, before) in self.about["documents"].as_object().into_iter().flatten() {
            let gone: Vec<String> = before.as_array().into_iter().flatten().filter_map(text).collect();
            let gone: Vec<String> = gone
                .into_iter()
                .filter(|module| {
                    !modules.contains(&module) && self.now.contains_key(&format!("{module}.json"))
                })
                .map(|module| format!("`{}`", self.path.join(format!("{module}.json")).display()))
                .collect();
            if !given.contains(&document.as_str()) && !gone.is_empty() {
                return Err(misuse(format!(
                    "`{}` was imported from `{document}` too: give all of its documents, or delete {} to leave that one out",
                    self.path.display(),
                    gone.join(", "),
                )));
            }
        }
        Ok(())
    }

    /// Whether the import changes nothing, neither in the files nor in what is kept of them.
    pub(super) fn is_as(&self, imported: &Imported) -> bool {
        let by_hand: Files = self.by_hand().collect();
        let ours = self.now.iter().filter(|(name, _)| !by_hand.contains_key(*name));
        imported.changes.is_empty() && ours.eq(&imported.files) && self.imported == imported.imported
    }

    /// Writes the files, and what the next import has to know.
    pub(super) fn write(
        &self,
        imported: &Imported,
        request: &Request,
        given: &[PathBuf],
    ) -> Result<(), Failure> {
        let hidden = self.path.join(".import");
        replace(&self.path, &self.now, &imported.files, |name| {
            name == CONNECTOR || self.imported.contains_key(name)
        })?;
        // Only then: what is not here counts as changed by hand.
        replace(&hidden.join("files"), &self.imported, &imported.imported, |_| true)?;
        let documents: BTreeMap<_, _> = imported.sources.iter().collect();
        let project = Project::around(&self.path);
        let paths: Vec<_> = given.iter().map(|path| project.kept(path)).collect();
        let mut about = json!({
            "about": "written by `connector import`, which needs it to keep what you change in the files; do not edit",
            "documents": documents, "paths": paths, "operations": request.operations, "base_url": request.base_url,
        });
        if let Some(folder) = &request.files_within {
            // Its name may be that of a person's home.
            let elsewhere = || json!({ "elsewhere": true });
            about["files_within"] = project.seen_from_folder(folder).map_or_else(elsewhere, Value::from);
        }
        let text = serde_json::to_string_pretty(&about)? + "\n";
        write(&hidden.join("import.json"), &text)
    }
}

/// What is kept of where a document was.
pub(super) enum Kept {
    /// Its path, which is the same wherever the project is checked out.
    At(PathBuf),
    /// Its name: it was outside of the project, and its path would tell of this machine and lead nowhere on others.
    Elsewhere(String),
}

/// The files that are checked out together with the folder.
struct Project {
    /// The folder, with links resolved; `None` where it cannot be found.
    folder: Option<PathBuf>,
    root: PathBuf,
}

impl Project {
    /// The repository that the folder is in; else the outermost package; else the current folder, where it is in that.
    fn around(folder: &Path) -> Self {
        let Ok(folder) = folder.canonicalize() else {
            return Self { folder: None, root: PathBuf::new() };
        };
        let above = || folder.ancestors();
        let repository = above().find(|path| path.join(".git").exists());
        let package = || above().filter(|path| path.join("Cargo.toml").is_file()).last();
        let here = || std::env::current_dir().and_then(|here| here.canonicalize()).ok();
        let root = repository
            .or_else(package)
            .map(Path::to_owned)
            .or_else(|| here().filter(|here| folder.starts_with(here)))
            .unwrap_or_else(|| folder.clone());
        Self { folder: Some(folder), root }
    }

    /// A path inside of the project as it is from the folder.
    fn seen_from_folder(&self, path: &Path) -> Option<String> {
        let (folder, path) = (self.folder.as_ref()?, path.canonicalize().ok()?);
        if !path.starts_with(&self.root) {
            return None;
        }
        let shared = folder.components().zip(path.components()).take_while(|(a, b)| a == b).count();
        let up = folder.components().skip(shared).map(|_| "..".to_owned());
        let down = path.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
        Some(up.chain(down).collect::<Vec<_>>().join("/"))
    }

    fn kept(&self, document: &Path) -> Value {
        match self.seen_from_folder(document) {
            Some(path) => path.into(),
            None => {
                let name = document.file_name().unwrap_or(document.as_os_str());
                json!({ "elsewhere": name.to_string_lossy() })
            }
        }
    }
}

/// Without the steps down that a step up takes back: `specs/acme/../../api.json` is `api.json`.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        let is_up = part == Component::ParentDir;
        match is_up && matches!(tidy.components().next_back(), Some(Component::Normal(_))) {
            true => drop(tidy.pop()),
            false => tidy.push(part),
        }
    }
    // Nothing is no path.
    if tidy.as_os_str().is_empty() { PathBuf::from(".") } else { tidy }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// The `*.json` of a folder by name; none where there is no folder.
fn files(path: &Path) -> Result<Files, Failure> {
    let cannot = |error: std::io::Error| format!("cannot read {}: {error}", path.display());
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Files::new()),
        Err(error) => return Err(cannot(error).into()),
    };
    let mut files = Files::new();
    for entry in entries {
        let entry = entry.map_err(cannot)?;
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
        if Path::new(&name).extension().is_some_and(|ending| ending == "json") && !name.starts_with('.') {
            let text = std::fs::read_to_string(entry.path())
                .map_err(|error| format!("cannot read {}: {error}", entry.path().display()))?;
            files.insert(name, text);
        }
    }
    Ok(files)
}

/// Writes what differs, and removes what is not there any more and may be removed.
fn replace(
    path: &Path,
    before: &Files,
    after: &Files,
    is_ours: impl Fn(&str) -> bool,
) -> Result<(), Failure> {
    std::fs::create_dir_all(path)
        .map_err(|error| format!("cannot make the folder {}: {error}", path.display()))?;
    for (name, text) in after {
        if before.get(name) != Some(text) {
            write(&path.join(name), text)?;
        }
    }
    for name in before.keys().filter(|name| !after.contains_key(*name) && is_ours(name)) {
        let file = path.join(name);
        std::fs::remove_file(&file).map_err(|error| format!("cannot remove {}: {error}", file.display()))?;
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()).into())
}
