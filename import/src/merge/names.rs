//! Names across files: operations keep the names of their actions, and types are found again where they have moved.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{CONNECTOR, Earlier, Trees, names_in};
use crate::out::Json;

/// Module and name of an action.
pub(crate) type Pin = (String, String);

/// What is named already.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pins {
    /// Modules and names of the actions of an operation (`GET /notes/{}`).
    pub(crate) actions: HashMap<String, Vec<Pin>>,
    /// The same without the API's version in the path.
    pub(crate) timeless: HashMap<String, Vec<Pin>>,
    /// Names of actions that are taken.
    pub(crate) taken: HashSet<Pin>,
    /// Modules that were written by hand.
    pub(crate) modules: HashSet<String>,
    /// Types that were written by hand.
    pub(crate) types: HashSet<String>,
}

impl Earlier {
    pub(crate) fn pins(&self) -> Pins {
        let mut pins = Pins::default();
        let mut base = self.base.clone();
        follow_renames(&mut base, &self.mine);
        // What is there goes before what was.
        for (trees, is_now) in [(&self.mine, true), (&base, false)] {
            for (file, tree) in trees {
                let module = file.trim_end_matches(".json").to_owned();
                if !self.is_imported(file) {
                    pins.modules.insert(module);
                    continue;
                }
                for (name, action) in tree.get("actions").map(Json::members).unwrap_or_default() {
                    let pin = (module.clone(), name.clone());
                    if let Some(http) = action.get("http").and_then(Json::as_str) {
                        let exact = operation(http);
                        let timeless = crate::name::without_version(&exact);
                        for (key, known) in [(exact, &mut pins.actions), (timeless, &mut pins.timeless)] {
                            let known = known.entry(key).or_default();
                            if !known.contains(&pin) {
                                known.push(pin.clone());
                            }
                        }
                    }
                    if is_now {
                        pins.taken.insert(pin);
                    }
                }
            }
        }
        let known: HashSet<String> = self.base.values().flat_map(|tree| names_in(tree, "types")).collect();
        let now = self.mine.values().flat_map(|tree| names_in(tree, "types"));
        pins.types = now.filter(|name| !known.contains(name)).collect();
        pins
    }
}

/// `GET /notes/{noteId}` → `GET /notes/{}`
pub(crate) fn operation(http: &str) -> String {
    let mut out = String::new();
    let mut rest = http;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        out.push_str("{}");
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    out + rest
}

/// Gives actions that were renamed by hand their new names in what was imported.
pub(super) fn follow_renames(base: &mut Trees, mine: &Trees) {
    for (file, tree) in base {
        let Some(now) = mine.get(file).and_then(|tree| tree.get("actions")) else { continue };
        let before = names_in(tree, "actions");
        let http = |action: &Json| action.get("http").and_then(Json::as_str).map(operation);
        let mut new: HashMap<String, &String> = HashMap::new();
        for (name, action) in now.members().iter().filter(|(name, _)| !before.contains(name)) {
            new.extend(http(action).map(|http| (http, name)));
        }
        let actions = tree.members_mut().and_then(|members| {
            members
                .iter_mut()
                .find(|(key, _)| key == "actions")
                .and_then(|(_, actions)| actions.members_mut())
        });
        for (name, action) in actions.into_iter().flatten() {
            if now.get(name).is_none()
                && let Some(renamed) = http(action).and_then(|http| new.remove(&http))
            {
                name.clone_from(renamed);
            }
        }
    }
}

/// A type that is in another file now is moved there first, so that it is compared with itself.
pub(super) fn follow_moves(base: &mut Trees, mine: &mut Trees, theirs: &Trees) {
    let place = |trees: &Trees, name: &str| {
        trees
            .iter()
            .find(|(_, tree)| tree.get("types").is_some_and(|types| types.get(name).is_some()))
            .map(|(file, _)| file.clone())
    };
    let names: BTreeSet<String> = base.values().flat_map(|tree| names_in(tree, "types")).collect();
    for name in names {
        let (Some(from), Some(to)) = (place(base, &name), place(theirs, &name)) else { continue };
        let now = place(mine, &name);
        if from == to || now.as_ref().is_some_and(|now| *now != from) {
            continue;
        }
        relocate(base, &name, &from, &to);
        if now.is_some() {
            relocate(mine, &name, &from, &to);
        }
    }
}

fn relocate(trees: &mut Trees, name: &str, from: &str, to: &str) {
    let Some(taken) = trees.get_mut(from).and_then(|tree| group(tree, "types")).and_then(|types| {
        let at = types.iter().position(|(known, _)| known == name)?;
        Some(types.remove(at))
    }) else {
        return;
    };
    let target = trees.entry(to.to_owned()).or_insert_with(|| Json::Object(Vec::new()));
    if let Some(types) = group(target, "types") {
        types.push(taken);
    }
}

/// The members of a group of a file, which is made where there is none.
fn group<'t>(tree: &'t mut Json, key: &str) -> Option<&'t mut Vec<(String, Json)>> {
    let members = tree.members_mut()?;
    let at = match members.iter().position(|(known, _)| known == key) {
        Some(at) => at,
        None => {
            members.push((key.to_owned(), Json::Object(Vec::new())));
            members.len() - 1
        }
    };
    members[at].1.members_mut()
}

/// The types and scopes that are gone though something that stays names them.
pub(super) fn missing<'t>(
    before: &Trees,
    merged: &Trees,
    by_hand: impl Iterator<Item = &'t Json>,
) -> BTreeSet<String> {
    let declared = |trees: &Trees| -> HashSet<String> {
        let scopes = trees.get(CONNECTOR).map(|tree| names_in(tree, "scopes")).unwrap_or_default();
        trees.values().flat_map(|tree| names_in(tree, "types")).chain(scopes).collect()
    };
    let there = declared(merged);
    let gone: HashSet<String> = declared(before).into_iter().filter(|name| !there.contains(name)).collect();
    let mut named = BTreeSet::new();
    let mut open: Vec<&Json> = merged.values().collect();
    let by_hand: Vec<&Json> = by_hand.collect();
    open.extend(&by_hand);
    while let Some(value) = open.pop() {
        match value {
            Json::Text(text) if gone.contains(text) => drop(named.insert(text.clone())),
            Json::Array(items) => open.extend(items),
            Json::Object(members) => open.extend(members.iter().map(|(_, value)| value)),
            _ => {}
        }
    }
    named
}

/// Puts a type or scope that is there now into what the documents give; says where.
pub(super) fn restore(name: &str, mine: &Trees, theirs: &mut Trees) -> Option<(String, &'static str)> {
    let found = mine.iter().find_map(|(file, tree)| {
        let kinds = ["types", "scopes"];
        kinds.into_iter().find_map(|kind| Some((file, kind, tree.get(kind)?.get(name)?)))
    });
    let (file, kind, value) = found?;
    // Where its module is gone, it belongs to all.
    let file = if theirs.contains_key(file) { file.as_str() } else { CONNECTOR };
    group(theirs.get_mut(file)?, kind)?.push((name.to_owned(), value.clone()));
    Some((file.to_owned(), kind))
}
