//! Who calls: the bearer token of a request and its scopes.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};

use super::error::{Answer, ApiError};
use crate::{
    state::State,
    store::tokens::{Token, Use},
};

/// An authenticated caller.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) token: Token,
}

impl Caller {
    /// Reads the `Authorization` header.
    pub(crate) fn authenticate(state: &State, headers: &HeaderMap) -> Answer<Self> {
        let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let token = match value.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => return Err(ApiError::unauthenticated()),
        };
        let token =
            state.store().token(token)?.filter(|token| !matches!(token.used_as, Use::Code | Use::Refresh));
        let token = token.ok_or_else(ApiError::unauthenticated)?;
        match token.expires {
            Some(at) if token.is_expired() => Err(ApiError::expired(at)),
            _ => Ok(Self { token }),
        }
    }

    /// Insists on one of these scopes.
    pub(crate) fn need(&self, any_of: &[String]) -> Answer<()> {
        if any_of.iter().any(|scope| self.token.scopes.contains(scope)) {
            return Ok(());
        }
        Err(ApiError::missing_scopes(any_of))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        parts.extensions.get::<Self>().cloned().ok_or_else(ApiError::unauthenticated)
    }
}
