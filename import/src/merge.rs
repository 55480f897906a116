//! Importing again: what was changed by hand since the last import stays.
//!
//! A merge of three: the files as they were imported last, as they are, and as they are imported now. Where only one side has
//! changed, that change is taken; where both have, the hand's stays and is told of.

mod names;
mod values;
mod write;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;

use typed_connector_specs::Diagnostics;
use typed_connector_specs::text::{Problems, SourceFile, Value, parse_to_depth};

use self::values::Merger;
use crate::out::Json;

pub(crate) use self::names::{Pin, Pins};

/// Deepest nesting of a file; that of a spec.
const MAX_DEPTH: usize = 64;
/// The file that every connector has.
const CONNECTOR: &str = "connector.json";

/// The files of a connector's folder, by name.
pub type Files = BTreeMap<String, String>;

/// What happened to a part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum What {
    /// It was changed by hand and in the documents; the hand's stays.
    Conflict,
    /// The documents do not have it any more; it stays, for it was changed by hand or is still used.
    Kept,
    /// It is new in the documents.
    Added,
    /// The documents have changed it.
    Changed,
    /// The documents do not have it any more.
    Removed,
}

/// One difference between an import and the one before it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Change {
    /// What happened.
    pub what: What,
    /// `deals.json`
    pub file: String,
    /// `actions.create.title`; empty for the whole file.
    pub place: String,
    /// The values, in short.
    pub detail: String,
}

impl What {
    /// One word for it: `added`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Conflict => "conflict",
            Self::Kept => "kept",
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:8} {}", self.what.word(), self.file)?;
        for text in [&self.place, &self.detail] {
            if !text.is_empty() {
                write!(f, ": {text}")?;
            }
        }
        Ok(())
    }
}

type Trees = BTreeMap<String, Json>;

/// A folder that was imported before.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// As it was imported.
    base: Trees,
    /// As it is.
    mine: Trees,
    texts: Files,
    /// The text of the last import, for files that nobody has touched.
    imported: Files,
    /// Where values stand in `texts`.
    places: BTreeMap<String, Value>,
}

/// What an import and an earlier one become.
pub(crate) struct Merged {
    pub(crate) files: Files,
    pub(crate) changes: Vec<Change>,
}

impl Earlier {
    /// The files of a folder as they were imported last (`imported`; empty where all were written by hand) and as they are now.
    ///
    /// # Errors
    /// Where a file is no JSON.
    pub fn read(folder: &Path, imported: Files, now: Files) -> Result<Self, Diagnostics> {
        let (base, _) = trees(&folder.join(".import/files"), &imported)?;
        let (mine, places) = trees(folder, &now)?;
        Ok(Self { base, mine, texts: now, imported, places })
    }

    /// Whether an import wrote this file.
    fn is_imported(&self, file: &str) -> bool {
        file == CONNECTOR || self.base.contains_key(file)
    }

    /// Puts what the documents give now (`theirs`) into the files. Where `removes` is not set, nothing is taken away.
    pub(crate) fn merge(&self, theirs: &Files, removes: bool) -> Merged {
        let Ok((theirs_now, _)) = trees(Path::new(""), theirs) else {
            // What was just written is JSON.
            return Merged { files: theirs.clone(), changes: Vec::new() };
        };
        let mut keep: BTreeSet<String> = BTreeSet::new();
        loop {
            let (trees, mut changes, missing) = self.attempt(&theirs_now, &keep, removes);
            if missing.is_subset(&keep) {
                changes.sort_by_key(|change| change.what);
                return Merged { files: self.texts_of(&trees, &theirs_now, theirs), changes };
            }
            keep.extend(missing);
        }
    }

