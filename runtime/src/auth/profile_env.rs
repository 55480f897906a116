//! The operator's profile, from environment variables.

use super::{AuthError, AuthorizationProfile, Provider};
use crate::action::Connector;

/// Sets a field; `None` where the text is no value of it.
type Set = fn(AuthorizationProfile, &str) -> Option<AuthorizationProfile>;

impl AuthorizationProfile {
    /// The operator's *system* profile, from the environment. The prefix of the variables is the connector's name in capitals.
    ///
    /// | variable | |
    /// | --- | --- |
    /// | `HUBSPOT_CLIENT_ID`, `HUBSPOT_CLIENT_SECRET`, `HUBSPOT_CALLBACK_URL` | required |
    /// | `HUBSPOT_IDENTITY_PROVIDER_NAME` | a name for people |
    /// | `HUBSPOT_AUTHORIZATION_URL`, `HUBSPOT_TOKEN_URL`, `HUBSPOT_REFRESH_URL` | in place of the spec's |
    /// | `HUBSPOT_SCOPES`, `HUBSPOT_OPTIONAL_SCOPES` | separated by spaces |
    /// | `HUBSPOT_AUTHORIZE_PARAMS` | extra parameters of the authorize link, `name=value&name=value` |
    /// | `HUBSPOT_PKCE` | `true` or `false` |
    /// | `HUBSPOT_CREDENTIALS_IN` | where client id and secret travel: `body` or `basic` |
    ///
    /// # Errors
    /// [`AuthError::Profile`] with every variable that is missing or cannot be read.
    pub fn from_env<C: Connector>() -> Result<Self, AuthError> {
        Self::from_env_with(Provider::of_connector::<C>()?)
    }

    /// The same for any provider.
    ///
    /// # Errors
    /// [`AuthError::Profile`] with every variable that is missing or cannot be read.
    pub fn from_env_with(provider: Provider) -> Result<Self, AuthError> {
        Self::from_variables(provider, |name| std::env::var(name).ok())
    }

