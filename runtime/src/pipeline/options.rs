//! Settings of one call.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};

use super::RetryPolicy;

/// Settings of one call, in place of the client's; for [`Client::execute_with`](crate::Client::execute_with).
#[derive(Debug, Clone, Default)]
pub struct CallOptions {
    pub(super) timeout: Option<Duration>,
    pub(super) deadline: Option<Duration>,
    pub(super) retry: Option<RetryPolicy>,
    pub(super) idempotent: Option<bool>,
    pub(super) idempotency_key: Option<String>,
    pub(super) if_none_match: Option<HeaderValue>,
    pub(super) headers: HeaderMap,
}

impl CallOptions {
    /// The client's settings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The time that one attempt may take.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The time that the whole call may take: waiting for tokens and rate limits, all attempts, and the waits between them.
    #[must_use]
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// How failed attempts are made again.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Whether sending this call twice does what sending it once does, where you know better than the spec.
    #[must_use]
    pub const fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = Some(idempotent);
        self
    }

    /// The key by which the API knows that it has carried this request out before; made at random for each call unless given.
    ///
    /// Give one that you have stored where the call may have to be made again after your program has ended, or the one of an
    /// [`Error::OutcomeUnknown`](crate::Error::OutcomeUnknown). A call of an action that takes none ends in
    /// [`Error::Configuration`](crate::Error::Configuration).
    #[must_use]
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// Only what is another than the one with this entity tag.
    pub(crate) fn if_none_match(self, tag: Option<HeaderValue>) -> Self {
        Self { if_none_match: tag, ..self }
    }

    /// The same for one of several requests that a call becomes: each has a key of its own.
    pub(crate) fn of_part(&self, first: usize) -> Self {
        let idempotency_key = self.idempotency_key.as_ref().map(|key| format!("{key}-{first}"));
        Self { idempotency_key, ..self.clone() }
    }

    /// An extra header. It takes the place of the client's own of that name; `Authorization` cannot be set, and an idempotency key
    /// is given with [`idempotency_key`](Self::idempotency_key): as a header it ends the call in
    /// [`Error::Configuration`](crate::Error::Configuration).
    #[must_use]
    pub fn header(mut self, name: http::HeaderName, value: http::HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}
