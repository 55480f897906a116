//! What an answer means.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::Answer;
use crate::error::{ApiError, Error};
use crate::meta::{ActionMeta, ConnectorMeta};

pub(super) fn classify(
    connector: &'static ConnectorMeta,
    action: &'static ActionMeta,
    status: StatusCode,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Answer, Error> {
    if status.is_success() {
        Ok(Answer { connector, action, status, body })
    } else {
        Err(Error::Api(Box::new(ApiError::read(action.name, connector, status, headers, &body))))
    }
}
