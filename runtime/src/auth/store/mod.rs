//! Where connections, pending authorizations and profiles are kept; the guide is at [`Store`].
//!
//! | file | holds |
//! | --- | --- |
//! | `mod` | the trait, its errors |
//! | `key`, `keyring`, `key_file`, `keychain` | keys and where they come from |
//! | `seal`, `vault` | how a value is sealed, and the store around a store that does it |
//! | `memory`, `sqlite`, `postgres` | the stores |
//! | `files` | files that only their owner can use |

mod files;
mod key;
mod key_file;
#[cfg(feature = "keychain")]
mod keychain;
mod keyring;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
mod seal;
#[cfg(feature = "sqlite")]
mod sqlite;
mod vault;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;

pub(super) use files::open_to_others;
pub use key::{Key, KeyId};
pub use keyring::Keyring;
pub use memory::MemoryStore;
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;
pub use vault::{Rotation, Vault};

/// A future that a [`Store`] answers with.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A connection with its tokens.
    Connection,
    /// An authorization that was started and did not come back yet.
    Pending,
    /// An authorization profile.
    Profile,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Connection, Self::Pending, Self::Profile];

    /// Its name, for tables and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Pending => "pending",
            Self::Profile => "profile",
        }
    }
}

/// A place that keeps secrets, shared by all who use the same one: tasks, processes, machines.
///
/// A store knows nothing of what it keeps: it sees a kind, a key and bytes.
///
/// # Which one
///
/// | store | shared by | after a crash | sealed | feature |
/// | --- | --- | --- | --- | --- |
/// | [`MemoryStore`] | tasks of a process | nothing is left | no need | |
/// | `SqliteStore` | processes of a machine | all that was answered is there | always | `sqlite`, on by default |
/// | `PostgresStore` | machines | all that was answered is there | always | `postgres` |
/// | [`Vault`] around one's own | whoever that store serves | as that store does | yes | |
///
/// # What all guarantee
///
/// - **Durable.** When [`put`](Self::put) or [`take`](Self::take) answers, the change has been handed to the disk with an `fsync`
///   (SQLite) or is committed with `synchronous_commit` (PostgreSQL). It survives the end of the process, of the operating system
///   and of the power, as far as the disk keeps its own promise. It does not survive the loss of the disk: make backups, of the
///   store and, elsewhere, of its key.
/// - **One winner.** Of several who `take` the same, one gets it; that is what makes a `state` single use.
/// - **Exclusion.** Of several who hold [`lock`](Self::lock) with one name, there is one at a time, in all processes and on all
///   machines that share the store. When the holder dies, others go on at once, without waiting for a lease to end. Do not wait for
///   a second lock while holding one.
/// - **Expiry.** What has expired is not answered any more, and is deleted in time.
/// - **Cancellation.** Whoever drops a future has either done the whole of it or nothing, and holds no lock.
///
/// # Refreshing, and the one thing that can be lost
///
/// An authorizer refreshes under the connection's lock, looks again under it whether somebody else has, and hands a new access
/// token out only after the new tokens are stored. So there is one refresh for any number of callers, and nobody uses a token that
/// could be forgotten. Where the store fails then, the tokens are held in memory and stored with the next call.
///
/// Some providers *rotate*: each refresh ends the old refresh token and answers a new one. If the process, or its machine, dies
/// **after the provider has carried the refresh out and before the new refresh token is on the disk**, the old one no longer counts
/// and nobody has the new one. The window is the answer's way back and one write to the disk: some milliseconds. It cannot
/// be closed from this side: the new token exists nowhere but in that answer, no transaction spans the provider and the store, and
/// RFC 6749 has no way to ask for an answer again. Everything before the request and everything after the write is safe. HubSpot
/// does not rotate, so with HubSpot nothing is lost there either. Providers that take the old token once more for some seconds
/// (often called a leeway or grace period) close the window: the next process's refresh succeeds; turn that on where it is offered.
///
/// To recover, a person authorizes again: the next call finds the refresh token refused (`invalid_grant`), marks the connection as
/// needing authorization and answers the link, as after any revocation. No data are lost by it.
///
/// # Keys
///
/// A sealed store needs a [`Keyring`]. Whoever has the key and the store has all tokens; who loses the key has lost the store, and
/// everybody authorizes again. A key comes from
///
/// - a file: [`Keyring::from_file_or_create`] makes it, for its owner only;
/// - an environment variable: [`Keyring::from_env`]; `openssl rand -base64 32` makes a value for it;
/// - the operating system's keychain: `Keyring::from_keychain_or_create`, with the feature `keychain`.
///
/// To rotate the key of a file:
///
/// 1. [`Keyring::renew_file`] puts a new key in front. Programs that run take it up by themselves.
/// 2. `rotate` of the store ([`Vault::rotate`]) seals everything anew. It can be stopped and started again, and others use
///    the store meanwhile. Run it until it answers that nothing was left.
/// 3. [`Keyring::prune_file`] drops the older keys.
///
/// Keys in variables and keychains are read at the start. There, first add the new key *behind* the old one everywhere and restart, so
/// that all can open what it seals; then put it in front and restart; then the second step; then drop the old key.
///
/// A key that somebody has seen is not mended by a rotation alone, since they may hold a copy of the store: revoke the tokens too.
pub trait Store: Send + Sync + 'static {
    /// What is kept under a key, unless it has expired.
    fn get<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>>;

    /// Keeps something, in place of what was there, until it expires. When this answers, it is durable: see above.
    fn put<'a>(
        &'a self,
        kind: Kind,
        key: &'a str,
        value: &'a [u8],
        expires_at: Option<Timestamp>,
    ) -> StoreFuture<'a, ()>;

    /// Removes something and answers what it was. Of several who do it at once, one gets it.
    fn take<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>>;

    /// Puts something in the place of what is there, if that is still `old`; its expiry stays. Tells whether it did.
    fn replace<'a>(&'a self, kind: Kind, key: &'a str, old: &'a [u8], new: &'a [u8])
    -> StoreFuture<'a, bool>;

    /// All keys of a kind, sorted.
    fn keys(&self, kind: Kind) -> StoreFuture<'_, Vec<String>>;

    /// Waits until nobody else who shares the store holds this lock, and holds it until the answer is dropped. The death of
    /// whoever holds it releases it.
    fn lock<'a>(&'a self, name: &'a str) -> StoreFuture<'a, StoreLock>;
}

