//! What is known of an OAuth 2.0 provider before anybody registers an application there.

use super::AuthError;
use crate::action::Connector;
use crate::meta::ConnectorMeta;

/// A connector's OAuth 2.0 provider: endpoints and habits, from the spec.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Provider {
    /// The connector's machine name, `hubspot`.
    pub connector: String,
    /// Its name for people, `HubSpot`.
    pub title: String,
    /// RFC 6749 §3.1.
    pub authorization_url: String,
    /// RFC 6749 §3.2.
    pub token_url: String,
    /// Where it differs from `token_url`.
    pub refresh_url: Option<String>,
    /// RFC 7662.
    pub introspection_url: Option<String>,
    /// RFC 7009.
    pub revocation_url: Option<String>,
    /// What separates scopes in the authorize link.
    pub scope_separator: String,
    /// Whether client id and secret travel in the form body, and not as HTTP Basic.
    pub credentials_in_body: bool,
    /// Whether the provider takes PKCE (RFC 7636).
    pub pkce: bool,
    /// Fixed extra parameters of the authorize link.
    pub authorize_params: Vec<(String, String)>,
    /// Error codes of the token endpoint after which only a new authorization helps.
    pub dead_grant: Vec<String>,
    /// JSON pointer into the token response: the account the token belongs to.
    pub account_id_path: Option<String>,
    /// JSON pointer into the token response: the scopes that were granted.
    pub granted_scopes_path: Option<String>,
    /// The scopes that the connector requests.
    pub scopes: Vec<String>,
    /// All scopes that the spec knows.
    pub known_scopes: Vec<String>,
    /// Scopes that a profile asks for by default and that may be refused.
    pub optional_scopes: Vec<String>,
    /// Whether redirect URIs may name an IP address.
    pub redirect_to_ip: bool,
    /// Addresses that the provider will shut off: a prefix, the day, and what to use instead.
    pub sunset_urls: Vec<SunsetUrl>,
}

/// Addresses that the provider will shut off.
#[derive(Debug, Clone)]
pub struct SunsetUrl {
    /// How they start.
    pub prefix: String,
    /// The day, `2027-02-16`.
    pub sunset: String,
    /// What to use instead.
    pub replaced_by: String,
}

impl Provider {
    /// A provider with these endpoints and RFC 6749's habits: scopes separated by spaces, credentials as HTTP Basic, PKCE.
    #[must_use]
    pub fn new(
        connector: impl Into<String>,
        authorization_url: impl Into<String>,
        token_url: impl Into<String>,
    ) -> Self {
        let connector = connector.into();
        Self {
            title: connector.clone(),
            connector,
            authorization_url: authorization_url.into(),
            token_url: token_url.into(),
            refresh_url: None,
            introspection_url: None,
            revocation_url: None,
            scope_separator: " ".to_owned(),
            credentials_in_body: false,
            pkce: true,
            authorize_params: Vec::new(),
            dead_grant: vec!["invalid_grant".to_owned()],
            account_id_path: None,
            granted_scopes_path: None,
            scopes: Vec::new(),
            optional_scopes: Vec::new(),
            known_scopes: Vec::new(),
            redirect_to_ip: true,
            sunset_urls: Vec::new(),
        }
    }

    /// The provider of a generated connector; `None` where its spec has no OAuth 2.0.
    #[must_use]
    pub fn of(connector: &ConnectorMeta) -> Option<Self> {
        let oauth2 = connector.oauth2?;
        let owned = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
        let optional = |value: Option<&str>| value.map(str::to_owned);
        Some(Self {
            connector: connector.name.to_owned(),
            title: connector.title.to_owned(),
            authorization_url: oauth2.authorization_url.to_owned(),
            token_url: oauth2.token_url.to_owned(),
            refresh_url: optional(oauth2.refresh_url),
            introspection_url: optional(oauth2.introspection_url),
            revocation_url: optional(oauth2.revocation_url),
            scope_separator: oauth2.scope_separator.to_owned(),
            credentials_in_body: oauth2.credentials_in_body,
            pkce: oauth2.pkce,
            authorize_params: oauth2
                .authorize_params
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            dead_grant: owned(oauth2.dead_grant),
            account_id_path: optional(oauth2.account_id_path),
            granted_scopes_path: optional(oauth2.granted_scopes_path),
            scopes: owned(connector.scopes),
            optional_scopes: owned(connector.optional_scopes),
            known_scopes: owned(connector.known_scopes),
            redirect_to_ip: oauth2.redirect_to_ip,
            sunset_urls: oauth2
                .sunset_urls
                .iter()
                .map(|(prefix, sunset, replaced_by)| SunsetUrl {
                    prefix: (*prefix).to_owned(),
                    sunset: (*sunset).to_owned(),
                    replaced_by: (*replaced_by).to_owned(),
                })
                .collect(),
        })
    }

    pub(super) fn of_connector<C: Connector>() -> Result<Self, AuthError> {
        let none = || {
            let title = C::META.title;
            let instead = match C::META.bearer {
                Some(token) => {
                    format!("give its token ({token}) to the client's builder, with `access_token`")
                }
                None => "its calls need none: the client's builder has `unauthenticated`".to_owned(),
            };
            AuthError::Profile(vec![format!("{title} has no OAuth 2.0; {instead}")])
        };
        Self::of(C::META).ok_or_else(none)
    }

    /// The environment variable of the operator's profile that holds this: `HUBSPOT_CLIENT_ID`.
    #[must_use]
    pub fn variable(&self, name: &str) -> String {
        let prefix = self.connector.chars();
        let prefix: String =
            prefix.map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
        format!("{prefix}_{name}")
    }
}
