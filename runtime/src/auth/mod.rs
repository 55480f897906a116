//! Authorization: access tokens and the OAuth 2.0 authorization code flow.

mod code;
mod token;

pub use code::{AuthError, AuthorizationProfile, AuthorizationRequest, TokenResponse};
pub use token::{AccessToken, RefreshToken};
