//! A call on its way.

use rmcp::RoleServer;
use rmcp::model::{
    CallToolResponse, CallToolResult, ContentBlock, ElicitRequest, ElicitRequestParams, ElicitResult,
    ElicitationAction, ElicitationSchema, InputRequest, InputRequests, InputRequiredResult, InputResponses,
    JsonObject,
};
use rmcp::service::{ElicitationMode, RequestContext};
use serde_json::{Value, json};
use typed_connector::dynamic::model::{Effect, Output as Kind};
use typed_connector::dynamic::{Action, Client, Item};
use typed_connector::{Error, Outcome};

use super::access::Access;
use super::tools::RESULT;
use super::trouble;
use crate::run::shown;

/// The name of the one question in a result that asks the client for input.
const CONFIRM: &str = "confirm";

/// What a person says to a question.
enum Answer {
    Yes,
    No,
    /// It is asked by this result, and the call comes again with the answer.
    Asked(InputRequiredResult),
}

pub(super) async fn call(
    action: Action,
    arguments: JsonObject,
    responses: Option<&InputResponses>,
    access: &Access,
    confirms: bool,
    context: &RequestContext<RoleServer>,
) -> CallToolResponse {
    // Wrong arguments are told before a person is asked about them.
    let problems = action.problems(&Value::Object(arguments.clone()));
    if !problems.is_empty() {
        let error = Error::InvalidArguments { action: action.name(), problems };
        return trouble::result(&trouble::error(&error, &access.words())).into();
    }
    if confirms && let Some(question) = question(action) {
        match ask(&question, action, &arguments, responses, context).await {
            Answer::Yes => {}
            Answer::No => {
                let declined = json!({
                    "kind": "declined",
                    "message": "The person did not confirm, and nothing was sent.",
                    "what_to_do": "Ask the person what they want instead.",
                    "retryable": false,
                });
                return trouble::result(&declined).into();
            }
            Answer::Asked(question) => return question.into(),
        }
    }
    let client = match access.client().await {
        Ok(client) => client,
        Err(error) => return trouble::result(&trouble::setup(&error)).into(),
    };
    let done = match action.model().output {
        Kind::Batch { .. } => batch(action, &client, arguments).await,
        _ => once(action, &client, arguments).await,
    };
    match done {
        Ok(result) => result.into(),
        Err(error) => {
            if let Error::AuthorizationRequired(required) = &error {
                access.await_return(required).await;
            }
            if let Error::MissingScopes(missing) = &error
                && let Some(required) = &missing.authorize
            {
                access.await_return(required).await;
            }
            trouble::result(&trouble::error(&error, &access.words())).into()
        }
    }
}

async fn once(action: Action, client: &Client, arguments: JsonObject) -> Result<CallToolResult, Error> {
    let json = client.execute(action.name(), Value::Object(arguments)).await?;
    Ok(match json {
        Value::Null if matches!(action.model().output, Kind::Nothing) => {
            CallToolResult::success(vec![ContentBlock::text("Done.")])
        }
        Value::Object(_) => CallToolResult::structured(json),
        other => CallToolResult::structured(json!({ RESULT: other })),
    })
}

async fn batch(action: Action, client: &Client, arguments: JsonObject) -> Result<CallToolResult, Error> {
    let report = client.batch(action.name(), Value::Object(arguments))?.await;
    let outcomes: Vec<_> = report.outcomes.iter().map(outcome).collect();
    let done = report.done().count();
    let mut result = CallToolResult::structured(json!({ "done": done, "outcomes": outcomes }));
    // Where nothing was done at all, a model should not take it for a success.
    if done == 0 && !report.outcomes.is_empty() {
        result.is_error = Some(true);
    }
    Ok(result)
}

fn outcome(outcome: &Outcome<Item>) -> Value {
    match outcome {
        Outcome::Done(item) => match item.json() {
            Value::Null => json!({ "outcome": "done" }),
            result => json!({ "outcome": "done", "result": result }),
        },
        Outcome::Refused(error) => {
            let mut told = json!({ "outcome": "refused" });
            for (key, text) in [("message", &error.message), ("category", &error.category)] {
                if let Some(text) = text {
                    told[key] = text.as_str().into();
                }
            }
            told
        }
        Outcome::Failed(error) => json!({ "outcome": "failed", "message": error.to_string() }),
        Outcome::Unknown(error) => json!({ "outcome": "unknown", "message": error.to_string() }),
        _ => json!({ "outcome": "untold" }),
    }
}

/// What a person is asked before the action is carried out.
fn question(action: Action) -> Option<String> {
    let model = action.model();
    match (&model.confirm, model.effect) {
        (Some(question), _) => Some(question.clone()),
        (None, Effect::Delete) => Some(format!("{}?", model.title)),
        (None, _) => None,
    }
}

/// Asks the person, where the client can; one that cannot has its own questions, by the tool's hints.
async fn ask(
    question: &str,
    action: Action,
    arguments: &JsonObject,
    responses: Option<&InputResponses>,
    context: &RequestContext<RoleServer>,
) -> Answer {
    if let Some(response) = responses.and_then(|responses| responses.get(CONFIRM)) {
        return match serde_json::from_value::<ElicitResult>(response.clone()) {
            Ok(result) => answer(&result),
            Err(_) => Answer::No,
        };
    }
    let can_ask = context
        .client_capabilities()
        .and_then(|client| client.elicitation)
        .is_some_and(|elicitation| elicitation.form.is_some() || elicitation.url.is_none());
    let is_stateless = context.protocol_version().is_some_and(|version| !version.has_initialize());
    if !can_ask
        || (!is_stateless && !context.peer.supported_elicitation_modes().contains(&ElicitationMode::Form))
    {
        return Answer::Yes;
    }
    let Ok(schema) = ElicitationSchema::builder()
        .required_bool_property(CONFIRM, |field| field.title("Yes, do it").with_default(true))
        .build()
    else {
        return Answer::No;
    };
    let about = shown::arguments(action, arguments);
    let message = if about.is_empty() { question.to_owned() } else { format!("{question}\n\n{about}") };
    let params = ElicitRequestParams::FormElicitationParams { meta: None, message, requested_schema: schema };
    // Since 2026-07-28 the question is a result, and the call comes again with its answer.
    if is_stateless {
        let request = InputRequest::Elicitation(ElicitRequest::new(params));
        return Answer::Asked(InputRequiredResult::from_input_requests(InputRequests::from([(
            CONFIRM.to_owned(),
            request,
        )])));
    }
    match context.peer.create_elicitation(params).await {
        Ok(result) => answer(&result),
        Err(_) => Answer::No,
    }
}

fn answer(result: &ElicitResult) -> Answer {
    let unticked = result.content.as_ref().is_some_and(|content| content[CONFIRM] == false);
    match result.action {
        ElicitationAction::Accept if !unticked => Answer::Yes,
        _ => Answer::No,
    }
}
