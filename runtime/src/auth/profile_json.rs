//! How a profile is written: in an operator's file, or in a store.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::store::open_to_others;
use super::{AuthError, AuthorizationProfile, Provider};

/// A profile has some hundred bytes.
const MAX_FILE: usize = 64 * 1024;

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
    authorize_params: Option<BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pkce: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    credentials_in_body: Option<bool>,
}

impl AuthorizationProfile {
    /// The operator's *system* profile, from a file: see [`from_json`](Self::from_json) for what it holds. Where others than its owner
    /// can use the file, that is logged as a warning: containers are often given their secrets so.
    ///
    /// # Errors
    /// [`AuthError::Profile`] where the file cannot be read, and those of `from_json`.
    pub fn from_file(provider: Provider, path: impl AsRef<Path>) -> Result<Self, AuthError> {
        let path = path.as_ref();
        let failed = |what: String| {
            AuthError::Profile(vec![format!(
                "the profile's file `{}` cannot be read: {what}",
                path.display()
            )])
        };
        let file = File::open(path).map_err(|error| failed(error.to_string()))?;
        let metadata = file.metadata().map_err(|error| failed(error.to_string()))?;
        if let Some(mode) = open_to_others(&metadata) {
            let path = path.display();
            tracing::warn!(%path, "the profile's file holds a secret and is open to others (mode {mode:03o})");
        }
        let mut json = Zeroizing::new(Vec::with_capacity(MAX_FILE));
        let limit = MAX_FILE as u64 + 1;
        file.take(limit).read_to_end(&mut json).map_err(|error| failed(error.to_string()))?;
        if json.len() > MAX_FILE {
            return Err(failed("it is too large to be one".to_owned()));
        }
        Self::from_json(provider, &json)
    }

    /// A profile from a JSON object, as a file or a store holds it: `client_id`, `client_secret`, `callback_url`, and
    /// optionally `identity_provider_name`, `authorization_url`, `token_url`, `refresh_url`, `introspection_url`, `revocation_url`,
    /// `scopes`, `optional_scopes` (arrays), `authorize_params` (an object), `pkce`, `credentials_in_body` (true or false).
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
        if let Some(parameters) = stored.authorize_params {
            provider.authorize_params = parameters.into_iter().collect();
        }
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
        let map = |provider: &Provider| provider.authorize_params.iter().cloned().collect::<BTreeMap<_, _>>();
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
            authorize_params: own(&map(provider), spec.map(map).as_ref()),
            pkce: own(&provider.pkce, spec.map(|spec| &spec.pkce)),
            credentials_in_body: own(
                &provider.credentials_in_body,
                spec.map(|spec| &spec.credentials_in_body),
            ),
        };
        SecretString::from(serde_json::to_string(&stored).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider() -> Provider {
        Provider::new("acme", "https://acme.example/authorize", "https://acme.example/token")
    }

    #[test]
    fn all_that_a_profile_has_comes_back() {
        let made =
            AuthorizationProfile::with_provider(provider(), "id", "hush", "https://you.example/callback")
                .identity_provider_name("Acme, ours")
                .authorization_url("https://eu.acme.example/authorize")
                .token_url("https://eu.acme.example/token")
                .refresh_url("https://eu.acme.example/refresh")
                .introspection_url("https://eu.acme.example/introspect")
                .revocation_url("https://eu.acme.example/revoke")
                .scopes(["read"])
                .optional_scopes(["write"])
                .authorize_param("prompt", "consent")
                .pkce(false)
                .credentials_in_body(true);
        for json in [made.to_json_with_secret(), made.json_beyond(Some(&provider()))] {
            let json = json.expose_secret();
            let read = AuthorizationProfile::from_json(provider(), json.as_bytes()).expect("a profile");
            assert_eq!(
                read.to_json_with_secret().expose_secret(),
                made.to_json_with_secret().expose_secret()
            );
        }
    }

    #[test]
    fn a_file_is_read_and_what_is_wrong_is_told_without_its_values() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("acme.json");
        let read = |text: &str| {
            std::fs::write(&path, text).expect("written");
            AuthorizationProfile::from_file(provider(), &path)
        };
        let good =
            r#"{"client_id": "id", "client_secret": "hush", "callback_url": "https://you.example/cb"}"#;
        assert_eq!(read(good).expect("a profile").client_id(), "id");
        for (text, words) in [
            ("{", "is no JSON, line 1"),
            (
                r#"{"client_id": "id", "client_secret": ["hush"]}"#,
                "has a key that is unknown, missing or of another type",
            ),
            (r#"{"client_id": "id", "client_secret": "hush"}"#, "missing"),
            (r#"{"client_id": "id", "client_secret": "hush", "callback": "x"}"#, "unknown"),
            (&" ".repeat(MAX_FILE + 1), "acme.json` cannot be read: it is too large to be one"),
        ] {
            let error = read(text).expect_err(text).to_string();
            assert!(error.contains(words) && !error.contains("hush"), "{error}");
        }
        let error =
            AuthorizationProfile::from_file(provider(), folder.path().join("none")).expect_err("none");
        assert!(error.to_string().contains("none` cannot be read"), "{error}");
    }
}
