//! The deal pipeline: every account starts with this one.

use axum::{Json, http::StatusCode, response::IntoResponse};
use serde_json::{Value, json};

use crate::http::{
    caller::Caller,
    error::{Answer, ApiError},
    extract::Target,
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

/// `GET /crm/v3/pipelines/{type}`; only deals have one here.
pub(crate) async fn list(caller: Caller, target: Target) -> Answer {
    caller.need(&target.kind.read_scopes())?;
    let all = if target.kind.name == "deals" { vec![pipeline()] } else { Vec::new() };
    Ok(Json(json!({"results": all})).into_response())
}

/// `GET /crm/v3/pipelines/{type}/{pipeline}`, and its `/stages` and `/stages/{stage}`.
pub(crate) async fn get(caller: Caller, target: Target) -> Answer {
    find(&caller, &target)?;
    Ok(Json(pipeline()).into_response())
}

pub(crate) async fn list_stages(caller: Caller, target: Target) -> Answer {
    find(&caller, &target)?;
    Ok(Json(json!({"results": stages()})).into_response())
}

pub(crate) async fn get_stage(caller: Caller, target: Target) -> Answer {
    find(&caller, &target)?;
    let wanted = target.part("stage");
    let found = stages().into_iter().find(|stage| stage["id"] == wanted);
    found.map(|stage| Json(stage).into_response()).ok_or_else(|| not_found("stage", wanted))
}

fn find(caller: &Caller, target: &Target) -> Result<(), ApiError> {
    caller.need(&target.kind.read_scopes())?;
    let wanted = target.part("pipeline");
    if target.kind.name == "deals" && wanted == DEFAULT { Ok(()) } else { Err(not_found("pipeline", wanted)) }
}

fn not_found(what: &str, id: &str) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "OBJECT_NOT_FOUND", format!("no {what} has the id {id}"))
}
