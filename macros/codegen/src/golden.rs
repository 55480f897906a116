//! Generated code as golden files, so that a change of the generator is reviewed as a diff of what it emits.
//!
//! `UPDATE_GOLDEN=1 cargo test -p typed-connector-codegen` renews them.

use std::path::{Path, PathBuf};

use quote::quote;
use typed_connector_specs::{Lost, Sources, Style};

use crate::attribute::{Attribute, Module};

fn generated(folder: &Path) -> String {
    let sources = Sources::folder(folder).unwrap_or_else(|problems| panic!("{}", rendered(&problems)));
    let connector =
        typed_connector_specs::load(&sources).unwrap_or_else(|problems| panic!("{}", rendered(&problems)));
    let attribute =
        Attribute::parse(quote!(path = "golden", scopes = ["notes.read"])).expect("a valid attribute");
    let module = Module::parse(quote!(
        pub mod notes {}
    ))
    .expect("a module");
    let code = crate::generate(connector, &Lost::default(), &attribute, &module);
    let file = syn::parse2(code).expect("generated code parses");
    prettyplease::unparse(&file)
}

fn rendered(problems: &typed_connector_specs::Diagnostics) -> String {
    problems.iter().map(|problem| problem.render(Style::Plain) + "\n").collect()
}

#[test]
fn generated_code_is_what_was_reviewed() {
    let golden = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    // Messages of generated code name spec files relative to the current folder: that of the package, in tests.
    let (now, file) = (generated(Path::new("tests/golden/notes")), golden.join("notes.rs"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &now).expect("the golden file can be written");
    }
    let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
    let first = reviewed.lines().zip(now.lines()).position(|(old, new)| old != new);
    assert!(
        reviewed == now,
        "generated code differs from {} from line {} on; look at it, then renew the file with UPDATE_GOLDEN=1",
        file.display(),
        first.map_or(reviewed.lines().count().min(now.lines().count()), |line| line) + 1,
    );
}

#[test]
fn generation_is_deterministic() {
    let folder = Path::new("tests/golden/notes");
    assert_eq!(generated(folder), generated(folder));
}
