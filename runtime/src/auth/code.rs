//! The authorization code flow (RFC 6749 §4.1), with PKCE (RFC 7636) where the provider takes it.

use std::collections::HashMap;
use std::time::Duration;

use oauth2::basic::{BasicErrorResponse, BasicTokenType};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{AccessToken, RefreshToken};
use crate::action::Connector;
use crate::error::Error;
use crate::meta::{ConnectorMeta, OAuth2Meta};

/// An application registered with the provider, and where it sends its users back to.
///
/// Endpoints and scopes come from the connector's spec; [`new`](Self::new) takes what only the application knows.
#[derive(Clone)]
pub struct AuthorizationProfile {
    provider: &'static OAuth2Meta,
    client_id: String,
    client_secret: SecretString,
    redirect_uri: String,
    authorization_url: String,
    token_url: String,
    scopes: Vec<String>,
    pkce: bool,
}

/// A link for a person to open, and what is needed to accept the answer.
#[derive(Clone)]
#[must_use = "the link must be opened, and the request kept until the provider redirects back"]
pub struct AuthorizationRequest {
    /// The link.
    pub url: String,
    /// The state that the redirect must repeat (RFC 6749 §10.12).
    pub state: String,
    verifier: Option<SecretString>,
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

/// Why an authorization did not lead to a token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// The redirect does not belong to this request: it may be an attack (RFC 6749 §10.12).
    #[error("the state of the redirect is not the one that was sent; start the authorization again")]
    StateMismatch,
    /// The person or the provider refused.
    #[error("the authorization was refused: {error}{}", description.as_ref().map(|d| format!(", {d}")).unwrap_or_default())]
    Refused {
        /// RFC 6749 §4.1.2.1.
        error: String,
        /// The provider's words.
        description: Option<String>,
    },
    /// The redirect has neither a code nor an error.
    #[error("the redirect has no `code`")]
    NoCode,
    /// The token endpoint refused (RFC 6749 §5.2).
    #[error("the token endpoint refused: {error}{}", description.as_ref().map(|d| format!(", {d}")).unwrap_or_default())]
    Token {
        /// RFC 6749 §5.2, or the provider's own code.
        error: String,
        /// The provider's words.
        description: Option<String>,
        /// Whether only a new authorization helps.
        needs_authorization: bool,
    },
    /// The token endpoint could not be reached.
    #[error("cannot reach the token endpoint")]
    Transport(#[source] reqwest::Error),
    /// The token endpoint answered something else than RFC 6749 prescribes.
    #[error("the token endpoint's answer cannot be read: {0}")]
    Unreadable(String),
    /// The profile cannot be used.
    #[error(transparent)]
    Configuration(Error),
}

impl AuthorizationProfile {
    /// An application's profile for the connector `C`, with the spec's endpoints and the connector's scopes.
    ///
    /// # Errors
    /// Where the connector has no OAuth 2.0.
    pub fn new<C: Connector>(
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
        redirect_uri: impl Into<String>,
    ) -> Result<Self, AuthError> {
        Self::of(C::META, client_id.into(), client_secret.into(), redirect_uri.into())
    }

    fn of(
        connector: &'static ConnectorMeta,
        client_id: String,
        client_secret: String,
        redirect_uri: String,
    ) -> Result<Self, AuthError> {
        let provider = connector.oauth2.ok_or_else(|| {
            AuthError::Configuration(Error::Configuration(format!("{} has no OAuth 2.0", connector.title)))
        })?;
        Ok(Self {
            provider,
            client_id,
            client_secret: SecretString::from(client_secret),
            redirect_uri,
            authorization_url: provider.authorization_url.to_owned(),
            token_url: provider.token_url.to_owned(),
            scopes: connector.scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            pkce: provider.pkce,
        })
    }

    /// Another authorization endpoint than the spec's.
    #[must_use]
    pub fn authorization_url(mut self, url: impl Into<String>) -> Self {
        self.authorization_url = url.into();
        self
    }

    /// Another token endpoint than the spec's.
    #[must_use]
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = url.into();
        self
    }

    /// Other scopes than the connector's.
    #[must_use]
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Whether to use PKCE; by default as the spec says.
    #[must_use]
    pub const fn pkce(mut self, pkce: bool) -> Self {
        self.pkce = pkce;
        self
    }

