//! A folder that is not there.

use typed_connector::connector;

#[connector(path = "../specs/nots")]
pub mod beside {}

#[connector(path = "specs/acme")]
pub mod package {}

#[connector("hubspot", extend = "./nothing")]
pub mod extended {}

fn main() {
    let _ = beside::notes::Create::new("x");
}
