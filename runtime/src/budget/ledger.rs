//! The account of one shared budget.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Ask, Grant};

/// Who has taken what of one budget. Small, and kept by a [`SharedBudget`](super::SharedBudget) where all its clients can reach it.
///
/// Times are counted from any one moment, the same for all; whole milliseconds count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// What the server told last.
    #[serde(default)]
    told: Option<u32>,
    #[serde(default)]
    next: u64,
    #[serde(default)]
    blocked_until: u64,
    #[serde(default)]
    leases: Vec<Lease>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Lease {
    #[serde(rename = "n")]
    number: u64,
    /// When it was granted.
    #[serde(rename = "a")]
    at: u64,
    /// When its requests have left the server's window.
    #[serde(rename = "u")]
    until: u64,
    #[serde(rename = "r")]
    requests: u32,
}

/// The least that is worth waiting before asking again, in milliseconds.
const LEAST_WAIT: u64 = 5;

impl Ledger {
    /// Reads what [`to_bytes`](Self::to_bytes) wrote. What cannot be read is an unused ledger: all that is lost is a window.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).unwrap_or_default()
    }

    /// Its form for keeping.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Takes a lease at this time, and notes how earlier ones were used.
    pub fn lease(&mut self, now: Duration, ask: &Ask) -> Grant {
        let (now, per) = (millis(now), millis(ask.per));
        for settled in &ask.settled {
            if let Some(lease) = self.leases.iter_mut().find(|lease| lease.number == settled.lease) {
                // A millisecond more, as all times here are cut to whole ones.
                lease.until = lease.until.min(lease.at + millis(settled.after) + per + 1);
                lease.requests = lease.requests.saturating_sub(settled.unused);
            }
        }
        self.leases.retain(|lease| lease.until > now && lease.requests > 0);
        if ask.told.is_some() {
            self.told = ask.told;
        }
        if let Some(blocked) = ask.blocked {
            self.blocked_until = self.blocked_until.max(now.saturating_add(millis(blocked)));
        }
        let taken: u32 = self.leases.iter().fold(0, |sum, lease| sum.saturating_add(lease.requests));
        let free = self.told.unwrap_or(ask.requests).max(1).saturating_sub(taken);
        let requests = if self.blocked_until > now { 0 } else { free.min(ask.want) };
        if requests == 0 {
            let freed = if free == 0 { self.leases.iter().map(|lease| lease.until).min() } else { None };
            let wait = freed.unwrap_or(now).max(self.blocked_until).saturating_sub(now).max(LEAST_WAIT);
            return Grant { lease: 0, requests, left: free, wait: Duration::from_millis(wait) };
        }
        self.next = self.next.wrapping_add(1);
        let until = now.saturating_add(millis(ask.hold)).saturating_add(per).saturating_add(1);
        self.leases.push(Lease { number: self.next, at: now, until, requests });
        Grant { lease: self.next, requests, left: free - requests, wait: Duration::ZERO }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 4).min(u64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::super::Settled;
    use super::*;

    fn ask(want: u32) -> Ask {
        Ask {
            name: "a".to_owned(),
            requests: 10,
            told: None,
            per: Duration::from_secs(10),
            hold: Duration::from_secs(1),
            want,
            blocked: None,
            settled: Vec::new(),
        }
    }

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn together_they_take_no_more_than_there_is() {
        let mut ledger = Ledger::default();
        let first = ledger.lease(at(0), &ask(7));
        let second = ledger.lease(at(500), &ask(7));
        assert_eq!((first.requests, first.left, second.requests, second.left), (7, 3, 3, 0));
        let third = ledger.lease(at(600), &ask(1));
        assert_eq!((third.requests, third.wait), (0, at(10_401)));
        // Nobody said anything more of the first: it counts as sent at the last moment.
        assert_eq!(ledger.lease(at(11_000), &ask(9)).requests, 0);
        assert_eq!(ledger.lease(at(11_001), &ask(9)).requests, 7);
        assert_eq!(ledger.lease(at(11_501), &ask(9)).requests, 3);
    }

    #[test]
    fn what_is_settled_is_free_earlier() {
        let mut ledger = Ledger::from_bytes(b"nonsense");
        let first = ledger.lease(at(0), &ask(10));
        let settled = vec![Settled { lease: first.lease, unused: 4, after: at(20) }];
        let second = ledger.lease(at(100), &Ask { settled: settled.clone(), ..ask(9) });
        assert_eq!((second.requests, second.left), (4, 0));
        let mut ledger = Ledger::from_bytes(&ledger.to_bytes());
        assert_eq!(ledger.lease(at(10_020), &ask(9)).requests, 0);
        assert_eq!(ledger.lease(at(10_021), &ask(9)).requests, 6);
        // Of a lease that is long gone, and once more.
        assert_eq!(ledger.lease(at(10_022), &Ask { settled, ..ask(9) }).requests, 0);
    }

    #[test]
    fn what_the_server_tells_one_holds_for_all() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.lease(at(0), &Ask { told: Some(19), ..ask(9) }).left, 10);
        assert_eq!(ledger.lease(at(0), &ask(9)).left, 1);
        let blocked = Ask { blocked: Some(at(3000)), ..ask(0) };
        assert_eq!(ledger.lease(at(20), &blocked).requests, 0);
        let refused = ledger.lease(at(1020), &ask(1));
        assert_eq!((refused.requests, refused.wait), (0, at(2000)));
        assert_eq!(ledger.lease(at(20_000), &ask(30)).requests, 19);
    }
}
