//! OAuth apps.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::http::gate::is_loopback_name;

/// An OAuth app that is registered with the sandbox.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct App {
    /// The name on the consent page.
    pub name: String,
    /// The client id.
    pub client_id: String,
    /// The client secret.
    pub client_secret: String,
    /// The redirect URIs; one of them must be sent exactly.
    pub redirect_uris: Vec<String>,
    /// The scopes that must be requested. With none, any scope may be.
    pub scopes: Vec<String>,
    /// The scopes that may be requested as `optional_scope`.
    pub optional_scopes: Vec<String>,
    /// Whether every loopback redirect URI is taken, with any port and path.
    pub any_loopback_redirect: bool,
}

impl App {
    /// An app with new credentials, without redirect URIs, for any scopes.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            client_id: Uuid::new_v4().to_string(),
            client_secret: Uuid::new_v4().to_string(),
            redirect_uris: Vec::new(),
            scopes: Vec::new(),
            optional_scopes: Vec::new(),
            any_loopback_redirect: false,
        }
    }

    /// Adds a redirect URI.
    #[must_use]
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// Sets the required scopes.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the optional scopes.
    #[must_use]
    pub fn optional_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.optional_scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// The app that every sandbox has, with credentials that are the same everywhere.
    pub(crate) fn standard() -> Self {
        Self {
            client_id: "b3b8f8a6-0000-4000-8000-5a4db0c5a4db".into(),
            client_secret: "5a4db0c5-0000-4000-8000-5ec4e75ec4e7".into(),
            redirect_uris: vec!["http://localhost/callback".into()],
            any_loopback_redirect: true,
            ..Self::new("Sandbox app")
        }
    }

    /// Whether a redirect may go there.
    pub(crate) fn redirects_to(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|known| known == uri)
            || self.any_loopback_redirect
                && url::Url::parse(uri).is_ok_and(|url| {
                    url.scheme() == "http"
                        && url.username().is_empty()
                        && url.password().is_none()
                        && url.fragment().is_none()
                        && url.host_str().is_some_and(is_loopback_name)
                })
    }
}

/// The scopes of [`Sandbox::access_token`](crate::Sandbox::access_token).
pub(crate) fn all_scopes() -> Vec<String> {
    let mut scopes = vec!["oauth".to_owned(), "crm.objects.owners.read".to_owned()];
    for kind in &crate::crm::kinds::KINDS {
        for scope in ["objects", "schemas"] {
            for access in ["read", "write"] {
                scopes.push(format!("crm.{scope}.{}.{access}", kind.name));
            }
        }
        for sensitivity in ["sensitive", "highly_sensitive"] {
            for access in ["read", "write"] {
                scopes.push(format!("crm.objects.{}.{sensitivity}.{access}.v2", kind.name));
            }
        }
    }
    scopes
}
