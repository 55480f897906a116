//! A HubSpot-compatible server for this machine, for tests and trials.
//!
//! ```
//! # async fn example() -> Result<(), typed_connector_sandbox::StartError> {
//! use typed_connector_sandbox::Sandbox;
//!
//! let sandbox = Sandbox::builder().seed(50).start().await?;
//! let (base_url, token) = (sandbox.url(), sandbox.access_token());
//! // … point any HubSpot client at `base_url`, with `token` as bearer token …
//! assert!(sandbox.requests().is_empty());
//! sandbox.shutdown().await;
//! # Ok(()) }
//! ```
//!
//! It answers under HubSpot's v3 paths and under the dated ones (2026-03, 2026-09): CRM objects (deals, contacts,
//! companies) with search, batches and associations, the properties and pipelines APIs, account information, and
//! OAuth. It listens on loopback addresses only.
//!
//! # Authorization without a browser
//!
//! `GET {url}/oauth/authorize?client_id=…&redirect_uri=…&scope=…&state=…` is the page that a user sees: first to sign in, which a
//! cookie remembers, then with the question for consent. Its form is sent as a `POST` to the same URL, with two fields; who sends it
//! need not have signed in:
//!
//! | field | value |
//! | --- | --- |
//! | `decision` | `sign-in`, `approve` or `cancel` |
//! | `account` | `12345678` or `87654321`; the first if left out |
//!
//! The answer to a decision is `303 See Other`: its `Location` is the redirect URI with `code` and `state`, or with
//! `error=access_denied` and `state`. A test therefore needs a client that follows no redirects, and one request.
//! What is wrong with the request itself (unknown client, redirect URI, scopes) is shown in the page, with the status
//! 400 and without a redirect. The code is good for one exchange within 60 seconds.
//!
//! # Faults
//!
//! [`Sandbox::inject`] makes the next matching requests fail, [`Sandbox::inject_every`] every so-many-th; see [`Fault`].
//!
//! # Map
//!
//! | module | holds |
//! | --- | --- |
//! | `sandbox`, `builder` | the handle and how it starts |
//! | `http` | the listener, what every request passes, the routes, errors |
//! | `crm` | objects, search, batches, associations, properties, pipelines |
//! | `oauth` | the consent page, tokens, introspection |
//! | `store` | the SQLite database |
//! | `log`, `faults`, `limits` | what tests look at and play with |
//! | `app`, `account`, `seed` | the OAuth apps, the account and the records that are there at the start |
//! | `state`, `time` | what all share |

#![forbid(unsafe_code)]

mod account;
mod app;
mod builder;
mod crm;
mod faults;
mod http;
mod limits;
mod log;
mod oauth;
mod sandbox;
mod seed;
mod state;
mod store;
mod time;

pub use app::App;
pub use builder::{Builder, StartError};
pub use faults::{Fault, NoFault};
pub use limits::Limits;
pub use log::LoggedRequest;
pub use sandbox::Sandbox;
