//! Rate limits of the API, kept by the client so that the server need not refuse.
//!
//! Who waits, waits in the order of asking. Who gives up leaves nothing behind: what was not sent is given back.
//!
//! | module | keeps |
//! | --- | --- |
//! | `window` | so many requests in so long, counted by the client and corrected by what answers tell |
//! | `quota` | what only the server knows, such as a day's requests |
//! | `told` | what the headers of an answer say |
//! | `share` | the client's part of a window that others use too, by a [`SharedBudget`] |

mod quota;
mod share;
mod told;
mod window;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderMap;

use self::quota::Quota;
use self::share::{Share, Stock};
pub(crate) use self::told::{Told, server_time};
use self::window::Window;
use crate::budget::SharedBudget;
use crate::meta::RateLimitMeta;

/// The limits of one client and its clones.
#[derive(Debug)]
pub(crate) struct Limits {
    limits: Vec<Limit>,
    budget: Option<Budget>,
}

/// What is shared with other clients, and whose it is.
#[derive(Clone)]
pub(crate) struct Budget {
    pub(crate) budget: Arc<dyn SharedBudget>,
    /// Connector and account.
    pub(crate) account: String,
}

#[derive(Debug)]
struct Limit {
    meta: &'static RateLimitMeta,
    /// Held by who is next; a fair queue for the others.
    turn: tokio::sync::Mutex<()>,
    waiting: AtomicU32,
    /// Wakes who is next where an answer or a cancelled call makes room earlier than was known.
    changed: tokio::sync::Notify,
    count: Mutex<Count>,
    share: Option<Arc<Share>>,
}

#[derive(Debug)]
enum Count {
    Window(Window),
    Quota(Quota),
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

/// One request that all its limits let through. Given back when it is dropped before [`sent`](Self::sent).
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    slots: Vec<Slot<'a>>,
    sent: bool,
}

#[derive(Debug)]
struct Slot<'a> {
    limit: &'a Limit,
    /// In the window.
    number: u64,
    lease: Option<u64>,
}

/// A limit opens too late.
#[derive(Debug)]
pub(crate) struct TooLate(pub(crate) &'static str);

impl Limits {
    pub(crate) fn new(limits: &'static [RateLimitMeta], budget: Option<Budget>) -> Self {
        let mut limits: Vec<_> = limits.iter().map(|meta| Limit::new(meta, budget.as_ref())).collect();
        // Those of every action first: what is rarely waited for is then not waited for with another's turn in hand.
        limits.sort_by_key(|limit| !limit.meta.every_action);
        Self { limits, budget }
    }

    /// The same limits, with nothing sent yet: another account's.
    pub(crate) fn fresh(&self, account: impl FnOnce() -> String) -> Self {
        let budget = self.budget.clone().map(|budget| Budget { account: account(), ..budget });
        let limits = self.limits.iter().map(|limit| Limit::new(limit.meta, budget.as_ref())).collect();
        Self { limits, budget }
    }

    /// Waits until the limit of this name, and those of every action, let one more request through, and counts it; ends at once where that is later than `ends`.
    pub(crate) async fn acquire(
        &self,
        named: Option<&'static str>,
        ends: Instant,
    ) -> Result<Permit<'_>, TooLate> {
        // Who is dropped while waiting drops the permit, and with it what it has so far.
        let mut permit = Permit { slots: Vec::new(), sent: false };
        for limit in self.of(named) {
            let slot = limit.enter(ends).await?;
            permit.slots.push(slot);
        }
        Ok(permit)
    }

    /// The server refused: nobody sends before this is over.
    pub(crate) fn block(&self, named: Option<&'static str>, wait: Duration) {
        let Some(until) = Instant::now().checked_add(wait) else { return };
        for limit in self.of(named) {
            match &mut *limit.count() {
                Count::Window(window) => window.block(until),
                Count::Quota(quota) => quota.block(until),
            }
            if let Some(share) = &limit.share {
                share.block(until);
            }
        }
    }

    /// What is left of the limits that are known: one that only the server knows is not, until an answer has told it.
    pub(crate) fn head_room(&self) -> Vec<HeadRoom> {
        let now = Instant::now();
        self.limits.iter().filter_map(|limit| limit.head_room(now)).collect()
    }

    fn of(&self, named: Option<&'static str>) -> impl Iterator<Item = &Limit> {
        self.limits.iter().filter(move |limit| limit.meta.every_action || Some(limit.meta.name) == named)
    }
}

