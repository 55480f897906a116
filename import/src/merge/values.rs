//! Three values become one: as it was imported last (`base`), as it is (`mine`), and as it is imported now (`theirs`).

use super::{Change, What};
use crate::out::Json;

/// Longest value in a report, in characters.
const MAX_SHOWN: usize = 60;

/// Merges the values of one file, and notes what happens to it.
pub(super) struct Merger<'a> {
    pub(super) file: &'a str,
    /// Whether what the documents do not have any more goes. After a mistake in a document nobody knows what it has.
    pub(super) removes: bool,
    pub(super) changes: Vec<Change>,
}

impl Merger<'_> {
    pub(super) fn value(
        &mut self,
        place: &str,
        base: Option<&Json>,
        mine: Option<&Json>,
        theirs: Option<&Json>,
    ) -> Option<Json> {
        let theirs = if theirs.is_none() && !self.removes { base } else { theirs };
        if is_same(mine, theirs) || is_same(base, theirs) {
            return mine.cloned();
        }
        let untouched = is_same(base, mine);
        match (mine, theirs) {
            (Some(mine), Some(theirs)) => Some(self.both(place, base, mine, theirs, untouched)),
            (None, Some(theirs)) if untouched => {
                self.note(What::Added, place, brief(theirs));
                Some(theirs.clone())
            }
            (Some(mine), None) if untouched => {
                self.note(What::Removed, place, brief(mine));
                None
            }
            (None, Some(theirs)) => {
                let detail = format!("it was removed by hand; the documents now have {}", brief(theirs));
                self.note(What::Conflict, place, detail);
                None
            }
            (Some(mine), None) if is_group(place) && base.is_some() => {
                let left = self.object(place, base, mine, &Json::Object(Vec::new()));
                (!left.members().is_empty()).then_some(left)
            }
            (Some(mine), None) => {
                let detail = "the documents do not have it any more; it was changed by hand and stays";
                self.note(What::Kept, place, detail.to_owned());
                Some(mine.clone())
            }
            (None, None) => None,
        }
    }

    fn both(
        &mut self,
        place: &str,
        base: Option<&Json>,
        mine: &Json,
        theirs: &Json,
        untouched: bool,
    ) -> Json {
        let wide = widest([base, Some(mine), Some(theirs)]);
        let (base, mine, theirs) =
            (base.map(|v| widened(v, wide)), widened(mine, wide), widened(theirs, wide));
        if let (Json::Object(_), Json::Object(_)) = (&mine, &theirs) {
            return self.object(place, base.as_ref(), &mine, &theirs);
        }
        if untouched {
            self.note(What::Changed, place, format!("{} → {}", brief(&mine), brief(&theirs)));
            return theirs;
        }
        let detail = format!(
            "{} stays, as it was written by hand; the documents now have {}",
            brief(&mine),
            brief(&theirs)
        );
        self.note(What::Conflict, place, detail);
        mine
    }

    /// Key by key, in the order of what is there; what is new follows what it follows in the import.
    fn object(&mut self, place: &str, base: Option<&Json>, mine: &Json, theirs: &Json) -> Json {
        let within = |key: &str| if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
        let of_base = |key: &str| base.and_then(|base| base.get(key));
        let mut merged: Vec<(String, Json)> = Vec::new();
        for (key, value) in mine.members() {
            if let Some(value) = self.value(&within(key), of_base(key), Some(value), theirs.get(key)) {
                merged.push((key.clone(), value));
            }
        }
        let mut before: Option<&str> = None;
        for (key, value) in theirs.members() {
            if mine.get(key).is_none()
                && let Some(value) = self.value(&within(key), of_base(key), None, Some(value))
            {
                let at = before.and_then(|before| merged.iter().position(|(known, _)| known == before));
                merged.insert(at.map_or(0, |at| at + 1), (key.clone(), value));
            }
            if merged.iter().any(|(known, _)| known == key) {
                before = Some(key);
            }
        }
        Json::Object(merged)
    }

    pub(super) fn note(&mut self, what: What, place: &str, detail: String) {
        self.changes.push(Change { what, file: self.file.to_owned(), place: place.to_owned(), detail });
    }
}

/// Whether the keys at this place are names, each with something of its own.
fn is_group(place: &str) -> bool {
    let parts: Vec<_> = place.split('.').collect();
    match parts.as_slice() {
        ["types" | "actions" | "scopes"] | ["actions", _, "body", "fields"] => true,
        ["types", _, group] => matches!(*group, "fields" | "envelope" | "values" | "variants"),
        ["actions", _, group] => matches!(*group, "path" | "query" | "headers"),
        _ => false,
    }
}

fn is_same(one: Option<&Json>, other: Option<&Json>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.is_same(other),
        (one, other) => one.is_none() && other.is_none(),
    }
}

/// The key that a short form (`"amount": "decimal"`, `"won": "Won"`) stands for, where one of the values has the long form.
fn widest(values: [Option<&Json>; 3]) -> Option<&'static str> {
    let has = |key: &str| values.iter().flatten().any(|value| value.get(key).is_some());
    ["type", "title"].into_iter().find(|key| has(key))
}

fn widened(value: &Json, key: Option<&str>) -> Json {
    match (value, key) {
        (Json::Text(_), Some(key)) => Json::Object(vec![(key.to_owned(), value.clone())]),
        _ => value.clone(),
    }
}

/// A value in a few words.
pub(super) fn brief(value: &Json) -> String {
    let text = |key: &str| value.get(key).and_then(Json::as_str);
    let count = |key: &str| value.get(key).map_or(0, |inner| inner.members().len());
    match (text("http"), text("type")) {
        (Some(http), _) => http.to_owned(),
        (_, Some("enum")) => format!("an enum of {} values", count("values")),
        (_, Some(kind @ ("object" | "input"))) => format!("{kind} of {} fields", count("fields")),
        _ => {
            let flat = value.flat();
            match flat.char_indices().nth(MAX_SHOWN) {
                Some((end, _)) => format!("{}…", &flat[..end]),
                None => flat,
            }
        }
    }
}
