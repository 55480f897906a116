use serde_json::{Value, json};
use typed_connector_specs::Sources;
use typed_connector_specs::model::Connector;

use super::snippet;

fn hubspot() -> Connector {
    let sources = Sources::shipped("hubspot").expect("it is shipped");
    typed_connector_specs::load(&sources).expect("it is right")
}

fn made(name: &str, arguments: &Value) -> String {
    let connector = hubspot();
    let (module, action) = name.split_once('.').expect("two parts");
    let home = connector.modules.iter().position(|one| one.name == module).expect("a module");
    let action = connector.modules[home].actions.iter().find(|one| one.name == action).expect("an action");
    let arguments = arguments.as_object().expect("an object");
    match snippet(&connector, "hubspot", (home, action), arguments) {
        Ok(snippet) => snippet.program(),
        Err(problem) => panic!("{problem}"),
    }
}

#[test]
fn required_arguments_come_first_and_values_have_their_types() {
    let arguments =
        json!({ "amount": "4800.00", "dealname": "Acme \"renewal\"", "dealstage": "qualifiedtobuy" });
    let expected = r#"use hubspot::deals::{self, DealStage};

let answer = client
    .execute(
        deals::Create::new("Acme \"renewal\"", DealStage::QualifiedToBuy)
            .amount(typed_connector::Decimal::new(480000, 2)),
    )
    .await?;"#;
    assert_eq!(made("deals.create", &arguments), expected);
}

#[test]
fn null_clears_and_filters_are_typed() {
    let cleared = made("deals.update", &json!({ "dealId": "7", "description": null }));
    assert!(cleared.contains(r#"deals::Update::new("7").clear_description()"#), "{cleared}");
    let found = made(
        "deals.search",
        &json!({ "filterGroups": [{ "amount": { "gte": 1000 }, "hs_is_closed": false }, { "dealname": null }], "sorts": "-amount" }),
    );
    for part in [
        "use hubspot::deals::{self, Deal};",
        "Deal::AMOUNT",
        ".gte(1000)",
        ".and(Deal::HS_IS_CLOSED.eq(false))",
        ".or(Deal::DEALNAME.has_no_value())",
        ".sort(Deal::AMOUNT.descending())",
        "let page = client",
    ] {
        assert!(found.contains(part), "{part} in {found}");
    }
}

#[test]
fn properties_of_the_accounts_own_are_set_by_name() {
    let arguments = json!({ "dealId": "7", "property": { "erp_number": "E-1", "vip": true } });
    let made = made("deals.update", &arguments);
    assert!(
        made.contains(r#"deals::Update::new("7").property("erp_number", "E-1").property("vip", true)"#),
        "{made}"
    );
}

#[test]
fn files_and_numbered_records() {
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let sources = [
        text(
            "connector.json",
            r#"{ "spec_version": 1, "name": "acme", "title": "Acme", "base_url": "https://acme.example", "auth": {} }"#,
        ),
        text(
            "notes.json",
            r#"{ "title": "Notes", "types": { "NoteId": { "type": "id" } }, "actions": { "attach": {
                "title": "Attach", "http": "POST /notes/{id}/file", "effect": "create", "path": { "id": "NoteId" },
                "body": { "encoding": "multipart", "fields": { "file": { "type": "file", "required": true } } } } } }"#,
        ),
    ];
    let sources = Sources::in_memory(sources).expect("sources");
    let connector = typed_connector_specs::load(&sources).unwrap_or_else(|problems| panic!("{problems}"));
    let arguments =
        json!({ "id": 7, "file": { "name": "a.txt", "content_type": "text/plain", "text": "hi" } });
    let action = &connector.modules[0].actions[0];
    let made =
        snippet(&connector, "acme", (0, action), arguments.as_object().expect("an object")).expect("fits");
    assert_eq!(
        made.action,
        r#"notes::Attach::new("7", typed_connector::File::new("a.txt", "hi").content_type("text/plain"))"#
    );
}

#[test]
fn what_the_action_does_not_take_is_told() {
    let connector = hubspot();
    let deals = connector.modules.iter().position(|one| one.name == "deals").expect("deals");
    let create = connector.modules[deals].actions.iter().find(|one| one.name == "create").expect("create");
    let told = |arguments: Value| {
        let arguments = arguments.as_object().expect("an object").clone();
        snippet(&connector, "hubspot", (deals, create), &arguments).expect_err("it is wrong")
    };
    assert_eq!(told(json!({ "dealstage": "x" })), "`dealname` is missing");
    assert_eq!(told(json!({ "dealnam": "x" })), "there is no argument `dealnam`");
    assert_eq!(
        told(json!({ "dealname": "x", "dealstage": "x", "amount": "much" })),
        "`amount`: \"much\" does not fit"
    );
}
