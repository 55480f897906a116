//! A file that extends the connector, with what a person wrote in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstObject, CstObjectProp, CstRootNode};
use serde_json::{Value, json};

use super::wanted::{Entries, TEXTS};
use crate::Failure;

/// One file. Only what differs is touched: order, layout and everything else stay.
pub(super) struct File {
    name: String,
    path: PathBuf,
    before: Option<String>,
    root: CstRootNode,
    changes: Vec<Change>,
}

/// One difference between a file and the account.
#[derive(Debug)]
pub(super) struct Change {
    what: What,
    file: String,
    /// `types.Deal.fields.erp_number`
    place: String,
    detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum What {
    Added,
    Changed,
    Gone,
    Removed,
}

/// What the keys of an object are: keys of the format, or names that the account has given.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Keys {
    Types,
    Fields,
    Values,
    Format,
}

impl Keys {
    fn below(self, key: &str) -> Self {
        match (self, key) {
            (Self::Format, "fields") => Self::Fields,
            (Self::Format, "values") => Self::Values,
            _ => Self::Format,
        }
    }
}

impl File {
    pub(super) fn read(folder: &Path, name: &str) -> Result<Self, Failure> {
        let path = folder.join(format!("{name}.json"));
        let before = match std::fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(format!("cannot read {}: {error}", path.display()).into()),
        };
        // The format is JSON and nothing more; what is wrong in it, `connector check` tells best.
        let options = ParseOptions {
            allow_comments: false,
            allow_loose_object_property_names: false,
            allow_trailing_commas: false,
            ..ParseOptions::default()
        };
        let root = CstRootNode::parse(before.as_deref().unwrap_or("{\n}\n"), &options)
            .map_err(|error| format!("{} is no JSON: {error}", path.display()))?;
        Ok(Self { name: name.to_owned(), path, before, root, changes: Vec::new() })
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    pub(super) fn changes(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter()
    }

    /// Puts the entries of `types` into it.
    pub(super) fn merge(&mut self, types: &Entries) -> Result<(), Failure> {
        if types.is_empty() {
            return Ok(());
        }
        let not_an_object = || format!("{}: `types` is no object", self.path.display());
        let root = self.root.object_value_or_create().ok_or_else(not_an_object)?;
        let target = root.object_value_or_create("types").ok_or_else(not_an_object)?;
        self.merge_into(&target, types, "types", Keys::Types);
        Ok(())
    }

    fn merge_into(&mut self, target: &CstObject, wanted: &Entries, place: &str, keys: Keys) {
        for (key, value) in wanted {
            // An entry's title and the like are a person's to change or to leave out.
            if keys == Keys::Format && TEXTS.contains(&key.as_str()) {
                continue;
            }
            let Some((existing, key)) = entry(target, key, keys == Keys::Fields) else {
                self.note(What::Added, format!("{place}.{key}"), summary(value));
                target.append(key, value.clone());
                continue;
            };
            if keys == Keys::Values {
                continue; // what a value is called is a person's to change, too
            }
            let place = format!("{place}.{key}");
            let below = keys.below(&key);
            match (existing.object_value(), value) {
                (Some(entry), CstInputValue::Object(inner)) if is_of_a_person(entry.get("type")) => {
                    let marks = inner.iter().filter(|(key, _)| MARKS.contains(&key.as_str()));
                    self.merge_into(&entry, &marks.cloned().collect(), &place, below);
                }
                _ if (keys == Keys::Fields || key == "items") && is_of_a_person(Some(existing.clone())) => {}
                (Some(entry), CstInputValue::Object(inner)) if same_type(&entry, inner) => {
                    self.merge_into(&entry, inner, &place, below);
                }
                _ => {
                    let old = existing.to_serde_value().unwrap_or_default();
                    let new = to_json(value);
                    if old != new {
                        self.note(What::Changed, place, format!("{} → {}", brief(&old), brief(&new)));
                        existing.set_value(value.clone());
                    }
                }
            }
        }
    }

    /// The names of the properties that it has for a type.
    pub(super) fn properties(&self, ty: &str) -> BTreeSet<String> {
        let fields = self.object(&[ty.to_owned(), "fields".to_owned()]);
        fields.map(|fields| fields.properties()).unwrap_or_default().iter().filter_map(wire_name).collect()
    }

    fn object(&self, path: &[String]) -> Option<CstObject> {
        let types = self.root.object_value()?.object_value("types")?;
        path.iter().try_fold(types, |object, step| {
            entry(&object, step, true).and_then(|(found, _)| found.object_value())
        })
    }

    /// Tells of what the account does not have any more, and removes it if that is wished.
    pub(super) fn tell_gone(&mut self, path: &[String], known: &BTreeSet<String>, prune: bool) {
        let entries = self.object(path).map(|object| object.properties()).unwrap_or_default();
        for entry in entries {
            let (Some(key), Some(name)) = (decoded(&entry), wire_name(&entry)) else { continue };
            if known.contains(&name) {
                continue;
            }
            let place = format!("types.{}.{key}", path.join("."));
            if prune {
                entry.remove();
                self.note(What::Removed, place, "the account does not have it".to_owned());
            } else {
                self.note(What::Gone, place, "the account does not have it; `--prune` removes it".to_owned());
            }
        }
    }

