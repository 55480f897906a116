//! What a profile is made of, as options and as output.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use typed_connector::auth::AuthorizationProfile;

use super::target;
use crate::Failure;

#[derive(Args)]
pub(super) struct Fields {
    /// The client id of the app that is registered with the provider
    #[arg(long, value_name = "ID")]
    pub(super) client_id: Option<String>,
    /// The callback URL (redirect URI), exactly as it is registered
    #[arg(long, value_name = "URL")]
    pub(super) callback_url: Option<String>,
    /// The identity provider's name, for people
    #[arg(long, value_name = "TEXT")]
    identity_provider_name: Option<String>,
    /// The authorization URL, where it is not the spec's
    #[arg(long, value_name = "URL")]
    authorization_url: Option<String>,
    /// The token request URL, where it is not the spec's
    #[arg(long, value_name = "URL")]
    token_url: Option<String>,
    /// The refresh token URL, where it is not the token request URL
    #[arg(long, value_name = "URL")]
    refresh_url: Option<String>,
    /// The introspection URL (RFC 7662), where it is not the spec's
    #[arg(long, value_name = "URL")]
    introspection_url: Option<String>,
    /// The revocation URL (RFC 7009), where it is not the spec's
    #[arg(long, value_name = "URL")]
    revocation_url: Option<String>,
    /// Another host for all of the provider's endpoints: a sandbox or a proxy
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The scopes to ask for, separated by commas, where they are not those that the connector's actions need; `""` for none
    #[arg(long, value_name = "SCOPES", value_delimiter = ',')]
    scopes: Option<Vec<String>>,
    /// Scopes to ask for that may be refused, separated by commas; `""` for none
    #[arg(long, value_name = "SCOPES", value_delimiter = ',')]
    optional_scopes: Option<Vec<String>>,
    /// An extra parameter of the authorize link; `NAME=` takes one out
    #[arg(long, value_name = "NAME=VALUE", value_parser = parameter)]
    authorize_param: Vec<(String, String)>,
    /// Whether to use PKCE (RFC 7636)
    #[arg(long, value_name = "BOOL")]
    pkce: Option<bool>,
    /// Where client id and secret travel
    #[arg(long, value_name = "WHERE")]
    credentials_in: Option<CredentialsIn>,
}

#[derive(Clone, Copy, ValueEnum)]
enum CredentialsIn {
    /// In the form body
    Body,
    /// As HTTP Basic
    Basic,
}

impl Fields {
    /// Whether none was given.
    pub(super) fn is_empty(&self) -> bool {
        let texts = [
            &self.client_id,
            &self.callback_url,
            &self.identity_provider_name,
            &self.authorization_url,
            &self.token_url,
            &self.refresh_url,
            &self.introspection_url,
            &self.revocation_url,
            &self.base_url,
        ];
        let lists = [&self.scopes, &self.optional_scopes];
        texts.iter().all(|text| text.is_none())
            && lists.iter().all(|list| list.is_none())
            && self.authorize_param.is_empty()
            && self.pkce.is_none()
            && self.credentials_in.is_none()
    }

    /// The profile with everything that was given; the base URL first, so that a URL of its own wins.
    pub(super) fn apply(self, mut profile: AuthorizationProfile) -> Result<AuthorizationProfile, Failure> {
        if let Some(url) = &self.base_url {
            profile = target::moved(profile, url)?;
        }
        if let Some(url) = self.callback_url {
            profile = profile.with_callback_url(url);
        }
        if let Some(name) = self.identity_provider_name {
            profile = profile.identity_provider_name(name);
        }
        if let Some(url) = self.authorization_url {
            profile = profile.authorization_url(url);
        }
        if let Some(url) = self.token_url {
            profile = profile.token_url(url);
        }
        if let Some(url) = self.refresh_url {
            profile = profile.refresh_url(url);
        }
        if let Some(url) = self.introspection_url {
            profile = profile.introspection_url(url);
        }
        if let Some(url) = self.revocation_url {
            profile = profile.revocation_url(url);
        }
        if let Some(scopes) = self.scopes {
            profile = profile.scopes(target::given(&scopes));
        }
        if let Some(scopes) = self.optional_scopes {
            profile = profile.optional_scopes(target::given(&scopes));
        }
        for (name, value) in self.authorize_param {
            profile = profile.authorize_param(name, value);
        }
        if let Some(pkce) = self.pkce {
            profile = profile.pkce(pkce);
        }
        if let Some(place) = self.credentials_in {
            profile = profile.credentials_in_body(matches!(place, CredentialsIn::Body));
        }
        Ok(profile)
    }
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("it must be like `name=value`")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Everything but the secret.
pub(super) fn json(name: &str, selected: bool, profile: &AuthorizationProfile) -> Value {
    let provider = profile.provider();
    json!({
        "name": name,
        "selected": selected,
        "connector": provider.connector,
        "identity_provider_name": profile.name(),
        "client_id": profile.client_id(),
        "callback_url": profile.callback_url(),
        "authorization_url": provider.authorization_url,
        "token_url": provider.token_url,
        "refresh_url": provider.refresh_url,
        "introspection_url": provider.introspection_url,
        "revocation_url": provider.revocation_url,
        "scopes": provider.scopes,
        "optional_scopes": profile.asked_optional_scopes(),
        "authorize_params": provider.authorize_params.iter().cloned().collect::<BTreeMap<_, _>>(),
        "pkce": provider.pkce,
        "credentials_in": if provider.credentials_in_body { "body" } else { "basic" },
    })
}

/// The same for people.
pub(super) fn print(name: &str, selected: bool, profile: &AuthorizationProfile) {
    let provider = profile.provider();
    let line = |what: &str, value: &str| anstream::println!("{what:24}{value}");
    line("Profile", &format!("{name}{}", if selected { " (selected)" } else { "" }));
    line("Identity provider", profile.name());
    line("Client id", profile.client_id());
    line("Client secret", "kept, never shown");
    line("Callback URL", profile.callback_url());
    line("Authorization URL", &provider.authorization_url);
    line("Token request URL", &provider.token_url);
    line("Refresh token URL", provider.refresh_url.as_deref().unwrap_or("the same"));
    let lines = |list: &[String]| {
        if list.is_empty() { "none".to_owned() } else { list.join("\n                        ") }
    };
    line("Scopes", &lines(&provider.scopes));
    if !profile.asked_optional_scopes().is_empty() {
        line("Optional scopes", &lines(profile.asked_optional_scopes()));
    }
    if !provider.authorize_params.is_empty() {
        let parameters = provider.authorize_params.iter().map(|(name, value)| format!("{name}={value}"));
        line("Extra parameters", &lines(&parameters.collect::<Vec<_>>()));
    }
    line("PKCE", if provider.pkce { "yes" } else { "no" });
    line(
        "Credentials travel",
        if provider.credentials_in_body { "in the form body" } else { "as HTTP Basic" },
    );
}
