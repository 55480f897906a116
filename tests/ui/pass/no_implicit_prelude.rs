//! Without the standard prelude.
#![no_implicit_prelude]

// Not one with scopes: the compiler knows `#[diagnostic::on_unimplemented]` only where there is a prelude.
#[::typed_connector::connector(path = "../specs/everything")]
pub mod everything {}

fn main() {
    let _ = everything::things::Create::new().text("t").whole(5);
}
