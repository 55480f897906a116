//! A rolling window: so many requests in so long.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long a request is on its way to the server at most; after that it has arrived, answered or not.
pub(super) const LONGEST_WAY: Duration = Duration::from_secs(2);
/// After so many answers that took about the same, one can tell how fast an answer can be.
const STEADY: u32 = 20;

/// The requests of one window.
///
/// The server counts a request when it arrives, which nobody here sees. Let `f` be the time of the fastest answer: the way there, the
/// least work, and the way back. A request that was answered at `a` had arrived by `a - (f - way there)`, and the next arrives no
/// earlier than its sending plus the way there. So it is safe to send when `a - f` is a window ago. Where answers take about the
/// same, `f` is known, and no time is lost; where they do not, as in a burst that keeps everything busy, the fastest of them says
/// nothing of what the next can be, and `f` is taken for zero.
#[derive(Debug)]
pub(super) struct Window {
    /// So many requests in `per`; corrected by what the server tells.
    requests: usize,
    /// The most that an answer's header is believed: a mistake there must not cost memory.
    most: usize,
    per: Duration,
    fastest: Fastest,
    /// Let through and not answered, oldest first, each with its number and its sending.
    under_way: VecDeque<(u64, Instant)>,
    /// When the others arrived at the latest, oldest first.
    arrived: VecDeque<Instant>,
    /// Requests of others that the server told of, by when it did.
    of_others: VecDeque<Instant>,
    next: u64,
    /// The server asked to wait until then.
    blocked_until: Option<Instant>,
}

/// The time of the fastest answer; zero while it cannot be told.
#[derive(Debug, Default)]
struct Fastest {
    least: Option<Duration>,
    /// Answers in a row that took up to half as long again.
    steady: u32,
}

impl Fastest {
    fn note(&mut self, took: Duration) {
        match self.least {
            Some(least) if took >= least => {
                self.steady = if took <= least * 3 / 2 { self.steady.saturating_add(1) } else { 0 };
            }
            _ => (self.least, self.steady) = (Some(took), 0),
        }
    }

    fn get(&self) -> Duration {
        self.least.filter(|_| self.steady >= STEADY).unwrap_or_default()
    }
}

impl Window {
    pub(super) fn new(requests: u32, per: Duration) -> Self {
        let requests = usize::try_from(requests).unwrap_or(usize::MAX).max(1);
        Self {
            requests,
            most: requests.saturating_mul(100),
            per,
            fastest: Fastest::default(),
            under_way: VecDeque::new(),
            arrived: VecDeque::new(),
            of_others: VecDeque::new(),
            next: 0,
            blocked_until: None,
        }
    }

    /// Requests in `per`.
    pub(super) const fn requests(&self) -> usize {
        self.requests
    }

    /// How many can be let through now.
    pub(super) fn free(&mut self, now: Instant) -> usize {
        self.forget(now);
        if self.blocked_until.is_some() { 0 } else { self.requests.saturating_sub(self.counted()) }
    }

    /// When to ask again for the next request, unless an answer comes before; `None` where it can leave now.
    pub(super) fn wait(&mut self, now: Instant) -> Option<Instant> {
        self.forget(now);
        let free_at = self.counted().checked_sub(self.requests).and_then(|over| self.leaves(over));
        free_at.max(self.blocked_until).filter(|at| *at > now)
    }

    /// Lets one request through; its number.
    pub(super) fn take(&mut self, now: Instant) -> u64 {
        self.next += 1;
        self.under_way.push_back((self.next, now));
        self.next
    }

    /// It was not sent after all.
    pub(super) fn give_back(&mut self, number: u64) {
        if let Ok(at) = self.find(number) {
            self.under_way.remove(at);
        }
    }

    /// It was answered.
    pub(super) fn answered(&mut self, number: u64, now: Instant) {
        self.forget(now);
        if let Ok(at) = self.find(number)
            && let Some((_, sent)) = self.under_way.remove(at)
        {
            self.fastest.note(now - sent);
            self.arrive(now.checked_sub(self.fastest.get()).unwrap_or(now));
        }
    }

    /// Nobody waits for its answer any more.
    pub(super) fn abandoned(&mut self, number: u64, now: Instant) {
        if let Ok(at) = self.find(number) {
            self.under_way.remove(at);
            self.arrive(now);
        }
    }

    /// Later ones stay behind it, as they are looked at in order.
    fn arrive(&mut self, at: Instant) {
        let at = self.arrived.back().map_or(at, |last| at.max(*last));
        self.arrived.push_back(at);
    }

    /// The server counts requests that this client does not know of, or allows another number. `alone` says that all that this
    /// client does not know of are of others with whom it does not share a budget.
    pub(super) fn correct(
        &mut self,
        max: Option<usize>,
        remaining: Option<usize>,
        alone: bool,
        now: Instant,
    ) {
        self.forget(now);
        if let Some(max) = max.filter(|max| (1..=self.most).contains(max)) {
            self.requests = max;
        }
        let Some(remaining) = remaining.filter(|_| alone) else { return };
        let counted = self.requests.saturating_sub(remaining);
        let others = counted.saturating_sub(self.arrived.len() + self.under_way.len());
        // Too many of them, and the oldest have left the server's window already.
        while self.of_others.len() > others {
            self.of_others.pop_front();
        }
        self.of_others.resize(others, now);
    }

    /// The server says that nothing is left before then, and all of it from then on.
    pub(super) fn used_up(&mut self, until: Instant) {
        self.arrived.clear();
        self.of_others.clear();
        self.block(until);
    }

    /// The server refused: nobody sends before then.
    pub(super) fn block(&mut self, until: Instant) {
        self.blocked_until = Some(self.blocked_until.map_or(until, |other| other.max(until)));
    }

