//! Inputs to start from: the connectors of this repository, the broken ones too, and the documents of the importer's tests.

use std::fs;
use std::path::{Path, PathBuf};

use crate::files::join;

/// Longest seed, in bytes: short ones are tried more often.
const MAX_SEED: usize = 16_000;

/// Documents that refer to each other, in a circle and through a reference.
const ONE: &[u8] = br#"{
  "openapi": "3.1.0", "info": { "title": "One", "version": "1" }, "servers": [{ "url": "https://t.example" }],
  "paths": { "/a": { "get": { "responses": { "200": { "description": "", "content": { "application/json": { "schema": { "$ref": "../two/b.json#/components/schemas/B" } } } } } } }, "/b": { "$ref": "../two/b.json#/paths/~1b" } },
  "components": { "schemas": { "A": { "type": "object", "properties": { "b": { "$ref": "../two/./b.json#/components/schemas/B/properties/a" } } } } }
}"#;
const TWO: &[u8] = br##"{
  "openapi": "3.1.0", "info": { "title": "Two", "version": "1" }, "servers": [{ "url": "https://t.example" }],
  "paths": { "/b": { "post": { "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/B" } } } }, "responses": { "204": { "description": "" } } } } },
  "components": { "schemas": { "B": { "type": "object", "properties": { "a": { "$ref": "../one/a.json#/components/schemas/A" }, "self": { "$ref": "#/components/schemas/C" } } }, "C": { "$ref": "../one/a.json#/components/schemas/A/properties/b" } } }
}"##;

/// A name and an input.
pub type Seed = (String, Vec<u8>);

/// Seeds of [`connector`](crate::connector).
///
/// # Panics
/// Where the repository is not there.
#[must_use]
pub fn connectors() -> Vec<Seed> {
    let default = read(&root().join("tests/specs/broken/connector.json"));
    let mut seeds = Vec::new();
    for folder in folders() {
        let settings = folder.join("connector.json");
        let settings = if settings.is_file() { read(&settings) } else { default.clone() };
        let names = names(&folder, "json").into_iter().filter(|name| name != "connector.json");
        let mut files: Vec<_> = names.map(|name| (name.clone(), read(&folder.join(name)))).collect();
        for name in names_below(&folder) {
            files.push((format!("extension/{name}"), read(&folder.join("extension").join(name))));
        }
        let name = folder.strip_prefix(root()).unwrap_or(&folder).to_string_lossy().replace('/', "-");
        let whole = [("connector.json".to_owned(), settings)].into_iter().chain(files).collect::<Vec<_>>();
        let size: usize = whole.iter().map(|(_, text)| text.len()).sum();
        if size <= MAX_SEED {
            seeds.push((name, input(&whole)));
            continue;
        }
        // One module at a time.
        for module in whole.iter().skip(1) {
            let some = [whole[0].clone(), module.clone()];
            seeds.push((format!("{name}-{}", module.0), input(&some)));
        }
    }
    let attribute: &[u8] = br#"path = "specs/acme", only = ["notes.*"], scopes = ["notes.read"], optional_scopes = [], crate = "a::b""#;
    if let Some((_, first)) = seeds.iter().find(|(name, _)| name.contains("golden")) {
        seeds.push(("attribute".to_owned(), [&join([(&b"attribute"[..], attribute)])[..], first].concat()));
    }
    assert!(seeds.len() > 200, "{} seeds", seeds.len());
    seeds
}

/// Seeds of [`document`](crate::document).
///
/// # Panics
/// Where the repository is not there.
#[must_use]
pub fn documents() -> Vec<Seed> {
    let folder = root().join("import/tests/documents");
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for end in ["json", "yaml"] {
        files.extend(names(&folder, end).into_iter().map(|name| (name.clone(), read(&folder.join(name)))));
    }
    let mut seeds: Vec<Seed> =
        files.iter().map(|file| (file.0.clone(), input(std::slice::from_ref(file)))).collect();
    let shop: Vec<_> = files.iter().filter(|(name, _)| name.starts_with("shop.")).cloned().collect();
    seeds.push(("shop".to_owned(), input(&shop)));
    seeds.push(("together".to_owned(), join([(&b"one/a.json"[..], ONE), (&b"two/b.json"[..], TWO)])));
    assert!(seeds.len() > 5, "{} seeds", seeds.len());
    seeds
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Folders of connectors.
fn folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for parent in [
        "tests/specs/broken",
        "tests/specs",
        "tests/ui/specs",
        "tests/ui/specs/broken",
        "specs/tests/valid",
        "macros/codegen/tests/golden",
        "specs",
    ] {
        let Ok(entries) = fs::read_dir(root().join(parent)) else { continue };
        folders.extend(entries.filter_map(Result::ok).map(|entry| entry.path()));
    }
    folders.retain(|folder| folder.is_dir() && !names(folder, "json").is_empty());
    // The schemas stand beside the connectors.
    folders.retain(|folder| !folder.ends_with("specs/schema") && !folder.ends_with("tests/specs/broken"));
    folders.sort();
    folders
}

/// Names of the files in a folder that end so.
fn names(folder: &Path, end: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<_> =
        names.filter(|name| Path::new(name).extension().is_some_and(|is| is == end)).collect();
    names.sort();
    names
}

fn names_below(folder: &Path) -> Vec<String> {
    names(&folder.join("extension"), "json")
}

/// A file's text, without the marks of the broken ones.
fn read(path: &Path) -> Vec<u8> {
    let mut rest = &fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))[..];
    let mut text = Vec::with_capacity(rest.len());
    while let Some((byte, after)) = rest.split_first() {
        let mark = ["«", "»", "‹", "›"].into_iter().find(|mark| rest.starts_with(mark.as_bytes()));
        match mark {
            Some(mark) => rest = &rest[mark.len()..],
            None => {
                text.push(*byte);
                rest = after;
            }
        }
    }
    text
}

fn input(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    join(files.iter().map(|(name, text)| (name.as_bytes(), &text[..])))
}
