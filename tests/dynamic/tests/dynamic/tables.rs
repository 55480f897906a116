//! The tables that are made of a spec at run time are those that the macro writes.

use typed_connector::dynamic::{Action, Connector};
use typed_connector::meta::{ActionMeta, ConnectorMeta, Preset};
use typed_connector::{__private::Shape, Connector as _};
use typed_connector_tests::{everything, hubspot};
use typed_connector_tests_dynamic::habits;

#[test]
fn they_are_the_same_for_the_shipped_connector_and_for_those_that_have_everything() {
    let shipped = Connector::shipped("hubspot").expect("it is sound");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/specs/everything");
    let own = Connector::load(folder).expect("it is sound");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/habits");
    let habits = Connector::load(folder).expect("it is sound");
    let actions = compare(shipped, hubspot::Connector::META, hubspot::ACTIONS)
        + compare(own, everything::Connector::META, everything::ACTIONS)
        + compare(habits, habits::Connector::META, habits::ACTIONS);
    println!("{actions} actions have the same tables");
    assert!(actions >= 40, "{actions}");
}

fn compare(dynamic: Connector, connector: &ConnectorMeta, actions: &[&ActionMeta]) -> usize {
    assert_eq!(format!("{:#?}", dynamic.meta()), format!("{connector:#?}"));
    let names: Vec<_> = dynamic.actions().map(Action::name).collect();
    assert_eq!(names, actions.iter().map(|action| action.name).collect::<Vec<_>>());
    for (made, written) in dynamic.actions().zip(actions) {
        let keys: Vec<_> = made.model().arguments().map(|field| field.key.as_str()).collect();
        shape(made.meta().args, written.args, &keys);
        let rest = |meta: &ActionMeta| {
            let ActionMeta { title, method, path, effect, idempotent, scopes, any_scopes, .. } = meta;
            let first =
                format!("{title} {method} {path:?} {effect:?} {idempotent} {scopes:?} {any_scopes:?}");
            let ActionMeta { parameters, body, raw, rate_limit, confirm, pagination, batch, .. } = meta;
            let key = (meta.idempotency_key, meta.shown_by);
            let second = format!("{parameters:?} {body:?} {raw} {rate_limit:?} {confirm:?} {key:?}");
            let presets: Vec<_> = meta.presets.iter().map(|(index, preset)| (index, shown(preset))).collect();
            format!("{first} {second} {pagination:?} {batch:?} {presets:?}")
        };
        assert_eq!(rest(made.meta()), rest(written), "{}", written.name);
    }
    actions.len()
}

/// Tables of arguments differ in nothing but the names of fields: keys of the spec here, Rust's there.
fn shape(made: &Shape, written: &Shape, keys: &[&str]) {
    assert_eq!(made.fields.iter().map(|field| field.name).collect::<Vec<_>>(), keys);
    let fields = |shape: &Shape| {
        shape.fields.iter().map(|field| format!("{:?} {}", field.format, field.sensitive)).collect::<Vec<_>>()
    };
    assert_eq!(fields(made), fields(written), "{}", written.name);
    let rest =
        |shape: &Shape| format!("{} {:?} {:?} {:?}", shape.name, shape.tree, shape.required, shape.clear);
    assert_eq!(rest(made), rest(written));
}

fn shown(preset: &Preset) -> String {
    match preset {
        Preset::Json(json) => (*json).to_owned(),
        Preset::Names(names) => (*names).to_owned(),
        Preset::AllProperties(shape) => shape.property_names().collect::<Vec<_>>().join(" "),
    }
}
