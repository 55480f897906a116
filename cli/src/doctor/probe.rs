//! Actions that tell something and change nothing.

use serde_json::{Map, Value};
use typed_connector::RetryPolicy;
use typed_connector::dynamic::model::{Effect, Field, FieldType, Output};
use typed_connector::dynamic::{Action, ClientBuilder, Connector};

use super::{Case, PATIENCE};

/// A client that asks once, and does not wait for long.
pub(super) fn builder(case: &Case<'_>, connector: Connector) -> ClientBuilder {
    let builder = case.access.builder(connector).connect_timeout(PATIENCE).timeout(PATIENCE);
    builder.deadline(PATIENCE * 2).retry(RetryPolicy::none())
}

/// An action that changes nothing, with what it needs.
pub(super) struct Probe {
    pub(super) action: Action,
    pub(super) arguments: Map<String, Value>,
    /// Whether it is about one record, which is the spec's example and may not be there.
    pub(super) names_records: bool,
}

/// One for each different rule of scopes, lists before what is about one record; what they need is the spec's examples.
pub(super) fn probes(case: &Case<'_>, connector: Connector) -> Vec<Probe> {
    let mut probes: Vec<Probe> = case.actions(connector).into_iter().filter_map(probe).collect();
    probes.sort_by_key(|probe| (probe.names_records, probe.arguments.len()));
    let mut rules = Vec::new();
    probes.retain(|probe| {
        let rule = &probe.action.model().scopes;
        !rules.contains(&rule) && {
            rules.push(rule);
            true
        }
    });
    probes
}

fn probe(action: Action) -> Option<Probe> {
    let model = action.model();
    if model.effect != Effect::Read || model.sunset.is_some() || model.deprecated.is_some() {
        return None;
    }
    let is_open = |field: &&Field| field.required && field.default.is_none() && field.constant.is_none();
    let required = model.arguments().filter(is_open);
    let mut arguments: Map<String, Value> =
        required.map(|field| Some((field.key.clone(), field.example.clone()?))).collect::<Option<_>>()?;
    let names_records = !arguments.is_empty();
    if let Output::Page { pagination, .. } = &model.output
        && let Some(limit) = &pagination.limit_param
        && let Some(field) = model.arguments().find(|field| field.ident == *limit)
        && field.ty == FieldType::Integer
    {
        arguments.insert(field.key.clone(), 1.into());
    }
    action.problems(&Value::Object(arguments.clone())).is_empty().then_some(Probe {
        action,
        arguments,
        names_records,
    })
}
