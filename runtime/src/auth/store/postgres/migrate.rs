//! Making and changing the tables.

use tokio_postgres::{Client, Error};

use super::super::{StoreError, StoreErrorKind};
use super::errors::failure;

/// One for each version of the schema: what makes it from the one before. Never change one that was released.
const MIGRATIONS: &[&str] = &[
    "CREATE TABLE typed_connector_entries (
         kind text NOT NULL,
         key bytea NOT NULL, -- a text, but PostgreSQL's have no zero bytes and an order of their own
         value bytea NOT NULL,
         expires_at bigint, -- Unix milliseconds
         PRIMARY KEY (kind, key)
     );
     CREATE INDEX typed_connector_entries_by_expiry ON typed_connector_entries (expires_at)
         WHERE expires_at IS NOT NULL;",
    "CREATE TABLE typed_connector_budgets (
         name bytea PRIMARY KEY,
         ledger bytea NOT NULL,
         used_at bigint NOT NULL -- Unix milliseconds
     ) WITH (fillfactor = 50); -- a row that changes often, and can be changed where it stands",
];

/// The advisory lock under which one process at a time migrates: `tcschema` as a number.
const LOCK: i64 = 0x7463_7363_6865_6d61;

pub(super) async fn migrate(client: &mut Client, place: &str) -> Result<(), StoreError> {
    let known = i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX);
    let version = current(client).await.map_err(|error| failure(place, error))?;
    if version > known {
        let text = format!(
            "the PostgreSQL store at {place} was made by a newer typed-connector (its schema is version {version}, this one knows \
             {known}); update this program"
        );
        return Err(StoreError::new(text).with_kind(StoreErrorKind::Configuration));
    }
    if version < known {
        run(client).await.map_err(|error| failure(place, error))?;
    }
    Ok(())
}

/// 0 where there are no tables yet. Needs no right but to read.
async fn current(client: &Client) -> Result<i32, Error> {
    let exists = client.query_one("SELECT to_regclass('typed_connector_schema') IS NOT NULL", &[]).await?;
    if !exists.get::<_, bool>(0) {
        return Ok(0);
    }
    let row = client.query_opt("SELECT max(version) FROM typed_connector_schema", &[]).await?;
    Ok(row.and_then(|row| row.get::<_, Option<i32>>(0)).unwrap_or_default())
}

async fn run(client: &mut Client) -> Result<(), Error> {
    let transaction = client.transaction().await?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    transaction
        .batch_execute(
            "CREATE TABLE IF NOT EXISTS typed_connector_schema (
                 version integer PRIMARY KEY,
                 applied_at timestamptz NOT NULL DEFAULT now()
             )",
        )
        .await?;
    // Again, under the lock: another process may have done it meanwhile.
    let row =
        transaction.query_one("SELECT coalesce(max(version), 0) FROM typed_connector_schema", &[]).await?;
    let version: i32 = row.get(0);
    for (number, migration) in (1_i32..).zip(MIGRATIONS).filter(|(number, _)| *number > version) {
        transaction.batch_execute(migration).await?;
        transaction.execute("INSERT INTO typed_connector_schema (version) VALUES ($1)", &[&number]).await?;
    }
    transaction.commit().await
}
