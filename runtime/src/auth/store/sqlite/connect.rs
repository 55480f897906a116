//! Opening the file: who may use it, how it is written, which version it has.

use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::super::files;
use super::super::{StoreError, StoreErrorKind};

/// `tcon`, so that another program's file is not taken for ours.
const APPLICATION_ID: i32 = 0x7463_6f6e;
/// How long a statement waits for another process that writes; writing takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// One for each version of the schema: what makes it from the one before. Never change one that was released.
const MIGRATIONS: &[&str] = &["CREATE TABLE entries (
         kind TEXT NOT NULL,
         key BLOB NOT NULL,
         value BLOB NOT NULL,
         expires_at INTEGER,
         PRIMARY KEY (kind, key)
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX entries_by_expiry ON entries (expires_at) WHERE expires_at IS NOT NULL;"];

/// Opens the file; `path` is absolute. Processes do this one after the other, held by the caller's lock.
pub(super) fn connect(path: &Path) -> Result<Connection, StoreError> {
    prepare_files(path).map_err(|error| unusable(path, error))?;
    // Without SQLITE_OPEN_URI: a path is a path. Without SQLITE_OPEN_CREATE: SQLite would choose the mode.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |error| failure(path, error);
    let mut db = Connection::open_with_flags(path, flags).map_err(failed)?;
    db.busy_timeout(PATIENCE).map_err(failed)?;
    // What the file says is not to be trusted; what is deleted is overwritten.
    db.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON;")
        .map_err(failed)?;
    check_owner(&db, path)?;
    let mode: String = db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(failed)?;
    if mode != "wal" {
        return Err(unusable(
            path,
            io::Error::other("its file system has no shared memory; use a local disk"),
        ));
    }
    db.execute_batch("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;")
        .map_err(failed)?;
    migrate(&mut db, path)?;
    db.set_prepared_statement_cache_capacity(16);
    Ok(db)
}

fn prepare_files(path: &Path) -> io::Result<()> {
    match files::create_private(path) {
        Ok(file) => {
            file.sync_all()?;
            files::sync_folder_of(path)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            // SQLite gives its other files the mode of this one, but only when it makes them.
            ["", "-wal", "-shm", "-journal"]
                .iter()
                .try_for_each(|suffix| files::close_to_others(&files::sibling(path, suffix)))
        }
        Err(error) => Err(error),
    }
}

/// Refuses another program's database before anything is changed in it.
fn check_owner(db: &Connection, path: &Path) -> Result<(), StoreError> {
    let failed = |error| failure(path, error);
    let number = |sql| db.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(failed);
    let refuse = |why: &str| {
        let text = format!("`{}` {why}", path.display());
        Err(StoreError::new(text).with_kind(StoreErrorKind::Configuration))
    };
    if number("PRAGMA application_id")? != i64::from(APPLICATION_ID)
        && number("SELECT count(*) FROM sqlite_schema")? > 0
    {
        return refuse("is another program's database");
    }
    let version = number("PRAGMA user_version")?;
    if usize::try_from(version).map_or(true, |version| version > MIGRATIONS.len()) {
        let known = MIGRATIONS.len();
        return refuse(&format!(
            "was written by a newer typed-connector (its schema is version {version}, this one knows {known}); update this program"
        ));
    }
    Ok(())
}

fn migrate(db: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let failed = |error| failure(path, error);
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let version: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(failed)?;
    for (number, migration) in (1_u32..).zip(MIGRATIONS).filter(|(number, _)| *number > version) {
        transaction.execute_batch(migration).map_err(failed)?;
        transaction.pragma_update(None, "user_version", number).map_err(failed)?;
    }
    if version == 0 {
        transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(failed)?;
    }
    transaction.commit().map_err(failed)
}

pub(super) fn unusable(path: &Path, error: io::Error) -> StoreError {
    let text = format!("cannot use the store `{}`", path.display());
    StoreError::with_source(text, error).with_kind(StoreErrorKind::Configuration)
}

/// SQLite's errors, told apart by what helps.
pub(super) fn failure(path: &Path, error: rusqlite::Error) -> StoreError {
    let shown = path.display();
    let (kind, text) = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => (
            StoreErrorKind::Damaged,
            format!(
                "the store `{shown}` is damaged, or no SQLite file; bring back a backup, or remove it and authorize again"
            ),
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
            StoreErrorKind::Unavailable,
            format!("the store `{shown}` was locked by another process for too long"),
        ),
        Some(ErrorCode::DiskFull) => {
            (StoreErrorKind::Unavailable, format!("the disk of the store `{shown}` is full"))
        }
        Some(ErrorCode::SystemIoFailure) => {
            (StoreErrorKind::Unavailable, format!("the disk of the store `{shown}` failed"))
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            (StoreErrorKind::Configuration, format!("the store `{shown}` cannot be opened or written"))
        }
        _ => (StoreErrorKind::Other, format!("the store `{shown}` failed")),
    };
    StoreError::with_source(text, error).with_kind(kind)
}
