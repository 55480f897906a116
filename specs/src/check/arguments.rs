//! Keys that name an argument of the action.

use crate::diagnostics::{Code, Problem};
use crate::model::Action;
use crate::raw::Text;
use crate::resolve::{Cx, arguments};

/// Reports a name that is none of the action's arguments.
pub(crate) fn unknown(cx: &mut Cx<'_>, action: &Action, name: &Text) {
    let near = cx.problems.nearest(name.as_str(), arguments(action).map(|field| field.key.as_str()));
    let message = format!("the action has no argument `{}`", name.value);
    let mut problem = Problem::new(Code::UnknownArgument, name.span, message);
    if near.is_none() {
        let known: Vec<_> = arguments(action).map(|field| field.key.as_str()).take(12).collect();
        problem = problem.help(match known.as_slice() {
            [] => "it has no arguments".to_owned(),
            known => format!("it has {}", crate::raw::list(known)),
        });
    }
    cx.problems.report(problem.did_you_mean(near));
}
