//! Actions that come to an end.

use super::Subject;
use crate::diagnostics::{Code, Problem};
use crate::raw::{self, Entry, Text};
use crate::resolve::Cx;

/// The day on which the API ends it.
pub(crate) fn sunset(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    if let Some(sunset) = &subject.raw.sunset {
        super::sunsets::still_to_come(cx.problems, sunset, &format!("`{}`", subject.action.name));
    }
}

/// The action to use instead is another one that is there; `full` is its name with its module.
pub(crate) fn replacement(
    cx: &mut Cx<'_>,
    entry: &Entry<raw::Action>,
    name: &Text,
    full: &str,
    module: &str,
) {
    if full == format!("{module}.{}", entry.key.value) {
        let problem = Problem::new(Code::UselessKey, name.span, "an action does not replace itself")
            .help("name the action to use instead, or leave `replaced_by` out");
        return cx.problems.report(problem);
    }
    if cx.actions.contains(full) {
        return;
    }
    let action = full.rsplit('.').next().unwrap_or_default();
    if cx.unread.contains(action) {
        return cx.problems.consequence();
    }
    let own = format!("{module}.");
    // As it would be written here: without the module where it is the same.
    let known: Vec<&str> = cx.actions.iter().map(|known| known.strip_prefix(&own).unwrap_or(known)).collect();
    let near = cx.problems.nearest(name.as_str(), known).map(str::to_owned);
    let message = format!("unknown action `{}`", name.value);
    let mut problem = Problem::new(Code::UnknownAction, name.span, message);
    if near.is_none() {
        problem =
            problem.help("write `search` for one of this file, and `deals.search` for one of `deals.json`");
    }
    cx.problems.report(problem.did_you_mean(near.as_deref()));
}
