//! A type that nobody declares.

#[typed_connector::connector(path = "../specs/broken/unknown_type")]
pub mod acme {}

fn main() {
    let _ = acme::notes::Get::new("x");
}
