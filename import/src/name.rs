//! Names of actions: `create`, `batch_read`, `get_stage`, from the ids of operations and from their paths.
//!
//! Each operation has several names, from the short to the long. All start with their shortest; where some are the same, these take
//! their next, until all differ. The result depends on nothing but the operations of the module.

use std::collections::{BTreeMap, HashSet};

use crate::operation::Operation;
use crate::text::{singular, snake};

/// Words that paths end with when they do something, instead of naming a thing.
const VERBS: &[&str] = &[
    "accept",
    "activate",
    "add",
    "approve",
    "archive",
    "assign",
    "attach",
    "authorize",
    "batch",
    "cancel",
    "change",
    "check",
    "clear",
    "clone",
    "close",
    "complete",
    "confirm",
    "convert",
    "copy",
    "create",
    "deactivate",
    "delete",
    "detach",
    "disable",
    "disconnect",
    "download",
    "duplicate",
    "enable",
    "end",
    "execute",
    "export",
    "extract",
    "fetch",
    "find",
    "finish",
    "follow",
    "gdpr",
    "generate",
    "get",
    "import",
    "install",
    "introspect",
    "invite",
    "join",
    "leave",
    "list",
    "lock",
    "login",
    "logout",
    "lookup",
    "mark",
    "merge",
    "move",
    "open",
    "pause",
    "pin",
    "preview",
    "process",
    "publish",
    "purge",
    "push",
    "query",
    "read",
    "refresh",
    "refund",
    "register",
    "reject",
    "release",
    "remove",
    "rename",
    "reopen",
    "reorder",
    "replace",
    "reply",
    "request",
    "reset",
    "resend",
    "resolve",
    "restore",
    "resume",
    "retry",
    "revert",
    "revoke",
    "run",
    "schedule",
    "search",
    "send",
    "set",
    "share",
    "sign",
    "start",
    "stop",
    "submit",
    "subscribe",
    "suspend",
    "swap",
    "sync",
    "test",
    "transfer",
    "trigger",
    "unarchive",
    "unassign",
    "unlock",
    "unpin",
    "unpublish",
    "unregister",
    "unschedule",
    "unsubscribe",
    "update",
    "upload",
    "upsert",
    "validate",
    "verify",
    "void",
];

/// What a record is found by, where it is not its id.
const KEYS: &[&str] = &["name", "email", "slug", "key", "code", "username", "domain", "path"];

/// A part of a path.
#[derive(Debug, Clone, PartialEq)]
enum Part {
    Word(String),
    Parameter(String),
    /// Something that names nothing, such as an object type's id (`0-3`).
    Opaque,
}

/// A version of an API in a path: `v3`, `2026-03`, `2026-03-01`.
pub(crate) fn is_version(segment: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let numbered = segment.strip_prefix(['v', 'V']).is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit())
            && rest.len() < 10
            && rest.split(['.', '_']).all(|part| {
                digits(part.trim_end_matches(|c: char| c.is_ascii_alphabetic()))
                    || part.bytes().all(|byte| byte.is_ascii_alphanumeric())
            })
    });
    let dated = segment.len() >= 7
        && segment.starts_with("20")
        && segment.split('-').count() > 1
        && segment.split('-').all(|part| digits(part) || matches!(part, "beta" | "alpha" | "preview"));
    numbered || dated
}

fn parts(path: &str) -> Vec<Part> {
    path.split('/')
        .filter(|segment| !segment.is_empty() && !is_version(segment))
        .flat_map(|segment| match (segment.find('{'), segment.find('}')) {
            (Some(0), Some(end)) if end + 1 == segment.len() => {
                vec![Part::Parameter(snake(&segment[1..end]))]
            }
            // `{id}:cancel`, `{name}.json`
            (Some(start), Some(end)) if start < end => {
                let (before, after) = (snake(&segment[..start]), snake(&segment[end + 1..]));
                let word = |word: String| (!word.is_empty()).then_some(Part::Word(word));
                let parameter = Part::Parameter(snake(&segment[start + 1..end]));
                word(before).into_iter().chain([parameter]).chain(word(after)).collect()
            }
            _ => vec![Part::Word(snake(segment))],
        })
        .map(|part| match part {
            Part::Word(word) if !word.starts_with(|c: char| c.is_ascii_lowercase()) => Part::Opaque,
            other => other,
        })
        // How it is carried out is no part of what it does.
        .filter(|part| *part != Part::Word("async".to_owned()))
        .collect()
}

