//! What compiles, and what the compiler says where something does not.
//!
//! Set `TRYBUILD=overwrite` to write the expected messages anew, and read the difference.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/fail/*.rs");
}
