//! OAuth: the pages for signing in and consent, and the token endpoints.
//!
//! - [`authorize`], [`sign_in`] and [`page`]: what the user sees
//! - [`token`]: codes and refresh tokens become access tokens
//! - [`inspect`]: introspection and revocation
//! - [`params`]: parameters from queries, forms and JSON

pub(crate) mod authorize;
pub(crate) mod inspect;
pub(crate) mod page;
pub(crate) mod params;
pub(crate) mod sign_in;
pub(crate) mod token;

use axum::{
    Json, Router,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use rand::{Rng, distr::Alphanumeric};
use serde_json::json;
use uuid::Uuid;

use crate::state::Shared;

pub(crate) fn routes() -> Router<Shared> {
    let mut routes = Router::new()
        .route("/oauth/authorize", get(authorize::show).post(authorize::decide))
        .route("/oauth/{account}/authorize", get(authorize::show).post(authorize::decide))
        .route("/oauth/v1/token", post(token::v1))
        .route("/oauth/v1/access-tokens/{token}", get(inspect::v1_access))
        .route("/oauth/v1/refresh-tokens/{token}", get(inspect::v1_refresh).delete(inspect::v1_revoke));
    for version in ["v3", "2026-03", "2026-09"] {
        routes = routes
            .route(&format!("/oauth/{version}/token"), post(token::dated))
            .route(&format!("/oauth/{version}/token/introspect"), post(inspect::introspect))
            .route(&format!("/oauth/{version}/token/revoke"), post(inspect::revoke));
    }
    routes
}

/// An error of a token endpoint: RFC 6749's fields, and those that HubSpot had before.
#[derive(Debug)]
pub(crate) struct TokenError {
    error: &'static str,
    status: &'static str,
    message: String,
}

impl TokenError {
    pub(crate) fn new(error: &'static str, status: &'static str, message: impl Into<String>) -> Self {
        Self { error, status, message: message.into() }
    }
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        let body = json!({
            "error": self.error,
            "error_description": self.message,
            "status": self.status,
            "message": self.message,
        });
        let mut headers = no_store();
        if let Ok(id) = HeaderValue::from_str(&Uuid::new_v4().to_string()) {
            headers.insert("x-hubspot-correlation-id", id);
        }
        (StatusCode::BAD_REQUEST, headers, Json(body)).into_response()
    }
}

impl From<rusqlite::Error> for TokenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::new("server_error", "INTERNAL_ERROR", format!("the sandbox's database failed: {error}"))
    }
}

/// RFC 6749 §5.1
pub(crate) fn no_store() -> HeaderMap {
    HeaderMap::from_iter([
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::PRAGMA, HeaderValue::from_static("no-cache")),
    ])
}

/// A new secret of the length of HubSpot's, behind a prefix.
pub(crate) fn secret(prefix: &str, length: usize) -> String {
    let random = rand::rng().sample_iter(Alphanumeric).take(length).map(char::from);
    prefix.chars().chain(random).collect()
}
