//! Which connector, profile and connection a command is about.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use typed_connector::auth::{AuthorizationProfile, Authorizer, Profiles, Provider, SqliteStore, SunsetUrl};
use typed_connector_specs::model::{ClientCredentialsIn, Connector};

use super::{Advised, home};
use crate::run::access::variable_of;
use crate::run::line::shell;
use crate::which::Which;
use crate::{Failure, check, misuse};

/// The connection that is meant where none is named.
pub(crate) const DEFAULT: &str = "default";

/// A connector with OAuth 2.0.
#[derive(Args)]
pub(super) struct OfConnector {
    #[command(flatten)]
    which: Which,
    /// A folder that adds to it, as `extend` does in the attribute
    #[arg(long, value_name = "FOLDER")]
    extend: Option<PathBuf>,
}

/// A profile of it.
#[derive(Args)]
pub(super) struct OfProfile {
    #[command(flatten)]
    of: OfConnector,
    /// The profile; without it the selected one, the operator's (`system`), or the only one
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Another host for all of the provider's endpoints: a sandbox or a proxy
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

/// A connection of that.
#[derive(Args)]
pub(crate) struct OfConnection {
    #[command(flatten)]
    of: OfProfile,
    /// The key of the connection: a name, or the end user it belongs to
    #[arg(long, value_name = "KEY", default_value = DEFAULT)]
    pub(crate) connection: String,
}

impl OfConnector {
    pub(super) fn profiles(&self) -> Result<Profiles, Failure> {
        Ok(Profiles::new(self.provider()?, home::store()?))
    }

    pub(super) fn provider(&self) -> Result<Provider, Failure> {
        let connector = check::loaded(&self.which.name(), self.extend.as_deref())?;
        provider(&connector).ok_or_else(|| without_oauth(&connector))
    }

    /// What was given, as words of a command that is suggested.
    pub(super) fn words(&self) -> String {
        let mut words = shell(&self.which.name());
        if let Some(folder) = &self.extend {
            words.push_str(&format!(" --extend {}", shell(&folder.display().to_string())));
        }
        words
    }
}

impl OfProfile {
    /// The profile and its name.
    pub(super) async fn profile(&self) -> Result<(String, AuthorizationProfile), Failure> {
        let (name, profile) = self.of.profiles()?.resolve(self.profile.as_deref()).await?;
        let profile = match &self.base_url {
            Some(url) => moved(profile, url)?,
            None => profile,
        };
        Ok((name, profile))
    }
}

impl OfConnection {
    /// The same of a command with options of its own.
    pub(crate) fn new(
        connector: String,
        extend: Option<PathBuf>,
        profile: Option<String>,
        base_url: Option<String>,
        connection: Option<String>,
    ) -> Self {
        let of = OfProfile { of: OfConnector { which: Which::named(connector), extend }, profile, base_url };
        Self { of, connection: connection.unwrap_or_else(|| DEFAULT.to_owned()) }
    }

    /// What was given, as words of a command that is suggested.
    pub(crate) fn words(&self) -> String {
        let mut words = self.of.of.words();
        for (option, value) in [("--profile", &self.of.profile), ("--base-url", &self.of.base_url)] {
            if let Some(value) = value {
                words.push_str(&format!(" {option} {}", shell(value)));
            }
        }
        if self.connection != DEFAULT {
            words.push_str(&format!(" --connection {}", shell(&self.connection)));
        }
        words
    }

    /// The connector's argument, as it was given.
    pub(crate) fn connector(&self) -> String {
        self.of.of.which.name()
    }

    /// Whether a profile or a connection was named.
    pub(crate) fn is_named(&self) -> bool {
        self.of.profile.is_some() || self.connection != DEFAULT
    }

    /// The profile that was named.
    pub(crate) fn profile_name(&self) -> Option<&str> {
        self.of.profile.as_deref()
    }

    /// The host to use in place of the API's own.
    pub(crate) fn base_url(&self) -> Option<&str> {
        self.of.base_url.as_deref()
    }

    pub(super) async fn profile(&self) -> Result<(String, AuthorizationProfile), Failure> {
        self.of.profile().await
    }

    /// The profile's name, and what keeps its connections.
    pub(crate) async fn authorizer(&self) -> Result<(String, Authorizer), Failure> {
        let (name, profile) = self.profile().await?;
        warn(&profile)?;
        Ok((name, authorizer(profile)?))
    }

    /// What keeps its connections, for calls of the API at this address.
    pub(crate) async fn authorizer_at(&self, api: &str) -> Result<Authorizer, Failure> {
        let (name, authorizer) = self.authorizer().await?;
        match self.strange_host(authorizer.profile(), api) {
            None => Ok(authorizer),
            Some(host) => Err(misuse(format!(
                "the tokens of the profile `{name}` come from {host}, and this would send one to {api}\n\
                 help: say where the API is, `--base-url {host}`"
            ))),
        }
    }

    /// Where a profile's tokens come from, where that is a sandbox on this machine and the API's address is still the real one.
    pub(crate) fn strange_host<'p>(&self, profile: &'p AuthorizationProfile, api: &str) -> Option<&'p str> {
        profile.local_host().filter(|_| self.base_url().is_none() && api.starts_with("https://"))
    }
}

