//! How the calls of a command are authorized, and to where they go.

use std::path::PathBuf;

use clap::Args;
use typed_connector::auth::{AccessToken, AuthError, Authorizer};
use typed_connector::dynamic::{Client, ClientBuilder, Connector};

use crate::auth::{Advised, OfConnection, home, kept_token};
use crate::configured::{self, Configured};
use crate::run::line::shell;
use crate::{Failure, check, misuse};

#[derive(Args, Clone, Default)]
pub(crate) struct Access {
    /// The authorization profile; without it the selected one, the operator's (`system`), or the only one
    #[arg(long, value_name = "NAME", help_heading = ACCESS)]
    profile: Option<String>,
    /// The connection: a name, or the end user it belongs to [default: default]
    #[arg(long, value_name = "KEY", help_heading = ACCESS)]
    connection: Option<String>,
    /// Take the access token or key from this environment variable, and not from a connection; where no profile or connection is
    /// named, `HUBSPOT_ACCESS_TOKEN` is looked at by itself, and so for the others
    #[arg(long, value_name = "VARIABLE", help_heading = ACCESS)]
    token_env: Option<String>,
    /// Another host in place of the API's own: a sandbox or a proxy
    #[arg(long, value_name = "URL", help_heading = ACCESS)]
    base_url: Option<String>,
    /// The API version, one of those that the spec lists
    #[arg(long, value_name = "VERSION", help_heading = ACCESS)]
    api_version: Option<String>,
}

/// Under this the options stand in a command's help.
pub(crate) const ACCESS: &str = "Access";

/// Where a connector's spec is.
#[derive(Clone)]
pub(crate) struct Spec {
    /// The name of a shipped one, or a folder.
    pub(crate) name: String,
    /// A folder that adds to it.
    pub(crate) extend: Option<PathBuf>,
}

impl Spec {
    /// The connector, with everything that is wrong with it in the error.
    pub(crate) fn load(&self) -> Result<Connector, Failure> {
        Ok(Connector::from_model(check::loaded(&self.name, self.extend.as_deref())?))
    }

    /// As words of a command that is suggested.
    pub(crate) fn words(&self) -> String {
        match &self.extend {
            Some(folder) => {
                format!("{} --extend {}", shell(&self.name), shell(&folder.display().to_string()))
            }
            None => shell(&self.name),
        }
    }
}

/// A client, and what keeps its connection; nothing does that where a token was given.
pub(crate) struct Authorized {
    pub(crate) client: Client,
    pub(crate) authorizer: Option<Authorizer>,
}

impl Authorized {
    const fn without(client: Client) -> Self {
        Self { client, authorizer: None }
    }

    /// Waits for tokens that are being refreshed: a provider that rotates them has ended the ones before.
    pub(crate) async fn settle(&self) -> Result<(), Failure> {
        match &self.authorizer {
            Some(authorizer) => Ok(authorizer.settle().await?),
            None => Ok(()),
        }
    }
}

/// How the calls of a command are authorized.
pub(crate) enum Way {
    /// By a token or key that somebody holds.
    Token {
        token: AccessToken,
        /// The environment variable that it is from; none where it is kept here.
        variable: Option<String>,
    },
    /// By a connection.
    Connection(OfConnection),
    /// They are not.
    Open,
}

/// What helps where there is no way yet: a profile, or a token in this variable.
pub(crate) fn without_profile(error: Failure, words: &str, variable: Option<&str>) -> Failure {
    let mut advised = match crate::auth::advised(error, words).downcast::<Advised>() {
        Ok(advised) => advised,
        Err(other) => return other,
    };
    let is_first = matches!(advised.error.downcast_ref(), Some(AuthError::NoProfileYet { .. }));
    if let (true, Some(help), Some(variable)) = (is_first, advised.help.as_mut(), variable) {
        help.push_str(&format!(", or put a token into `{variable}`"));
    }
    advised
}

/// The variable that holds an access token where no option says otherwise: `HUBSPOT_ACCESS_TOKEN`.
fn variable(connector: Connector) -> String {
    variable_of(connector.meta().name)
}

/// The same by the connector's machine name.
pub(crate) fn variable_of(connector: &str) -> String {
    let name = connector.chars();
    let name: String =
        name.map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    format!("{name}_ACCESS_TOKEN")
}

pub(crate) fn token(variable: &str) -> Option<AccessToken> {
    std::env::var(variable).ok().filter(|token| !token.trim().is_empty()).map(|token| token.trim().into())
}

