//! Where references lead: into the same file, into another document that was given, or into a file beside them.
//!
//! Files are read when something leads there, each once, whatever it is called. None outside of the folders that may be read is opened,
//! and nothing is fetched from the network.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use typed_connector_specs::Code;
use typed_connector_specs::text::{Kind, Problem, Problems, Value, lexically_normal, slashed};

use crate::read::{self, Document, Input, MAX_BYTES, MAX_NODES};
use crate::shelf::{Place, Shelf};

/// Most files that are read because something refers to them.
const MAX_FILES: usize = 10_000;

/// Most bytes of all of them.
const MAX_ALL_BYTES: usize = 4 * MAX_BYTES;

/// Most steps from a reference to what it means: references to references, and those on the way of a pointer.
const MAX_STEPS: usize = 32;

/// Which files the documents may refer to, beside those that were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum References {
    /// None: no file is opened. What refers to one becomes `json`.
    #[default]
    None,
    /// Those in the folders of the documents, and in folders below. [`Input::name`] is the path of each document.
    Beside,
    /// Those, and the ones in this folder and below it.
    Within(PathBuf),
}

/// How a reference leads to what it means: the last step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Led<'d> {
    file: usize,
    /// From the root of the file.
    pub(crate) pointer: &'d str,
}

/// Why it leads nowhere.
#[derive(Debug)]
pub(crate) enum Lost<'d> {
    /// It is no text.
    NoText,
    /// It leads back to itself, or takes too many steps.
    Circle,
    /// Nothing is there in this file, which is there.
    Nothing { file: usize, pointer: &'d str },
    /// The file cannot be used, and was told of.
    File,
    /// The file is not read.
    Refused(Refusal),
    /// No other file is read.
    NotRead,
}

/// Why a file is not read, and what to do.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) why: String,
    pub(crate) help: &'static str,
}

/// A file that was read.
#[derive(Debug)]
struct Tree<'d> {
    /// `None` where it cannot be used.
    root: Option<&'d Value>,
    /// As messages show it, and what its references are relative to.
    name: String,
    /// Its place, with links resolved.
    path: PathBuf,
    /// Whether it is a document that was given.
    is_document: bool,
}

/// All files, by their index in the list of [`Problems`].
pub(crate) struct Trees<'d> {
    list: Vec<Tree<'d>>,
    known: HashMap<PathBuf, usize>,
    /// Where the part of a reference before `#` leads, by the file that it stands in.
    led: HashMap<(usize, &'d str), Result<usize, Refusal>>,
    references: References,
    /// The folders of which files may be read, with links resolved.
    folders: Vec<PathBuf>,
    shelf: Place<'d>,
    bytes: usize,
    /// How many values the files hold that were read here.
    values: usize,
    /// What was refused and told of.
    told: HashSet<String>,
}

impl<'d> Trees<'d> {
    /// The documents that were given; `names` are those of all files that were, whether they are documents or not.
    pub(crate) fn new(
        documents: &'d [Document],
        names: &[String],
        references: &References,
        shelf: &'d Shelf,
    ) -> Self {
        let reads = *references != References::None;
        let mut folders = Vec::new();
        let mut list: Vec<Tree<'d>> = names
            .iter()
            .map(|name| {
                let real = if reads { Path::new(name).canonicalize().ok() } else { None };
                folders.extend(real.as_deref().and_then(Path::parent).map(Path::to_owned));
                let path = real.unwrap_or_else(|| lexically_normal(Path::new(name)));
                Tree { root: None, name: name.clone(), path, is_document: true }
            })
            .collect();
        for document in documents {
            if let Some(tree) = list.get_mut(document.root.span.file as usize) {
                tree.root = Some(&document.root);
            }
        }
        let known = list.iter().enumerate().map(|(index, tree)| (tree.path.clone(), index)).collect();
        if let References::Within(folder) = references {
            folders.extend(folder.canonicalize());
        }
        folders.sort();
        folders.dedup();
        Self {
            list,
            known,
            led: HashMap::new(),
            references: references.clone(),
            folders,
            shelf: shelf.place(),
            bytes: 0,
            values: 0,
            told: HashSet::new(),
        }
    }

    /// Follows a value's `$ref` as far as it leads; the second part is the last step, and `None` where there was none. The error names
    /// the reference that leads nowhere.
    pub(crate) fn follow(
        &mut self,
        value: &'d Value,
        problems: &mut Problems,
    ) -> Result<(&'d Value, Option<Led<'d>>), (&'d Value, Lost<'d>)> {
        let (mut value, mut led, mut steps) = (value, None, MAX_STEPS);
        while let Some(reference) = value.get("$ref") {
            let Some(text) = reference.as_str() else { return Err((reference, Lost::NoText)) };
            match self.step(reference, text, &mut steps, problems) {
                Ok((found, how)) => (value, led) = (found, Some(how)),
                Err(lost) => return Err((reference, lost)),
            }
        }
        Ok((value, led))
    }

