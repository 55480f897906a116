//! Valid tokens: one refresh for all who wait, stored before anybody uses it.

use std::future::Future;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::connection::Grant;
use super::flights::Flight;
use super::seen::Known;
use super::{AccessToken, AuthError, Authorizer, Connection, ConnectionState, Kind, RefreshToken};

/// When and how the last refresh failed, for those who waited for it.
pub(super) type LastFailure = Option<(Instant, Arc<AuthError>)>;

/// Refreshed tokens that the store did not take, and the refresh token that they were given for.
pub(super) struct Unsaved {
    connection: Connection,
    replaced: RefreshToken,
}

/// A token that lives for less is not handed out while it is refreshed: it has to reach the API before it ends.
const HURRY: Duration = Duration::from_secs(10);

/// Between the attempts to store new tokens: the provider may have ended the old ones, and the new ones exist nowhere else.
const STORE_PAUSES: [Duration; 5] = [
    Duration::from_millis(100),
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

impl Authorizer {
    /// A valid access token of a connection. One that is about to expire is refreshed first; one that still lives for a while, but
    /// not for long, is answered as it is and refreshed meanwhile.
    ///
    /// # Errors
    /// [`AuthError::needs_authorization`] tells whether a person has to authorize.
    pub async fn access_token(&self, connection: &str) -> Result<AccessToken, AuthError> {
        if let Some(known) = self.0.seen.get(connection).filter(Known::is_recent) {
            if self.is_usable(&known, None) {
                return Ok(known.token());
            }
            if known.connection.is_fresh(HURRY) {
                if let Some(flight) = self.0.flights.begin(connection) {
                    // Whoever comes when the token has expired is told how it failed, if it does.
                    drop(self.0.tasks.spawn(self.clone().fly(flight, connection.to_owned(), None)));
                }
                return Ok(known.token());
            }
        }
        self.refreshed(connection, None).await
    }

    /// Another token than this one, which the API refused (401).
    ///
    /// # Errors
    /// The same as [`access_token`](Self::access_token).
    pub async fn replace(&self, connection: &str, refused: &AccessToken) -> Result<AccessToken, AuthError> {
        if let Some(known) = self.0.seen.get(connection).filter(Known::is_recent)
            && self.is_usable(&known, Some(refused))
        {
            return Ok(known.token());
        }
        self.refreshed(connection, Some(refused)).await
    }

    /// Waits until every refresh and every authorization that is under way here has ended and its tokens are stored; stores what the
    /// store did not take before.
    ///
    /// They run in tasks of their own, which a caller who gives up does not stop, but the end of the runtime does; a refresh token that a
    /// provider has just rotated would be lost then. So call this when a program ends, after it has stopped making calls:
    ///
    /// ```no_run
    /// # async fn end(authorizer: typed_connector::auth::Authorizer) -> Result<(), typed_connector::auth::AuthError> {
    /// // axum::serve(…).with_graceful_shutdown(…).await?;
    /// authorizer.settle().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// It takes as long as the provider may take (see [`timeout`](super::AuthorizerBuilder::timeout)), and some seconds more where the
    /// store cannot be reached.
    ///
    /// # Errors
    /// [`AuthError::Store`] where refreshed tokens still cannot be stored. They are lost when the program ends then, and a person has to
    /// authorize again if the provider rotates refresh tokens.
    pub async fn settle(&self) -> Result<(), AuthError> {
        self.0.tasks.wait().await;
        let waiting: Vec<String> = self.unsaved().keys().cloned().collect();
        let mut outcome = Ok(());
        for connection in waiting {
            if let Err(error) = self.save(&connection).await {
                outcome = Err(error);
            }
        }
        outcome
    }

    /// Stores what an earlier refresh could not.
    async fn save(&self, connection: &str) -> Result<(), AuthError> {
        let flight = self.0.flights.join(connection);
        let _here = flight.lock().await;
        let _everywhere = self.0.store.lock(&self.lock_name(connection)).await?;
        match self.load(connection).await? {
            Some(current) => self.rescue(current).await.map(drop),
            None => {
                self.unsaved().remove(connection);
                Ok(())
            }
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
        let flight = self.0.flights.join(connection);
        let task = self.clone().fly(flight, connection.to_owned(), refused.cloned());
        let stopped = |_| Err(AuthError::Configuration("the refresh was stopped".to_owned()));
        self.0.tasks.spawn(task).await.unwrap_or_else(stopped)
    }

    async fn fly(
        self,
        flight: Flight<LastFailure>,
        connection: String,
        refused: Option<AccessToken>,
    ) -> Result<AccessToken, AuthError> {
        let asked = Instant::now();
        let refused = refused.as_ref();
        let mut failure = flight.lock().await;
        if let Some(known) = self.0.seen.get(&connection).filter(Known::is_recent)
            && self.is_usable(&known, refused)
        {
            return Ok(known.token());
        }
        // Whoever waited for a refresh that failed shares its failure, and does not ask a provider that is down again.
        if let Some((at, error)) = &*failure
            && *at > asked
        {
            return Err(AuthError::Shared(Arc::clone(error)));
        }
        let error = match self.renew(&connection, refused).await {
            Ok(token) => return Ok(token),
            // That is quickly found again, and may not be so any more.
            Err(error @ AuthError::NoConnection(_)) => return Err(error),
            Err(error) => error,
        };
        // It was only to be refreshed ahead of time, or to be read again: what cannot be done now leaves a token that is still valid.
        if refused.is_none()
            && (error.is_transient() || matches!(error, AuthError::NoRefreshToken(_)))
            && let Some(known) = self.0.seen.get(&connection)
            && known.connection.is_fresh(Duration::ZERO)
        {
            tracing::debug!(%connection, %error, "not refreshed; its access token is still valid");
            self.0.seen.postpone(&connection);
            return Ok(known.token());
        }
        let error = Arc::new(error);
        *failure = Some((Instant::now(), Arc::clone(&error)));
        Err(AuthError::Shared(error))
    }

    async fn renew(&self, connection: &str, refused: Option<&AccessToken>) -> Result<AccessToken, AuthError> {
        let none = || AuthError::NoConnection(connection.to_owned());
        // Somebody else who shares the store may have refreshed it meanwhile; that needs no lock to see.
        let stored = self.load(connection).await?.ok_or_else(none)?;
        if self.is_valid(&stored, refused) {
            return Ok(stored.access_token.clone());
        }
        let _locked = self.0.store.lock(&self.lock_name(connection)).await?;
        let current = self.rescue(self.load(connection).await?.ok_or_else(none)?).await?;
        if self.is_valid(&current, refused) {
            return Ok(current.access_token.clone());
        }
        self.refresh(&current).await
    }

    /// Whether calls can use it: for long enough, or for now, while a refresh ahead of time is not tried again.
    fn is_usable(&self, known: &Known, refused: Option<&AccessToken>) -> bool {
        self.is_valid(&known.connection, refused)
            || (refused.is_none() && known.is_postponed() && known.connection.is_fresh(Duration::ZERO))
    }

    fn is_valid(&self, found: &Connection, refused: Option<&AccessToken>) -> bool {
        found.is_fresh(self.margin(&found.key))
            && refused.is_none_or(|refused| refused.expose() != found.access_token.expose())
    }

    /// The one request, under the lock. What it answers is stored durably before anybody sees it.
    async fn refresh(&self, current: &Connection) -> Result<AccessToken, AuthError> {
        let key = &current.key;
        if current.grant == Grant::ClientCredentials {
            let tokens = self.0.endpoints.client_credentials(&self.profile().provider().scopes).await?;
            let renewed = current.clone().refreshed(tokens);
            return self.patiently(|| self.keep(&renewed)).await.map(|()| renewed.access_token);
        }
        let Some(refresh_token) =
            current.refresh_token.as_ref().filter(|_| current.state == ConnectionState::Active)
        else {
            return Err(AuthError::NoRefreshToken(key.clone()));
        };
        match self.0.endpoints.refresh(refresh_token).await {
            Ok(tokens) => {
                let refreshed = self.keep_refreshed(current.clone().refreshed(tokens), refresh_token).await?;
                tracing::debug!(connection = %key, "access token refreshed");
                Ok(refreshed.access_token)
            }
            Err(error) if error.needs_authorization() => self.refused(current, refresh_token, error).await,
            Err(error) => Err(error),
        }
    }

    /// The provider takes the refresh token no more.
    async fn refused(
        &self,
        current: &Connection,
        refresh_token: &RefreshToken,
        error: AuthError,
    ) -> Result<AccessToken, AuthError> {
        // A database that was restarted has lost its locks: somebody else may have refreshed with the same token, and won.
        if let Some(now) = self.load(&current.key).await?
            && now.state == ConnectionState::Active
            && now.refresh_token.as_ref().is_some_and(|token| token.expose() != refresh_token.expose())
        {
            return Ok(now.access_token.clone());
        }
        let dead = Connection { state: ConnectionState::NeedsAuthorization, ..current.clone() };
        if let Err(error) = self.patiently(|| self.keep(&dead)).await {
            tracing::warn!(connection = %dead.key, %error, "it cannot be stored that a connection needs authorization");
        }
        Err(error)
    }

    /// Keeps what a person, or the application itself, has just authorized.
    pub(super) async fn keep_new(&self, connection: Connection) -> Result<Connection, AuthError> {
        // Under both locks, so that a refresh of the old tokens that is under way cannot overwrite the new ones.
        let (flight, lock) = (self.0.flights.join(&connection.key), self.lock_name(&connection.key));
        let _here = flight.lock().await;
        let locked = self.patiently(|| async { Ok(self.0.store.lock(&lock).await?) }).await?;
        self.patiently(|| self.keep(&connection)).await?;
        drop(locked);
        self.unsaved().remove(&connection.key);
        Ok(connection)
    }

    /// Stores refreshed tokens. Nobody gets them before; where the store does not take them in the end, the next call tries again.
    async fn keep_refreshed(
        &self,
        refreshed: Connection,
        replaced: &RefreshToken,
    ) -> Result<Connection, AuthError> {
        if let Err(error) = self.patiently(|| self.keep(&refreshed)).await {
            tracing::error!(connection = %refreshed.key, %error, "refreshed tokens cannot be stored");
            let (key, replaced) = (refreshed.key.clone(), replaced.clone());
            self.unsaved().insert(key, Unsaved { connection: refreshed, replaced });
            return Err(error);
        }
        Ok(refreshed)
    }

    /// Tries again for some seconds, where trying again can help.
    async fn patiently<T, F>(&self, work: impl Fn() -> F) -> Result<T, AuthError>
    where
        F: Future<Output = Result<T, AuthError>>,
    {
        let mut pauses = STORE_PAUSES.into_iter();
        loop {
            match work().await {
                Err(error) if error.is_transient() => match pauses.next() {
                    Some(pause) => tokio::time::sleep(pause).await,
                    None => return Err(error),
                },
                outcome => return outcome,
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

    pub(super) fn unsaved(&self) -> std::sync::MutexGuard<'_, std::collections::HashMap<String, Unsaved>> {
        self.0.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn load(&self, connection: &str) -> Result<Option<Arc<Connection>>, AuthError> {
        let found = self.connection(connection).await?.map(Arc::new);
        match &found {
            Some(found) => self.0.seen.insert(Arc::clone(found)),
            None => self.0.seen.remove(connection),
        }
        Ok(found)
    }

    async fn keep(&self, connection: &Connection) -> Result<(), AuthError> {
        let bytes = zeroize::Zeroizing::new(connection.to_bytes());
        self.0.store.put(Kind::Connection, &self.key(&connection.key), &bytes, None).await?;
        self.0.seen.insert(Arc::new(connection.clone()));
        Ok(())
    }

    /// How long a token must still be valid: `refresh_ahead`, and by chance up to half of it more for this connection.
    fn margin(&self, connection: &str) -> Duration {
        let share = std::hash::BuildHasher::hash_one(&self.0.jitter, connection) % 512;
        #[allow(clippy::cast_possible_truncation)] // below 512
        let share = share as u32;
        let ahead = self.0.refresh_ahead;
        ahead.saturating_add(ahead.saturating_mul(share) / 1024)
    }
}

#[cfg(test)]
mod tests {
    use super::super::connection::tests::connection;
    use super::super::{AuthorizationProfile, MemoryStore, Provider, Store as _};
    use super::*;

    fn authorizer(store: MemoryStore) -> Authorizer {
        // Nobody listens there: what is tested here gets along without the provider.
        let provider = Provider::new("acme", "http://localhost:1/authorize", "http://localhost:1/token");
        let profile = AuthorizationProfile::with_provider(provider, "id", "secret", "https://you.example/cb");
        Authorizer::builder(profile, store).timeout(Duration::from_secs(2)).build().expect("sound")
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn any_number_of_connections_takes_bounded_memory() {
        const COUNT: usize = 20_000;
        let store = MemoryStore::new();
        let (authorizer, other) = (authorizer(store.clone()), authorizer(store));
        for number in 0..COUNT {
            authorizer.keep(&connection(&format!("user-{number}"), Some(3600))).await.expect("kept");
        }
        let tasks = (0..8).map(|part| {
            let (here, there) = (authorizer.clone(), other.clone());
            tokio::spawn(async move {
                for number in (part..COUNT).step_by(8) {
                    let user = format!("user-{number}");
                    for one in [&here, &there] {
                        let token = one.access_token(&user).await.expect("a token");
                        assert_eq!(token.expose(), format!("access-{user}"));
                    }
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.expect("it ran");
        }
        for one in [&authorizer, &other] {
            one.settle().await.expect("nothing is left to store");
            println!(
                "FIGURE {COUNT} connections used: {} remembered, {} flights, {} unsaved",
                one.0.seen.len(),
                one.0.flights.len(),
                one.unsaved().len()
            );
            assert!(one.0.seen.len() <= 8192, "{}", one.0.seen.len());
            assert_eq!((one.0.flights.len(), one.0.links.len(), one.unsaved().len()), (0, 0, 0));
        }
    }

    #[tokio::test]
    async fn what_others_do_is_known_after_a_minute() {
        let store = MemoryStore::new();
        let (authorizer, other) = (authorizer(store.clone()), authorizer(store));
        authorizer.keep(&connection("ada", Some(3600))).await.expect("kept");
        authorizer.access_token("ada").await.expect("a token");
        assert!(other.disconnect("ada").await.expect("it was there"));
        authorizer.access_token("ada").await.expect("it was seen a moment ago");
        authorizer.0.seen.age();
        let error = authorizer.access_token("ada").await.expect_err("it was disconnected");
        assert!(matches!(error, AuthError::NoConnection(_)), "{error:?}");
    }

    #[tokio::test]
    async fn a_provider_that_is_down_holds_up_nobody_with_a_valid_token() {
        let store = MemoryStore::new();
        let authorizer = authorizer(store);
        // It is to be refreshed ahead: `refresh_ahead` is a minute.
        for (user, lives) in [("soon", 40), ("very soon", 9)] {
            let mut short = connection(user, Some(lives));
            short.authorized_at -= Duration::from_secs(3600);
            authorizer.keep(&short).await.expect("kept");
            let started = Instant::now();
            let asks = (0..200).map(|_| authorizer.access_token(user));
            for outcome in futures_util::future::join_all(asks).await {
                assert_eq!(outcome.expect("it is still valid").expose(), format!("access-{user}"));
            }
            authorizer.settle().await.expect("nothing to store");
            // One attempt for all of them, and none for those who come next.
            assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
            assert!(authorizer.0.seen.get(user).expect("known").is_postponed(), "{user}");
            authorizer.access_token(user).await.expect("it is still valid");
            assert_eq!(authorizer.0.flights.len(), 0, "{user}");
        }
        let refused = authorizer.access_token("soon").await.expect("a token");
        let error = authorizer.replace("soon", &refused).await.expect_err("the API refuses it");
        assert!(error.is_transient(), "{error:?}");
    }

    #[test]
    fn connections_that_were_made_together_are_not_refreshed_together() {
        let authorizer = authorizer(MemoryStore::new());
        let margins: Vec<_> = (0..1000).map(|number| authorizer.margin(&format!("user-{number}"))).collect();
        let (first, last) = (margins.iter().min().expect("some"), margins.iter().max().expect("some"));
        assert!(*first >= Duration::from_secs(60) && *last <= Duration::from_secs(90), "{first:?} {last:?}");
        let early = margins.iter().filter(|margin| **margin > Duration::from_secs(75)).count();
        assert!((300..700).contains(&early), "{early} of 1000 in the earlier half");
        assert_eq!(authorizer.margin("user-1"), margins[1], "it is the same each time");
    }

    #[tokio::test]
    async fn what_was_not_stored_is_stored_when_it_ends() {
        let store = MemoryStore::new();
        let authorizer = authorizer(store.clone());
        let old = connection("ada", Some(0));
        authorizer.keep(&old).await.expect("kept");
        let refreshed = Connection { access_token: "fresh".into(), ..connection("ada", Some(3600)) };
        let replaced = old.refresh_token.clone().expect("it has one");
        authorizer.unsaved().insert("ada".to_owned(), Unsaved { connection: refreshed, replaced });
        authorizer.settle().await.expect("stored");
        assert!(authorizer.unsaved().is_empty());
        let kept = store.get(Kind::Connection, &authorizer.key("ada")).await.expect("read").expect("kept");
        assert!(String::from_utf8_lossy(&kept).contains("fresh"));
    }
}
