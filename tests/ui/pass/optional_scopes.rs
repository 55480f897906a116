//! Scopes that a person may refuse, apart from those that must be granted.

use typed_connector::auth::AuthorizationProfile;
use typed_connector::connector;

#[connector("hubspot", optional_scopes = ["crm.objects.contacts.read", "crm.objects.contacts.write"])]
pub mod hubspot {}

#[connector(path = "../specs/notes", optional_scopes = ["notes.admin"])]
pub mod notes {}

fn may_execute<C: typed_connector::Connector, A: typed_connector::PermittedBy<C>>(_: A) {}

fn main() {
    assert_eq!(hubspot::SCOPES, ["crm.objects.deals.read", "crm.objects.deals.write"]);
    assert_eq!(hubspot::OPTIONAL_SCOPES, ["crm.objects.contacts.read", "crm.objects.contacts.write"]);
    may_execute::<hubspot::Connector, _>(hubspot::contacts::Get::new(1));
    // One of two is enough, and it is asked for already: the other is not needed for it.
    may_execute::<notes::Connector, _>(notes::notes::List::new());
    let profile =
        AuthorizationProfile::new::<hubspot::Connector>("id", "secret", "http://localhost:8765/callback").unwrap();
    assert_eq!(profile.asked_optional_scopes(), hubspot::OPTIONAL_SCOPES);
    assert_eq!(profile.provider().scopes, hubspot::SCOPES);
}
