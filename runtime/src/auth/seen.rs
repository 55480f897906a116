//! Connections as they were last seen, so that a call with a valid token touches neither store nor lock.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{AccessToken, Connection};

/// For how long what was seen counts. Somebody else may have disconnected it, or authorized another account: after this time at the
/// latest, everybody knows.
const RECENT: Duration = Duration::from_secs(60);
/// For how long nothing is tried again that failed and was not urgent.
const POSTPONED: Duration = Duration::from_secs(10);
/// How many connections are remembered at least; twice as many at most.
const REMEMBERED: usize = 4096;

/// The connections that were used last. The others are read again when they are needed, so that any number of end users fits.
///
/// Two generations: when the young one is full it becomes the old one, and what the old one held is forgotten unless it was used since.
pub(super) struct Seen {
    generations: Mutex<Generations>,
    limit: usize,
}

#[derive(Default)]
struct Generations {
    young: HashMap<String, Known>,
    old: HashMap<String, Known>,
}

/// A connection as it was last seen.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) connection: Arc<Connection>,
    recent_until: Instant,
    /// Until then a refresh ahead of time is not tried again.
    postponed_until: Option<Instant>,
}

impl Known {
    fn new(connection: Arc<Connection>) -> Self {
        Self { connection, recent_until: Instant::now() + RECENT, postponed_until: None }
    }

    /// Whether it need not be read again.
    pub(super) fn is_recent(&self) -> bool {
        self.recent_until > Instant::now()
    }

    /// Whether a refresh ahead of time has failed a moment ago.
    pub(super) fn is_postponed(&self) -> bool {
        self.postponed_until.is_some_and(|until| until > Instant::now())
    }

    pub(super) fn token(&self) -> AccessToken {
        self.connection.access_token.clone()
    }
}

impl Seen {
    pub(super) fn new() -> Self {
        Self::remembering(REMEMBERED)
    }

    fn remembering(limit: usize) -> Self {
        Self { generations: Mutex::default(), limit }
    }

    pub(super) fn get(&self, key: &str) -> Option<Known> {
        let mut generations = self.lock();
        if let Some(known) = generations.young.get(key) {
            return Some(known.clone());
        }
        let (key, known) = generations.old.remove_entry(key)?;
        self.put(&mut generations, key, known.clone());
        Some(known)
    }

    /// What was just read or written.
    pub(super) fn insert(&self, connection: Arc<Connection>) {
        let mut generations = self.lock();
        let key = connection.key.clone();
        let before = generations.old.remove(&key).or_else(|| generations.young.remove(&key));
        let mut known = Known::new(connection);
        // Read again, and still the same token: what could not be refreshed is no more urgent for that.
        known.postponed_until = before
            .filter(|before| {
                before.connection.access_token.expose() == known.connection.access_token.expose()
            })
            .and_then(|before| before.postponed_until);
        self.put(&mut generations, key, known);
    }

    /// Nothing is tried again for a moment: its token is good until then.
    pub(super) fn postpone(&self, key: &str) {
        let until = Instant::now() + POSTPONED;
        if let Some(known) = self.lock().young.get_mut(key) {
            known.postponed_until = Some(until);
            known.recent_until = known.recent_until.max(until);
        }
    }

    pub(super) fn remove(&self, key: &str) {
        let mut generations = self.lock();
        generations.young.remove(key);
        generations.old.remove(key);
    }

    fn put(&self, generations: &mut Generations, key: String, known: Known) {
        if generations.young.len() >= self.limit {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(key, known);
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.generations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        let generations = self.lock();
        generations.young.len() + generations.old.len()
    }

    /// Has everything read again, as time does.
    #[cfg(test)]
    pub(super) fn age(&self) {
        let mut generations = self.lock();
        let Generations { young, old } = &mut *generations;
        for known in young.values_mut().chain(old.values_mut()) {
            known.recent_until = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::connection::tests::connection;
    use super::*;

    #[test]
    fn remembers_those_that_are_used() {
        let seen = Seen::remembering(100);
        seen.insert(Arc::new(connection("often", Some(3600))));
        for number in 0..10_000 {
            seen.insert(Arc::new(connection(&format!("user-{number}"), Some(3600))));
            assert!(seen.len() <= 200, "{}", seen.len());
            if number % 50 == 0 {
                assert!(seen.get("often").is_some(), "{number}");
            }
        }
        assert!(seen.get("user-9999").is_some() && seen.get("user-0").is_none());
        seen.remove("often");
        assert!(seen.get("often").is_none());
    }
}
