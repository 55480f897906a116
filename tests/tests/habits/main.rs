//! Habits of APIs other than HubSpot's, on the wire.

mod pages;

use typed_connector::{RetryPolicy, connector};
use typed_connector_tests::wire::Server;

/// A connector of all of them.
#[connector(path = "specs/habits")]
pub mod habits {}

/// A client that makes one attempt.
fn client(server: &Server) -> habits::Client {
    habits::Client::builder().base_url(server.url()).retry(RetryPolicy::none()).build().unwrap()
}
