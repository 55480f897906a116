//! Operations on one record, and the list of records.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Json,
    extract::{OriginalUri, State},
    http::StatusCode,
    response::IntoResponse,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    answer::{self, Selection},
    computed,
    kinds::Kind,
    values::{Input, Scalar},
    write::{self, NewLink},
};
use crate::{
    http::{
        caller::Caller,
        error::{Answer, ApiError},
        extract::{Body, Query, Target},
    },
    state::Shared,
    store::{Store, records::Record},
    time,
};

/// Finds a record by its id, or by the value of a unique property.
pub(crate) fn find(
    store: &Store,
    kind: &'static Kind,
    id: &str,
    id_property: Option<&str>,
    archived: bool,
) -> Answer<Option<Record>> {
    Ok(match id_property.filter(|name| *name != "hs_object_id") {
        None => match id.parse() {
            Ok(id) => store.record(kind, id, archived)?,
            Err(_) => None,
        },
        Some(name) => {
            unique(store, kind, name)?;
            store.record_by(kind, name, id, archived)?
        }
    })
}

/// Refuses an `idProperty` that does not identify a record.
pub(crate) fn unique(store: &Store, kind: &Kind, name: &str) -> Answer<()> {
    match store.catalog.get(kind, name) {
        Some(property) if property.has_unique_value => Ok(()),
        Some(_) => Err(ApiError::validation(format!(
            "Unable to perform update/upsert by non-unique {} property {name} in portal ID {}",
            kind.id,
            crate::account::HUB_ID
        ))),
        None => Err(ApiError::validation(format!("Property \"{name}\" does not exist"))),
    }
}

#[derive(Deserialize)]
pub(crate) struct NewRecord {
    #[serde(default)]
    properties: Input,
    #[serde(default)]
    associations: Vec<NewLink>,
}

/// `POST …/{type}`
pub(crate) async fn create(
    State(state): State<Shared>,
    caller: Caller,
    target: Target,
    Body(body): Body<NewRecord>,
) -> Answer {
    caller.need(&target.kind.write_scopes())?;
    let store = state.store();
    let transaction = store.begin()?;
    let record = write::create(&store, target.kind, &body.properties, &body.associations)?;
    transaction.commit()?;
    Ok((StatusCode::CREATED, Json(answer::created(&record))).into_response())
}

/// `GET …/{type}/{id}`
pub(crate) async fn get(State(state): State<Shared>, caller: Caller, target: Target, query: Query) -> Answer {
    caller.need(&target.kind.read_scopes())?;
    let store = state.store();
    let id = target.part("id");
    let record = find(&store, target.kind, id, query.first("idProperty"), query.flag("archived")?)?
        .ok_or_else(|| ApiError::object_not_found(id))?;
    let selection =
        Selection::new(&store, target.kind, &query.list("properties"), &query.list("propertiesWithHistory"));
    let mut body = answer::selected(&store, &record, &selection)?;
    answer::add_links(&store, &record, &kinds(&query)?, &mut body)?;
    Ok(Json(body).into_response())
}

fn kinds(query: &Query) -> Answer<Vec<&'static Kind>> {
    query.list("associations").iter().map(|name| Kind::find(name)).collect()
}

/// `GET …/{type}`
pub(crate) async fn list(
    State(state): State<Shared>,
    caller: Caller,
    target: Target,
    query: Query,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    caller.need(&target.kind.read_scopes())?;
    let store = state.store();
    let selection =
        Selection::new(&store, target.kind, &query.list("properties"), &query.list("propertiesWithHistory"));
    let limit = query.limit(10, if selection.asks_history() { 50 } else { 100 })?;
    let from = match query.first("after").filter(|after| !after.is_empty()) {
        None => 0,
        Some(after) => after
            .parse()
            .map_err(|_| ApiError::validation(format!("after is not a paging token: {after}")))?,
    };
    let kinds = kinds(&query)?;
    let mut records = store.page(target.kind, from, limit + 1, query.flag("archived")?)?;
    let next = if records.len() > limit { records.pop().map(|record| record.id) } else { None };
    let mut results = Vec::new();
    for record in &records {
        let mut body = answer::selected(&store, record, &selection)?;
        answer::add_links(&store, record, &kinds, &mut body)?;
        results.push(body);
    }
    let mut body = json!({"results": results});
    if let Some(after) = next.map(|id| id.to_string()) {
        let link = format!("{}{}?{}", state.url, uri.path(), query.replaced("after", &after));
        body["paging"] = json!({"next": {"after": after, "link": link}});
    }
    Ok(Json(body).into_response())
}

#[derive(Deserialize)]
pub(crate) struct ChangedRecord {
    properties: Input,
}

