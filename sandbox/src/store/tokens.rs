//! Codes, access tokens and refresh tokens.

use rusqlite::{OptionalExtension, Result, Row, params};

use super::Store;
use crate::time::{self, Millis};

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// An authorization code.
    Code,
    /// An OAuth access token.
    Access,
    /// A refresh token.
    Refresh,
    /// A private app's or service key's token, which does not expire.
    Static,
    /// An access token by client credentials.
    App,
}

impl Use {
    /// Its name for people.
    fn title(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Access => "access token",
            Self::Refresh => "refresh token",
            Self::Static => "static token",
            Self::App => "application's token",
        }
    }

    const ALL: [Self; 5] = [Self::Code, Self::Access, Self::Refresh, Self::Static, Self::App];

    fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Access => "access",
            Self::Refresh => "refresh",
            Self::Static => "static",
            Self::App => "app",
        }
    }
}

/// A token and what it was given for.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) value: String,
    pub(crate) used_as: Use,
    pub(crate) client_id: String,
    pub(crate) hub_id: i64,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires: Option<Millis>,
    /// Codes only.
    pub(crate) redirect_uri: Option<String>,
    /// Codes only (RFC 7636).
    pub(crate) challenge: Option<String>,
    pub(crate) challenge_method: Option<String>,
}

impl Token {
    pub(crate) fn is_expired(&self) -> bool {
        self.expires.is_some_and(|expires| expires <= time::now())
    }
}

impl Store {
    pub(crate) fn keep_token(&self, token: &Token) -> Result<()> {
        self.note(token.used_as.title(), &token.value);
        self.db
            .prepare_cached(
                "INSERT INTO tokens (token, kind, client_id, hub_id, scopes, expires, redirect_uri, challenge,
                 challenge_method) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                token.value,
                token.used_as.name(),
                token.client_id,
                token.hub_id,
                token.scopes.join(" "),
                token.expires,
                token.redirect_uri,
                token.challenge,
                token.challenge_method,
            ])
            .map(drop)
    }

    pub(crate) fn token(&self, token: &str) -> Result<Option<Token>> {
        self.db
            .prepare_cached(
                "SELECT token, kind, client_id, hub_id, scopes, expires, redirect_uri, challenge, challenge_method
                 FROM tokens WHERE token = ?1",
            )?
            .query_row([token], read)
            .optional()
    }

    /// Removes a token; says whether it was there, so that of two callers only one has it.
    pub(crate) fn drop_token(&self, token: &str) -> Result<bool> {
        Ok(self.db.execute("DELETE FROM tokens WHERE token = ?1", [token])? > 0)
    }

    /// Ends the life of every OAuth access token.
    pub(crate) fn expire_tokens(&self) -> Result<()> {
        self.db
            .execute(
                "UPDATE tokens SET expires = ?1 WHERE kind IN ('access', 'app') AND expires > ?1",
                [time::now()],
            )
            .map(drop)
    }
}

fn read(row: &Row<'_>) -> Result<Token> {
    let kind: String = row.get(1)?;
    let scopes: String = row.get(4)?;
    Ok(Token {
        value: row.get(0)?,
        used_as: Use::ALL.into_iter().find(|used_as| used_as.name() == kind).unwrap_or(Use::Access),
        client_id: row.get(2)?,
        hub_id: row.get(3)?,
        scopes: scopes.split_whitespace().map(str::to_owned).collect(),
        expires: row.get(5)?,
        redirect_uri: row.get(6)?,
        challenge: row.get(7)?,
        challenge_method: row.get(8)?,
    })
}
