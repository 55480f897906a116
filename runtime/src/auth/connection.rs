//! What is kept of an authorization.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AccessToken, RefreshToken, TokenResponse};

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
    pub(super) access_token: AccessToken,
    pub(super) refresh_token: Option<RefreshToken>,
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

/// How a connection is written, sealed by the store.
#[derive(Serialize, Deserialize)]
struct Stored {
    state: ConnectionState,
    account_id: Option<String>,
    scopes: Vec<String>,
    expires_at: Option<Timestamp>,
    authorized_at: Timestamp,
    refreshed_at: Option<Timestamp>,
    access_token: String,
    refresh_token: Option<String>,
}

impl Connection {
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
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
        }
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
            authorized_at: self.authorized_at,
        }
    }

    /// Whether the access token is valid for at least so long.
    pub(super) fn is_fresh(&self, margin: Duration) -> bool {
        self.state == ConnectionState::Active
            && self.expires_at.is_none_or(|at| {
                let left = at.duration_since(Timestamp::now());
                Duration::try_from(left).is_ok_and(|left| left > margin)
            })
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let stored = Stored {
            state: self.state,
            account_id: self.account_id.clone(),
            scopes: self.scopes.clone(),
            expires_at: self.expires_at,
            authorized_at: self.authorized_at,
            refreshed_at: self.refreshed_at,
            access_token: self.access_token.expose().to_owned(),
            refresh_token: self.refresh_token.as_ref().map(|token| token.expose().to_owned()),
        };
        serde_json::to_vec(&stored).unwrap_or_default()
    }

    /// `None` where the bytes are no connection.
    pub(super) fn from_bytes(key: &str, bytes: &[u8]) -> Option<Self> {
        let stored: Stored = serde_json::from_slice(bytes).ok()?;
        Some(Self {
            key: key.to_owned(),
            state: stored.state,
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

fn expiry(now: Timestamp, expires_in: Option<Duration>) -> Option<Timestamp> {
    now.checked_add(expires_in?).ok()
}
