//! Lists as streams.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::action::Paginated;
use crate::error::Error;
use crate::meta::Pagination;
use crate::page::Page;
use crate::pipeline::{CallOptions, Core};
use crate::value::Datum;

type Fetch<T> = Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>;

/// The elements of a list, page by page.
///
/// Ends after the last element, or after the first error. A page that repeats the cursor before it is an error, so that
/// a misbehaving server cannot keep the stream running for ever.
#[must_use = "a stream does nothing until it is polled"]
pub struct ItemStream<T> {
    fetch: Box<dyn Fn(Option<String>) -> Fetch<T> + Send>,
    pending: Option<Fetch<T>>,
    items: VecDeque<T>,
    last_cursor: Option<String>,
    action: &'static str,
    given: u64,
    cap: Option<u64>,
    truncated: bool,
}

impl<T: 'static> ItemStream<T> {
    pub(super) fn new<A: Paginated<Item = T> + 'static>(core: Arc<Core>, mut action: A) -> Self {
        let pagination = A::META.pagination;
        if let Some(Pagination { limit: Some(limit), max_limit: Some(max), .. }) = pagination
            && action.args().get(limit).is_none()
        {
            action.args_mut().put(limit, Some(Datum::Integer(max.into())));
        }
        let base = action.args().clone();
        let fetch = move |cursor: Option<String>| -> Fetch<T> {
            let mut args = base.clone();
            if let (Some(pagination), Some(cursor)) = (pagination, cursor) {
                args.put(pagination.cursor, Some(Datum::Text(cursor)));
            }
            let core = Arc::clone(&core);
            Box::pin(async move {
                let answer = core.call(A::META, args, &CallOptions::default()).await;
                let outcome = answer.and_then(|answer| Ok(A::read(&answer)?));
                outcome.inspect_err(|error| core.failed(A::META, error))
            })
        };
        Self {
            pending: Some(fetch(None)),
            fetch: Box::new(fetch),
            items: VecDeque::new(),
            last_cursor: None,
            action: A::META.name,
            given: 0,
            cap: pagination.and_then(|pagination| pagination.cap),
            truncated: false,
        }
    }

    /// Whether the API has more elements than it gives (HubSpot's search ends after 10,000). Known once the stream has
    /// ended.
    #[must_use]
    pub const fn is_truncated(&self) -> bool {
        self.truncated
    }

    fn turn(&mut self, page: Page<T>) -> Result<(), Error> {
        let received = self.given + self.items.len() as u64 + page.items.len() as u64;
        self.items.extend(page.items);
        let Some(next) = page.next else { return Ok(()) };
        if self.cap.is_some_and(|cap| received >= cap) {
            self.truncated = true;
            return Ok(());
        }
        if self.last_cursor.as_ref() == Some(&next) {
            return Err(Error::Configuration(format!(
                "{}: the server answered the cursor `{next}` twice, the list would never end",
                self.action
            )));
        }
        self.pending = Some((self.fetch)(Some(next.clone())));
        self.last_cursor = Some(next);
        Ok(())
    }
}

impl<T: Unpin + 'static> Stream for ItemStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.items.pop_front() {
                self.given += 1;
                return Poll::Ready(Some(Ok(item)));
            }
            let Some(pending) = &mut self.pending else { return Poll::Ready(None) };
            let answer = ready!(pending.as_mut().poll(context));
            self.pending = None;
            if let Err(error) = answer.and_then(|page| self.turn(page)) {
                self.pending = None;
                return Poll::Ready(Some(Err(error)));
            }
        }
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
