//! A connector.json with mistakes of its own.

#[typed_connector::connector(path = "../specs/broken/connector")]
pub mod acme {}

fn main() {}
