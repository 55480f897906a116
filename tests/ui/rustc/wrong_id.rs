//! A contact's id where a deal's belongs.

#[typed_connector::connector("hubspot")]
pub mod hubspot {}

use hubspot::contacts::ContactId;
use hubspot::deals;

fn main() {
    let contact = ContactId::from("7");
    let _ = deals::Get::new(contact);
}
