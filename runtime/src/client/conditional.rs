//! Calls that ask only for what has changed (RFC 9110 §13.1.2).

use std::str::FromStr;

use http::header::ETAG;
use http::{HeaderValue, StatusCode};

use crate::action::Answered;
use crate::error::DecodeError;
use crate::pipeline::Answer;

/// What a call came to that asked only for what has changed; see [`Client::execute_if_changed`](crate::Client::execute_if_changed).
#[derive(Debug, Clone, PartialEq)]
pub enum Conditional<T> {
    /// It is another than the one that was known, or none was known.
    Changed {
        /// What the action answers.
        output: T,
        /// The version of it, where the API tells one: keep it beside the output, for the next call.
        etag: Option<ETag>,
    },
    /// It is still the one that was known.
    NotModified,
}

impl<T> Conditional<T> {
    /// The output, where it has changed.
    #[must_use]
    pub fn changed(self) -> Option<T> {
        match self {
            Self::Changed { output, .. } => Some(output),
            Self::NotModified => None,
        }
    }
}

/// The version of an answer, by which the API knows whether it has changed (an entity tag, RFC 9110 §8.8.3).
///
/// It is kept as the API wrote it, quotation marks included, and can be stored as text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ETag(String);

impl ETag {
    /// As the API wrote it: `"644b5b0155e6404a9cc4bd9d8b1ae730"`, `W/"1"`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn header(&self) -> HeaderValue {
        // Nothing becomes a tag that is no header; an empty one would ask for everything.
        HeaderValue::try_from(&self.0).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

impl std::fmt::Display for ETag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that no API can have given as an entity tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no entity tag: it is empty, or holds a character that no header can carry")]
#[non_exhaustive]
pub struct InvalidETag;

impl FromStr for ETag {
    type Err = InvalidETag;

    fn from_str(text: &str) -> Result<Self, InvalidETag> {
        let fits = !text.is_empty() && HeaderValue::try_from(text).is_ok();
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidETag) }
    }
}

/// Reads the answer of an action that was asked only for what has changed.
pub(super) fn read<T: Answered>(answer: &Answer) -> Result<Conditional<T>, DecodeError> {
    if answer.status() == StatusCode::NOT_MODIFIED {
        return Ok(Conditional::NotModified);
    }
    let tag = answer.headers().get(ETAG).and_then(|value| value.to_str().ok());
    Ok(Conditional::Changed { output: T::read(answer)?, etag: tag.and_then(|tag| tag.parse().ok()) })
}
