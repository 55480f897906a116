//! One refresh, however many callers, tasks and processes wait for it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use typed_connector::auth::{
    AuthorizationProfile, Authorizer, Key, Kind, MemoryStore, SqliteStore, Store, StoreError, StoreErrorKind,
    StoreFuture, StoreLock,
};
use typed_connector::{RetryPolicy, Timestamp};
use typed_connector_sandbox::{Builder, Sandbox};
use typed_connector_tests::hubspot::{self, Connector, deals};
use typed_connector_tests::{http, shown};

use crate::worker::Worker;

pub(crate) const USER: &str = "user-1";

pub(crate) async fn sandbox(builder: Builder) -> Sandbox {
    builder.start().await.expect("the sandbox starts")
}

/// An authorizer of the sandbox's app, whose tokens are refreshed when they have expired and not before.
pub(crate) fn authorizer(sandbox: &Sandbox, store: impl Store) -> Authorizer {
    let app = sandbox.app();
    let callback = "http://localhost:8765/callback";
    let profile = AuthorizationProfile::new::<Connector>(&app.client_id, &app.client_secret, callback)
        .expect("HubSpot has OAuth 2.0")
        .authorization_url(format!("{}/oauth/authorize", sandbox.url()))
        .token_url(format!("{}/oauth/2026-03/token", sandbox.url()));
    Authorizer::builder(profile, store).refresh_ahead(Duration::ZERO).build().expect("the profile is sound")
}

/// Authorizes a connection as its person does: opens the link, and presses the button.
pub(crate) async fn connect(authorizer: &Authorizer, connection: &str) {
    let required = authorizer.authorize(connection).await.expect("a link");
    let answer =
        http().post(&required.url).form(&[("decision", "approve")]).send().await.expect("the redirect");
    let location = answer.headers().get("location").expect("where to").to_str().expect("text");
    authorizer.finish(location).await.expect("connected");
}

/// The statuses of the refresh requests that the sandbox received; none where the client was gone before the answer.
pub(crate) fn refreshes(sandbox: &Sandbox) -> Vec<Option<u16>> {
    let requests = sandbox.requests().into_iter();
    let tokens = requests.filter(|request| request.method == "POST" && request.path.ends_with("/token"));
    tokens
        .filter(|request| request.body.contains("grant_type=refresh_token"))
        .map(|request| request.status)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_calls_at_once_refresh_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = Key::generate().expect("randomness");
    let store = SqliteStore::open(folder.path().join("store.sqlite"), key).expect("opened");
    thousand_calls("SQLite", store).await;
    thousand_calls("memory", MemoryStore::new()).await;
}

