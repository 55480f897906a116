//! `connector auth list`, `status`, `token`, `revoke` and `disconnect`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};
use typed_connector::auth::{
    AuthError, Authorizer, Connection, ConnectionState, Introspection, KeptConnection,
};

use super::target::OfConnection;
use super::{NOT_AUTHORIZED, home};
use crate::run::line::shell;
use crate::run::shown::printable;
use crate::{Failure, check, misuse, print_json, which};

#[derive(Args)]
pub(crate) struct List {
    /// Only those of this connector: its name, or the folder of its specs
    connector: Option<String>,
    /// A folder of specs; the same as to name it in place of the connector
    #[arg(long, value_name = "FOLDER", conflicts_with = "connector")]
    path: Option<PathBuf>,
    /// JSON instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct Status {
    #[command(flatten)]
    pub(super) of: OfConnection,
    /// Ask the provider nothing: what is kept here, and no more
    #[arg(long)]
    offline: bool,
    /// JSON instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct Token {
    #[command(flatten)]
    pub(super) of: OfConnection,
    /// Yes, write the secret to standard output
    #[arg(long)]
    print: bool,
}

#[derive(Args)]
pub(crate) struct Revoke {
    #[command(flatten)]
    pub(super) of: OfConnection,
}

#[derive(Args)]
pub(crate) struct Disconnect {
    #[command(flatten)]
    pub(super) of: OfConnection,
}

impl List {
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let named = self.path.as_deref().map(which::folder).or(self.connector);
        // Connections are kept by the name that is in the specs.
        let wanted = match &named {
            Some(folder) if which::is_folder(folder) => Some(check::loaded(folder, None)?.name),
            named => named.clone(),
        };
        let mut all = Connection::all(&home::store()?).await?;
        all.retain(|kept| wanted.as_ref().is_none_or(|wanted| *wanted == kept.connector));
        if self.json {
            let list: Value = all.iter().map(kept_json).collect();
            print_json(&list)?;
            return Ok(ExitCode::SUCCESS);
        }
        if all.is_empty() {
            let connector = named.as_deref().map_or_else(|| "CONNECTOR".to_owned(), shell);
            anstream::println!(
                "No account is connected yet; connect one with `connector auth authorize {connector}`."
            );
        }
        for kept in &all {
            let connection = &kept.connection;
            let account = printable(connection.account_id.as_deref().unwrap_or("unknown account"));
            anstream::println!(
                "{:12} {:20} {account:14} {:20} app {}",
                kept.connector,
                connection.key.escape_debug().to_string(),
                state(connection),
                kept.client_id
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Status {
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let (name, authorizer) = self.of.authorizer().await?;
        let key = &self.of.connection;
        let kept = authorizer.connection(key).await?.ok_or_else(|| AuthError::NoConnection(key.clone()))?;
        let asks = !self.offline && authorizer.profile().provider().introspection_url.is_some();
        let told = match asks {
            true => introspect(&authorizer, key).await?,
            false => None,
        };
        // Asking refreshes the tokens where needed, or finds that they cannot be refreshed any more.
        let connection = authorizer.connection(key).await?.unwrap_or(kept);
        authorizer.settle().await?;
        let usable =
            connection.state == ConnectionState::Active && told.as_ref().map_or(!asks, |told| told.active);
        if self.json {
            let mut json = json(&authorizer, &connection);
            json["profile"] = name.into();
            json["introspection"] = told.as_ref().map_or(Value::Null, |told| {
                json!({
                    "active": told.active,
                    "account_id": told.account_id,
                    "scopes": told.scopes,
                    "expires_in": told.expires_in.map(|time| time.as_secs()),
                })
            });
            print_json(&json)?;
        } else {
            anstream::println!("{:14}{} (profile {name})", "Connection", key.escape_debug());
            print(&connection);
            if let Some(told) = &told {
                let says = match (told.active, told.expires_in) {
                    (true, Some(time)) => format!("valid for {}", span(time)),
                    (true, None) => "valid".to_owned(),
                    (false, _) => "not valid any more".to_owned(),
                };
                anstream::println!("{:14}the access token is {says}", authorizer.profile().name());
            }
        }
        Ok(if usable { ExitCode::SUCCESS } else { ExitCode::from(NOT_AUTHORIZED) })
    }
}

/// What the provider says; `None` where a person has to authorize again, which the connection's state tells then.
pub(crate) async fn introspect(
    authorizer: &Authorizer,
    key: &str,
) -> Result<Option<Introspection>, AuthError> {
    let ask = async {
        let token = authorizer.access_token(key).await?;
        let told = authorizer.introspect(key).await?;
        if told.active {
            return Ok(told);
        }
        // The provider ended the token before its time; what counts is whether there is another.
        authorizer.replace(key, &token).await?;
        authorizer.introspect(key).await
    };
    match ask.await {
        Ok(told) => Ok(Some(told)),
        Err(error) if error.needs_authorization() => Ok(None),
        Err(error) => Err(error),
    }
}

impl Token {
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        if !self.print {
            return Err(misuse(
                "an access token is a secret, and a terminal keeps what it has shown\n\
                 help: add `--print` to pipe it into another program",
            ));
        }
        let (_, authorizer) = self.of.authorizer().await?;
        let token = authorizer.access_token(&self.of.connection).await?;
        authorizer.settle().await?;
        anstream::println!("{}", token.expose());
        Ok(ExitCode::SUCCESS)
    }
}

impl Revoke {
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let (_, authorizer) = self.of.authorizer().await?;
        authorizer.revoke(&self.of.connection).await?;
        let provider = authorizer.profile().name();
        anstream::println!(
            "{provider} has revoked the connection `{}`, and it is forgotten here.",
            self.of.connection
        );
        Ok(ExitCode::SUCCESS)
    }
}

