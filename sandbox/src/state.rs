//! What all handlers share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicUsize};
use std::time::Duration;

use crate::{faults::Faults, limits::Meter, log::Log, store::Store};

pub(crate) type Shared = Arc<State>;

/// The running sandbox.
pub(crate) struct State {
    store: Mutex<Store>,
    pub(crate) url: String,
    pub(crate) token_lifetime: Duration,
    pub(crate) rotate: bool,
    pub(crate) log: Log,
    pub(crate) faults: Faults,
    pub(crate) limits: Meter,
    /// How many connections are open.
    pub(crate) connections: Arc<AtomicUsize>,
}

impl State {
    pub(crate) fn new(
        store: Store,
        url: String,
        token_lifetime: Duration,
        rotate: bool,
        limits: Meter,
    ) -> Self {
        let (log, faults) = (Log::default(), Faults::default());
        let connections = Arc::default();
        Self { store: Mutex::new(store), url, token_lifetime, rotate, log, faults, limits, connections }
    }

    /// The store; handlers hold it for one operation, so operations do not interleave.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }
}

/// Locks, whatever happened to earlier holders.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
