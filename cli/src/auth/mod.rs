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
mod connections;
mod fields;
mod home;
mod key;
mod profile;
mod secret;
mod target;

use std::process::ExitCode;

use clap::Subcommand;
use typed_connector::auth::AuthError;

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
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
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
        })
    }
}

/// The exit code of an error, and what to do about it.
pub(crate) fn advice(error: &(dyn std::error::Error + 'static)) -> (u8, Option<&'static str>) {
    let Some(error) = error.downcast_ref::<AuthError>() else { return (1, None) };
    match error {
        AuthError::TimedOut(_) | AuthError::Refused { .. } => (NOT_AUTHORIZED, None),
        error if error.needs_authorization() => {
            (NOT_AUTHORIZED, Some("connect the account with `connector auth authorize`"))
        }
        AuthError::NoProfile(_) => (1, Some("`connector auth profile list` shows which there are")),
        AuthError::ProfileExists(_) => {
            (1, Some("change it with `connector auth profile edit`, or choose another name with `--name`"))
        }
        AuthError::Listen { .. } => {
            (1, Some("close the program that listens there, or choose another port with `--port`"))
        }
        AuthError::Transport(_) | AuthError::Unavailable(_) => (1, Some("try again later")),
        _ => (1, None),
    }
}
