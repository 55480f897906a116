//! Everything that is kept, in one SQLite database: records, associations, definitions, tokens.
//!
//! - `records`: records, their values and their history
//! - `links`: associations
//! - `find`: a search as SQL
//! - `tokens`: codes, access tokens, refresh tokens
//! - `apps`: registered OAuth apps

pub(crate) mod apps;
pub(crate) mod find;
pub(crate) mod links;
pub(crate) mod records;
pub(crate) mod tokens;

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use rusqlite::{Connection, functions::FunctionFlags, params};
use serde_json::Value;

use crate::crm::{
    definitions::{Catalog, Property},
    kinds::{KINDS, Kind},
    tokenize,
};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS records (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
    archived INTEGER, merged_into INTEGER);
CREATE INDEX IF NOT EXISTS records_by_kind ON records (kind, id);
CREATE TABLE IF NOT EXISTS vals (
    record INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, folded TEXT NOT NULL, number REAL,
    identifies INTEGER NOT NULL, PRIMARY KEY (record, name)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS vals_that_identify ON vals (name, folded) WHERE identifies;
CREATE TABLE IF NOT EXISTS history (record INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS history_by_record ON history (record, name);
CREATE TABLE IF NOT EXISTS links (
    from_id INTEGER NOT NULL, to_kind TEXT NOT NULL, to_id INTEGER NOT NULL, category TEXT NOT NULL,
    type_id INTEGER NOT NULL, PRIMARY KEY (from_id, to_kind, to_id, type_id, category)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS definitions (kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, name));
CREATE TABLE IF NOT EXISTS pipelines (id TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sequences (kind TEXT PRIMARY KEY, next INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS apps (client_id TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY, kind TEXT NOT NULL, client_id TEXT NOT NULL, hub_id INTEGER NOT NULL,
    scopes TEXT NOT NULL, expires INTEGER, redirect_uri TEXT, challenge TEXT, challenge_method TEXT);
";

/// The database and what is cached of it.
pub(crate) struct Store {
    pub(crate) db: Connection,
    pub(crate) catalog: Catalog,
    /// Where secrets are noted; see [`Builder::ledger`](crate::Builder::ledger).
    pub(crate) ledger: Option<File>,
}

impl Store {
    /// Opens a file, or a database in memory.
    pub(crate) fn open(path: Option<&Path>) -> rusqlite::Result<Self> {
        let db = match path {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        // A sandbox may lose its last writes in a power cut; it must not be slow.
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;")?;
        db.set_prepared_statement_cache_capacity(64);
        db.execute_batch(SCHEMA)?;
        for kind in &KINDS {
            db.execute(
                "INSERT OR IGNORE INTO sequences (kind, next) VALUES (?1, ?2)",
                params![kind.name, kind.first_id],
            )?;
        }
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        db.create_scalar_function("has_token", 2, flags, |context| {
            Ok(tokenize::has_token(context.get_raw(0).as_str()?, context.get_raw(1).as_str()?))
        })?;
        db.create_scalar_function("has_prefix", 2, flags, |context| {
            Ok(tokenize::has_prefix(context.get_raw(0).as_str()?, context.get_raw(1).as_str()?))
        })?;
        let mut catalog = Catalog::standard();
        for kind in &KINDS {
            let mut statement = db.prepare("SELECT body FROM definitions WHERE kind = ?1")?;
            let bodies = statement.query_map([kind.name], |row| row.get::<_, String>(0))?;
            for body in bodies {
                if let Ok(property) = serde_json::from_str(&body?) {
                    catalog.put(kind, property);
                }
            }
        }
        Ok(Self { db, catalog, ledger: None })
    }

    /// Keeps a definition, new or changed.
    pub(crate) fn define(&mut self, kind: &Kind, property: Property) -> rusqlite::Result<()> {
        let body = serde_json::to_string(&property).unwrap_or_default();
        self.db.execute(
            "INSERT OR REPLACE INTO definitions (kind, name, body) VALUES (?1, ?2, ?3)",
            params![kind.name, property.name, body],
        )?;
        self.catalog.put(kind, property);
        Ok(())
    }

    /// Keeps a deal pipeline of the account's own, in place of the one with this id.
    pub(crate) fn put_pipeline(&mut self, id: &str, body: &Value) -> rusqlite::Result<()> {
        self.db.execute(
            "INSERT INTO pipelines (id, body) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET body = ?2",
            params![id, body.to_string()],
        )?;
        Ok(())
    }

    /// The deal pipelines of the account's own, in the order in which they were made.
    pub(crate) fn pipelines(&self) -> rusqlite::Result<Vec<Value>> {
        let mut statement = self.db.prepare("SELECT body FROM pipelines ORDER BY rowid")?;
        let bodies = statement.query_map([], |row| row.get::<_, String>(0))?;
        bodies.map(|body| Ok(serde_json::from_str(&body?).unwrap_or_default())).collect()
    }

    /// Notes a secret in the ledger, where there is one.
    pub(crate) fn note(&self, what: &str, secret: &str) {
        if let Some(mut file) = self.ledger.as_ref() {
            // One write, so that the lines of several sandboxes stay whole. A file that cannot be written shows in the reader's count.
            file.write_all(format!("{what}\t{secret}\n").as_bytes()).ok();
        }
    }

    /// Starts a transaction; what is done through the store until its commit belongs to it.
    pub(crate) fn begin(&self) -> rusqlite::Result<rusqlite::Transaction<'_>> {
        self.db.unchecked_transaction()
    }
}
