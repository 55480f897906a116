//! What a path says: the things that it names, and what is done with them.

use std::collections::HashSet;

use typed_connector_specs::text::{Kind, Value};

use super::words::{KEYS, is_adjective, is_complete, is_generic, is_preposition, says_what_is_done};
use super::{Names, is_version};
use crate::cx::Cx;
use crate::operation::Operation;
use crate::text::{singular, snake};

/// A part of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Word(String),
    Parameter(String),
    /// Something that names nothing, such as an object type's id (`0-3`).
    Opaque,
}

pub(super) fn parts(path: &str) -> Vec<Part> {
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

/// How many parts all paths start with.
pub(super) fn common(all: &[Vec<Part>]) -> usize {
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
pub(super) fn open(path: &str) -> String {
    let piece = |segment: &str| if segment.starts_with('{') { "{}".to_owned() } else { segment.to_owned() };
    path.trim_end_matches('/').split('/').map(piece).collect::<Vec<_>>().join("/")
}

/// Whether a word is what the module is about; `blog_posts` is about posts.
pub(super) fn is_module(module: &str, word: &str) -> bool {
    let is = |module: &str| module == word || singular(module) == word || module == singular(word);
    is(module) || module.match_indices('_').any(|(at, _)| is(&module[at + 1..]))
}

/// A thing that a path names.
#[derive(Debug, Clone)]
pub(super) struct Thing {
    word: String,
    /// Whether a parameter tells which one.
    one: bool,
    /// Whether it is what the module is about.
    own: bool,
}

impl Thing {
    fn one(&self) -> String {
        if self.one { singular(&self.word) } else { self.word.clone() }
    }
}

/// The things that a path names, without those that are `said` already.
pub(super) fn things(module: &str, parts: &[Part], said: &[&str]) -> Vec<Thing> {
    let mut things: Vec<Thing> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let Part::Word(word) = part else { continue };
        if word == "batch" || said.iter().any(|said| singular(said) == singular(word)) {
            continue;
        }
        let one = matches!(parts.get(at + 1), Some(Part::Parameter(_)));
        let own = is_module(module, word);
        let last = things.last_mut().filter(|last| !last.own && !own);
        match last {
            // `exchange-rates/current`, `associations/default`
            Some(last) if is_adjective(word) => {
                let which = if word == "me" { "my" } else { word };
                *last = Thing { word: format!("{which}_{}", last.one_of(word)), one: false, own };
            }
            // `records/from`
            Some(last) if is_preposition(word) => {
                *last = Thing { word: format!("{}_{word}", last.word), one: false, own };
            }
            _ => things.push(Thing { word: word.clone(), one, own }),
        }
    }
    things
}

impl Thing {
    /// `default` tells one; `all` and `recent` tell many.
    fn one_of(&self, adjective: &str) -> String {
        if adjective == "default" { singular(&self.word) } else { self.word.clone() }
    }
}

/// Names made of a verb and the things of a path, from the short to the long.
pub(super) fn named(verb: &str, things: &[Thing], all_are_generic: bool) -> Names {
    let many = verb.starts_with("batch_") || matches!(verb, "list" | "search" | "count" | "query");
    let form = |thing: &Thing| match verb {
        _ if many => thing.word.clone(),
        "create" => singular(&thing.word),
        _ => thing.one(),
    };
    let written = |things: &[Thing]| -> String {
        let Some((last, others)) = things.split_last() else { return verb.to_owned() };
        let words: Vec<String> = others.iter().map(Thing::one).chain([form(last)]).collect();
        let noun = words.join("_");
        // `GET …/get-variation`
        join(verb, noun.strip_prefix(&format!("{verb}_")).unwrap_or(&noun))
    };
    // What stands before the module's own thing says where that lies.
    let own = things.iter().rposition(|thing| thing.own).map_or(0, |at| at + 1);
    let after = &things[own..];
    let mut names = Names::default();
    if let [only] = after
        && all_are_generic
        && is_generic(&only.word)
        && own == 0
    {
        names.list.push(verb.to_owned());
        names.is_weak = true;
    }
    for length in 1..=after.len() {
        names.list.push(written(&after[after.len() - length..]));
    }
    if after.is_empty() {
        names.list.push(verb.to_owned());
    }
    for length in after.len() + 1..=things.len() {
        names.list.push(written(&things[things.len() - length..]));
    }
    names
}

/// Verb and noun; what follows a preposition in the verb (`add_from`) stays behind the noun.
pub(super) fn join(verb: &str, noun: &str) -> String {
    let words: Vec<&str> = verb.split('_').collect();
    let at = words.iter().skip(1).position(|word| is_preposition(word)).map_or(words.len(), |at| at + 1);
    let (start, end) = words.split_at(at);
    start
        .iter()
        .copied()
        .chain([noun])
        .chain(end.iter().copied())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("_")
}

/// What a path says about itself and its neighbours.
pub(super) struct Place<'o> {
    pub(super) module: &'o str,
    pub(super) operation: &'o Operation<'o>,
    pub(super) parts: &'o [Part],
    /// Methods and open paths of all operations of the module.
    pub(super) siblings: &'o HashSet<(String, String)>,
    /// Whether it answers a list, if that can be told.
    pub(super) lists: Option<bool>,
    /// Whether all paths of the module start with its first part.
    pub(super) is_shared: bool,
}

