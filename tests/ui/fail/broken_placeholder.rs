//! A placeholder that no argument fills, and an argument without one.

#[typed_connector::connector(path = "../specs/broken/placeholder")]
pub mod acme {}

fn main() {
    let _ = acme::notes::Get::new("x");
}