    fn from_variables(
        provider: Provider,
        value_of: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, AuthError> {
        let mut problems = Vec::new();
        let names = provider.clone();
        let read = |name: &str| value_of(&names.variable(name)).filter(|value| !value.trim().is_empty());
        let mut required = |name: &str| {
            read(name).unwrap_or_else(|| {
                problems.push(format!("the environment variable `{}` is not set", names.variable(name)));
                String::new()
            })
        };
        let mut profile = Self::with_provider(
            provider,
            required("CLIENT_ID"),
            required("CLIENT_SECRET"),
            required("CALLBACK_URL"),
        );
        let optional: [(&str, &str, Set); 9] = [
            ("IDENTITY_PROVIDER_NAME", "a name", |profile, name| Some(profile.identity_provider_name(name))),
            ("AUTHORIZATION_URL", "a URL", |profile, url| Some(profile.authorization_url(url))),
            ("TOKEN_URL", "a URL", |profile, url| Some(profile.token_url(url))),
            ("REFRESH_URL", "a URL", |profile, url| Some(profile.refresh_url(url))),
            ("SCOPES", "scopes", |profile, scopes| Some(profile.scopes(scopes.split_whitespace()))),
            ("OPTIONAL_SCOPES", "scopes", |profile, scopes| {
                Some(profile.optional_scopes(scopes.split_whitespace()))
            }),
            ("AUTHORIZE_PARAMS", "`name=value&name=value`", |profile, text| {
                let pairs = form_urlencoded::parse(text.as_bytes());
                Some(pairs.fold(profile, |profile, (name, value)| profile.authorize_param(name, value)))
            }),
            ("PKCE", "`true` or `false`", |profile, text| Some(profile.pkce(text.parse().ok()?))),
            ("CREDENTIALS_IN", "`body` or `basic`", |profile, text| match text {
                "body" => Some(profile.credentials_in_body(true)),
                "basic" => Some(profile.credentials_in_body(false)),
                _ => None,
            }),
        ];
        for (name, what, set) in optional {
            let Some(value) = read(name) else { continue };
            match set(profile.clone(), value.trim()) {
                Some(changed) => profile = changed,
                None => problems
                    .push(format!("the environment variable `{}` must be {what}", names.variable(name))),
            }
        }
        if problems.is_empty() { Ok(profile) } else { Err(AuthError::Profile(problems)) }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<AuthorizationProfile, AuthError> {
        let mut provider =
            Provider::new("acme-crm", "https://acme.example/authorize", "https://acme.example/token");
        provider.scopes = vec!["read".to_owned()];
        let value_of = |name: &str| variables.iter().find(|(known, _)| *known == name);
        AuthorizationProfile::from_variables(provider, |name| {
            value_of(name).map(|(_, value)| (*value).to_owned())
        })
    }

    const REQUIRED: [(&str, &str); 3] = [
        ("ACME_CRM_CLIENT_ID", "id"),
        ("ACME_CRM_CLIENT_SECRET", "hush"),
        ("ACME_CRM_CALLBACK_URL", "https://you.example/callback"),
    ];

    #[test]
    fn three_are_enough() {
        let profile = read(&REQUIRED).expect("a profile");
        assert_eq!((profile.client_id(), profile.client_secret.expose_secret()), ("id", "hush"));
        assert_eq!(profile.callback_url(), "https://you.example/callback");
        assert_eq!((profile.name(), profile.provider().scopes.join(" ")), ("acme-crm", "read".to_owned()));
        assert_eq!(profile.provider().token_url, "https://acme.example/token");
    }

    #[test]
    fn every_field_has_a_variable() {
        let more = [
            ("ACME_CRM_IDENTITY_PROVIDER_NAME", "Acme, our app"),
            ("ACME_CRM_AUTHORIZATION_URL", "https://eu.acme.example/authorize"),
            ("ACME_CRM_TOKEN_URL", "https://eu.acme.example/token"),
            ("ACME_CRM_REFRESH_URL", "https://eu.acme.example/refresh"),
            ("ACME_CRM_SCOPES", " read  write "),
            ("ACME_CRM_OPTIONAL_SCOPES", "admin"),
            ("ACME_CRM_AUTHORIZE_PARAMS", "prompt=consent&login_hint=a%40b.example"),
            ("ACME_CRM_PKCE", "false"),
            ("ACME_CRM_CREDENTIALS_IN", "body"),
        ];
        let profile = read(&[&REQUIRED[..], &more].concat()).expect("a profile");
        let provider = profile.provider();
        assert_eq!(profile.name(), "Acme, our app");
        assert_eq!(provider.authorization_url, "https://eu.acme.example/authorize");
        assert_eq!(provider.token_url, "https://eu.acme.example/token");
        assert_eq!(provider.refresh_url.as_deref(), Some("https://eu.acme.example/refresh"));
        assert_eq!(
            (provider.scopes.join(" "), profile.asked_optional_scopes().join(" ")),
            ("read write".to_owned(), "admin".to_owned())
        );
        let parameters: Vec<_> =
            provider.authorize_params.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(parameters, [("prompt", "consent"), ("login_hint", "a@b.example")]);
        assert!(!provider.pkce && provider.credentials_in_body);
    }

    #[test]
    fn all_that_is_missing_or_wrong_is_named_and_no_value_is() {
        let wrong = [
            ("ACME_CRM_CLIENT_SECRET", "hush"),
            ("ACME_CRM_PKCE", "hush"),
            ("ACME_CRM_CREDENTIALS_IN", "hush"),
        ];
        let Err(AuthError::Profile(problems)) = read(&wrong) else { panic!("it is incomplete") };
        assert_eq!(
            problems,
            [
                "the environment variable `ACME_CRM_CLIENT_ID` is not set",
                "the environment variable `ACME_CRM_CALLBACK_URL` is not set",
                "the environment variable `ACME_CRM_PKCE` must be `true` or `false`",
                "the environment variable `ACME_CRM_CREDENTIALS_IN` must be `body` or `basic`",
            ]
        );
    }
}
