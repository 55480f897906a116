//! Names of actions: `create`, `batch_read`, `get_stage`, from the ids of operations and from their paths.
//!
//! Each operation has several names, from the short to the long. All start with their shortest; where some are the same, these take
//! their next, until all differ. The result depends on nothing but the operations of the module, and on the names that they have
//! already.

mod id;
mod path;
mod words;

use std::collections::{BTreeMap, HashMap, HashSet};

use self::path::{Part, Place};
use crate::cx::Cx;
use crate::merge::Pins;
use crate::operation::Operation;
use crate::text::{camel, snake};

/// The names that an operation may take, from the short to the long.
#[derive(Debug, Clone, Default)]
struct Names {
    list: Vec<String>,
    /// Whether the first gives way to the same name of another operation.
    is_weak: bool,
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

/// Dated versions follow numbered ones.
pub(crate) fn rank(version: Option<&str>) -> (bool, u64, String) {
    let text = version.unwrap_or_default();
    let number =
        text.trim_start_matches(['v', 'V']).split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    (text.contains('-'), number.parse().unwrap_or_default(), text.to_owned())
}

fn version(path: &str) -> Option<&str> {
    path.split('/').find(|segment| is_version(segment))
}

/// `GET /crm/v3/deals` → `GET /crm/deals`
pub(crate) fn without_version(path: &str) -> String {
    path.split('/').filter(|segment| !is_version(segment)).collect::<Vec<_>>().join("/")
}

/// Names all operations of a module. Those that have a name keep it.
pub(crate) fn actions<'d>(cx: &mut Cx<'d>, module: &str, operations: &mut [&mut Operation<'d>], pins: &Pins) {
    let all: Vec<Vec<Part>> = operations.iter().map(|operation| path::parts(operation.path)).collect();
    let shared = path::common(&all);
    let siblings: HashSet<(String, String)> =
        operations.iter().map(|operation| (operation.method.clone(), path::open(operation.path))).collect();
    // `contacts_v3` is about contacts.
    let about = operations.iter().find_map(|operation| {
        module.strip_suffix(&snake(version(operation.path)?)).map(|about| about.trim_end_matches('_'))
    });
    let about = about.filter(|about| !about.is_empty()).unwrap_or(module);
    // Where nothing is named but objects of any kind, they are what the module is about.
    let is_shared = all.iter().all(|parts| parts.get(shared) == all[0].get(shared))
        && !all.iter().flatten().any(|part| matches!(part, Part::Word(word) if path::is_module(about, word)));
    let names: Vec<Names> = operations
        .iter()
        .zip(&all)
        .map(|(operation, parts)| match &operation.kept {
            Some(kept) => Names { list: vec![kept.clone()], is_weak: false },
            None => candidates(&Place {
                module: about,
                operation,
                parts: &parts[shared..],
                siblings: &siblings,
                lists: lists(cx, operation),
                is_shared,
            }),
        })
        .collect();
    // The same path in two versions is one place; the newest takes the name, the others add their version.
    let mut places: HashMap<(&str, &[Part]), Vec<usize>> = HashMap::new();
    for (index, parts) in all.iter().enumerate() {
        places.entry((operations[index].method.as_str(), parts)).or_default().push(index);
    }
    let mut firsts: Vec<usize> = Vec::new();
    let mut others: Vec<usize> = Vec::new();
    for mut same in places.into_values() {
        same.sort_by_key(|index| std::cmp::Reverse(rank(version(operations[*index].path))));
        firsts.extend(same.first());
        others.extend(&same[1..]);
    }
    firsts.sort_unstable();
    others.sort_unstable();
    let level = levels(&firsts, &names, &all);
    let of_module = pins.taken.iter().filter(|(of, _)| of == module);
    let mut taken: HashSet<String> = of_module.map(|(_, name)| camel(name)).collect();
    taken.extend(operations.iter().filter_map(|operation| operation.kept.as_deref().map(camel)));
    let others_first = firsts.len();
    for (place, index) in firsts.into_iter().chain(others).enumerate() {
        let operation = &mut *operations[index];
        if let Some(kept) = &operation.kept {
            operation.name.clone_from(kept);
            continue;
        }
        let list = &names[index].list;
        let own = &list[level[index].min(list.len() - 1)..];
        let first = own.first().cloned().unwrap_or_default();
        let of_version = version(operation.path).map(|version| format!("{first}_{}", snake(version)));
        let numbered = (2..).map(|number| format!("{first}_{number}"));
        let is_older = others_first <= place;
        let (before, after) = if is_older { (of_version, None) } else { (None, of_version) };
        let longer = own.iter().skip(1).cloned();
        let mut candidates =
            std::iter::once(first.clone()).chain(before).chain(longer).chain(after).chain(numbered);
        // Rust sees them in camel case, where `get_2` and `get2` are the same.
        operation.name = candidates.find(|name| taken.insert(camel(name))).unwrap_or(first);
    }
}

/// Whether it answers a list. It may be the first to need a file.
fn lists<'d>(cx: &mut Cx<'d>, operation: &Operation<'d>) -> Option<bool> {
    let around = cx.operation.replace((operation.called(), operation.span));
    let lists = cx.quietly(|cx| path::answers_list(cx, operation));
    cx.operation = around;
    lists
}

