//! The rules. Each is a named function that reports and changes nothing; most are called where the part that they
//! judge is resolved, those that need the whole are listed here.

pub(crate) mod actions;
pub(crate) mod arguments;
pub(crate) mod caps;
mod depth;
pub(crate) mod durations;
pub(crate) mod errors;
mod examples;
pub(crate) mod fields;
pub(crate) mod headers;
pub(crate) mod names;
pub(crate) mod options;
mod outputs;
pub(crate) mod pages;
pub(crate) mod pointers;
pub(crate) mod rate_limits;
pub(crate) mod requests;
pub(crate) mod retries;
mod scalars;
pub(crate) mod scopes;
pub(crate) mod secrets;
pub(crate) mod sunsets;
mod types;
pub(crate) mod urls;
mod values;
pub(crate) mod versions;

use crate::model::{Action, Module};
use crate::raw;
use crate::resolve::Cx;
use crate::source::Span;

/// An action as it was written and as it was resolved.
pub(crate) struct Subject<'a> {
    pub(crate) raw: &'a raw::Action,
    pub(crate) action: &'a Action,
    /// Places of its arguments, in the order of [`crate::resolve::arguments`].
    pub(crate) spans: &'a [Span],
}

type ActionRule = fn(&mut Cx<'_>, &Subject<'_>);

/// What every action must keep.
const ACTION_RULES: &[ActionRule] = &[
    names::arguments,
    requests::unused_path_arguments,
    requests::body_on_get,
    requests::body_encoding,
    requests::effect,
    headers::of_action,
    headers::idempotency_key,
    requests::places,
    requests::docs_url,
    actions::sunset,
    outputs::shape,
    pages::arguments_fit,
    outputs::batch,
    options::of_arguments,
    outputs::pointers,
    examples::examples,
];

pub(crate) fn action(cx: &mut Cx<'_>, subject: &Subject<'_>) {
    for rule in ACTION_RULES {
        rule(cx, subject);
    }
}

type ConnectorRule = fn(&mut Cx<'_>, &[Module]);

/// What only shows when everything is resolved.
const CONNECTOR_RULES: &[ConnectorRule] =
    &[types::infinite, types::tags, depth::chains, fields::written_values, options::actions, scopes::unused];

pub(crate) fn connector(cx: &mut Cx<'_>, modules: &[Module]) {
    for rule in CONNECTOR_RULES {
        rule(cx, modules);
    }
}
