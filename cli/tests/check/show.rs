//! `connector show`.

use serde_json::Value;

use crate::{connector, text};

fn shown(arguments: &[&str]) -> String {
    let all: Vec<_> = ["show"].iter().chain(arguments).copied().collect();
    let output = connector(&std::env::temp_dir(), &all);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn a_request_is_shown_with_its_types() {
    let said = shown(&["hubspot", "deals.create"]);
    println!("{said}");
    for line in [
        "POST https://api.hubapi.com/crm/objects/2026-09/deals",
        "authorization: Bearer, the token",
        "content-type: application/json",
        "  \"properties\": {",
        "scopes: crm.objects.deals.write",
        "effect: create; it is sent again only where the API cannot have carried it out",
    ] {
        assert!(said.lines().any(|one| one == line), "no `{line}` in\n{said}");
    }
    let amount = said.lines().find(|line| line.trim_start().starts_with("\"amount\":")).expect("a field");
    assert!(amount.ends_with("decimal, as text"), "{amount}");
    let name = said.lines().find(|line| line.trim_start().starts_with("\"dealname\":")).expect("a field");
    assert!(name.ends_with("string; required"), "{name}");
}

#[test]
fn the_struct_is_the_one_that_is_generated() {
    let said = shown(&["hubspot", "deals.create"]);
    assert!(said.contains("impl deals::Create {"), "{said}");
    let new = "pub fn new(\n        dealname: impl Into<String>,\n        dealstage: impl Into<DealStage>,\n    ) -> Self;\n";
    assert!(said.contains(new), "{said}");
    assert!(said.contains("    /// One with everything that is required\n    pub fn new("), "{said}");
    assert!(said.contains("pub fn amount(self, amount: impl Into<Decimal>) -> Self;"), "{said}");
    assert!(said.ends_with("client.execute(deals::Create::new(…)).await? is `Deal`\n"), "{said}");
    let json: Value = serde_json::from_str(&shown(&["hubspot", "deals.create", "--json"])).expect("JSON");
    assert_eq!(json["rust"]["path"], "deals::Create");
    assert_eq!(json["sent"]["method"], "POST");
}

#[test]
fn every_shipped_action_can_be_shown() {
    let mut shown_actions = 0;
    for name in typed_connector_specs::shipped() {
        let list = connector(&std::env::temp_dir(), &["list", name, "--json"]);
        let list: Value = serde_json::from_slice(&list.stdout).expect("JSON");
        for action in list.as_array().expect("a list").iter().step_by(7) {
            let said = shown(&[name, action["name"].as_str().expect("a name")]);
            assert!(said.contains("pub fn new(") && !said.contains("rt::"), "{said}");
            shown_actions += 1;
        }
    }
    assert!(shown_actions > 3);
}

#[test]
fn a_slip_in_the_name_is_told() {
    let output = connector(&std::env::temp_dir(), &["show", "hubspot", "deals.creat"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("did you mean `deals.create`?"), "{output:?}");
}
