//! A connector that requests a part of the scopes.

use typed_connector::connector;

#[connector("hubspot", scopes = ["crm.objects.deals.read"])]
pub mod reader {}

fn may_execute<A: typed_connector::PermittedBy<reader::Connector>>(_: A) {}

fn main() {
    assert_eq!(reader::SCOPES, ["crm.objects.deals.read"]);
    may_execute(reader::deals::Get::new(1));
    may_execute(reader::deals::Search::new());
    // The others are there, and can be made, though not executed.
    let _ = reader::deals::Delete::new(1);
}
