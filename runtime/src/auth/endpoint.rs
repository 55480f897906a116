//! Talking to a provider's endpoints: bounded in time and size, without redirects, with every refusal typed.
//!
//! Not by the `oauth2` crate: these forms are all that was used of it, and it brings 18 packages (chrono, rand, thiserror 1, syn 2)
//! into every user's build.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::StatusCode;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use super::profile_check::is_safe;
use super::{AuthError, AuthorizationProfile, RefreshToken, TokenResponse};
use crate::client::http::{Reach, http_client};
use crate::redact::{Said, redacted, without};

/// A token response has a few hundred bytes; more than this is none.
const MAX_ANSWER: usize = 1024 * 1024;
const TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A token response (RFC 6749 §5.1). The token's type is not looked at: providers call a bearer token what they like.
#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    refresh_token: Option<String>,
    expires_in: Option<Value>,
    scope: Option<String>,
    /// What RFC 6749 does not know.
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// A lifetime as providers write it: a number, or a number in a text. What is none counts as not told, since the tokens beside it
/// may exist nowhere else.
fn seconds(value: &Value) -> Option<Duration> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    Duration::try_from_secs_f64(number.max(0.0)).ok()
}

/// What an endpoint answered: its status and its bounded body.
struct Answer {
    status: StatusCode,
    body: Vec<u8>,
}

/// The endpoints of one profile.
#[derive(Clone)]
pub(super) struct Endpoints {
    profile: AuthorizationProfile,
    /// For each way that one of the endpoints needs.
    anywhere: Option<reqwest::Client>,
    here: Option<reqwest::Client>,
    timeout: Duration,
}

