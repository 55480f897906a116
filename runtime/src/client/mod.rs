//! The client: what holds the connection, the token and the settings.

mod batch;
mod builder;
mod call;
mod conditional;
pub(crate) mod http;
mod read;
mod select;
mod stream;

use std::marker::PhantomData;
use std::sync::Arc;

pub use batch::BatchCall;
pub use builder::ClientBuilder;
pub use call::Call;
pub use conditional::{Conditional, ETag, InvalidETag};
pub(crate) use read::Reader;
pub use stream::{ItemStream, Truncated};

use crate::action::{Action, Answered, Batched, Connector, Paginated, PermittedBy};
use crate::pipeline::{CallOptions, Core, Credentials, HeadRoom};

/// Executes the actions of the connector `C`.
///
/// Cheap to clone; clones share connections and settings. `H` is what a connector brings along that was loaded at run time.
pub struct Client<C, H = ()> {
    pub(crate) core: Arc<Core>,
    pub(crate) handle: H,
    of: PhantomData<fn() -> C>,
}

impl<C: Connector> Client<C> {
    /// Starts a client with the connector's defaults.
    pub fn builder() -> ClientBuilder<C> {
        ClientBuilder::new()
    }

    /// Executes an action.
    ///
    /// # Errors
    /// See [`Error`](crate::Error): each variant says whether anything was sent and what may have happened.
    pub fn execute<A: Action + PermittedBy<C>>(&self, action: A) -> Call<A::Output> {
        Call::new(&self.core, A::META, action.into_args(), None, Reader::Typed(Answered::read))
    }

    /// The same with settings for this call.
    ///
    /// # Errors
    /// See [`Error`](crate::Error).
    pub fn execute_with<A: Action + PermittedBy<C>>(
        &self,
        action: A,
        options: CallOptions,
    ) -> Call<A::Output> {
        Call::new(&self.core, A::META, action.into_args(), Some(options), Reader::Typed(Answered::read))
    }

    /// Executes an action that reads, and takes its answer only if it has changed since the one with this entity tag: an API that knows
    /// such tags then answers `304 Not Modified` without a body, which GitHub does not count against its rate limit.
    ///
    /// The first call has no tag yet; each [`Conditional::Changed`] has the one for the next.
    ///
    /// # Errors
    /// See [`Error`](crate::Error); [`Error::Configuration`](crate::Error::Configuration) where there is a tag and the action's method is
    /// neither GET nor HEAD.
    pub fn execute_if_changed<A: Action + PermittedBy<C>>(
        &self,
        action: A,
        known: Option<&ETag>,
    ) -> Call<Conditional<A::Output>> {
        self.execute_if_changed_with(action, known, CallOptions::default())
    }

    /// The same with settings for this call.
    ///
    /// # Errors
    /// See [`execute_if_changed`](Self::execute_if_changed).
    pub fn execute_if_changed_with<A: Action + PermittedBy<C>>(
        &self,
        action: A,
        known: Option<&ETag>,
        options: CallOptions,
    ) -> Call<Conditional<A::Output>> {
        let options = options.if_none_match(known.map(ETag::header));
        Call::new(&self.core, A::META, action.into_args(), Some(options), Reader::Typed(conditional::read))
    }

    /// All elements of a list, page by page, as they are taken from the stream; see [`ItemStream`] for what it promises.
    ///
    /// Pages have the largest size that the API allows unless the action sets another.
    pub fn stream<A: Paginated + PermittedBy<C>>(&self, action: A) -> ItemStream<A::Item> {
        ItemStream::new(Arc::clone(&self.core), A::META, action.into_args(), Reader::Typed(Answered::read))
    }

    /// A batch of any size: split into requests as large as the API takes, several of them at once, with an
    /// [`Outcome`](crate::Outcome) for each input, in their order.
    ///
    /// [`execute`](Self::execute) takes the same action as one request, and refuses nothing that the API would.
    pub fn batch<A: Batched + PermittedBy<C>>(&self, action: A) -> BatchCall<A::Item> {
        BatchCall::new(Arc::clone(&self.core), A::META, action.into_args(), Reader::Typed(Answered::read))
    }
}

impl<C, H: Clone> Client<C, H> {
    /// What the rate limits still allow.
    #[must_use]
    pub fn head_room(&self) -> Vec<HeadRoom> {
        self.core.limits.head_room()
    }

    /// The same client for another connection of its authorizer: another end user's account. It shares connections and
    /// settings with this one, but not its rate limits, which count for each account.
    ///
    /// Keep and clone it rather than make it anew for every call: rate limits are counted by what was made together.
    ///
    /// A client without an authorizer stays what it is.
    #[must_use]
    pub fn for_connection(&self, connection: impl Into<String>) -> Self {
        let mut core = Core::clone(&self.core);
        if let Credentials::Connection(_, current) = &mut core.credentials {
            *current = connection.into().into();
            core.limits = Arc::new(core.limits.fresh(|| core.credentials.account(core.connector)));
        }
        Self { core: Arc::new(core), handle: self.handle.clone(), of: PhantomData }
    }

    /// The API version in use, where the API has versions.
    #[must_use]
    pub fn api_version(&self) -> Option<&'static str> {
        self.core.connector.api_versions.get(self.core.version).map(|version| version.name)
    }
}

impl<C, H: Clone> Clone for Client<C, H> {
    fn clone(&self) -> Self {
        Self { core: Arc::clone(&self.core), handle: self.handle.clone(), of: PhantomData }
    }
}

impl<C, H> std::fmt::Debug for Client<C, H> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("connector", &self.core.connector.name)
            .field("base_url", &self.core.base_url.as_str())
            .field("credentials", &self.core.credentials)
            .finish_non_exhaustive()
    }
}
