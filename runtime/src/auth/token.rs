//! Tokens, which never show themselves.

use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::error::Error;

/// Shared by the clones of a token.
struct Held {
    secret: SecretString,
    /// The header that it travels in, made at its first call.
    header: OnceLock<HeaderValue>,
}

macro_rules! token {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Arc<Held>);

        impl $name {
            /// The secret itself, to store it somewhere safe.
            #[must_use]
            pub fn expose(&self) -> &str {
                self.0.secret.expose_secret()
            }
        }

        impl<T: Into<String>> From<T> for $name {
            fn from(token: T) -> Self {
                Self(Arc::new(Held { secret: SecretString::from(token.into()), header: OnceLock::new() }))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

token! {
    /// An access token (RFC 6749 §1.4). Wiped from memory when dropped, never shown by `Debug`.
    AccessToken
}
token! {
    /// A refresh token (RFC 6749 §1.5). Wiped from memory when dropped, never shown by `Debug`.
    RefreshToken
}

impl AccessToken {
    /// `Authorization: Bearer …` (RFC 6750 §2.1), marked so that no HTTP layer logs it.
    pub(crate) fn header(&self) -> Result<HeaderValue, Error> {
        if let Some(value) = self.0.header.get() {
            return Ok(value.clone());
        }
        let value = sensitive(&format!("Bearer {}", self.expose()))?;
        Ok(self.0.header.get_or_init(|| value).clone())
    }

    /// `Authorization: Basic …` of `user:password` (RFC 7617 §2).
    pub(crate) fn basic_header(&self) -> Result<HeaderValue, Error> {
        sensitive(&format!("Basic {}", BASE64.encode(self.expose())))
    }

    /// The token as the value of a header of its own.
    pub(crate) fn plain_header(&self) -> Result<HeaderValue, Error> {
        sensitive(self.expose())
    }
}

/// A header's value, marked so that no HTTP layer logs it.
fn sensitive(text: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::try_from(text).map_err(|_| {
        Error::Configuration(
            "the access token holds a character that no header can carry; was a line break copied with it?"
                .into(),
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}