impl Endpoints {
    pub(super) fn new(profile: AuthorizationProfile) -> Result<Self, AuthError> {
        let client = |reach| {
            let reaches = |url| Url::parse(url).is_ok_and(|url| Reach::of(&url) == reach);
            let needed = profile.endpoints().any(|(_, url)| reaches(url));
            let made = needed.then(|| http_client(None, CONNECT_TIMEOUT, reach));
            made.transpose().map_err(AuthError::configuration)
        };
        let (anywhere, here) = (client(Reach::Anywhere)?, client(Reach::ThisMachine)?);
        Ok(Self { anywhere, here, profile, timeout: TIMEOUT })
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
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &self.profile.redirect_uri),
        ];
        form.extend(verifier.as_deref().map(|verifier| ("code_verifier", verifier)));
        let answer = self.send(&self.profile.provider.token_url, "token", &form).await?;
        self.tokens(&answer, &[&code, verifier.as_deref().unwrap_or_default()])
    }

    /// RFC 6749 §6.
    pub(super) async fn refresh(&self, refresh_token: &RefreshToken) -> Result<TokenResponse, AuthError> {
        let provider = &self.profile.provider;
        let url = provider.refresh_url.as_ref().unwrap_or(&provider.token_url);
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose())];
        let answer = self.send(url, "token", &form).await?;
        self.tokens(&answer, &[refresh_token.expose()])
    }

    /// RFC 6749 §4.4. No refusal is for a person to mend.
    pub(super) async fn client_credentials(&self, scopes: &[String]) -> Result<TokenResponse, AuthError> {
        let scope = scopes.join(&self.profile.provider.scope_separator);
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend((!scope.is_empty()).then_some(("scope", &*scope)));
        let answer = self.send(&self.profile.provider.token_url, "token", &form).await?;
        self.tokens(&answer, &[]).map_err(|error| match error {
            AuthError::Token { error, description, .. } => {
                AuthError::Token { error, description, needs_authorization: false }
            }
            other => other,
        })
    }

    /// RFC 7662.
    pub(super) async fn introspect(&self, token: &str, hint: &str) -> Result<Value, AuthError> {
        let url = self.profile.provider.introspection_url.as_deref();
        let answer = self.tell(url, "introspection", token, hint).await?;
        serde_json::from_slice(&answer.body)
            .map_err(|_| AuthError::Unreadable("the introspection endpoint answered no JSON".into()))
    }

    /// RFC 7009.
    pub(super) async fn revoke(&self, token: &str, hint: &str) -> Result<(), AuthError> {
        let url = self.profile.provider.revocation_url.as_deref();
        self.tell(url, "revocation", token, hint).await.map(drop)
    }

    /// A token to an endpoint that takes one.
    async fn tell(
        &self,
        url: Option<&str>,
        what: &str,
        token: &str,
        hint: &str,
    ) -> Result<Answer, AuthError> {
        let title = &self.profile.provider.title;
        let url = url.ok_or_else(|| AuthError::Profile(vec![format!("{title} has no {what} endpoint")]))?;
        let answer = self.send(url, what, &[("token", token), ("token_type_hint", hint)]).await?;
        if answer.status.is_success() {
            return Ok(answer);
        }
        Err(self.refusal(&answer.body, &format!("HTTP {}", answer.status), &[token]))
    }

    /// A form to an endpoint, with the client's credentials where the provider wants them (RFC 6749 §2.3.1).
    fn request(
        &self,
        url: &str,
        what: &str,
        fields: &[(&str, &str)],
    ) -> Result<reqwest::RequestBuilder, AuthError> {
        let address = Url::parse(url)
            .map_err(|error| AuthError::Profile(vec![format!("the {what} URL cannot be used: {error}")]))?;
        // The profile was validated, but it may have been stored by an older version or by hand.
        let client = match Reach::of(&address) {
            Reach::Anywhere => &self.anywhere,
            Reach::ThisMachine => &self.here,
        };
        let Some(client) = client.as_ref().filter(|_| is_safe(&address)) else {
            return Err(AuthError::Profile(vec!["the endpoint's address must be https".to_owned()]));
        };
        let (id, secret) = (&*self.profile.client_id, self.profile.client_secret.expose_secret());
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let mut request = client.post(address).timeout(self.timeout);
        if self.profile.provider.credentials_in_body {
            form.append_pair("client_id", id).append_pair("client_secret", secret);
        } else {
            // Both are form-encoded before they are joined.
            let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let pair = BASE64.encode(format!("{}:{}", encode(id), encode(secret)));
            let mut header = http::HeaderValue::try_from(format!("Basic {pair}"))
                .map_err(|_| AuthError::Configuration("the client's credentials fit in no header".into()))?;
            header.set_sensitive(true);
            request = request.header(http::header::AUTHORIZATION, header);
        }
        Ok(request
            .header(http::header::ACCEPT, "application/json")
            .header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.finish()))
    }

    /// What the endpoint answers, bounded in time and size.
    async fn send(&self, url: &str, what: &str, fields: &[(&str, &str)]) -> Result<Answer, AuthError> {
        let request = self.request(url, what, fields)?;
        let mut response = request.send().await.map_err(transport)?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(transport)? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(AuthError::Unreadable("the answer is larger than 1 MiB".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(AuthError::Unavailable(status));
        }
        Ok(Answer { status, body })
    }

    /// `sent` are the secrets of the request, which some providers repeat in their errors.
    fn tokens(&self, answer: &Answer, sent: &[&str]) -> Result<TokenResponse, AuthError> {
        if !answer.status.is_success() {
            return Err(self.refusal(&answer.body, &format!("HTTP {}", answer.status), sent));
        }
        // The body may hold a token: only where it is wrong is told, never its text.
        let tokens: Tokens = serde_json::from_slice(&answer.body).map_err(|error| {
            let what = format!("no token response, line {} column {}", error.line(), error.column());
            self.refusal(&answer.body, &what, sent)
        })?;
        let provider = &self.profile.provider;
        let other = Value::Object(tokens.other);
        let at = |pointer: &Option<String>| other.pointer(pointer.as_deref()?);
        let granted = at(&provider.granted_scopes_path)
            .and_then(Value::as_array)
            .map(|list| list.iter().filter_map(|scope| scope.as_str().map(str::to_owned)).collect());
        Ok(TokenResponse {
            access_token: tokens.access_token.into(),
            // An empty one is none, and must not take the place of one that works.
            refresh_token: tokens.refresh_token.filter(|token| !token.is_empty()).map(RefreshToken::from),
            expires_in: tokens.expires_in.as_ref().and_then(seconds),
            scopes: granted.or_else(|| {
                let scopes = tokens.scope?;
                // RFC 6749 §3.3 has spaces, GitHub commas.
                Some(scopes.split([' ', ',']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect())
            }),
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
        let secrets: Vec<&str> =
            sent.iter().copied().chain([self.profile.client_secret.expose_secret()]).collect();
        // A token that was not sent here may be told of too, such as the one that was issued before.
        let hidden = |text: String| redacted(&without(&text, &secrets), Said::ByProvider);
        AuthError::Token { error: hidden(error), description: description.map(hidden), needs_authorization }
    }
}

fn transport(error: reqwest::Error) -> AuthError {
    AuthError::Transport(error.without_url())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lifetimes_are_read_as_providers_write_them() {
        for (value, read) in [
            (json!(1800), Some(1800)),
            (json!("1800"), Some(1800)),
            (json!(1799.0), Some(1799)),
            (json!(0), Some(0)),
            (json!(-5), Some(0)),
            (json!(1e300), None),
            (json!("soon"), None),
            (json!(null), None),
            (json!(["1800"]), None),
        ] {
            assert_eq!(seconds(&value), read.map(Duration::from_secs), "{value}");
        }
    }
}
