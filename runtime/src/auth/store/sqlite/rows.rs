//! The rows of the file: bytes that are sealed already.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};
use tokio::sync::Mutex;

use super::super::{Kind, Store, StoreError, StoreFuture, StoreLock, files};
use super::connect::{connect, failure, unusable};
use super::locks::Locks;

/// One connection. SQLite lets one write at a time anyway, and a read takes microseconds.
#[derive(Clone)]
pub(super) struct Rows(Arc<Inner>);

struct Inner {
    path: PathBuf,
    /// An async lock, so that those who wait occupy no thread.
    db: Arc<Mutex<Connection>>,
    locks: Locks,
}

impl Rows {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        // Absolute, so that the program can change its folder, and `:memory:` is a file like others.
        let path = std::path::absolute(path).map_err(|error| unusable(path, error))?;
        files::create_private_folder(files::folder_of(&path)).map_err(|error| unusable(&path, error))?;
        let locks = Locks::of(&path).map_err(|error| unusable(&path, error))?;
        // SQLite's own locks do not cover switching to the write-ahead log: two that start at once could fail.
        let alone = locks.alone().map_err(|error| unusable(&path, error))?;
        let db = connect(&path)?;
        drop(alone);
        Ok(Self(Arc::new(Inner { path, db: Arc::new(Mutex::new(db)), locks })))
    }

    /// Some values, to see whether the keys fit.
    pub(super) fn sample(&self) -> Result<Vec<Vec<u8>>, StoreError> {
        // Nobody else has this connection yet.
        let Ok(db) = self.0.db.try_lock() else { return Ok(Vec::new()) };
        let mut statement = db.prepare("SELECT value FROM entries LIMIT 100").map_err(|e| self.failed(e))?;
        let rows = statement.query_map([], |row| row.get(0)).map_err(|e| self.failed(e))?;
        rows.collect::<Result<_, _>>().map_err(|e| self.failed(e))
    }

    /// Writes the log into the file and empties it: what was written over is in neither then. Others may be at it, which leaves it to
    /// the next time.
    pub(super) async fn empty_log(&self) -> Result<(), StoreError> {
        self.run(|db| db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))).await
    }

    fn failed(&self, error: rusqlite::Error) -> StoreError {
        failure(&self.0.path, error)
    }

    /// Runs on a thread that may block. Once begun it ends, also where nobody waits for it any more.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut db = Arc::clone(&self.0.db).lock_owned().await;
        let done = tokio::task::spawn_blocking(move || work(&mut db)).await;
        match done {
            Ok(done) => done.map_err(|error| self.failed(error)),
            Err(error) => Err(StoreError::with_source("the store was stopped", error)),
        }
    }
}

fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

impl Store for Rows {
    fn get<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        let key = key.as_bytes().to_vec();
        Box::pin(self.run(move |db| {
            db.prepare_cached(
                "SELECT value FROM entries
                 WHERE kind = ?1 AND key = ?2 AND (expires_at IS NULL OR expires_at > ?3)",
            )?
            .query_row(params![kind.name(), key, now()], |row| row.get(0))
            .optional()
        }))
    }

    fn put<'a>(
        &'a self,
        kind: Kind,
        key: &'a str,
        value: &'a [u8],
        expires_at: Option<Timestamp>,
    ) -> StoreFuture<'a, ()> {
        let (key, value) = (key.as_bytes().to_vec(), value.to_vec());
        let expires_at = expires_at.map(Timestamp::as_millisecond);
        Box::pin(self.run(move |db| {
            let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.prepare_cached("DELETE FROM entries WHERE expires_at <= ?1")?.execute([now()])?;
            transaction
                .prepare_cached(
                    "INSERT INTO entries (kind, key, value, expires_at) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at",
                )?
                .execute(params![kind.name(), key, value, expires_at])?;
            transaction.commit()
        }))
    }

    fn take<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        let key = key.as_bytes().to_vec();
        Box::pin(self.run(move |db| {
            let taken = db
                .prepare_cached(
                    "DELETE FROM entries WHERE kind = ?1 AND key = ?2 RETURNING value, expires_at",
                )?
                .query_row(params![kind.name(), key], |row| Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?)))
                .optional()?;
            Ok(taken.and_then(|(value, at)| at.is_none_or(|at| at > now()).then_some(value)))
        }))
    }

    fn replace<'a>(
        &'a self,
        kind: Kind,
        key: &'a str,
        old: &'a [u8],
        new: &'a [u8],
    ) -> StoreFuture<'a, bool> {
        let (key, old, new) = (key.as_bytes().to_vec(), old.to_vec(), new.to_vec());
        Box::pin(self.run(move |db| {
            db.prepare_cached(
                "UPDATE entries SET value = ?4 WHERE kind = ?1 AND key = ?2 AND value = ?3
                 AND (expires_at IS NULL OR expires_at > ?5)",
            )?
            .execute(params![kind.name(), key, old, new, now()])
            .map(|changed| changed > 0)
        }))
    }

    fn keys(&self, kind: Kind) -> StoreFuture<'_, Vec<String>> {
        Box::pin(async move {
            let keys = self.run(move |db| {
                db.prepare_cached(
                    "SELECT key FROM entries WHERE kind = ?1 AND (expires_at IS NULL OR expires_at > ?2) ORDER BY key",
                )?
                .query_map(params![kind.name(), now()], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<Vec<u8>>>>()
            });
            super::super::texts(keys.await?)
        })
    }

    fn lock<'a>(&'a self, name: &'a str) -> StoreFuture<'a, StoreLock> {
        Box::pin(async move {
            let held = self.0.locks.lock(name).await.map_err(|error| unusable(&self.0.path, error))?;
            Ok(StoreLock::new(held))
        })
    }
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.0.path)
    }
}
