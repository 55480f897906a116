//! Rate limits of the API, kept by the client so that the server need not refuse.
//!
//! Each limit of the spec is a window: so many requests in so long, by the client's own clock, with a margin for the way to
//! the server. Who waits, waits in the order of asking. Who gives up leaves nothing behind.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderMap;

use crate::meta::{ActionMeta, RateLimitMeta};

/// Requests leave in one order and may arrive in another: a window is kept open for so much longer.
const MARGIN: Duration = Duration::from_millis(50);

/// The limits of one client and its clones.
#[derive(Debug)]
pub(crate) struct Limits(Vec<Limit>);

#[derive(Debug)]
struct Limit {
    meta: &'static RateLimitMeta,
    /// Held by who is next; a fair queue for the others.
    turn: tokio::sync::Mutex<()>,
    window: Mutex<Window>,
}

#[derive(Debug)]
struct Window {
    /// So many requests in `per`; corrected by what the server tells.
    requests: usize,
    /// The most that an answer's header is believed: a mistake there must not cost memory.
    most: usize,
    per: Duration,
    /// When requests were sent, oldest first, those of others that the server told of included.
    sent: VecDeque<Instant>,
    /// The server asked to wait until then.
    blocked_until: Option<Instant>,
}

/// What a rate limit still allows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeadRoom {
    /// The limit's name in the spec.
    pub name: &'static str,
    /// Requests in one window.
    pub limit: usize,
    /// Requests that can be sent now without a wait.
    pub remaining: usize,
    /// How long until the next can be sent, where none can now.
    pub wait: Option<Duration>,
}

impl Limits {
    pub(crate) fn new(limits: &'static [RateLimitMeta]) -> Self {
        Self(limits.iter().map(Limit::new).collect())
    }

    /// The same limits, with nothing sent yet: another account's.
    pub(crate) fn fresh(&self) -> Self {
        Self(self.0.iter().map(|limit| Limit::new(limit.meta)).collect())
    }

    /// Waits until the action's limit lets one more request through, and counts it.
    pub(crate) async fn acquire(&self, action: &ActionMeta) {
        let Some(limit) = self.of(action) else { return };
        let _turn = limit.turn.lock().await;
        loop {
            // Counted only when it is let through: who is dropped while waiting was never counted.
            let Some(at) = limit.window().take(Instant::now()) else { return };
            tokio::time::sleep_until(at.into()).await;
        }
    }

    /// Takes in what an answer tells of the limit.
    pub(crate) fn observe(&self, action: &ActionMeta, headers: &HeaderMap) {
        let Some(limit) = self.of(action) else { return };
        let number = |name: Option<&str>| headers.get(name?)?.to_str().ok()?.trim().parse::<usize>().ok();
        let (max, remaining) = (number(limit.meta.max_header), number(limit.meta.remaining_header));
        if max.is_some() || remaining.is_some() {
            limit.window().correct(max, remaining, Instant::now());
        }
    }

    /// The server refused: nobody sends before this is over.
    pub(crate) fn block(&self, action: &ActionMeta, wait: Duration) {
        if let Some(limit) = self.of(action) {
            let Some(until) = Instant::now().checked_add(wait) else { return };
            let mut window = limit.window();
            window.blocked_until = Some(window.blocked_until.map_or(until, |other| other.max(until)));
        }
    }

    pub(crate) fn head_room(&self) -> Vec<HeadRoom> {
        let now = Instant::now();
        self.0
            .iter()
            .map(|limit| {
                let mut window = limit.window();
                window.forget(now);
                let free = window.requests.saturating_sub(window.sent.len());
                let wait = window.wait(now).map(|at| at - now);
                let remaining = if wait.is_some() { 0 } else { free };
                HeadRoom { name: limit.meta.name, limit: window.requests, remaining, wait }
            })
            .collect()
    }

    fn of(&self, action: &ActionMeta) -> Option<&Limit> {
        self.0.iter().find(|limit| Some(limit.meta.name) == action.rate_limit)
    }
}

impl Limit {
    fn new(meta: &'static RateLimitMeta) -> Self {
        let window = Window {
            requests: usize::try_from(meta.requests).unwrap_or(usize::MAX).max(1),
            most: usize::try_from(meta.requests).unwrap_or(usize::MAX).max(1).saturating_mul(100),
            per: Duration::from_millis(meta.per_millis) + MARGIN,
            sent: VecDeque::new(),
            blocked_until: None,
        };
        Self { meta, turn: tokio::sync::Mutex::new(()), window: Mutex::new(window) }
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    fn forget(&mut self, now: Instant) {
        while self.sent.front().is_some_and(|at| *at + self.per <= now) {
            self.sent.pop_front();
        }
        if self.blocked_until.is_some_and(|until| until <= now) {
            self.blocked_until = None;
        }
    }

    /// When the next request can leave; `None` where that is now.
    fn wait(&self, now: Instant) -> Option<Instant> {
        let full = self.sent.len().checked_sub(self.requests).and_then(|over| self.sent.get(over));
        let free_at = full.map(|at| *at + self.per);
        free_at.max(self.blocked_until).filter(|at| *at > now)
    }

    /// Lets one request through, or tells when to ask again.
    fn take(&mut self, now: Instant) -> Option<Instant> {
        self.forget(now);
        let wait = self.wait(now);
        if wait.is_none() {
            self.sent.push_back(now);
        }
        wait
    }

    /// The server counts requests that this client does not know of, or allows another number.
    fn correct(&mut self, max: Option<usize>, remaining: Option<usize>, now: Instant) {
        self.forget(now);
        if let Some(max) = max.filter(|max| (1..=self.most).contains(max)) {
            self.requests = max;
        }
        if let Some(remaining) = remaining {
            let counted = self.requests.saturating_sub(remaining);
            for _ in self.sent.len()..counted.min(self.requests) {
                self.sent.push_back(now);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(requests: usize) -> Window {
        Window {
            requests,
            most: 10_000,
            per: Duration::from_secs(10),
            sent: VecDeque::new(),
            blocked_until: None,
        }
    }

    #[test]
    fn a_window_is_full_until_its_oldest_request_leaves_it() {
        let (mut window, start) = (window(2), Instant::now());
        let second = start + Duration::from_secs(1);
        assert_eq!((window.take(start), window.take(second)), (None, None));
        assert_eq!(window.take(second), Some(start + Duration::from_secs(10)));
        assert_eq!(window.take(start + Duration::from_secs(10)), None);
        assert_eq!(window.take(start + Duration::from_secs(10)), Some(second + Duration::from_secs(10)));
    }

    #[test]
    fn the_server_knows_better() {
        let (mut window, now) = (window(100), Instant::now());
        window.correct(Some(190), Some(189), now);
        assert_eq!((window.requests, window.sent.len()), (190, 1));
        window.correct(Some(190), Some(0), now);
        assert!(window.take(now).is_some());
    }
}
