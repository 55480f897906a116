//! Timers that outlive the call they bound.
//!
//! tokio wakes its driver for each timer that is to go off before all others, and the driver's wakening costs two system calls. Calls
//! that are made one after the other would pay that each time, for a timer that hardly ever goes off. So a timer stays set when its call is
//! over, and bounds the next one: only when it goes off is it set anew, to where that one ends.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use tokio::runtime::{Handle, Id};
use tokio::time::{Instant, Sleep, sleep_until};

/// So many are kept; calls beyond that set timers of their own.
const MOST: usize = 64;

/// The timers of a client that no call uses.
#[derive(Debug, Default)]
pub(crate) struct Timers(Mutex<Vec<Timer>>);

#[derive(Debug)]
struct Timer {
    /// Timers end with their runtime, and a client can be used in several.
    runtime: Id,
    sleep: Pin<Box<Sleep>>,
}

/// Time for one or several things, until then.
#[derive(Debug)]
pub(super) struct Time<'a> {
    timers: &'a Timers,
    ends: Instant,
    /// None before anything has to be waited for.
    timer: Option<Timer>,
}

impl Timers {
    pub(super) const fn until(&self, ends: Instant) -> Time<'_> {
        Time { timers: self, ends, timer: None }
    }

    fn take(&self, ends: Instant) -> Timer {
        let runtime = Handle::current().id();
        let fitting = |timers: &mut Vec<Timer>| {
            timers.retain(|timer| timer.runtime == runtime);
            timers.pop()
        };
        match self.0.lock().ok().and_then(|mut timers| fitting(&mut timers)) {
            Some(mut timer) => {
                if timer.sleep.deadline() > ends {
                    timer.sleep.as_mut().reset(ends);
                }
                timer
            }
            None => Timer { runtime, sleep: Box::pin(sleep_until(ends)) },
        }
    }
}

impl Time<'_> {
    /// What the work comes to; `None` where it is not done in time.
    pub(super) fn bound<F: Future>(
        &mut self,
        mut work: Pin<&mut F>,
    ) -> impl Future<Output = Option<F::Output>> {
        poll_fn(move |context| match work.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending => {
                let timer = self.timer.get_or_insert_with(|| self.timers.take(self.ends));
                timer.poll(self.ends, context).map(|()| None)
            }
        })
    }

    /// Leaves the timer to the next call. Without, as where a call is cancelled, it ends.
    pub(super) fn keep(self) {
        let Some(mut timer) = self.timer else { return };
        // So that it holds nothing of this call.
        let _ = timer.poll_once(&mut Context::from_waker(Waker::noop()));
        if let Ok(mut timers) = self.timers.0.lock()
            && timers.len() < MOST
        {
            timers.push(timer);
        }
    }
}

impl Timer {
    /// Ready from then on.
    fn poll(&mut self, ends: Instant, context: &mut Context<'_>) -> Poll<()> {
        while self.poll_once(context).is_ready() {
            if self.sleep.deadline() >= ends {
                return Poll::Ready(());
            }
            self.sleep.as_mut().reset(ends);
        }
        Poll::Pending
    }

