//! Actions that need no scope can be executed by a connector that requests none.

use typed_connector::connector;

#[connector(path = "../specs/notes", scopes = [])]
pub mod notes {}

fn may_execute<A: typed_connector::PermittedBy<notes::Connector>>(_: A) {}

fn main() {
    assert!(notes::SCOPES.is_empty());
    may_execute(notes::notes::Ping::new());
}
