//! A read that deletes.

#[typed_connector::connector(path = "../specs/broken/wrong_effect")]
pub mod acme {}

fn main() {
    let _ = acme::notes::Get::new("x");
}
