//! The execution pipeline: one for all actions, generic over none of them.
//!
//! ```text
//! ActionMeta + Args ──build──► request ──send──► status, headers, bounded body ──classify──► Answer or Error
//! ```

mod build;
mod classify;
mod credentials;
mod send;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use url::Url;

use crate::auth::AccessToken;
use crate::error::{DecodeError, Error};
use crate::meta::{ActionMeta, ConnectorMeta};
use crate::value::{Args, Record, Slot, read};

pub(crate) use credentials::Credentials;

/// What a client holds; shared by its clones.
#[derive(Clone)]
pub(crate) struct Core {
    pub(crate) connector: &'static ConnectorMeta,
    pub(crate) http: reqwest::Client,
    pub(crate) base_url: Url,
    /// Index of the API version in use.
    pub(crate) version: usize,
    pub(crate) credentials: Credentials,
    pub(crate) timeout: Option<std::time::Duration>,
    pub(crate) max_body: usize,
}

impl Core {
    /// Executes one action.
    pub(crate) async fn call(&self, action: &'static ActionMeta, args: &Args) -> Result<Answer, Error> {
        let token = self.credentials.token().await?;
        let (status, headers, body) = self.attempt(action, args, token.as_ref()).await?;
        // A refused token proves that the server did not act, so that any action can be sent again, once.
        if status == StatusCode::UNAUTHORIZED
            && let Some(refused) = &token
            && let Some(other) = self.credentials.replacement(refused).await?
        {
            let (status, headers, body) = self.attempt(action, args, Some(&other)).await?;
            return classify::classify(self.connector, action, status, &headers, body);
        }
        classify::classify(self.connector, action, status, &headers, body)
    }

    async fn attempt(
        &self,
        action: &'static ActionMeta,
        args: &Args,
        token: Option<&AccessToken>,
    ) -> Result<(StatusCode, HeaderMap, Bytes), Error> {
        let request = build::request(self, action, args, token)?;
        send::send(self, action, request).await
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
