//! The traits that generated code implements.

use crate::batch::Batch;
use crate::error::DecodeError;
use crate::meta::{ActionMeta, ConnectorMeta};
use crate::page::Page;
use crate::pipeline::Answer;
use crate::value::{Args, Element};

/// A connector: the marker type that `#[connector]` generates in its module.
pub trait Connector: Send + Sync + 'static {
    /// What it is.
    const META: &'static ConnectorMeta;
}

/// An action with its arguments.
pub trait Action: Send + Sync {
    /// What a successful answer holds.
    type Output: Answered;

    /// What it is.
    const META: &'static ActionMeta;

    /// Its arguments.
    fn into_args(self) -> Args
    where
        Self: Sized;
}

/// What an answer can become: a value, a [`Page`], a [`Batch`], or `()` where nothing is read.
pub trait Answered: Sized + 'static {
    /// Reads a successful answer.
    ///
    /// # Errors
    /// Where the answer is not what the spec declares.
    fn read(answer: &Answer) -> Result<Self, DecodeError>;
}

impl<T: Element + Default> Answered for T {
    fn read(answer: &Answer) -> Result<Self, DecodeError> {
        T::answer(answer)
    }
}

impl<T: Element> Answered for Page<T> {
    fn read(answer: &Answer) -> Result<Self, DecodeError> {
        crate::page::read(answer, Vec::new(), |items| items)
    }
}

impl<T: Element> Answered for Batch<T> {
    fn read(answer: &Answer) -> Result<Self, DecodeError> {
        crate::batch::read(answer, Vec::new(), |results| results)
    }
}

/// An action that answers a list page by page.
pub trait Paginated: Action<Output = Page<Self::Item>> {
    /// One element of the list.
    type Item: Element + Send;
}

/// An action on many records at once, each with an outcome of its own.
pub trait Batched: Action<Output = Batch<Self::Item>> {
    /// What one result holds; `()` where the API answers none.
    type Item: Element + Clone + Send;
}

/// An action whose scopes the connector `C` requests; [`Client::execute`](crate::Client::execute) takes no other.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no action of this client's connector, or needs a scope that it does not request",
    label = "not an action that this client may execute"
)]
pub trait PermittedBy<C> {}
