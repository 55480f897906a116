//! Records on their way out.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{kinds::Kind, link_types};
use crate::{
    account::HUB_ID,
    http::error::ApiError,
    store::{Store, links::Link, records::Record},
    time::to_iso,
};

/// The properties that a reader asked for, without those that are not defined.
pub(crate) struct Selection {
    names: BTreeSet<String>,
    with_history: Vec<String>,
}

impl Selection {
    pub(crate) fn new(store: &Store, kind: &Kind, asked: &[String], with_history: &[String]) -> Self {
        let defined = |name: &&String| store.catalog.get(kind, name).is_some();
        let mut names: BTreeSet<String> = asked.iter().chain(with_history).filter(defined).cloned().collect();
        if asked.is_empty() {
            names.extend(kind.defaults.iter().map(|name| (*name).to_owned()));
        }
        for always in ["hs_object_id", "createdate", kind.modified] {
            names.insert(always.to_owned());
        }
        Self { names, with_history: with_history.iter().filter(defined).cloned().collect() }
    }

    pub(crate) fn asks_history(&self) -> bool {
        !self.with_history.is_empty()
    }
}

/// A record with the selected properties; null stands for one without a value.
pub(crate) fn selected(store: &Store, record: &Record, selection: &Selection) -> Result<Value, ApiError> {
    let properties = selection.names.iter().map(|name| (name.clone(), json!(record.get(name)))).collect();
    let mut body = envelope(record, properties);
    if selection.asks_history() {
        let mut history = Map::new();
        for name in &selection.with_history {
            let past = store.history(record, name)?;
            let past: Vec<Value> = past
                .iter()
                .map(|past| {
                    json!({
                        "value": past.value,
                        "timestamp": to_iso(past.at),
                        "sourceType": "INTEGRATION",
                        "sourceId": "18221010",
                    })
                })
                .collect();
            history.insert(name.clone(), Value::Array(past));
        }
        body.insert("propertiesWithHistory".into(), Value::Object(history));
    }
    Ok(Value::Object(body))
}

/// What a create answers: every property that has a value.
pub(crate) fn created(record: &Record) -> Value {
    let mut properties: Map<String, Value> =
        record.values.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    for (name, value) in record.kind.constants {
        properties.insert((*name).to_owned(), (*value).into());
    }
    Value::Object(envelope(record, properties))
}

/// What an update answers: what changed, what was sent, and what is always computed anew.
pub(crate) fn updated(record: &Record, touched: &BTreeSet<String>) -> Value {
    let mut properties = Map::new();
    for name in record.kind.echoed {
        if let Some(value) = record.get(name) {
            properties.insert((*name).to_owned(), value.into());
        }
    }
    for name in touched {
        // A cleared property is answered as the empty text it was cleared with.
        properties.insert(name.clone(), record.get(name).unwrap_or_default().into());
    }
    Value::Object(envelope(record, properties))
}

fn envelope(record: &Record, properties: Map<String, Value>) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("id".into(), record.id.to_string().into());
    body.insert("properties".into(), Value::Object(properties));
    body.insert("createdAt".into(), to_iso(record.created).into());
    body.insert("updatedAt".into(), to_iso(record.updated).into());
    body.insert("archived".into(), record.archived.is_some().into());
    if let Some(at) = record.archived {
        body.insert("archivedAt".into(), to_iso(at).into());
    }
    let url = format!("https://app.hubspot.com/contacts/{HUB_ID}/record/{}/{}", record.kind.id, record.id);
    body.insert("url".into(), url.into());
    body
}

/// Adds `associations` with the given object types; a type without any is left out.
pub(crate) fn add_links(
    store: &Store,
    record: &Record,
    kinds: &[&'static Kind],
    body: &mut Value,
) -> Result<(), ApiError> {
    let mut all = Map::new();
    for to in kinds {
        let links = store.links(record.id, to)?;
        if !links.is_empty() {
            all.insert(to.name.to_owned(), json!({"results": named(record.kind, to, &links)}));
        }
    }
    if !all.is_empty() {
        body["associations"] = Value::Object(all);
    }
    Ok(())
}

/// Associations as `{id, type}`.
pub(crate) fn named(from: &Kind, to: &Kind, links: &[Link]) -> Vec<Value> {
    links
        .iter()
        .map(|link| json!({"id": link.to.to_string(), "type": link_types::name(from, to, link.type_id)}))
        .collect()
}