/// `PATCH …/{type}/{id}`
pub(crate) async fn update(
    State(state): State<Shared>,
    caller: Caller,
    target: Target,
    query: Query,
    Body(body): Body<ChangedRecord>,
) -> Answer {
    caller.need(&target.kind.write_scopes())?;
    let store = state.store();
    let id = target.part("id");
    let transaction = store.begin()?;
    let record = find(&store, target.kind, id, query.first("idProperty"), false)?
        .ok_or_else(|| ApiError::object_not_found(id))?;
    let (record, touched) = write::update(&store, &record, &body.properties)?;
    transaction.commit()?;
    Ok(Json(answer::updated(&record, &touched)).into_response())
}

/// `DELETE …/{type}/{id}`; HubSpot answers 204 for an unknown id too.
pub(crate) async fn archive(State(state): State<Shared>, caller: Caller, target: Target) -> Answer {
    caller.need(&target.kind.write_scopes())?;
    if let Ok(id) = target.part("id").parse() {
        state.store().archive(target.kind, id)?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Merge {
    primary_object_id: Scalar,
    object_id_to_merge: Scalar,
}

/// `POST …/{type}/merge`: a new record, under whose id and both old ones it is found.
pub(crate) async fn merge(
    State(state): State<Shared>,
    caller: Caller,
    target: Target,
    Body(body): Body<Merge>,
) -> Answer {
    caller.need(&target.kind.write_scopes())?;
    let kind = target.kind;
    let store = state.store();
    let load = |Scalar(id): &Scalar| {
        let id = id.as_deref().unwrap_or_default();
        find(&store, kind, id, None, false)?.ok_or_else(|| ApiError::object_not_found(id))
    };
    let transaction = store.begin()?;
    let (primary, other) = (load(&body.primary_object_id)?, load(&body.object_id_to_merge)?);
    if primary.id == other.id {
        return Err(ApiError::validation(format!("the record {} cannot be merged with itself", primary.id)));
    }
    let merged = merge_into_new(&store, &primary, &other)?;
    transaction.commit()?;
    Ok(Json(answer::created(&merged)).into_response())
}

fn merge_into_new(store: &Store, primary: &Record, other: &Record) -> Answer<Record> {
    let kind = primary.kind;
    let mut merged = store.new_record(kind, primary.created.min(other.created))?;
    merged.updated = time::now();
    // Computed values of the old records must not survive, but their stage's must.
    let kept = |record: &Record| {
        let mut values = record.values.clone();
        for name in ["hs_all_contact_vids", "hs_object_id"] {
            values.remove(name);
        }
        values
    };
    merged.values = kept(other);
    merged.values.extend(kept(primary));
    let known =
        |record: &Record, name: &str| record.get(name).map_or_else(|| record.id.to_string(), str::to_owned);
    let merged_ids = [primary, other].map(|record| known(record, "hs_merged_object_ids"));
    merged.values.insert("hs_merged_object_ids".into(), merged_ids.join(";"));
    if kind.name == "contacts" {
        let ids = [primary, other].map(|record| known(record, "hs_all_contact_vids"));
        merged.values.insert("hs_all_contact_vids".into(), format!("{};{}", ids.join(";"), merged.id));
        if let (Some(first), Some(second)) = (primary.get("email"), other.get("email"))
            && first != second
        {
            merged.values.insert("hs_additional_emails".into(), second.to_owned());
        }
    }
    let before = merged.values.clone();
    computed::apply(&mut merged, &before);
    store.save(&merged, &BTreeMap::new(), &BTreeSet::new())?;
    for old in [primary, other] {
        store.move_links(old.id, merged.id)?;
        store.redirect(old.id, merged.id)?;
    }
    write::count_links(store, (kind, merged.id))?;
    Ok(store.record(kind, merged.id, false)?.unwrap_or(merged))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Purge {
    object_id: Scalar,
    id_property: Option<String>,
}

/// `POST …/contacts/gdpr-delete`; deals have it from 2026-09 on.
pub(crate) async fn purge(
    State(state): State<Shared>,
    caller: Caller,
    target: Target,
    Body(body): Body<Purge>,
) -> Answer {
    caller.need(&target.kind.write_scopes())?;
    let allowed = match target.kind.name {
        "contacts" => true,
        "deals" => target.part("version").starts_with("2026-09"),
        _ => false,
    };
    if !allowed {
        return Err(ApiError::uncategorized(StatusCode::NOT_FOUND, "this object type has no gdpr-delete"));
    }
    let store = state.store();
    let transaction = store.begin()?;
    let id = body.object_id.0.as_deref().unwrap_or_default();
    for archived in [false, true] {
        if let Some(record) = find(&store, target.kind, id, body.id_property.as_deref(), archived)? {
            store.purge(record.id)?;
        }
    }
    transaction.commit()?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A record's body with one more key, for batches.
pub(crate) fn with(mut body: Value, key: &str, value: Value) -> Value {
    body[key] = value;
    body
}
