//! An action that is made and not executed.
#![deny(unused_must_use)]

#[typed_connector::connector("hubspot")]
pub mod hubspot {}

fn main() {
    hubspot::deals::Delete::new(1);
}
