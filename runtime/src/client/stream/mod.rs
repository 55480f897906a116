//! Lists as streams.
//!
//! | module | answers |
//! | --- | --- |
//! | `walk` | which page is asked for next, and when is a list at its end? |
//! | `keyset` | how does a search go on behind the most that the API gives? |

mod keyset;
mod walk;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::Instrument as _;

use super::Reader;
use crate::error::Error;
use crate::meta::ActionMeta;
use crate::page::Page;
use crate::pipeline::{CallOptions, Core};
use crate::value::{Args, Element};

pub use walk::Truncated;
use walk::{Keep, Row, Seen, Walk};

/// The elements of a list, page by page.
///
/// Take them with [`try_next`](Self::try_next), whole pages with [`next_page`](Self::next_page), or as a
/// [`Stream`]. Ends after the last element, or after the first error; what came before an error is sound.
///
/// Where the API ends a list before its end (HubSpot's search after 10,000 records) and the spec knows a way past it, the list
/// goes on in the order of the records' numbers, exactly: each record comes once. A search that is sorted by a number or a time keeps its
/// order; records without a value come last. Where the query leaves no such way, [`truncated`](Self::truncated) says so.
///
/// A server whose pages lead in a circle, or are empty without an end, ends the stream with [`Error::Pagination`].
#[must_use = "a stream does nothing until it is polled"]
pub struct ItemStream<T> {
    state: State<T>,
    ahead: usize,
    items: std::vec::IntoIter<T>,
    action: &'static str,
    given: u64,
    total: Option<i64>,
    truncated: Option<Truncated>,
}

/// Nothing here is ever pinned; a page under way is boxed.
impl<T> Unpin for ItemStream<T> {}

enum State<T> {
    /// No page is under way.
    Idle(Box<Pages<T>>),
    /// A page is under way; the consumer's polling carries it on.
    Asking(Asking<T>),
    /// A task asks for pages ahead of the consumer.
    Ahead(mpsc::Receiver<Outcome<T>>, Task),
    Ended,
}

type Outcome<T> = Result<Chunk<T>, Error>;
type Asking<T> = Pin<Box<dyn Future<Output = (Box<Pages<T>>, Outcome<T>)> + Send>>;

/// Ends with who waits for it.
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The elements of a page that are the consumer's; empty only at the end.
struct Chunk<T> {
    items: Vec<T>,
    total: Option<i64>,
    is_last: bool,
    truncated: Option<Truncated>,
}

impl<T: Element + Send> ItemStream<T> {
    pub(crate) fn new(
        core: Arc<Core>,
        action: &'static ActionMeta,
        args: Args,
        reader: Reader<Page<T>>,
    ) -> Self {
        let walk = Walk::new(action, core.connector.filters, args);
        let pages = Pages { core, options: CallOptions::default(), reader, walk };
        Self {
            state: State::Idle(Box::new(pages)),
            ahead: 0,
            items: Vec::new().into_iter(),
            action: action.name,
            given: 0,
            total: None,
            truncated: None,
        }
    }

    /// Asks for so many pages ahead, while you work on the one before; none unless set, so that no page is asked for before it is
    /// needed. One is enough to hide the server's latency; more even out work that takes longer now and then.
    ///
    /// A task on the tokio runtime does it, and goes on while you do not poll. Dropping the stream ends it. Must be set before the
    /// first element is taken.
    pub const fn read_ahead(mut self, pages: usize) -> Self {
        self.ahead = pages;
        self
    }

    /// Settings of each page's call. Must be set before the first element is taken.
    pub fn options(mut self, options: CallOptions) -> Self {
        if let State::Idle(pages) = &mut self.state {
            pages.options = options;
        }
        self
    }

