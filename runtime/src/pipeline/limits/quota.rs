//! A limit that only the server knows: so many a day, by its calendar.

use std::time::{Duration, Instant};

/// What answers tell of a limit. While none has told, there is none.
#[derive(Debug)]
pub(super) struct Quota {
    told: Option<Told>,
    under_way: usize,
    per: Duration,
    /// The server asked to wait until then.
    blocked_until: Option<Instant>,
}

#[derive(Debug)]
struct Told {
    max: usize,
    remaining: usize,
    /// When all of it is there again, where answers tell that too.
    resets_at: Option<Instant>,
    /// When to see whether it is, where they do not.
    look_at: Instant,
}

impl Quota {
    pub(super) fn new(per: Duration) -> Self {
        Self { told: None, under_way: 0, per, blocked_until: None }
    }

    /// Where nothing is left, one request in this time goes to see whether that has changed.
    fn pause(&self) -> Duration {
        (self.per / 1440).max(Duration::from_secs(1))
    }

    /// Requests in all and those left, where an answer has told.
    pub(super) fn told(&self) -> Option<(usize, usize)> {
        self.told.as_ref().map(|told| (told.max, told.remaining))
    }

    /// When to ask again; `None` where a request can leave now.
    pub(super) fn wait(&mut self, now: Instant) -> Option<Instant> {
        self.turn(now);
        let told = self.told.as_ref().filter(|told| told.remaining == 0);
        let free_at = told.map(|told| told.resets_at.unwrap_or(told.look_at));
        free_at.max(self.blocked_until).filter(|at| *at > now)
    }

    /// Begins anew, when the server has said that it does.
    fn turn(&mut self, now: Instant) {
        if let Some(told) = &mut self.told
            && told.resets_at.is_some_and(|at| at <= now)
        {
            told.remaining = told.max.saturating_sub(self.under_way);
            // At the latest; the next answer tells it.
            told.resets_at = Some(now + self.per);
        }
    }

    /// Lets one request through.
    pub(super) fn take(&mut self, now: Instant) {
        self.under_way += 1;
        let pause = self.pause();
        if let Some(told) = &mut self.told {
            if told.remaining == 0 {
                told.look_at = now + pause;
            }
            told.remaining = told.remaining.saturating_sub(1);
        }
    }

    /// It was not sent after all.
    pub(super) fn give_back(&mut self) {
        self.ended();
        if let Some(told) = &mut self.told {
            told.remaining += 1;
        }
    }

    /// It was answered, or nobody waits for the answer any more.
    pub(super) fn ended(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// What an answer tells; those under way are not in it yet.
    pub(super) fn correct(&mut self, max: usize, remaining: usize, resets_at: Option<Instant>, now: Instant) {
        self.turn(now);
        if resets_at.is_some_and(|at| at <= now) {
            return; // it is of a time that is over
        }
        let remaining = remaining.min(max).saturating_sub(self.under_way);
        let look_at = match &self.told {
            Some(told) if told.remaining == 0 && remaining == 0 => told.look_at,
            _ => now + self.pause(),
        };
        self.told = Some(Told { max, remaining, resets_at, look_at });
    }

    /// The server refused: nobody sends before then.
    pub(super) fn block(&mut self, until: Instant) {
        self.blocked_until = self.blocked_until.max(Some(until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_known_until_an_answer_tells_it_and_a_used_up_one_is_looked_at_again() {
        let (mut quota, now) = (Quota::new(Duration::from_secs(86_400)), Instant::now());
        assert_eq!((quota.told(), quota.wait(now)), (None, None));
        quota.take(now);
        quota.take(now);
        quota.ended();
        quota.correct(250_000, 2, None, now);
        assert_eq!(quota.told(), Some((250_000, 1)), "one is under way that the server has not counted");
        quota.take(now);
        let minute = Duration::from_secs(60);
        assert_eq!(quota.wait(now), Some(now + minute));
        quota.give_back();
        assert_eq!(quota.wait(now), None);
        quota.take(now);
        // One goes to see, the others wait on.
        assert_eq!(quota.wait(now + minute), None);
        quota.take(now + minute);
        assert_eq!(quota.wait(now + minute), Some(now + minute * 2));
        (0..3).for_each(|_| quota.ended());
        quota.correct(250_000, 249_999, None, now + minute);
        assert_eq!((quota.told(), quota.wait(now + minute)), (Some((250_000, 249_999)), None));
    }

    #[test]
    fn a_used_up_quota_is_waited_for_until_the_server_says_that_it_begins_anew() {
        let (hour, now) = (Duration::from_secs(3600), Instant::now());
        let mut quota = Quota::new(hour);
        let second = |seconds: u64| now + Duration::from_secs(seconds);
        quota.take(now);
        quota.ended();
        quota.correct(60, 1, Some(second(100)), now);
        quota.take(now);
        assert_eq!(quota.wait(now), Some(second(100)));
        assert_eq!(quota.wait(second(99)), Some(second(100)), "nobody goes to see");
        // One is still under way, which may count in the new hour.
        assert_eq!((quota.wait(second(100)), quota.told()), (None, Some((60, 59))));
        for _ in 0..59 {
            quota.take(second(100));
        }
        assert_eq!(quota.wait(second(100)), Some(second(100) + hour));
        (0..60).for_each(|_| quota.ended());
        // An answer from before the turn says nothing of the time after it.
        quota.correct(60, 30, Some(second(100)), second(101));
        assert_eq!(quota.told(), Some((60, 0)));
        quota.correct(60, 40, Some(second(3700)), second(101));
        assert_eq!((quota.told(), quota.wait(second(101))), (Some((60, 40)), None));
        quota.block(second(160));
        quota.block(second(130));
        assert_eq!((quota.wait(second(110)), quota.wait(second(160))), (Some(second(160)), None));
    }
}
