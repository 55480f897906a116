//! The parts of a call one by one, as benchmarks measure them.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{Answer, Core, build};
use crate::error::Error;
use crate::meta::ActionMeta;
use crate::value::Args;

impl Core {
    /// What is sent, but for the token.
    pub(crate) fn request(
        &self,
        action: &'static ActionMeta,
        args: &Args,
    ) -> Result<reqwest::Request, Error> {
        build::request(self, action, args, None)
    }

    /// A success with this body.
    pub(crate) fn answer(&self, action: &'static ActionMeta, body: Bytes) -> Answer {
        let (orders, connector) = (Arc::clone(&self.orders), self.connector);
        Answer { orders, connector, action, status: StatusCode::OK, headers: HeaderMap::new(), body }
    }

    /// Goes through the action's rate limits, and gives back what it took.
    pub(crate) async fn permit(&self, action: &'static ActionMeta) -> Result<(), Error> {
        let permit = self.limits.acquire(action.rate_limit, Instant::now() + self.deadline).await;
        permit.map(drop).map_err(|late| Error::DeadlineExceeded { action: action.name, limit: Some(late.0) })
    }
}
