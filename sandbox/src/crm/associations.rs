//! The routes that associate two records.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde_json::{Value, json};

use super::{
    answer::{self, Selection},
    kinds::Kind,
    link_types, single,
    write::{self, LinkSpec},
};
use crate::{
    http::{
        caller::Caller,
        error::{Answer, ApiError},
        extract::{Body, Target},
    },
    state::Shared,
    store::{Store, records::Record},
    time,
};

/// The two records of the path.
struct Pair {
    from: Record,
    to: Record,
}

impl Pair {
    fn load(store: &Store, target: &Target) -> Answer<Self> {
        let to = Kind::find(target.part("to"))?;
        let load = |kind, id| {
            single::find(store, kind, id, None, false)?.ok_or_else(|| ApiError::object_not_found(id))
        };
        Ok(Self { from: load(target.kind, target.part("id"))?, to: load(to, target.part("to_id"))? })
    }

    fn ends(&self) -> ((&'static Kind, i64), (&'static Kind, i64)) {
        ((self.from.kind, self.from.id), (self.to.kind, self.to.id))
    }
}

/// Writing to either of the two types is enough.
fn need(caller: &Caller, target: &Target) -> Answer<()> {
    let mut scopes = target.kind.write_scopes();
    scopes.extend(Kind::find(target.part("to"))?.write_scopes());
    caller.need(&scopes)
}

/// `PUT …/{type}/{id}/associations/default/{to}/{to_id}`
pub(crate) async fn put_default(State(state): State<Shared>, caller: Caller, target: Target) -> Answer {
    need(&caller, &target)?;
    let store = state.store();
    let started = time::now();
    let transaction = store.begin()?;
    let pair = Pair::load(&store, &target)?;
    let (from, to) = pair.ends();
    let type_id = link_types::default(from.0, to.0);
    write::associate(&store, from, to, "HUBSPOT_DEFINED", type_id)?;
    transaction.commit()?;
    let one = |from: i64, to: i64, type_id: i64| {
        json!({
            "from": {"id": from.to_string()},
            "to": {"id": to.to_string()},
            "associationSpec": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id},
        })
    };
    let back = link_types::inverse(from.0, to.0, type_id);
    Ok(Json(json!({
        "status": "COMPLETE",
        "results": [one(from.1, to.1, type_id), one(to.1, from.1, back)],
        "startedAt": time::to_iso(started),
        "completedAt": time::to_iso(time::now()),
    }))
    .into_response())
}

/// `PUT …/{type}/{id}/associations/{to}/{to_id}` with the types in the body
pub(crate) async fn put(
    State(state): State<Shared>,
    caller: Caller,
    target: Target,
    Body(specs): Body<Vec<LinkSpec>>,
) -> Answer {
    need(&caller, &target)?;
    let store = state.store();
    let transaction = store.begin()?;
    let pair = Pair::load(&store, &target)?;
    let (from, to) = pair.ends();
    let mut labels = Vec::new();
    for spec in &specs {
        let defined = spec.association_category == "HUBSPOT_DEFINED";
        if defined && !link_types::is_defined(from.0, to.0, spec.association_type_id) {
            return Err(ApiError::validation(format!(
                "{} is no association type from {} to {}",
                spec.association_type_id, from.0.name, to.0.name
            )));
        }
        write::associate(&store, from, to, &spec.association_category, spec.association_type_id)?;
        labels.extend(link_types::label(from.0, to.0, spec.association_type_id));
    }
    transaction.commit()?;
    let body = json!({
        "fromObjectTypeId": from.0.id,
        "fromObjectId": from.1.to_string(),
        "toObjectTypeId": to.0.id,
        "toObjectId": to.1.to_string(),
        "labels": labels,
    });
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// `DELETE …/{type}/{id}/associations/{to}/{to_id}`: all types at once
pub(crate) async fn delete(State(state): State<Shared>, caller: Caller, target: Target) -> Answer {
    remove(&state, &caller, &target, None)
}

/// `PUT /crm/v3/objects/{type}/{id}/associations/{to}/{to_id}/{link}`, by number or name
pub(crate) async fn put_typed(State(state): State<Shared>, caller: Caller, target: Target) -> Answer {
    need(&caller, &target)?;
    let store = state.store();
    let transaction = store.begin()?;
    let pair = Pair::load(&store, &target)?;
    let (from, to) = pair.ends();
    let type_id = type_id(&target, to.0)?;
    write::associate(&store, from, to, "HUBSPOT_DEFINED", type_id)?;
    transaction.commit()?;
    let record = store.record(from.0, from.1, false)?.unwrap_or(pair.from);
    let mut body = answer::selected(&store, &record, &Selection::new(&store, from.0, &[], &[]))?;
    answer::add_links(&store, &record, &[to.0], &mut body)?;
    Ok(Json(body).into_response())
}

/// `DELETE /crm/v3/objects/{type}/{id}/associations/{to}/{to_id}/{link}`
pub(crate) async fn delete_typed(State(state): State<Shared>, caller: Caller, target: Target) -> Answer {
    let type_id = type_id(&target, Kind::find(target.part("to"))?)?;
    remove(&state, &caller, &target, Some(type_id))
}

fn type_id(target: &Target, to: &Kind) -> Answer<i64> {
    let text = target.part("link");
    link_types::parse(target.kind, to, text)
        .filter(|id| link_types::is_defined(target.kind, to, *id))
        .ok_or_else(|| {
            ApiError::validation(format!(
                "{text} is no association type from {} to {}",
                target.kind.name, to.name
            ))
        })
}

fn remove(state: &Shared, caller: &Caller, target: &Target, type_id: Option<i64>) -> Answer {
    need(caller, target)?;
    let to = Kind::find(target.part("to"))?;
    let store = state.store();
    if let (Ok(from_id), Ok(to_id)) = (target.part("id").parse(), target.part("to_id").parse()) {
        let (from, to) = ((target.kind, from_id), (to, to_id));
        let transaction = store.begin()?;
        store.unlink(from, to, type_id)?;
        write::count_links(&store, from)?;
        write::count_links(&store, to)?;
        transaction.commit()?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET …/{type}/{id}/associations/{to}`: v3 names the types, the later versions number them
pub(crate) async fn list(State(state): State<Shared>, caller: Caller, target: Target) -> Answer {
    let to = Kind::find(target.part("to"))?;
    caller.need(&target.kind.read_scopes())?;
    let store = state.store();
    let id = target.part("id");
    let record =
        single::find(&store, target.kind, id, None, false)?.ok_or_else(|| ApiError::object_not_found(id))?;
    let links = store.links(record.id, to)?;
    if target.part("version").is_empty() {
        return Ok(Json(json!({"results": answer::named(target.kind, to, &links)})).into_response());
    }
    let mut results: Vec<Value> = Vec::new();
    for link in &links {
        let spec = json!({
            "category": link.category,
            "typeId": link.type_id,
            "label": link_types::label(target.kind, to, link.type_id),
        });
        match results.last_mut() {
            Some(last) if last["toObjectId"] == link.to => {
                if let Some(types) = last["associationTypes"].as_array_mut() {
                    types.push(spec);
                }
            }
            _ => results.push(json!({"toObjectId": link.to, "associationTypes": [spec]})),
        }
    }
    Ok(Json(json!({"results": results})).into_response())
}
