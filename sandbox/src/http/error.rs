//! HubSpot's error body, and the ways in which the sandbox answers with one.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::HeaderName},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

const CORRELATION_ID: HeaderName = HeaderName::from_static("x-hubspot-correlation-id");
const SCOPES_PAGE: &str = "https://developers.hubspot.com/scopes";

/// The result of everything that may end in a HubSpot error.
pub(crate) type Answer<T = Response> = Result<T, ApiError>;

/// An error on its way to the client.
#[derive(Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    pub(crate) category: Option<&'static str>,
    /// What else stands in the body: `errors`, `context`, `links`, `subCategory`, …
    pub(crate) more: Map<String, Value>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, category: &'static str, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), category: Some(category), more: Map::new() }
    }

    /// HubSpot leaves `category` out of some answers.
    pub(crate) fn uncategorized(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), category: None, more: Map::new() }
    }

    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", message)
    }

    pub(crate) fn with(mut self, key: &str, value: Value) -> Self {
        self.more.insert(key.to_owned(), value);
        self
    }

    /// The two spaces are HubSpot's.
    pub(crate) fn object_not_found(id: &str) -> Self {
        Self::not_found("Object not found.  objectId are usually numeric.")
            .with("context", json!({"id": [id]}))
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "OBJECT_NOT_FOUND", message)
    }

    pub(crate) fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "INVALID_AUTHENTICATION",
            "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find \
             more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        )
    }

    pub(crate) fn expired(at: crate::time::Millis) -> Self {
        let ago = (crate::time::now() - at).max(0) / 1000;
        let ago = match ago {
            0..60 => format!("{ago} second(s)"),
            60..3600 => format!("{} minute(s)", ago / 60),
            3600..86400 => format!("{} hour(s)", ago / 3600),
            _ => format!("{} day(s)", ago / 86400),
        };
        Self::new(
            StatusCode::UNAUTHORIZED,
            "EXPIRED_AUTHENTICATION",
            format!("The OAuth token used to make this call expired {ago} ago."),
        )
        .with("context", json!({"expire time": [crate::time::to_iso(at)]}))
    }

    pub(crate) fn missing_scopes(any_of: &[String]) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "MISSING_SCOPES",
            format!(
                "This app hasn't been granted all required scopes to make this call. Read more about required \
                 scopes here: {SCOPES_PAGE}."
            ),
        )
        .with(
            "errors",
            json!([{
                "message": "One or more of the following scopes are required.",
                "context": {"requiredGranularScopes": any_of},
            }]),
        )
        .with("links", json!({"scopes": SCOPES_PAGE}))
    }

    pub(crate) fn body(&self, correlation: &str) -> Value {
        let mut body = Map::new();
        body.insert("status".into(), "error".into());
        body.insert("message".into(), self.message.clone().into());
        body.insert("correlationId".into(), correlation.into());
        body.extend(self.more.clone());
        if let Some(category) = self.category {
            body.insert("category".into(), category.into());
        }
        Value::Object(body)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let correlation = Uuid::new_v4().to_string();
        let mut response = (self.status, Json(self.body(&correlation))).into_response();
        if let Ok(value) = HeaderValue::from_str(&correlation) {
            response.headers_mut().insert(CORRELATION_ID, value);
        }
        response
    }
}

impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "INTERNAL_ERROR",
            format!("the sandbox's database failed: {error}"),
        )
    }
}
