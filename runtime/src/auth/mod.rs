//! Authorization: access tokens, authorization profiles, connections, and the OAuth 2.0 flows that make them.
//!
//! | | the operator's app (*system*) | the developer's own app (*custom*) |
//! | --- | --- | --- |
//! | **pre-authorize**: one connection for everybody | [`AuthorizationProfile::from_env`], then [`Authorizer::authorize`] once | [`AuthorizationProfile::new`], then the same |
//! | **allow users to authorize**: one connection each | the system profile; a call without a connection ends in [`Error::AuthorizationRequired`](crate::Error::AuthorizationRequired) with the link | the same with the custom profile |
//!
//! The redirect comes back to a [`Loopback`] listener on the person's machine, or to a web application, where the module
//! `axum` (with the feature of that name) or [`Authorizer::finish_as`] takes it. [`Profiles`] keeps profiles by name.
//!
//! A token that one holds already (a private app's, a service key) needs none of this: give it to
//! [`ClientBuilder::access_token`](crate::ClientBuilder::access_token).

mod authorizer;
#[cfg(feature = "axum")]
pub mod axum;
mod connection;
mod endpoint;
mod error;
mod flights;
mod flow;
#[cfg(feature = "loopback")]
mod loopback;
#[cfg(any(feature = "axum", feature = "loopback"))]
mod page;
mod pending;
mod profile;
mod profile_check;
mod profile_env;
mod profile_json;
mod profiles;
mod provider;
mod refresh;
mod seen;
mod store;
mod tasks;
mod token;

pub use authorizer::{Authorizer, AuthorizerBuilder, Introspection};
pub use connection::{Connection, ConnectionState, KeptConnection};
pub use error::AuthError;
pub use flow::{AuthorizationRequest, TokenResponse};
#[cfg(feature = "loopback")]
pub use loopback::{Callback, Loopback};
pub use pending::AuthorizationRequired;
pub use profile::AuthorizationProfile;
pub use profile_check::ShutOff;
pub(crate) use profile_check::is_safe;
pub use profiles::{ProfileName, Profiles};
pub use provider::{Provider, SunsetUrl};
#[cfg(feature = "postgres")]
pub use store::PostgresStore;
#[cfg(feature = "sqlite")]
pub use store::SqliteStore;
pub use store::{
    Key, KeyId, Keyring, Kind, MemoryStore, Rotation, Store, StoreError, StoreErrorKind, StoreFuture,
    StoreLock, Vault,
};
pub use token::{AccessToken, RefreshToken};
