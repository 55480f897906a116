//! A file where a folder belongs.

#[typed_connector::connector(path = "../specs/notes/notes.json")]
pub mod notes {}

fn main() {}
