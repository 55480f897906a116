//! A folder without a connector.json.

#[typed_connector::connector(path = "../specs/hubspot")]
pub mod hubspot {}

fn main() {}
