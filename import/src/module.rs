//! Names of modules: one for each document, or for each group of a large one's operations.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use typed_connector_specs::text::{RESERVED_MODULES, Value};

use crate::merge::{Pin, Pins};
use crate::name::{is_version, rank};
use crate::operation::Operation;
use crate::read::Document;
use crate::text::{self, singular, snake};

/// Tags that sort operations by kind and not by thing.
const GENERIC: &[&str] = &[
    "basic",
    "batch",
    "advanced",
    "search",
    "core",
    "default",
    "public",
    "private",
    "beta",
    "api",
    "apis",
    "general",
    "misc",
    "other",
    "internal",
    "deprecated",
    "crud",
    "rest",
    "v1",
    "v2",
    "v3",
];

/// Words of titles that name nothing.
const EMPTY: &[&str] = &[
    "api",
    "apis",
    "rest",
    "restful",
    "openapi",
    "the",
    "public",
    "specification",
    "spec",
    "docs",
    "documentation",
    "http",
    "swagger",
];

/// A module: what it is called and what it is about.
#[derive(Debug, Clone, Default)]
pub(crate) struct Module {
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    /// The file that it is from.
    pub(crate) source: String,
}

/// Names the module of every operation.
pub(crate) fn assign(
    documents: &[Document],
    operations: &mut [Operation<'_>],
    pins: &Pins,
) -> BTreeMap<String, Module> {
    let mut wanted: Vec<(usize, Option<String>)> = Vec::new();
    for (at, _) in documents.iter().enumerate() {
        let own: Vec<_> = operations.iter().filter(|operation| operation.document == at).collect();
        let groups = groups(&own);
        wanted.extend(groups.into_iter().map(|group| (at, group)));
    }
    let kept = kept(operations, &wanted, pins);
    // Where the operations of a group are already.
    let mut before: HashMap<(usize, Option<String>), &str> = HashMap::new();
    for (group, kept) in wanted.iter().zip(&kept) {
        if let Some((module, _)) = kept {
            before.entry(group.clone()).or_insert(module);
        }
    }
    // One name for each pair of document and group; a name that two want goes to the newest version.
    let mut names: HashMap<(usize, Option<String>), String> = HashMap::new();
    let mut used: HashSet<String> = pins.modules.clone();
    used.extend(RESERVED_MODULES.iter().map(|name| (*name).to_owned()));
    let mut distinct: Vec<_> = wanted.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let version_of = |at: usize| version(operations, at);
    distinct.sort_by(|a, b| {
        rank(version_of(b.0).as_deref()).cmp(&rank(version_of(a.0).as_deref())).then_with(|| a.cmp(b))
    });
    for (at, group) in distinct {
        let document = &documents[at];
        let base = document_name(document, operations, at);
        let short = group.as_deref().map_or_else(|| base.clone(), snake);
        let version = snake(&version_of(at).unwrap_or_default());
        let long = match &group {
            Some(group) => format!("{base}_{}", snake(group)),
            None => base.clone(),
        };
        let before = before.get(&(at, group.clone())).map(|module| (*module).to_owned());
        let candidates = [
            short.clone(),
            if group.is_some() { long.clone() } else { format!("{short}_{version}") },
            format!("{long}_{version}"),
            snake(&document.stem),
        ];
        let candidates = before.into_iter().chain(candidates.into_iter().map(|name| valid(&name)));
        let free = candidates.into_iter().find(|name| !used.contains(name));
        let name = free.unwrap_or_else(|| {
            (2..=used.len() + 2)
                .map(|n| valid(&format!("{short}_{n}")))
                .find(|name| !used.contains(name))
                .unwrap_or_default()
        });
        used.insert(name.clone());
        names.insert((at, group), name);
    }
    let mut modules = BTreeMap::new();
    for (at, document) in documents.iter().enumerate() {
        let indices: Vec<_> =
            (0..operations.len()).filter(|index| operations[*index].document == at).collect();
        let by_tag = groups(&indices.iter().map(|index| &operations[*index]).collect::<Vec<_>>());
        for (index, group) in indices.into_iter().zip(by_tag) {
            let Some(name) = names.get(&(at, group.clone())) else { continue };
            let name = match &kept[index] {
                Some((module, action)) => {
                    operations[index].kept = Some(action.clone());
                    module
                }
                None => name,
            };
            operations[index].module.clone_from(name);
            let module = Module {
                title: title(document, group.as_deref(), name),
                description: about(document, group.as_deref()),
                source: document.name.clone(),
            };
            modules.entry(name.clone()).or_insert(module);
        }
    }
    modules
}

type Group = (usize, Option<String>);

/// The module and the name that operations have from an earlier import; each goes to one operation. Where nothing has exactly
/// this path, the same in another version of the API is meant.
fn kept(operations: &[Operation<'_>], groups: &[Group], pins: &Pins) -> Vec<Option<Pin>> {
    let mut kept: Vec<Option<Pin>> = vec![None; operations.len()];
    for timeless in [false, true] {
        let found: Vec<&[Pin]> = operations
            .iter()
            .map(|operation| {
                let exact = crate::parameter::pattern(operation);
                let pins = match timeless {
                    false => pins.actions.get(&exact),
                    true => pins.timeless.get(&crate::name::without_version(&exact)),
                };
                pins.map_or(&[][..], Vec::as_slice)
            })
            .collect();
        keep(groups, &found, &mut kept);
    }
    kept
}

/// A module is that of a group if at least half of its operations are there: several documents may describe the same few
/// operations.
fn keep(groups: &[Group], found: &[&[Pin]], kept: &mut [Option<Pin>]) {
    let mut sizes: HashMap<&Group, usize> = HashMap::new();
    let mut counts: HashMap<(&Group, &str), usize> = HashMap::new();
    for (group, pins) in groups.iter().zip(found) {
        *sizes.entry(group).or_default() += 1;
        for (module, _) in *pins {
            *counts.entry((group, module)).or_default() += 1;
        }
    }
    let mut given: HashSet<Pin> = kept.iter().flatten().cloned().collect();
    for ((group, pins), kept) in groups.iter().zip(found).zip(kept).filter(|(_, kept)| kept.is_none()) {
        let share = |module: &str| counts.get(&(group, module)).copied().unwrap_or_default();
        let there = pins.iter().filter(|(module, _)| 2 * share(module) >= sizes[group]);
        let pin = there.filter(|pin| !given.contains(*pin)).max_by_key(|(module, _)| share(module));
        given.extend(pin.cloned());
        *kept = pin.cloned();
    }
}

fn valid(name: &str) -> String {
    let name = name.trim_matches('_');
    // `connector.json` is the connector's own file.
    if name.is_empty() || name == "connector" || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return format!("api_{name}").trim_end_matches('_').to_owned();
    }
    match typed_connector_specs::text::snake(name) {
        Some(ident) if ident == name => ident,
        _ => format!("{name}_api"),
    }
}

/// The group of each operation; `None` where the document is one module.
fn groups(operations: &[&Operation<'_>]) -> Vec<Option<String>> {
    let none = || vec![None; operations.len()];
    let places: BTreeSet<_> =
        operations.iter().filter_map(|operation| first_word(operation, operations)).collect();
    if places.len() < 2 && operations.len() < 60 {
        return none();
    }
    let tags: Vec<Option<String>> = operations
        .iter()
        .map(|operation| {
            let tag = crate::operation::items(operation.node.get("tags")).first().and_then(Value::as_str)?;
            let name = snake(tag);
            (!name.is_empty() && !GENERIC.contains(&name.as_str())).then_some(name)
        })
        .collect();
    if tags.iter().all(Option::is_some) && tags.iter().collect::<BTreeSet<_>>().len() > 1 {
        return tags;
    }
    let ids: Vec<Option<String>> = operations
        .iter()
        .map(|operation| {
            let id = operation.id()?;
            let (group, _) = id.split_once('/').or_else(|| id.rsplit_once('.'))?;
            let name = snake(group);
            (!name.is_empty() && !id.contains('{')).then_some(name)
        })
        .collect();
    if ids.iter().all(Option::is_some) && ids.iter().collect::<BTreeSet<_>>().len() > 1 {
        return ids;
    }
    if operations.len() < 60 {
        return none();
    }
    operations.iter().map(|operation| first_word(operation, operations)).collect()
}

fn words(path: &str) -> Vec<&str> {
    path.split('/').filter(|segment| !segment.is_empty() && !is_version(segment)).collect()
}

/// The first word of a path in which not all are the same.
fn first_word(operation: &Operation<'_>, all: &[&Operation<'_>]) -> Option<String> {
    let paths: Vec<_> = all.iter().map(|operation| words(operation.path)).collect();
    let shortest = paths.iter().map(Vec::len).min().unwrap_or_default();
    let same = |at: usize| paths.iter().all(|path| path[at] == paths[0][at]);
    let common = (0..shortest).take_while(|at| same(*at)).count();
    let word = words(operation.path).get(common).copied().filter(|word| !word.starts_with('{'))?;
    let name = snake(word);
    name.starts_with(|c: char| c.is_ascii_lowercase()).then_some(name)
}

/// The version that most of a document's paths have.
fn version(operations: &[Operation<'_>], at: usize) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for operation in operations.iter().filter(|operation| operation.document == at) {
        if let Some(version) = operation.path.split('/').find(|segment| is_version(segment)) {
            *counts.entry(version).or_default() += 1;
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(version, _)| version.to_owned())
}

/// What a document is about, in snake case.
fn document_name(document: &Document, operations: &[Operation<'_>], at: usize) -> String {
    let title = document.root.get("info").and_then(|info| info.get("title")).and_then(Value::as_str);
    let mut words: Vec<String> = Vec::new();
    for word in snake(title.unwrap_or_default()).split('_') {
        let empty =
            EMPTY.contains(&word) || is_version(word) || word.bytes().all(|byte| byte.is_ascii_digit());
        if !empty && !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    let first = operations.iter().find(|operation| operation.document == at);
    let segments: Vec<_> = first.map(|operation| words_of(operation.path)).unwrap_or_default();
    // «Auth Oauth», where the path has `oauth`.
    if words.len() > 1 {
        let in_path: Vec<_> = words
            .iter()
            .filter(|word| segments.iter().any(|s| s == *word || singular(s) == singular(word)))
            .cloned()
            .collect();
        let squeezed = words.len() == 2
            && in_path.len() == 1
            && in_path[0] != words[0]
            && in_path[0].contains(&words[0]);
        if squeezed {
            words = in_path;
        }
    }
    // What the first part of every path says (`crm`, `cms`) tells no document from its neighbours.
    if words.len() > 1
        && let Some(area) = segments.first().filter(|_| segments.len() > 1)
    {
        words.retain(|word| word != area);
    }
    if words.is_empty() || words.len() > 4 {
        let stem = document.stem.split('.').find(|part| !is_version(part)).unwrap_or(&document.stem);
        let stem = snake(stem);
        if !matches!(stem.as_str(), "" | "openapi" | "swagger" | "spec" | "index") {
            return stem;
        }
        words.truncate(3);
    }
    let name = if words.is_empty() { "api".to_owned() } else { words.join("_") };
    // «Marketing Events» at `/marketing/marketing-events`
    let everywhere = |segment: &String| {
        operations
            .iter()
            .filter(|o| o.document == at)
            .all(|operation| words_of(operation.path).contains(segment))
    };
    let longer = |segment: &&String| segment.ends_with(&format!("_{name}")) && everywhere(segment);
    if segments.contains(&name) {
        return name;
    }
    segments.iter().find(longer).cloned().unwrap_or(name)
}

fn words_of(path: &str) -> Vec<String> {
    words(path).into_iter().filter(|word| !word.starts_with('{')).map(snake).collect()
}

fn title(document: &Document, group: Option<&str>, name: &str) -> String {
    let of_document = document.root.get("info").and_then(|info| text::title(info.get("title")));
    let version = is_version(name.rsplit('_').next().unwrap_or_default());
    match (group, of_document) {
        (None, Some(title)) if !version => title,
        _ => text::humane(name),
    }
}

fn about(document: &Document, group: Option<&str>) -> Option<String> {
    let Some(group) = group else {
        let info = document.root.get("info")?;
        return text::about(info);
    };
    let tags = crate::operation::items(document.root.get("tags"));
    let tag = tags
        .iter()
        .find(|tag| tag.get("name").and_then(Value::as_str).is_some_and(|name| snake(name) == group))?;
    text::description(tag.get("description"))
}
