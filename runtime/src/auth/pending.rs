//! Links that were given out and did not come back yet.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::flow::Redirect;
use super::{AuthError, Authorizer, Connection, Kind};
use crate::hash::sha256;

/// A person must open this link before calls for this connection work.
#[derive(Clone)]
#[non_exhaustive]
pub struct AuthorizationRequired {
    /// The connection that is missing or was taken back.
    pub connection: String,
    /// The provider, for people: `HubSpot`.
    pub provider: String,
    /// The link. It is made for this connection: send it to nobody else.
    pub url: String,
    /// When the link expires.
    pub expires_at: Timestamp,
}

/// What is kept between the link and the redirect, under a hash of the link's state.
#[derive(Serialize, Deserialize)]
struct Pending {
    connection: String,
    verifier: Option<String>,
}

/// A link that calls ended in, so that the next call ends in the same one.
#[derive(Serialize, Deserialize)]
struct Link {
    url: String,
    expires_at: Timestamp,
    /// Where its [`Pending`] is; it can be used while that is there.
    pending: String,
}

impl Authorizer {
    /// A new link that connects an account as this connection. It works once.
    ///
    /// Calls that end in [`Error::AuthorizationRequired`](crate::Error::AuthorizationRequired) need none of their own: for as long as
    /// a link has half of its life before it and was not used, all failing calls of a connection, of all processes that share the
    /// store, end in the same one. However often somebody calls who does not authorize, the store keeps two links at most. That
    /// takes nothing from what the link protects: it is handed out for its own connection only, its state and PKCE verifier still belong
    /// to one authorization (RFC 6749 §10.12, RFC 9700 §2.1.1), the first redirect uses it up, and its life is not prolonged. Of two
    /// people who open the same link, one authorizes, and the other is told that it was used.
    ///
    /// # Errors
    /// See [`AuthError`].
    pub async fn authorize(&self, connection: &str) -> Result<AuthorizationRequired, AuthError> {
        self.begin(connection).await.map(|(required, _)| required)
    }

    /// A new link, and where its [`Pending`] is.
    async fn begin(&self, connection: &str) -> Result<(AuthorizationRequired, String), AuthError> {
        let request = self.profile().authorize()?;
        let expires_at = Timestamp::now()
            .checked_add(self.0.state_lifetime)
            .map_err(|_| AuthError::Configuration("the state's lifetime is too long".to_owned()))?;
        let verifier = request.verifier.as_ref().map(|verifier| verifier.expose_secret().to_owned());
        let pending = Pending { connection: connection.to_owned(), verifier };
        let key = self.state_key(&request.state);
        self.put_pending(&key, &pending, expires_at).await?;
        let required =
            AuthorizationRequired { url: request.url, ..self.required_until(connection, expires_at) };
        Ok((required, key))
    }

    /// What a call for a connection without a usable authorization ends in.
    pub(crate) async fn required(&self, connection: &str) -> crate::Error {
        match self.link(connection).await {
            Ok(required) => crate::Error::AuthorizationRequired(Box::new(required)),
            Err(error) => crate::Error::Authorization(Box::new(error)),
        }
    }

    /// The link of this connection's calls: the one that is there, or a new one.
    async fn link(&self, connection: &str) -> Result<AuthorizationRequired, AuthError> {
        let key = self.link_key(connection);
        if let Some(kept) = self.kept_link(connection, &key).await? {
            return Ok(kept);
        }
        // Of those who find none at once, one makes it: here in the process, and everywhere.
        let flight = self.0.links.join(&key);
        let _here = flight.lock().await;
        if let Some(kept) = self.kept_link(connection, &key).await? {
            return Ok(kept);
        }
        let _everywhere = self.0.store.lock(&key).await?;
        if let Some(kept) = self.kept_link(connection, &key).await? {
            return Ok(kept);
        }
        let (required, pending) = self.begin(connection).await?;
        let link = Link { url: required.url.clone(), expires_at: required.expires_at, pending };
        self.put_pending(&key, &link, required.expires_at).await?;
        Ok(required)
    }

    /// The link that is there, where it was not used and somebody who gets it now has time to.
    async fn kept_link(
        &self,
        connection: &str,
        key: &str,
    ) -> Result<Option<AuthorizationRequired>, AuthError> {
        let bytes = self.0.store.get(Kind::Pending, key).await?.map(Zeroizing::new);
        let Some(link) = bytes.and_then(|bytes| serde_json::from_slice::<Link>(&bytes).ok()) else {
            return Ok(None);
        };
        let left = std::time::Duration::try_from(link.expires_at.duration_since(Timestamp::now()));
        if left.unwrap_or_default() < self.0.state_lifetime / 2 {
            return Ok(None);
        }
        let is_unused = self.0.store.get(Kind::Pending, &link.pending).await?.is_some();
        Ok(is_unused.then(|| AuthorizationRequired {
            url: link.url,
            ..self.required_until(connection, link.expires_at)
        }))
    }