    /// Whether the wait can only end when it is over: the server asked for it, or all that fills the window has arrived.
    pub(super) fn is_certain(&self, now: Instant) -> bool {
        self.blocked_until.is_some_and(|until| until > now)
            || (self.under_way.is_empty() && self.of_others.is_empty())
    }

    fn counted(&self) -> usize {
        self.under_way.len() + self.arrived.len() + self.of_others.len()
    }

    fn find(&self, number: u64) -> Result<usize, usize> {
        self.under_way.binary_search_by_key(&number, |(number, _)| *number)
    }

    /// When so many and one more have left, as far as that can be known now.
    fn leaves(&self, over: usize) -> Option<Instant> {
        // Where others are about, whoever leaves first: a little early costs one more look.
        let of_others = self.of_others.front();
        let own = match self.arrived.get(over) {
            Some(at) => Some(*at),
            None => self.under_way.get(over - self.arrived.len()).map(|(_, sent)| *sent + LONGEST_WAY),
        };
        let first = match (own, of_others) {
            (Some(own), Some(other)) => Some(own.min(*other)),
            (own, other) => own.or(other.copied()),
        };
        first.map(|at| at + self.per)
    }

    fn forget(&mut self, now: Instant) {
        while let Some((_, sent)) =
            self.under_way.front().copied().filter(|(_, sent)| *sent + LONGEST_WAY <= now)
        {
            self.under_way.pop_front();
            self.arrive(sent + LONGEST_WAY);
        }
        for arrived in [&mut self.arrived, &mut self.of_others] {
            while arrived.front().is_some_and(|at| *at + self.per <= now) {
                arrived.pop_front();
            }
        }
        if self.blocked_until.is_some_and(|until| until <= now) {
            self.blocked_until = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PER: Duration = Duration::from_secs(10);

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_window_is_full_until_its_oldest_request_has_left_that_of_the_server() {
        let (mut window, start) = (Window::new(2, PER), Instant::now());
        let first = window.take(start);
        let second = window.take(start + ms(100));
        assert_eq!(window.free(start + ms(100)), 0);
        assert_eq!(window.wait(start + ms(100)), Some(start + LONGEST_WAY + PER));
        window.answered(first, start + ms(120));
        assert_eq!(window.wait(start + ms(130)), Some(start + ms(120) + PER));
        assert_eq!(window.wait(start + ms(120) + PER), None);
        window.take(start + ms(120) + PER);
        // The second was never answered: it has arrived two seconds after its sending at the latest.
        assert_eq!(window.wait(start + ms(121) + PER), Some(start + ms(2100) + PER));
        window.answered(second, start + ms(2200) + PER);
        assert_eq!(window.wait(start + ms(2201) + PER), None);
    }

    #[test]
    fn a_steady_way_costs_no_time_and_an_unsteady_one_no_refusal() {
        let (mut window, start) = (Window::new(1, PER), Instant::now());
        let mut now = start;
        for _ in 0..=STEADY {
            let number = window.take(now);
            window.answered(number, now + ms(200));
            now = now + PER + ms(200);
        }
        // Every answer takes 200 ms: the next can leave a window after the sending.
        let number = window.take(now);
        window.answered(number, now + ms(200));
        assert_eq!(window.wait(now + ms(300)), Some(now + PER));
        // One that takes 290 ms can have been that much longer on the way there.
        let number = window.take(now + PER);
        window.answered(number, now + PER + ms(290));
        assert_eq!(window.wait(now + PER + ms(300)), Some(now + PER + PER + ms(90)));
        // One that takes half a second shows that the way is not steady.
        let number = window.take(now + PER * 2 + ms(90));
        window.answered(number, now + PER * 2 + ms(590));
        assert_eq!(window.wait(now + PER * 2 + ms(600)), Some(now + PER * 3 + ms(590)));
        // One that nobody waited for can have arrived as late as then.
        let number = window.take(now + PER * 4);
        window.abandoned(number, now + PER * 4 + ms(40));
        assert_eq!(window.wait(now + PER * 4 + ms(50)), Some(now + PER * 5 + ms(40)));
    }

    #[test]
    fn what_is_not_sent_is_given_back() {
        let (mut window, now) = (Window::new(1, PER), Instant::now());
        let number = window.take(now);
        assert_eq!(window.free(now), 0);
        window.give_back(number);
        window.give_back(number);
        assert_eq!((window.free(now), window.wait(now)), (1, None));
    }

    #[test]
    fn the_server_knows_better() {
        let (mut window, now) = (Window::new(100, PER), Instant::now());
        let number = window.take(now);
        window.answered(number, now);
        window.correct(Some(190), Some(189), true, now);
        assert_eq!((window.requests(), window.free(now)), (190, 189));
        window.correct(Some(190), Some(100), true, now);
        assert_eq!(window.free(now), 100);
        // They have left again, or are ours to share.
        window.correct(Some(190), Some(150), true, now);
        assert_eq!(window.free(now), 150);
        window.correct(Some(190), Some(0), false, now);
        assert_eq!(window.free(now), 150);
        window.correct(Some(190), Some(0), true, now);
        assert_eq!((window.free(now), window.wait(now)), (0, Some(now + PER)));
        // A header that cannot be is not believed.
        window.correct(Some(0), None, true, now);
        window.correct(Some(usize::MAX), None, true, now);
        assert_eq!(window.requests(), 190);
        window.block(now + ms(20_000));
        assert_eq!(window.wait(now + PER), Some(now + ms(20_000)));
        assert_eq!(window.wait(now + ms(20_000)), None);
    }
}
