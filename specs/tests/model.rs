//! What the checked model holds: names, paths, order of arguments.

use typed_connector_specs::model::{
    BatchProperty, Body, Cap, Encoding, FieldType, Input, Keyset, NextPage, OptionsFrom, Output, PathPiece,
    Place, QueryStyle, TypeKind, Wire,
};
use typed_connector_specs::{Connector, Sources, load};

fn everything() -> Connector {
    load(&Sources::folder("tests/valid/everything").unwrap()).unwrap_or_else(|problems| panic!("{problems}"))
}

fn kind<'a>(connector: &'a Connector, name: &str) -> &'a TypeKind {
    &connector.types.iter().find(|ty| ty.ident == name).unwrap().kind
}

fn action<'a>(connector: &'a Connector, name: &str) -> &'a typed_connector_specs::model::Action {
    let mut actions = connector.modules.iter().flat_map(|module| &module.actions);
    actions.find(|action| action.name == name).unwrap()
}

fn body<'a>(connector: &'a Connector, name: &str) -> &'a Input {
    match &action(connector, name).body {
        Some(Body::Fields { input, .. }) => input,
        other => panic!("{other:?}"),
    }
}

#[test]
fn settings() {
    let connector = everything();
    assert_eq!(connector.base_url, "http://localhost:8080/api");
    let versions = connector.api_versions.unwrap();
    assert_eq!((versions.default, versions.bases), (1, vec!["things".to_owned()]));
    assert_eq!(versions.versions[0].paths, ["/v1/things"]);
    assert_eq!(versions.header.as_deref(), Some("x-version"));
    let accept = ("Accept".to_owned(), "application/vnd.everything+json".to_owned());
    assert_eq!(connector.headers, [accept]);
    assert_eq!(connector.scopes[1].ident, "ThingsWrite");
    assert_eq!(connector.rate_limits[1].per_millis, 500);
    let daily = &connector.rate_limits[2];
    assert_eq!((daily.requests, daily.per_millis, daily.every_action), (None, 86_400_000, true));
    assert_eq!(daily.reset_header.as_deref(), Some("x-reset"));
    let retries = connector.retries.iter();
    let retries: Vec<_> =
        retries.map(|r| (r.status, r.wait_millis, r.needs_retry_after, r.rate_limited)).collect();
    assert_eq!(retries, [(423, 2000, false, false), (477, 0, false, false), (503, 0, true, true)]);
    assert_eq!(connector.filters.unwrap().operators[8].as_deref(), Some("!in"));
    assert_eq!(connector.auth.oauth2.unwrap().dead_grant, ["invalid_grant", "consent_required"]);
}

#[test]
fn defaults_of_settings() {
    let text = r#"{ "spec_version": 1, "name": "x", "title": "X", "base_url": "https://example.com/",
        "auth": { "oauth2": { "authorization_url": "https://example.com/a", "token_url": "https://example.com/t" } } }"#;
    let connector = load(&Sources::in_memory([("connector.json", text)]).unwrap()).unwrap();
    assert_eq!(connector.base_url, "https://example.com");
    let oauth2 = connector.auth.oauth2.unwrap();
    assert_eq!((oauth2.scope_separator.as_str(), oauth2.pkce), (" ", true));
    assert_eq!(oauth2.dead_grant, ["invalid_grant"]);
}

#[test]
fn fields_know_their_path() {
    let connector = everything();
    let TypeKind::Object(thing) = kind(&connector, "Thing") else { panic!() };
    assert_eq!(
        (thing.encoding, thing.clear.as_deref(), thing.properties),
        (Encoding::Strings, Some(""), true)
    );
    let by_key = |key: &str| thing.fields.iter().find(|field| field.key == key).unwrap();
    assert_eq!(by_key("id").path, ["id"]);
    assert_eq!(by_key("createdAt").path, ["properties", "createdAt"]);
    assert_eq!(
        (by_key("createdAt").ident.as_str(), &by_key("createdAt").wire),
        ("created_at", &Wire::Millis)
    );
    assert_eq!((by_key("type").ident.as_str(), by_key("type").wire_name.as_str()), ("type_", "kind"));
    assert_eq!(by_key("type").path, ["properties", "kind"]);
    assert_eq!(by_key("0-1").ident, "zero_to_one");
    assert_eq!(by_key("tags").wire, Wire::Separated(";".to_owned()));
    assert_eq!(by_key("name").location.to_string(), "tests/valid/everything/things.json:26:9");
    assert!(thing.fields[0].key == "id" && thing.fields[1].key == "parent", "the envelope comes first");
}