pub(super) fn authorizer(profile: AuthorizationProfile) -> Result<Authorizer, Failure> {
    let store: SqliteStore = home::store()?;
    Ok(Authorizer::new(profile, store)?)
}

/// The same, for links that somebody waits for so long; they live for ten minutes at least.
pub(super) fn authorizer_for(profile: AuthorizationProfile, wait: Duration) -> Result<Authorizer, Failure> {
    let store: SqliteStore = home::store()?;
    let lifetime = wait.max(Duration::from_secs(600));
    Ok(Authorizer::builder(profile, store).state_lifetime(lifetime).build()?)
}

/// Where the token of a connector goes that nobody can authorize.
fn without_oauth(connector: &Connector) -> Failure {
    let Connector { title, auth, name, .. } = connector;
    let token = auth.bearer.as_ref().map(|bearer| &bearer.title);
    let token = token.or_else(|| auth.api_key.as_ref().map(|key| &key.title));
    let variable = variable_of(name);
    let (error, help) = match token {
        Some(token) => (
            format!("{title} has no OAuth 2.0, so that there is nothing to authorize here"),
            format!(
                "put its token ({token}) into the environment variable `{variable}`, or have it kept sealed by `connector console`; in \
                 Rust it is given to `Client::builder().access_token(…)`"
            ),
        ),
        None => (
            format!("{title} has no OAuth 2.0"),
            "its calls need no authorization: `Client::builder().unauthenticated()` in Rust".to_owned(),
        ),
    };
    Box::new(Advised { error: error.into(), code: 1, help: Some(help) })
}

/// The same profile with its endpoints on another host.
pub(crate) fn moved(profile: AuthorizationProfile, base_url: &str) -> Result<AuthorizationProfile, Failure> {
    if !base_url.starts_with("http://") && !base_url.starts_with("https://") {
        return Err(format!(
            "the base URL `{base_url}` must start with https://, or with http:// on this machine"
        )
        .into());
    }
    Ok(profile.host(base_url))
}

/// The parts of a list that were given; there may be blanks around its commas, or nothing in it.
pub(crate) fn given(list: &[String]) -> impl Iterator<Item = &str> {
    list.iter().map(|part| part.trim()).filter(|part| !part.is_empty())
}

/// Tells on standard error what will stop to work and what may be a mistake.
pub(super) fn warn(profile: &AuthorizationProfile) -> Result<(), Failure> {
    for warning in profile.validate()? {
        anstream::eprintln!("{}", crate::wrap::told(&format!("warning: {warning}")));
    }
    Ok(())
}

/// What the runtime needs to know of a spec; `None` where it has no OAuth 2.0.
pub(crate) fn provider(connector: &Connector) -> Option<Provider> {
    let oauth2 = connector.auth.oauth2.clone()?;
    let rules = connector.modules.iter().flat_map(|module| &module.actions).map(|action| &action.scopes);
    // Least privilege: what the actions need, as the macro has it.
    let needed: BTreeSet<usize> =
        rules.flat_map(|rule| rule.all_of.iter().chain(rule.any_of.first())).copied().collect();
    let mut provider = Provider::new(&connector.name, oauth2.authorization_url, oauth2.token_url);
    provider.title.clone_from(&connector.title);
    provider.refresh_url = oauth2.refresh_url;
    provider.introspection_url = oauth2.introspection_url;
    provider.revocation_url = oauth2.revocation_url;
    provider.scope_separator = oauth2.scope_separator;
    provider.credentials_in_body = oauth2.client_credentials_in == ClientCredentialsIn::Body;
    provider.pkce = oauth2.pkce;
    provider.authorize_params = oauth2.authorize_params;
    provider.dead_grant = oauth2.dead_grant;
    provider.account_id_path = oauth2.account_id_path;
    provider.granted_scopes_path = oauth2.granted_scopes_path;
    provider.scopes = needed.into_iter().map(|scope| connector.scopes[scope].name.clone()).collect();
    provider.known_scopes = connector.scopes.iter().map(|scope| scope.name.clone()).collect();
    provider.redirect_to_ip = oauth2.redirect_to_ip;
    provider.sunset_urls = oauth2
        .sunset_urls
        .into_iter()
        .map(|url| SunsetUrl { prefix: url.prefix, sunset: url.sunset, replaced_by: url.replaced_by })
        .collect();
    Some(provider)
}

#[cfg(test)]
mod tests {
    use super::OfConnection;

    #[test]
    fn words_are_those_of_a_shell() {
        let of = |connector: &str, profile: Option<&str>, connection: &str| {
            let (profile, connection) = (profile.map(str::to_owned), Some(connection.to_owned()));
            OfConnection::new(connector.to_owned(), None, profile, None, connection).words()
        };
        assert_eq!(of("hubspot", None, "default"), "hubspot");
        assert_eq!(of("specs/acme", Some("a_b"), "ada@x"), "specs/acme --profile a_b --connection ada@x");
        assert_eq!(of("my specs", None, "it's $(x)"), r"'my specs' --connection 'it'\''s $(x)'");
    }
}
