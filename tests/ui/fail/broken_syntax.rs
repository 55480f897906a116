//! A comma too many.

#[typed_connector::connector(path = "../specs/broken/syntax")]
pub mod acme {}

fn main() {
    let _ = acme::notes::Get::new("x");
}
