//! Files and places in them: where a connector's text comes from.

use std::fmt;
use std::io::Read;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::shipped;

/// Largest file that is read, in bytes.
pub(crate) const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;
/// Most files in one folder.
pub(crate) const MAX_FILES: usize = 1000;
/// The file that makes a folder a connector.
pub(crate) const CONNECTOR_FILE: &str = "connector.json";

/// A place in a file, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file as it should be shown, `specs/hubspot/deals.json`.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A range of bytes in one of the files of a load; which file is an index into their list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Which file.
    pub file: u32,
    /// Its first byte.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
}

impl Span {
    /// Bytes `start..end` of file `file`; files are far below 4 GiB, so nothing is cut off.
    pub fn new(file: usize, start: usize, end: usize) -> Self {
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { file: narrow(file), start: narrow(start), end: narrow(end) }
    }

    /// Its first byte: where something is missing from an object, its opening brace.
    #[must_use]
    pub fn first(self) -> Self {
        Self { end: self.end.min(self.start.saturating_add(1)), ..self }
    }

    pub(crate) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// One file: its name, its text, and what was wrong while reading it.
#[derive(Debug)]
pub struct SourceFile {
    /// `deals.json`.
    pub(crate) name: String,
    /// As it should be shown.
    pub(crate) display: Arc<str>,
    /// Absolute path; `None` for a shipped file.
    pub(crate) path: Option<PathBuf>,
    /// Its text; with replacement characters where it is not UTF-8.
    pub text: String,
    /// Why it cannot be used, with the place in `text`.
    pub(crate) unreadable: Option<(Code, usize, String)>,
    line_starts: Vec<usize>,
    /// Then bytes are columns; a large file may be one line.
    ascii: bool,
}

impl SourceFile {
    /// A text with the name that messages give it.
    #[must_use]
    pub fn named(name: &str, text: String) -> Self {
        Self::new(name, name, None, text)
    }

    fn new(name: &str, display: &str, path: Option<PathBuf>, text: String) -> Self {
        let line_starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(newline, _)| newline + 1)).collect();
        let (ascii, name) = (text.is_ascii(), name.to_owned());
        // A name must not steer the terminal that shows it.
        let display = display.replace(char::is_control, "\u{fffd}").into();
        Self { name, display, path, text, unreadable: None, line_starts, ascii }
    }

    fn unreadable(self, at: usize, why: String) -> Self {
        Self { unreadable: Some((Code::Unreadable, at, why)), ..self }
    }

    fn read(name: &str, display: &str, path: PathBuf) -> Self {
        if leads_out(&path) {
            let why = "this is a link to a file outside of its folder; put the file itself here".to_owned();
            let file = Self::new(name, display, Some(path), String::new());
            return Self { unreadable: Some((Code::OutsideFolder, 0, why)), ..file };
        }
        match read_limited(&path) {
            Ok(bytes) => Self::decode(name, display, Some(path), bytes),
            Err(why) => Self::new(name, display, Some(path), String::new()).unreadable(0, why),
        }
    }

    fn decode(name: &str, display: &str, path: Option<PathBuf>, bytes: Vec<u8>) -> Self {
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Self::new(name, display, path, String::new()).unreadable(0, too_large());
        }
        match String::from_utf8(bytes) {
            Ok(text) if text.starts_with('\u{feff}') => {
                let why =
                    "the file starts with a byte order mark; save it as UTF-8 without one (RFC 8259 §8.1)";
                Self::new(name, display, path, text).unreadable(0, why.to_owned())
            }
            Ok(text) => Self::new(name, display, path, text),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let byte = error.as_bytes().get(at).copied().unwrap_or_default();
                let why =
                    format!("the file is not UTF-8: byte {at} is 0x{byte:02x}; save it in this encoding");
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                Self::new(name, display, path, text).unreadable(at, why)
            }
        }
    }

    /// Index of the line (from 0) that holds the byte at `offset`.
    pub(crate) fn line_index(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// Where line `index` (from 0) starts; the end of the text for lines after the last.
    pub(crate) fn line_start(&self, index: usize) -> usize {
        self.line_starts.get(index).copied().unwrap_or(self.text.len())
    }

    /// Line and column of a byte.
    pub fn location(&self, offset: usize) -> Location {
        let line = self.line_index(offset);
        let before = self.line_start(line)..offset;
        let column =
            if self.ascii { before.len() } else { self.text.get(before).unwrap_or_default().chars().count() };
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Location { file: Arc::clone(&self.display), line: count(line + 1), column: count(column + 1) }
    }

    /// The range, widened to whole characters and cut to the text: what a renderer can show.
    pub(crate) fn showable(&self, range: Range<usize>) -> Range<usize> {
        let floor =
            |at: usize| (0..=at.min(self.text.len())).rev().find(|at| self.text.is_char_boundary(*at));
        let ceiling = |at: usize| (at..=self.text.len()).find(|at| self.text.is_char_boundary(*at));
        let start = floor(range.start).unwrap_or_default();
        start..ceiling(range.end.max(start)).unwrap_or(self.text.len())
    }

    /// `deals` for `deals.json`.
    pub(crate) fn stem(&self) -> &str {
        self.name.strip_suffix(".json").unwrap_or(&self.name)
    }
}

