//! Where profiles and connections are kept: one folder for the owner only.

use std::path::PathBuf;

use etcetera::BaseStrategy as _;
use typed_connector::auth::{Connection, KeptConnection, Keyring, SqliteStore};

use crate::Failure;

/// Says where the folder is, in place of the platform's own place for data.
const VARIABLE: &str = "CONNECTOR_HOME";
/// The store's file in it.
const STORE: &str = "store.sqlite";

/// `$CONNECTOR_HOME`, or `~/.local/share/typed-connector` and its like on other systems.
pub(crate) fn folder() -> Result<PathBuf, Failure> {
    match std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => {
            let base = etcetera::choose_base_strategy().map_err(|_| {
                format!("there is no home folder; set {VARIABLE} to the folder to keep data in")
            })?;
            Ok(base.data_dir().join("typed-connector"))
        }
    }
}

/// Where the key is, unless the environment has it.
pub(super) fn key_file() -> Result<PathBuf, Failure> {
    Ok(folder()?.join("key"))
}

/// Everything that is connected here; nothing where there is no store yet, which looking does not make.
pub(crate) async fn kept() -> Result<Vec<KeptConnection>, Failure> {
    match existing()? {
        Some(store) => Ok(Connection::all(&store).await?),
        None => Ok(Vec::new()),
    }
}

/// The store where there is one yet.
pub(crate) fn existing() -> Result<Option<SqliteStore>, Failure> {
    folder()?.join(STORE).is_file().then(store).transpose()
}

/// The sealed store, made where it is missing.
pub(crate) fn store() -> Result<SqliteStore, Failure> {
    let keyring = Keyring::from_env_or_file(key_file()?)?;
    Ok(SqliteStore::open(folder()?.join(STORE), keyring)?)
}