    fn required_until(&self, connection: &str, expires_at: Timestamp) -> AuthorizationRequired {
        AuthorizationRequired {
            connection: connection.to_owned(),
            provider: self.profile().name().to_owned(),
            url: String::new(),
            expires_at,
        }
    }

    async fn put_pending(
        &self,
        key: &str,
        value: &impl Serialize,
        expires_at: Timestamp,
    ) -> Result<(), AuthError> {
        let bytes = Zeroizing::new(serde_json::to_vec(value).unwrap_or_default());
        Ok(self.0.store.put(Kind::Pending, key, &bytes, Some(expires_at)).await?)
    }

    /// Finishes an authorization with the address that the person came back with: the whole of it, or its query.
    ///
    /// # Errors
    /// [`AuthError::StateMismatch`] where the state is forged, was used already or has expired; the others say what they mean. Nothing
    /// is stored then.
    pub async fn finish(&self, redirect: &str) -> Result<Connection, AuthError> {
        self.finish_in_task(redirect, None).await
    }

    /// The same, where the application knows who came back: it must be who the link was made for.
    ///
    /// # Errors
    /// The same as [`finish`](Self::finish).
    pub async fn finish_as(&self, redirect: &str, connection: &str) -> Result<Connection, AuthError> {
        self.finish_in_task(redirect, Some(connection)).await
    }

    /// In a task of its own: a browser that goes away must not cut it between the provider's answer and the store.
    async fn finish_in_task(&self, redirect: &str, expected: Option<&str>) -> Result<Connection, AuthError> {
        let (this, redirect) = (self.clone(), Redirect::parse(redirect));
        let expected = expected.map(str::to_owned);
        let task = async move { this.finish_checked(redirect, expected.as_deref()).await };
        let stopped = |_| Err(AuthError::Configuration("the authorization was stopped".to_owned()));
        self.0.tasks.spawn(task).await.unwrap_or_else(stopped)
    }

    async fn finish_checked(
        &self,
        redirect: Redirect,
        expected: Option<&str>,
    ) -> Result<Connection, AuthError> {
        // Taking it makes it single use, also where two redirects with the same state arrive at once.
        let taken = self.0.store.take(Kind::Pending, &self.state_key(&redirect.state)).await?;
        let taken = taken.map(Zeroizing::new);
        let pending = taken.and_then(|bytes| serde_json::from_slice::<Pending>(&bytes).ok());
        let pending = pending.ok_or(AuthError::StateMismatch)?;
        if expected.is_some_and(|expected| expected != pending.connection) {
            return Err(AuthError::StateMismatch);
        }
        let tokens = self.0.endpoints.exchange_code(redirect.code()?, pending.verifier).await?;
        self.keep_new(Connection::new(&pending.connection, tokens, &self.profile().provider().scopes)).await
    }

    /// The state itself is a secret until it comes back: the store's keys, which are not sealed, have its hash.
    fn state_key(&self, state: &str) -> String {
        self.key(&BASE64URL.encode(sha256(&[state.as_bytes()])))
    }

    /// A key for each connection and each kind of link: a program that asks for other scopes since its last start makes links of
    /// its own.
    fn link_key(&self, connection: &str) -> String {
        let (profile, provider) = (self.profile(), self.profile().provider());
        let mut hashed = Vec::new();
        let mut add = |part: &str| {
            hashed.extend_from_slice(&(part.len() as u64).to_le_bytes());
            hashed.extend_from_slice(part.as_bytes());
        };
        for part in [
            connection,
            &provider.authorization_url,
            profile.callback_url(),
            &provider.scopes.join(" "),
            &profile.asked_optional_scopes().join(" "),
            &provider.scope_separator,
            if provider.pkce { "pkce" } else { "" },
        ] {
            add(part);
        }
        for (name, value) in &provider.authorize_params {
            add(name);
            add(value);
        }
        self.key(&format!("link/{}", BASE64URL.encode(sha256(&[&hashed]))))
    }
}

/// The link authorizes whoever opens it as this connection, so logs do not get it.
impl std::fmt::Debug for AuthorizationRequired {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthorizationRequired")
            .field("connection", &self.connection)
            .field("provider", &self.provider)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