    /// The next element; `None` after the last.
    ///
    /// # Errors
    /// That of the call which asked for its page (see [`Error`]); the stream has ended then.
    pub async fn try_next(&mut self) -> Result<Option<T>, Error> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await.transpose()
    }

    /// The elements of the next page, or what is left of the present one; `None` after the last.
    ///
    /// # Errors
    /// That of the call which asked for it (see [`Error`]); the stream has ended then.
    pub async fn next_page(&mut self) -> Result<Option<Vec<T>>, Error> {
        std::future::poll_fn(|context| self.poll_page(context)).await?;
        let items: Vec<T> = std::mem::take(&mut self.items).collect();
        self.given += items.len() as u64;
        Ok((!items.is_empty()).then_some(items))
    }

    /// Waits until there are elements, or will be none any more.
    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        while self.items.as_slice().is_empty() {
            let outcome = match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Poll::Ready(Ok(())),
                State::Idle(mut pages) => {
                    self.state = match tokio::runtime::Handle::try_current() {
                        Ok(runtime) if self.ahead > 0 => read_ahead(&runtime, *pages, self.ahead),
                        _ => State::Asking(Box::pin(async move {
                            let outcome = pages.next().await;
                            (pages, outcome)
                        })),
                    };
                    continue;
                }
                State::Asking(mut asking) => match asking.as_mut().poll(context) {
                    Poll::Ready((pages, outcome)) => {
                        self.state = State::Idle(pages);
                        outcome
                    }
                    Poll::Pending => {
                        self.state = State::Asking(asking);
                        return Poll::Pending;
                    }
                },
                State::Ahead(mut pages, task) => {
                    let outcome = pages.poll_recv(context);
                    self.state = State::Ahead(pages, task);
                    // Only a runtime that is shut down ends a task before it has sent the last page.
                    let gone =
                        || Err(walk::problem(self.action, "the runtime that was to read ahead has ended"));
                    ready!(outcome).unwrap_or_else(gone)
                }
            };
            let chunk = match outcome {
                Ok(chunk) => chunk,
                Err(error) => {
                    self.state = State::Ended;
                    return Poll::Ready(Err(error));
                }
            };
            self.total = chunk.total;
            self.items = chunk.items.into_iter();
            if chunk.is_last {
                (self.state, self.truncated) = (State::Ended, chunk.truncated);
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<T> ItemStream<T> {
    /// How the list fell short, where the API has more elements than it gives and there is no way to the others. Known once the
    /// stream has ended; also logged as a warning.
    #[must_use]
    pub const fn truncated(&self) -> Option<&Truncated> {
        self.truncated.as_ref()
    }

    /// How many elements there are in all, where the API tells it; known from the first element on.
    #[must_use]
    pub const fn total(&self) -> Option<i64> {
        self.total
    }
}

impl<T: Element + Send> Stream for ItemStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Err(error) = ready!(self.poll_page(context)) {
            return Poll::Ready(Some(Err(error)));
        }
        let item = self.items.next();
        self.given += u64::from(item.is_some());
        Poll::Ready(item.map(Ok))
    }
}

impl<T> std::fmt::Debug for ItemStream<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ItemStream")
            .field("action", &self.action)
            .field("given", &self.given)
            .finish_non_exhaustive()
    }
}

/// Starts a task that keeps up to `ahead` pages ready, the one under way included.
fn read_ahead<T: Element + Send>(
    runtime: &tokio::runtime::Handle,
    mut pages: Pages<T>,
    ahead: usize,
) -> State<T> {
    // tokio's own bound; nobody holds so many pages.
    let (ready, taken) = mpsc::channel(ahead.min(tokio::sync::Semaphore::MAX_PERMITS));
    let work = async move {
        // The place is taken before the page is asked for.
        while let Ok(place) = ready.reserve().await {
            let outcome = pages.next().await;
            let goes_on = outcome.as_ref().is_ok_and(|chunk| !chunk.is_last);
            place.send(outcome);
            if !goes_on {
                return;
            }
        }
    };
    State::Ahead(taken, Task(runtime.spawn(work.instrument(tracing::Span::current()))))
}

/// Asks for pages, one after the other.
struct Pages<T> {
    core: Arc<Core>,
    options: CallOptions,
    reader: Reader<Page<T>>,
    walk: Walk,
}

impl<T: Element + Send> Pages<T> {
    /// The next page with elements, or the end.
    async fn next(&mut self) -> Outcome<T> {
        let outcome = self.ask().await;
        outcome.inspect_err(|error| self.core.failed(self.walk.action(), error))
    }

    async fn ask(&mut self) -> Outcome<T> {
        loop {
            let core = Arc::clone(&self.core);
            let answer =
                core.answering(self.walk.action(), self.walk.request(), self.options.clone()).await?;
            let mut page = self.reader.read(&answer)?;
            let rows = self.walk.rows(&mut page.items.iter_mut().map(|item| Row::source(item)));
            let (count, next) = (page.items.len(), page.next);
            let seen = Seen { count, next, leads: page.leads, total: page.total, rows };
            let turn = self.walk.turn(seen)?;
            let items = match turn.keep {
                Keep::All => page.items,
                Keep::Nothing => Vec::new(),
                Keep::First(count) => {
                    page.items.truncate(count);
                    page.items
                }
            };
            if !items.is_empty() || turn.is_last {
                let (is_last, truncated) = (turn.is_last, turn.truncated);
                return Ok(Chunk { items, total: self.walk.total(), is_last, truncated });
            }
        }
    }
}
