//! Settings of one call.

use std::time::Duration;

use http::HeaderMap;

use super::RetryPolicy;

/// Settings of one call, in place of the client's; for [`Client::execute_with`](crate::Client::execute_with).
#[derive(Debug, Clone, Default)]
pub struct CallOptions {
    pub(super) timeout: Option<Duration>,
    pub(super) deadline: Option<Duration>,
    pub(super) retry: Option<RetryPolicy>,
    pub(super) idempotent: Option<bool>,
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

    /// An extra header, such as an idempotency key. It takes the place of the client's own of that name; `Authorization` cannot
    /// be set.
    #[must_use]
    pub fn header(mut self, name: http::HeaderName, value: http::HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}
