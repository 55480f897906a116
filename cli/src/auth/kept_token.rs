//! A token or key that somebody holds already, kept sealed in the store: for connectors that have no OAuth, or beside it.

use secrecy::{ExposeSecret as _, SecretString};
use typed_connector::auth::{AccessToken, AuthError, Kind, SqliteStore, Store as _};

/// No profile has such a key: theirs are a connector's name, or start with one and a slash.
fn key(connector: &str) -> String {
    format!("token of {connector}")
}

pub(crate) async fn keep(
    store: &SqliteStore,
    connector: &str,
    token: &SecretString,
) -> Result<(), AuthError> {
    Ok(store.put(Kind::Profile, &key(connector), token.expose_secret().as_bytes(), None).await?)
}

pub(crate) async fn get(store: &SqliteStore, connector: &str) -> Result<Option<AccessToken>, AuthError> {
    let bytes = store.get(Kind::Profile, &key(connector)).await?;
    Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map(AccessToken::from))
}

pub(crate) async fn forget(store: &SqliteStore, connector: &str) -> Result<(), AuthError> {
    store.take(Kind::Profile, &key(connector)).await?;
    Ok(())
}
