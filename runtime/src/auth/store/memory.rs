//! A store in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{Kind, Store, StoreFuture, StoreLock};

type Entries = BTreeMap<(&'static str, String), Entry>;
type Entry = (Zeroizing<Vec<u8>>, Option<Timestamp>);

/// Keeps everything in this process's memory; its clones share it, and it is gone with the last of them.
#[derive(Clone, Default)]
pub struct MemoryStore(Arc<Inner>);

#[derive(Default)]
struct Inner {
    entries: Mutex<Entries>,
    locks: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl MemoryStore {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        // A panic while the map was locked leaves it whole: each change is one call.
        self.0.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_current(entry: &Entry) -> bool {
    entry.1.is_none_or(|at| at > Timestamp::now())
}

impl Store for MemoryStore {
    fn get<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        let entries = self.entries();
        let found = entries.get(&(kind.name(), key.to_owned())).filter(|entry| is_current(entry));
        let found = found.map(|(value, _)| value.to_vec());
        drop(entries);
        Box::pin(std::future::ready(Ok(found)))
    }

    fn put<'a>(
        &'a self,
        kind: Kind,
        key: &'a str,
        value: &'a [u8],
        expires_at: Option<Timestamp>,
    ) -> StoreFuture<'a, ()> {
        let mut entries = self.entries();
        if expires_at.is_some() {
            entries.retain(|_, entry| is_current(entry)); // only entries like this one can have expired
        }
        entries.insert((kind.name(), key.to_owned()), (Zeroizing::new(value.to_vec()), expires_at));
        drop(entries);
        Box::pin(std::future::ready(Ok(())))
    }

    fn take<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        let taken = self.entries().remove(&(kind.name(), key.to_owned())).filter(is_current);
        let taken = taken.map(|(value, _)| value.to_vec());
        Box::pin(std::future::ready(Ok(taken)))
    }

    fn replace<'a>(
        &'a self,
        kind: Kind,
        key: &'a str,
        old: &'a [u8],
        new: &'a [u8],
    ) -> StoreFuture<'a, bool> {
        let mut entries = self.entries();
        let entry = entries.get_mut(&(kind.name(), key.to_owned()));
        let entry = entry.filter(|entry| is_current(entry) && entry.0.as_slice() == old);
        let replaced = entry.map(|(value, _)| *value = Zeroizing::new(new.to_vec())).is_some();
        drop(entries);
        Box::pin(std::future::ready(Ok(replaced)))
    }

    fn keys(&self, kind: Kind) -> StoreFuture<'_, Vec<String>> {
        let entries = self.entries();
        let current = entries.iter().filter(|((of, _), entry)| *of == kind.name() && is_current(entry));
        let keys = current.map(|((_, key), _)| key.clone()).collect();
        drop(entries);
        Box::pin(std::future::ready(Ok(keys)))
    }

    fn lock<'a>(&'a self, name: &'a str) -> StoreFuture<'a, StoreLock> {
        let mut locks = self.0.locks.lock().unwrap_or_else(PoisonError::into_inner);
        // A lock that only the map knows is held by nobody.
        locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        let lock = Arc::clone(locks.entry(name.to_owned()).or_default());
        Box::pin(async move { Ok(StoreLock::new(lock.lock_owned().await)) })
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MemoryStore({} entries)", self.entries().len())
    }
}
