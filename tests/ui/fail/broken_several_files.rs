//! Several mistakes in several files: all of them at once.

#[typed_connector::connector(path = "../specs/broken/several_files")]
pub mod acme {}

fn main() {
    let _ = acme::notes::Get::new("x");
}
