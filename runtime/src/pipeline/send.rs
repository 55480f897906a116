//! Sending a request and collecting its answer, bounded in time and size.

use std::pin::{Pin, pin};
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, Version};

use super::Core;
use super::timers::Time;
use crate::error::{DecodeError, Error, TimedOut};
use crate::meta::{ActionMeta, Effect};

/// The most bytes that are set aside for a body because the server says how long it is.
const SET_ASIDE: u64 = 256 * 1024;

/// What came back.
pub(super) struct Received {
    pub(super) status: StatusCode,
    pub(super) version: Version,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Why an answer did not arrive.
enum Loss {
    Http(reqwest::Error),
    Late(TimedOut),
}

/// Sends the request when it is polled. What is to be awaited holds nothing large: calls are moved until they are first polled.
pub(super) fn send<'a>(
    core: &'a Core,
    action: &'static ActionMeta,
    request: reqwest::Request,
    ends: Instant,
) -> impl Future<Output = Result<Received, Error>> + 'a {
    let answer = core.http.execute(request);
    async move {
        let mut time = core.timers.until(ends.into());
        let outcome = exchange(core, action, pin!(answer), &mut time).await;
        time.keep();
        outcome
    }
}

async fn exchange<F: Future<Output = reqwest::Result<reqwest::Response>>>(
    core: &Core,
    action: &'static ActionMeta,
    answer: Pin<&mut F>,
    time: &mut Time<'_>,
) -> Result<Received, Error> {
    let failed = |loss: Loss| lost(core, action, loss);
    let mut response = in_time(time, answer).await.map_err(failed)?;
    let (status, version) = (response.status(), response.version());
    let headers = std::mem::take(response.headers_mut());
    let length = response.content_length().unwrap_or_default().min(SET_ASIDE);
    let mut body = BytesMut::with_capacity(usize::try_from(length).unwrap_or_default().min(core.max_body));
    loop {
        match in_time(time, pin!(response.chunk())).await {
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
            Err(loss) => return Err(failed(loss)),
        }
    }
}

async fn in_time<T, F: Future<Output = reqwest::Result<T>>>(
    time: &mut Time<'_>,
    work: Pin<&mut F>,
) -> Result<T, Loss> {
    match time.bound(work).await {
        Some(done) => done.map_err(Loss::Http),
        None => Err(Loss::Late(TimedOut)),
    }
}

/// What a failed exchange means: whether the server can have acted on it.
fn lost(core: &Core, action: &'static ActionMeta, loss: Loss) -> Error {
    let source: Box<dyn std::error::Error + Send + Sync> = match loss {
        Loss::Late(late) => late.into(),
        Loss::Http(error) => {
            // The URL may hold personal data (a contact's address); the action's name says enough.
            let source = error.without_url();
            if source.is_connect() || source.is_builder() {
                let host = core.base_url.authority().to_owned();
                return Error::Connect { action: action.name, host, source };
            }
            source.into()
        }
    };
    if action.effect == Effect::Read {
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
    let (action, look_with) = (action.name, action.shown_by);
    Error::OutcomeUnknown { action, idempotency_key: None, look_with, source: source.into() }
}
