//! What programs can hook into a call: headers before it is sent, and figures after each attempt.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use jiff::Timestamp;

use crate::error::Error;
use crate::meta::ActionMeta;

/// Sees every attempt of a client's calls, and how they fail; for headers of one's own, metrics and audit logs.
///
/// Methods are called on the task that makes the call and should return at once.
pub trait Observer: Send + Sync + 'static {
    /// Before an attempt is sent. The token, headers of sensitive arguments and the idempotency key are not among these, and cannot be set.
    fn before(&self, action: &'static ActionMeta, attempt: u32, headers: &mut HeaderMap) {
        let _ = (action, attempt, headers);
    }

    /// After an attempt, whatever its outcome.
    fn after(&self, attempt: &Attempt) {
        let _ = attempt;
    }

    /// After a call that ended in an error. It shows no secret, but the API's words in it can hold personal data.
    fn failed(&self, action: &'static ActionMeta, error: &Error) {
        let _ = (action, error);
    }
}

/// How one attempt went: with what OpenTelemetry's `http.client.request.duration` needs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Attempt {
    /// The action, `deals.create`.
    pub action: &'static str,
    /// HTTP's method (`http.request.method`).
    pub method: &'static str,
    /// The server's name or address (`server.address`).
    pub server_address: String,
    /// Its port (`server.port`).
    pub server_port: u16,
    /// Which attempt of the call, from 1.
    pub number: u32,
    /// HTTP's status, where there was an answer.
    pub status: Option<StatusCode>,
    /// What went wrong where there was none: `connect`, `timeout`, `transport`, …
    pub failure: Option<&'static str>,
    /// The time from sending to the end of the answer's body.
    pub duration: Duration,
    /// Bytes of the answer's body.
    pub body_size: usize,
    /// How long the call waited for the rate limit before this attempt.
    pub waited: Duration,
    /// What time it is by the server's clock (`Date`, RFC 9110 §6.6.1), to the second, where the answer told it.
    pub server_time: Option<Timestamp>,
}

impl Attempt {
    /// What went wrong, one of few values (`error.type`): a status from 400, or [`failure`](Self::failure).
    #[must_use]
    pub fn error_type(&self) -> Option<&str> {
        let refused =
            self.status.as_ref().filter(|status| status.is_client_error() || status.is_server_error());
        refused.map(StatusCode::as_str).or(self.failure)
    }
}
