//! Where a call's token comes from.

use std::sync::Arc;

use crate::auth::{AccessToken, AuthError, Authorizer};
use crate::error::Error;

/// Where the tokens of a client come from.
#[derive(Clone, Debug, Default)]
pub(crate) enum Credentials {
    /// Nowhere: calls are sent without.
    #[default]
    None,
    /// The developer has one.
    Token(AccessToken),
    /// A connection that a person authorized.
    Connection(Authorizer, Arc<str>),
}

impl Credentials {
    /// The token to send.
    pub(crate) async fn token(&self) -> Result<Option<AccessToken>, Error> {
        match self {
            Self::None => Ok(None),
            Self::Token(token) => Ok(Some(token.clone())),
            Self::Connection(authorizer, connection) => {
                let token = authorizer.access_token(connection).await;
                self.checked(token).await.map(Some)
            }
        }
    }

    /// The token to send after the API refused this one; `None` where there is no other.
    pub(crate) async fn replacement(&self, refused: &AccessToken) -> Result<Option<AccessToken>, Error> {
        match self {
            Self::None | Self::Token(_) => Ok(None),
            Self::Connection(authorizer, connection) => {
                let token = authorizer.replace(connection, refused).await;
                self.checked(token).await.map(Some)
            }
        }
    }

    async fn checked(&self, token: Result<AccessToken, AuthError>) -> Result<AccessToken, Error> {
        match (token, self) {
            (Ok(token), _) => Ok(token),
            (Err(error), Self::Connection(authorizer, connection)) if error.needs_authorization() => {
                Err(authorizer.required(connection).await)
            }
            (Err(error), _) => Err(Error::Authorization(Box::new(error))),
        }
    }
}