impl Access {
    /// What was given here, else what was given there.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            profile: self.profile.or(other.profile),
            connection: self.connection.or(other.connection),
            token_env: self.token_env.or(other.token_env),
            base_url: self.base_url.or(other.base_url),
            api_version: self.api_version.or(other.api_version),
        }
    }

    /// Whether anything of it was given.
    pub(crate) fn is_given(&self) -> bool {
        let all = [&self.profile, &self.connection, &self.token_env, &self.base_url, &self.api_version];
        all.into_iter().any(Option::is_some)
    }

    pub(crate) fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    pub(crate) fn connection(&self) -> Option<&str> {
        self.connection.as_deref()
    }

    pub(crate) fn base_url(&self) -> Option<&str> {
        self.base_url.as_deref()
    }

    pub(crate) fn api_version(&self) -> Option<&str> {
        self.api_version.as_deref()
    }

    /// Whether a variable was named for the token.
    pub(crate) fn names_a_variable(&self) -> bool {
        self.token_env.is_some()
    }

    /// The environment variable that holds a token, or would.
    pub(crate) fn token_variable(&self, connector: Connector) -> String {
        self.token_env.clone().unwrap_or_else(|| variable(connector))
    }

    /// The connection that is meant, and its profile.
    pub(crate) fn of(&self, spec: &Spec) -> OfConnection {
        OfConnection::new(
            spec.name.clone(),
            spec.extend.clone(),
            self.profile.clone(),
            self.base_url.clone(),
            self.connection.clone(),
        )
    }

    /// A client whose calls are authorized: by the token in the variable that was named, by the connection that was named, by the token
    /// in the variable of the connector's name, as the connector is configured, or by the connection that is there. With what keeps that,
    /// which is to [settle](Authorized::settle) before the program ends.
    pub(crate) async fn authorized(
        &self,
        connector: Connector,
        spec: &Spec,
        settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Result<Authorized, Failure> {
        let way = self.way(connector, spec).await?;
        let builder = settings(self.builder(connector));
        match way {
            Way::Token { token, .. } => Ok(Authorized::without(builder.access_token(token).build()?)),
            Way::Open => Ok(Authorized::without(builder.unauthenticated().build()?)),
            Way::Connection(of) => {
                let variable = connector.meta().bearer.map(|_| variable(connector));
                let authorizer = of
                    .authorizer_at(connector.meta().base_url)
                    .await
                    .map_err(|error| without_profile(error, &of.words(), variable.as_deref()))?;
                let client = builder.authorizer(&authorizer, &of.connection).build()?;
                Ok(Authorized { client, authorizer: Some(authorizer) })
            }
        }
    }

    /// Which way calls are authorized, in the order that [`authorized`](Self::authorized) tells.
    pub(crate) async fn way(&self, connector: Connector, spec: &Spec) -> Result<Way, Failure> {
        if let Some(variable) = &self.token_env {
            let token = token(variable).ok_or_else(|| {
                misuse(format!("the environment variable `{variable}` holds no access token"))
            })?;
            return Ok(Way::Token { token, variable: Some(variable.clone()) });
        }
        let (is_named, variable) = (self.profile.is_some() || self.connection.is_some(), variable(connector));
        if !is_named && let Some(token) = token(&variable) {
            return Ok(Way::Token { token, variable: Some(variable) });
        }
        let meta = connector.meta();
        let configured = match is_named {
            true => None,
            false => configured(connector)?,
        };
        let mut profile = self.profile.clone();
        match configured {
            Some(Configured { status: configured::Status::Disabled, .. }) => {
                return Err(format!(
                    "{} is disabled on this machine\nhelp: enable it with `connector console`, or name a connection with `--connection`",
                    meta.title
                )
                .into());
            }
            Some(Configured { access: configured::Access::Token, .. }) => {
                let store = home::store()?;
                let token = kept_token::get(&store, meta.name).await?;
                let token = token.ok_or_else(|| {
                    format!("the token of {} is not there any more\nhelp: configure it anew with `connector console`", meta.title)
                })?;
                return Ok(Way::Token { token, variable: None });
            }
            Some(Configured { access: configured::Access::Open, .. }) => return Ok(Way::Open),
            Some(Configured { access: configured::Access::Profile { name, .. }, .. }) => profile = Some(name),
            None => {}
        }
        if meta.oauth2.is_some() {
            return Ok(Way::Connection(Self { profile, ..self.clone() }.of(spec)));
        }
        match meta.bearer {
            None => Ok(Way::Open),
            Some(title) => Err(misuse(format!(
                "nothing says how calls of {} are authorized\nhelp: put its token ({title}) into the environment variable `{variable}`",
                meta.title,
            ))),
        }
    }

    /// A client that sends nothing.
    pub(crate) fn silent_client(&self, connector: Connector) -> Result<Client, Failure> {
        // Not sent, and not shown: only whether there is one counts.
        let builder = self.builder(connector);
        let builder = match connector.meta().bearer.is_some() || connector.meta().oauth2.is_some() {
            true => builder.access_token("none"),
            false => builder.unauthenticated(),
        };
        Ok(builder.build()?)
    }

    /// A client's settings, without how its calls are authorized.
    pub(crate) fn builder(&self, connector: Connector) -> ClientBuilder {
        let mut builder = connector.client();
        if let Some(url) = &self.base_url {
            builder = builder.base_url(url);
        }
        if let Some(version) = &self.api_version {
            builder = builder.api_version(version);
        }
        builder.user_agent(concat!("connector/", env!("CARGO_PKG_VERSION")))
    }
}

/// How the connector is configured on this machine, where somebody did so.
fn configured(connector: Connector) -> Result<Option<Configured>, Failure> {
    let all = configured::all(&home::folder()?)?;
    Ok(all.into_iter().find(|one| one.connector == connector.meta().name))
}