/// Names all operations of a module.
pub(crate) fn actions(module: &str, operations: &mut [&mut Operation<'_>]) {
    let all: Vec<Vec<Part>> = operations.iter().map(|operation| parts(operation.path)).collect();
    let shared = common(&all);
    let siblings: HashSet<(String, String)> =
        operations.iter().map(|operation| (operation.method.clone(), open(operation.path))).collect();
    let names: Vec<Vec<String>> = operations
        .iter()
        .zip(&all)
        .map(|(operation, parts)| candidates(module, operation, &parts[shared..], &siblings))
        .collect();
    let mut level = vec![0_usize; names.len()];
    let at = |level: &[usize], index: usize| names[index][level[index].min(names[index].len() - 1)].clone();
    loop {
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for index in 0..names.len() {
            groups.entry(at(&level, index)).or_default().push(index);
        }
        let mut moved = false;
        for same in groups.values().filter(|same| same.len() > 1) {
            // The shortest path keeps the short name, if it is alone in that.
            let length = |index: usize| all[index].len();
            let least = same.iter().map(|index| length(*index)).min().unwrap_or_default();
            let keeps = same.iter().filter(|index| length(**index) == least).count() == 1;
            for &index in same {
                if keeps
                    && length(index) == least
                    && same.iter().any(|i| *i != index && level[*i] + 1 < names[*i].len())
                {
                    continue;
                }
                if level[index] + 1 < names[index].len() {
                    level[index] += 1;
                    moved = true;
                }
            }
        }
        if !moved {
            break;
        }
    }
    let mut taken = HashSet::new();
    for (index, operation) in operations.iter_mut().enumerate() {
        let name = at(&level, index);
        let mut free = name.clone();
        let mut number = 2;
        // Rust sees them in camel case, where `get_2` and `get2` are the same.
        while !taken.insert(crate::text::camel(&free)) {
            free = format!("{name}_{number}");
            number += 1;
        }
        operation.name = free;
    }
}

/// How many parts all paths start with.
fn common(all: &[Vec<Part>]) -> usize {
    let Some(first) = all.first() else { return 0 };
    let same = |at: usize| {
        !matches!(first[at], Part::Parameter(_)) && all.iter().all(|parts| parts.get(at) == Some(&first[at]))
    };
    let length = (0..first.len()).take_while(|at| same(*at)).count();
    // What all have in common names the module; where one has nothing else, its last word says what it is about.
    let bare = all
        .iter()
        .any(|parts| !parts[length..].iter().any(|part| matches!(part, Part::Word(_) | Part::Opaque)));
    if bare && matches!(first.get(length.wrapping_sub(1)), Some(Part::Word(_))) { length - 1 } else { length }
}

/// The path with its parameters' names left out.
fn open(path: &str) -> String {
    let piece = |segment: &str| if segment.starts_with('{') { "{}".to_owned() } else { segment.to_owned() };
    path.trim_end_matches('/').split('/').map(piece).collect::<Vec<_>>().join("/")
}

fn candidates(
    module: &str,
    operation: &Operation<'_>,
    parts: &[Part],
    siblings: &HashSet<(String, String)>,
) -> Vec<String> {
    let by_path = by_path(module, operation, parts, siblings);
    let mut list = match words_of_id(operation) {
        Some(words) => by_id(module, &words, parts),
        None => Vec::new(),
    };
    list.extend(by_path);
    let parameters: Vec<_> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Parameter(name) if !name.is_empty() => Some(name.as_str()),
            _ => None,
        })
        .collect();
    if let (Some(first), false) = (list.first().cloned(), parameters.is_empty()) {
        list.push(format!("{first}_by_{}", parameters.join("_and_")));
    }
    for name in &mut list {
        *name = valid(name);
    }
    list.dedup();
    list
}

/// A name that the format takes.
fn valid(name: &str) -> String {
    let name = snake(name);
    if name.starts_with(|c: char| c.is_ascii_lowercase()) { name } else { format!("call_{name}") }
}

