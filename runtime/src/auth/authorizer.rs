//! Keeps connections: authorizes them, hands out their tokens, refreshes them once for all who wait.

use std::collections::HashMap;
use std::hash::RandomState;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::connection;
use super::endpoint::Endpoints;
use super::flights::Flights;
use super::refresh::{LastFailure, Unsaved};
use super::seen::Seen;
use super::tasks::Tasks;
use super::{AuthError, AuthorizationProfile, Connection, Kind, Store, StoreError};

/// Keeps the connections of one authorization profile in a store.
///
/// Cheap to clone; clones share everything. Several authorizers over one store, in one process or on many machines, share the
/// connections and refresh each of them once.
#[derive(Clone)]
pub struct Authorizer(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) endpoints: Endpoints,
    pub(super) store: Arc<dyn Store>,
    pub(super) seen: Seen,
    /// One flight per connection: whoever holds it looks at the store and refreshes, the others wait for it.
    pub(super) flights: Flights<LastFailure>,
    /// The same for links.
    pub(super) links: Flights<()>,
    /// What must not be cut: between a provider's answer and the store.
    pub(super) tasks: Tasks,
    /// What a provider answered and the store did not take.
    pub(super) unsaved: Mutex<HashMap<String, Unsaved>>,
    pub(super) jitter: RandomState,
    pub(super) refresh_ahead: Duration,
    pub(super) state_lifetime: Duration,
}

/// Builds an [`Authorizer`].
#[must_use = "a builder does nothing until `build`"]
pub struct AuthorizerBuilder {
    profile: AuthorizationProfile,
    store: Arc<dyn Store>,
    refresh_ahead: Duration,
    state_lifetime: Duration,
    timeout: Option<Duration>,
}

/// What a provider tells of a token (RFC 7662).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Introspection {
    /// Whether the token can be used.
    pub active: bool,
    /// Its scopes.
    pub scopes: Vec<String>,
    /// The account that it belongs to.
    pub account_id: Option<String>,
    /// How long it can still be used.
    pub expires_in: Option<Duration>,
}

impl AuthorizerBuilder {
    /// How long before its expiry a token is refreshed; a minute by default, and never more than half of its life. Each connection
    /// adds up to half of it again by chance, so that connections made together are not refreshed together. Calls go on meanwhile
    /// with the token that is there, until ten seconds before its end.
    pub const fn refresh_ahead(mut self, ahead: Duration) -> Self {
        self.refresh_ahead = ahead;
        self
    }

    /// How long an authorize link is valid; ten minutes by default.
    pub const fn state_lifetime(mut self, lifetime: Duration) -> Self {
        self.state_lifetime = lifetime;
        self
    }

    /// How long the provider's endpoints may take; 30 seconds by default.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The authorizer.
    ///
    /// # Errors
    /// [`AuthError::Profile`] with everything that is wrong with the profile.
    pub fn build(self) -> Result<Authorizer, AuthError> {
        for warning in self.profile.validate()? {
            tracing::warn!(profile = %self.profile.name(), "{warning}");
        }
        let endpoints = Endpoints::new(self.profile)?;
        let endpoints = match self.timeout {
            Some(timeout) => endpoints.timeout(timeout),
            None => endpoints,
        };
        Ok(Authorizer(Arc::new(Inner {
            endpoints,
            store: self.store,
            seen: Seen::new(),
            flights: Flights::default(),
            links: Flights::default(),
            tasks: Tasks::new(),
            unsaved: Mutex::default(),
            jitter: RandomState::new(),
            refresh_ahead: self.refresh_ahead,
            state_lifetime: self.state_lifetime,
        })))
    }
}

impl Authorizer {
    /// An authorizer with its defaults.
    ///
    /// # Errors
    /// [`AuthError::Profile`] with everything that is wrong with the profile.
    pub fn new(profile: AuthorizationProfile, store: impl Store) -> Result<Self, AuthError> {
        Self::builder(profile, store).build()
    }

    /// Starts one with other settings.
    pub fn builder(profile: AuthorizationProfile, store: impl Store) -> AuthorizerBuilder {
        AuthorizerBuilder {
            profile,
            store: Arc::new(store),
            refresh_ahead: Duration::from_secs(60),
            state_lifetime: Duration::from_secs(600),
            timeout: None,
        }
    }

    /// The profile.
    #[must_use]
    pub fn profile(&self) -> &AuthorizationProfile {
        self.0.endpoints.profile()
    }

    /// Gets a token for the application itself, without any person (client credentials, RFC 6749 §4.4), and keeps it as this
    /// connection. When it ends, the next call gets another one the same way.
    ///
    /// For providers that give applications access of their own. At HubSpot that is only for some developer APIs; what a person's
    /// account holds takes that person's authorization, or a private app's token.
    ///
    /// # Errors
    /// [`AuthError::Token`] where the provider refuses, and the others as they say.
    pub async fn connect_application(&self, connection: &str) -> Result<Connection, AuthError> {
        let scopes = &self.profile().provider().scopes;
        let tokens = self.0.endpoints.client_credentials(scopes).await?;
        self.keep_new(Connection::of_application(connection, tokens, scopes)).await
    }

