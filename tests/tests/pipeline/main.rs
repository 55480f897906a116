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
    client_of(sandbox.url()).access_token(sandbox.access_token())
}

/// The same of a server that takes any token.
fn client_of(url: String) -> hubspot::ClientBuilder {
    spans::watch();
    let mut policy = RetryPolicy::default();
    policy.base = Duration::from_millis(20);
    hubspot::Client::builder().base_url(url).access_token("t").retry(policy)
}

/// How many requests with this method the sandbox has seen.
fn requests(sandbox: &Sandbox, method: &str) -> usize {
    sandbox.requests().iter().filter(|request| request.method == method).count()
}
