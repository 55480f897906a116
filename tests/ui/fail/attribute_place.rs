//! Places where the attribute does not belong.

use typed_connector::connector;

#[connector("hubspot")]
pub struct Hubspot;

#[connector("hubspot")]
pub fn hubspot() {}

fn main() {}
