//! Where connections, pending authorizations and profiles are kept.
//!
//! | store | for |
//! | --- | --- |
//! | [`MemoryStore`] | tests, and programs that authorize anew at every start |
//!
//! A store knows nothing of what it keeps: it sees a kind, a key and bytes.

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
pub trait Store: Send + Sync + 'static {
    /// What is kept under a key, unless it has expired.
    fn get<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>>;

    /// Keeps something, in place of what was there. When this answers, it survives a crash of the machine as far as the
    /// store survives one at all.
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

/// A store that several share, of whatever kind: `Arc<dyn Store>`.
impl<S: Store + ?Sized> Store for Arc<S> {
    fn get<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        (**self).get(kind, key)
    }

    fn put<'a>(
        &'a self,
        kind: Kind,
        key: &'a str,
        value: &'a [u8],
        expires_at: Option<Timestamp>,
    ) -> StoreFuture<'a, ()> {
        (**self).put(kind, key, value, expires_at)
    }

    fn take<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        (**self).take(kind, key)
    }

    fn replace<'a>(
        &'a self,
        kind: Kind,
        key: &'a str,
        old: &'a [u8],
        new: &'a [u8],
    ) -> StoreFuture<'a, bool> {
        (**self).replace(kind, key, old, new)
    }

    fn keys(&self, kind: Kind) -> StoreFuture<'_, Vec<String>> {
        (**self).keys(kind)
    }

    fn lock<'a>(&'a self, name: &'a str) -> StoreFuture<'a, StoreLock> {
        (**self).lock(name)
    }
}

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
