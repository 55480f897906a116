//! The connectors that the tests of dynamic execution compare with.

#![allow(missing_docs)]

use typed_connector::connector;

/// Kinds of arguments and answers that HubSpot's actions have none of.
#[connector(path = "kinds")]
pub mod kinds {}

/// Lists of other habits than HubSpot's.
#[connector(path = "../../specs/habits")]
pub mod habits {}
