//! Operators that do not fit the property's type.

#[typed_connector::connector("hubspot")]
pub mod hubspot {}

use hubspot::contacts::Contact;
use hubspot::deals::{self, Deal};

fn main() {
    let _ = Deal::AMOUNT.contains_token("12");
    let _ = Deal::PIPELINE.gte("a");
    let _ = Deal::DEALSTAGE.between("a", "b");
    let _ = deals::Search::new().filter(Contact::EMAIL.eq("a@example.com"));
    let _ = Deal::AMOUNT.eq(1).and(Contact::EMAIL.eq("a@example.com"));
}
