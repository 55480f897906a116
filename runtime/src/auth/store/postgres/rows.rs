//! The rows of the table: bytes that are sealed already.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Mutex;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Row};

use super::super::{Kind, Store, StoreError, StoreFuture, StoreLock, texts};
use super::budgets::Budgets;
use super::connect::Server;
use super::errors::{failure, is_lost, timed_out};
use super::locks::Locks;
use super::migrate::migrate;
use crate::budget::{Ask, Grant};

/// How long a statement may take, which needs milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between the attempts of a statement whose connection broke; together they outlast a restart of the server.
const PAUSES: [Duration; 5] = [
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];
/// A commit must be on the disk when it is answered; what is stricter stays.
const SETTINGS: &str = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

pub(super) type Parameters<'a> = &'a [(&'a (dyn ToSql + Sync), Type)];

/// One connection, on which statements are pipelined: it can carry any number at once, and there is no pool to exhaust.
#[derive(Clone)]
pub(super) struct Rows(Arc<Inner>);

struct Inner {
    server: Server,
    client: Mutex<Option<Arc<Client>>>,
    locks: Locks,
    budgets: Budgets,
}

/// Whether a statement that may have been carried out can be sent again.
#[derive(Clone, Copy, PartialEq)]
enum Again {
    Yes,
    No,
}

impl Rows {
    pub(super) async fn connect(url: &str) -> Result<Self, StoreError> {
        let server = Server::new(url)?;
        let mut client = prepared(&server).await?;
        migrate(&mut client, &server.place).await?;
        let (client, locks) = (Mutex::new(Some(Arc::new(client))), Locks::new());
        Ok(Self(Arc::new(Inner { server, client, locks, budgets: Budgets::default() })))
    }

    /// Takes a lease of a budget.
    pub(super) async fn lease(&self, ask: &Ask) -> Result<Grant, StoreError> {
        self.0.budgets.lease(&self.0.server, ask).await
    }

    /// Some values, to see whether the keys fit.
    pub(super) async fn sample(&self) -> Result<Vec<Vec<u8>>, StoreError> {
        let rows = self.query("SELECT value FROM typed_connector_entries LIMIT 100", &[], Again::Yes).await?;
        rows.iter().map(|row| self.read(row)).collect()
    }

    fn failed(&self, error: Error) -> StoreError {
        failure(&self.0.server.place, error)
    }

    fn read<'a, T: tokio_postgres::types::FromSql<'a>>(&self, row: &'a Row) -> Result<T, StoreError> {
        row.try_get(0).map_err(|error| self.failed(error))
    }

    /// The connection; a new one where it broke.
    async fn client(&self) -> Result<Arc<Client>, StoreError> {
        let mut slot = self.0.client.lock().await;
        if let Some(client) = slot.as_ref().filter(|client| !client.is_closed()) {
            return Ok(Arc::clone(client));
        }
        let client = Arc::new(prepared(&self.0.server).await?);
        *slot = Some(Arc::clone(&client));
        Ok(client)
    }

    /// Forgets a connection that broke, unless there is a new one already.
    async fn forget(&self, broken: &Arc<Client>) {
        let mut slot = self.0.client.lock().await;
        if slot.as_ref().is_some_and(|client| Arc::ptr_eq(client, broken)) {
            *slot = None;
        }
    }

    async fn query(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
        again: Again,
    ) -> Result<Vec<Row>, StoreError> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let error = match self.client().await {
                // Nothing was sent yet.
                Err(error) if !error.is_transient() => return Err(error),
                Err(error) => error,
                Ok(client) => {
                    let answer = tokio::time::timeout(PATIENCE, client.query_typed(sql, parameters)).await;
                    match answer {
                        Ok(Ok(rows)) => return Ok(rows),
                        Ok(Err(error)) if !is_lost(&error) => return Err(self.failed(error)),
                        Ok(Err(error)) => {
                            self.forget(&client).await;
                            let error = self.failed(error);
                            if again == Again::No {
                                return Err(error);
                            }
                            error
                        }
                        Err(_) => {
                            self.forget(&client).await;
                            return Err(timed_out(&self.0.server.place));
                        }
                    }
                }
            };
            match pauses.next() {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            }
        }
    }

    /// Deletes what has expired; rows that others are at are left to them.
    async fn purge(&self) -> Result<(), StoreError> {
        let sql = "DELETE FROM typed_connector_entries WHERE (kind, key) IN (
                 SELECT kind, key FROM typed_connector_entries WHERE expires_at <= $1
                 LIMIT 1000 FOR UPDATE SKIP LOCKED
             )";
        self.query(sql, &[(&now(), Type::INT8)], Again::Yes).await.map(drop)
    }
}

