//! Errors that a language model can act on.

use serde_json::{Value, json};

use crate::bench::{Bench, Plan, Ran, step};

#[tokio::test]
async fn wrong_arguments_are_named() {
    let bench = Bench::seeded(1).await;
    let steps = vec![
        step("deals_create", json!({ "dealnam": "x", "amount": "much" })),
        step("contacts_batch_update", json!({ "inputs": [{ "id": "1" }, { "city": 5 }] })),
        step("deals_get", json!({ "dealId": "999" })),
        step("deals_update", json!({ "dealId": "1", "dealstage": "no such stage" })),
        step("deals_crate", json!({})),
    ];
    let plan = Plan { steps, ..Plan::default() };
    check(&bench.rust(&plan).await);
    if let Some(ran) = bench.python(&plan, "auto").await {
        check(&ran);
    }
}

fn check(ran: &Ran) {
    let error = |tool: &str| {
        let result = ran.result(tool);
        assert_eq!(result["is_error"], true, "{result}");
        (result["structured"]["error"].clone(), result["text"].as_str().expect("text").to_owned())
    };
    let (create, text) = error("deals_create");
    assert_eq!((&create["kind"], &create["retryable"]), (&json!("invalid_arguments"), &json!(false)));
    let named: Vec<_> = create["problems"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["argument"].as_str())
        .collect();
    assert_eq!(named, ["amount", "dealnam", "dealname", "dealstage"], "{create}");
    assert!(
        text.contains("- amount: expected a decimal number") && text.contains("did you mean `dealname`?"),
        "{text}"
    );
    let (update, _) = error("contacts_batch_update");
    let named: Vec<_> = update["problems"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["argument"].as_str())
        .collect();
    assert_eq!(named, ["inputs[1].city", "inputs[1].id"], "{update}");
    let (missing, _) = error("deals_get");
    assert_eq!((&missing["kind"], &missing["status"]), (&json!("not_found"), &json!(404)), "{missing}");
    let (refused, _) = error("deals_update");
    assert!(refused["kind"] == "not_found" || refused["kind"] == "refused", "{refused}");
    let unknown: &Value = &ran.result("deals_crate")["protocol_error"];
    assert!(unknown.as_str().is_some_and(|text| text.contains("did you mean `deals_create`?")), "{unknown}");
}
