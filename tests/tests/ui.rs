//! What compiles, and what the compiler says where something does not.
//!
//! `TRYBUILD=overwrite cargo test --test ui` writes the expected messages anew; read the difference.

use std::process::Command;

/// The compiler whose words stand in `ui/rustc/*.stderr`.
const RUSTC: &str = "rustc 1.95.";

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    // Messages of ours.
    cases.compile_fail("ui/fail/*.rs");
    // Messages in which the compiler's own words change from one release to the next.
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("there is a compiler").stdout;
    if version.starts_with(RUSTC.as_bytes()) {
        cases.compile_fail("ui/rustc/*.rs");
    } else {
        eprintln!("ui/rustc is left out: its messages are those of {RUSTC}*");
    }
}
