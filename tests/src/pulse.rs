//! How late this machine is by itself: others use it too, and what they take from a test's threads is no fault of what is tested.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

/// As many tasks as that many callers have, each a bare timer that goes off again and again; stopped when it is dropped.
#[derive(Debug)]
pub struct Pulse {
    /// In microseconds.
    worst: Arc<AtomicU64>,
    tasks: Vec<JoinHandle<()>>,
}

impl Pulse {
    /// Starts on the runtime of the test.
    pub fn start(callers: usize) -> Self {
        let worst = Arc::<AtomicU64>::default();
        let tasks = (0..callers).map(|_| tokio::spawn(beat(Arc::clone(&worst)))).collect();
        Self { worst, tasks }
    }

    /// By how much a timer was late at worst.
    pub fn worst(&self) -> Duration {
        Duration::from_micros(self.worst.load(Ordering::Relaxed))
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn beat(worst: Arc<AtomicU64>) {
    loop {
        let due = Instant::now() + Duration::from_millis(20);
        tokio::time::sleep_until(due.into()).await;
        let late = u64::try_from(due.elapsed().as_micros()).unwrap_or(u64::MAX);
        worst.fetch_max(late, Ordering::Relaxed);
    }
}