    /// What a reference that is written so leads to, in one step. `from` is where it stands.
    pub(crate) fn step(
        &mut self,
        from: &'d Value,
        text: &'d str,
        steps: &mut usize,
        problems: &mut Problems,
    ) -> Result<(&'d Value, Led<'d>), Lost<'d>> {
        *steps = steps.checked_sub(1).ok_or(Lost::Circle)?;
        let (file, pointer) = text.split_once('#').unwrap_or((text, ""));
        let file = match file {
            "" => from.span.file as usize,
            _ => self.open(from, file, problems)?,
        };
        let root = self.list.get(file).and_then(|tree| tree.root).ok_or(Lost::File)?;
        let found = self.find(root, pointer, steps, problems)?.ok_or(Lost::Nothing { file, pointer })?;
        Ok((found, Led { file, pointer }))
    }

    /// What a JSON pointer (RFC 6901), as the fragment of an address, points to. It may lead through references, as those who keep
    /// `paths` or `schemas` in a file of their own have it.
    fn find(
        &mut self,
        root: &'d Value,
        pointer: &'d str,
        steps: &mut usize,
        problems: &mut Problems,
    ) -> Result<Option<&'d Value>, Lost<'d>> {
        if pointer.is_empty() {
            return Ok(Some(root));
        }
        let Some(keys) = pointer.strip_prefix('/') else { return Ok(None) };
        let mut value = root;
        for key in keys.split('/') {
            let Some(key) = decoded(key) else { return Ok(None) };
            while let (None, Some(reference)) = (child(value, &key), value.get("$ref")) {
                let Some(text) = reference.as_str() else { return Ok(None) };
                value = self.step(reference, text, steps, problems)?.0;
            }
            let Some(inner) = child(value, &key) else { return Ok(None) };
            value = inner;
        }
        Ok(Some(value))
    }

    /// The file that a reference names, read where nothing has led there before.
    fn open(&mut self, from: &'d Value, file: &'d str, problems: &mut Problems) -> Result<usize, Lost<'d>> {
        let at = from.span.file as usize;
        if let Some(known) = self.led.get(&(at, file)) {
            return known.clone().map_err(Lost::Refused);
        }
        let opened = self.read(from, file, problems);
        let kept = match &opened {
            Ok(index) => Some(Ok(*index)),
            Err(Lost::Refused(refusal)) => Some(Err(refusal.clone())),
            Err(_) => None,
        };
        self.led.extend(kept.map(|kept| ((at, file), kept)));
        opened
    }

    fn read(&mut self, from: &'d Value, file: &'d str, problems: &mut Problems) -> Result<usize, Lost<'d>> {
        let refused = |why: String, help| Err(Lost::Refused(Refusal { why, help }));
        if is_elsewhere(file) {
            return match self.references {
                References::None => Err(Lost::NotRead),
                _ => refused(
                    format!("`{file}` is no path in the document's folder, and nothing is fetched"),
                    "put a copy of it into the folder of the document, and refer to it by its path",
                ),
            };
        }
        let Some(relative) = percent_decode_str(file).decode_utf8().ok().filter(|path| !path.contains('\0'))
        else {
            return refused(format!("`{file}` is no path"), "write the path as text in UTF-8");
        };
        let holder = &self.list[from.span.file as usize];
        let beside = |path: &Path| lexically_normal(&path.parent().unwrap_or(path).join(&*relative));
        let (path, name) = (beside(&holder.path), beside(Path::new(&holder.name)));
        if let Some(known) = self.known.get(&path) {
            return Ok(*known);
        }
        if self.references == References::None {
            return Err(Lost::NotRead);
        }
        // Hidden files hold settings and secrets; a message about a mistake in one would show a line of it.
        let is_hidden = |part: Component<'_>| match part {
            Component::Normal(name) => name.as_encoded_bytes().starts_with(b"."),
            _ => false,
        };
        if Path::new(&*relative).components().any(is_hidden) {
            return refused(
                format!("`{file}` is a hidden file or in a hidden folder, and is not read"),
                "give it a name without a dot in front",
            );
        }
        // Looked at before the file is, so that nobody learns what there is elsewhere.
        if !self.may_read(&path) {
            return refused(
                format!("`{file}` leads out of the document's folder, and is not read"),
                "name a folder that holds both with --files-within",
            );
        }
        let real = match path.canonicalize() {
            Ok(real) => real,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return refused(
                    format!("there is no file `{}`", slashed(&name)),
                    "a reference is relative to the file that it stands in",
                );
            }
            Err(error) => {
                return refused(format!("cannot read `{}`: {error}", slashed(&name)), "it must be readable");
            }
        };
        if let Some(known) = self.known.get(&real) {
            return Ok(*known);
        }
        if !self.may_read(&real) {
            return refused(
                format!("`{}` is a link out of the document's folder, and is not read", slashed(&name)),
                "name a folder that holds both with --files-within",
            );
        }
        if self.list.len() >= MAX_FILES {
            return refused(format!("more than {MAX_FILES} files"), "import a part of the API at a time");
        }
        // A few hundred bytes of YAML can hold millions, in aliases of aliases.
        if self.values > MAX_NODES {
            return refused(
                format!("more than {MAX_NODES} values in all files"),
                "import a part of the API at a time",
            );
        }
        let bytes = match limited(&real) {
            Ok(bytes) => bytes,
            Err(why) => {
                return refused(format!("cannot read `{}`: {why}", slashed(&name)), "it must be a file");
            }
        };
        self.bytes += bytes.len();
        if self.bytes > MAX_ALL_BYTES {
            let all = MAX_ALL_BYTES >> 20;
            return refused(
                format!("with `{}` the files have more than {all} MiB", slashed(&name)),
                "import a part of the API at a time",
            );
        }
        let index = self.add(Input { name: slashed(&name), bytes }, real.clone(), from, problems);
        self.known.insert(real, index);
        Ok(index)
    }

    /// Reads the text of a file; what is wrong with it is told here, once.
    fn add(&mut self, input: Input, path: PathBuf, from: &Value, problems: &mut Problems) -> usize {
        let index = problems.files.len();
        let (source, unreadable) = read::source(&input);
        problems.files.push(Arc::clone(&source));
        let root = match unreadable {
            Some((at, why)) => {
                let span = typed_connector_specs::text::Span::new(index, at, at);
                let problem = Problem::new(Code::Unreadable, span, why);
                problems.report(problem.also(from.span, "it is referred to here"));
                None
            }
            None => read::tree(index, &input.name, problems).0,
        };
        self.values += root.as_ref().map_or(0, values);
        let root = root.map(|root| self.shelf.put(root));
        // The list grows with that of the problems: both are indexed by the file of a span.
        self.list.push(Tree { root, name: input.name, path, is_document: false });
        index
    }

    fn may_read(&self, path: &Path) -> bool {
        self.folders.iter().any(|folder| path.starts_with(folder))
    }

    /// Whether this was told of before, which it is from now on.
    pub(crate) fn is_told(&mut self, refusal: &Refusal) -> bool {
        !self.told.insert(refusal.why.clone())
    }

    /// What stands beside the place that a pointer names.
    pub(crate) fn siblings(&mut self, file: usize, parent: &'d str, problems: &mut Problems) -> Vec<&'d str> {
        let Some(root) = self.list.get(file).and_then(|tree| tree.root) else { return Vec::new() };
        let mut steps = MAX_STEPS;
        let found = self.find(root, parent, &mut steps, problems).ok().flatten();
        found.and_then(Value::members).unwrap_or_default().iter().map(|m| m.key.as_str()).collect()
    }

    /// The name that a schema has where it is declared; `None` where it stands inside of something else.
    pub(crate) fn declared_name(&self, led: Led<'_>) -> Option<String> {
        let tree = self.list.get(led.file)?;
        let Some((parent, name)) = led.pointer.rsplit_once('/') else {
            // A file that is one schema has its name.
            let stem = tree.name.rsplit('/').next()?.split('.').find(|part| !part.is_empty())?;
            let says_nothing = matches!(stem.trim_matches('_'), "index" | "schema" | "model" | "main");
            return (!tree.is_document && !says_nothing).then(|| stem.to_owned());
        };
        let area = parent.rsplit('/').next().unwrap_or_default();
        let is_declared = match parent {
            "" | "/components/schemas" | "/$defs" | "/definitions" => true,
            _ => !tree.is_document && matches!(area, "schemas" | "models" | "types" | "definitions"),
        };
        decoded(name).filter(|_| is_declared)
    }
}

