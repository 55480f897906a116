//! The shipped connector against the embedded sandbox, over a real socket.

mod batches;
mod contacts;
mod deals;
mod errors;
mod every;
mod faults;
mod filters;
mod keyset;
mod life;
mod many;
mod oauth;
mod pipelines;
mod profiles;
mod properties;
mod read_ahead;
mod streams;
mod updates;
mod users;
mod versions;

/// All of the above once more, with everything logged.
#[test]
fn no_secret_is_shown() {
    typed_connector_tests::watch::whole_suite("no_secret_is_shown");
}
