//! A limit that only the server knows: so many a day, by its calendar.

use std::time::{Duration, Instant};

/// What answers tell of a limit. While none has told, there is none.
#[derive(Debug)]
pub(super) struct Quota {
    told: Option<Told>,
    under_way: usize,
    /// Where nothing is left, one request in this time goes to see whether that has changed.
    pause: Duration,
}

#[derive(Debug)]
struct Told {
    max: usize,
    remaining: usize,
    look_at: Instant,
}

impl Quota {
    pub(super) fn new(per: Duration) -> Self {
        Self { told: None, under_way: 0, pause: (per / 1440).max(Duration::from_secs(1)) }
    }

    /// Requests in all and those left, where an answer has told.
    pub(super) fn told(&self) -> Option<(usize, usize)> {
        self.told.as_ref().map(|told| (told.max, told.remaining))
    }

    /// When to ask again; `None` where a request can leave now.
    pub(super) fn wait(&self, now: Instant) -> Option<Instant> {
        let told = self.told.as_ref().filter(|told| told.remaining == 0)?;
        Some(told.look_at).filter(|at| *at > now)
    }

    /// Lets one request through.
    pub(super) fn take(&mut self, now: Instant) {
        self.under_way += 1;
        if let Some(told) = &mut self.told {
            if told.remaining == 0 {
                told.look_at = now + self.pause;
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
    pub(super) fn correct(&mut self, max: usize, remaining: usize, now: Instant) {
        let remaining = remaining.min(max).saturating_sub(self.under_way);
        let look_at = match &self.told {
            Some(told) if told.remaining == 0 && remaining == 0 => told.look_at,
            _ => now + self.pause,
        };
        self.told = Some(Told { max, remaining, look_at });
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
        quota.correct(250_000, 2, now);
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
        quota.correct(250_000, 249_999, now + minute);
        assert_eq!((quota.told(), quota.wait(now + minute)), (Some((250_000, 249_999)), None));
    }
}
