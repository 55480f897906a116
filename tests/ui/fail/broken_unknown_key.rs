//! A key that the format does not know.

#[typed_connector::connector(path = "../specs/broken/unknown_key")]
pub mod acme {}

fn main() {
    let _ = acme::notes::Get::new("x");
}
