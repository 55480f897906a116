//! A connector of one's own, in a folder.

use typed_connector::connector;

#[connector(path = "../specs/notes")]
pub mod notes {}

use notes::notes::{Create, Get, NoteId};

fn main() {
    let _ = Create::new("milk");
    let _ = Get::new(NoteId::from("7"));
    assert_eq!(notes::SCOPES, ["notes.read", "notes.write"]);
}
