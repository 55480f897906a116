//! People who come back from a provider: at the console's own address, or at another port of this machine that a profile names.

use std::collections::HashMap;
use std::future::IntoFuture as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use tokio::task::JoinHandle;
use typed_connector::Url;
use typed_connector::auth::{AuthorizationRequired, Authorizer};

use super::app::{Known, Shared};
use super::guard::{Guard, harden};
use super::pages::authorize;
use super::server::Listeners;
use super::trouble::Trouble;

/// How long a link is good for, and so how long one can come back.
const PATIENCE: Duration = Duration::from_secs(600);

#[derive(Default)]
pub(super) struct Returns {
    /// Those who were sent to a provider, by the link's state.
    waiting: Mutex<HashMap<String, Waiting>>,
    /// What listens at other ports.
    elsewhere: tokio::sync::Mutex<HashMap<u16, JoinHandle<()>>>,
}

/// Somebody who was sent to a provider.
#[derive(Clone)]
struct Waiting {
    connector: &'static str,
    connection: String,
    port: u16,
    path: String,
    until: Instant,
    /// Came back already.
    used: bool,
}

/// The port of this machine that a callback URL leads to; `None` where only the browser sees what comes back.
pub(super) fn port_here(callback_url: &str) -> Option<u16> {
    let url = Url::parse(callback_url).ok()?;
    let here = url.scheme() == "http" && url.host_str() == Some("localhost");
    here.then(|| url.port_or_known_default()).flatten()
}

impl Returns {
    /// A link for this connection, with somebody listening for whoever comes back.
    pub(super) async fn begin(
        &self,
        app: &Shared,
        known: &Known,
        authorizer: &Authorizer,
        connection: &str,
    ) -> Result<AuthorizationRequired, Trouble> {
        let callback_url = authorizer.profile().callback_url();
        let Some(port) = port_here(callback_url) else {
            return Ok(authorizer.authorize(connection).await?);
        };
        if port != app.guard.port() {
            self.listen(app, port).await?;
        }
        let required = authorizer.authorize(connection).await?;
        let state = Url::parse(&required.url).ok().and_then(|url| parameter(url.query(), "state"));
        let path = Url::parse(callback_url).map(|url| url.path().to_owned()).unwrap_or_default();
        if let Some(state) = state {
            let now = Instant::now();
            let connection = connection.to_owned();
            let waiting = Waiting {
                connector: known.name(),
                connection,
                port,
                path,
                until: now + PATIENCE,
                used: false,
            };
            let mut all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            all.retain(|_, waiting| waiting.until > now);
            all.insert(state, waiting);
        }
        Ok(required)
    }

    /// Whether somebody comes back with this request, at the console's own port.
    pub(super) fn expects(&self, request: &Request, port: u16) -> bool {
        // A HEAD, which link checkers send, does not use an authorization up.
        *request.method() == Method::GET && self.find(request.uri(), port).is_some()
    }

    fn find(&self, uri: &Uri, port: u16) -> Option<(String, Waiting)> {
        let state = parameter(uri.query(), "state")?;
        let all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let is_there = |waiting: &&Waiting| {
            waiting.path == uri.path() && waiting.port == port && waiting.until > Instant::now()
        };
        let waiting = all.get(&state).filter(is_there)?.clone();
        Some((state, waiting))
    }

    /// Finishes the authorization of somebody who comes back; `None` for any other request.
    pub(super) async fn finish(&self, app: &Shared, parts: &Parts, port: u16) -> Option<Response> {
        if parts.method != Method::GET {
            return None;
        }
        let (state, waiting) = self.find(&parts.uri, port)?;
        if !app.guard.comes_back(&parts.headers) {
            let text = "The authorization was begun in another browser, or by somebody else. Begin it again from the console in this browser.";
            return Some(Trouble::new(StatusCode::FORBIDDEN, "Nothing was connected", text).into_response());
        }
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let known = match app.connector(waiting.connector) {
            Ok(known) => known,
            Err(trouble) => return Some(trouble.into_response()),
        };
        if waiting.used {
            return Some(authorize::used(&known));
        }
        let mark_used = || {
            let mut all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(waiting) = all.get_mut(&state) {
                waiting.used = true;
            }
        };
        mark_used();
        Some(match app.authorizer(&known).await {
            Ok(authorizer) => {
                let outcome = authorizer.finish_as(&query, &waiting.connection).await;
                authorize::outcome(app, &known, &authorizer, outcome)
            }
            Err(trouble) => trouble.into_response(),
        })
    }

    /// Listens at another port of this machine for as long as a link is good.
    async fn listen(&self, app: &Shared, port: u16) -> Result<(), Trouble> {
        let mut all = self.elsewhere.lock().await;
        if let Some(former) = all.remove(&port) {
            former.abort();
            former.await.ok();
        }
        let listeners = Listeners::bind(port).await.map_err(|error| {
            let text = format!(
                "The profile's callback URL leads to port {port} of this machine, and nothing can listen there: {error}. Close the program that \
                 does, or register {} with the app and enter it in the profile.",
                format_args!("{}/callback", app.guard.origin())
            );
            Trouble::refused("The authorization was not begun", &text)
        })?;
        let router = elsewhere(Arc::clone(app), port);
        let serve = async move {
            tokio::time::timeout(PATIENCE, listeners.serve(router)).await.ok();
        };
        all.insert(port, tokio::spawn(serve.into_future()));
        Ok(())
    }
}

/// Answers at another port than the console's: only those who come back.
fn elsewhere(app: Shared, port: u16) -> Router {
    Router::new().fallback(async move |request: Request| {
        let (parts, _) = request.into_parts();
        let answer = match Guard::is_host(&parts.headers, port) {
            true => app.returns.finish(&app, &parts, port).await,
            false => None,
        };
        let mut response = answer.unwrap_or_else(|| Trouble::not_found("Nothing is here.").into_response());
        harden(response.headers_mut());
        response
    })
}

fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query?.as_bytes());
    pairs.find_map(|(found, value)| (found == name).then(|| value.into_owned()))
}
