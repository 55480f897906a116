//! The pipeline under faults: what is sent again, what never is, and what the client waits for.

mod limits;
mod options;
mod retries;
mod spans;
mod writes;

use std::time::Duration;

use typed_connector::RetryPolicy;
use typed_connector_sandbox::Sandbox;
use typed_connector_tests::hubspot;

/// A client as users have it, with short waits.
fn client(sandbox: &Sandbox) -> hubspot::ClientBuilder {
    let mut policy = RetryPolicy::default();
    policy.base = Duration::from_millis(20);
    hubspot::Client::builder().base_url(sandbox.url()).access_token(sandbox.access_token()).retry(policy)
}

/// How many requests with this method the sandbox has seen.
fn requests(sandbox: &Sandbox, method: &str) -> usize {
    sandbox.requests().iter().filter(|request| request.method == method).count()
}
