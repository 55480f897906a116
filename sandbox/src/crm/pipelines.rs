//! Deal pipelines: the one that every account starts with, and those of its own.

use std::sync::MutexGuard;

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{definitions::Choice, kinds::Kind};
use crate::{
    http::{
        caller::Caller,
        error::{Answer, ApiError},
        extract::{Body, Target},
    },
    state::Shared,
    store::Store,
    time,
};

/// The pipeline's id.
pub(crate) const DEFAULT: &str = "default";

/// A stage of the deal pipeline.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) id: &'static str,
    label: &'static str,
    pub(crate) probability: f64,
}

impl Stage {
    pub(crate) fn find(id: &str) -> Option<&'static Self> {
        STAGES.iter().find(|stage| stage.id == id)
    }

    pub(crate) fn is_won(&self) -> bool {
        self.id == "closedwon"
    }

    pub(crate) fn is_lost(&self) -> bool {
        self.id == "closedlost"
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_won() || self.is_lost()
    }
}

const fn stage(id: &'static str, label: &'static str, probability: f64) -> Stage {
    Stage { id, label, probability }
}

pub(crate) static STAGES: &[Stage] = &[
    stage("appointmentscheduled", "Appointment Scheduled", 0.2),
    stage("qualifiedtobuy", "Qualified To Buy", 0.4),
    stage("presentationscheduled", "Presentation Scheduled", 0.6),
    stage("decisionmakerboughtin", "Decision Maker Bought-In", 0.8),
    stage("contractsent", "Contract Sent", 0.9),
    stage("closedwon", "Closed Won", 1.0),
    stage("closedlost", "Closed Lost", 0.0),
];

const EPOCH: &str = "1970-01-01T00:00:00Z";

fn stages() -> Vec<Value> {
    STAGES
        .iter()
        .zip(0..)
        .map(|(stage, order)| {
            json!({
                "label": stage.label,
                "displayOrder": order,
                "metadata": {
                    "isClosed": stage.is_closed().to_string(),
                    "probability": format!("{:.1}", stage.probability),
                },
                "id": stage.id,
                "createdAt": EPOCH,
                "updatedAt": EPOCH,
                "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
                "archived": false,
            })
        })
        .collect()
}

fn pipeline() -> Value {
    json!({
        "label": "Sales Pipeline",
        "displayOrder": 0,
        "id": DEFAULT,
        "stages": stages(),
        "createdAt": EPOCH,
        "updatedAt": EPOCH,
        "archived": false,
    })
}

/// All pipelines of a kind of record; only deals have any here.
fn all(state: &Shared, target: &Target) -> Answer<Vec<Value>> {
    if target.kind.name != "deals" {
        return Ok(Vec::new());
    }
    let mut all = vec![pipeline()];
    all.extend(state.store().pipelines()?);
    Ok(all)
}

