//! What is particular to HTTP.
//!
//! - [`listener`]: loopback sockets that a fault can cut
//! - [`gate`]: what every request passes (Host, size, log, faults, token, limits)
//! - [`routes`]: the table of routes
//! - [`caller`], [`extract`], [`error`]: what handlers take and answer

pub(crate) mod caller;
pub(crate) mod error;
pub(crate) mod extract;
pub(crate) mod gate;
pub(crate) mod listener;
pub(crate) mod routes;
