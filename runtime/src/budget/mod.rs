//! Rate limits that several clients keep together: in processes and on machines.
//!
//! A client counts its own requests. Where others use the same account too, each client takes requests in small leases from a budget
//! that all share, a [`SharedBudget`], so that together they stay within the limit. `PostgresStore` is one, for any number of machines
//! (feature `postgres`); [`MemoryBudget`] is one for the clients of a process.
//!
//! ```
//! use typed_connector::budget::MemoryBudget;
//! # use typed_connector::connector;
//! # #[connector("hubspot")]
//! # pub mod hubspot {}
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let budget = MemoryBudget::new(); // or a `PostgresStore`
//! let imports = hubspot::Client::builder().access_token("pat-…").shared_budget(budget.clone()).build()?;
//! let exports = hubspot::Client::builder().access_token("pat-…").shared_budget(budget).build()?;
//! # Ok(()) }
//! ```
//!
//! A lease is good for a twentieth of the limit's window. What was not sent by then is gone, so that nobody has to give anything back:
//! what a process that dies leaves behind lasts as long as the window, and two seconds more, which a request may be on its way.

mod ledger;
mod memory;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

pub use ledger::Ledger;
pub use memory::MemoryBudget;

use crate::auth::StoreError;

/// A future that a [`SharedBudget`] answers with.
pub type BudgetFuture<'a> = Pin<Box<dyn Future<Output = Result<Grant, StoreError>> + Send + 'a>>;

/// A budget of requests that several clients share; for
/// [`ClientBuilder::shared_budget`](crate::ClientBuilder::shared_budget).
///
/// To make one's own, keep a [`Ledger`] for each name where all can reach it, and let one at a time change it. Times are those of one
/// clock: the place's, not the clients'.
pub trait SharedBudget: Send + Sync + 'static {
    /// Takes a lease, and notes how earlier ones were used. The client makes one request at a time for a name, and goes on alone for
    /// a while where this fails.
    fn lease<'a>(&'a self, ask: &'a Ask) -> BudgetFuture<'a>;
}

/// What a client asks a [`SharedBudget`] for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ask {
    /// The budget: connector, account and rate limit.
    pub name: String,
    /// Requests in one window, as the spec says.
    pub requests: u32,
    /// The same as the server told this client, which comes before what the spec says.
    pub told: Option<u32>,
    /// The length of the window.
    pub per: Duration,
    /// How long after the grant the client sends requests of the lease; the server can get them so late.
    pub hold: Duration,
    /// How many requests the client can use at most; 0 where it only has something to tell.
    pub want: u32,
    /// The server refused (429): nobody should send for so long.
    pub blocked: Option<Duration>,
    /// Leases that are used or over.
    pub settled: Vec<Settled>,
}

/// How a lease was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settled {
    /// Which one.
    pub lease: u64,
    /// How many of its requests were not sent.
    pub unused: u32,
    /// When the last was at the server at the latest, counted from the grant.
    pub after: Duration,
}

/// What a [`SharedBudget`] answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grant {
    /// The lease's number.
    pub lease: u64,
    /// So many requests can be sent; 0 where there are none now.
    pub requests: u32,
    /// What is left for others, and for the next lease.
    pub left: u32,
    /// Where there are none, when it is worth asking again.
    pub wait: Duration,
}
