//! What is kept of an authorization.

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AccessToken, AuthError, Kind, RefreshToken, Store, TokenResponse};

/// An account that a person has connected.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Connection {
    /// Its key: the end user it belongs to, or a name for the one that everybody uses.
    pub key: String,
    /// Whether it can be used.
    pub state: ConnectionState,
    /// The account at the provider, where the provider tells it.
    pub account_id: Option<String>,
    /// The scopes that were granted, where the provider tells them.
    pub scopes: Vec<String>,
    /// When the access token expires.
    pub expires_at: Option<Timestamp>,
    /// When a person authorized it.
    pub authorized_at: Timestamp,
    /// When its tokens were last refreshed.
    pub refreshed_at: Option<Timestamp>,
    pub(super) grant: Grant,
    pub(super) access_token: AccessToken,
    pub(super) refresh_token: Option<RefreshToken>,
}

/// Who gave the authorization, which is who gives the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Grant {
    /// A person (RFC 6749 §4.1).
    #[default]
    AuthorizationCode,
    /// The application itself (RFC 6749 §4.4).
    ClientCredentials,
}

/// Whether a connection can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConnectionState {
    /// It can.
    Active,
    /// The provider took the authorization back, or let it expire: a person must authorize again.
    NeedsAuthorization,
}

/// A connection with the application that it was made for.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct KeptConnection {
    /// The connector's machine name, `hubspot`.
    pub connector: String,
    /// The client id of the profile.
    pub client_id: String,
    /// The connection.
    pub connection: Connection,
}

/// How a connection is written, sealed by the store.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    state: ConnectionState,
    #[serde(default)]
    grant: Grant,
    account_id: Option<String>,
    scopes: Vec<String>,
    expires_at: Option<Timestamp>,
    authorized_at: Timestamp,
    refreshed_at: Option<Timestamp>,
    /// Borrowed where it is written, so that no copy stays in memory.
    access_token: Cow<'a, str>,
    refresh_token: Option<Cow<'a, str>>,
}

impl Connection {
    /// Every connection in a store, of all connectors and profiles, for those who look after them.
    ///
    /// # Errors
    /// [`AuthError::Store`].
    pub async fn all(store: &dyn Store) -> Result<Vec<KeptConnection>, AuthError> {
        let mut all = Vec::new();
        for key in store.keys(Kind::Connection).await? {
            let Some((connector, client_id, name)) = split_key(&key) else { continue };
            // It may have been removed since the keys were listed.
            let Some(bytes) = store.get(Kind::Connection, &key).await?.map(zeroize::Zeroizing::new) else {
                continue;
            };
            let Some(connection) = Self::from_bytes(name, &bytes) else { continue };
            all.push(KeptConnection { connector: connector.to_owned(), client_id, connection });
        }
        Ok(all)
    }

    /// Whether it goes on without a person when the access token expires: it has a refresh token, or is the application's own.
    #[must_use]
    pub const fn is_refreshable(&self) -> bool {
        self.refresh_token.is_some() || matches!(self.grant, Grant::ClientCredentials)
    }

    pub(super) fn new(key: &str, tokens: TokenResponse, requested: &[String]) -> Self {
        let now = Timestamp::now();
        Self {
            key: key.to_owned(),
            state: ConnectionState::Active,
            account_id: tokens.account_id,
            // RFC 6749 §5.1: a response without scopes means that all that were asked for were granted.
            scopes: tokens.scopes.unwrap_or_else(|| requested.to_vec()),
            expires_at: expiry(now, tokens.expires_in),
            authorized_at: now,
            refreshed_at: None,
            grant: Grant::AuthorizationCode,
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
        }
    }

    /// The application's own. RFC 6749 §4.4.3: it has no refresh token.
    pub(super) fn of_application(key: &str, tokens: TokenResponse, requested: &[String]) -> Self {
        Self { grant: Grant::ClientCredentials, refresh_token: None, ..Self::new(key, tokens, requested) }
    }

