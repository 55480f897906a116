//! What an answer means.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::retry::{is_ambiguous, unprocessed};
use super::send::unknown;
use super::{Answer, Core};
use crate::auth::AccessToken;
use crate::error::{ApiError, Error};
use crate::meta::ActionMeta;

/// What was asked.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) action: &'static ActionMeta,
    /// Whether sending it twice does what sending it once does.
    pub(super) harmless: bool,
    pub(super) is_conditional: bool,
    pub(super) token: Option<&'a AccessToken>,
}

pub(super) fn classify(
    core: &Core,
    asked: Asked<'_>,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Answer, Error> {
    let Asked { action, harmless, is_conditional, token } = asked;
    if status.is_success() || (is_conditional && status == StatusCode::NOT_MODIFIED) {
        let orders = Arc::clone(&core.orders);
        return Ok(Answer { orders, connector: core.connector, action, status, headers, body });
    }
    let error =
        ApiError::read(action.name, core.connector, status, &headers, &body, token.map(AccessToken::expose));
    // A gateway's 502 says nothing of what the server behind it did.
    if is_ambiguous(status) && !harmless && unprocessed(core.connector, &error).is_none() {
        return Err(unknown(action, error));
    }
    Err(Error::Api(Box::new(error)))
}
