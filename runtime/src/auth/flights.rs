//! One at a time for each name, in this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::MutexGuard;

type Gate<T> = Arc<tokio::sync::Mutex<T>>;
type Gates<T> = Arc<Mutex<HashMap<String, Gate<T>>>>;

/// Who is at what. A name is known for as long as somebody has a flight of it, and no longer.
pub(super) struct Flights<T>(Gates<T>);

/// A place in the line of those who want the same; the first of them does the work, the others see what came of it.
pub(super) struct Flight<T> {
    gates: Gates<T>,
    name: String,
    gate: Gate<T>,
}

impl<T: Default> Flights<T> {
    /// A place in the line.
    pub(super) fn join(&self, name: &str) -> Flight<T> {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gate = Arc::clone(gates.entry(name.to_owned()).or_default());
        Flight { gates: Arc::clone(&self.0), name: name.to_owned(), gate }
    }

    /// The same, where there is no line yet.
    pub(super) fn begin(&self, name: &str) -> Option<Flight<T>> {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if gates.contains_key(name) {
            return None;
        }
        let gate = Arc::clone(gates.entry(name.to_owned()).or_default());
        Some(Flight { gates: Arc::clone(&self.0), name: name.to_owned(), gate })
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl<T> Default for Flights<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Flight<T> {
    /// Waits for its turn.
    pub(super) async fn lock(&self) -> MutexGuard<'_, T> {
        self.gate.lock().await
    }
}

impl<T> Drop for Flight<T> {
    fn drop(&mut self) {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        // The map's and this one. Gates are cloned under the map's lock only, so nobody joins in between.
        if Arc::strong_count(&self.gate) <= 2 {
            gates.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn are_known_while_somebody_has_them() {
        let flights = Flights::<u32>::default();
        let first = flights.join("a");
        assert!(flights.begin("a").is_none());
        let second = flights.join("a");
        *first.lock().await += 1;
        drop(first);
        assert_eq!(*second.lock().await, 1, "who waited sees what came of it");
        drop(second);
        assert_eq!(flights.len(), 0);
        let fresh = flights.begin("a").expect("nobody is at it");
        assert_eq!(*fresh.lock().await, 0);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn many_leave_nothing_behind_and_exclude_each_other() {
        let flights = Arc::new(Flights::<()>::default());
        let inside = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let tasks = (0..2000).map(|number| {
            let (flights, inside) = (Arc::clone(&flights), Arc::clone(&inside));
            tokio::spawn(async move {
                let flight = flights.join(if number % 2 == 0 { "even" } else { "odd" });
                let _turn = flight.lock().await;
                let others = inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                assert!(others < 2, "one of each name at a time");
                tokio::task::yield_now().await;
                inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.expect("it ran");
        }
        assert_eq!(flights.len(), 0);
    }
}
