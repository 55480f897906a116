//! Sending a request and collecting its answer, bounded in time and size.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, Version};

use super::Core;
use crate::error::{DecodeError, Error};
use crate::meta::{ActionMeta, Effect};

/// What came back.
pub(super) struct Received {
    pub(super) status: StatusCode,
    pub(super) version: Version,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

pub(super) async fn send(
    core: &Core,
    action: &'static ActionMeta,
    mut request: reqwest::Request,
    timeout: Duration,
) -> Result<Received, Error> {
    *request.timeout_mut() = Some(timeout);
    let failed = |error: reqwest::Error| lost(core, action, error);
    let mut response = core.http.execute(request).await.map_err(failed)?;
    let (status, version) = (response.status(), response.version());
    let headers = std::mem::take(response.headers_mut());
    let mut body = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > core.max_body => {
                body.extend_from_slice(&chunk[..core.max_body - body.len()]);
                // An error needs only its start; of a success, the status says that the server has carried it out.
                if !status.is_success() {
                    return Ok(Received { status, version, headers, body: body.freeze() });
                }
                return Err(DecodeError::too_large(action, status, core.max_body, &body).into());
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(Received { status, version, headers, body: body.freeze() }),
            // The status has arrived: a failure of a later chunk no longer leaves open what the server did.
            Err(_) if !status.is_success() => {
                return Ok(Received { status, version, headers, body: body.freeze() });
            }
            Err(error) => return Err(failed(error)),
        }
    }
}

/// What a failed exchange means: whether the server can have acted on it.
fn lost(core: &Core, action: &'static ActionMeta, error: reqwest::Error) -> Error {
    // The URL may hold personal data (a contact's address); the action's name says enough.
    let source = error.without_url();
    if source.is_connect() || source.is_builder() {
        let host = core.base_url.authority().to_owned();
        Error::Connect { action: action.name, host, source }
    } else if action.effect == Effect::Read {
        Error::Transport { action: action.name, source }
    } else {
        unknown(action, source)
    }
}

/// Nobody knows whether the server has acted. The call adds the key that it had.
pub(super) fn unknown(
    action: &'static ActionMeta,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> Error {
    Error::OutcomeUnknown { action: action.name, idempotency_key: None, source: source.into() }
}