#[test]
fn types_in_place_are_hoisted() {
    let connector = everything();
    assert!(matches!(kind(&connector, "ThingStage"), TypeKind::Enum(_)));
    let TypeKind::Object(place) = kind(&connector, "Place") else { panic!() };
    assert!(!place.properties);
    let TypeKind::Object(node) = kind(&connector, "Node") else { panic!() };
    let index = connector.types.iter().position(|ty| ty.ident == "Node").unwrap();
    let FieldType::Array(item) = &node.fields[0].ty else { panic!() };
    assert!(matches!(**item, FieldType::Named(ty) if ty.0 == index));
    assert!(connector.types[0].module.is_none() && connector.types[1].module == Some(0));
}

#[test]
fn variants_have_rust_names() {
    let connector = everything();
    let TypeKind::Enum(mood) = kind(&connector, "Mood") else { panic!() };
    let idents: Vec<_> = mood.values.iter().map(|value| value.ident.as_str()).collect();
    assert_eq!(idents, ["VeryGood", "NotGood", "OtherValue"]);
    assert!(!mood.open);
}

#[test]
fn required_arguments_come_first_in_their_order() {
    let connector = everything();
    let TypeKind::Input(input) = kind(&connector, "ThingInput") else { panic!() };
    let keys: Vec<_> = input.fields.iter().map(|field| field.key.as_str()).collect();
    assert_eq!(keys, ["amount", "name", "notify", "mail", "trace"]);
    let required: Vec<_> = input.fields.iter().map(|field| field.required).collect();
    assert_eq!(required, [true, true, true, false, false]);
    assert_eq!(input.clearable, [false, false, false, true, false]);
    assert_eq!(input.encodings[1..4], [Encoding::Strings, Encoding::Json, Encoding::Strings]);
    assert_eq!(input.clear.as_deref(), Some(""));
}

#[test]
fn bodies_hold_what_can_be_written() {
    let connector = everything();
    let input = body(&connector, "create");
    let keys: Vec<_> = input.fields.iter().map(|field| field.key.as_str()).collect();
    assert_eq!(&keys[..4], ["name", "parent", "count", "amount"]);
    assert!(!keys.contains(&"id") && !keys.contains(&"createdAt"), "read-only fields are no arguments");
    assert_eq!(
        input.encodings[..2],
        [Encoding::Strings, Encoding::Json],
        "the envelope lies outside of `at`"
    );
    let notify = input.fields.iter().find(|field| field.key == "notify").unwrap();
    assert_eq!(notify.path, ["options", "notify"]);
    assert_eq!(notify.constant, Some(true.into()));
    let Some(Body::Whole { field, .. }) = &action(&connector, "put").body else { panic!() };
    assert_eq!((field.ident.as_str(), field.required, field.path.len()), ("body", true, 0));
}

#[test]
fn actions_know_how_they_are_sent() {
    let connector = everything();
    let put = action(&connector, "put");
    assert_eq!((put.method.as_str(), put.idempotent), ("PUT", true));
    let slash = PathPiece::Literal("/".to_owned());
    assert_eq!(put.path, [PathPiece::Base(0), slash, PathPiece::Parameter(0)]);
    assert_eq!(put.rate_limit.as_deref(), Some("default"));
    assert!(put.parameters[0].field.required && put.parameters[0].field.ident == "thing_id");

    let create = action(&connector, "create");
    assert_eq!((create.ident.as_str(), create.idempotent), ("Create", true));
    assert_eq!((create.scopes.all_of.as_slice(), create.scopes.any_of.as_slice()), (&[1][..], &[0][..]));
    assert_eq!(
        (create.parameters[0].place, create.parameters[0].field.ident.as_str()),
        (Place::Header, "trace_id")
    );
    assert_eq!(create.examples[0].status, 201);

    let list = action(&connector, "list");
    assert!(list.idempotent);
    assert_eq!(list.parameters[2].place, Place::Query(QueryStyle::Comma));
    let Output::Page { pagination, .. } = &list.output else { panic!() };
    let cursor = ["paging", "next", "after"].map(str::to_owned);
    assert_eq!(pagination.next, Some(NextPage::Cursor(cursor.into())));
    assert_eq!(
        (pagination.param.as_deref(), pagination.cap.clone()),
        (Some("after"), Some(Cap { records: 10_000, keyset: None }))
    );

    let Output::Batch { batch, .. } = &action(&connector, "batch_create").output else { panic!() };
    assert_eq!((batch.inputs.as_str(), batch.max, batch.errors[0].as_str()), ("inputs", 100, "problems"));

    let Output::Page { pagination, .. } = &action(&connector, "find").output else { panic!() };
    let [filter, sort, select] = ["filter", "sort", "fields"].map(str::to_owned);
    let keyset = Keyset { key: "count".to_owned(), filter, sort, select: Some(select) };
    assert_eq!(pagination.cap, Some(Cap { records: 500, keyset: Some(keyset) }));

    let Output::Batch { batch, .. } = &action(&connector, "batch_put").output else { panic!() };
    let trace = batch.trace.as_ref().unwrap();
    let id = batch.id.as_ref().unwrap();
    assert_eq!((trace.error.as_str(), id.error.as_deref()), ("/mail", Some("/names")));
    assert_eq!(id.property, Some(BatchProperty::Argument("by".to_owned())));
    assert_eq!(id.select.as_deref(), Some("fields"));
    assert!(matches!(action(&connector, "batch_drop").output, Output::Batch { item: None, .. }));
    assert_eq!(action(&connector, "send").output, Output::Optional(FieldType::Json));
}