/// The words of `operationId`, unless it only repeats method and path.
fn words_of_id(operation: &Operation<'_>) -> Option<Vec<String>> {
    let id = operation.id()?.trim();
    let method = operation.method.to_lowercase();
    let id = match id.strip_prefix(&format!("{method}-{}", operation.path)) {
        Some(rest) => rest.strip_prefix('_').unwrap_or(rest),
        None => id,
    };
    if id.is_empty() || id.starts_with('/') {
        return None;
    }
    let last = id.rsplit(['/', '.', '#', ':']).next().unwrap_or(id);
    let mut words: Vec<String> =
        snake(last).split('_').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    // `listPetsUsingGET_1`
    if let Some(at) = words.iter().position(|word| word == "using").filter(|at| *at > 0)
        && words.get(at + 1).is_some_and(|word| crate::keys::is_method(word))
    {
        words.truncate(at);
    }
    let of_path: HashSet<String> = snake(operation.path).split('_').map(singular).collect();
    let repeats = words.len() > 2
        && words[0] == method
        && words[1..].iter().all(|word| of_path.contains(&singular(word)));
    let statics = parts(operation.path).iter().filter(|part| matches!(part, Part::Word(_))).count();
    let only_repeats = repeats && words.len() > statics;
    (!words.is_empty() && !only_repeats).then_some(words)
}

fn by_id(module: &str, words: &[String], parts: &[Part]) -> Vec<String> {
    let all: Vec<&str> = words.iter().map(String::as_str).collect();
    let words: Vec<&str> = match all.as_slice() {
        ["get" | "find", "page"] | ["get" | "find" | "list", "all"] | ["get", "list"] => vec!["list"],
        ["get" | "find", "all", rest @ ..] => [&["list"], rest].concat(),
        ["do", "async"] => return Vec::new(),
        ["do", rest @ ..] if !rest.is_empty() => rest.to_vec(),
        other => other.to_vec(),
    };
    let plain: Vec<&str> = match words.as_slice() {
        [start @ .., "by", "id"] if !start.is_empty() => start.to_vec(),
        other => other.to_vec(),
    };
    let own = |word: &str| is_module(module, word);
    let stripped: Vec<&str> = plain.iter().copied().filter(|word| !own(word)).collect();
    let stripped = if stripped.is_empty() { plain.clone() } else { stripped };
    let nouns = nouns(module, parts, &stripped);
    let batch = parts.contains(&Part::Word("batch".to_owned())) && !stripped.contains(&"batch");
    let Some((verb, rest)) = stripped.split_first() else { return Vec::new() };
    let verb = if batch && rest.is_empty() { format!("batch_{verb}") } else { (*verb).to_owned() };
    // A path that ends in a verb says more than the same verb, or one like it.
    let last = parts.iter().rev().find_map(|part| match part {
        Part::Word(word) => Some(word.as_str()),
        _ => None,
    });
    if rest.is_empty()
        && let Some(word) = last
        && word.contains('_')
        && word.split('_').any(|part| VERBS.contains(&part))
        && matches!(parts.last(), Some(Part::Word(_)))
    {
        return vec![word.to_owned(), format!("{verb}_{word}")];
    }
    let whole = |nouns: &[String]| {
        let mut name = vec![verb.clone()];
        name.extend(nouns.iter().cloned());
        name.extend(rest.iter().map(|word| (*word).to_owned()));
        name.join("_")
    };
    let created =
        |noun: &String| if verb == "create" || verb == "add" { singular(noun) } else { noun.clone() };
    let last: Vec<String> = nouns.last().map(created).into_iter().collect();
    let mut list = Vec::new();
    // A verb alone, or with `by_…`, says too little where the path names a thing.
    if rest.is_empty() || rest[0] == "by" {
        list.push(whole(&last));
    } else {
        list.push(whole(&[]));
        if batch {
            list.push(format!("batch_{}", whole(&[])));
        }
        list.push(whole(&last));
    }
    list.push(whole(&nouns));
    list.push(words.join("_"));
    list.push(all.join("_"));
    list
}

fn is_module(module: &str, word: &str) -> bool {
    module == word || singular(module) == word || module == singular(word)
}

/// The things that a path names, beyond the module's own; one that a parameter follows is one of many.
fn nouns(module: &str, parts: &[Part], without: &[&str]) -> Vec<String> {
    let mut nouns: Vec<String> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let Part::Word(word) = part else { continue };
        let one = matches!(parts.get(at + 1), Some(Part::Parameter(_)));
        let said =
            without.iter().any(|said| singular(said) == singular(word)) || word == "batch" || word == "async";
        if is_module(module, word) || said {
            continue;
        }
        let noun = if one { singular(word) } else { word.clone() };
        // `associations/default` is a kind of association.
        match nouns.pop() {
            Some(before) if word == "default" => nouns.push(format!("default_{}", singular(&before))),
            before => {
                nouns.extend(before);
                nouns.push(noun);
            }
        }
    }
    nouns
}

