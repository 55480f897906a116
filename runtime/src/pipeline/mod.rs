//! The execution pipeline: one for all actions, generic over none of them.
//!
//! ```text
//! ActionMeta + Args ──build──► request ──send──► status, headers, bounded body ──classify──► Answer or Error
//! ```

mod build;
mod classify;
mod send;

use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use url::Url;

use crate::auth::AccessToken;
use crate::error::{DecodeError, Error};
use crate::meta::{ActionMeta, ConnectorMeta};
use crate::value::{Args, Record, Slot, read};

/// What a client holds; shared by its clones.
pub(crate) struct Core {
    pub(crate) connector: &'static ConnectorMeta,
    pub(crate) http: reqwest::Client,
    pub(crate) base_url: Url,
    /// Index of the API version in use.
    pub(crate) version: usize,
    pub(crate) token: Option<AccessToken>,
    pub(crate) timeout: Option<std::time::Duration>,
    pub(crate) max_body: usize,
}

impl Core {
    /// Executes one action.
    pub(crate) async fn call(
        self: &Arc<Self>,
        action: &'static ActionMeta,
        args: &Args,
    ) -> Result<Answer, Error> {
        let request = build::request(self, action, args)?;
        let (status, headers, body) = send::send(self, action, request).await?;
        classify::classify(self.connector, action, status, &headers, body)
    }
}

/// A successful answer that was not read yet.
#[derive(Debug)]
pub struct Answer {
    connector: &'static ConnectorMeta,
    action: &'static ActionMeta,
    status: StatusCode,
    body: Bytes,
}

impl Answer {
    /// Reads the body into a slot.
    pub(crate) fn read(&self, slot: &mut dyn Slot) -> Result<(), DecodeError> {
        read(&self.body, slot).map_err(|error| self.error(&error))
    }

    /// Reads the body into an object that is no element of anything, such as a page.
    pub(crate) fn read_record<R: Record>(&self, record: &mut R) -> Result<(), DecodeError> {
        crate::value::read_record(&self.body, record).map_err(|error| self.error(&error))
    }

    pub(crate) const fn connector(&self) -> &'static ConnectorMeta {
        self.connector
    }

    /// Whether there is a body at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    fn error(&self, error: &crate::value::ReadError) -> DecodeError {
        DecodeError::new(self.action.name, self.status, self.action.effect, error, &self.body)
    }
}
