//! `tests/specs/broken`: a folder for each way to be wrong, with one mistake in it.
//!
//! The token at fault stands between `«` and `»`, a second place that the message points at between `‹` and `›`; the marks are
//! not part of the spec. A folder without a `connector.json` gets the one beside all folders. `extension` inside of a folder
//! extends it. `expected.txt` is what `connector check` says.

#![allow(dead_code, reason = "no test uses all of it")]

use std::fs;
use std::path::{Path, PathBuf};

use typed_connector_specs::{Diagnostic, Examined, Sources, examine};

/// A folder of the corpus.
pub(crate) struct Case {
    /// Code of the mistake and, behind `--`, which way to make it.
    pub(crate) name: String,
    /// Its files without the marks, by their path in the folder.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// The token at fault.
    pub(crate) fault: Option<Mark>,
    /// The other places that the message points at.
    pub(crate) others: Vec<Mark>,
    /// What is expected to be said.
    pub(crate) expected: PathBuf,
}

/// A part of a file: where it starts and ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    /// The file's path in the folder.
    pub(crate) file: String,
    /// Line and column of its first character.
    pub(crate) start: (u32, u32),
    /// Line and column behind its last one.
    pub(crate) end: (u32, u32),
}

/// Where the corpus is.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("tests/specs/broken")
}

/// All folders.
pub(crate) fn cases() -> Vec<Case> {
    let mut folders: Vec<_> = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders.iter().map(|folder| case(folder)).collect()
}

fn case(folder: &Path) -> Case {
    let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
    let mut case = Case {
        name,
        files: Vec::new(),
        fault: None,
        others: Vec::new(),
        expected: folder.join("expected.txt"),
    };
    for below in ["", "extension"] {
        let Ok(entries) = fs::read_dir(folder.join(below)) else { continue };
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| Path::new(name).extension().is_some_and(|end| end == "json"));
        names.sort();
        for name in names {
            let path = if below.is_empty() { name } else { format!("{below}/{name}") };
            let marked = fs::read(folder.join(&path)).unwrap();
            let text = strip(&path, &marked, &mut case);
            case.files.push((path, text));
        }
    }
    if !case.files.iter().any(|(name, _)| name == "connector.json") {
        case.files.push(("connector.json".to_owned(), fs::read(root().join("connector.json")).unwrap()));
    }
    case
}

/// Takes the marks out of a file.
fn strip(file: &str, marked: &[u8], case: &mut Case) -> Vec<u8> {
    let (mut text, mut open) = (Vec::new(), Vec::new());
    let mut rest = marked;
    while let Some(&byte) = rest.first() {
        let mark = ["«", "»", "‹", "›"].into_iter().find(|mark| rest.starts_with(mark.as_bytes()));
        match mark {
            Some("«" | "‹") => open.push(place(&text)),
            Some(closing) => {
                let start = open.pop().expect("a mark is opened before it is closed");
                let mark = Mark { file: file.to_owned(), start, end: place(&text) };
                match closing {
                    "»" => assert!(case.fault.replace(mark).is_none(), "{}: two faults", case.name),
                    _ => case.others.push(mark),
                }
            }
            None => text.push(byte),
        }
        rest = &rest[mark.map_or(1, str::len)..];
    }
    assert!(open.is_empty(), "{}: a mark is not closed", case.name);
    text
}

/// Line and column behind a text.
fn place(text: &[u8]) -> (u32, u32) {
    let text = String::from_utf8_lossy(text);
    let line = text.matches('\n').count() + 1;
    let column = text.rsplit('\n').next().unwrap().chars().count() + 1;
    (u32::try_from(line).unwrap(), u32::try_from(column).unwrap())
}

impl Case {
    /// The code that its name promises.
    pub(crate) fn code(&self) -> String {
        format!("spec::{}", self.name.split("--").next().unwrap())
    }

    /// Writes it to a folder.
    pub(crate) fn write(&self, folder: &Path) {
        for (path, text) in &self.files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    /// Whether it is about an extension.
    pub(crate) fn extends(&self) -> bool {
        self.files.iter().any(|(path, _)| path.starts_with("extension/"))
    }

    /// Reads what was written to a folder.
    pub(crate) fn examine(&self, folder: &Path) -> Examined {
        let mut sources = Sources::folder(folder).unwrap();
        if self.extends() {
            sources = sources.extend(folder.join("extension")).unwrap();
        }
        examine(&sources)
    }

    /// The places that a diagnostic points at, as marks.
    pub(crate) fn marks(&self, diagnostic: &Diagnostic) -> Vec<Mark> {
        let mark = |place: typed_connector_specs::Place<'_>| {
            let (start, end) = (place.start(), place.end());
            let shown = |path: &str| start.file.ends_with(&format!("/{path}"));
            let mut files: Vec<_> = self.files.iter().filter(|(path, _)| shown(path)).collect();
            files.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
            Mark {
                file: files.first().map(|(path, _)| path.clone()).unwrap_or_default(),
                start: (start.line, start.column),
                end: (end.line, end.column),
            }
        };
        diagnostic.places().map(mark).collect()
    }
}