#[test]
fn path_arguments_are_in_the_order_of_the_path() {
    let module = r#"{ "title": "T", "actions": { "get": { "title": "Get", "effect": "read",
        "http": "GET /a/{second}/b/{first}", "path": { "first": "string", "second": "string" } } } }"#;
    let settings =
        r#"{ "spec_version": 1, "name": "x", "title": "X", "base_url": "https://example.com", "auth": {} }"#;
    let connector =
        load(&Sources::in_memory([("connector.json", settings), ("type.json", module)]).unwrap()).unwrap();
    let keys: Vec<_> = connector.modules[0].actions[0]
        .parameters
        .iter()
        .map(|parameter| parameter.field.key.as_str())
        .collect();
    assert_eq!(keys, ["second", "first"]);
    assert_eq!((connector.modules[0].name.as_str(), connector.modules[0].ident.as_str()), ("type", "type_"));
}

#[test]
fn an_extension_adds() {
    let base = Sources::folder("tests/valid/notes").unwrap();
    let connector = load(&base.clone().extend("tests/valid/notes/extension").unwrap()).unwrap();
    let modules: Vec<_> = connector.modules.iter().map(|module| module.name.as_str()).collect();
    assert_eq!(modules, ["notes", "tags"]);
    assert_eq!(connector.modules[0].title, "Notes");
    let actions: Vec<_> = connector.modules[0].actions.iter().map(|action| action.name.as_str()).collect();
    assert_eq!(actions, ["create", "get"]);
    assert_eq!(connector.scopes.len(), 2);
    let TypeKind::Object(note) = kind(&connector, "Note") else { panic!() };
    assert_eq!(note.fields.last().unwrap().path, ["properties", "colour"]);
    assert_eq!(note.fields.last().unwrap().location.file.as_ref(), "tests/valid/notes/extension/notes.json");
    // What the extension adds to an object is an argument of the actions that were there.
    assert_eq!(body(&connector, "create").fields.len(), 2);
    assert_eq!(load(&base).unwrap().modules.len(), 1);
}

#[test]
fn loading_twice_gives_the_same() {
    assert_eq!(everything(), everything());
}

#[test]
fn lists_know_the_way_to_the_next_page() {
    let connector = everything();
    let page = |name: &str| match &action(&connector, name).output {
        Output::Page { pagination, .. } => pagination.clone(),
        other => panic!("{other:?}"),
    };
    let by_last = page("by_last");
    assert_eq!((by_last.next, by_last.param.as_deref()), (Some(NextPage::Last(0)), Some("after")));
    assert_eq!(by_last.more, Some(vec!["has_more".to_owned()]));
    let by_link = page("by_link");
    let link = NextPage::Link { relation: "next".to_owned(), also: vec!["cursor".to_owned()] };
    assert_eq!((by_link.next, by_link.items), (Some(link), Vec::new()));
    let whole = page("stages");
    assert_eq!((whole.next, whole.param, whole.items), (None, None, vec!["stages".to_owned()]));
}

#[test]
fn choices_that_another_action_tells_go_with_their_field_wherever_it_is_used() {
    let connector = everything();
    let expected = OptionsFrom {
        action: "lists.stages".to_owned(),
        value: "/id".to_owned(),
        label: Some("/names/long".to_owned()),
        depends_on: vec![("of".to_owned(), "type".to_owned())],
    };
    let TypeKind::Object(thing) = kind(&connector, "Thing") else { panic!() };
    for fields in [&thing.fields, &body(&connector, "create").fields] {
        let stage = fields.iter().find(|field| field.key == "stage").unwrap();
        assert_eq!(stage.options_from.as_ref(), Some(&expected));
    }
}

#[test]
fn what_does_more_when_it_is_sent_twice_has_a_key() {
    let connector = everything();
    let key = |name: &str| action(&connector, name).idempotency_key.as_deref();
    assert_eq!(key("batch_create"), Some("Idempotency-Key"));
    assert_eq!((key("create"), key("list"), key("find")), (None, None, None));
    assert_eq!((key("batch_put"), key("batch_drop")), (Some("x-once"), None));
}
