//! The execution pipeline: one for all actions, generic over none of them.
//!
//! ```text
//! authorize ──► limit ──► build ──► send ──► classify ──► Answer
//!     ▲           ▲                              │
//!     │ 401, once └───────────── retry ◄─────────┤ what may be sent again
//!     └──────────────────────────────────────────┘
//! ```
//!
//! | module | answers |
//! | --- | --- |
//! | `credentials` | which token? |
//! | `limits` | may it be sent now? |
//! | `build` | what is sent? |
//! | `send` | what came back? |
//! | `classify` | what does it mean? |
//! | `retry` | may it be sent again, and when? |
//! | `idempotency` | by which key does the API know it again? |
//! | `timers` | is there time left? |
//! | `span`, `observe` | who watches? |
//! | `call` | the loop around all of them |

mod build;
mod call;
mod classify;
mod credentials;
mod idempotency;
mod inner;
mod limits;
mod multipart;
mod observe;
mod options;
mod retry;
mod send;
mod span;
mod timers;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use url::Url;

use crate::error::DecodeError;
use crate::meta::{ActionMeta, ConnectorMeta};
use crate::value::{Orders, ReadError, Record, Slot};

pub(crate) use call::Answering;
pub(crate) use credentials::Credentials;
pub use limits::HeadRoom;
pub(crate) use limits::{Budget, Limits, Told, server_time};
pub use observe::{Attempt, Observer};
pub use options::CallOptions;
pub(crate) use retry::RetryBudget;
pub use retry::RetryPolicy;
pub(crate) use timers::Timers;

/// What a client holds; shared by its clones.
#[derive(Clone)]
pub(crate) struct Core {
    pub(crate) connector: &'static ConnectorMeta,
    pub(crate) http: reqwest::Client,
    pub(crate) base_url: Url,
    /// Index of the API version in use.
    pub(crate) version: usize,
    pub(crate) credentials: Credentials,
    /// Whether granted scopes are compared with those that an action needs; of generated actions the compiler has done so.
    pub(crate) checks_scopes: bool,
    pub(crate) timeout: Duration,
    pub(crate) deadline: Duration,
    pub(crate) max_body: usize,
    pub(crate) retry: RetryPolicy,
    pub(crate) retry_budget: Arc<RetryBudget>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) timers: Arc<Timers>,
    pub(crate) observers: Arc<[Arc<dyn Observer>]>,
    /// The addresses of actions whose path holds no argument: parsing a URL costs more than writing a small body.
    pub(crate) urls: Arc<Mutex<HashMap<&'static str, Url>>>,
    /// What was learned from earlier answers, for the next one.
    pub(crate) orders: Arc<Mutex<Orders>>,
}

/// A successful answer that was not read yet.
#[derive(Debug)]
pub struct Answer {
    orders: Arc<Mutex<Orders>>,
    connector: &'static ConnectorMeta,
    action: &'static ActionMeta,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// Reads the body into a slot.
    pub(crate) fn read(&self, slot: &mut dyn Slot) -> Result<(), DecodeError> {
        self.with_orders(|orders| crate::value::read(&self.body, orders, slot))
    }

    /// Reads the body into an object that is no element of anything, such as a page.
    pub(crate) fn read_record(&self, record: &mut dyn Record) -> Result<(), DecodeError> {
        self.with_orders(|orders| crate::value::read_record(&self.body, orders, record))
    }

    fn with_orders(
        &self,
        read: impl FnOnce(&mut Orders) -> Result<(), ReadError>,
    ) -> Result<(), DecodeError> {
        // Taken and put back rather than locked: who reads at the same time learns anew.
        let mut orders =
            self.orders.lock().map(|mut orders| std::mem::take(&mut *orders)).unwrap_or_default();
        let done = read(&mut orders);
        if let Ok(mut place) = self.orders.lock() {
            *place = orders;
        }
        done.map_err(|error| self.error(&error))
    }

    pub(crate) const fn connector(&self) -> &'static ConnectorMeta {
        self.connector
    }

    pub(crate) const fn action(&self) -> &'static ActionMeta {
        self.action
    }

    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body as it came.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// Whether there is a body at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// The answer is no page of a list that could go on.
    pub(crate) fn unfit(&self, why: &str) -> DecodeError {
        self.error(&ReadError::Page(why.to_owned()))
    }

    fn error(&self, error: &ReadError) -> DecodeError {
        DecodeError::new(self.action.name, self.status, self.action.effect, error, &self.body)
    }
}
