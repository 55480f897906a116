//! Budgets that clients on many machines share: a ledger for each in a row, changed under the row's lock, by the server's clock.

use std::time::Duration;

use futures_util::future::try_join;
use tokio::sync::Mutex;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error};

use super::super::StoreError;
use super::connect::Server;
use super::errors::{failure, is_lost, timed_out};
use super::rows::Parameters;
use crate::budget::{Ask, Grant, Ledger};

/// How long a lease may take, which needs milliseconds: a client that waits longer is better off alone.
const PATIENCE: Duration = Duration::from_secs(3);
/// A ledger that is lost in a crash costs a window: there is no need to wait for the disk.
const SETTINGS: &str = "SET synchronous_commit = off; SET lock_timeout = '2s'";
/// Ledgers that nobody has used for so long are deleted, in milliseconds.
const UNUSED: i64 = 24 * 3600 * 1000;

const CLOCK: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
const READ: &str = "SELECT ledger FROM typed_connector_budgets WHERE name = $1 FOR UPDATE";
const WRITE: &str = "UPDATE typed_connector_budgets SET ledger = $2, used_at = $3 WHERE name = $1";
const MAKE: &str = "INSERT INTO typed_connector_budgets (name, ledger, used_at) VALUES ($1, '', 0) ON CONFLICT (name) DO NOTHING";
const PURGE: &str = "DELETE FROM typed_connector_budgets WHERE name IN (
         SELECT name FROM typed_connector_budgets WHERE used_at BETWEEN 1 AND $1 LIMIT 100 FOR UPDATE SKIP LOCKED
     )";

/// A connection of its own: a ledger's lock is waited for on it, and no statement of the store stands behind that.
#[derive(Default)]
pub(super) struct Budgets(Mutex<Option<Client>>);

impl Budgets {
    pub(super) async fn lease(&self, server: &Server, ask: &Ask) -> Result<Grant, StoreError> {
        let leased = tokio::time::timeout(PATIENCE, self.lease_on(server, ask)).await;
        leased.unwrap_or_else(|_| Err(timed_out(&server.place)))
    }

    async fn lease_on(&self, server: &Server, ask: &Ask) -> Result<Grant, StoreError> {
        let mut slot = self.0.lock().await;
        // Taken out while it is used: whoever is cancelled, or fails, in a transaction closes the connection, which ends that.
        if let Some(client) = slot.take().filter(|client| !client.is_closed()) {
            match change(&client, ask).await {
                Ok(grant) => {
                    *slot = Some(client);
                    return Ok(grant);
                }
                Err(error) if is_lost(&error) => {} // since the last time; a new one may do better
                Err(error) => return Err(failure(&server.place, error)),
            }
        }
        let failed = |error| failure(&server.place, error);
        let client = server.connect().await?;
        client.batch_execute(SETTINGS).await.map_err(failed)?;
        let grant = change(&client, ask).await.map_err(failed)?;
        *slot = Some(client);
        Ok(grant)
    }
}

/// One transaction in two rounds to the server, which carries out in order what is sent together.
async fn change(client: &Client, ask: &Ask) -> Result<Grant, Error> {
    let name = ask.name.as_bytes();
    let parameters: Parameters<'_> = &[(&name, Type::BYTEA)];
    let read = || {
        // The clock after the lock is held, so that times in the ledger never go back.
        try_join(client.query_typed(READ, parameters), client.query_typed(CLOCK, &[]))
    };
    let ((), (mut rows, mut now)) = try_join(client.batch_execute("BEGIN"), read()).await?;
    if rows.is_empty() {
        let today = first_number(&now)?;
        client.query_typed(MAKE, parameters).await?;
        client.query_typed(PURGE, &[(&(today - UNUSED), Type::INT8)]).await?;
        (rows, now) = read().await?;
    }
    let now = first_number(&now)?;
    let bytes: Vec<u8> = rows.first().map(|row| row.try_get(0)).transpose()?.unwrap_or_default();
    let mut ledger = Ledger::from_bytes(&bytes);
    let grant = ledger.lease(Duration::from_millis(u64::try_from(now).unwrap_or_default()), ask);
    let bytes = ledger.to_bytes();
    let parameters: Parameters<'_> = &[(&name, Type::BYTEA), (&bytes, Type::BYTEA), (&now, Type::INT8)];
    try_join(client.query_typed(WRITE, parameters), client.batch_execute("COMMIT")).await?;
    Ok(grant)
}

fn first_number(rows: &[tokio_postgres::Row]) -> Result<i64, Error> {
    rows.first().map_or(Ok(0), |row| row.try_get(0))
}
