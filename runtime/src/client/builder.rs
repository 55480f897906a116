//! Settings of a client.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::Client;
use super::http::{Reach, http_client};
use crate::action::Connector;
use crate::auth::{AccessToken, Authorizer, is_safe};
use crate::budget::SharedBudget;
use crate::error::Error;
use crate::meta::ConnectorMeta;
use crate::pipeline::{Budget, Core, Credentials, Limits, Observer, RetryBudget, RetryPolicy};

/// Builds a [`Client`].
#[must_use = "a builder does nothing until `build`"]
pub struct ClientBuilder<C, H = ()> {
    connector: &'static ConnectorMeta,
    handle: H,
    pub(crate) settings: Settings,
    of: PhantomData<fn() -> C>,
}

/// What is no matter of the connector: what is generic is compiled in the user's crate.
pub(crate) struct Settings {
    pub(crate) checks_scopes: bool,
    base_url: Option<String>,
    api_version: Option<String>,
    credentials: Credentials,
    timeout: Duration,
    deadline: Duration,
    retry: RetryPolicy,
    retry_reserve: u32,
    rate_limits: bool,
    budget: Option<Arc<dyn SharedBudget>>,
    observers: Vec<Arc<dyn Observer>>,
    connect_timeout: Duration,
    max_body: usize,
    user_agent: Option<String>,
    http: Option<reqwest::Client>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            checks_scopes: false,
            base_url: None,
            api_version: None,
            credentials: Credentials::Unset,
            timeout: Duration::from_secs(30),
            deadline: Duration::from_secs(120),
            retry: RetryPolicy::default(),
            retry_reserve: RetryBudget::RESERVE,
            rate_limits: true,
            budget: None,
            observers: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            max_body: 64 * 1024 * 1024,
            user_agent: None,
            http: None,
        }
    }
}

impl<C: Connector> ClientBuilder<C> {
    pub(super) fn new() -> Self {
        Self::of(C::META, ())
    }
}

impl<C, H> ClientBuilder<C, H> {
    pub(crate) fn of(connector: &'static ConnectorMeta, handle: H) -> Self {
        Self { connector, handle, settings: Settings::default(), of: PhantomData }
    }

    /// Where the API is; by default the address in the spec. Must be `https`, or `http` on this machine.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.settings.base_url = Some(url.into());
        self
    }

    /// The API version, one of those that the spec lists; by default the spec's default.
    pub fn api_version(mut self, version: impl Into<String>) -> Self {
        self.settings.api_version = Some(version.into());
        self
    }

    /// The token that authorizes every call (RFC 6750), such as one of [`auth`](crate::auth) or a private app's.
    pub fn access_token(mut self, token: impl Into<AccessToken>) -> Self {
        self.settings.credentials = Credentials::Token(token.into());
        self
    }

    /// The connection that authorizes every call: its tokens come from the authorizer, which refreshes them.
    ///
    /// One name for everybody (*pre-authorize*), or the key of an end user (*allow users to authorize*); see also
    /// [`Client::for_connection`].
    pub fn authorizer(mut self, authorizer: &Authorizer, connection: impl Into<String>) -> Self {
        self.settings.credentials = Credentials::Connection(authorizer.clone(), connection.into().into());
        self
    }

    /// Sends calls without any authorization, to an API that answers some of them to everybody.
    pub fn unauthenticated(mut self) -> Self {
        self.settings.credentials = Credentials::None;
        self
    }

    /// The time that one attempt may take, answer included; 30 seconds by default.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// The time that a whole call may take: waiting for tokens and rate limits, all attempts, and the waits between them;
    /// two minutes by default.
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = deadline;
        self
    }

    /// How failed attempts are made again; see [`RetryPolicy`] for the defaults, [`RetryPolicy::none`] for not at all.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.settings.retry = policy;
        self
    }

    /// How many retries the client and its clones can make without a success between them; 100 by default, `u32::MAX` for any
    /// number. Five successes give one back. Where it is used up, a failed attempt is its call's last: an API that is down is not
    /// asked several times over by everybody.
    pub const fn retry_reserve(mut self, retries: u32) -> Self {
        self.settings.retry_reserve = retries;
        self
    }

    /// Whether to keep the API's rate limits by waiting before a request is sent, as the spec declares them; `true` by
    /// default. Without, the server refuses (429), and the call waits and is made again.
    pub const fn rate_limits(mut self, keep: bool) -> Self {
        self.settings.rate_limits = keep;
        self
    }

    /// A budget that keeps the API's rate limits together with other clients, in processes and on machines: a `PostgresStore`, a
    /// [`MemoryBudget`](crate::budget::MemoryBudget), or one's own.
    ///
    /// Clients count together where they have the same access token, or the same connection of the same app. Where the budget cannot
    /// be reached, the client keeps the limits by itself, and asks again after a second, later after more. Nothing is shared with
    /// [`rate_limits(false)`](Self::rate_limits).
    pub fn shared_budget(mut self, budget: impl SharedBudget) -> Self {
        self.settings.budget = Some(Arc::new(budget));
        self
    }

    /// Somebody who sees every attempt; several can be added.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.settings.observers.push(Arc::new(observer));
        self
    }

    /// The time that connecting may take; 10 seconds by default. Not used with [`http_client`](Self::http_client).
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// The largest answer that is read, in bytes; 64 MiB by default.
    pub const fn max_body(mut self, bytes: usize) -> Self {
        self.settings.max_body = bytes;
        self
    }

    /// The `User-Agent` header; by default `typed-connector/` and its version. Not used with
    /// [`http_client`](Self::http_client).
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.settings.user_agent = Some(user_agent.into());
        self
    }

    /// A client to send with, for proxies, certificates and pools of one's own.
    ///
    /// Its redirect policy should be [`reqwest::redirect::Policy::none`], as our own has it: an API has no reason to
    /// redirect, and reqwest takes the token away only where the host changes.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.settings.http = Some(client);
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`Error::Configuration`] where a setting cannot be used, or nothing says how calls are authorized that have to be; the message
    /// says which and why.
    pub fn build(self) -> Result<Client<C, H>, Error> {
        let core = self.settings.core(self.connector)?;
        Ok(Client { core, handle: self.handle, of: PhantomData })
    }
}

