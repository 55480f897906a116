//! A file that extends the connector, with what a person wrote in it.

use std::path::{Path, PathBuf};

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstObject, CstRootNode};
use serde_json::{Value, json};

use super::account::Definitions;
use super::wanted::{Entries, Kind, TEXTS};
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
        self.merge_into(&target, types, "types");
        Ok(())
    }

    fn merge_into(&mut self, target: &CstObject, wanted: &Entries, place: &str) {
        // Keys of these are names that the account has given, and not keys of the format.
        let (names, choices) = (place.ends_with(".fields"), place.ends_with(".values"));
        for (key, value) in wanted {
            // An entry's title and the like are a person's to change or to leave out.
            if TEXTS.contains(&key.as_str()) && !names && !choices {
                continue;
            }
            let place = format!("{place}.{key}");
            let Some(existing) = target.get(key) else {
                self.note(What::Added, place, summary(value));
                target.append(key, value.clone());
                continue;
            };
            if choices {
                continue; // what a value is called is a person's to change, too
            }
            match (existing.object_value(), value) {
                (Some(entry), CstInputValue::Object(inner)) if same_type(&entry, inner) => {
                    self.merge_into(&entry, inner, &place);
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

    /// Tells of properties that the account does not have any more, and removes them if that is wished.
    pub(super) fn tell_gone(&mut self, kind: &Kind<'_>, definitions: &Definitions, prune: bool) {
        let fields = self.root.object_value().and_then(|root| {
            root.object_value("types")?.object_value(kind.type_name())?.object_value("fields")
        });
        for field in fields.map(|fields| fields.properties()).unwrap_or_default() {
            let Some(key) = field.name().and_then(|name| name.decoded_value().ok()) else { continue };
            let wire_name = field.object_value().and_then(|entry| entry.get("wire_name")?.to_serde_value());
            let wire_name = wire_name.as_ref().and_then(Value::as_str).unwrap_or(&key);
            let is_known = definitions.properties.iter().any(|property| property.name == wire_name);
            if is_known || kind.has(wire_name) {
                continue;
            }
            let place = format!("types.{}.fields.{key}", kind.type_name());
            if prune {
                field.remove();
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
            Some("object") => format!("{} fields", map["fields"].as_object().map_or(0, serde_json::Map::len)),
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