/// The files of one connector: a base and any number of folders that extend it.
///
/// ```
/// use typed_connector_specs::Sources;
///
/// let names = typed_connector_specs::shipped();
/// assert!(Sources::shipped("no-such-connector").is_err());
/// # let _ = names;
/// ```
#[derive(Debug, Clone)]
pub struct Sources {
    pub(crate) layers: Vec<Vec<Arc<SourceFile>>>,
}

impl Sources {
    /// A connector in a folder: its `connector.json` and every other `*.json` beside it.
    ///
    /// A relative path is relative to the current directory. A file that cannot be read is no error here but one of
    /// [`load`](crate::load), together with those of the other files.
    pub fn folder(path: impl AsRef<Path>) -> Result<Self, Diagnostics> {
        let files = read_folder(path.as_ref())?;
        Self::base(files, &display(path.as_ref()))
    }

    /// The same where there may be no `connector.json`: what else there is can be told by [`examine`](crate::examine).
    pub fn incomplete_folder(path: impl AsRef<Path>) -> Result<Self, Diagnostics> {
        Ok(Self { layers: vec![read_folder(path.as_ref())?] })
    }

    fn base(files: Vec<Arc<SourceFile>>, place: &str) -> Result<Self, Diagnostics> {
        if files.iter().any(|file| file.name == CONNECTOR_FILE) {
            return Ok(Self { layers: vec![files] });
        }
        let message = format!("no `{CONNECTOR_FILE}` in `{place}`");
        Err(Diagnostic::without_place(Code::Folder, message)
            .with_help("a connector is a folder with a `connector.json` and one file per module")
            .into())
    }

    /// A connector that comes with this crate; [`shipped`](crate::shipped()) lists them.
    pub fn shipped(name: &str) -> Result<Self, Diagnostics> {
        let Some(files) = shipped::files(name) else {
            let known = shipped::shipped().collect::<Vec<_>>();
            let mut diagnostic = Diagnostic::without_place(
                Code::UnknownConnector,
                format!("no connector `{name}` is shipped"),
            );
            if let Some(near) = crate::names::nearest(name, known.iter().copied()) {
                diagnostic = diagnostic.with_help(format!("did you mean `{near}`?"));
            } else {
                diagnostic = diagnostic.with_help(format!(
                    "shipped are: {}; one of your own is named by its folder, in the attribute by `path = \"…\"`",
                    known.join(", ")
                ));
            }
            return Err(diagnostic.into());
        };
        let file = |&(file, text): &(&str, &str)| {
            let shown = format!("typed-connector-specs/{name}/{file}");
            Arc::new(SourceFile::new(file, &shown, None, text.to_owned()))
        };
        Ok(Self { layers: vec![files.iter().map(file).collect()] })
    }

    /// Files that are in memory, by name: what an importer made, before it is written.
    pub fn in_memory<N, T>(files: impl IntoIterator<Item = (N, T)>) -> Result<Self, Diagnostics>
    where
        N: Into<String>,
        T: Into<Vec<u8>>,
    {
        Self::base(decoded(files, ""), "memory")
    }

    /// Adds the files of a folder: new files are new modules, a file of the same name adds to what is there.
    pub fn extend(mut self, path: impl AsRef<Path>) -> Result<Self, Diagnostics> {
        self.layers.push(read_folder(path.as_ref())?);
        Ok(self)
    }

    /// Names and texts of all files.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.layers.iter().flatten().map(|file| (file.name.as_str(), file.text.as_str()))
    }

    /// The same with files that are in memory.
    #[must_use]
    pub fn extend_in_memory<N, T>(mut self, files: impl IntoIterator<Item = (N, T)>) -> Self
    where
        N: Into<String>,
        T: Into<Vec<u8>>,
    {
        self.layers.push(decoded(files, "extension/"));
        self
    }

    /// Absolute paths of all files on disk, so that a build can watch them.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.layers.iter().flatten().filter_map(|file| file.path.as_deref())
    }
}

