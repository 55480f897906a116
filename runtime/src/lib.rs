//! Typed API connectors, generated from small JSON action specs.
//!
//! ```
//! use typed_connector::{Decimal, Error, connector};
//!
//! #[connector("hubspot")]
//! pub mod hubspot {}
//!
//! use hubspot::deals::{self, Deal, DealStage};
//!
//! async fn renew(token: String) -> Result<Deal, Error> {
//!     let client = hubspot::Client::builder().access_token(token).build()?;
//!     let create = deals::Create::new("Acme renewal", DealStage::QualifiedToBuy).amount(Decimal::from(1200));
//!     let deal = client.execute(create).await?;
//!     client.execute(deals::Update::new(&deal.id).clear_closedate()).await?;
//!     client.execute(deals::Get::new(&deal.id)).await
//! }
//! # fn main() {}
//! ```
//!
//! [`connector`] reads a spec, shipped or your own, and generates one struct per action, one per object, ids and enums, and
//! what the connector needs for OAuth. A [`Client`] executes actions: [`execute`](Client::execute) one,
//! [`stream`](Client::stream) a list page by page, [`batch`](Client::batch) many at once.
//!
//! | module | holds |
//! | --- | --- |
//! | [`connector`] | the attribute macro |
//! | [`Client`], [`ClientBuilder`], [`Call`], [`ItemStream`], [`BatchCall`] | what executes actions |
//! | [`Conditional`], [`ETag`] | answers that are taken only if they have changed |
//! | [`auth`] | access tokens, authorization profiles, connections, OAuth 2.0 |
//! | [`Property`], [`Filter`], [`Sort`], [`Selection`] | typed filters, orders and selections |
//! | [`Page`], [`Batch`] | answers that hold many records |
//! | [`BatchReport`], [`Outcome`] | what became of each input of a batch |
//! | [`Extra`], [`FieldWarning`] | what an answer held beyond what the spec declares |
//! | `dynamic` (feature of that name) | connectors whose specs are loaded at run time, without compiling |
//! | [`budget`] | rate limits that several clients keep together |
//! | [`CallOptions`], [`RetryPolicy`], [`HeadRoom`], [`Observer`] | how calls are made, and who watches them |
//! | [`Error`], [`ApiError`], [`DecodeError`] | everything that can go wrong |
//! | [`meta`] | what generated code says about itself |
//! | [`Action`], [`Connector`], [`Record`] | the traits that generated code implements |

mod action;
pub mod auth;
mod batch;
pub mod budget;
mod client;
#[cfg(feature = "dynamic")]
pub mod dynamic;
mod error;
mod filter;
mod generated;
mod hash;
pub mod meta;
mod page;
mod pipeline;
mod redact;
mod value;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use action::{Action, Answered, Batched, Connector, Paginated, PermittedBy};
pub use batch::{Batch, BatchError, BatchReport, Outcome};
pub use client::{
    BatchCall, Call, Client, ClientBuilder, Conditional, ETag, InvalidETag, ItemStream, Truncated,
};
pub use error::{ApiError, ArgumentProblem, DecodeError, Error, ErrorDetail, MissingScopes};
pub use filter::{Condition, Filter, Operator, Ordered, Property, Selection, Sort};
pub use page::Page;
pub use pipeline::{Answer, Attempt, CallOptions, HeadRoom, Observer, RetryPolicy};
pub use typed_connector_macros::connector;
pub use value::{Bytes, Element, Enumeration, Extra, FieldWarning, File, Link, Record, UnknownValue};

pub use jiff::{self, SignedDuration, Timestamp, civil::Date};
pub use rust_decimal::{self, Decimal};
pub use serde_json::Value;
pub use url::Url;
