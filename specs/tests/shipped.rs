//! The connectors that come with the crate.

use std::collections::BTreeSet;

use typed_connector_specs::{Sources, load, shipped};

#[test]
fn shipped_connectors_have_no_mistake() {
    assert!(shipped().count() > 0);
    for name in shipped() {
        let connector =
            load(&Sources::shipped(name).unwrap()).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(connector.name, name);
        assert!(connector.modules.iter().all(|module| !module.actions.is_empty()));
    }
}

#[test]
fn the_table_of_shipped_files_is_complete() {
    for name in shipped() {
        let on_disk = load(&Sources::folder(name).unwrap()).unwrap_or_else(|problems| panic!("{problems}"));
        let embedded = load(&Sources::shipped(name).unwrap()).unwrap();
        let modules = |connector: &typed_connector_specs::Connector| -> BTreeSet<String> {
            connector.modules.iter().map(|module| module.name.clone()).collect()
        };
        assert_eq!(modules(&on_disk), modules(&embedded), "add the file to the table in `src/shipped.rs`");
    }
}

#[test]
fn embedded_files_are_not_on_disk() {
    assert_eq!(Sources::shipped("hubspot").unwrap().files().count(), 0);
    let connector = load(&Sources::shipped("hubspot").unwrap()).unwrap();
    let place = &connector.scopes[0].location;
    assert_eq!(place.file.as_ref(), "typed-connector-specs/hubspot/connector.json");
}
