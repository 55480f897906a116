//! Talking to a provider's endpoints: bounded in time and size, without redirects, with every refusal typed.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use oauth2::basic::{BasicErrorResponse, BasicTokenType};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet,
    ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use secrecy::ExposeSecret;
use serde_json::Value;

use super::profile::is_safe;
use super::{AuthError, AuthorizationProfile, RefreshToken, TokenResponse};

/// A token response has a few hundred bytes; more than this is none.
const MAX_ANSWER: usize = 1024 * 1024;
const TIMEOUT: Duration = Duration::from_secs(30);

type OAuthTokens = StandardTokenResponse<OtherFields, BasicTokenType>;
pub(super) type OAuthClient = oauth2::Client<
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
pub(super) struct OtherFields(serde_json::Map<String, Value>);

impl ExtraTokenFields for OtherFields {}

/// The endpoints of one profile.
#[derive(Clone)]
pub(super) struct Endpoints {
    profile: AuthorizationProfile,
    http: reqwest::Client,
    timeout: Duration,
}

impl Endpoints {
    pub(super) fn new(profile: AuthorizationProfile) -> Result<Self, AuthError> {
        let http =
            crate::client::http_client(None, Duration::from_secs(10)).map_err(AuthError::configuration)?;
        Ok(Self { profile, http, timeout: TIMEOUT })
    }

    pub(super) const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    pub(super) const fn profile(&self) -> &AuthorizationProfile {
        &self.profile
    }

    /// RFC 6749 §4.1.3.
    pub(super) async fn exchange_code(
        &self,
        code: String,
        verifier: Option<String>,
    ) -> Result<TokenResponse, AuthError> {
        let client = self.profile.oauth_client(&self.profile.provider.token_url)?;
        let mut exchange = client.exchange_code(AuthorizationCode::new(code.clone()));
        if let Some(verifier) = verifier.clone() {
            exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(verifier));
        }
        let answer = exchange.request_async(&self.sender()).await;
        self.read(answer, &[&code, verifier.as_deref().unwrap_or_default()])
    }

    /// RFC 6749 §6.
    pub(super) async fn refresh(&self, refresh_token: &RefreshToken) -> Result<TokenResponse, AuthError> {
        let provider = &self.profile.provider;
        let client =
            self.profile.oauth_client(provider.refresh_url.as_ref().unwrap_or(&provider.token_url))?;
        let token = oauth2::RefreshToken::new(refresh_token.expose().to_owned());
        let answer = client.exchange_refresh_token(&token).request_async(&self.sender()).await;
        self.read(answer, &[refresh_token.expose()])
    }

    /// RFC 6749 §4.4. No refusal is for a person to mend.
    pub(super) async fn client_credentials(&self, scopes: &[String]) -> Result<TokenResponse, AuthError> {
        let client = self.profile.oauth_client(&self.profile.provider.token_url)?;
        let mut exchange = client.exchange_client_credentials();
        if !scopes.is_empty() {
            exchange = exchange.add_scope(Scope::new(scopes.join(&self.profile.provider.scope_separator)));
        }
        let answer = exchange.request_async(&self.sender()).await;
        self.read(answer, &[]).map_err(|error| match error {
            AuthError::Token { error, description, .. } => {
                AuthError::Token { error, description, needs_authorization: false }
            }
            other => other,
        })
    }

    /// RFC 7662.
    pub(super) async fn introspect(&self, token: &str, hint: &str) -> Result<Value, AuthError> {
        let url = self.profile.provider.introspection_url.as_deref();
        let body = self.post(url, "introspection", token, hint).await?;
        serde_json::from_slice(&body)
            .map_err(|_| AuthError::Unreadable("the introspection endpoint answered no JSON".into()))
    }

    /// RFC 7009.
    pub(super) async fn revoke(&self, token: &str, hint: &str) -> Result<(), AuthError> {
        let url = self.profile.provider.revocation_url.as_deref();
        self.post(url, "revocation", token, hint).await.map(drop)
    }

    /// A token to an endpoint that takes one. The `oauth2` crate sends neither to HubSpot's taste, which wants the client's
    /// credentials in the body here too.
    async fn post(
        &self,
        url: Option<&str>,
        what: &str,
        token: &str,
        hint: &str,
    ) -> Result<Vec<u8>, AuthError> {
        let title = &self.profile.provider.title;
        let url = url.ok_or_else(|| AuthError::Profile(vec![format!("{title} has no {what} endpoint")]))?;
        let (id, secret) = (&*self.profile.client_id, self.profile.client_secret.expose_secret());
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("token", token).append_pair("token_type_hint", hint);
        let mut request =
            http::Request::post(url).header("content-type", "application/x-www-form-urlencoded");
        if self.profile.provider.credentials_in_body {
            form.append_pair("client_id", id).append_pair("client_secret", secret);
        } else {
            // RFC 6749 §2.3.1: both are form-encoded before they are joined.
            let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let pair = format!("{}:{}", encode(id), encode(secret));
            let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, pair);
            request = request.header("authorization", format!("Basic {encoded}"));
        }
        let request = request
            .body(form.finish().into_bytes())
            .map_err(|error| AuthError::Profile(vec![format!("the {what} URL cannot be used: {error}")]))?;
        let answer = self.fetch(request).await.map_err(FetchError::into_auth)?;
        if answer.status().is_success() {
            return Ok(answer.into_body());
        }
        Err(self.refusal(answer.body(), &format!("HTTP {}", answer.status()), &[token]))
    }

    /// What the `oauth2` crate sends with. It owns what it needs, since a borrow in it would keep the whole flow from being
    /// spawned (rust-lang/rust#100013).
    fn sender(
        &self,
    ) -> impl Fn(HttpRequest) -> Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send>> {
        let this = self.clone();
        move |request| {
            let this = this.clone();
            Box::pin(async move { this.fetch(request).await })
        }
    }

    async fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        let mut request = reqwest::Request::try_from(request).map_err(FetchError::Http)?;
        // The profile was validated, but it may have been stored by an older version or by hand.
        if !is_safe(request.url()) {
            return Err(FetchError::Unsafe);
        }
        *request.timeout_mut() = Some(self.timeout);
        let mut response = self.http.execute(request).await.map_err(FetchError::Http)?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(FetchError::Http)? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        if status.is_server_error() || status == http::StatusCode::TOO_MANY_REQUESTS {
            return Err(FetchError::Status(status));
        }
        let mut answer = HttpResponse::new(body);
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }

    /// `sent` are the secrets of the request, which some providers repeat in their errors.
    fn read(
        &self,
        answer: Result<OAuthTokens, RequestTokenError<FetchError, BasicErrorResponse>>,
        sent: &[&str],
    ) -> Result<TokenResponse, AuthError> {
        let tokens = match answer {
            Ok(tokens) => tokens,
            Err(RequestTokenError::ServerResponse(answer)) => {
                let (error, description) = (answer.error().to_string(), answer.error_description().cloned());
                return Err(self.refused(error, description, sent));
            }
            Err(RequestTokenError::Request(error)) => return Err(error.into_auth()),
            // The body may hold a token: only what is wrong with it is told, never its text.
            Err(RequestTokenError::Parse(error, body)) => {
                let at = error.inner();
                let what = format!("no token response, line {} column {}", at.line(), at.column());
                return Err(self.refusal(&body, &what, sent));
            }
            Err(RequestTokenError::Other(message)) => return Err(AuthError::Unreadable(message)),
        };
        let provider = &self.profile.provider;
        let other = Value::Object(tokens.extra_fields().0.clone());
        let at = |pointer: &Option<String>| other.pointer(pointer.as_deref()?);
        let granted = at(&provider.granted_scopes_path)
            .and_then(Value::as_array)
            .map(|list| list.iter().filter_map(|scope| scope.as_str().map(str::to_owned)).collect());
        Ok(TokenResponse {
            access_token: tokens.access_token().secret().as_str().into(),
            refresh_token: tokens.refresh_token().map(|token| token.secret().as_str().into()),
            expires_in: tokens.expires_in(),
            scopes: granted
                .or_else(|| Some(tokens.scopes()?.iter().map(|scope| scope.to_string()).collect())),
            account_id: at(&provider.account_id_path).map(|id| match id {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            }),
        })
    }

    /// An error body that is not RFC 6749's: HubSpot's older endpoints have `status` and `message`.
    fn refusal(&self, body: &[u8], otherwise: &str, sent: &[&str]) -> AuthError {
        let json: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |keys: [&str; 2]| keys.iter().find_map(|key| json.get(key)?.as_str()).map(str::to_owned);
        match text(["error", "status"]) {
            Some(error) => self.refused(error, text(["error_description", "message"]), sent),
            None => AuthError::Unreadable(otherwise.to_owned()),
        }
    }

    fn refused(&self, error: String, description: Option<String>, sent: &[&str]) -> AuthError {
        let needs_authorization = self.profile.provider.dead_grant.contains(&error);
        let secret = self.profile.client_secret.expose_secret();
        let hidden = |mut text: String| {
            for secret in sent.iter().chain([&secret]).filter(|secret| !secret.is_empty()) {
                text = text.replace(secret, "…");
            }
            text
        };
        AuthError::Token { error: hidden(error), description: description.map(hidden), needs_authorization }
    }
}

