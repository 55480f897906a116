//! Where a call's token comes from.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::auth::{AccessToken, AuthError, Authorizer};
use crate::error::Error;
use crate::hash::sha256;
use crate::meta::ConnectorMeta;

/// Where the tokens of a client come from.
#[derive(Clone, Debug, Default)]
pub(crate) enum Credentials {
    /// Nobody said.
    #[default]
    Unset,
    /// Nowhere: calls are sent without.
    None,
    /// The developer has one.
    Token(AccessToken),
    /// A connection that a person authorized.
    Connection(Authorizer, Arc<str>),
}

impl Credentials {
    /// Whose requests count together, for a budget that several clients share: an app's in an account. It shows no secret.
    pub(crate) fn account(&self, connector: &ConnectorMeta) -> String {
        match self {
            Self::Unset | Self::None => connector.name.to_owned(),
            Self::Token(token) => {
                let hash = sha256(&[b"typed-connector budget\0", token.expose().as_bytes()]);
                let hash = URL_SAFE_NO_PAD.encode(&hash[..18]);
                format!("{}/token/{hash}", connector.name)
            }
            Self::Connection(authorizer, connection) => {
                format!("{}/{}/{connection}", connector.name, authorizer.profile().client_id())
            }
        }
    }

    /// The token to send.
    pub(crate) async fn token(&self) -> Result<Option<AccessToken>, Error> {
        match self {
            Self::Unset | Self::None => Ok(None),
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
            Self::Unset | Self::None | Self::Token(_) => Ok(None),
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
