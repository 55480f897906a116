//! Two connectors in one crate, and the same one twice.

use typed_connector::connector;

#[connector("hubspot", scopes = ["crm.objects.deals.read"])]
pub mod reader {}

#[connector("hubspot")]
pub mod writer {}

#[connector(path = "../specs/notes")]
pub mod notes {}

fn main() {
    let _ = reader::deals::Get::new(1);
    let _ = writer::deals::Create::new("x", "closedwon");
    let _ = notes::notes::Create::new("y");
}