impl Limit {
    fn new(meta: &'static RateLimitMeta, budget: Option<&Budget>) -> Self {
        let per = Duration::from_millis(meta.per_millis);
        let (count, share) = match meta.requests {
            None => (Count::Quota(Quota::new(per)), None),
            Some(requests) => {
                let share = budget.map(|Budget { budget, account }| {
                    Share::new(Arc::clone(budget), format!("{account}/{}", meta.name), requests, per)
                });
                (Count::Window(Window::new(requests, per)), share)
            }
        };
        let (turn, changed) = (tokio::sync::Mutex::new(()), tokio::sync::Notify::new());
        Self { meta, turn, waiting: AtomicU32::new(0), changed, count: Mutex::new(count), share }
    }

    /// In the order of asking.
    async fn enter(&self, ends: Instant) -> Result<Slot<'_>, TooLate> {
        let _waiting = Waiting::new(&self.waiting);
        let _turn = self.turn.lock().await;
        loop {
            let now = Instant::now();
            let wait = self.count().wait(now);
            if let Some(at) = wait {
                // A refusal is over when it is over; a window can open earlier, with the next answer.
                if at > ends && self.count().is_certain(now) {
                    return Err(TooLate(self.meta.name));
                }
                // Whichever comes first; the loop looks what it was.
                drop(tokio::time::timeout_at(at.into(), self.changed.notified()).await);
                continue;
            }
            // Counted only when it is let through: who is dropped while waiting was never counted.
            let lease = match self.share.as_ref().map(|share| (share, share.take(now))) {
                None | Some((_, Stock::Alone)) => None,
                Some((_, Stock::One(lease))) => Some(lease),
                Some((_, Stock::Wait(at))) => {
                    drop(tokio::time::timeout_at(at.into(), self.changed.notified()).await);
                    continue;
                }
                Some((share, Stock::Empty)) => {
                    share.fill(self.waiting.load(Ordering::Relaxed)).await;
                    continue;
                }
            };
            return Ok(Slot { limit: self, number: self.count().take(now), lease });
        }
    }

    /// Takes in what an answer tells.
    fn observe(&self, headers: &HeaderMap, now: Instant) {
        let told = Told::read(self.meta, headers);
        let used_up = told.used_up_for().and_then(|wait| now.checked_add(wait));
        match (&mut *self.count(), told.max, told.remaining) {
            (Count::Quota(quota), Some(max), Some(remaining)) => {
                let resets_at = told.resets_in.and_then(|wait| now.checked_add(wait));
                quota.correct(max, remaining, resets_at, now);
            }
            (Count::Window(window), max, remaining) if max.is_some() || remaining.is_some() => {
                window.correct(max, remaining, self.share.is_none(), now);
                if let Some(until) = used_up.filter(|_| self.share.is_none()) {
                    window.used_up(until);
                }
                if let (Some(share), Some(_)) = (&self.share, max) {
                    share.told(window.requests());
                }
            }
            _ => {}
        }
    }

    fn head_room(&self, now: Instant) -> Option<HeadRoom> {
        let wait = self.count().wait(now);
        let (limit, mut remaining) = match &mut *self.count() {
            Count::Window(window) => (window.requests(), window.free(now)),
            Count::Quota(quota) => quota.told()?,
        };
        if let Some(share) = &self.share {
            remaining = remaining.min(share.left());
        }
        let remaining = if wait.is_some() { 0 } else { remaining };
        Some(HeadRoom { name: self.meta.name, limit, remaining, wait: wait.map(|at| at - now) })
    }

    /// Tells who is next, if anybody waits.
    fn wake(&self) {
        if self.waiting.load(Ordering::Relaxed) > 0 {
            self.changed.notify_one();
        }
    }

    fn count(&self) -> MutexGuard<'_, Count> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Count {
    fn wait(&mut self, now: Instant) -> Option<Instant> {
        match self {
            Self::Window(window) => window.wait(now),
            Self::Quota(quota) => quota.wait(now),
        }
    }

    /// Whether no answer can make the wait shorter.
    fn is_certain(&self, now: Instant) -> bool {
        match self {
            Self::Window(window) => window.is_certain(now),
            Self::Quota(_) => true,
        }
    }

    fn take(&mut self, now: Instant) -> u64 {
        match self {
            Self::Window(window) => window.take(now),
            Self::Quota(quota) => {
                quota.take(now);
                0
            }
        }
    }
}

