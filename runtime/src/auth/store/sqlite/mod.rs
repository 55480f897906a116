//! A store in one SQLite file.

mod connect;
mod locks;
mod rows;

use std::path::Path;

use jiff::Timestamp;

use super::{Keyring, Kind, Rotation, Store, StoreError, StoreFuture, StoreLock, Vault, forward};
use rows::Rows;

/// Keeps everything, sealed, in one SQLite file that belongs to its owner alone; for any number of tasks and processes of one machine.
///
/// ```no_run
/// use typed_connector::auth::{Keyring, SqliteStore};
///
/// let keyring = Keyring::from_env_or_file("/var/lib/app/connector.key")?;
/// let store = SqliteStore::open("/var/lib/app/connector.sqlite", keyring)?;
/// # Ok::<(), typed_connector::auth::StoreError>(())
/// ```
///
/// - `put` and `take` answer when the change is on the disk (write-ahead log, `synchronous=FULL`, and on macOS `fullfsync`).
/// - The file has mode 0600, and so have SQLite's `-wal` and `-shm` beside it; folders that it makes have 0700.
/// - Values that have expired are not answered, and are deleted with the next `put`.
/// - [`lock`](Store::lock) uses the operating system's file locks, which end with the process that holds them, however it ends. They
///   are on 64 files in the folder `<file>-locks`, chosen by a hash of the name: two names in a hundred or so share a file and wait
///   for each other, which costs time and nothing else as long as nobody waits for a second lock while holding one. Within a
///   process the order is first come, first served; a process that waits for another looks every few milliseconds.
/// - It must lie on a local disk: neither the write-ahead log nor the locks work over a network. Use
///   `PostgresStore` (feature `postgres`) for several machines.
///
/// Cheap to clone; its clones share the connection. It needs a tokio runtime with its timer enabled.
#[derive(Clone)]
pub struct SqliteStore(Vault<Rows>);

impl SqliteStore {
    /// Opens a file, which is made where it is missing, with the folders above it.
    ///
    /// This blocks for the time of some file accesses.
    ///
    /// # Errors
    /// [`StoreError::kind`] tells apart that the file cannot be made or used (`Configuration`), is damaged or no database (`Damaged`),
    /// and was sealed with another key (`UnknownKey`).
    pub fn open(path: impl AsRef<Path>, keyring: impl Into<Keyring>) -> Result<Self, StoreError> {
        let (rows, keyring) = (Rows::open(path.as_ref())?, keyring.into());
        let sample = rows.sample()?;
        keyring.check(sample.iter().map(Vec::as_slice))?;
        Ok(Self(Vault::new(rows, keyring)))
    }

    /// The keys.
    pub const fn keyring(&self) -> &Keyring {
        self.0.keyring()
    }

    /// Seals everything with the primary key that is sealed with an older one; see [`Vault::rotate`]. What the older one had sealed is
    /// overwritten, in the write-ahead log too where nobody else is reading it.
    ///
    /// # Errors
    /// Where the file cannot be read or written.
    pub async fn rotate(&self) -> Result<Rotation, StoreError> {
        let rotation = self.0.rotate().await?;
        self.0.inner().empty_log().await?;
        Ok(rotation)
    }
}

forward!(() SqliteStore, store => store.0);

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SqliteStore").field(&self.0).finish()
    }
}
