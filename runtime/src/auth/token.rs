//! Tokens, which never show themselves.

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::error::Error;

macro_rules! token {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(SecretString);

        impl $name {
            /// The secret itself, to store it somewhere safe.
            #[must_use]
            pub fn expose(&self) -> &str {
                self.0.expose_secret()
            }
        }

        impl<T: Into<String>> From<T> for $name {
            fn from(token: T) -> Self {
                Self(SecretString::from(token.into()))
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
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.expose())).map_err(|_| {
            Error::Configuration(
                "the access token holds a character that no header can carry; was a line break copied with it?".into(),
            )
        })?;
        value.set_sensitive(true);
        Ok(value)
    }
}