impl Disconnect {
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let (_, authorizer) = self.of.authorizer().await?;
        let key = &self.of.connection;
        if !authorizer.disconnect(key).await? {
            return Err(AuthError::NoConnection(key.clone()).into());
        }
        let provider = authorizer.profile().name();
        anstream::println!(
            "The connection `{key}` is forgotten here. {provider} still has it; `revoke` would have ended it there."
        );
        Ok(ExitCode::SUCCESS)
    }
}

/// Everything but the tokens.
pub(super) fn json(authorizer: &Authorizer, connection: &Connection) -> Value {
    let profile = authorizer.profile();
    described(&profile.provider().connector, profile.client_id(), connection)
}

/// A connection that is kept, without its tokens.
pub(crate) fn kept_json(kept: &KeptConnection) -> Value {
    described(&kept.connector, &kept.client_id, &kept.connection)
}

fn described(connector: &str, client_id: &str, connection: &Connection) -> Value {
    json!({
        "connector": connector,
        "client_id": client_id,
        "connection": connection.key,
        "state": connection.state,
        "account_id": connection.account_id,
        "scopes": connection.scopes,
        "expires_at": connection.expires_at.map(|at| at.to_string()),
        "authorized_at": connection.authorized_at.to_string(),
        "refreshed_at": connection.refreshed_at.map(|at| at.to_string()),
    })
}

/// The same for people.
pub(super) fn print(connection: &Connection) {
    let line = |what: &str, value: &str| anstream::println!("{what:14}{}", printable(value));
    line("Account", connection.account_id.as_deref().unwrap_or("not told by the provider"));
    line("Scopes", &connection.scopes.join("\n              "));
    line("Access token", &state(connection));
    line("Authorized", &second(connection.authorized_at));
    if let Some(at) = connection.refreshed_at {
        line("Refreshed", &second(at));
    }
}

/// Whether a connection can be used, and for how long its access token.
pub(crate) fn state(connection: &Connection) -> String {
    if connection.state != ConnectionState::Active {
        return "needs authorization".to_owned();
    }
    let Some(at) = connection.expires_at else { return "does not expire".to_owned() };
    match Duration::try_from(at.duration_since(Timestamp::now())) {
        Ok(left) => format!("expires in {}", span(left)),
        Err(_) => "expired, refreshed when used".to_owned(),
    }
}

pub(crate) fn second(at: Timestamp) -> String {
    at.strftime("%F %T UTC").to_string()
}

fn span(time: Duration) -> String {
    let minutes = (time.as_secs() + 30) / 60;
    match minutes {
        0 => format!("{} s", time.as_secs()),
        1..120 => format!("{minutes} min"),
        120..2880 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_well() {
        for (seconds, text) in [(7, "7 s"), (1799, "30 min"), (7200, "2 h"), (864_000, "10 days")] {
            assert_eq!(span(Duration::from_secs(seconds)), text);
        }
    }
}
