//! A call on its way.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::Reader;
use crate::error::Error;
use crate::meta::ActionMeta;
use crate::pipeline::{Answering, CallOptions, Core};
use crate::value::Args;

/// A call on its way to its output; dropping it cancels it.
///
/// A type of its own, and not an async function's, so that a mistake at a call is one error of the compiler and not one for
/// each place where an opaque type repeats its bounds. It is generic over the output only, and only in how the answer is read:
/// what is awaited here is compiled with this crate.
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<T>(State<T>);

enum State<T> {
    Asking {
        core: Arc<Core>,
        action: &'static ActionMeta,
        answer: Answering,
        reader: Reader<T>,
    },
    /// It cannot be made; taken by who waits for it.
    #[cfg(feature = "dynamic")]
    Failed(Option<Error>),
}

impl<T: 'static> Call<T> {
    pub(crate) fn new(
        core: Arc<Core>,
        action: &'static ActionMeta,
        args: Args,
        options: CallOptions,
        reader: Reader<T>,
    ) -> Self {
        let answer = Arc::clone(&core).answering(action, args, options);
        Self(State::Asking { core, action, answer, reader })
    }
}

#[cfg(feature = "dynamic")]
impl<T: Send + 'static> Call<T> {
    /// One that cannot be made.
    pub(crate) const fn failed(error: Error) -> Self {
        Self(State::Failed(Some(error)))
    }
}

impl<T> Future for Call<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let (core, action, answer, reader) = match &mut self.0 {
            State::Asking { core, action, answer, reader } => (core, action, answer, *reader),
            #[cfg(feature = "dynamic")]
            State::Failed(error) => {
                return error.take().map_or(Poll::Pending, |error| Poll::Ready(Err(error)));
            }
        };
        // An output can be large: it is moved as it is read, and not once more to look for an error.
        let error = match ready!(answer.as_mut().poll(context)) {
            Ok(answer) => match reader.read(&answer) {
                Ok(output) => return Poll::Ready(Ok(output)),
                Err(error) => error.into(),
            },
            Err(error) => error,
        };
        core.failed(action, &error);
        Poll::Ready(Err(error))
    }
}

impl<T> std::fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Call")
    }
}
