//! A property that only the server sets.

#[typed_connector::connector("hubspot")]
pub mod hubspot {}

use hubspot::deals::{Create, Update};

fn main() {
    let _ = Create::new("Acme renewal", "qualifiedtobuy").hs_is_closed(true);
    let _ = Update::new(1).clear_hs_object_id();
}
