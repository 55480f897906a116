//! Typed API connectors, generated from small JSON action specs.
//!
//! | module | holds |
//! | --- | --- |
//! | [`connector`] | the attribute macro |
//! | [`Client`] | what executes actions: [`execute`](Client::execute), [`stream`](Client::stream) |
//! | [`auth`] | access tokens, OAuth 2.0 |
//! | [`Property`], [`Filter`], [`Sort`], [`Selection`] | typed filters, orders and selections |
//! | [`Page`], [`Batch`] | answers that hold many records |
//! | [`Error`] | everything that can go wrong |
//! | [`meta`] | what generated code says about itself |
//! | [`Action`], [`Connector`], [`Record`] | the traits that generated code implements |

mod action;
pub mod auth;
mod batch;
mod client;
mod error;
mod filter;
mod generated;
pub mod meta;
mod page;
mod pipeline;
mod value;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use action::{Action, Connector, Paginated, PermittedBy};
pub use batch::{Batch, BatchError};
pub use client::{Client, ClientBuilder, ItemStream};
pub use error::{ApiError, DecodeError, Error, ErrorDetail};
pub use filter::{Condition, Filter, Operator, Ordered, Property, Selection, Sort};
pub use page::Page;
pub use pipeline::Answer;
pub use typed_connector_macros::connector;
pub use value::{Bytes, Element, Enumeration, Extra, FieldWarning, Record, UnknownValue};

pub use jiff::{self, SignedDuration, Timestamp, civil::Date};
pub use rust_decimal::{self, Decimal};
pub use serde_json::Value;
pub use url::Url;
