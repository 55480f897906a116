//! A process of its own for the tests of stores, told by its arguments what to do:
//!
//! ```text
//! store-worker lock  STORE NAME                    hold a lock until killed
//! store-worker calls STORE SANDBOX CONNECTION N    N calls of the API at once
//! store-worker token STORE SANDBOX CONNECTION N    ask for the access token N times at once
//! store-worker limit STORE SANDBOX TOKEN N         N calls at once that keep the API's limits together with other workers
//! store-worker links STORE SANDBOX CONNECTION N    N calls at once of somebody who did not authorize; writes each link once, and
//!                                                  waits to be killed
//! store-worker finish STORE SANDBOX USER REDIRECT  finish the authorization that this user comes back from
//! ```
//!
//! STORE is `sqlite:PATH` or a PostgreSQL URL; the key is in `TYPED_CONNECTOR_KEY`. It writes `ready`, waits for a line, works,
//! and writes `done` with the number that succeeded and the errors.

use std::collections::BTreeSet;
use std::io::{BufRead as _, Write as _};
use std::sync::Arc;

use futures_util::future::join_all;
use typed_connector::auth::{AuthorizationProfile, Authorizer, Keyring, PostgresStore, SqliteStore, Store};
use typed_connector::{Error, RetryPolicy};
use typed_connector_tests::hubspot::{self, Connector, deals};

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["lock", store, name] => {
            let store = open(store).await;
            say("ready");
            listen();
            let _held = store.lock(name).await.expect("locked");
            say("locked");
            std::future::pending::<()>().await;
        }
        ["calls", store, sandbox, connection, count] => {
            let client = client(store, sandbox, connection).await;
            say("ready");
            listen();
            let call = |_| async {
                client.execute(deals::List::new()).await.map_err(|e| typed_connector_tests::shown(&e))
            };
            report(join_all((0..number(count)).map(call)).await);
        }
        ["limit", store, sandbox, token, count] => {
            let keyring = Keyring::from_env("TYPED_CONNECTOR_KEY").expect("a key");
            let client = hubspot::Client::builder()
                .base_url(sandbox)
                .access_token(token)
                .shared_budget(PostgresStore::connect(store, keyring).await.expect("connected"))
                .retry(RetryPolicy::none())
                .build()
                .expect("the settings are sound");
            say("ready");
            listen();
            let call = |number: usize| {
                let client = client.clone();
                async move {
                    let outcome = match number % 10 {
                        0 => client.execute(deals::Search::new()).await.map(drop),
                        _ => client.execute(deals::List::new().limit(1)).await.map(drop),
                    };
                    outcome.map_err(|error| typed_connector_tests::shown(&error))
                }
            };
            report(join_all((0..number(count)).map(call)).await);
        }
        ["token", store, sandbox, connection, count] => {
            let authorizer = authorizer(store, sandbox).await;
            say("ready");
            listen();
            let ask = |_| async {
                authorizer.access_token(connection).await.map_err(|e| typed_connector_tests::shown(&e))
            };
            report(join_all((0..number(count)).map(ask)).await);
        }
        ["links", store, sandbox, connection, count] => {
            let client = client(store, sandbox, connection).await;
            say("ready");
            listen();
            let call = |_| async {
                match client.execute(deals::List::new()).await {
                    Err(Error::AuthorizationRequired(required)) => required.url,
                    other => panic!("a link was expected, not {other:?}"),
                }
            };
            let links: BTreeSet<_> = join_all((0..number(count)).map(call)).await.into_iter().collect();
            say(&format!("links {}", Vec::from_iter(links).join(" ")));
            std::future::pending::<()>().await;
        }
        ["finish", store, sandbox, user, redirect] => {
            let authorizer = authorizer(store, sandbox).await;
            say("ready");
            listen();
            let outcome = authorizer.finish_as(redirect, user).await;
            report(vec![outcome.map_err(|error| typed_connector_tests::shown(&error))]);
        }
        _ => panic!("unknown arguments: {arguments:?}"),
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

fn say(line: &str) {
    println!("{line}");
    std::io::stdout().flush().expect("written");
}

fn listen() {
    std::io::stdin().lock().read_line(&mut String::new()).expect("a line");
}

fn report<T>(outcomes: Vec<Result<T, String>>) {
    let succeeded = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let mut errors: Vec<String> = outcomes.into_iter().filter_map(Result::err).collect();
    errors.dedup();
    say(&format!("done {succeeded} {}", errors.join("; ").replace('\n', " | ")));
}

async fn client(store: &str, sandbox: &str, connection: &str) -> hubspot::Client {
    hubspot::Client::builder()
        .base_url(sandbox)
        .authorizer(&authorizer(store, sandbox).await, connection)
        .rate_limits(false)
        .retry(RetryPolicy::none())
        .build()
        .expect("the settings are sound")
}

async fn authorizer(store: &str, sandbox: &str) -> Authorizer {
    let credentials = std::env::var("WORKER_APP").expect("WORKER_APP");
    let (id, secret) = credentials.split_once(' ').expect("id and secret");
    let profile = AuthorizationProfile::new::<Connector>(id, secret, "http://localhost:8765/callback")
        .expect("HubSpot has OAuth 2.0")
        .authorization_url(format!("{sandbox}/oauth/authorize"))
        .token_url(format!("{sandbox}/oauth/2026-03/token"));
    let ahead = std::time::Duration::ZERO;
    Authorizer::builder(profile, open(store).await)
        .refresh_ahead(ahead)
        .build()
        .expect("the profile is sound")
}

async fn open(store: &str) -> Arc<dyn Store> {
    let keyring = Keyring::from_env("TYPED_CONNECTOR_KEY").expect("a key");
    match store.strip_prefix("sqlite:") {
        Some(path) => Arc::new(SqliteStore::open(path, keyring).expect("opened")),
        None => Arc::new(PostgresStore::connect(store, keyring).await.expect("connected")),
    }
}
