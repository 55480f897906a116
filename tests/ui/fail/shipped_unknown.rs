//! A name that is nearly that of a shipped connector, and one that is not.

use typed_connector::connector;

#[connector("hubspt")]
pub mod typo {}

#[connector("specs/acme")]
pub mod folder {}

fn main() {
    let _ = typo::deals::Create::new("x", "y");
}
