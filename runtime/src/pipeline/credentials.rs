//! Where a call's token comes from.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::auth::{AccessToken, AuthError, Authorizer};
use crate::error::{Error, MissingScopes};
use crate::hash::sha256;
use crate::meta::{ActionMeta, ConnectorMeta};

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

    /// Whether calls are authorized at all.
    #[cfg(feature = "dynamic")]
    pub(crate) const fn are_used(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// The token to send.
    pub(crate) async fn token(&self) -> Result<Option<AccessToken>, Error> {
        match self {
            Self::Unset | Self::None => Ok(None),
            Self::Token(token) => Ok(Some(token.clone())),
            Self::Connection(authorizer, connection) => {
                // Boxed, as what it holds is large, and most calls are ready at once.
                let token = Box::pin(authorizer.access_token(connection)).await;
                Box::pin(self.checked(token)).await.map(Some)
            }
        }
    }

    /// The token to send after the API refused this one; `None` where there is no other.
    pub(crate) async fn replacement(&self, refused: &AccessToken) -> Result<Option<AccessToken>, Error> {
        match self {
            Self::Unset | Self::None | Self::Token(_) => Ok(None),
            Self::Connection(authorizer, connection) => {
                let token = Box::pin(authorizer.replace(connection, refused)).await;
                Box::pin(self.checked(token)).await.map(Some)
            }
        }
    }

    /// Whether the connection was granted the scopes that an action needs, as far as that is known.
    pub(crate) async fn permit(&self, action: &ActionMeta) -> Result<(), Error> {
        let Self::Connection(authorizer, connection) = self else { return Ok(()) };
        let kept = Box::pin(authorizer.connection(connection)).await;
        let Some(kept) = kept.map_err(|error| Error::Authorization(Box::new(error)))? else { return Ok(()) };
        // Where the provider tells no scopes, nothing is known.
        let lacks = |scope: &&&str| !kept.scopes.iter().any(|granted| granted == **scope);
        let owned =
            |scopes: Vec<&&str>| scopes.into_iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>();
        let missing: Vec<_> = action.scopes.iter().filter(lacks).collect();
        let has_one = action.any_scopes.is_empty() || !action.any_scopes.iter().all(|scope| lacks(&scope));
        if kept.scopes.is_empty() || missing.is_empty() && has_one {
            return Ok(());
        }
        let one_of: Vec<_> = if has_one { Vec::new() } else { action.any_scopes.iter().collect() };
        let asked = &authorizer.profile().provider().scopes;
        let is_asked = |scope: &&&str| asked.iter().any(|asked| asked == **scope);
        let helps = missing.iter().all(is_asked) && (has_one || one_of.iter().any(is_asked));
        let authorize = match helps {
            true => match Box::pin(authorizer.required(connection)).await {
                Error::AuthorizationRequired(required) => Some(*required),
                error => return Err(error),
            },
            false => None,
        };
        Err(Error::MissingScopes(Box::new(MissingScopes {
            action: action.name,
            connection: connection.to_string(),
            missing: owned(missing),
            one_of: owned(one_of),
            granted: kept.scopes,
            authorize,
        })))
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