    fn note(&mut self, what: What, place: String, detail: String) {
        let file = self.path.display().to_string();
        self.changes.push(Change { what, file, place, detail });
    }

    /// Whether it would be written.
    pub(super) fn is_changed(&self) -> bool {
        self.changes.iter().any(|change| change.what != What::Gone)
    }

    pub(super) fn on_disk(&self) -> Option<String> {
        self.before.clone()
    }

    pub(super) fn write(&self) -> Result<(), Failure> {
        self.restore(Some(self.root.to_string()))
    }

    /// Gives the file this text, or removes it.
    pub(super) fn restore(&self, text: Option<String>) -> Result<(), Failure> {
        let done = match text {
            Some(text) => std::fs::write(&self.path, text),
            None => std::fs::remove_file(&self.path),
        };
        done.map_err(|error| format!("cannot write {}: {error}", self.path.display()).into())
    }
}

/// The types that are written here; another one was chosen by a person.
const TYPES: &[&str] = &["object", "enum", "array", "string", "boolean", "decimal", "date", "datetime"];

/// What is the account's to say of a property, whatever type a person has given it.
const MARKS: &[&str] = &["read_only", "sensitive"];

/// The entry of this name, and its key; a property may have got another key from a person.
fn entry(target: &CstObject, name: &str, by_wire_name: bool) -> Option<(CstObjectProp, String)> {
    let found = target.get(name).or_else(|| {
        let mut all = target.properties().into_iter();
        all.find(|entry| by_wire_name && wire_name(entry).as_deref() == Some(name))
    })?;
    let key = decoded(&found)?;
    Some((found, key))
}

fn decoded(entry: &CstObjectProp) -> Option<String> {
    entry.name()?.decoded_value().ok()
}

/// What the account calls it.
fn wire_name(entry: &CstObjectProp) -> Option<String> {
    let said = entry.object_value().and_then(|entry| entry.get("wire_name")?.to_serde_value());
    said.as_ref().and_then(Value::as_str).map(str::to_owned).or_else(|| decoded(entry))
}

/// Whether this `type` or `items`, or the entry that is only a type, is one that is never written here.
fn is_of_a_person(ty: Option<CstObjectProp>) -> bool {
    let ty = ty.and_then(|ty| ty.to_serde_value());
    ty.as_ref().and_then(Value::as_str).is_some_and(|ty| !TYPES.contains(&ty))
}

/// Whether both entries are of one type, so that the other keys of the one are still good with the other.
fn same_type(existing: &CstObject, wanted: &Entries) -> bool {
    let of = |value: Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
    let wanted_type = wanted.iter().find(|(key, _)| key == "type").map(|(_, value)| to_json(value));
    match of(wanted_type) {
        None => true,
        wanted => of(existing.get("type").and_then(|ty| ty.to_serde_value())) == wanted,
    }
}

fn to_json(value: &CstInputValue) -> Value {
    match value {
        CstInputValue::Null => Value::Null,
        CstInputValue::Bool(value) => (*value).into(),
        CstInputValue::Number(text) => serde_json::from_str(text).unwrap_or_default(),
        CstInputValue::String(text) => text.as_str().into(),
        CstInputValue::Array(items) => items.iter().map(to_json).collect(),
        CstInputValue::Object(entries) => {
            Value::Object(entries.iter().map(|(key, value)| (key.clone(), to_json(value))).collect())
        }
    }
}

/// What an entry is, in a word or two.
fn summary(value: &CstInputValue) -> String {
    brief(&to_json(value))
}

fn brief(value: &Value) -> String {
    let title =
        |value: &Value| value["title"].as_str().map(|title| format!(", {title:?}")).unwrap_or_default();
    match value {
        Value::Object(map) => match map.get("type").and_then(Value::as_str) {
            Some("object") => {
                let names = map["fields"].as_object().into_iter().flat_map(serde_json::Map::keys);
                format!("with {}", names.cloned().collect::<Vec<_>>().join(", "))
            }
            Some("enum") => {
                format!(
                    "enum of {}{}",
                    map["values"].as_object().map_or(0, serde_json::Map::len),
                    title(value)
                )
            }
            Some(ty) => format!("{ty}{}", title(value)),
            None => title(value).trim_start_matches([',', ' ']).to_owned(),
        },
        other => other.to_string(),
    }
}

impl Change {
    /// Whether it waits for `--prune`.
    pub(super) fn is_left(&self) -> bool {
        self.what == What::Gone
    }

    pub(super) fn to_json(&self) -> Value {
        json!({ "change": self.what.word(), "file": self.file, "place": self.place, "detail": self.detail })
    }
}

impl What {
    const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Gone => "gone",
            Self::Removed => "removed",
        }
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:8} {}: {}: {}", self.what.word(), self.file, self.place, self.detail)
    }
}
