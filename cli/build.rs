//! Rebuilds the command line when a spec of its own changes.

fn main() {
    typed_connector_build::watch("specs");
}