impl Permit<'_> {
    /// It is sent from here on, and counts whatever becomes of it.
    pub(crate) fn sent(&mut self) {
        self.sent = true;
    }

    /// It never reached the server.
    pub(crate) fn unsent(mut self) {
        self.sent = false;
    }

    /// It was answered.
    pub(crate) fn answered(mut self, headers: &HeaderMap) {
        if self.slots.is_empty() {
            return;
        }
        let now = Instant::now();
        for Slot { limit, number, lease } in self.slots.drain(..) {
            match &mut *limit.count() {
                Count::Window(window) => window.answered(number, now),
                Count::Quota(quota) => quota.ended(),
            }
            if let (Some(share), Some(lease)) = (&limit.share, lease) {
                share.over(lease, Some(now), now);
            }
            limit.observe(headers, now);
            limit.wake();
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.slots.is_empty() {
            return;
        }
        let now = Instant::now();
        for Slot { limit, number, lease } in self.slots.drain(..) {
            match (&mut *limit.count(), self.sent) {
                (Count::Window(window), false) => window.give_back(number),
                (Count::Window(window), true) => window.abandoned(number, now),
                (Count::Quota(quota), false) => quota.give_back(),
                (Count::Quota(quota), true) => quota.ended(),
            }
            if let (Some(share), Some(lease)) = (&limit.share, lease) {
                match self.sent {
                    true => share.lost(lease, now),
                    false => share.over(lease, None, now),
                }
            }
            limit.wake();
        }
    }
}

/// Counts who waits.
struct Waiting<'a>(&'a AtomicU32);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicU32) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl std::fmt::Debug for Budget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Budget").field("account", &self.account).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::MemoryBudget;

    const NAMED: Option<&str> = Some("default");
    static LIMITS: [RateLimitMeta; 1] = [RateLimitMeta {
        name: "default",
        requests: Some(10),
        per_millis: 10_000,
        every_action: false,
        max_header: None,
        remaining_header: None,
        reset_header: None,
    }];

    fn remaining(limits: &Limits) -> usize {
        limits.head_room()[0].remaining
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(50)
    }

    #[tokio::test]
    async fn a_permit_that_is_not_used_is_given_back_and_one_that_is_counts() {
        let limits = Limits::new(&LIMITS, None);
        for _ in 0..100 {
            drop(limits.acquire(NAMED, soon()).await.expect("there is room"));
            limits.acquire(NAMED, soon()).await.expect("there is room").unsent();
        }
        assert_eq!(remaining(&limits), 10);
        for left in (0..10).rev() {
            let mut permit = limits.acquire(NAMED, soon()).await.expect("there is room");
            assert_eq!(remaining(&limits), left);
            permit.sent();
            if left % 2 == 0 {
                drop(permit);
            } else {
                permit.answered(&HeaderMap::new());
            }
            assert_eq!(remaining(&limits), left);
        }
        let late = limits.acquire(NAMED, soon()).await.expect_err("it opens in ten seconds");
        assert_eq!(late.0, "default");
        // What counts against no limit is not held up.
        assert!(limits.acquire(None, soon()).await.is_ok());
    }

    #[tokio::test]
    async fn a_shared_permit_that_is_not_used_goes_to_the_next() {
        let budget = Budget { budget: Arc::new(MemoryBudget::new()), account: "acme/app/user".to_owned() };
        let (here, there) = (Limits::new(&LIMITS, Some(budget.clone())), Limits::new(&LIMITS, Some(budget)));
        for _ in 0..100 {
            drop(here.acquire(NAMED, soon()).await.expect("there is room"));
        }
        // Nine others are left when this one has a lease of one.
        for _ in 0..9 {
            there.acquire(NAMED, soon()).await.expect("there is room").sent();
        }
        let nothing = tokio::time::timeout(Duration::from_millis(50), there.acquire(NAMED, soon())).await;
        assert!(nothing.is_err(), "the tenth is held here");
        here.acquire(NAMED, soon()).await.expect("that one").sent();
        let (fresh, last) = (here.fresh(|| "acme/app/other".to_owned()), soon());
        assert!(fresh.acquire(NAMED, last).await.is_ok(), "another account's limits are its own");
    }
}
