//! Whether and when a failed attempt is made again.
//!
//! A write that is not idempotent is sent again only where the server cannot have acted on the first: it never got the
//! request, or it said so (429, and what `retries` of the spec lists); or where the request has a key by which the API knows it again.
//! Everything else about such a write ends in [`Error::OutcomeUnknown`].

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http::StatusCode;

use crate::error::{ApiError, Error};
use crate::meta::{ActionMeta, ConnectorMeta, Effect};

/// How failed attempts are made again.
///
/// Waits grow from `base` by factors of two to `cap`, with full jitter; a `Retry-After` of the server comes first. However many
/// calls fail at once, retries stay a small share of all requests: a client has a reserve for them that successes fill again
/// ([`ClientBuilder::retry_reserve`](crate::ClientBuilder::retry_reserve)).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Attempts in all, the first included; 4 by default, 1 for none again.
    pub attempts: u32,
    /// The first wait, before jitter; 250 ms by default.
    pub base: Duration,
    /// The longest wait, before jitter; 20 s by default.
    pub cap: Duration,
    /// The longest `Retry-After` that is waited for; 60 s by default. A longer one ends the call with the API's error.
    pub longest_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            base: Duration::from_millis(250),
            cap: Duration::from_secs(20),
            longest_retry_after: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// Every call is one attempt.
    #[must_use]
    pub fn none() -> Self {
        Self { attempts: 1, ..Self::default() }
    }

    /// So many attempts in all.
    #[must_use]
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The wait after this attempt (counted from 1) before the next; `None` where there is no next.
    pub(super) fn wait(
        &self,
        connector: &ConnectorMeta,
        may_repeat: bool,
        error: &Error,
        attempt: u32,
    ) -> Option<Duration> {
        // A conflict is with something that is there already, unless that is an earlier attempt under the same key.
        let can_pass = |api: &&ApiError| may_repeat || api.status != StatusCode::CONFLICT;
        let unprocessed = error.api().filter(can_pass).and_then(|api| unprocessed(connector, api));
        if attempt >= self.attempts || (unprocessed.is_none() && !is_worth_it(may_repeat, error)) {
            return None;
        }
        let told = answered(error).and_then(|api| api.retry_after);
        let grown = self.base.saturating_mul(1 << (attempt - 1).min(16)).min(self.cap);
        let least = unprocessed.unwrap_or_default();
        match told {
            Some(told) if told > self.longest_retry_after => None,
            // A little more than told, so that all who were told the same do not come back together.
            Some(told) => Some(told.max(least).saturating_add((self.base / 2).mul_f64(chance()))),
            None => Some(least + grown.mul_f64(chance())),
        }
    }
}

/// The API's own error, also where it leaves open what was done.
fn answered(error: &Error) -> Option<&ApiError> {
    match error {
        Error::OutcomeUnknown { source, .. } => source.downcast_ref(),
        other => other.api(),
    }
}

/// Whether sending an action twice does what sending it once does.
pub(super) fn is_harmless(action: &ActionMeta) -> bool {
    action.effect == Effect::Read || action.idempotent
}

/// How long to wait at least, where the answer proves that the server did not act; `None` where it does not prove it.
pub(super) fn unprocessed(connector: &ConnectorMeta, error: &ApiError) -> Option<Duration> {
    let status = error.status.as_u16();
    let rule = connector.retries.iter().find(|rule| rule.status == status);
    match rule {
        Some(rule) if rule.needs_retry_after && error.retry_after.is_none() => None,
        Some(rule) => Some(Duration::from_millis(rule.wait_millis)),
        None => (status == 429).then_some(Duration::ZERO),
    }
}

/// Whether sending the same request again can help, and does nothing twice.
fn is_worth_it(harmless: bool, error: &Error) -> bool {
    match error {
        Error::Connect { .. } => true,
        Error::Transport { .. } | Error::OutcomeUnknown { .. } => harmless,
        Error::Api(api) => match api.status.as_u16() {
            408 | 500 | 502..=504 | 521..=526 => harmless,
            _ => false,
        },
        _ => false,
    }
}

/// Whether a status leaves open what the server did with a write.
pub(super) fn is_ambiguous(status: http::StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 500..=599)
}

/// A number from 0 to 1, good enough for jitter.
fn chance() -> f64 {
    #[allow(clippy::cast_precision_loss)] // that is fine for jitter
    let number = RandomState::new().hash_one(0u8) as f64;
    #[allow(clippy::cast_precision_loss)]
    let most = u64::MAX as f64;
    number / most
}

/// What a client may still spend on retries: a retry costs five, a success gives one back.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    left: AtomicU32,
    full: u32,
}

impl RetryBudget {
    /// Retries that can be made without a success between them, unless the user says otherwise.
    pub(crate) const RESERVE: u32 = 100;
    const COST: u32 = 5;

    pub(crate) const fn new(reserve: u32) -> Self {
        // The largest is one below what overflows when a success is added.
        let full = if reserve >= u32::MAX / Self::COST { u32::MAX - 1 } else { reserve * Self::COST };
        Self { left: AtomicU32::new(full), full }
    }

    pub(super) fn spend(&self) -> bool {
        if self.full == u32::MAX - 1 {
            return true; // more than anybody counts
        }
        let spend = |left: u32| left.checked_sub(Self::COST);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend).is_ok()
    }

    pub(super) fn earn(&self) {
        let earn = |left: u32| (left < self.full).then_some(left + 1);
        // Refused where it is full, which is as good.
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, earn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_spent_and_earned() {
        let budget = RetryBudget::new(RetryBudget::RESERVE);
        assert_eq!((0..200).filter(|_| budget.spend()).count(), 100);
        (0..4).for_each(|_| budget.earn());
        assert!(!budget.spend());
        budget.earn();
        assert!(budget.spend());
        assert!(!RetryBudget::new(0).spend());
        let endless = RetryBudget::new(u32::MAX);
        assert!((0..1000).all(|_| endless.spend()));
        endless.earn();
    }
}
