//! A call on its way.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::Reader;
use crate::error::{DecodeError, Error};
use crate::meta::ActionMeta;
use crate::pipeline::{Answer, Answering, CallOptions, Core};
use crate::value::Args;

/// A call on its way to its output; dropping it cancels it.
///
/// A type of its own, and not an async function's, so that a mistake at a call is one error of the compiler and not one for
/// each place where an opaque type repeats its bounds. It is generic over the output only, and only in how the answer is read:
/// what is awaited here is compiled with this crate.
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<T> {
    asking: Asking,
    reader: Reader<T>,
}

/// A call until its answer is there, whatever its output is.
enum Asking {
    Waiting(Arc<Core>, &'static ActionMeta, Answering),
    Answered(Arc<Core>, &'static ActionMeta, Answer),
    /// It cannot be made; taken by who waits for it.
    #[cfg(feature = "dynamic")]
    Failed(Option<Error>),
}

impl<T> Call<T> {
    pub(crate) fn new(
        core: &Arc<Core>,
        action: &'static ActionMeta,
        args: Args,
        options: Option<CallOptions>,
        reader: Reader<T>,
    ) -> Self {
        Self { asking: Asking::new(core, action, args, options), reader }
    }

    /// One that cannot be made.
    #[cfg(feature = "dynamic")]
    pub(crate) const fn failed(error: Error) -> Self {
        Self { asking: Asking::Failed(Some(error)), reader: Reader::Unread }
    }
}

impl Asking {
    fn new(core: &Arc<Core>, action: &'static ActionMeta, args: Args, options: Option<CallOptions>) -> Self {
        let options = options.unwrap_or_default();
        Self::Waiting(Arc::clone(core), action, Arc::clone(core).answering(action, args, options))
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<&Answer, Error>> {
        if let Self::Waiting(core, action, answering) = self {
            match ready!(answering.as_mut().poll(context)) {
                Ok(answer) => *self = Self::Answered(Arc::clone(core), action, answer),
                Err(error) => {
                    core.failed(action, &error);
                    return Poll::Ready(Err(error));
                }
            }
        }
        match self {
            Self::Answered(_, _, answer) => Poll::Ready(Ok(answer)),
            #[cfg(feature = "dynamic")]
            Self::Failed(error) => error.take().map_or(Poll::Pending, |error| Poll::Ready(Err(error))),
            Self::Waiting(..) => Poll::Pending,
        }
    }

    /// The answer is there and is not what the spec declares.
    fn unreadable(&self, error: DecodeError) -> Error {
        let error = error.into();
        if let Self::Answered(core, action, _) = self {
            core.failed(action, &error);
        }
        error
    }
}

impl<T> Future for Call<T> {
    type Output = Result<T, Error>;

    /// Compiled once more for each output that there is: no more than reads it. An output can be large, and is moved as it is read.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let call = &mut *self;
        match call.asking.poll(context) {
            Poll::Ready(Ok(answer)) => match call.reader.read(answer) {
                Ok(output) => Poll::Ready(Ok(output)),
                Err(error) => Poll::Ready(Err(call.asking.unreadable(error))),
            },
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<T> std::fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Call")
    }
}
