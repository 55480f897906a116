//! One refresh, however many callers, tasks and processes wait for it.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use typed_connector::RetryPolicy;
use typed_connector::auth::{AuthorizationProfile, Authorizer, Key, MemoryStore, SqliteStore, Store};
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
