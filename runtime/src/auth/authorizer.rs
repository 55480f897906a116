//! Keeps connections: authorizes them, hands out their tokens, refreshes them once for all who wait.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::connection;
use super::endpoint::Endpoints;
use super::flow::Redirect;
use super::{
    AccessToken, AuthError, AuthorizationProfile, Connection, ConnectionState, Kind, RefreshToken, Store,
    StoreError,
};

/// Keeps the connections of one authorization profile in a store.
///
/// Cheap to clone; clones share everything. Several authorizers over one store, in one process or on many machines, share the
/// connections and refresh each of them once.
#[derive(Clone)]
pub struct Authorizer(Arc<Inner>);

struct Inner {
    endpoints: Endpoints,
    store: Arc<dyn Store>,
    /// Connections as they were last seen, so that a call with a valid token touches neither store nor lock.
    seen: Mutex<HashMap<String, Arc<Connection>>>,
    /// One flight per connection: whoever holds it looks at the store and refreshes, the others wait for it.
    flights: Mutex<HashMap<String, Arc<Flight>>>,
    /// What a provider answered and the store did not take.
    unsaved: Mutex<HashMap<String, Unsaved>>,
    refresh_ahead: Duration,
    state_lifetime: Duration,
}

/// Held by whoever refreshes; holds when and how the last refresh failed.
type Flight = tokio::sync::Mutex<Option<(Instant, Arc<AuthError>)>>;

/// Refreshed tokens that the store did not take, and the refresh token that they were given for.
struct Unsaved {
    connection: Connection,
    replaced: RefreshToken,
}

