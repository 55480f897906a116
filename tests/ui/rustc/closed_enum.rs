//! A value that a closed enumeration does not have.
#![allow(deprecated)] // nobody watches the folder

#[typed_connector::connector(path = "../specs/everything")]
pub mod api {}

use api::Colour;
use api::things::Create;

fn main() {
    let _ = Create::new().colour(Colour::Green);
    let _ = Create::new().colour("green");
}