async fn prepared(server: &Server) -> Result<Client, StoreError> {
    let client = server.connect().await?;
    client.batch_execute(SETTINGS).await.map_err(|error| failure(&server.place, error))?;
    Ok(client)
}

fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

impl Store for Rows {
    fn get<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let sql = "SELECT value FROM typed_connector_entries
                 WHERE kind = $1 AND key = $2 AND (expires_at IS NULL OR expires_at > $3)";
            let parameters: Parameters<'_> =
                &[(&kind.name(), Type::TEXT), (&key.as_bytes(), Type::BYTEA), (&now(), Type::INT8)];
            let rows = self.query(sql, parameters, Again::Yes).await?;
            rows.first().map(|row| self.read(row)).transpose()
        })
    }

    fn put<'a>(
        &'a self,
        kind: Kind,
        key: &'a str,
        value: &'a [u8],
        expires_at: Option<Timestamp>,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let expires_at = expires_at.map(Timestamp::as_millisecond);
            if expires_at.is_some() {
                self.purge().await?; // only entries like this one can have expired
            }
            let sql = "INSERT INTO typed_connector_entries (kind, key, value, expires_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at";
            let parameters: Parameters<'_> = &[
                (&kind.name(), Type::TEXT),
                (&key.as_bytes(), Type::BYTEA),
                (&value, Type::BYTEA),
                (&expires_at, Type::INT8),
            ];
            // The same again is the same: a token that a provider just answered is not given up for a broken connection.
            self.query(sql, parameters, Again::Yes).await.map(drop)
        })
    }

    fn take<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let sql = "DELETE FROM typed_connector_entries WHERE kind = $1 AND key = $2
                 RETURNING CASE WHEN expires_at <= $3 THEN NULL ELSE value END";
            let parameters: Parameters<'_> =
                &[(&kind.name(), Type::TEXT), (&key.as_bytes(), Type::BYTEA), (&now(), Type::INT8)];
            let rows = self.query(sql, parameters, Again::No).await?;
            rows.first().map_or(Ok(None), |row| self.read(row))
        })
    }

    fn replace<'a>(
        &'a self,
        kind: Kind,
        key: &'a str,
        old: &'a [u8],
        new: &'a [u8],
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let sql =
                "UPDATE typed_connector_entries SET value = $4 WHERE kind = $1 AND key = $2 AND value = $3
                 AND (expires_at IS NULL OR expires_at > $5) RETURNING true";
            let parameters: Parameters<'_> = &[
                (&kind.name(), Type::TEXT),
                (&key.as_bytes(), Type::BYTEA),
                (&old, Type::BYTEA),
                (&new, Type::BYTEA),
                (&now(), Type::INT8),
            ];
            Ok(!self.query(sql, parameters, Again::No).await?.is_empty())
        })
    }

    fn keys(&self, kind: Kind) -> StoreFuture<'_, Vec<String>> {
        Box::pin(async move {
            let sql = "SELECT key FROM typed_connector_entries
                 WHERE kind = $1 AND (expires_at IS NULL OR expires_at > $2) ORDER BY key";
            let parameters: Parameters<'_> = &[(&kind.name(), Type::TEXT), (&now(), Type::INT8)];
            let rows = self.query(sql, parameters, Again::Yes).await?;
            texts(rows.iter().map(|row| self.read(row)).collect::<Result<_, _>>()?)
        })
    }

    fn lock<'a>(&'a self, name: &'a str) -> StoreFuture<'a, StoreLock> {
        Box::pin(async move { Ok(StoreLock::new(self.0.locks.lock(&self.0.server, name).await?)) })
    }
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.server.place)
    }
}
