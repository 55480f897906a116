//! A client's part of a budget that several share: leases, taken ahead of the calls that use them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::window::LONGEST_WAY;
use crate::budget::{Ask, Settled, SharedBudget};

/// How long a client goes on alone where the budget cannot be reached; twice as long after each failure, half a minute at most.
const ALONE: Duration = Duration::from_secs(1);
const LONGEST_ALONE: Duration = Duration::from_secs(30);

/// One limit's part.
pub(super) struct Share {
    budget: Arc<dyn SharedBudget>,
    name: String,
    requests: u32,
    per: Duration,
    /// How long a lease is used.
    slice: Duration,
    asking: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    leases: Vec<Lease>,
    settled: Vec<Settled>,
    told: Option<u32>,
    blocked_until: Option<Instant>,
    /// What was left for everybody when it was asked last.
    left: u32,
    ask_at: Option<Instant>,
    alone_until: Option<Instant>,
    failures: u32,
    recent: Recent,
}

/// A lease, timed from before it was asked for: it was granted at that moment or later.
struct Lease {
    number: u64,
    from: Instant,
    unused: u32,
    under_way: u32,
    /// When the last of its requests was at the server at the latest.
    last: Instant,
}

/// How many requests there were in the slice of time before this one.
#[derive(Default)]
struct Recent {
    since: Option<Instant>,
    now: u32,
    before: u32,
}

/// What a share has for a request.
pub(super) enum Stock {
    /// One of this lease.
    One(u64),
    /// The budget cannot be reached: the client's own count is what there is.
    Alone,
    /// Nothing before then.
    Wait(Instant),
    /// Nothing; it should ask.
    Empty,
}

impl Share {
    pub(super) fn new(
        budget: Arc<dyn SharedBudget>,
        name: String,
        requests: u32,
        per: Duration,
    ) -> Arc<Self> {
        let slice = (per / 20).clamp(Duration::from_millis(50), Duration::from_millis(500));
        Arc::new(Self {
            budget,
            name,
            requests,
            per,
            slice,
            asking: tokio::sync::Mutex::new(()),
            state: Mutex::default(),
        })
    }

    pub(super) fn take(&self, now: Instant) -> Stock {
        let mut state = self.state();
        state.close(now, self.slice);
        if let Some(lease) = state.leases.iter_mut().find(|lease| lease.is_usable(now, self.slice)) {
            lease.unused -= 1;
            lease.under_way += 1;
            let number = lease.number;
            state.recent.count(now, self.slice);
            return Stock::One(number);
        }
        if state.alone_until.is_some_and(|until| until > now) {
            return Stock::Alone;
        }
        match state.ask_at.filter(|at| *at > now) {
            Some(at) => Stock::Wait(at),
            None => Stock::Empty,
        }
    }

    /// A request of a lease is over. `arrived` is when it was at the server at the latest; `None` where it was not sent.
    pub(super) fn over(&self, number: u64, arrived: Option<Instant>, now: Instant) {
        let mut state = self.state();
        if let Some(lease) = state.leases.iter_mut().find(|lease| lease.number == number) {
            lease.under_way = lease.under_way.saturating_sub(1);
            match arrived {
                Some(arrived) => lease.last = lease.last.max(arrived),
                None => lease.unused += 1,
            }
        }
        state.close(now, self.slice);
    }

    /// A request was cancelled on its way.
    pub(super) fn lost(&self, number: u64, now: Instant) {
        self.over(number, Some(now + LONGEST_WAY), now);
    }

    pub(super) fn told(&self, max: usize) {
        self.state().told = u32::try_from(max).ok();
    }

    pub(super) fn block(&self, until: Instant) {
        self.state().blocked_until = Some(until);
    }

    /// What it has in stock, and what was left for all.
    pub(super) fn left(&self) -> usize {
        let state = self.state();
        let stock = state.leases.iter().fold(state.left, |sum, lease| sum.saturating_add(lease.unused));
        usize::try_from(stock).unwrap_or(usize::MAX)
    }

