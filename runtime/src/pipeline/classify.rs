//! What an answer means.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::Answer;
use super::retry::{is_ambiguous, unprocessed};
use crate::error::{ApiError, Error};
use crate::meta::{ActionMeta, ConnectorMeta};

pub(super) fn classify(
    connector: &'static ConnectorMeta,
    action: &'static ActionMeta,
    harmless: bool,
    status: StatusCode,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Answer, Error> {
    if status.is_success() {
        return Ok(Answer { connector, action, status, body });
    }
    let error = ApiError::read(action.name, connector, status, headers, &body);
    // A gateway's 502 says nothing of what the server behind it did.
    if is_ambiguous(status) && !harmless && unprocessed(connector, &error).is_none() {
        return Err(Error::OutcomeUnknown { action: action.name, source: error.into() });
    }
    Err(Error::Api(Box::new(error)))
}
