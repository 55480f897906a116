//! A key that is there twice.

#[typed_connector::connector(path = "../specs/broken/duplicate_key")]
pub mod acme {}

fn main() {
    let _ = acme::notes::Get::new("x");
}