    /// One merge in which the types and scopes of `keep` stay; the last part are those that are gone and still named.
    fn attempt(
        &self,
        theirs: &Trees,
        keep: &BTreeSet<String>,
        removes: bool,
    ) -> (Trees, Vec<Change>, BTreeSet<String>) {
        let (mut base, mut mine, mut theirs) = (self.base.clone(), self.mine.clone(), theirs.clone());
        mine.retain(|file, _| self.is_imported(file));
        names::follow_renames(&mut base, &mine);
        names::follow_moves(&mut base, &mut mine, &theirs);
        let mut changes = Vec::new();
        for name in keep {
            if let Some((file, group)) = names::restore(name, &mine, &mut theirs) {
                let detail =
                    "the documents do not have it any more; it stays, for it is still used".to_owned();
                changes.push(Change { what: What::Kept, file, place: format!("{group}.{name}"), detail });
            }
        }
        let files: BTreeSet<&String> = base.keys().chain(mine.keys()).chain(theirs.keys()).collect();
        let mut merged = Trees::new();
        for file in files {
            let mut merger = Merger { file, removes, changes: Vec::new() };
            let tree = whole(&mut merger, base.get(file), mine.get(file), theirs.get(file));
            changes.append(&mut merger.changes);
            merged.extend(tree.map(|tree| (file.clone(), tree)));
        }
        let by_hand = self.mine.iter().filter(|(file, _)| !self.is_imported(file)).map(|(_, tree)| tree);
        let missing = names::missing(&mine, &merged, by_hand);
        (merged, changes, missing)
    }

    /// The texts of merged files: as they were imported where nobody has touched them, else with as few changes as can be.
    fn texts_of(&self, merged: &Trees, theirs: &Trees, imported: &Files) -> Files {
        let text = |(file, tree): (&String, &Json)| {
            let untouched = self.texts.get(file).is_none_or(|now| self.imported.get(file) == Some(now));
            let text = match (imported.get(file), self.places.get(file), self.texts.get(file)) {
                (Some(text), _, _) if untouched && theirs.get(file).is_some_and(|t| t.is_same(tree)) => {
                    text.clone()
                }
                (_, Some(places), Some(now)) => write::file(tree, places, now),
                _ => tree.pretty(),
            };
            (file.clone(), text)
        };
        merged.iter().map(text).collect()
    }
}

/// A whole file; `None` where there is none any more.
fn whole(
    merger: &mut Merger<'_>,
    base: Option<&Json>,
    mine: Option<&Json>,
    theirs: Option<&Json>,
) -> Option<Json> {
    match (base, mine, theirs) {
        (None, None, Some(theirs)) => {
            merger.note(What::Added, "", counted(theirs));
            Some(theirs.clone())
        }
        (Some(base), Some(mine), None) if merger.removes => {
            // What says what the module is stays as long as there is something in it.
            let head = |(key, _): &&(String, Json)| !matches!(key.as_str(), "types" | "actions");
            let theirs = Json::Object(base.members().iter().filter(head).cloned().collect());
            let mut within = Merger { file: merger.file, removes: true, changes: Vec::new() };
            let tree = within.value("", Some(base), Some(mine), Some(&theirs))?;
            if ["types", "actions"].iter().any(|key| tree.get(key).is_some()) {
                merger.changes.append(&mut within.changes);
                return Some(tree);
            }
            merger.note(What::Removed, "", counted(mine));
            None
        }
        _ => merger.value("", base, mine, theirs),
    }
}

fn counted(file: &Json) -> String {
    let count = |key: &str| file.get(key).map_or(0, |part| part.members().len());
    format!("{} actions, {} types", count("actions"), count("types"))
}

/// Files as trees, and where the values stand in them.
fn trees(folder: &Path, files: &Files) -> Result<(Trees, BTreeMap<String, Value>), Diagnostics> {
    let named = |(name, text): (&String, &String)| {
        Arc::new(SourceFile::named(&folder.join(name).display().to_string(), text.clone()))
    };
    let sources: Vec<_> = files.iter().map(named).collect();
    let mut problems = Problems::new(sources);
    let mut places = BTreeMap::new();
    for (index, name) in files.keys().enumerate() {
        if let Some(value) = parse_to_depth(index, MAX_DEPTH, &mut problems) {
            places.insert(name.clone(), value);
        }
    }
    problems.finish()?;
    let trees = places.iter().map(|(name, value)| (name.clone(), Json::from(value))).collect();
    Ok((trees, places))
}

/// Names of a group of a file: of its types, of its actions.
fn names_in(file: &Json, group: &str) -> HashSet<String> {
    file.get(group).map(Json::members).unwrap_or_default().iter().map(|(name, _)| name.clone()).collect()
}
