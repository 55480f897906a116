//! Authorization profiles: an application that is registered with a provider.

use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::{AuthError, Provider, SunsetUrl};
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
        let provider = Provider::of(C::META)
            .ok_or_else(|| AuthError::Profile(vec![format!("{} has no OAuth 2.0", C::META.title)]))?;
        Ok(Self::with_provider(provider, client_id, client_secret, callback_url))
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
            provider,
            client_id: client_id.into(),
            client_secret: SecretString::from(client_secret.into()),
            redirect_uri: callback_url.into(),
            optional_scopes: Vec::new(),
        }
    }

    /// The operator's *system* profile, from the environment: `HUBSPOT_CLIENT_ID`, `HUBSPOT_CLIENT_SECRET`,
    /// `HUBSPOT_CALLBACK_URL`, and optionally `HUBSPOT_AUTHORIZATION_URL`, `HUBSPOT_TOKEN_URL`, `HUBSPOT_REFRESH_URL` and
    /// `HUBSPOT_SCOPES` (separated by spaces). The prefix is the connector's name in capitals.
    ///
    /// # Errors
    /// [`AuthError::Profile`] with every variable that is missing.
    pub fn from_env<C: Connector>() -> Result<Self, AuthError> {
        let provider = Provider::of(C::META)
            .ok_or_else(|| AuthError::Profile(vec![format!("{} has no OAuth 2.0", C::META.title)]))?;
        Self::from_env_with(provider)
    }

    /// The same for any provider.
    ///
    /// # Errors
    /// [`AuthError::Profile`] with every variable that is missing.
    pub fn from_env_with(provider: Provider) -> Result<Self, AuthError> {
        let variable = |name: &str| provider.variable(name);
        let read = |name: &str| std::env::var(variable(name)).ok().filter(|value| !value.trim().is_empty());
        let mut missing = Vec::new();
        let mut required = |name: &str| {
            read(name).unwrap_or_else(|| {
                missing.push(format!("the environment variable `{}` is not set", variable(name)));
                String::new()
            })
        };
        let (id, secret, callback) =
            (required("CLIENT_ID"), required("CLIENT_SECRET"), required("CALLBACK_URL"));
        if !missing.is_empty() {
            return Err(AuthError::Profile(missing));
        }
        let optional = ["AUTHORIZATION_URL", "TOKEN_URL", "REFRESH_URL", "SCOPES"].map(read);
        let [authorization_url, token_url, refresh_url, scopes] = optional;
        let mut profile = Self::with_provider(provider, id, secret, callback);
        if let Some(url) = authorization_url {
            profile = profile.authorization_url(url);
        }
        if let Some(url) = token_url {
            profile = profile.token_url(url);
        }
        if let Some(url) = refresh_url {
            profile = profile.refresh_url(url);
        }
        if let Some(scopes) = scopes {
            profile = profile.scopes(scopes.split_whitespace());
        }
        Ok(profile)
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

    /// An extra parameter of the authorize link.
    #[must_use]
    pub fn authorize_param(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.provider.authorize_params.push((name.into(), value.into()));
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

    /// The scopes that are asked for and may be refused.
    #[must_use]
    pub fn asked_optional_scopes(&self) -> &[String] {
        &self.optional_scopes
    }

    /// Checks everything that can be checked without the provider, and tells what will stop to work.
    ///
    /// # Errors
    /// [`AuthError::Profile`] with every problem.
    pub fn validate(&self) -> Result<Vec<String>, AuthError> {
        let mut problems = Vec::new();
        for (what, value) in
            [("client id", &*self.client_id), ("client secret", self.client_secret.expose_secret())]
        {
            if value.trim().is_empty() {
                problems.push(format!("the {what} is empty"));
            } else if value.trim() != value {
                problems.push(format!("the {what} has a blank or line break at its start or end"));
            }
        }
        problems.extend(self.callback_problem());
        for (what, url) in self.endpoints() {
            problems.extend(endpoint_problem(what, url));
        }
        problems.extend(self.scope_problems());
        if problems.is_empty() { Ok(self.warnings()) } else { Err(AuthError::Profile(problems)) }
    }

    fn endpoints(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let provider = &self.provider;
        let optional = [
            ("refresh token URL", &provider.refresh_url),
            ("introspection URL", &provider.introspection_url),
            ("revocation URL", &provider.revocation_url),
        ];
        [("authorization URL", &*provider.authorization_url), ("token URL", &*provider.token_url)]
            .into_iter()
            .chain(optional.into_iter().filter_map(|(what, url)| Some((what, url.as_deref()?))))
    }

    fn callback_problem(&self) -> Option<String> {
        let shown = &self.redirect_uri;
        let url = match Url::parse(shown) {
            Ok(url) => url,
            Err(error) => return Some(format!("the callback URL `{shown}` is no URL: {error}")),
        };
        if url.fragment().is_some() {
            return Some(format!("the callback URL `{shown}` has a fragment, which RFC 6749 §3.1.2 forbids"));
        }
        if matches!(url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_))) && !self.provider.redirect_to_ip {
            let title = &self.provider.title;
            return Some(format!(
                "the callback URL `{shown}` names an IP address, which {title} refuses; write `localhost`"
            ));
        }
        (!is_safe(&url)).then(|| format!("the callback URL `{shown}` must be https, or http on localhost"))
    }

    fn scope_problems(&self) -> Vec<String> {
        let known = &self.provider.known_scopes;
        let mut problems = Vec::new();
        for scope in self.provider.scopes.iter().chain(&self.optional_scopes) {
            if known.is_empty() || known.contains(scope) || scope == "oauth" || scope == "openid" {
                continue;
            }
            let similar = known
                .iter()
                .map(|one| (strsim::jaro_winkler(&one.to_lowercase(), &scope.to_lowercase()), one))
                .filter(|(score, _)| *score > 0.85)
                .max_by(|left, right| left.0.total_cmp(&right.0));
            // A scope that resembles no known one may be for an action of another file: the spec cannot know all.
            if let Some((_, similar)) = similar {
                problems.push(format!("unknown scope `{scope}`; did you mean `{similar}`?"));
            }
        }
        for scope in self.optional_scopes.iter().filter(|scope| self.provider.scopes.contains(scope)) {
            problems.push(format!("the scope `{scope}` is both required and optional"));
        }
        problems
    }

    fn warnings(&self) -> Vec<String> {
        self.endpoints()
            .flat_map(|(what, url)| {
                let shut =
                    self.provider.sunset_urls.iter().filter(move |sunset| url.starts_with(&sunset.prefix));
                shut.map(move |SunsetUrl { sunset, replaced_by, .. }| {
                    format!("the {what} `{url}` is shut off on {sunset}; use {replaced_by}")
                })
            })
            .collect()
    }
}

fn endpoint_problem(what: &str, text: &str) -> Option<String> {
    match Url::parse(text) {
        Err(error) => Some(format!("the {what} `{text}` is no URL: {error}")),
        Ok(url) if !is_safe(&url) => {
            Some(format!("the {what} `{text}` must be https, or http on this machine"))
        }
        Ok(_) => None,
    }
}

/// Encrypted, or never leaving this machine.
pub(crate) fn is_safe(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && loopback)
}

impl std::fmt::Debug for AuthorizationProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthorizationProfile")
            .field("name", &self.name)
            .field("client_id", &self.client_id)
            .field("client_secret", &"…")
            .field("callback_url", &self.redirect_uri)
            .field("authorization_url", &self.provider.authorization_url)
            .field("token_url", &self.provider.token_url)
            .field("scopes", &self.provider.scopes)
            .field("optional_scopes", &self.optional_scopes)
            .field("pkce", &self.provider.pkce)
            .finish_non_exhaustive()
    }
}
