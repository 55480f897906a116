//! A call on its way.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::Reader;
use crate::error::Error;
use crate::meta::ActionMeta;
use crate::pipeline::{CallOptions, Core};
use crate::value::Args;

/// A call on its way to its output; dropping it cancels it.
///
/// A type of its own, and not an async function's, so that a mistake at a call is one error of the compiler and not one for
/// each place where an opaque type repeats its bounds. It is generic over the output only.
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<T>(Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>);

impl<T: 'static> Call<T> {
    pub(crate) fn new(
        core: Arc<Core>,
        action: &'static ActionMeta,
        args: Args,
        options: CallOptions,
        reader: Reader<T>,
    ) -> Self {
        Self(Box::pin(async move {
            // An output can be large: it is moved as it is read, and not once more to look for an error.
            let error = match core.call(action, args, &options).await {
                Ok(answer) => match reader.read(&answer) {
                    Ok(output) => return Ok(output),
                    Err(error) => error.into(),
                },
                Err(error) => error,
            };
            core.failed(action, &error);
            Err(error)
        }))
    }
}

#[cfg(feature = "dynamic")]
impl<T: Send + 'static> Call<T> {
    /// One that cannot be made.
    pub(crate) fn failed(error: Error) -> Self {
        Self(Box::pin(std::future::ready(Err(error))))
    }
}

impl<T> Future for Call<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl<T> std::fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Call")
    }
}
