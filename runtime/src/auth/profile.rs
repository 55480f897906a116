//! Authorization profiles: an application that is registered with a provider.

use secrecy::SecretString;

use super::profile_check::without_user;
use super::{AuthError, Provider};
use crate::action::Connector;

/// An application that is registered with a provider, and how to reach the provider for it.
///
/// The eight fields of the profile, with two terms for the first: callback URL (redirect URI, RFC 6749 §3.1.2), identity
/// provider name, client id, client secret, authorization URL, token request URL, scopes, refresh token URL. Everything but the
/// first, third and fourth has a default from the connector's spec.
///
/// Its secret is wiped from memory when dropped and never shown by `Debug`.
#[derive(Clone)]
pub struct AuthorizationProfile {
    pub(super) provider: Provider,
    pub(super) name: String,
    pub(super) client_id: String,
    pub(super) client_secret: SecretString,
    pub(super) redirect_uri: String,
    pub(super) optional_scopes: Vec<String>,
}

impl AuthorizationProfile {
    /// A profile for the connector `C`, with the spec's endpoints and the connector's scopes.
    ///
    /// # Errors
    /// Where the connector has no OAuth 2.0.
    pub fn new<C: Connector>(
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
        callback_url: impl Into<String>,
    ) -> Result<Self, AuthError> {
        Ok(Self::with_provider(Provider::of_connector::<C>()?, client_id, client_secret, callback_url))
    }

    /// A profile for a provider that no generated connector stands for.
    #[must_use]
    pub fn with_provider(
        provider: Provider,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
        callback_url: impl Into<String>,
    ) -> Self {
        Self {
            name: provider.title.clone(),
            optional_scopes: provider.optional_scopes.clone(),
            provider,
            client_id: client_id.into(),
            client_secret: SecretString::from(client_secret.into()),
            redirect_uri: callback_url.into(),
        }
    }

    /// The identity provider's name, for people; by default the connector's title.
    #[must_use]
    pub fn identity_provider_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Another callback URL, exactly as it is registered.
    #[must_use]
    pub fn with_callback_url(mut self, url: impl Into<String>) -> Self {
        self.redirect_uri = url.into();
        self
    }

    /// Another client id: the application was registered anew.
    #[must_use]
    pub fn with_client_id(mut self, client_id: impl Into<String>) -> Self {
        self.client_id = client_id.into();
        self
    }

    /// Another client secret: the old one was replaced.
    #[must_use]
    pub fn with_client_secret(mut self, client_secret: impl Into<SecretString>) -> Self {
        self.client_secret = client_secret.into();
        self
    }

    /// Another authorization endpoint than the spec's.
    #[must_use]
    pub fn authorization_url(mut self, url: impl Into<String>) -> Self {
        self.provider.authorization_url = url.into();
        self
    }

    /// Another token endpoint than the spec's.
    #[must_use]
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.provider.token_url = url.into();
        self
    }

    /// An endpoint of its own for refreshing; by default the token endpoint.
    #[must_use]
    pub fn refresh_url(mut self, url: impl Into<String>) -> Self {
        self.provider.refresh_url = Some(url.into());
        self
    }

    /// Another introspection endpoint (RFC 7662) than the spec's.
    #[must_use]
    pub fn introspection_url(mut self, url: impl Into<String>) -> Self {
        self.provider.introspection_url = Some(url.into());
        self
    }

    /// Another revocation endpoint (RFC 7009) than the spec's.
    #[must_use]
    pub fn revocation_url(mut self, url: impl Into<String>) -> Self {
        self.provider.revocation_url = Some(url.into());
        self
    }

    /// Moves all endpoints to another host, for a sandbox or a proxy: path and query stay as they are.
    #[must_use]
    pub fn host(mut self, base_url: &str) -> Self {
        let moved = |url: &str| {
            let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
            let path = rest.find('/').map_or("", |at| &rest[at..]);
            format!("{}{path}", base_url.trim_end_matches('/'))
        };
        let provider = &mut self.provider;
        provider.authorization_url = moved(&provider.authorization_url);
        provider.token_url = moved(&provider.token_url);
        for url in [&mut provider.refresh_url, &mut provider.introspection_url, &mut provider.revocation_url]
        {
            *url = url.as_deref().map(moved);
        }
        self
    }

    /// Other scopes than the connector's.
    #[must_use]
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.provider.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Scopes that are asked for and may be refused (HubSpot's `optional_scope`).
    #[must_use]
    pub fn optional_scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.optional_scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// An extra parameter of the authorize link, in the place of one of the same name. An empty value takes it out, since a parameter
    /// without a value counts as none (RFC 6749 §3.1).
    #[must_use]
    pub fn authorize_param(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        let parameters = &mut self.provider.authorize_params;
        parameters.retain(|(other, _)| *other != name);
        if !value.is_empty() {
            parameters.push((name, value));
        }
        self
    }

    /// Whether to use PKCE (RFC 7636); by default as the spec says.
    #[must_use]
    pub const fn pkce(mut self, pkce: bool) -> Self {
        self.provider.pkce = pkce;
        self
    }

    /// Whether client id and secret travel in the form body and not as HTTP Basic; by default as the spec says.
    #[must_use]
    pub const fn credentials_in_body(mut self, in_body: bool) -> Self {
        self.provider.credentials_in_body = in_body;
        self
    }

    /// The provider that it is registered with.
    #[must_use]
    pub const fn provider(&self) -> &Provider {
        &self.provider
    }

    /// The identity provider's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The client id.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The callback URL (redirect URI).
    #[must_use]
    pub fn callback_url(&self) -> &str {
        &self.redirect_uri
    }

    /// The address on this machine where its tokens come from, such as a sandbox's; `None` where they come from elsewhere. What gives
    /// tokens here knows nothing of the real API, which should not get to see them.
    #[must_use]
    pub fn local_host(&self) -> Option<&str> {
        // Only on this machine a token endpoint may be without TLS.
        let url = &self.provider.token_url;
        let rest = url.strip_prefix("http://")?;
        Some(&url[..url.len() - rest.len() + rest.find('/').unwrap_or(rest.len())])
    }

    /// The scopes that are asked for and may be refused.
    #[must_use]
    pub fn asked_optional_scopes(&self) -> &[String] {
        &self.optional_scopes
    }
}

impl std::fmt::Debug for AuthorizationProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthorizationProfile")
            .field("name", &self.name)
            .field("client_id", &self.client_id)
            .field("client_secret", &"…")
            .field("callback_url", &without_user(&self.redirect_uri))
            .field("authorization_url", &without_user(&self.provider.authorization_url))
            .field("token_url", &without_user(&self.provider.token_url))
            .field("scopes", &self.provider.scopes)
            .field("optional_scopes", &self.optional_scopes)
            .field("pkce", &self.provider.pkce)
            .finish_non_exhaustive()
    }
}
