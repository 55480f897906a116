//! `extend`: the files of one folder added to those of another, before anything is read into the model.

use std::collections::HashMap;

use crate::diagnostics::{Code, Problem, Problems};
use crate::json::{Kind, Member, Value};

/// Adds an extension's `connector.json`: scopes and types.
pub(crate) fn connector(base: &mut Value, extension: Value, problems: &mut Problems) {
    for member in members(extension, problems) {
        match member.key.as_str() {
            "$schema" => {}
            "scopes" => add_map(base, member, problems, &[]),
            "types" => add_map(base, member, problems, &["fields", "envelope", "values", "variants"]),
            _ => {
                let message = format!("an extension cannot set `{}`", member.key);
                let problem = Problem::new(Code::ExtendForbidden, member.key_span, message)
                    .help("the `connector.json` of an extension may add `scopes` and `types`");
                problems.report(problem);
            }
        }
    }
}

/// Adds an extension's action file to the one of the same name: actions and types.
pub(crate) fn actions(base: &mut Value, extension: Value, problems: &mut Problems) {
    for member in members(extension, problems) {
        match member.key.as_str() {
            "$schema" => {}
            "actions" => add_map(base, member, problems, &[]),
            "types" => add_map(base, member, problems, &["fields", "envelope", "values", "variants"]),
            _ => add(base, member, problems),
        }
    }
}

fn members(extension: Value, problems: &mut Problems) -> Vec<Member> {
    match extension.kind {
        Kind::Object(members) => members,
        _ => {
            let problem = Problem::new(
                Code::WrongType,
                extension.span,
                format!("expected an object, found {}", extension.type_name()),
            );
            problems.report(problem);
            Vec::new()
        }
    }
}

/// Adds the entries of a map; an entry that exists may get more in the maps `inside`.
fn add_map(base: &mut Value, extension: Member, problems: &mut Problems, inside: &[&str]) {
    let Kind::Object(members) = &mut base.kind else { return };
    let Some(target) = members.iter_mut().find(|member| member.key == extension.key) else {
        return members.push(extension);
    };
    let Kind::Object(entries) = extension.value.kind else {
        return clash(target, &extension, NAME, problems);
    };
    // What is no object was reported, or will be when it is read.
    let Kind::Object(existing) = &mut target.value.kind else { return };
    let index: HashMap<_, _> =
        existing.iter().enumerate().map(|(index, member)| (member.key.clone(), index)).collect();
    for entry in entries {
        match index.get(&entry.key) {
            Some(&at) if !inside.is_empty() => add_inside(&mut existing[at], entry, problems, inside),
            Some(&at) => clash(&existing[at], &entry, NAME, problems),
            None => existing.push(entry),
        }
    }
}

/// Adds fields or values to a type that exists; what else it says must be the same.
fn add_inside(existing: &mut Member, entry: Member, problems: &mut Problems, inside: &[&str]) {
    let Kind::Object(members) = entry.value.kind else {
        return clash(existing, &entry, NAME, problems);
    };
    for member in members {
        if inside.contains(&member.key.as_str()) {
            add_map(&mut existing.value, member, problems, &[]);
        } else {
            add(&mut existing.value, member, problems);
        }
    }
}

/// Adds a member.
fn add(object: &mut Value, member: Member, problems: &mut Problems) {
    let Kind::Object(members) = &mut object.kind else { return };
    match members.iter().find(|existing| existing.key == member.key) {
        Some(existing) => clash(existing, &member, "leave this out", problems),
        None => members.push(member),
    }
}

const NAME: &str = "choose another name";

/// The same again says nothing new; anything else would be a change.
fn clash(existing: &Member, member: &Member, advice: &str, problems: &mut Problems) {
    if existing.value.to_json() == member.value.to_json() {
        return;
    }
    let problem =
        Problem::new(Code::ExtendClash, member.key_span, format!("`{}` exists already", member.key))
            .label("this would change it")
            .also(existing.key_span, "first defined here")
            .help(format!("an extension adds and never changes: {advice}"));
    problems.report(problem);
}
