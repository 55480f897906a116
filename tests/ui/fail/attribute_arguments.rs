//! Arguments that the attribute does not take.

use typed_connector::connector;

#[connector]
pub mod none {}

#[connector("hubspot", scope = ["crm.objects.deals.read"])]
pub mod unknown {}

#[connector("hubspot", path = "specs/acme")]
pub mod two_sources {}

#[connector("hubspot", scopes = ["crm.objects.deals.read"], scopes = [])]
pub mod twice {}

#[connector("hubspot", scopes = "crm.objects.deals.read")]
pub mod no_list {}

#[connector(hubspot)]
pub mod no_text {}

#[connector("hubspot" extend = "specs")]
pub mod no_comma {}

#[connector("hubspot", scopes = ["crm.objects.deals.red", "tickets"])]
pub mod unknown_scope {}

fn main() {}
