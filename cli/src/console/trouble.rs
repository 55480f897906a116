//! What went wrong, as a page.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;
use typed_connector::auth::AuthError;

use super::pages;
pub(super) use crate::told;

/// A page that tells what went wrong and what to do.
#[derive(Debug)]
pub(super) struct Trouble {
    status: StatusCode,
    title: String,
    text: String,
    /// Where to go on: the address and what is there.
    next: Option<(String, String)>,
}

impl Trouble {
    pub(super) fn new(status: StatusCode, title: &str, text: &str) -> Self {
        Self { status, title: title.to_owned(), text: text.to_owned(), next: None }
    }

    pub(super) fn not_found(text: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "This is not here", text)
    }

    /// Something that the person asked for and that does not go.
    pub(super) fn refused(title: &str, text: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, title, text)
    }

    #[must_use]
    pub(super) fn next(mut self, address: impl Into<String>, label: impl Into<String>) -> Self {
        self.next = Some((address.into(), label.into()));
        self
    }

    /// An error of this machine: a file, the store.
    pub(super) fn here(error: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "This did not work", &sentence(&error.to_string()))
    }
}

impl From<AuthError> for Trouble {
    fn from(error: AuthError) -> Self {
        let status = match &error {
            AuthError::Profile(_) | AuthError::NoProfile(_) | AuthError::ProfileExists(_) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            AuthError::Transport(_) | AuthError::Unavailable(_) | AuthError::Unreadable(_) => {
                StatusCode::BAD_GATEWAY
            }
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, "This did not work", &sentence(&told(&error)))
    }
}

impl From<String> for Trouble {
    fn from(text: String) -> Self {
        Self::here(text)
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let next = self.next.unwrap_or_else(|| ("/".to_owned(), "Back to the connectors".to_owned()));
        let content = html! {
            p role="alert" { (pages::inline(&self.text)) }
            @if self.status != StatusCode::FORBIDDEN {
                p { a.button href=(next.0) { (next.1) } }
            }
        };
        (self.status, pages::bare(&self.title, &content)).into_response()
    }
}

/// A message of the library as a sentence for people.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return String::new() };
    // A name at the start stays as it is written.
    let is_word = text.split(' ').next().is_some_and(|word| word.chars().all(|c| c.is_ascii_lowercase()));
    let start = if is_word { first.to_uppercase().to_string() } else { first.to_string() };
    let end = if text.ends_with(['.', '!', '?', ':', '…']) { "" } else { "." };
    format!("{start}{}{end}", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn messages_become_sentences() {
        assert_eq!(sentence("the client id is empty"), "The client id is empty.");
        assert_eq!(sentence("deals.create: refused"), "deals.create: refused.");
        assert_eq!(sentence("Why?"), "Why?");
        assert_eq!(sentence(""), "");
    }
}