    /// However much the work did: a task that uses up its share of time has to end in time as well.
    fn poll_once(&mut self, context: &mut Context<'_>) -> Poll<()> {
        pin!(tokio::task::unconstrained(self.sleep.as_mut())).poll(context)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::sync::Arc;
    use std::task::Wake;
    use std::time::Duration;

    use futures_util::future::{join, join_all};
    use tokio::task::yield_now;

    use super::*;

    /// Longer than any test.
    const LONG: Duration = Duration::from_secs(600);
    const SHORT: Duration = Duration::from_millis(20);

    fn kept(timers: &Timers) -> usize {
        timers.0.lock().expect("nobody has panicked").len()
    }

    /// Bounds this work, keeps the timer, and tells how long it took.
    async fn bounded<T>(
        timers: &Timers,
        time: Duration,
        work: impl Future<Output = T>,
    ) -> (Option<T>, Duration) {
        let begun = Instant::now();
        let mut time = timers.until(begun + time);
        let done = time.bound(pin!(work)).await;
        time.keep();
        (done, begun.elapsed())
    }

    #[tokio::test]
    async fn one_timer_bounds_call_after_call_each_by_its_own_time() {
        let timers = Timers::default();
        assert_eq!(bounded(&timers, LONG, ready(1)).await.0, Some(1));
        assert_eq!(kept(&timers), 0, "what is done at once needs none");
        // More in all than one of them has.
        let time = Duration::from_millis(300);
        for _ in 0..20 {
            assert!(bounded(&timers, time, tokio::time::sleep(SHORT)).await.0.is_some());
            assert_eq!(kept(&timers), 1);
        }
        // It goes off meanwhile, and is set to where this one ends.
        let (done, took) = bounded(&timers, time, pending::<()>()).await;
        assert!(done.is_none() && took >= time, "{took:?}");
        // One that ends before it would go off.
        assert!(bounded(&timers, LONG, yield_now()).await.0.is_some());
        let (done, took) = bounded(&timers, SHORT, pending::<()>()).await;
        assert!(done.is_none() && took >= SHORT && took < LONG / 2, "{took:?}");
        // And one that has ended before it began.
        assert!(bounded(&timers, Duration::ZERO, pending::<()>()).await.0.is_none());
        assert_eq!(kept(&timers), 1);
    }

    #[tokio::test]
    async fn several_at_once_have_timers_of_their_own_and_a_cancelled_one_leaves_none() {
        let timers = Timers::default();
        let (one, other) = (SHORT * 10, SHORT);
        let two = join(bounded(&timers, one, pending::<()>()), bounded(&timers, other, pending::<()>()));
        let ((_, long), (_, short)) = two.await;
        assert!(long >= one && short >= other && short < long, "{long:?} {short:?}");
        assert_eq!(kept(&timers), 2);
        let cancelled = tokio::time::timeout(SHORT, bounded(&timers, LONG, pending::<()>())).await;
        assert!(cancelled.is_err());
        assert_eq!(kept(&timers), 1);
        join_all((0..MOST * 2).map(|_| bounded(&timers, LONG, yield_now()))).await;
        assert_eq!(kept(&timers), MOST);
    }

    #[tokio::test]
    async fn work_that_never_rests_ends_in_time() {
        let timers = Timers::default();
        // Always ready within, so that it uses up its share at each poll.
        let restless = async {
            let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
            loop {
                let _ = sender.send(());
                receiver.recv().await;
            }
        };
        let (done, took) = bounded::<()>(&timers, SHORT, restless).await;
        assert!(done.is_none() && took >= SHORT, "{took:?}");
    }

    #[test]
    fn a_timer_is_not_used_in_another_runtime() {
        let timers = Timers::default();
        for _ in 0..3 {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
            runtime.block_on(async {
                assert!(bounded(&timers, LONG, yield_now()).await.0.is_some());
                let (done, took) = bounded(&timers, SHORT, pending::<()>()).await;
                assert!(done.is_none() && took >= SHORT, "{took:?}");
            });
        }
        assert_eq!(kept(&timers), 1);
    }

    /// A kept timer must not keep what it bounded alive.
    #[tokio::test]
    async fn a_kept_timer_holds_no_task() {
        let timers = Timers::default();
        let waker = Arc::new(Flag);
        {
            let mut time = timers.until(Instant::now() + LONG);
            let task = Waker::from(Arc::clone(&waker));
            let polled = pin!(time.bound(pin!(pending::<()>()))).poll(&mut Context::from_waker(&task));
            assert!(polled.is_pending());
            drop(task);
            assert_eq!(Arc::strong_count(&waker), 2);
            time.keep();
        }
        assert_eq!((Arc::strong_count(&waker), kept(&timers)), (1, 1));
    }

    struct Flag;

    impl Wake for Flag {
        fn wake(self: Arc<Self>) {}
    }
}
