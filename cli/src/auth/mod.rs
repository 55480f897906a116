//! `connector auth`: profiles, connections, tokens, keys.
//!
//! | module | holds |
//! | --- | --- |
//! | `profile`, `fields`, `secret` | profiles, what they are made of, and how a client secret comes in |
//! | `authorize` | the flow in a browser |
//! | `connections` | `list`, `status`, `token`, `revoke`, `disconnect` |
//! | `key` | the key that seals the store |
//! | `target` | which connector, profile and connection a command is about |
//! | `home` | where all of this is kept |

mod authorize;
pub(crate) mod connections;
mod fields;
pub(crate) mod home;
pub(crate) mod kept_token;
mod key;
mod profile;
mod secret;
pub(crate) mod target;

use std::process::ExitCode;

use clap::Subcommand;
use typed_connector::auth::AuthError;

pub(crate) use self::connections::{introspect, kept_json, second, state};
pub(crate) use self::home::kept;
pub(crate) use self::target::OfConnection;
use crate::Failure;

/// A person has to authorize, or has refused to.
const NOT_AUTHORIZED: u8 = 3;

#[derive(Subcommand)]
pub(crate) enum Auth {
    /// Create, list, select, edit and delete authorization profiles: the apps that are registered with a provider
    #[command(subcommand)]
    Profile(profile::Profile),
    /// Connect an account: opens the browser and waits for the decision there
    Authorize(authorize::Authorize),
    /// List the connections
    List(connections::List),
    /// Show the account, scopes and expiry of a connection, as the provider tells them
    Status(connections::Status),
    /// Write a connection's access token to standard output, refreshed where needed
    Token(connections::Token),
    /// Have the provider revoke a connection's tokens, and forget it
    Revoke(connections::Revoke),
    /// Forget a connection without telling the provider
    Disconnect(connections::Disconnect),
    /// Make or rotate the key that seals what is kept here
    #[command(subcommand)]
    Key(key::Key),
}

impl Auth {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let words = self.words();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let done = runtime.block_on(async {
            match self {
                Self::Profile(command) => command.run().await,
                Self::Authorize(command) => command.run().await,
                Self::List(command) => command.run().await,
                Self::Status(command) => command.run().await,
                Self::Token(command) => command.run().await,
                Self::Revoke(command) => command.run().await,
                Self::Disconnect(command) => command.run().await,
                Self::Key(command) => command.run().await,
            }
        });
        // Not waiting for what still reads from the terminal.
        runtime.shutdown_background();
        done.map_err(|error| advised(error, &words))
    }

    /// What it is about, as words of a command that is suggested.
    fn words(&self) -> String {
        match self {
            Self::Profile(command) => command.words(),
            Self::Authorize(command) => command.of.words(),
            Self::Status(command) => command.of.words(),
            Self::Token(command) => command.of.words(),
            Self::Revoke(command) => command.of.words(),
            Self::Disconnect(command) => command.of.words(),
            Self::List(_) | Self::Key(_) => String::new(),
        }
    }
}

/// An error with what helps.
#[derive(Debug)]
pub(crate) struct Advised {
    pub(crate) error: Failure,
    /// The exit code.
    pub(crate) code: u8,
    /// What to do about it.
    pub(crate) help: Option<String>,
}

impl std::fmt::Display for Advised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Advised {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

/// An authorization's error with what helps; `words` name the connection in commands that are suggested.
pub(crate) fn advised(error: Failure, words: &str) -> Failure {
    let error = match error.downcast::<AuthError>() {
        Ok(error) => error,
        Err(other) => return other,
    };
    let connector = words.split(' ').next().unwrap_or_default();
    let (code, help) = match &*error {
        AuthError::TimedOut(_) | AuthError::Refused { .. } => (NOT_AUTHORIZED, None),
        error if error.needs_authorization() => {
            let help = format!("connect the account with `connector auth authorize {words}`");
            (NOT_AUTHORIZED, Some(help))
        }
        AuthError::NoProfileYet { .. } => {
            (1, Some(format!("make one with `connector auth profile add {connector}`")))
        }
        AuthError::SeveralProfiles { .. } => {
            let select = format!("connector auth profile select {connector} --profile NAME");
            (1, Some(format!("add `--profile NAME`, or select one with `{select}`")))
        }
        AuthError::NoProfile(_) => {
            (1, Some(format!("`connector auth profile list {connector}` shows which there are")))
        }
        AuthError::ProfileExists(name) => {
            let edit = format!("connector auth profile edit {words} --profile {name}");
            (1, Some(format!("change it with `{edit}`, or choose another name with `--profile`")))
        }
        AuthError::Listen { .. } => {
            (1, Some("close the program that listens there, or choose another port with `--port`".to_owned()))
        }
        AuthError::Transport(_) | AuthError::Unavailable(_) => (1, Some("try again later".to_owned())),
        _ => (1, None),
    };
    Box::new(Advised { error, code, help })
}
