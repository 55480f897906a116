//! What the tests that cross the crates of typed-connector share.
//!
//! | module | holds |
//! | --- | --- |
//! | [`hubspot`] | the shipped connector, generated once for all tests |
//! | [`everything`] | one that has every kind of argument and field |
//! | [`Bench`] | a sandbox and a client that talks to it |
//! | [`pulse`] | how late this machine is by itself |
//! | [`watch`] | whether a whole suite of tests shows a secret anywhere |
//! | [`wire`] | a server of a few lines, for answers that no well-behaved server gives |

#![allow(clippy::missing_panics_doc)] // a helper's panic is a test's failure

pub mod pulse;
pub mod watch;
pub mod wire;

use typed_connector::{Error, RetryPolicy, connector};
use typed_connector_sandbox::{Builder, LoggedRequest, Sandbox};

/// The shipped connector with all that it requests.
#[connector("hubspot")]
pub mod hubspot {}

/// Every kind of argument and field.
#[connector(path = "ui/specs/everything")]
pub mod everything {}

/// A running sandbox and a client of it.
#[derive(Debug)]
pub struct Bench {
    /// The server.
    pub sandbox: Sandbox,
    /// A client with a token for everything.
    pub client: hubspot::Client,
}

impl Bench {
    /// An empty one.
    pub async fn start() -> Self {
        Self::with(Sandbox::builder()).await
    }

    /// One with this many deals and contacts.
    pub async fn seeded(count: usize) -> Self {
        Self::with(Sandbox::builder().seed(count)).await
    }

    /// One with these settings.
    pub async fn with(builder: Builder) -> Self {
        let sandbox = start(builder).await;
        let client = client(&sandbox.url(), sandbox.access_token());
        Self { sandbox, client }
    }

    /// A client with another token.
    pub fn client_with(&self, token: impl Into<String>) -> hubspot::Client {
        client(&self.sandbox.url(), token)
    }

    /// What the sandbox holds of a record, asked without our client: its properties as the API writes them.
    pub async fn stored(&self, kind: &str, id: impl AsRef<str>, properties: &[&str]) -> serde_json::Value {
        let url = format!("{}/crm/v3/objects/{kind}/{}", self.sandbox.url(), id.as_ref());
        let query = [("properties", properties.join(","))];
        let answer = http().get(url).query(&query).bearer_auth(self.sandbox.access_token()).send().await;
        let text = answer.expect("the sandbox answers").text().await.expect("with text");
        let record: serde_json::Value = serde_json::from_str(&text).expect("that is JSON");
        record["properties"].clone()
    }

    /// Adds a property to the account, as its administrator would.
    pub async fn define(&self, kind: &str, definition: &serde_json::Value) {
        let mut body = serde_json::json!({ "label": "x", "groupName": "custom", "fieldType": "text" });
        for (key, value) in definition.as_object().into_iter().flatten() {
            body[key] = value.clone();
        }
        let url = format!("{}/crm/v3/properties/{kind}", self.sandbox.url());
        let request = http().post(url).bearer_auth(self.sandbox.access_token());
        let answer = request.header("content-type", "application/json").body(body.to_string()).send().await;
        let answer = answer.expect("the sandbox answers");
        assert_eq!(answer.status().as_u16(), 201, "{}", answer.text().await.unwrap_or_default());
    }

    /// Which of these properties the account does not have.
    pub async fn undefined<'a>(&self, kind: &str, names: &[&'a str]) -> Vec<&'a str> {
        let url = format!("{}/crm/v3/properties/{kind}", self.sandbox.url());
        let answer = http().get(url).bearer_auth(self.sandbox.access_token()).send().await;
        let text = answer.expect("the sandbox answers").text().await.expect("with text");
        let known: serde_json::Value = serde_json::from_str(&text).expect("that is JSON");
        let known: Vec<_> =
            known["results"].as_array().into_iter().flatten().map(|one| &one["name"]).collect();
        names.iter().filter(|name| !known.iter().any(|known| known == *name)).copied().collect()
    }

    /// Adds a property whose values identify a record.
    pub async fn define_unique(&self, kind: &str, name: &str) {
        self.define(kind, &serde_json::json!({ "name": name, "type": "string", "hasUniqueValue": true }))
            .await;
    }

    /// The newest request.
    pub fn last(&self) -> LoggedRequest {
        self.sandbox.requests().pop().expect("a request was made")
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        watch::shown(&format!("{self:?} {self:#?}"));
    }
}

/// Starts a sandbox; its secrets are watched.
pub async fn start(builder: Builder) -> Sandbox {
    watch::begin();
    let builder = match watch::ledger() {
        Some(path) => builder.ledger(path),
        None => builder,
    };
    builder.start().await.expect("the sandbox starts")
}

/// A client of whatever listens there.
pub fn client(url: &str, token: impl Into<String>) -> hubspot::Client {
    watch::begin();
    hubspot::Client::builder()
        .base_url(url)
        .access_token(token.into())
        // Each test looks at one attempt; `pipeline.rs` is about the others.
        .retry(RetryPolicy::none())
        .rate_limits(false)
        .observer(watch::Errors)
        .build()
        .expect("the settings are sound")
}

/// An outcome that must be an error.
pub trait Fails<E> {
    /// The error; what it shows is watched.
    #[track_caller]
    fn fails(self, why: &str) -> E;
}

impl<T: std::fmt::Debug, E: std::error::Error + 'static> Fails<E> for Result<T, E> {
    fn fails(self, why: &str) -> E {
        let error = self.expect_err(why);
        watch::shown(&shown(&error));
        watch::panics(&error);
        error
    }
}

/// A plain HTTP client that follows no redirect.
pub fn http() -> reqwest::Client {
    drop(rustls::crypto::ring::default_provider().install_default()); // an error says that there is one already
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
    client.expect("an HTTP client")
}

/// The API's own error, of an outcome that must be one.
#[track_caller]
pub fn api_error<T: std::fmt::Debug>(outcome: Result<T, Error>) -> typed_connector::ApiError {
    match outcome.expect_err("an error was expected") {
        Error::Api(error) => *error,
        other => panic!("an error of the API was expected, not {other:?}"),
    }
}

/// An error with everything that is behind it, as a program would print and log it.
pub fn shown(error: &dyn std::error::Error) -> String {
    let mut text = format!("{error}\n{error:?}");
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!("\n{cause}\n{cause:?}"));
        source = cause.source();
    }
    text
}

/// What the README shows compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