fn by_path(
    module: &str,
    operation: &Operation<'_>,
    parts: &[Part],
    siblings: &HashSet<(String, String)>,
) -> Vec<String> {
    let here = open(operation.path);
    let has = |method: &str, path: &str| siblings.contains(&(method.to_owned(), path.to_owned()));
    let below = format!("{here}/{{}}");
    let holds_others = ["GET", "PATCH", "PUT", "DELETE"].iter().any(|method| has(method, &below));
    let ends_in_parameter = here.ends_with("{}");
    let collection = holds_others && (!ends_in_parameter || has("POST", &here));
    let last = parts.iter().rev().find_map(|part| match part {
        Part::Word(word) => Some(word.as_str()),
        _ => None,
    });
    let is_verb = |word: &str| says_what_is_done(&operation.method, word);
    let thing = collection || (operation.method != "GET" && has("GET", &here));
    let verb_at_end = match last {
        Some(word) if !thing && is_verb(word) => Some(word),
        _ => None,
    };
    if let Some(word) = verb_at_end {
        let batch = parts.contains(&Part::Word("batch".to_owned())) && word != "batch";
        let verb = if batch { format!("batch_{word}") } else { word.to_owned() };
        let mut words: Vec<&str> = verb.split('_').filter(|word| !is_module(module, word)).collect();
        if words.is_empty() {
            words.push(&verb);
        }
        let short = words.join("_");
        let nouns = nouns(module, parts, &verb.split('_').chain([word]).collect::<Vec<_>>());
        return vec![
            joined(&short, nouns.last()),
            format!("{short}_{}", nouns.join("_")),
            method(operation, &verb),
        ];
    }
    let nouns = nouns(module, parts, &[]);
    let plural = last.is_some_and(|word| singular(word) != word);
    let has_body = operation.node.get("requestBody").is_some();
    let verb = match operation.method.as_str() {
        "GET" if collection || (!ends_in_parameter && plural) || (nouns.is_empty() && !ends_in_parameter) => {
            "list"
        }
        "GET" => "get",
        "HEAD" => "head",
        "POST" => "create",
        "PUT" if has("PATCH", &here) => "replace",
        "PUT" if !has_body => "set",
        "PUT" | "PATCH" => "update",
        _ => "delete",
    };
    let one = |noun: &String| if verb == "create" { singular(noun) } else { noun.clone() };
    let tail = trailing(module, parts);
    let noun = match nouns.last() {
        // `/lists/by-name/{name}`
        Some(last) if verb == "get" && ends_in_parameter && KEYS.contains(&last.as_str()) => {
            return vec![format!("get_by_{last}"), format!("get_{}", nouns.join("_"))];
        }
        Some(last) if tail.is_empty() || plural => Some(one(last)),
        _ if tail.is_empty() => None,
        _ => Some(one(&tail)),
    };
    let mut list = vec![joined(verb, noun.as_ref())];
    if !nouns.is_empty() {
        list.push(format!("{verb}_{}", nouns.join("_")));
    }
    list
}

/// Whether the last word of a path says what is done. What is read is mostly a thing.
fn says_what_is_done(method: &str, word: &str) -> bool {
    const READS: &[&str] = &[
        "search",
        "find",
        "lookup",
        "export",
        "download",
        "preview",
        "validate",
        "verify",
        "query",
        "introspect",
    ];
    let mut words = word.split('_');
    let (first, last) = (words.next().unwrap_or_default(), words.next_back());
    match method {
        "GET" | "HEAD" => READS.contains(&first) && last.is_none(),
        _ => VERBS.contains(&first),
    }
}

fn method(operation: &Operation<'_>, name: &str) -> String {
    format!("{}_{name}", operation.method.to_lowercase())
}

/// The words after the last parameter.
fn trailing(module: &str, parts: &[Part]) -> String {
    let words: Vec<_> = parts
        .iter()
        .rev()
        .map_while(|part| match part {
            Part::Word(word) => Some(word.as_str()),
            Part::Parameter(_) | Part::Opaque => None,
        })
        .filter(|word| !is_module(module, word))
        .collect();
    words.into_iter().rev().collect::<Vec<_>>().join("_")
}

fn joined(verb: &str, noun: Option<&String>) -> String {
    match noun {
        Some(noun) => format!("{verb}_{noun}"),
        None => verb.to_owned(),
    }
}