impl AuthorizationProfile {
    /// The profile as the `oauth2` crate has it.
    pub(super) fn oauth_client(&self, token_url: &str) -> Result<OAuthClient, AuthError> {
        let invalid = |what: &str, error: oauth2::url::ParseError| {
            AuthError::Profile(vec![format!("the {what}: {error}")])
        };
        let auth_type =
            if self.provider.credentials_in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        let authorization_url = AuthUrl::new(self.provider.authorization_url.clone());
        let redirect_uri = RedirectUrl::new(self.redirect_uri.clone());
        Ok(oauth2::Client::new(ClientId::new(self.client_id.clone()))
            .set_client_secret(ClientSecret::new(self.client_secret.expose_secret().to_owned()))
            .set_auth_type(auth_type)
            .set_auth_uri(authorization_url.map_err(|error| invalid("authorization URL", error))?)
            .set_token_uri(TokenUrl::new(token_url.to_owned()).map_err(|error| invalid("token URL", error))?)
            .set_redirect_uri(redirect_uri.map_err(|error| invalid("callback URL", error))?))
    }
}

/// Why an endpoint gave no usable answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("it cannot be reached")]
    Http(#[source] reqwest::Error),
    #[error("it answered HTTP {0}")]
    Status(http::StatusCode),
    #[error("its answer is larger than 1 MiB")]
    TooLarge,
    #[error("its address is not https")]
    Unsafe,
}

impl FetchError {
    fn into_auth(self) -> AuthError {
        match self {
            Self::Http(error) => AuthError::Transport(error.without_url()),
            Self::Status(status) => AuthError::Unavailable(status),
            Self::TooLarge => AuthError::Unreadable("the answer is larger than 1 MiB".to_owned()),
            Self::Unsafe => AuthError::Profile(vec!["the endpoint's address must be https".to_owned()]),
        }
    }
}
