//! Finishes authorizations in a web application made with the crate `axum`.
//!
//! ```
//! use axum::{Router, http::request::Parts};
//! use typed_connector::auth::{Authorizer, axum::callback};
//!
//! fn app(authorizer: &Authorizer) -> Router {
//!     let callback = callback(authorizer).user(signed_in).on_success("/settings?connected=hubspot");
//!     Router::new().route("/oauth/callback", callback.into_route())
//! }
//!
//! /// Who is signed in, from your session's cookie: the key of the user's connection.
//! fn signed_in(request: &Parts) -> Option<String> {
//! # let _ = request;
//!     // …
//! # None
//! }
//! ```
//!
//! Log requests to this path without their query: it holds the authorization's code and state.

use std::sync::Arc;

use ::axum::body::Body;
use ::axum::extract::Request;
use ::axum::response::Response;
use ::axum::routing::{MethodFilter, MethodRouter, on};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};

use super::page::{Page, explain};
use super::{AuthError, Authorizer, Connection};

type User = Arc<dyn Fn(&Parts) -> Option<String> + Send + Sync>;
type OnSuccess = Arc<dyn Fn(&Connection) -> Response + Send + Sync>;
type OnError = Arc<dyn Fn(&AuthError) -> Response + Send + Sync>;

/// What answers a browser that comes back from the provider; made by [`callback`].
#[derive(Clone)]
#[must_use = "a callback does nothing until it is in a router"]
pub struct CallbackHandler {
    authorizer: Authorizer,
    user: Option<User>,
    on_success: OnSuccess,
    on_error: OnError,
}

/// Finishes the authorizations of this authorizer at its profile's callback URL.
///
/// Connections that belong to users need [`user`](CallbackHandler::user) as well.
pub fn callback(authorizer: &Authorizer) -> CallbackHandler {
    let provider: Arc<str> = authorizer.profile().name().into();
    let done = Arc::clone(&provider);
    CallbackHandler {
        authorizer: authorizer.clone(),
        user: None,
        on_success: Arc::new(move |connection| {
            let next = "You can close this page and return to the application.";
            respond(&Page::done(&done, connection.account_id.as_deref(), next))
        }),
        on_error: Arc::new(move |error| respond(&Page::failed(&provider, error))),
    }
}

/// The HTTP status that tells what an error is: 400 for a redirect that was not expected, 403 for a refusal, 502 for a provider
/// that does not do what it should, 500 for what is wrong on our side.
#[must_use]
pub fn status_of(error: &AuthError) -> StatusCode {
    explain(error).0
}

impl CallbackHandler {
    /// Says which connection the person at the browser may authorize, from the application's own session. Nobody signed in, or
    /// somebody else than the link was made for: the authorization is refused.
    ///
    /// Without it, whoever gets an authorize link from you can send it to somebody else, and have *that* person's account connected
    /// as their own (RFC 6749 §10.12). The session's cookie must be `SameSite=Lax`: a `Strict` one does not come along with a
    /// redirect from the provider.
    pub fn user(mut self, user: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static) -> Self {
        self.user = Some(Arc::new(user));
        self
    }

    /// Where to send the browser afterwards, instead of a page of ours: a path or an address of your application.
    ///
    /// # Panics
    /// Where no header can carry it, such as one with a line break.
    pub fn on_success(self, location: &str) -> Self {
        let location = HeaderValue::from_str(location).expect("a location that a header can carry");
        self.on_success_with(move |_| {
            let mut response = empty(StatusCode::SEE_OTHER);
            response.headers_mut().insert(header::LOCATION, location.clone());
            response
        })
    }

    /// An answer of your own, made of the connection.
    pub fn on_success_with(
        mut self,
        answer: impl Fn(&Connection) -> Response + Send + Sync + 'static,
    ) -> Self {
        self.on_success = Arc::new(answer);
        self
    }

    /// A page of your own for what went wrong. An [`AuthError`]'s text is for developers; [`status_of`] gives a fitting status.
    pub fn on_error(mut self, answer: impl Fn(&AuthError) -> Response + Send + Sync + 'static) -> Self {
        self.on_error = Arc::new(answer);
        self
    }

    /// What [`Router::route`](::axum::Router::route) takes, for the path of the callback URL. Only GET is answered: a HEAD, which link
    /// checkers send, must not use the authorization up.
    pub fn into_route<S: Clone + Send + Sync + 'static>(self) -> MethodRouter<S> {
        let refuse = || async { empty(StatusCode::METHOD_NOT_ALLOWED) };
        let handle = move |request: Request| {
            let handler = self.clone();
            async move { handler.handle(request).await }
        };
        on(MethodFilter::GET, handle).head(refuse)
    }

    /// The answer to one request, for a handler of your own.
    pub async fn handle(&self, request: Request) -> Response {
        let (parts, _) = request.into_parts();
        let query = parts.uri.query().unwrap_or_default();
        let outcome = match self.user.as_ref().map(|user| user(&parts)) {
            None => self.authorizer.finish(query).await,
            Some(Some(connection)) => self.authorizer.finish_as(query, &connection).await,
            Some(None) => Err(AuthError::StateMismatch),
        };
        let mut response = match &outcome {
            Ok(connection) => {
                tracing::info!(connection = %connection.key, "connected");
                (self.on_success)(connection)
            }
            Err(error) => {
                tracing::warn!(%error, "an authorization was not finished");
                (self.on_error)(error)
            }
        };
        // The address in the browser holds code and state, whoever makes the page.
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        response
    }
}

fn respond(page: &Page) -> Response {
    let mut response = Response::new(Body::from(page.html.clone()));
    *response.status_mut() = page.status;
    for (name, value) in Page::headers() {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

impl std::fmt::Debug for CallbackHandler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallbackHandler")
            .field("authorizer", &self.authorizer)
            .field("user", &self.user.is_some())
            .finish_non_exhaustive()
    }
}