    /// The same after a refresh. A response without a refresh token means that the old one stays (RFC 6749 §6).
    pub(super) fn refreshed(self, tokens: TokenResponse) -> Self {
        let now = Timestamp::now();
        Self {
            state: ConnectionState::Active,
            account_id: tokens.account_id.or(self.account_id),
            scopes: tokens.scopes.unwrap_or(self.scopes),
            expires_at: expiry(now, tokens.expires_in),
            refreshed_at: Some(now),
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token.or(self.refresh_token),
            key: self.key,
            grant: self.grant,
            authorized_at: self.authorized_at,
        }
    }

    /// Whether the access token is valid for at least so long, or for half of its life where that is shorter: a token that lives
    /// for a minute would else be refreshed for every call.
    pub(super) fn is_fresh(&self, margin: Duration) -> bool {
        let issued = self.refreshed_at.unwrap_or(self.authorized_at);
        self.state == ConnectionState::Active
            && self.expires_at.is_none_or(|at| {
                let life = Duration::try_from(at.duration_since(issued)).unwrap_or_default();
                let left = Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default();
                left > margin.min(life / 2)
            })
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let stored = Stored {
            state: self.state,
            grant: self.grant,
            account_id: self.account_id.clone(),
            scopes: self.scopes.clone(),
            expires_at: self.expires_at,
            authorized_at: self.authorized_at,
            refreshed_at: self.refreshed_at,
            access_token: self.access_token.expose().into(),
            refresh_token: self.refresh_token.as_ref().map(|token| token.expose().into()),
        };
        serde_json::to_vec(&stored).unwrap_or_default()
    }

    /// `None` where the bytes are no connection.
    pub(super) fn from_bytes(key: &str, bytes: &[u8]) -> Option<Self> {
        let stored: Stored<'_> = serde_json::from_slice(bytes).ok()?;
        Some(Self {
            key: key.to_owned(),
            state: stored.state,
            grant: stored.grant,
            account_id: stored.account_id,
            scopes: stored.scopes,
            expires_at: stored.expires_at,
            authorized_at: stored.authorized_at,
            refreshed_at: stored.refreshed_at,
            access_token: stored.access_token.into(),
            refresh_token: stored.refresh_token.map(Into::into),
        })
    }
}

/// Where a connection is kept. The client id is escaped, so that no slash in it makes two connections one.
pub(super) fn key(connector: &str, client_id: &str, connection: &str) -> String {
    let client_id: String = form_urlencoded::byte_serialize(client_id.as_bytes()).collect();
    format!("{connector}/{client_id}/{connection}")
}

fn split_key(key: &str) -> Option<(&str, String, &str)> {
    let (connector, rest) = key.split_once('/')?;
    let (client_id, connection) = rest.split_once('/')?;
    // A name without a value is what a form makes of an escaped text.
    let client_id = form_urlencoded::parse(client_id.as_bytes()).next()?.0.into_owned();
    Some((connector, client_id, connection))
}

fn expiry(now: Timestamp, expires_in: Option<Duration>) -> Option<Timestamp> {
    now.checked_add(expires_in?).ok()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An active one whose access token lives for so many seconds.
    pub(in crate::auth) fn connection(key: &str, expires_in: Option<u64>) -> Connection {
        let tokens = TokenResponse {
            access_token: format!("access-{key}").into(),
            refresh_token: Some(format!("refresh-{key}").into()),
            expires_in: expires_in.map(Duration::from_secs),
            scopes: None,
            account_id: None,
        };
        Connection::new(key, tokens, &[])
    }

    #[test]
    fn one_that_an_older_version_wrote_is_read() {
        let kept = connection("a", None);
        let mut json: serde_json::Value = serde_json::from_slice(&kept.to_bytes()).expect("JSON");
        json.as_object_mut().expect("an object").remove("grant").expect("it is written");
        let read = Connection::from_bytes("a", json.to_string().as_bytes()).expect("a connection");
        assert_eq!((read.grant, read.authorized_at), (Grant::AuthorizationCode, kept.authorized_at));
    }

    #[test]
    fn keys_are_told_apart() {
        for (client_id, name) in [("a/b", "c"), ("a", "b/c"), ("1 2=&ü", "")] {
            let key = key("acme", client_id, name);
            assert_eq!(split_key(&key), Some(("acme", client_id.to_owned(), name)), "{key}");
        }
        assert_ne!(key("acme", "a/b", "c"), key("acme", "a", "b/c"));
    }
}
