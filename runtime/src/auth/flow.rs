//! The authorization code flow (RFC 6749 §4.1), with PKCE (RFC 7636) where the provider takes it.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::endpoint::Endpoints;
use super::{AccessToken, AuthError, AuthorizationProfile, RefreshToken};
use crate::hash::sha256;
use crate::redact::{Said, redacted};

/// A link for a person to open, and what is needed to accept the answer.
#[derive(Clone)]
#[must_use = "the link must be opened, and the request kept until the provider redirects back"]
pub struct AuthorizationRequest {
    /// The link.
    pub url: String,
    /// The state that the redirect must repeat (RFC 6749 §10.12).
    pub state: String,
    pub(super) verifier: Option<SecretString>,
}

/// What the token endpoint answered (RFC 6749 §5.1).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TokenResponse {
    /// Authorizes calls.
    pub access_token: AccessToken,
    /// Gets the next access token.
    pub refresh_token: Option<RefreshToken>,
    /// How long the access token is valid.
    pub expires_in: Option<Duration>,
    /// The scopes that were granted, where the provider tells them.
    pub scopes: Option<Vec<String>>,
    /// The account that the token belongs to, where the provider tells it.
    pub account_id: Option<String>,
}

impl AuthorizationProfile {
    /// A link that asks a person for the authorization.
    ///
    /// For programs that keep no connections. [`Authorizer`](super::Authorizer) does all of this, and keeps and refreshes the
    /// tokens.
    ///
    /// # Errors
    /// [`AuthError::Profile`] with everything that is wrong with the profile.
    pub fn authorize(&self) -> Result<AuthorizationRequest, AuthError> {
        self.validate()?;
        let provider = &self.provider;
        let mut url = Url::parse(&provider.authorization_url)
            .map_err(|error| AuthError::Profile(vec![format!("the authorization URL: {error}")]))?;
        let state = random_text()?;
        let verifier = if provider.pkce { Some(random_text()?) } else { None };
        let mut query = url.query_pairs_mut();
        query.append_pair("response_type", "code").append_pair("client_id", &self.client_id);
        query.append_pair("state", &state);
        if let Some(verifier) = &verifier {
            // RFC 7636 §4.2.
            query.append_pair("code_challenge", &BASE64URL.encode(sha256(&[verifier.as_bytes()])));
            query.append_pair("code_challenge_method", "S256");
        }
        query.append_pair("redirect_uri", &self.redirect_uri);
        if !provider.scopes.is_empty() {
            query.append_pair("scope", &provider.scopes.join(&provider.scope_separator));
        }
        if !self.optional_scopes.is_empty() {
            query.append_pair("optional_scope", &self.optional_scopes.join(&provider.scope_separator));
        }
        for (name, value) in &provider.authorize_params {
            query.append_pair(name, value);
        }
        drop(query);
        Ok(AuthorizationRequest { url: url.into(), state, verifier: verifier.map(SecretString::from) })
    }

    /// Exchanges the redirect that the provider answered with for tokens.
    ///
    /// `redirect` is the whole address, or just its query.
    ///
    /// # Errors
    /// See [`AuthError`].
    pub async fn exchange(
        &self,
        request: &AuthorizationRequest,
        redirect: &str,
    ) -> Result<TokenResponse, AuthError> {
        let redirect = Redirect::parse(redirect);
        if !same(redirect.state.as_bytes(), request.state.as_bytes()) {
            return Err(AuthError::StateMismatch);
        }
        let verifier = request.verifier.as_ref().map(|verifier| verifier.expose_secret().to_owned());
        Endpoints::new(self.clone())?.exchange_code(redirect.code()?, verifier).await
    }

    /// Gets a new access token (RFC 6749 §6).
    ///
    /// # Errors
    /// See [`AuthError`].
    pub async fn refresh(&self, refresh_token: &RefreshToken) -> Result<TokenResponse, AuthError> {
        Endpoints::new(self.clone())?.refresh(refresh_token).await
    }

    /// Gets an access token for the application itself (RFC 6749 §4.4).
    ///
    /// # Errors
    /// See [`AuthError`].
    pub async fn client_credentials(&self) -> Result<TokenResponse, AuthError> {
        Endpoints::new(self.clone())?.client_credentials(&self.provider.scopes).await
    }
}

/// The address that a person came back with, taken apart.
pub(super) struct Redirect {
    pub(super) state: String,
    parameters: HashMap<String, String>,
}

impl Redirect {
    pub(super) fn parse(redirect: &str) -> Self {
        // A query alone may hold a `?` too (RFC 3986 §3.4): it begins with a parameter, an address does not.
        let query = match redirect.split_once('?') {
            Some((address, query)) if !address.contains('=') => query,
            _ => redirect,
        };
        let query = query.split_once('#').map_or(query, |(query, _)| query);
        let mut parameters: HashMap<_, _> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self { state: parameters.remove("state").unwrap_or_default(), parameters }
    }

    /// The code, once the state was compared.
    pub(super) fn code(mut self) -> Result<String, AuthError> {
        if let Some(error) = self.parameters.remove("error") {
            let description = self.parameters.remove("error_description");
            let hidden = |text: String| redacted(&text, Said::ByProvider);
            return Err(AuthError::Refused { error: hidden(error), description: description.map(hidden) });
        }
        self.parameters.remove("code").filter(|code| !code.is_empty()).ok_or(AuthError::NoCode)
    }
}

/// 256 random bits as text: a state that nobody guesses (RFC 6749 §10.10), and a code verifier as RFC 7636 §4.1 has it.
fn random_text() -> Result<String, AuthError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| {
        AuthError::Configuration(format!("the operating system has no randomness to give: {error}"))
    })?;
    Ok(BASE64URL.encode(bytes))
}

/// Compares in a time that does not depend on where the difference is.
fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

impl std::fmt::Debug for AuthorizationRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthorizationRequest").field("pkce", &self.verifier.is_some()).finish_non_exhaustive()
    }
}
