//! Scopes: declared once, named as declared.

use std::collections::HashMap;

use crate::diagnostics::{Code, Problem};
use crate::model::Module;
use crate::raw;
use crate::resolve::Cx;

/// The index of a declared scope.
pub(crate) fn find(cx: &mut Cx<'_>, scope: &raw::Text) -> Option<usize> {
    let found = cx.scopes.get(scope.as_str()).copied();
    cx.used_scopes.extend(found);
    if cx.raw.scopes.unreadable {
        cx.problems.consequence();
    } else if found.is_none() {
        let known = cx.raw.scopes.entries.iter().map(|entry| entry.key.as_str());
        let near = cx.problems.nearest(scope.as_str(), known);
        let mut problem =
            Problem::new(Code::UnknownScope, scope.span, format!("unknown scope `{}`", scope.value));
        problem = match near {
            Some(near) if near.eq_ignore_ascii_case(scope.as_str()) => {
                problem.help("scopes are case-sensitive (RFC 6749 §3.3)")
            }
            Some(_) => problem,
            None if scope.value.is_empty() => problem.help("name a scope, or leave this out"),
            None => problem.help(format!(
                "declare it in `connector.json`: \"scopes\": {{ {}: \"…\" }}",
                serde_json::Value::from(scope.as_str())
            )),
        };
        cx.problems.report(problem.did_you_mean(near));
    }
    found
}

/// Whether an action names a scope twice.
pub(crate) fn repeated(cx: &mut Cx<'_>, rule: &raw::ScopeRule) {
    let mut seen = HashMap::new();
    for scope in rule.all_of.iter().chain(&rule.any_of) {
        if let Some(&first) = seen.get(scope.as_str()) {
            let message = format!("the scope `{}` is named twice", scope.value);
            let problem = Problem::new(Code::RepeatedScope, scope.span, message)
                .also(first, "first named here")
                .help("leave one of the two out");
            cx.problems.report(problem);
        } else {
            seen.insert(scope.as_str(), scope.span);
        }
    }
}

/// A scope that no action names is asked of everybody for nothing, or is missing somewhere. Not told where something is wrong,
/// since what is wrong may be its use.
pub(crate) fn unused(cx: &mut Cx<'_>, modules: &[Module]) {
    let has_actions = modules.iter().any(|module| !module.actions.is_empty());
    if cx.problems.faults() > 0 || !has_actions {
        return;
    }
    for (index, entry) in cx.raw.scopes.entries.iter().enumerate() {
        if !cx.used_scopes.contains(&index) {
            let message = format!("no action needs the scope `{}`", entry.key.value);
            let problem = Problem::new(Code::UnusedScope, entry.key.span, message)
                .help("name it in `scopes` of the actions that need it, or leave it out");
            cx.problems.report(problem);
        }
    }
}
