//! Advisory locks, each on a connection of its own.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error};

use super::super::StoreError;
use super::connect::Server;
use super::errors::{failure, is_lost};
use crate::hash::sha256;

/// How many connections of this process hold a lock or wait for one.
const CONNECTIONS: usize = 4;
/// Roles and databases can have time limits for statements, locks and idle sessions; none may end the wait, or the lock. And the
/// server looks after the client, so that a machine that is gone does not keep its locks.
const SETTINGS: &str = "SELECT set_config(name, wanted.value, false) FROM (VALUES
         ('statement_timeout', '0'), ('lock_timeout', '0'), ('idle_session_timeout', '0'),
         ('tcp_keepalives_idle', '10'), ('tcp_keepalives_interval', '5'), ('tcp_keepalives_count', '3')
     ) AS wanted (name, value) JOIN pg_settings USING (name)";
/// PostgreSQL 14 and later, and not on every system: a backend that waits for a lock looks whether its client is still there.
const WATCH: &str =
    "SELECT set_config(name, '5s', false) FROM pg_settings WHERE name = 'client_connection_check_interval'";

pub(super) struct Locks {
    /// In front of the server, so that of this process one task at a time waits there for a name.
    here: std::sync::Mutex<HashMap<i64, Arc<Mutex<()>>>>,
    connections: Arc<Semaphore>,
}

/// A held lock. When its connection ends, the server releases it; that needs no answer, and so works in a `drop`.
pub(super) struct Held {
    _client: Client,
    _permit: OwnedSemaphorePermit,
    _here: OwnedMutexGuard<()>,
}

impl Locks {
    pub(super) fn new() -> Self {
        Self { here: std::sync::Mutex::default(), connections: Arc::new(Semaphore::new(CONNECTIONS)) }
    }

    /// Waits until nobody holds the lock. Whoever drops the future closes its connection, which ends its place in the line.
    pub(super) async fn lock(&self, server: &Server, name: &str) -> Result<Held, StoreError> {
        let number = number(name);
        let here = self.here(number).lock_owned().await;
        // After the line for the name, so that those who wait in it hold no connection.
        let permit = Arc::clone(&self.connections).acquire_owned().await;
        let permit = permit.map_err(|_| StoreError::new("the locks were closed"))?;
        let mut client = server.connect().await?;
        let mut outcome = acquire(&client, number).await;
        if outcome.as_ref().is_err_and(is_lost) {
            // The wait can be long; a server that was restarted meanwhile is asked again.
            client = server.connect().await?;
            outcome = acquire(&client, number).await;
        }
        outcome.map_err(|error| failure(&server.place, error))?;
        Ok(Held { _client: client, _permit: permit, _here: here })
    }

    fn here(&self, number: i64) -> Arc<Mutex<()>> {
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        // What only the map knows is held by nobody.
        here.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(here.entry(number).or_default())
    }
}

async fn acquire(client: &Client, number: i64) -> Result<(), Error> {
    client.batch_execute(SETTINGS).await?;
    client.batch_execute(WATCH).await.or_else(|error| if is_lost(&error) { Err(error) } else { Ok(()) })?;
    client.query_typed("SELECT pg_advisory_lock($1)", &[(&number, Type::INT8)]).await.map(drop)
}

/// Advisory locks have numbers. 64 bits of a hash: that two names share one is unlikely, and only makes one wait for the other.
fn number(name: &str) -> i64 {
    let hash = sha256(&[b"typed-connector lock\0", name.as_bytes()]);
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hash[..8]);
    i64::from_le_bytes(bytes)
}