/// `GET /crm/v3/pipelines/{type}`
pub(crate) async fn list(State(state): State<Shared>, caller: Caller, target: Target) -> Answer {
    caller.need(&target.kind.read_scopes())?;
    Ok(Json(json!({"results": all(&state, &target)?})).into_response())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewPipeline {
    label: String,
    display_order: i64,
    stages: Vec<NewStage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewStage {
    label: String,
    display_order: i64,
    #[serde(default)]
    metadata: Value,
}

/// `POST /crm/v3/pipelines/deals`: a pipeline of the account's own. Its stages can be chosen, and bring none of the values
/// (probability, closed) that the standard ones do.
pub(crate) async fn create(
    State(state): State<Shared>,
    caller: Caller,
    target: Target,
    Body(new): Body<NewPipeline>,
) -> Answer {
    caller.need(&target.kind.schema_scopes())?;
    if target.kind.name != "deals" {
        return Err(ApiError::validation(format!("{} have no pipelines here", target.kind.name)));
    }
    let now = time::to_iso(time::now());
    let mut store = state.store();
    let id = next(&store.pipelines()?, 75_000_000).to_string();
    let mut body = json!({
        "label": new.label, "displayOrder": new.display_order, "id": id, "stages": [],
        "createdAt": now, "updatedAt": now, "archived": false,
    });
    for stage in new.stages {
        let stage = stage.made(&body, &now);
        push(&mut body, stage);
    }
    store.put_pipeline(&id, &body)?;
    offer(&mut store, target.kind)?;
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

impl NewStage {
    /// The stage as it is in a pipeline, which tells its id.
    fn made(self, pipeline: &Value, now: &str) -> Value {
        let number = pipeline["id"].as_str().and_then(|id| id.parse::<u64>().ok()).unwrap_or_default();
        let stages = pipeline["stages"].as_array().map_or(&[][..], Vec::as_slice);
        json!({
            "label": self.label, "displayOrder": self.display_order, "metadata": self.metadata,
            "id": next(stages, 145_000_000 + number % 1_000_000 * 1000).to_string(), "createdAt": now, "updatedAt": now,
            "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT", "archived": false,
        })
    }
}

/// An id behind all of these, which start behind `base`.
fn next(list: &[Value], base: u64) -> u64 {
    let ids = list.iter().filter_map(|one| one["id"].as_str()?.parse::<u64>().ok());
    ids.max().unwrap_or(base) + 1
}

fn push(pipeline: &mut Value, stage: Value) {
    if let Some(stages) = pipeline["stages"].as_array_mut() {
        stages.push(stage);
    }
}

/// Makes the account's own pipelines and stages the options of the properties that hold them.
fn offer(store: &mut Store, kind: &Kind) -> Answer<()> {
    let pipelines = store.pipelines()?;
    let stages: Vec<_> =
        pipelines.iter().flat_map(|one| one["stages"].as_array().into_iter().flatten()).cloned().collect();
    for (name, list) in [("pipeline", pipelines), ("dealstage", stages)] {
        let Some(mut property) = store.catalog.get(kind, name).cloned() else { continue };
        let choice = |one: &Value| {
            serde_json::from_value::<Choice>(json!({ "label": one["label"], "value": one["id"] })).ok()
        };
        property.options = list.iter().filter_map(choice).collect();
        store.define(kind, property)?;
    }
    Ok(())
}

/// `POST /crm/v3/pipelines/deals/{pipeline}/stages`
pub(crate) async fn create_stage(
    State(state): State<Shared>,
    caller: Caller,
    target: Target,
    Body(new): Body<NewStage>,
) -> Answer {
    let (mut store, mut pipeline) = own(&state, &caller, &target)?;
    let stage = new.made(&pipeline, &time::to_iso(time::now()));
    push(&mut pipeline, stage.clone());
    store.put_pipeline(target.part("pipeline"), &pipeline)?;
    offer(&mut store, target.kind)?;
    Ok((StatusCode::CREATED, Json(stage)).into_response())
}

/// `DELETE /crm/v3/pipelines/deals/{pipeline}/stages/{stage}`; deals that are in it stay there.
pub(crate) async fn delete_stage(State(state): State<Shared>, caller: Caller, target: Target) -> Answer {
    let (mut store, mut pipeline) = own(&state, &caller, &target)?;
    let wanted = target.part("stage");
    let stages = pipeline["stages"].as_array_mut();
    let place = stages.as_ref().and_then(|stages| stages.iter().position(|stage| stage["id"] == wanted));
    let (Some(stages), Some(place)) = (stages, place) else { return Err(not_found("stage", wanted)) };
    stages.remove(place);
    store.put_pipeline(target.part("pipeline"), &pipeline)?;
    offer(&mut store, target.kind)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A pipeline that may be changed, and the store, in which nobody else changes it meanwhile.
fn own<'s>(state: &'s Shared, caller: &Caller, target: &Target) -> Answer<(MutexGuard<'s, Store>, Value)> {
    caller.need(&target.kind.schema_scopes())?;
    let wanted = target.part("pipeline");
    if wanted == DEFAULT {
        return Err(ApiError::validation("the default pipeline stays as it is in this sandbox"));
    }
    let store = state.store();
    let found = store.pipelines()?.into_iter().find(|pipeline| pipeline["id"] == wanted);
    found.map(|pipeline| (store, pipeline)).ok_or_else(|| not_found("pipeline", wanted))
}

/// `GET /crm/v3/pipelines/{type}/{pipeline}`, and its `/stages` and `/stages/{stage}`.
pub(crate) async fn get(State(state): State<Shared>, caller: Caller, target: Target) -> Answer {
    Ok(Json(find(&state, &caller, &target)?).into_response())
}

pub(crate) async fn list_stages(State(state): State<Shared>, caller: Caller, target: Target) -> Answer {
    let pipeline = find(&state, &caller, &target)?;
    Ok(Json(json!({"results": pipeline["stages"]})).into_response())
}

pub(crate) async fn get_stage(State(state): State<Shared>, caller: Caller, target: Target) -> Answer {
    let pipeline = find(&state, &caller, &target)?;
    let wanted = target.part("stage");
    let mut stages = pipeline["stages"].as_array().into_iter().flatten();
    let found = stages.find(|stage| stage["id"] == wanted);
    found.map(|stage| Json(stage).into_response()).ok_or_else(|| not_found("stage", wanted))
}

fn find(state: &Shared, caller: &Caller, target: &Target) -> Answer<Value> {
    caller.need(&target.kind.read_scopes())?;
    let wanted = target.part("pipeline");
    let found = all(state, target)?.into_iter().find(|pipeline| pipeline["id"] == wanted);
    found.ok_or_else(|| not_found("pipeline", wanted))
}

fn not_found(what: &str, id: &str) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "OBJECT_NOT_FOUND", format!("no {what} has the id {id}"))
}