/// Between the attempts to store refreshed tokens: the provider may have ended the old ones, and they exist nowhere else.
const STORE_PAUSES: [Duration; 5] = [
    Duration::from_millis(100),
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// Builds an [`Authorizer`].
#[must_use = "a builder does nothing until `build`"]
pub struct AuthorizerBuilder {
    profile: AuthorizationProfile,
    store: Arc<dyn Store>,
    refresh_ahead: Duration,
    state_lifetime: Duration,
    timeout: Option<Duration>,
}

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

/// What is kept between the link and the redirect.
#[derive(Serialize, Deserialize)]
struct Pending {
    connection: String,
    verifier: Option<String>,
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
    /// How long before its expiry a token is refreshed; a minute by default. Each connection adds up to half of it again by
    /// chance, so that connections made together are not refreshed together.
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
            seen: Mutex::default(),
            flights: Mutex::default(),
            unsaved: Mutex::default(),
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

    /// A link that connects an account as this connection. It works once.
    ///
    /// # Errors
    /// See [`AuthError`].
    pub async fn authorize(&self, connection: &str) -> Result<AuthorizationRequired, AuthError> {
        let request = self.profile().authorize()?;
        let expires_at = Timestamp::now()
            .checked_add(self.0.state_lifetime)
            .map_err(|_| AuthError::Configuration("the state's lifetime is too long".to_owned()))?;
        let verifier = request.verifier.as_ref().map(|verifier| verifier.expose_secret().to_owned());
        let pending =
            serde_json::to_vec(&Pending { connection: connection.to_owned(), verifier }).unwrap_or_default();
        let key = self.state_key(&request.state);
        self.0.store.put(Kind::Pending, &key, &pending, Some(expires_at)).await?;
        Ok(AuthorizationRequired {
            connection: connection.to_owned(),
            provider: self.profile().name().to_owned(),
            url: request.url,
            expires_at,
        })
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
        let task = tokio::spawn(async move { this.finish_checked(redirect, expected.as_deref()).await });
        let stopped = |_| Err(AuthError::Configuration("the authorization was stopped".to_owned()));
        task.await.unwrap_or_else(stopped)
    }

    async fn finish_checked(
        &self,
        redirect: Redirect,
        expected: Option<&str>,
    ) -> Result<Connection, AuthError> {
        // Taking it makes it single use, also where two redirects with the same state arrive at once.
        let taken = self.0.store.take(Kind::Pending, &self.state_key(&redirect.state)).await?;
        let pending = taken.and_then(|bytes| serde_json::from_slice::<Pending>(&bytes).ok());
        let pending = pending.ok_or(AuthError::StateMismatch)?;
        if expected.is_some_and(|expected| expected != pending.connection) {
            return Err(AuthError::StateMismatch);
        }
        let tokens = self.0.endpoints.exchange_code(redirect.code()?, pending.verifier).await?;
        let connection = Connection::new(&pending.connection, tokens, &self.profile().provider().scopes);
        // Under the lock, so that a refresh of the old tokens that is under way cannot overwrite the new ones.
        let _held = self.0.store.lock(&self.lock_name(&connection.key)).await?;
        self.keep(connection).await
    }

    /// A connection as it is kept.
    ///
    /// # Errors
    /// [`AuthError::Store`].
    pub async fn connection(&self, connection: &str) -> Result<Option<Connection>, AuthError> {
        let bytes = self.0.store.get(Kind::Connection, &self.key(connection)).await?;
        match bytes {
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

    /// Forgets a connection, without telling the provider; see [`revoke`](Self::revoke).
    ///
    /// # Errors
    /// [`AuthError::Store`].
    pub async fn disconnect(&self, connection: &str) -> Result<bool, AuthError> {
        // Before the store's lock, as a refresh has it: one that is under way here must not put back what is taken.
        let flight = self.flight(connection);
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
        let flight = self.flight(connection);
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
        self.seen().remove(connection);
        self.unsaved().remove(connection);
        Ok(taken.is_some())
    }

    /// What whoever refreshes this connection holds. Flights that nobody waits for are forgotten.
    fn flight(&self, connection: &str) -> Arc<Flight> {
        let mut flights = self.flights();
        flights.retain(|_, flight| Arc::strong_count(flight) > 1);
        Arc::clone(flights.entry(connection.to_owned()).or_default())
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

    /// A valid access token of a connection; refreshed first where it is about to expire.
    ///
    /// # Errors
    /// [`AuthError::needs_authorization`] tells whether a person has to authorize.
    pub async fn access_token(&self, connection: &str) -> Result<AccessToken, AuthError> {
        if let Some(found) = self.seen().get(connection)
            && self.is_usable(found, None)
        {
            return Ok(found.access_token.clone());
        }
        self.refreshed(connection, None).await
    }

    /// Another token than this one, which the API refused (401).
    ///
    /// # Errors
    /// The same as [`access_token`](Self::access_token).
    pub async fn replace(&self, connection: &str, refused: &AccessToken) -> Result<AccessToken, AuthError> {
        if let Some(found) = self.seen().get(connection)
            && self.is_usable(found, Some(refused))
        {
            return Ok(found.access_token.clone());
        }
        self.refreshed(connection, Some(refused)).await
    }

    /// What a call for a connection without a usable authorization ends in.
    pub(crate) async fn required(&self, connection: &str) -> crate::Error {
        match self.authorize(connection).await {
            Ok(required) => crate::Error::AuthorizationRequired(Box::new(required)),
            Err(error) => crate::Error::Authorization(Box::new(error)),
        }
    }

    /// One flight at a time for each connection: here in the process, and through the store's lock everywhere.
    async fn refreshed(
        &self,
        connection: &str,
        refused: Option<&AccessToken>,
    ) -> Result<AccessToken, AuthError> {
        // The work runs in a task of its own: a caller who gives up must not cut it between the provider's answer and the
        // store, which would lose a rotated refresh token.
        let (this, connection, refused) = (self.clone(), connection.to_owned(), refused.cloned());
        let flight = tokio::spawn(this.fly(connection, refused));
        flight.await.unwrap_or_else(|_| Err(AuthError::Configuration("the refresh was stopped".to_owned())))
    }

    async fn fly(self, connection: String, refused: Option<AccessToken>) -> Result<AccessToken, AuthError> {
        let asked = Instant::now();
        let flight = self.flight(&connection);
        let mut failure = flight.lock().await;
        let seen = self.seen().get(&connection).cloned();
        if let Some(found) = seen
            && self.is_usable(&found, refused.as_ref())
        {
            return Ok(found.access_token.clone());
        }
        // Whoever waited for a refresh that failed shares its failure, and does not ask a provider that is down again.
        if let Some((at, error)) = &*failure
            && *at > asked
        {
            return Err(AuthError::Shared(Arc::clone(error)));
        }
        // Somebody else who shares the store may have refreshed it meanwhile; that needs no lock to see.
        let stored = self.load(&connection).await?;
        if let Some(found) = stored
            && self.is_usable(&found, refused.as_ref())
        {
            return Ok(found.access_token.clone());
        }
        let locked = self.0.store.lock(&self.lock_name(&connection)).await?;
        let Some(current) = self.load(&connection).await? else {
            return Err(AuthError::NoConnection(connection));
        };
        let current = self.rescue(current).await?;
        if self.is_usable(&current, refused.as_ref()) {
            return Ok(current.access_token.clone());
        }
        let refreshed = self.refresh(&current).await;
        drop(locked);
        match refreshed {
            Ok(token) => Ok(token),
            // It was only to be refreshed ahead of time: what cannot be done now leaves a token that is still valid.
            Err(error)
                if refused.is_none()
                    && current.is_fresh(Duration::ZERO)
                    && (error.is_transient() || matches!(error, AuthError::NoRefreshToken(_))) =>
            {
                Ok(current.access_token.clone())
            }
            Err(error) => {
                let error = Arc::new(error);
                *failure = Some((Instant::now(), Arc::clone(&error)));
                Err(AuthError::Shared(error))
            }
        }
    }

    fn is_usable(&self, found: &Connection, refused: Option<&AccessToken>) -> bool {
        found.is_fresh(self.margin(&found.key))
            && refused.is_none_or(|refused| refused.expose() != found.access_token.expose())
    }

    /// The one request, under the lock. What it answers is stored durably before anybody sees it.
    async fn refresh(&self, current: &Arc<Connection>) -> Result<AccessToken, AuthError> {
        let key = &current.key;
        let Some(refresh_token) =
            current.refresh_token.as_ref().filter(|_| current.state == ConnectionState::Active)
        else {
            return Err(AuthError::NoRefreshToken(key.clone()));
        };
        match self.0.endpoints.refresh(refresh_token).await {
            Ok(tokens) => {
                let refreshed = Connection::clone(current).refreshed(tokens);
                let connection = self.keep_refreshed(refreshed, refresh_token).await?;
                tracing::debug!(connection = %key, "access token refreshed");
                Ok(connection.access_token)
            }
            Err(error) => {
                if error.needs_authorization() {
                    let state = ConnectionState::NeedsAuthorization;
                    self.keep(Connection { state, ..Connection::clone(current) }).await?;
                }
                Err(error)
            }
        }
    }

    /// Stores refreshed tokens. Nobody gets them before; where the store does not take them in the end, the next call tries again.
    async fn keep_refreshed(
        &self,
        refreshed: Connection,
        replaced: &RefreshToken,
    ) -> Result<Connection, AuthError> {
        let mut pauses = STORE_PAUSES.into_iter();
        loop {
            let error = match self.keep(refreshed.clone()).await {
                Ok(kept) => return Ok(kept),
                Err(error) => error,
            };
            match pauses.next().filter(|_| error.is_transient()) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => {
                    tracing::error!(connection = %refreshed.key, %error, "refreshed tokens cannot be stored");
                    let (key, replaced) = (refreshed.key.clone(), replaced.clone());
                    self.unsaved().insert(key, Unsaved { connection: refreshed, replaced });
                    return Err(error);
                }
            }
        }
    }

    /// Stores what an earlier refresh could not, unless a person has authorized again meanwhile. Under the lock.
    async fn rescue(&self, current: Arc<Connection>) -> Result<Arc<Connection>, AuthError> {
        let Some(Unsaved { connection, replaced }) = self.unsaved().remove(&current.key) else {
            return Ok(current);
        };
        if current.refresh_token.as_ref().is_none_or(|token| token.expose() != replaced.expose()) {
            return Ok(current);
        }
        self.keep_refreshed(connection, &replaced).await.map(Arc::new)
    }

    fn unsaved(&self) -> MutexGuard<'_, HashMap<String, Unsaved>> {
        self.0.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn load(&self, connection: &str) -> Result<Option<Arc<Connection>>, AuthError> {
        let found = self.connection(connection).await?.map(Arc::new);
        match &found {
            Some(found) => drop(self.seen().insert(connection.to_owned(), Arc::clone(found))),
            None => drop(self.seen().remove(connection)),
        }
        Ok(found)
    }

    async fn keep(&self, connection: Connection) -> Result<Connection, AuthError> {
        let bytes = zeroize::Zeroizing::new(connection.to_bytes());
        self.0.store.put(Kind::Connection, &self.key(&connection.key), &bytes, None).await?;
        self.seen().insert(connection.key.clone(), Arc::new(connection.clone()));
        Ok(connection)
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<String, Arc<Connection>>> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn flights(&self) -> MutexGuard<'_, HashMap<String, Arc<Flight>>> {
        self.0.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keys name connector and application too, so that several can share a store.
    fn key(&self, connection: &str) -> String {
        let profile = self.profile();
        connection::key(&profile.provider().connector, profile.client_id(), connection)
    }

    fn lock_name(&self, connection: &str) -> String {
        self.key(connection)
    }

    /// The state itself is a secret until it comes back: the store sees its hash.
    fn state_key(&self, state: &str) -> String {
        let hash = Sha256::digest(state.as_bytes());
        let hex = BASE64URL.encode(hash);
        self.key(&hex)
    }

    /// How long a token must still be valid: `refresh_ahead`, and by chance up to half of it more for this connection.
    fn margin(&self, connection: &str) -> Duration {
        thread_local!(static SEED: RandomState = RandomState::new());
        let share = SEED.with(|seed| seed.hash_one(connection) % 512);
        #[allow(clippy::cast_possible_truncation)] // below 512
        let share = share as u32;
        let ahead = self.0.refresh_ahead;
        ahead.saturating_add(ahead.saturating_mul(share) / 1024)
    }
}

impl std::fmt::Debug for Authorizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authorizer").field("profile", self.profile()).finish_non_exhaustive()
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
