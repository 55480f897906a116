//! Rebuilds the tests when a spec of theirs changes.

fn main() {
    typed_connector_build::watch_all([
        "ui/specs/everything",
        "specs/acme",
        "specs/habits",
        "../import/tests/golden",
    ]);
}
