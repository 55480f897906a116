//! Tasks that end by themselves, and may be waited for.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How many tasks are under way.
pub(super) struct Tasks(Arc<watch::Sender<usize>>);

/// Counts one, however it ends.
struct Counted(Arc<watch::Sender<usize>>);

impl Tasks {
    pub(super) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }

    /// Runs something to its end, also where nobody waits for what it answers.
    pub(super) fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.0.send_modify(|count| *count += 1);
        let counted = Counted(Arc::clone(&self.0));
        tokio::spawn(async move {
            let output = work.await;
            drop(counted);
            output
        })
    }

    /// Waits until none is under way.
    pub(super) async fn wait(&self) {
        // An error says that there is nobody left who could start one.
        drop(self.0.subscribe().wait_for(|count| *count == 0).await);
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn are_waited_for_however_they_end() {
        let tasks = Tasks::new();
        tasks.wait().await;
        let (go, wait) = tokio::sync::oneshot::channel::<()>();
        drop(tasks.spawn(wait));
        let ended = tasks.spawn(async { panic!("as a test does") });
        let stopped = tasks.spawn(std::future::pending::<()>());
        stopped.abort();
        assert!(ended.await.expect_err("it panicked").is_panic());
        assert!(futures_util::FutureExt::now_or_never(tasks.wait()).is_none(), "one is under way");
        go.send(()).expect("it waits");
        tasks.wait().await;
    }
}