/// Files in memory by name, shown with a folder before it.
fn decoded<N: Into<String>, T: Into<Vec<u8>>>(
    files: impl IntoIterator<Item = (N, T)>,
    folder: &str,
) -> Vec<Arc<SourceFile>> {
    let decode = |(name, text): (N, T)| {
        let name = name.into();
        Arc::new(SourceFile::decode(&name, &format!("{folder}{name}"), None, text.into()))
    };
    let mut files: Vec<_> = files.into_iter().map(decode).collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files.dedup_by(|a, b| a.name == b.name);
    files
}

fn too_large() -> String {
    format!("the file has more than {MAX_FILE_BYTES} bytes (8 MiB)")
}

/// Whether a file is a link that leads out of its folder: a folder from somebody else would show files of this machine.
fn leads_out(path: &Path) -> bool {
    let is_link = std::fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    let real = || Some((path.canonicalize().ok()?, path.parent()?.canonicalize().ok()?));
    is_link && real().is_some_and(|(file, folder)| !file.starts_with(folder))
}

/// A regular file's bytes; the text says why there are none.
fn read_limited(path: &Path) -> Result<Vec<u8>, String> {
    let cannot = |error: std::io::Error| format!("cannot read the file: {error}");
    // A folder or a pipe named `*.json` must not be opened: reading a pipe waits for ever.
    if !std::fs::metadata(path).map_err(cannot)?.is_file() {
        return Err("not a regular file".to_owned());
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(cannot)?;
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > MAX_FILE_BYTES { Err(too_large()) } else { Ok(bytes) }
}

/// The `*.json` files of a folder by name; other files, hidden ones and subfolders without that ending are left alone.
fn read_folder(folder: &Path) -> Result<Vec<Arc<SourceFile>>, Diagnostics> {
    let refuse = |why: &str| -> Diagnostics {
        Diagnostic::without_place(
            Code::Folder,
            format!("cannot read the folder `{}`: {why}", display(folder)),
        )
        .into()
    };
    let absolute = std::path::absolute(folder).map_err(|error| refuse(&error.to_string()))?;
    let entries = std::fs::read_dir(&absolute).map_err(|error| refuse(&error.to_string()))?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(|error| refuse(&error.to_string()))?.file_name();
        let Some(name) = name.to_str() else {
            if name.to_string_lossy().ends_with(".json") {
                return Err(refuse("a file's name is not UTF-8"));
            }
            continue;
        };
        if name.strip_suffix(".json").is_some_and(|stem| !stem.is_empty() && !stem.starts_with('.')) {
            names.push(name.to_owned());
        }
        if names.len() > MAX_FILES {
            return Err(refuse(&format!("it has more than {MAX_FILES} JSON files")));
        }
    }
    names.sort();
    let read =
        |name: &String| Arc::new(SourceFile::read(name, &display(&folder.join(name)), absolute.join(name)));
    Ok(names.iter().map(read).collect())
}

/// A path as a terminal can open it: relative to the current directory where it lies below it.
fn display(path: &Path) -> String {
    let path = lexically_normal(path);
    let below = std::env::current_dir().ok().and_then(|cwd| path.strip_prefix(cwd).ok().map(Path::to_owned));
    slashed(below.as_deref().unwrap_or(&path))
}

/// A path as it is shown everywhere, with `/` between its parts.
#[must_use]
pub fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace('\\', "/") }
}

/// Without `.`, and without `..` where a name stands before it: `app/src/../specs` is shown as `app/specs`.
#[must_use]
pub fn lexically_normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(normal.components().next_back(), Some(Component::Normal(_))) => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

#[cfg(test)]
impl SourceFile {
    pub(crate) fn for_test(text: &str) -> Arc<Self> {
        Arc::new(Self::new("test.json", "test.json", None, text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let file = SourceFile::for_test("{\n  \"ä\": 1\n}");
        assert_eq!(file.location(0).to_string(), "test.json:1:1");
        assert_eq!(file.location(8).to_string(), "test.json:2:6");
    }

    #[test]
    fn paths_below_the_current_directory_are_shown_relative_to_it() {
        let cwd = std::env::current_dir().unwrap();
        assert_eq!(display(&cwd.join("specs/a.json")), "specs/a.json");
        assert_eq!(display(Path::new("./specs/a.json")), "specs/a.json");
        assert_eq!(display(Path::new("../a.json")), "../a.json");
        assert_eq!(display(&cwd.join("src/./../specs/a.json")), "specs/a.json");
        assert_eq!(display(Path::new("/..")), "/..");
    }
}
