//! Values of other types than the spec says.

#[typed_connector::connector("hubspot")]
pub mod hubspot {}

use hubspot::deals::{Create, Deal};

fn main() {
    let _ = Create::new("Acme renewal", "qualifiedtobuy").amount("1200");
    let _ = Create::new("Acme renewal", 3);
    let _ = Create::new("Acme renewal", "closedwon").closedate("2026-12-31");
    let _ = Deal::AMOUNT.gte("1000");
}
