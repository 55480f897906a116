//! What an account has granted, beside what the actions need.

use std::collections::{BTreeMap, BTreeSet};

use typed_connector::dynamic::Action;
use typed_connector::dynamic::model::{Connector, ScopeRule};

use super::finding::{Findings, listed};

/// Scopes that are no action's, and that many providers want all the same.
const ALWAYS: [&str; 2] = ["oauth", "openid"];

/// Tells which actions would fail, and what is granted in vain. `asks_for` makes the command that asks for other scopes.
pub(super) fn compare(
    connector: &Connector,
    actions: &[Action],
    granted: &[String],
    who: &str,
    asks_for: impl Fn(&[String]) -> String,
    found: &mut Findings,
) {
    if granted.is_empty() {
        found.ok("scopes", format!("{who}: the provider does not tell which scopes were granted"));
        return;
    }
    let name = |scope: &usize| connector.scopes[*scope].name.as_str();
    let has = |scope: &str| granted.iter().any(|granted| granted == scope);
    let mut needed = BTreeSet::new();
    let mut lacking = BTreeMap::<String, Vec<&str>>::new();
    let mut wanted: BTreeSet<&str> = BTreeSet::new();
    for action in actions {
        let ScopeRule { all_of, any_of } = &action.model().scopes;
        needed.extend(all_of.iter().chain(any_of).map(name));
        let alternatives: Vec<_> = any_of.iter().map(name).collect();
        for scope in all_of.iter().map(name).filter(|scope| !has(scope)) {
            lacking.entry(scope.to_owned()).or_default().push(action.name());
            wanted.insert(scope);
        }
        if !alternatives.is_empty() && !alternatives.iter().any(|scope| has(scope)) {
            lacking.entry(alternatives.join(" or ")).or_default().push(action.name());
            wanted.insert(alternatives[0]);
        }
    }
    let is_of_use = |scope: &&String| ALWAYS.contains(&scope.as_str()) || needed.contains(scope.as_str());
    let useful: Vec<String> = granted.iter().filter(is_of_use).cloned().collect();
    let superfluous: Vec<&String> = granted.iter().filter(|scope| !is_of_use(scope)).collect();
    let all: Vec<String> =
        granted.iter().map(String::as_str).chain(wanted.iter().copied()).map(str::to_owned).collect();
    for (scope, actions) in &lacking {
        let text = format!("{who} lacks {scope}: {} would fail", listed(actions));
        found.problem("scopes", text, asks_for(&all));
    }
    if !superfluous.is_empty() {
        let text = format!("{who} may do what no action needs: {}", listed(&superfluous));
        let fewer: Vec<String> = useful.into_iter().chain(wanted.into_iter().map(str::to_owned)).collect();
        found.warning("scopes", text, asks_for(&fewer));
    }
    if lacking.is_empty() && superfluous.is_empty() {
        found.ok("scopes", format!("{who} has the scopes that its actions need, and no others"));
    }
}

/// Whether it is permitted with these scopes; where they are not told, nobody knows better.
pub(super) fn permits(connector: &Connector, rule: &ScopeRule, granted: &[String]) -> bool {
    let has = |scope: &usize| granted.contains(&connector.scopes[*scope].name);
    granted.is_empty()
        || rule.all_of.iter().all(has) && (rule.any_of.is_empty() || rule.any_of.iter().any(has))
}
