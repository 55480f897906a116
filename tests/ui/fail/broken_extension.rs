//! An extension that would change what is there.

#[typed_connector::connector(path = "../specs/notes", extend = "../specs/broken/extension")]
pub mod notes {}

fn main() {}
