//! Two fields with one name in Rust.

#[typed_connector::connector(path = "../specs/broken/name_clash")]
pub mod acme {}

fn main() {
    let _ = acme::notes::Get::new("x");
}
