//! Batches: whole failures, or 207 with one error per failed input.

use std::collections::BTreeSet;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    answer::{self, Selection},
    kinds::Kind,
    single::{self, with},
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
    store::Store,
    time::{self, Millis},
};

const MAX_INPUTS: usize = 100;

#[derive(Deserialize)]
pub(crate) struct Batch<T> {
    inputs: Vec<T>,
}

impl<T: DeserializeOwned> Batch<T> {
    fn checked(self) -> Answer<Vec<T>> {
        if self.inputs.len() > MAX_INPUTS {
            return Err(ApiError::validation(format!(
                "The maximum number of inputs supported in a batch request is {MAX_INPUTS}, but there are {}",
                self.inputs.len()
            )));
        }
        Ok(self.inputs)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateInput {
    object_write_trace_id: Option<String>,
    #[serde(default)]
    properties: Input,
    #[serde(default)]
    associations: Vec<NewLink>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateInput {
    id: Scalar,
    id_property: Option<String>,
    object_write_trace_id: Option<String>,
    properties: Input,
}

#[derive(Deserialize)]
pub(crate) struct IdInput {
    id: Scalar,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReadInput {
    inputs: Vec<IdInput>,
    id_property: Option<String>,
    #[serde(default)]
    properties: Vec<String>,
    #[serde(default)]
    properties_with_history: Vec<String>,
}

/// What a batch has come to so far.
struct Outcome {
    started: Millis,
    results: Vec<Value>,
    errors: Vec<Value>,
}

impl Outcome {
    fn new() -> Self {
        Self { started: time::now(), results: Vec::new(), errors: Vec::new() }
    }

    /// Takes one input's result. An error without a trace id is the whole batch's.
    fn take(&mut self, trace: Option<&str>, result: Answer<Value>) -> Answer<()> {
        match (result, trace) {
            (Ok(body), None) => self.results.push(body),
            (Ok(body), Some(trace)) => self.results.push(with(body, "objectWriteTraceId", trace.into())),
            (Err(error), Some(trace)) if error.status.is_client_error() => {
                let mut entry = Map::new();
                entry.insert("status".into(), "error".into());
                entry.insert("category".into(), error.category.unwrap_or("VALIDATION_ERROR").into());
                entry.insert("message".into(), error.message.into());
                entry.insert("context".into(), json!({"objectWriteTraceId": [trace]}));
                self.errors.push(Value::Object(entry));
            }
            (Err(error), _) => return Err(error),
        }
        Ok(())
    }

    fn answer(self, success: StatusCode) -> Response {
        let mut body = json!({
            "status": "COMPLETE",
            "results": self.results,
            "startedAt": time::to_iso(self.started),
            "completedAt": time::to_iso(time::now()),
        });
        let status = if self.errors.is_empty() {
            success
        } else {
            body["numErrors"] = self.errors.len().into();
            body["errors"] = Value::Array(self.errors);
            StatusCode::MULTI_STATUS
        };
        (status, Json(body)).into_response()
    }
}

/// `POST …/batch/create`
pub(crate) async fn create(
    State(state): State<Shared>,
    caller: Caller,
    target: Target,
    Body(batch): Body<Batch<CreateInput>>,
) -> Answer {
    caller.need(&target.kind.write_scopes())?;
    let inputs = batch.checked()?;
    let store = state.store();
    let transaction = store.begin()?;
    let mut outcome = Outcome::new();
    for input in inputs {
        let result = write::create(&store, target.kind, &input.properties, &input.associations);
        outcome
            .take(input.object_write_trace_id.as_deref(), result.map(|record| answer::created(&record)))?;
    }
    transaction.commit()?;
    Ok(outcome.answer(StatusCode::CREATED))
}

/// `POST …/batch/update`
pub(crate) async fn update(
    State(state): State<Shared>,
    caller: Caller,
    target: Target,
    Body(batch): Body<Batch<UpdateInput>>,
) -> Answer {
    caller.need(&target.kind.write_scopes())?;
    let inputs = batch.checked()?;
    distinct(&inputs)?;
    let store = state.store();
    let transaction = store.begin()?;
    let mut outcome = Outcome::new();
    for input in inputs {
        let result = update_one(&store, target.kind, &input);
        outcome.take(input.object_write_trace_id.as_deref(), result)?;
    }
    transaction.commit()?;
    Ok(outcome.answer(StatusCode::OK))
}

/// HubSpot refuses a batch that changes a record twice.
fn distinct(inputs: &[UpdateInput]) -> Answer<()> {
    let mut known = BTreeSet::new();
    let twice: Vec<&str> =
        inputs.iter().filter_map(|input| input.id.0.as_deref()).filter(|id| !known.insert(*id)).collect();
    if twice.is_empty() {
        return Ok(());
    }
    Err(ApiError::validation(format!(
        "Duplicate IDs found in batch input: [{}]. IDs must be unique",
        twice.join(", ")
    )))
}

fn update_one(store: &Store, kind: &'static Kind, input: &UpdateInput) -> Answer<Value> {
    let id = input.id.0.as_deref().unwrap_or_default();
    if kind.name == "contacts" && input.id_property.as_deref() == Some("email") {
        return Err(ApiError::validation("a batch update finds contacts by record id, not by email"));
    }
    let record = single::find(store, kind, id, input.id_property.as_deref(), false)?
        .ok_or_else(|| ApiError::object_not_found(id))?;
    let (record, touched) = write::update(store, &record, &input.properties)?;
    Ok(answer::updated(&record, &touched))
}

/// `POST …/batch/upsert`
pub(crate) async fn upsert(
    State(state): State<Shared>,
    caller: Caller,
    target: Target,
    Body(batch): Body<Batch<UpdateInput>>,
) -> Answer {
    caller.need(&target.kind.write_scopes())?;
    let inputs = batch.checked()?;
    distinct(&inputs)?;
    let store = state.store();
    let transaction = store.begin()?;
    let mut outcome = Outcome::new();
    for input in inputs {
        let trace = input.object_write_trace_id.clone();
        let result = upsert_one(&store, target.kind, input);
        outcome.take(trace.as_deref(), result)?;
    }
    transaction.commit()?;
    Ok(outcome.answer(StatusCode::OK))
}

fn upsert_one(store: &Store, kind: &'static Kind, mut input: UpdateInput) -> Answer<Value> {
    let id = input.id.0.clone().unwrap_or_default();
    let property = input.id_property.take().unwrap_or_else(|| "hs_object_id".into());
    single::unique(store, kind, &property)?;
    if let Some(record) = store.record_by(kind, &property, &id, false)? {
        let (record, touched) = write::update(store, &record, &input.properties)?;
        return Ok(with(answer::updated(&record, &touched), "new", false.into()));
    }
    input.properties.entry(property).or_insert(Scalar(Some(id)));
    let record = write::create(store, kind, &input.properties, &[])?;
    Ok(with(answer::created(&record), "new", true.into()))
}

/// `POST …/batch/archive`
pub(crate) async fn archive(
    State(state): State<Shared>,
    caller: Caller,
    target: Target,
    Body(batch): Body<Batch<IdInput>>,
) -> Answer {
    caller.need(&target.kind.write_scopes())?;
    let inputs = batch.checked()?;
    let store = state.store();
    let transaction = store.begin()?;
    for id in inputs.iter().filter_map(|input| input.id.0.as_deref()?.parse().ok()) {
        store.archive(target.kind, id)?;
    }
    transaction.commit()?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST …/batch/read`; ids without a record come back as errors of a 207.
pub(crate) async fn read(
    State(state): State<Shared>,
    caller: Caller,
    target: Target,
    query: Query,
    Body(body): Body<ReadInput>,
) -> Answer {
    caller.need(&target.kind.read_scopes())?;
    let archived = query.flag("archived")?;
    let inputs = Batch { inputs: body.inputs }.checked()?;
    let store = state.store();
    let selection = Selection::new(&store, target.kind, &body.properties, &body.properties_with_history);
    let mut outcome = Outcome::new();
    let mut missing = Vec::new();
    for Scalar(id) in inputs.into_iter().map(|input| input.id) {
        let id = id.unwrap_or_default();
        match single::find(&store, target.kind, &id, body.id_property.as_deref(), archived)? {
            Some(record) => outcome.results.push(answer::selected(&store, &record, &selection)?),
            None => missing.push(id),
        }
    }
    if !missing.is_empty() {
        outcome.errors.push(json!({
            "status": "error",
            "id": Uuid::new_v4().to_string(),
            "category": "OBJECT_NOT_FOUND",
            "message": format!("Could not get some {} objects, they may be deleted or not exist. Check that ids are valid.",
                target.kind.singular.to_uppercase()),
            "context": {"ids": missing},
            "errors": [],
            "links": {},
        }));
    }
    Ok(outcome.answer(StatusCode::OK))
}
