//! A store in PostgreSQL.

mod budgets;
mod connect;
mod errors;
mod locks;
mod migrate;
mod rows;

use jiff::Timestamp;

use super::{Keyring, Kind, Rotation, Store, StoreError, StoreFuture, StoreLock, Vault, forward};
use crate::budget::{Ask, BudgetFuture, SharedBudget};
use rows::Rows;

/// Keeps everything, sealed, in a PostgreSQL database; for any number of machines. Needs the feature `postgres`.
///
/// ```no_run
/// # async fn example() -> Result<(), typed_connector::auth::StoreError> {
/// use typed_connector::auth::{Keyring, PostgresStore};
///
/// let keyring = Keyring::from_env("TYPED_CONNECTOR_KEY")?;
/// let store = PostgresStore::connect("postgres://app:secret@db.example.com/app", keyring).await?;
/// # Ok(()) }
/// ```
///
/// - **Address.** `postgres://user:password@host:port/database`, as libpq takes it. TLS is used, and the server's certificate and
///   name are checked, for every server that is not on this machine. `sslmode=disable` in the address turns that off;
///   `sslmode=require`, `verify-ca` and `verify-full` turn it on for this machine too, and mean the same: there is no TLS without a
///   check here. `sslrootcert=/path/ca.pem` names who signed the certificate, where the operating system does not know it.
/// - **Connections.** All statements share one connection, on which they are pipelined; every lock that is held or waited for has
///   one of its own, at most four at a time in a process, beyond which locks wait in line. No lock holds what a statement needs,
///   so neither can starve the other. A shared budget has one more. That makes six connections per process at most. A connection
///   that breaks is made again: statements that can be repeated are repeated for some seconds, which outlasts a restart of the
///   server.
/// - **Durability.** `put` and `take` answer when the server has committed; `synchronous_commit` is turned on where the server has it
///   off.
/// - **Locks.** [`lock`](Store::lock) is a session-level advisory lock (`pg_advisory_lock`) on a 64-bit hash of the name. The server
///   releases it when the connection ends: at once when the process dies, about 25 seconds later when the machine does. If the
///   server goes down, its locks go with it, also those that are held. Connect to the server itself, or to a pooler in session
///   mode: a pooler in transaction mode breaks such locks.
/// - **Rate limits.** It is a [`SharedBudget`](crate::budget::SharedBudget) too: clients of one account, on any machines, keep the
///   API's limits together, with some round trips a second and not one for each call. What it keeps for that is not sealed: names of
///   connectors, apps and connections, and how many requests were taken when.
/// - **Schema.** The tables `typed_connector_entries`, `typed_connector_budgets` and `typed_connector_schema` are made, and migrated,
///   when it connects, by one process at a time; where they are current, reading and writing rows is all the role must be allowed.
///
/// Cheap to clone; its clones share the connections.
#[derive(Clone)]
pub struct PostgresStore(Vault<Rows>);

impl PostgresStore {
    /// Connects, and makes or migrates the tables.
    ///
    /// # Errors
    /// [`StoreError::kind`] tells apart that the server cannot be reached (`Unavailable`), refuses, or cannot be used as the address
    /// says (`Configuration`), and that the values are sealed with another key (`UnknownKey`). No error shows the password.
    pub async fn connect(url: &str, keyring: impl Into<Keyring>) -> Result<Self, StoreError> {
        let (keyring, rows) = (keyring.into(), Rows::connect(url).await?);
        let sample = rows.sample().await?;
        keyring.check(sample.iter().map(Vec::as_slice))?;
        Ok(Self(Vault::new(rows, keyring)))
    }

    /// The keys.
    pub const fn keyring(&self) -> &Keyring {
        self.0.keyring()
    }

    /// Seals everything with the primary key that is sealed with an older one; see [`Vault::rotate`].
    ///
    /// # Errors
    /// Where the server cannot be reached, or refuses.
    pub async fn rotate(&self) -> Result<Rotation, StoreError> {
        self.0.rotate().await
    }
}

forward!(() PostgresStore, store => store.0);

impl SharedBudget for PostgresStore {
    fn lease<'a>(&'a self, ask: &'a Ask) -> BudgetFuture<'a> {
        Box::pin(self.0.inner().lease(ask))
    }
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PostgresStore").field(&self.0).finish()
    }
}