impl Settings {
    fn core(self, connector: &'static ConnectorMeta) -> Result<Arc<Core>, Error> {
        let base_url = base_url(self.base_url.as_deref().unwrap_or(connector.base_url))?;
        let version = match &self.api_version {
            None => connector.default_version,
            Some(wanted) => {
                let known = connector.api_versions.iter().position(|version| version.name == wanted);
                known.ok_or_else(|| {
                    let names: Vec<_> = connector.api_versions.iter().map(|version| version.name).collect();
                    Error::Configuration(format!(
                        "{} has no API version `{wanted}`; it has {}",
                        connector.title,
                        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
                    ))
                })?
            }
        };
        match &self.credentials {
            Credentials::Unset => needs_no_authorization(connector)?,
            Credentials::Token(token) => drop(token.header()?), // found now, and not at the first call, where no header can carry it
            Credentials::None | Credentials::Connection(..) => {}
        }
        let http = match self.http {
            Some(http) => http,
            None => http_client(self.user_agent, self.connect_timeout, Reach::of(&base_url))?,
        };
        let account = || self.credentials.account(connector);
        let budget = self.budget.map(|budget| Budget { budget, account: account() });
        let limits = Limits::new(if self.rate_limits { connector.rate_limits } else { &[] }, budget);
        Ok(Arc::new(Core {
            connector,
            http,
            base_url,
            version,
            credentials: self.credentials,
            checks_scopes: self.checks_scopes,
            timeout: self.timeout,
            deadline: self.deadline,
            max_body: self.max_body,
            retry: self.retry,
            retry_budget: Arc::new(RetryBudget::new(self.retry_reserve)),
            limits: Arc::new(limits),
            timers: Arc::default(),
            observers: self.observers.into(),
            urls: Arc::default(),
            orders: Arc::default(),
        }))
    }
}

impl<C, H> std::fmt::Debug for ClientBuilder<C, H> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.settings.base_url.as_ref().map(|_| "…"))
            .field("api_version", &self.settings.api_version)
            .field("credentials", &self.settings.credentials)
            .finish_non_exhaustive()
    }
}

/// An error that names the ways to authorize calls, where the spec has any.
fn needs_no_authorization(connector: &ConnectorMeta) -> Result<(), Error> {
    let bearer = connector.bearer.map(|title| format!("`access_token(…)` ({title})"));
    let oauth2 = connector.oauth2.map(|_| "`authorizer(…)` (OAuth 2.0)".to_owned());
    let ways: Vec<_> = bearer.into_iter().chain(oauth2).collect();
    if ways.is_empty() {
        return Ok(());
    }
    Err(Error::Configuration(format!(
        "nothing says how calls of {} are authorized; give the client's builder {}, or `unauthenticated()` where they need not be",
        connector.title,
        ways.join(" or ")
    )))
}

/// A token must not travel in clear text, except to this machine.
fn base_url(text: &str) -> Result<Url, Error> {
    let url = Url::parse(text).map_err(|error| {
        let form = "write it whole, as `https://api.example.com`";
        Error::Configuration(format!("the base URL is no URL: {error}; {form}"))
    })?;
    let problem = if !is_safe(&url) {
        "must be https (http only on this machine), since the access token travels with every call"
    } else if url.query().is_some() || url.fragment().is_some() {
        "must have neither query nor fragment"
    } else if !url.username().is_empty() || url.password().is_some() {
        "must not hold a user name or password"
    } else {
        return Ok(url);
    };
    let shown = format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default());
    Err(Error::Configuration(format!("base URL {shown}: {problem}")))
}