    /// A link that asks a person for the authorization.
    ///
    /// # Errors
    /// Where an address of the profile is none.
    pub fn authorize(&self) -> Result<AuthorizationRequest, AuthError> {
        let client = self.client()?;
        let mut request = client.authorize_url(CsrfToken::new_random);
        // One scope that joins them all: providers differ in the separator, the crate always takes a space.
        if !self.scopes.is_empty() {
            request = request.add_scope(Scope::new(self.scopes.join(self.provider.scope_separator)));
        }
        for (name, value) in self.provider.authorize_params {
            request = request.add_extra_param(*name, *value);
        }
        let mut verifier = None;
        if self.pkce {
            let (challenge, secret) = PkceCodeChallenge::new_random_sha256();
            request = request.set_pkce_challenge(challenge);
            verifier = Some(SecretString::from(secret.into_secret()));
        }
        let (url, state) = request.url();
        Ok(AuthorizationRequest { url: url.into(), state: state.into_secret(), verifier })
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
        let code = request.code(redirect)?;
        let client = self.client()?;
        let mut exchange = client.exchange_code(AuthorizationCode::new(code));
        if let Some(verifier) = &request.verifier {
            exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().to_owned()));
        }
        let http = http_client()?;
        let answer = exchange.request_async(&|request| fetch(http.clone(), request)).await;
        self.read(answer)
    }

    /// Gets a new access token (RFC 6749 §6).
    ///
    /// # Errors
    /// See [`AuthError`].
    pub async fn refresh(&self, refresh_token: &RefreshToken) -> Result<TokenResponse, AuthError> {
        let client = self.client()?;
        let token = oauth2::RefreshToken::new(refresh_token.expose().to_owned());
        let http = http_client()?;
        let answer = client
            .exchange_refresh_token(&token)
            .request_async(&|request| fetch(http.clone(), request))
            .await;
        self.read(answer)
    }

    fn client(&self) -> Result<OAuthClient, AuthError> {
        let invalid = |what: &str, error: oauth2::url::ParseError| {
            AuthError::Configuration(Error::Configuration(format!("authorization profile: {what}: {error}")))
        };
        let auth_type =
            if self.provider.credentials_in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        Ok(oauth2::Client::new(ClientId::new(self.client_id.clone()))
            .set_client_secret(ClientSecret::new(self.client_secret.expose_secret().to_owned()))
            .set_auth_type(auth_type)
            .set_auth_uri(
                AuthUrl::new(self.authorization_url.clone())
                    .map_err(|error| invalid("authorization URL", error))?,
            )
            .set_token_uri(
                TokenUrl::new(self.token_url.clone()).map_err(|error| invalid("token URL", error))?,
            )
            .set_redirect_uri(
                RedirectUrl::new(self.redirect_uri.clone())
                    .map_err(|error| invalid("redirect URI", error))?,
            ))
    }

    fn read(
        &self,
        answer: Result<OAuthTokens, RequestTokenError<reqwest::Error, BasicErrorResponse>>,
    ) -> Result<TokenResponse, AuthError> {
        let tokens = match answer {
            Ok(tokens) => tokens,
            Err(RequestTokenError::ServerResponse(answer)) => {
                let error = answer.error().to_string();
                return Err(AuthError::Token {
                    needs_authorization: self.provider.dead_grant.contains(&error.as_str()),
                    error,
                    description: answer.error_description().cloned(),
                });
            }
            Err(RequestTokenError::Request(error)) => return Err(AuthError::Transport(error.without_url())),
            // The body may hold a token: only its problem is told, never its text.
            Err(RequestTokenError::Parse(error, _)) => return Err(AuthError::Unreadable(error.to_string())),
            Err(RequestTokenError::Other(message)) => return Err(AuthError::Unreadable(message)),
        };
        let other = Value::Object(tokens.extra_fields().0.clone());
        let at = |pointer: Option<&str>| other.pointer(pointer?);
        let granted = at(self.provider.granted_scopes_path)
            .and_then(Value::as_array)
            .map(|list| list.iter().filter_map(|scope| scope.as_str().map(str::to_owned)).collect());
        Ok(TokenResponse {
            access_token: tokens.access_token().secret().as_str().into(),
            refresh_token: tokens.refresh_token().map(|token| token.secret().as_str().into()),
            expires_in: tokens.expires_in(),
            scopes: granted
                .or_else(|| Some(tokens.scopes()?.iter().map(|scope| scope.to_string()).collect())),
            account_id: at(self.provider.account_id_path).map(|id| match id {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            }),
        })
    }
}

impl AuthorizationRequest {
    /// The code of a redirect, after its state was compared.
    fn code(&self, redirect: &str) -> Result<String, AuthError> {
        let query = redirect.split_once('?').map_or(redirect, |(_, query)| query);
        let query = query.split_once('#').map_or(query, |(query, _)| query);
        let mut parameters: HashMap<_, _> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let state = parameters.remove("state").unwrap_or_default();
        if !same(state.as_bytes(), self.state.as_bytes()) {
            return Err(AuthError::StateMismatch);
        }
        if let Some(error) = parameters.remove("error") {
            return Err(AuthError::Refused { error, description: parameters.remove("error_description") });
        }
        parameters.remove("code").ok_or(AuthError::NoCode)
    }
}

/// Compares in a time that does not depend on where the difference is.
fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

type OAuthTokens = StandardTokenResponse<OtherFields, BasicTokenType>;
type OAuthClient = oauth2::Client<
    BasicErrorResponse,
    OAuthTokens,
    oauth2::basic::BasicTokenIntrospectionResponse,
    oauth2::StandardRevocableToken,
    oauth2::basic::BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// Fields of the token response that RFC 6749 does not know.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct OtherFields(serde_json::Map<String, Value>);

impl ExtraTokenFields for OtherFields {}

fn http_client() -> Result<reqwest::Client, AuthError> {
    crate::client::http_client(None, Duration::from_secs(10)).map_err(AuthError::Configuration)
}

async fn fetch(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let mut request = reqwest::Request::try_from(request)?;
    *request.timeout_mut() = Some(Duration::from_secs(30));
    let response = http.execute(request).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut answer = HttpResponse::new(response.bytes().await?.to_vec());
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Ok(answer)
}

impl std::fmt::Debug for AuthorizationProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthorizationProfile")
            .field("client_id", &self.client_id)
            .field("client_secret", &"…")
            .field("redirect_uri", &self.redirect_uri)
            .field("authorization_url", &self.authorization_url)
            .field("token_url", &self.token_url)
            .field("scopes", &self.scopes)
            .field("pkce", &self.pkce)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for AuthorizationRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthorizationRequest").field("pkce", &self.verifier.is_some()).finish_non_exhaustive()
    }
}