/// How many values are in one, with itself.
fn values(value: &Value) -> usize {
    match &value.kind {
        Kind::Array(items) => items.iter().map(values).sum::<usize>() + 1,
        Kind::Object(members) => members.iter().map(|member| values(&member.value)).sum::<usize>() + 1,
        _ => 1,
    }
}

fn child<'d>(value: &'d Value, key: &str) -> Option<&'d Value> {
    match &value.kind {
        Kind::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => value.get(key),
    }
}

/// A key of a pointer in a fragment: percent-encoded, with `~1` for `/` and `~0` for `~`.
fn decoded(key: &str) -> Option<String> {
    let key = percent_decode_str(key).decode_utf8().ok()?;
    Some(key.replace("~1", "/").replace("~0", "~"))
}

/// An address with a scheme or a host (RFC 3986 §4.1). A single letter is a drive.
fn is_elsewhere(file: &str) -> bool {
    let scheme = file.split_once(':').map(|(scheme, _)| scheme);
    let is_scheme = |scheme: &str| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    file.starts_with("//") || scheme.is_some_and(is_scheme)
}

/// A regular file's bytes, one more than allowed at most; the text says why there are none.
fn limited(path: &Path) -> Result<Vec<u8>, String> {
    use std::io::Read as _;
    // A pipe must not be opened: reading it waits for ever.
    if !std::fs::metadata(path).map_err(|error| error.to_string())?.is_file() {
        return Err("it is no file".to_owned());
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}
