//! Addresses in answers.

use url::Url;

/// An address as the API wrote it, such as a record's page in the API's own application.
///
/// It is parsed where a program needs its parts ([`to_url`](Self::to_url)), and not when it is read: that would cost more than
/// all other fields of a record together, and an address that is none would be lost.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Link(String);

impl Link {
    /// The address as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address with its parts.
    ///
    /// # Errors
    /// Where it is no absolute URL.
    pub fn to_url(&self) -> Result<Url, url::ParseError> {
        Url::parse(&self.0)
    }
}

impl From<&str> for Link {
    fn from(link: &str) -> Self {
        Self(link.to_owned())
    }
}

impl From<String> for Link {
    fn from(link: String) -> Self {
        Self(link)
    }
}

impl From<Url> for Link {
    fn from(url: Url) -> Self {
        Self(url.into())
    }
}

impl From<&Url> for Link {
    fn from(url: &Url) -> Self {
        url.as_str().into()
    }
}

impl From<Link> for String {
    fn from(link: Link) -> Self {
        link.0
    }
}

impl TryFrom<&Link> for Url {
    type Error = url::ParseError;

    fn try_from(link: &Link) -> Result<Self, url::ParseError> {
        link.to_url()
    }
}

impl AsRef<str> for Link {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Link {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Link {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl std::fmt::Display for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
