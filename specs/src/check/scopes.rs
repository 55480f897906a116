//! Scopes: declared once, named as declared.

use std::collections::HashMap;

use crate::diagnostics::{Code, Problem};
use crate::raw;
use crate::resolve::Cx;

/// The index of a declared scope.
pub(crate) fn find(cx: &mut Cx<'_>, scope: &raw::Text) -> Option<usize> {
    let found = cx.scopes.get(scope.as_str()).copied();
    if found.is_none() && !scope.value.is_empty() {
        let known = cx.raw.scopes.entries.iter().map(|entry| entry.key.as_str());
        let near = cx.problems.nearest(scope.as_str(), known);
        let mut problem =
            Problem::new(Code::UnknownScope, scope.span, format!("unknown scope `{}`", scope.value));
        problem = match near {
            Some(near) if near.eq_ignore_ascii_case(scope.as_str()) => {
                problem.help("scopes are case-sensitive (RFC 6749 §3.3)")
            }
            Some(_) => problem,
            None => problem.help("declare it in `scopes` of `connector.json`"),
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
            let problem =
                Problem::new(Code::RepeatedScope, scope.span, message).also(first, "first named here");
            cx.problems.report(problem);
        } else {
            seen.insert(scope.as_str(), scope.span);
        }
    }
}
