//! A store in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{Kind, Store, StoreFuture, StoreLock};

type Entries = BTreeMap<(&'static str, String), (Zeroizing<Vec<u8>>, Option<Timestamp>)>;

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
        let mut entries = self.0.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Timestamp::now();
        entries.retain(|_, (_, expires_at)| expires_at.is_none_or(|at| at > now));
        entries
    }
}

impl Store for MemoryStore {
    fn get<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        let found = self.entries().get(&(kind.name(), key.to_owned())).map(|(value, _)| value.to_vec());
        Box::pin(std::future::ready(Ok(found)))
    }

    fn put<'a>(
        &'a self,
        kind: Kind,
        key: &'a str,
        value: &'a [u8],
        expires_at: Option<Timestamp>,
    ) -> StoreFuture<'a, ()> {
        self.entries().insert((kind.name(), key.to_owned()), (Zeroizing::new(value.to_vec()), expires_at));
        Box::pin(std::future::ready(Ok(())))
    }

    fn take<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        let taken = self.entries().remove(&(kind.name(), key.to_owned())).map(|(value, _)| value.to_vec());
        Box::pin(std::future::ready(Ok(taken)))
    }

    fn keys(&self, kind: Kind) -> StoreFuture<'_, Vec<String>> {
        let keys =
            self.entries().keys().filter(|(of, _)| *of == kind.name()).map(|(_, key)| key.clone()).collect();
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
