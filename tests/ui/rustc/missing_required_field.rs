//! A deal without its stage.

#[typed_connector::connector("hubspot")]
pub mod hubspot {}

fn main() {
    let _ = hubspot::deals::Create::new("Acme renewal");
}
