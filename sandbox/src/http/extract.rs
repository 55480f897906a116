//! What handlers ask of a request: its JSON body, its query in both encodings, its path.

use std::collections::HashMap;

use axum::{
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{StatusCode, header::CONTENT_TYPE, request::Parts},
};
use serde::de::DeserializeOwned;

use super::error::ApiError;
use crate::crm::kinds::Kind;

/// A JSON body, with HubSpot's answers to one that cannot be read.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        if !kind.is_empty() && !kind.to_ascii_lowercase().contains("json") {
            return Err(ApiError::uncategorized(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "the content type must be application/json",
            ));
        }
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(|error| ApiError::uncategorized(error.status(), error.body_text()))?;
        read(&bytes).map(Self)
    }
}

/// Reads JSON; the error names the place, and the field that is missing.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line().max(1), error.column());
        let text = error.to_string();
        let reason = text.split(" at line ").next().unwrap_or_default();
        let place = format!("Invalid input JSON on line {line}, column {column}");
        match reason.strip_prefix("missing field `") {
            Some(field) => ApiError::validation(format!(
                "{place}. Some required fields were not set: [{}]",
                field.trim_end_matches('`')
            )),
            None => ApiError::uncategorized(StatusCode::BAD_REQUEST, format!("{place}: {}", in_java(reason))),
        }
    })
}

/// serde's words for a wrong type in those of HubSpot's parser.
fn in_java(reason: &str) -> String {
    match reason.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected ")) {
        Some((found, wanted)) => format!("Cannot deserialize value of type `{wanted}` from {found}"),
        None => reason.to_owned(),
    }
}

/// The query string. HubSpot takes lists as repeated keys, as one comma list, and as a mixture of both.
pub(crate) struct Query(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }
}

impl Query {
    pub(crate) fn first(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    pub(crate) fn list(&self, key: &str) -> Vec<String> {
        let mut all = Vec::new();
        for (_, value) in self.0.iter().filter(|(name, _)| name == key) {
            for part in value.split(',').map(str::trim).filter(|part| !part.is_empty()) {
                if !all.iter().any(|known| known == part) {
                    all.push(part.to_owned());
                }
            }
        }
        all
    }

    pub(crate) fn flag(&self, key: &str) -> Result<bool, ApiError> {
        // HubSpot's Python client writes `True`.
        match self.first(key).map(str::to_ascii_lowercase).as_deref() {
            None | Some("" | "false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(ApiError::validation(format!("{key} must be true or false, not \"{other}\""))),
        }
    }

    /// A page size between 1 and `max`.
    pub(crate) fn limit(&self, default: usize, max: usize) -> Result<usize, ApiError> {
        let Some(text) = self.first("limit").filter(|text| !text.is_empty()) else { return Ok(default) };
        let limit = text
            .parse::<i64>()
            .map_err(|_| ApiError::validation(format!("limit is not a number: {text}")))?;
        match usize::try_from(limit) {
            Ok(limit) if (1..=max).contains(&limit) => Ok(limit),
            _ => Err(ApiError::validation(format!("limit must be between 1 and {max}, but was {limit}"))),
        }
    }

    /// The query with one key replaced, for the link to the next page.
    pub(crate) fn replaced(&self, key: &str, value: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.0.iter().filter(|(name, _)| name != key));
        query.append_pair(key, value).finish()
    }
}

/// The named parts of the path, and the object type among them.
pub(crate) struct Target {
    pub(crate) kind: &'static Kind,
    parts: HashMap<String, String>,
}

impl Target {
    /// A part of the route; empty where the route has no such part.
    pub(crate) fn part(&self, name: &str) -> &str {
        self.parts.get(name).map_or("", String::as_str)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Target {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(named) = Path::<HashMap<String, String>>::from_request_parts(parts, state)
            .await
            .map_err(|error| ApiError::uncategorized(error.status(), error.body_text()))?;
        if let Some(version) = named.get("version")
            && !crate::http::routes::VERSIONS.contains(&version.as_str())
        {
            return Err(ApiError::uncategorized(
                StatusCode::NOT_FOUND,
                format!("unknown API version {version}"),
            ));
        }
        let kind = Kind::find(named.get("kind").map_or("", String::as_str))?;
        Ok(Self { kind, parts: named })
    }
}