impl Place<'_> {
    pub(super) fn is_batch(&self) -> bool {
        self.operation.method != "GET" && self.parts.contains(&Part::Word("batch".to_owned()))
    }

    pub(super) fn last_word(&self) -> Option<&str> {
        self.parts.iter().rev().find_map(|part| match part {
            Part::Word(word) => Some(word.as_str()),
            _ => None,
        })
    }

    fn ends_in_parameter(&self) -> bool {
        matches!(self.parts.last(), Some(Part::Parameter(_)))
    }

    fn has(&self, method: &str, path: &str) -> bool {
        self.siblings.contains(&(method.to_owned(), path.to_owned()))
    }

    /// Whether it answers many records.
    pub(super) fn is_list(&self) -> bool {
        let here = open(self.operation.path);
        let is_record =
            self.ends_in_parameter() && ["PATCH", "PUT", "DELETE"].iter().any(|m| self.has(m, &here));
        let holds_others =
            ["GET", "PATCH", "PUT", "DELETE"].iter().any(|method| self.has(method, &format!("{here}/{{}}")));
        let is_collection = holds_others && (!self.ends_in_parameter() || self.has("POST", &here));
        match self.lists {
            _ if self.operation.method != "GET" || is_record => false,
            Some(lists) => lists || is_collection,
            None => {
                let plural = self.last_word().is_some_and(|word| singular(word) != word);
                is_collection || !self.ends_in_parameter() && plural
            }
        }
    }

    pub(super) fn names(&self) -> Names {
        let (method, here) = (self.operation.method.as_str(), open(self.operation.path));
        let holds_others =
            ["GET", "PATCH", "PUT", "DELETE"].iter().any(|m| self.has(m, &format!("{here}/{{}}")));
        let is_collection = holds_others && (!self.ends_in_parameter() || self.has("POST", &here));
        if let Some(word) = self.last_word()
            && !is_collection
            && says_what_is_done(method, word, self.has("GET", &here))
            && !(self.ends_in_parameter() && (word == "batch" || is_complete(word)))
        {
            return self.done(word);
        }
        let has_body = self.operation.node.get("requestBody").is_some();
        let verb = match method {
            "GET" if self.is_list() => "list",
            "GET" => "get",
            "HEAD" => "head",
            "POST" => "create",
            "PUT" if self.has("PATCH", &here) => "replace",
            "PUT" if !has_body => "set",
            "PUT" | "PATCH" => "update",
            _ => "delete",
        };
        let things = things(self.module, self.parts, &[]);
        // `/lists/by-name/{name}`
        if let Some(last) = things.last().filter(|last| last.one && KEYS.contains(&last.word.as_str()))
            && verb == "get"
        {
            let mut names = named(&format!("get_by_{}", last.word), &things[..things.len() - 1], false);
            names.list.insert(0, format!("get_by_{}", last.word));
            return names;
        }
        named(verb, &things, self.is_shared)
    }

    /// Names for a path that ends in what is done.
    fn done(&self, word: &str) -> Names {
        let phrase: Vec<&str> = word.split('_').filter(|word| !is_module(self.module, word)).collect();
        let phrase = if phrase.is_empty() { word.to_owned() } else { phrase.join("_") };
        let at = self.parts.iter().rposition(|part| *part == Part::Word(word.to_owned())).unwrap_or_default();
        let before = things(self.module, &self.parts[..at], &phrase.split('_').collect::<Vec<_>>());
        // `POST /events/batch` creates several.
        let verb = match phrase.as_str() {
            "batch" => match self.parts[..at].last() {
                Some(Part::Word(verb)) if says_what_is_done("POST", verb, false) => format!("batch_{verb}"),
                _ => "batch_create".to_owned(),
            },
            _ if self.is_batch() => format!("batch_{phrase}"),
            _ => phrase.clone(),
        };
        let mut names = named(&verb, &before, self.is_shared);
        if is_complete(&phrase) {
            names.list.insert(0, verb);
        }
        names
    }
}

/// Whether a success of an operation is a list of records; `None` where that cannot be told.
pub(super) fn answers_list<'d>(cx: &mut Cx<'d>, operation: &Operation<'d>) -> Option<bool> {
    let responses = cx.get(operation.node, "responses")?.members()?;
    let success = responses.iter().find(|response| response.key.starts_with('2'))?;
    let response = cx.deref(&success.value)?.0;
    let content = cx.get(response, "content")?.members()?;
    let json = content.iter().find(|content| crate::body::kind(&content.key) == crate::body::Kind::Json)?;
    let json = cx.deref(&json.value)?.0;
    let thing =
        operation.path.split('/').rfind(|segment| !segment.contains('{')).map(snake).unwrap_or_default();
    has_list(cx, json.get("schema")?, &thing, 0)
}

fn has_list<'d>(cx: &mut Cx<'d>, schema: &'d Value, thing: &str, depth: usize) -> Option<bool> {
    const ITEMS: &[&str] = &["results", "items", "data", "records", "entries"];
    let schema = cx.deref(schema).filter(|_| depth < 4)?.0;
    if schema.get("type").and_then(Value::as_str) == Some("array") {
        return Some(true);
    }
    let mut known = None;
    for key in ["allOf", "oneOf", "anyOf"] {
        let Some(Kind::Array(parts)) = schema.get(key).map(|list| &list.kind) else { continue };
        for part in parts.iter().take(8) {
            known = known.max(has_list(cx, part, thing, depth + 1));
        }
    }
    let members = cx.get(schema, "properties").and_then(Value::members).unwrap_or_default();
    let is_items = |key: &str| ITEMS.contains(&key) || snake(key) == thing && singular(thing) != thing;
    let lists = members.iter().filter(|member| is_items(&member.key)).any(|member| {
        let schema = cx.deref(&member.value).map(|(schema, _)| schema);
        schema.and_then(|schema| schema.get("type")?.as_str()) == Some("array")
    });
    known.max((!members.is_empty()).then_some(lists))
}
