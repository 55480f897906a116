//! How a profile is written: in an operator's file, or in a store.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::{AuthError, AuthorizationProfile, Provider};

/// What is written of a profile where it is stored: all of it, the secret included, so only ever inside a sealed store or a
/// file of the operator.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(default)]
    identity_provider_name: Option<String>,
    client_id: String,
    client_secret: String,
    callback_url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    authorization_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    introspection_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revocation_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    optional_scopes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    authorize_params: Option<Vec<(String, String)>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pkce: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    credentials_in_body: Option<bool>,
}

impl AuthorizationProfile {
    /// The operator's *system* profile, from a file: see [`from_json`](Self::from_json) for what it holds.
    ///
    /// # Errors
    /// [`AuthError::Profile`] where the file cannot be read, and those of `from_json`.
    pub fn from_file(provider: Provider, path: impl AsRef<std::path::Path>) -> Result<Self, AuthError> {
        let path = path.as_ref();
        let json = std::fs::read(path).map(zeroize::Zeroizing::new).map_err(|error| {
            AuthError::Profile(vec![format!("the profile's file {} cannot be read: {error}", path.display())])
        })?;
        Self::from_json(provider, &json)
    }

    /// A profile from a JSON object, as a file or a store holds it: `client_id`, `client_secret`, `callback_url`, and
    /// optionally `identity_provider_name`, `authorization_url`, `token_url`, `refresh_url`, `introspection_url`, `revocation_url`,
    /// `scopes`, `optional_scopes`, `authorize_params`, `pkce`, `credentials_in_body`.
    ///
    /// # Errors
    /// [`AuthError::Profile`] where the JSON is none, or lacks a key, or has an unknown one; the message gives the place and never
    /// the values.
    pub fn from_json(provider: Provider, json: &[u8]) -> Result<Self, AuthError> {
        let stored: Stored = serde_json::from_slice(json).map_err(|error| {
            // serde's own text may quote a value, which may be the secret.
            let what = match error.classify() {
                serde_json::error::Category::Data => "has a key that is unknown, missing or of another type",
                _ => "is no JSON",
            };
            AuthError::Profile(vec![format!(
                "the profile {what}, line {} column {}",
                error.line(),
                error.column()
            )])
        })?;
        let mut profile =
            Self::with_provider(provider, stored.client_id, stored.client_secret, stored.callback_url);
        let provider = &mut profile.provider;
        let set = |slot: &mut String, value: Option<String>| {
            if let Some(value) = value {
                *slot = value;
            }
        };
        set(&mut profile.name, stored.identity_provider_name);
        set(&mut provider.authorization_url, stored.authorization_url);
        set(&mut provider.token_url, stored.token_url);
        provider.refresh_url = stored.refresh_url.or(provider.refresh_url.take());
        provider.introspection_url = stored.introspection_url.or(provider.introspection_url.take());
        provider.revocation_url = stored.revocation_url.or(provider.revocation_url.take());
        provider.scopes = stored.scopes.unwrap_or_else(|| std::mem::take(&mut provider.scopes));
        provider.authorize_params =
            stored.authorize_params.unwrap_or_else(|| std::mem::take(&mut provider.authorize_params));
        provider.pkce = stored.pkce.unwrap_or(provider.pkce);
        provider.credentials_in_body = stored.credentials_in_body.unwrap_or(provider.credentials_in_body);
        profile.optional_scopes = stored.optional_scopes;
        Ok(profile)
    }

    /// All of it, the secret included, for a store that seals it.
    #[must_use]
    pub fn to_json_with_secret(&self) -> SecretString {
        self.json_beyond(None)
    }

    /// What `spec` does not say anyway, so that a stored profile follows a newer spec. The secret is part of it.
    pub(super) fn json_beyond(&self, spec: Option<&Provider>) -> SecretString {
        fn own<T: Clone + PartialEq>(value: &T, default: Option<&T>) -> Option<T> {
            (Some(value) != default).then(|| value.clone())
        }
        let provider = &self.provider;
        let unlike = |value: &Option<String>, default: Option<&Option<String>>| own(value, default).flatten();
        let stored = Stored {
            identity_provider_name: own(&self.name, spec.map(|spec| &spec.title)),
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.expose_secret().to_owned(),
            callback_url: self.redirect_uri.clone(),
            authorization_url: own(&provider.authorization_url, spec.map(|spec| &spec.authorization_url)),
            token_url: own(&provider.token_url, spec.map(|spec| &spec.token_url)),
            refresh_url: unlike(&provider.refresh_url, spec.map(|spec| &spec.refresh_url)),
            introspection_url: unlike(&provider.introspection_url, spec.map(|spec| &spec.introspection_url)),
            revocation_url: unlike(&provider.revocation_url, spec.map(|spec| &spec.revocation_url)),
            scopes: own(&provider.scopes, spec.map(|spec| &spec.scopes)),
            optional_scopes: self.optional_scopes.clone(),
            authorize_params: own(&provider.authorize_params, spec.map(|spec| &spec.authorize_params)),
            pkce: own(&provider.pkce, spec.map(|spec| &spec.pkce)),
            credentials_in_body: own(
                &provider.credentials_in_body,
                spec.map(|spec| &spec.credentials_in_body),
            ),
        };
        SecretString::from(serde_json::to_string(&stored).unwrap_or_default())
    }
}
