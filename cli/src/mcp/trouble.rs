//! Errors that a language model can act on: what went wrong, with which argument, whether it may be sent again, and what to do.

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Value, json};
use typed_connector::Error;
use typed_connector::meta::Effect;

use super::tools::ERROR;
use crate::Failure;

/// An error as the result of a call: words for a model, and the same in parts.
pub(super) fn result(error: &Value) -> CallToolResult {
    let mut text = error["message"].as_str().unwrap_or_default().to_owned();
    for problem in error["problems"].as_array().into_iter().flatten() {
        let (argument, message) = (&problem["argument"], &problem["message"]);
        text.push_str(&format!(
            "\n- {}: {}",
            argument.as_str().unwrap_or_default(),
            message.as_str().unwrap_or_default()
        ));
    }
    if let Some(advice) = error["what_to_do"].as_str() {
        text.push_str(&format!("\n{advice}"));
    }
    let mut result = CallToolResult::error(vec![ContentBlock::text(text)]);
    result.structured_content = Some(json!({ ERROR: error }));
    result
}

/// Something that is not set up, told by its own words.
pub(super) fn setup(error: &Failure) -> Value {
    let text = crate::told(&**error);
    json!({ "kind": "configuration", "message": text, "retryable": false })
}

/// An error of a call; `words` name the connection in commands that are suggested.
#[expect(clippy::too_many_lines, reason = "a table of what errors are called and what helps")]
pub(super) fn error(error: &Error, words: &str) -> Value {
    let command = format!("connector auth authorize {words}");
    let mut told = json!({ "message": crate::told(error), "retryable": error.is_retryable() });
    let (kind, advice) = match error {
        Error::InvalidArguments { problems, action } => {
            told["message"] = format!("{action}: the arguments do not fit, and nothing was sent").into();
            told["problems"] = problems
                .iter()
                .map(|problem| json!({ "argument": problem.argument, "message": problem.message }))
                .collect();
            ("invalid_arguments", "Mend these arguments and call the tool again.".to_owned())
        }
        Error::InvalidArgument { argument, message, .. } => {
            told["problems"] = json!([{ "argument": argument, "message": message }]);
            ("invalid_arguments", "Mend this argument and call the tool again.".to_owned())
        }
        Error::AuthorizationRequired(required) => {
            told["url"] = required.url.as_str().into();
            told["expires_at"] = required.expires_at.to_string().into();
            let advice = format!(
                "Show the person this link and ask them to open it: {} When they are back, call the tool again.",
                required.url
            );
            ("authorization_required", advice)
        }
        Error::Authorization(_) => {
            ("authorization", format!("Ask the person to run `{command}`, then call the tool again."))
        }
        Error::MissingScopes(missing) => {
            told["missing_scopes"] = json!(missing.missing);
            told["one_of_scopes"] = json!(missing.one_of);
            told["granted_scopes"] = json!(missing.granted);
            match &missing.authorize {
                Some(required) => {
                    told["url"] = required.url.as_str().into();
                    let url = &required.url;
                    (
                        "missing_scopes",
                        format!(
                            "Show the person this link, which grants them: {url} Then call the tool again."
                        ),
                    )
                }
                None => (
                    "missing_scopes",
                    "The person has to add these scopes to the app and authorize it again.".to_owned(),
                ),
            }
        }
        Error::Api(api) => {
            told["status"] = api.status.as_u16().into();
            told["category"] = json!(api.category);
            told["correlation_id"] = json!(api.correlation_id);
            told["retry_after_seconds"] = json!(api.retry_after.map(|wait| wait.as_secs()));
            if !api.details.is_empty() {
                let problem = |detail: &typed_connector::ErrorDetail| json!({ "argument": detail.field, "message": detail.message, "code": detail.code });
                told["problems"] = api.details.iter().map(problem).collect();
            }
            if !api.missing_scopes.is_empty() {
                told["missing_scopes"] = json!(api.missing_scopes);
            }
            match api.status.as_u16() {
                401 => ("unauthorized", format!("The token was refused. Ask the person to run `{command}`.")),
                403 => (
                    "forbidden",
                    "The person or their app may not do this; do not try it again as it is.".to_owned(),
                ),
                404 => {
                    ("not_found", "There is no such record. Search for it before you try again.".to_owned())
                }
                409 => (
                    "conflict",
                    "Something of this name or id exists already. Look for it, and change that one."
                        .to_owned(),
                ),
                429 => ("rate_limited", "Wait before you call a tool again.".to_owned()),
                400..=499 => ("refused", "Mend what is named here and call the tool again.".to_owned()),
                _ => ("server_error", "The service has a problem. Try again later.".to_owned()),
            }
        }
        Error::OutcomeUnknown { .. } => (
            "outcome_unknown",
            "It may have been carried out. Look before you call the tool again.".to_owned(),
        ),
        Error::Decode(decode) if decode.effect != Effect::Read => (
            "unreadable_answer",
            "It has been carried out. Do not call the tool again; look at the result instead.".to_owned(),
        ),
        Error::Decode(_) => ("unreadable_answer", "The answer cannot be read.".to_owned()),
        Error::Connect { .. } | Error::Transport { .. } | Error::DeadlineExceeded { .. } => {
            ("unreachable", "The service was not reached. Try again later.".to_owned())
        }
        Error::Configuration(_) => {
            ("configuration", "The person has to mend how this server is set up.".to_owned())
        }
        _ => ("failed", "It did not work.".to_owned()),
    };
    told["kind"] = kind.into();
    told["what_to_do"] = advice.into();
    if let Value::Object(fields) = &mut told {
        fields.retain(|_, value| !value.is_null());
    }
    told
}
