//! Why an authorization did not lead to a token.

use std::sync::Arc;

use super::StoreError;
use crate::error::Error;

/// Why an authorization did not lead to a token. No variant shows a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// The profile cannot be used, for each of these reasons.
    #[error("the authorization profile cannot be used: {}", .0.join("; "))]
    Profile(Vec<String>),
    /// The redirect does not belong to an authorization that was started here, or to one that has expired or was finished already,
    /// or it came back for somebody else. It may be an attack (RFC 6749 §10.12).
    #[error(
        "the redirect's state is not one that was sent, or it was used or has expired; start the authorization again"
    )]
    StateMismatch,
    /// The person or the provider refused (RFC 6749 §4.1.2.1).
    #[error("the authorization was refused: {}{}", printable(error), described(description.as_ref()))]
    Refused {
        /// RFC 6749 §4.1.2.1, `access_denied`.
        error: String,
        /// The provider's words.
        description: Option<String>,
    },
    /// The redirect has neither a code nor an error.
    #[error("the redirect has no `code`")]
    NoCode,
    /// The token endpoint refused (RFC 6749 §5.2).
    #[error("the token endpoint refused: {}{}", printable(error), described(description.as_ref()))]
    Token {
        /// RFC 6749 §5.2, or the provider's own code.
        error: String,
        /// The provider's words.
        description: Option<String>,
        /// Whether only a new authorization helps.
        needs_authorization: bool,
    },
    /// The endpoint could not be reached, or not in time. Trying again later can help.
    #[error("cannot reach the provider's endpoint")]
    Transport(#[source] reqwest::Error),
    /// The endpoint is there and does not work now (5xx, 429). Trying again later can help.
    #[error("the provider's endpoint answered HTTP {0}")]
    Unavailable(http::StatusCode),
    /// The endpoint answered something else than the RFCs prescribe.
    #[error("the provider's answer cannot be read: {0}")]
    Unreadable(String),
    /// There is no such connection.
    #[error("there is no connection `{0}`")]
    NoConnection(String),
    /// The connection's access token has expired, and it has no refresh token that the provider takes.
    #[error("the connection `{0}` has expired or was taken back, and cannot be refreshed")]
    NoRefreshToken(String),
    /// The store did not do what it was asked.
    #[error("the store of connections failed")]
    Store(#[from] StoreError),
    /// Nobody came back from the provider in time.
    #[error("nobody came back from the provider within {} s", .0.as_secs())]
    TimedOut(std::time::Duration),
    /// Nothing can listen for the redirect on this machine.
    #[error("cannot listen on port {port} of this machine for the redirect")]
    Listen {
        /// The port; 0 where any would do.
        port: u16,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// There is no authorization profile yet: neither the operator's nor one that was created.
    #[error(
        "there is no authorization profile for {provider} yet; create one, or set the environment variables {variables}"
    )]
    NoProfileYet {
        /// The provider, for people: `HubSpot`.
        provider: String,
        /// The variables of the operator's profile, for people.
        variables: String,
    },
    /// There are several authorization profiles, and none was named or selected.
    #[error(
        "there are several authorization profiles for {provider} and none is selected; name one of {}, or select one",
        .names.join(", ")
    )]
    SeveralProfiles {
        /// The provider, for people: `HubSpot`.
        provider: String,
        /// The profiles' names.
        names: Vec<String>,
    },
    /// There is no such authorization profile.
    #[error("there is no authorization profile `{0}`")]
    NoProfile(String),
    /// There is one of that name already.
    #[error("there is an authorization profile `{0}` already")]
    ProfileExists(String),
    /// Another call that waited for the same refresh failed with this.
    #[error(transparent)]
    Shared(Arc<AuthError>),
    /// Something is not set up.
    #[error("{0}")]
    Configuration(String),
}

impl AuthError {
    pub(super) fn configuration(error: Error) -> Self {
        match error {
            Error::Configuration(text) => Self::Configuration(text),
            other => Self::Configuration(other.to_string()),
        }
    }

    /// Whether trying the same again later can help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transport(_) | Self::Unavailable(_) => true,
            Self::Store(error) => error.is_transient(),
            Self::Shared(error) => error.is_transient(),
            _ => false,
        }
    }

    /// Whether only a new authorization by a person helps.
    #[must_use]
    pub fn needs_authorization(&self) -> bool {
        match self {
            Self::Token { needs_authorization, .. } => *needs_authorization,
            Self::NoConnection(_) | Self::NoRefreshToken(_) => true,
            Self::Shared(error) => error.needs_authorization(),
            _ => false,
        }
    }
}

fn described(description: Option<&String>) -> String {
    description.map(|text| format!(", {}", printable(text))).unwrap_or_default()
}

/// A text from outside as one line of a log or a terminal can hold it: neither control characters nor without end.
fn printable(text: &str) -> String {
    const LONGEST: usize = 500;
    let mut shown: String =
        text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_provider_says_is_one_line_of_bounded_length() {
        let description = Some(format!("no\r\nINFO forged line \u{1b}[2J{}", "x".repeat(100_000)));
        let error = AuthError::Refused { error: "access_denied\u{7}".to_owned(), description };
        let text = error.to_string();
        assert!(text.starts_with("the authorization was refused: access_denied , no  INFO"), "{text}");
        assert!(text.len() < 600 && !text.chars().any(char::is_control), "{text}");
    }
}