/// Which of its names each operation takes.
fn levels(operations: &[usize], names: &[Names], all: &[Vec<Part>]) -> Vec<usize> {
    let mut level = vec![0_usize; names.len()];
    loop {
        let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for &index in operations {
            let list = &names[index].list;
            groups.entry(&list[level[index].min(list.len() - 1)]).or_default().push(index);
        }
        let mut moves = Vec::new();
        for same in groups.into_values().filter(|same| same.len() > 1) {
            let can_move = |index: usize| level[index] + 1 < names[index].list.len();
            let is_weak = |index: usize| level[index] == 0 && names[index].is_weak;
            let strong = same.iter().filter(|index| !is_weak(**index)).count();
            if strong < same.len() && same.iter().any(|index| is_weak(*index) && can_move(*index)) {
                moves.extend(same.into_iter().filter(|index| is_weak(*index) && can_move(*index)));
                continue;
            }
            // The shortest path keeps the short name, if it is alone in that.
            let least = same.iter().map(|index| all[*index].len()).min().unwrap_or_default();
            let shortest: Vec<_> = same.iter().filter(|index| all[**index].len() == least).collect();
            let keeper = match shortest.as_slice() {
                [only] if same.iter().any(|index| index != *only && can_move(*index)) => Some(**only),
                _ => None,
            };
            moves.extend(same.into_iter().filter(|index| Some(*index) != keeper && can_move(*index)));
        }
        if moves.is_empty() {
            return level;
        }
        for index in moves {
            level[index] += 1;
        }
    }
}

fn candidates(place: &Place<'_>) -> Names {
    let by_path = place.names();
    let mut names = match id::words(place.operation) {
        Some(words) => id::names(place, &words),
        None => Names::default(),
    };
    if names.list.is_empty() {
        names.is_weak = by_path.is_weak;
    }
    names.list.extend(by_path.list);
    let parameters: Vec<_> = place
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Parameter(name) if !name.is_empty() => Some(name.as_str()),
            _ => None,
        })
        .collect();
    if let (Some(first), Some(last)) = (names.list.first().cloned(), parameters.last()) {
        names.list.push(format!("{first}_by_{last}"));
        names.list.push(format!("{first}_by_{}", parameters.join("_and_")));
    }
    for name in &mut names.list {
        *name = valid(name);
    }
    let mut seen = HashSet::new();
    names.list.retain(|name| seen.insert(name.clone()));
    names
}

/// Whether a name says what it is about, and not only what is done.
pub(crate) fn names_a_thing(name: &str) -> bool {
    name.split('_').any(|word| !words::is_verb(word) && !matches!(word, "and" | "or"))
}

/// A name that the format takes.
fn valid(name: &str) -> String {
    let name = snake(name);
    if typed_connector_specs::text::is_snake(&name) && typed_connector_specs::text::camel(&name).is_some() {
        return name;
    }
    format!("call_{name}")
}