async fn thousand_calls(name: &str, store: impl Store) {
    let sandbox = sandbox(Sandbox::builder().seed(1)).await;
    let authorizer = authorizer(&sandbox, store);
    connect(&authorizer, USER).await;
    let client = hubspot::Client::builder()
        .base_url(sandbox.url())
        .authorizer(&authorizer, USER)
        .rate_limits(false)
        .retry(RetryPolicy::none())
        .build()
        .expect("the settings are sound");
    client.execute(deals::List::new()).await.expect("the token is good");

    sandbox.expire_tokens();
    sandbox.clear_requests();
    let started = Instant::now();
    let calls = (0..1000).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.execute(deals::List::new()).await })
    });
    for call in join_all(calls).await {
        call.expect("it ran").map_err(|error| shown(&error)).expect("answered");
    }
    let requests = sandbox.requests();
    let refused = requests.iter().filter(|request| request.status == Some(401)).count();
    let refreshed = refreshes(&sandbox).len();
    println!(
        "FIGURE {name}: 1,000 concurrent calls on an expired token: {refreshed} refresh request, {refused} calls met 401, all \
         succeeded, {:.1} s",
        started.elapsed().as_secs_f64()
    );
    assert!(refused > 0, "the token had expired");
    assert_eq!(refreshed, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_who_know_that_it_has_expired_refresh_once() {
    let sandbox = sandbox(Sandbox::builder().token_lifetime(Duration::from_secs(5))).await;
    let authorizer = authorizer(&sandbox, MemoryStore::new());
    connect(&authorizer, USER).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let asks = (0..1000).map(|_| {
        let authorizer = authorizer.clone();
        tokio::spawn(async move { authorizer.access_token(USER).await.expect("a token").expose().to_owned() })
    });
    let mut tokens: Vec<String> =
        join_all(asks).await.into_iter().map(|token| token.expect("it ran")).collect();
    tokens.dedup();
    let refreshed = refreshes(&sandbox).len();
    println!(
        "FIGURE memory: 1,000 who ask at once for a token that has expired by the clock: {refreshed} refresh request"
    );
    assert_eq!((refreshed, tokens.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn four_processes_on_one_sqlite_file_refresh_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.sqlite");
    let key = Key::generate().expect("randomness");
    let store = SqliteStore::open(&path, key.clone()).expect("opened");
    four_processes("SQLite", &format!("sqlite:{}", path.display()), &key, store).await;
}

/// Twice: where the API refuses the token, and where it has expired by the clock.
pub(crate) async fn four_processes(name: &str, url: &str, key: &Key, store: impl Store + Clone) {
    let lifetime = Duration::from_secs(6);
    let refused = sandbox(Sandbox::builder().seed(1)).await;
    let expired = sandbox(Sandbox::builder().token_lifetime(lifetime)).await;
    for (sandbox, what, how) in [
        (&refused, "calls", "calls with a token that the API refuses"),
        (&expired, "token", "asking for a token that has expired by the clock"),
    ] {
        connect(&authorizer(sandbox, store.clone()), USER).await;
        let connected = Instant::now();
        let start = |_| Worker::start(key, Some(sandbox), &[what, url, &sandbox.url(), USER, "250"]);
        let mut workers: Vec<_> = (0..4).map(start).collect();
        for worker in &mut workers {
            worker.expect("ready");
        }
        match what {
            "calls" => sandbox.expire_tokens(),
            _ => tokio::time::sleep(lifetime.saturating_sub(connected.elapsed())).await,
        }
        sandbox.clear_requests();
        let started = Instant::now();
        workers.iter_mut().for_each(Worker::go);
        let mut succeeded = 0;
        for worker in &mut workers {
            let (count, errors) = tokio::task::block_in_place(|| worker.done());
            assert!(errors.is_empty(), "{errors}");
            succeeded += count;
        }
        let (took, refreshed) = (started.elapsed().as_secs_f64(), refreshes(sandbox).len());
        println!(
            "FIGURE {name}: 4 processes × 250 {how}: {refreshed} refresh request, {succeeded} of 1000 succeeded, {took:.1} s"
        );
        assert_eq!((refreshed, succeeded), (1, 1000));
    }
}

/// A store whose next `put`s fail.
#[derive(Clone)]
struct Failing {
    store: MemoryStore,
    failures: Arc<Mutex<VecDeque<StoreErrorKind>>>,
}

impl Failing {
    fn fail(&self, kinds: &[StoreErrorKind]) {
        self.failures.lock().expect("whole").extend(kinds);
    }
}

impl Store for Failing {
    fn get<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        self.store.get(kind, key)
    }

    fn put<'a>(
        &'a self,
        kind: Kind,
        key: &'a str,
        value: &'a [u8],
        expires_at: Option<Timestamp>,
    ) -> StoreFuture<'a, ()> {
        match self.failures.lock().expect("whole").pop_front() {
            Some(kind) => Box::pin(async move { Err(StoreError::new("the disk is full").with_kind(kind)) }),
            None => self.store.put(kind, key, value, expires_at),
        }
    }

    fn take<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        self.store.take(kind, key)
    }

    fn replace<'a>(
        &'a self,
        kind: Kind,
        key: &'a str,
        old: &'a [u8],
        new: &'a [u8],
    ) -> StoreFuture<'a, bool> {
        self.store.replace(kind, key, old, new)
    }

    fn keys(&self, kind: Kind) -> StoreFuture<'_, Vec<String>> {
        self.store.keys(kind)
    }

    fn lock<'a>(&'a self, name: &'a str) -> StoreFuture<'a, StoreLock> {
        self.store.lock(name)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rotated_tokens_that_the_store_does_not_take_are_kept_until_it_does() {
    let sandbox = sandbox(Sandbox::builder().rotate_refresh_tokens(true)).await;
    let store = Failing { store: MemoryStore::new(), failures: Arc::default() };
    let authorizer = authorizer(&sandbox, store.clone());
    connect(&authorizer, USER).await;
    let token = authorizer.access_token(USER).await.expect("a token");

    // The disk is full for a moment: whoever waits notices nothing.
    store.fail(&[StoreErrorKind::Unavailable; 2]);
    let token = authorizer.replace(USER, &token).await.expect("stored at the third attempt");
    assert_eq!(refreshes(&sandbox).len(), 1);

    // It fails for good: nobody gets the token, and the next who ask store it, without another refresh.
    store.fail(&[StoreErrorKind::Other, StoreErrorKind::Other]);
    for _ in 0..2 {
        let error = authorizer.replace(USER, &token).await.expect_err("it cannot be stored");
        assert!(
            !error.needs_authorization() && shown(&error).contains("the disk is full"),
            "{}",
            shown(&error)
        );
    }
    assert_eq!(refreshes(&sandbox).len(), 2);
    let fresh = authorizer.replace(USER, &token).await.expect("stored now");
    assert_ne!(fresh.expose(), token.expose());
    assert_eq!(refreshes(&sandbox).len(), 2);
    // What is stored is good for the next refresh, by somebody else.
    let other = self::authorizer(&sandbox, store);
    other.replace(USER, &fresh).await.expect("refreshed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_lives_shorter_than_it_is_refreshed_ahead_is_used_at_all() {
    let sandbox = sandbox(Sandbox::builder().token_lifetime(Duration::from_secs(30))).await;
    let lazy = authorizer(&sandbox, MemoryStore::new());
    let eager = Authorizer::builder(lazy.profile().clone(), MemoryStore::new()).build().expect("sound");
    connect(&eager, USER).await;
    for _ in 0..10 {
        eager.access_token(USER).await.expect("a token");
    }
    assert_eq!(refreshes(&sandbox).len(), 0);
}

/// What a program does that ends: its runtime stops all tasks, so it waits for them first.
#[test]
fn a_program_that_ends_lets_its_refreshes_finish() {
    let runtime = || tokio::runtime::Runtime::new().expect("a runtime");
    let provider = runtime();
    let sandbox = provider.block_on(sandbox(Sandbox::builder().rotate_refresh_tokens(true)));
    let store = MemoryStore::new();
    provider.block_on(connect(&authorizer(&sandbox, store.clone()), USER));

    let program = runtime();
    let old = program.block_on(async {
        let authorizer = authorizer(&sandbox, store.clone());
        let old = authorizer.access_token(USER).await.expect("a token");
        sandbox.inject(typed_connector_sandbox::Fault::latency(Duration::from_millis(700)));
        // The caller gives up before the provider has answered; the refresh goes on.
        let asks = tokio::time::timeout(Duration::from_millis(200), authorizer.replace(USER, &old));
        asks.await.expect_err("it takes longer");
        let started = Instant::now();
        authorizer.settle().await.expect("all is stored");
        assert!(started.elapsed() > Duration::from_millis(300), "it waited: {:?}", started.elapsed());
        old
    });
    program.shutdown_background();

    assert_eq!(refreshes(&sandbox), [Some(200)]);
    provider.block_on(async {
        let other = authorizer(&sandbox, store);
        let fresh = other.access_token(USER).await.expect("the rotated token was stored");
        assert_ne!(fresh.expose(), old.expose());
        other.replace(USER, &fresh).await.expect("and so was its refresh token");
    });
}
