//! What `operationId` says.

use std::collections::HashSet;

use super::Names;
use super::path::{Part, Place, is_module, named, parts, things};
use super::words::{is_complete, is_preposition, is_verb};
use crate::operation::Operation;
use crate::text::{singular, snake};

/// The words of `operationId`, unless it only repeats method and path.
pub(super) fn words(operation: &Operation<'_>) -> Option<Vec<String>> {
    let id = operation.id()?.trim();
    let method = operation.method.to_lowercase();
    let id = match id.strip_prefix(&format!("{method}-{}", operation.path)) {
        Some(rest) => rest.strip_prefix('_').unwrap_or(rest),
        None => id,
    };
    if id.is_empty() || id.starts_with('/') || id == method {
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

/// Names from the words of an id, with what the path adds to them.
pub(super) fn names(place: &Place<'_>, words: &[String]) -> Names {
    let module = place.module;
    let all: Vec<&str> = words.iter().map(String::as_str).collect();
    let is_batch = place.is_batch() || all.contains(&"batch");
    let plain: Vec<&str> = all.iter().copied().filter(|word| !matches!(*word, "batch" | "async")).collect();
    let plain: Vec<&str> = match plain.as_slice() {
        ["get" | "find", "page"] | ["get" | "find" | "list", "all"] | ["get", "list"] => vec!["list"],
        // `getAllFolders`, `getFoldersPage`, `getPageOrderedByDate`
        ["get" | "find", "all" | "page", rest @ ..] | ["get" | "find", rest @ .., "page"] => {
            [&["list"], rest].concat()
        }
        ["do", rest @ ..] => rest.to_vec(),
        other => other.to_vec(),
    };
    let plain: Vec<&str> = match plain.as_slice() {
        [start @ .., "by", "id"] if !start.is_empty() => start.to_vec(),
        other => other.to_vec(),
    };
    let by = plain.iter().position(|word| *word == "by").unwrap_or(plain.len());
    let own = |(at, word): &(usize, &str)| *at > by || !is_module(module, word) || *at == 0 && is_verb(word);
    let stripped: Vec<&str> = plain.iter().copied().enumerate().filter(own).map(|(_, word)| word).collect();
    let stripped = if stripped.is_empty() { plain.clone() } else { stripped };
    let Some((verb, rest)) = stripped.split_first() else { return Names::default() };
    let plural =
        rest.first().is_none_or(|noun| *noun == "by" || rest.iter().any(|noun| singular(noun) != *noun));
    let verb = if *verb == "get" && plural && place.is_list() { "list" } else { verb };
    let mut verb = if is_batch { format!("batch_{verb}") } else { verb.to_owned() };
    // `create_or_update`
    let mut rest = rest;
    while let [and @ ("and" | "or"), next, others @ ..] = rest {
        verb = format!("{verb}_{and}_{next}");
        rest = others;
    }
    // What the path does is no thing.
    let at_end = place.last_word().filter(|_| matches!(place.parts.last(), Some(Part::Word(_))));
    let doing = at_end.filter(|word| place.operation.method != "GET" && word.split('_').any(is_verb));
    // A path that ends in a phrase says more than the same verb alone.
    if rest.is_empty()
        && let Some(phrase) = doing.filter(|phrase| is_complete(phrase) || phrase.contains('_'))
    {
        return Names { list: vec![phrase.to_owned(), format!("{verb}_{phrase}")], is_weak: false };
    }
    let mut said = stripped.clone();
    said.extend(doing);
    let things = things(module, place.parts, &said);
    let phrase = rest.join("_");
    let mut list: Vec<String> = Vec::new();
    let with_things = named(&verb, &things, place.is_shared);
    // A verb alone, or with `by_…`, says too little where the path names a thing.
    let says_a_thing = rest.iter().any(|word| !is_verb(word) && !is_preposition(word));
    if says_a_thing && rest.first() != Some(&"by") {
        list.push(format!("{verb}_{phrase}"));
    }
    list.extend(with_things.list.iter().map(|name| format!("{name}_{phrase}")));
    list.push(plain.join("_"));
    list.push(all.join("_"));
    for name in &mut list {
        *name = name.trim_matches('_').to_owned();
    }
    Names { list, is_weak: with_things.is_weak && !says_a_thing }
}
