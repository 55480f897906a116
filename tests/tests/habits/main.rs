//! Habits of APIs other than HubSpot's, on the wire.

mod conditional;
mod forms;
mod github;
mod headers;
mod idempotency;
mod limits;
mod pages;
mod references;
mod stripe;

use std::time::Duration;

use typed_connector::{RetryPolicy, connector};
use typed_connector_tests::wire::Server;

/// A connector of all of them.
#[connector(path = "specs/habits")]
pub mod habits {}

/// A client that makes one attempt.
fn client(server: &Server) -> habits::Client {
    habits::Client::builder().base_url(server.url()).retry(RetryPolicy::none()).build().unwrap()
}

/// A client as users have it, with short waits.
fn patient_client(server: &Server) -> habits::ClientBuilder {
    let mut policy = RetryPolicy::default();
    policy.base = Duration::from_millis(10);
    habits::Client::builder().base_url(server.url()).retry(policy)
}

/// An answer that holds a payment.
const PAYMENT: &str = r#"{ "id": "p1", "amount": 5, "created": 1761031680 }"#;