    /// Asks for a lease for so many that wait. In a task of its own: a lease that was granted is not lost with who asked for it.
    pub(super) async fn fill(self: &Arc<Self>, waiting: u32) {
        let this = Arc::clone(self);
        // It ends early only where the runtime ends.
        tokio::spawn(async move { this.ask(waiting).await }).await.ok();
    }

    async fn ask(&self, waiting: u32) {
        let _asking = self.asking.lock().await;
        let from = Instant::now();
        let Some(ask) = self.next_ask(waiting, from) else { return };
        let answer = self.budget.lease(&ask).await;
        let now = Instant::now();
        let mut state = self.state();
        match answer {
            Ok(grant) => {
                (state.alone_until, state.failures) = (None, 0);
                state.left = grant.left;
                if grant.requests > 0 {
                    let (number, unused) = (grant.lease, grant.requests);
                    state.leases.push(Lease { number, from, unused, under_way: 0, last: from });
                } else {
                    // Others may settle earlier than they had to.
                    state.ask_at = Some(now + grant.wait.min(self.slice));
                }
            }
            Err(error) => {
                if state.failures == 0 {
                    tracing::warn!(budget = %self.name, %error, "the shared rate budget cannot be reached, this client goes on alone");
                }
                let alone = ALONE.saturating_mul(1 << state.failures.min(8)).min(LONGEST_ALONE);
                state.alone_until = Some(now + alone);
                state.failures = state.failures.saturating_add(1);
                state.settled.extend(ask.settled);
                state.blocked_until = ask.blocked.map(|blocked| from + blocked);
            }
        }
    }

    /// `None` where somebody else has asked meanwhile.
    fn next_ask(&self, waiting: u32, now: Instant) -> Option<Ask> {
        let mut state = self.state();
        state.close(now, self.slice);
        let other =
            state.ask_at.is_some_and(|at| at > now) || state.alone_until.is_some_and(|until| until > now);
        if other || state.leases.iter().any(|lease| lease.is_usable(now, self.slice)) {
            return None;
        }
        let most = (state.told.unwrap_or(self.requests) / 10).max(1);
        let blocked = state.blocked_until.take().and_then(|until| until.checked_duration_since(now));
        Some(Ask {
            name: self.name.clone(),
            requests: self.requests,
            told: state.told,
            per: self.per,
            hold: self.slice + LONGEST_WAY,
            want: waiting.max(state.recent.rate(now, self.slice)).clamp(1, most),
            blocked,
            settled: std::mem::take(&mut state.settled),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Settles leases that are used up or too old.
    fn close(&mut self, now: Instant, slice: Duration) {
        let settled = &mut self.settled;
        self.leases.retain_mut(|lease| {
            if lease.under_way > 0 || lease.is_usable(now, slice) {
                return true;
            }
            let after = lease.last - lease.from;
            settled.push(Settled { lease: lease.number, unused: lease.unused, after });
            false
        });
    }
}

impl Lease {
    fn is_usable(&self, now: Instant, slice: Duration) -> bool {
        self.unused > 0 && now < self.from + slice
    }
}

impl Recent {
    fn turn(&mut self, now: Instant, slice: Duration) {
        let since = *self.since.get_or_insert(now);
        let passed = now.saturating_duration_since(since);
        if passed >= slice {
            self.before = if passed < slice * 2 { self.now } else { 0 };
            (self.since, self.now) = (Some(now), 0);
        }
    }

    fn count(&mut self, now: Instant, slice: Duration) {
        self.turn(now, slice);
        self.now += 1;
    }

    fn rate(&mut self, now: Instant, slice: Duration) -> u32 {
        self.turn(now, slice);
        self.now.max(self.before)
    }
}

impl std::fmt::Debug for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Share").field("name", &self.name).finish_non_exhaustive()
    }
}