/// Passes everything on to a store inside.
macro_rules! forward {
    ($(#[$doc:meta])* ($($generics:tt)*) $store:ty, $this:ident => $inner:expr) => {
        $(#[$doc])*
        impl $($generics)* Store for $store {
            fn get<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
                let $this = self;
                $inner.get(kind, key)
            }

            fn put<'a>(
                &'a self,
                kind: Kind,
                key: &'a str,
                value: &'a [u8],
                expires_at: Option<Timestamp>,
            ) -> StoreFuture<'a, ()> {
                let $this = self;
                $inner.put(kind, key, value, expires_at)
            }

            fn take<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
                let $this = self;
                $inner.take(kind, key)
            }

            fn replace<'a>(
                &'a self,
                kind: Kind,
                key: &'a str,
                old: &'a [u8],
                new: &'a [u8],
            ) -> StoreFuture<'a, bool> {
                let $this = self;
                $inner.replace(kind, key, old, new)
            }

            fn keys(&self, kind: Kind) -> StoreFuture<'_, Vec<String>> {
                let $this = self;
                $inner.keys(kind)
            }

            fn lock<'a>(&'a self, name: &'a str) -> StoreFuture<'a, StoreLock> {
                let $this = self;
                $inner.lock(name)
            }
        }
    };
}
use forward;

forward!(
    /// A store that several share, of whatever kind: `Arc<dyn Store>`.
    (<S: Store + ?Sized>) Arc<S>, store => (**store)
);

/// A lock that is held; released when dropped.
#[must_use = "the lock is released when this is dropped"]
pub struct StoreLock(#[allow(dead_code)] Box<dyn Send>);

impl StoreLock {
    /// A lock that is released when `held` is dropped.
    pub fn new(held: impl Send + 'static) -> Self {
        Self(Box::new(held))
    }
}

impl std::fmt::Debug for StoreLock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoreLock")
    }
}

/// Why a store could not do what it was asked. It shows no secret.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    message: String,
    kind: StoreErrorKind,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What went wrong in a store, by what helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The store cannot be reached or written now; trying again later can help.
    Unavailable,
    /// It is sealed with a key that the keyring does not hold.
    UnknownKey,
    /// What it keeps was damaged or forged.
    Damaged,
    /// Something is set up wrongly: a path, an address, the mode of a file, the text of a key.
    Configuration,
    /// Something else.
    Other,
}

impl StoreError {
    /// An error with a text for people; it must hold no secret.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), kind: StoreErrorKind::Other, source: None }
    }

    /// The same with its cause.
    pub fn with_source(
        message: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { message: message.into(), kind: StoreErrorKind::Other, source: Some(source.into()) }
    }

    /// The same of another kind than `Other`.
    #[must_use]
    pub fn with_kind(mut self, kind: StoreErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// What went wrong, by what helps.
    #[must_use]
    pub const fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// Whether trying the same again later can help.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self.kind, StoreErrorKind::Unavailable)
    }
}

/// Keys as they were read.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
fn texts(keys: Vec<Vec<u8>>) -> Result<Vec<String>, StoreError> {
    let keys = keys.into_iter().map(String::from_utf8).collect::<Result<_, _>>();
    keys.map_err(|_| StoreError::new("a key in the store is no text").with_kind(StoreErrorKind::Damaged))
}
