//! The runtime under another name, as a crate that re-exports it has it.

mod vendor {
    pub use typed_connector as connectors;
}

#[vendor::connectors::connector("hubspot", crate = "crate::vendor::connectors")]
pub mod hubspot {}

fn main() {
    let _ = hubspot::deals::Create::new("x", "closedwon");
}