    /// A connection as it is kept.
    ///
    /// # Errors
    /// [`AuthError::Store`].
    pub async fn connection(&self, connection: &str) -> Result<Option<Connection>, AuthError> {
        let bytes = self.0.store.get(Kind::Connection, &self.key(connection)).await?;
        match bytes.map(zeroize::Zeroizing::new) {
            None => Ok(None),
            Some(bytes) => match Connection::from_bytes(connection, &bytes) {
                Some(found) => Ok(Some(found)),
                None => {
                    Err(StoreError::new(format!("what is kept as connection `{connection}` is none")).into())
                }
            },
        }
    }

    /// The keys of all connections.
    ///
    /// # Errors
    /// [`AuthError::Store`].
    pub async fn connections(&self) -> Result<Vec<String>, AuthError> {
        let prefix = self.key("");
        let keys = self.0.store.keys(Kind::Connection).await?;
        Ok(keys.iter().filter_map(|key| key.strip_prefix(&prefix)).map(str::to_owned).collect())
    }

    /// Forgets a connection, without telling the provider; see [`revoke`](Self::revoke). Other processes that use it stop within a
    /// minute.
    ///
    /// # Errors
    /// [`AuthError::Store`].
    pub async fn disconnect(&self, connection: &str) -> Result<bool, AuthError> {
        // Before the store's lock, as a refresh has it: one that is under way here must not put back what is taken.
        let flight = self.0.flights.join(connection);
        let _here = flight.lock().await;
        let _everywhere = self.0.store.lock(&self.lock_name(connection)).await?;
        self.take(connection).await
    }

    /// Tells the provider to revoke the connection's tokens (RFC 7009), and forgets it.
    ///
    /// # Errors
    /// [`AuthError::NoConnection`], or what the provider answered; the connection is kept then.
    pub async fn revoke(&self, connection: &str) -> Result<(), AuthError> {
        // Under both locks, so that no refresh changes the tokens between the request and the end of the connection.
        let flight = self.0.flights.join(connection);
        let _here = flight.lock().await;
        let _everywhere = self.0.store.lock(&self.lock_name(connection)).await?;
        let found = self.connection(connection).await?;
        let found = found.ok_or_else(|| AuthError::NoConnection(connection.to_owned()))?;
        match &found.refresh_token {
            Some(token) => self.0.endpoints.revoke(token.expose(), "refresh_token").await?,
            None => self.0.endpoints.revoke(found.access_token.expose(), "access_token").await?,
        }
        self.take(connection).await.map(drop)
    }

    /// Removes a connection; under both locks.
    async fn take(&self, connection: &str) -> Result<bool, AuthError> {
        let taken = self.0.store.take(Kind::Connection, &self.key(connection)).await?;
        self.0.seen.remove(connection);
        self.unsaved().remove(connection);
        Ok(taken.is_some())
    }

    /// Asks the provider about the connection's access token (RFC 7662).
    ///
    /// # Errors
    /// See [`AuthError`].
    pub async fn introspect(&self, connection: &str) -> Result<Introspection, AuthError> {
        let token = self.access_token(connection).await?;
        let json = self.0.endpoints.introspect(token.expose(), "access_token").await?;
        let provider = self.profile().provider();
        let list = |pointer: &Option<String>| json.pointer(pointer.as_deref()?)?.as_array().cloned();
        let scopes = list(&provider.granted_scopes_path)
            .map(|list| list.iter().filter_map(|scope| scope.as_str().map(str::to_owned)).collect())
            .or_else(|| Some(json.get("scope")?.as_str()?.split(' ').map(str::to_owned).collect()));
        Ok(Introspection {
            active: json.get("active").and_then(serde_json::Value::as_bool).unwrap_or(false),
            scopes: scopes.unwrap_or_default(),
            account_id: provider.account_id_path.as_deref().and_then(|at| json.pointer(at)).map(
                |id| match id {
                    serde_json::Value::String(text) => text.clone(),
                    other => other.to_string(),
                },
            ),
            expires_in: json.get("expires_in").and_then(serde_json::Value::as_u64).map(Duration::from_secs),
        })
    }

    /// Keys name connector and application too, so that several can share a store.
    pub(super) fn key(&self, connection: &str) -> String {
        let profile = self.profile();
        connection::key(&profile.provider().connector, profile.client_id(), connection)
    }

    pub(super) fn lock_name(&self, connection: &str) -> String {
        self.key(connection)
    }
}

impl std::fmt::Debug for Authorizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authorizer").field("profile", self.profile()).finish_non_exhaustive()
    }
}
