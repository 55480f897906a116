//! Every action of HubSpot as a tool: listed, with schemas, and called.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use typed_connector::dynamic::Connector;

use crate::bench::{Bench, Plan, Ran, saving, step};

/// Each action once.
fn steps() -> Vec<Value> {
    let of_deals = vec![
        saving(
            "deals_create",
            json!({ "dealname": "First", "dealstage": "qualifiedtobuy", "amount": 5 }),
            json!({ "deal": "/id" }),
        ),
        step("deals_get", json!({ "dealId": "{deal}", "properties": ["dealname", "amount"] })),
        step(
            "deals_update",
            json!({ "dealId": "{deal}", "amount": null, "closedate": "2027-03-31T00:00:00Z" }),
        ),
        step("deals_list", json!({ "limit": 2 })),
        step("deals_search", json!({ "filterGroups": { "dealname": "First" }, "sorts": "-amount" })),
        saving(
            "deals_batch_create",
            json!({ "inputs": [{ "dealname": "A", "dealstage": "closedwon" }, { "dealname": "B", "dealstage": "closedlost" }] }),
            json!({ "a": "/outcomes/0/result/id", "b": "/outcomes/1/result/id" }),
        ),
        step("deals_batch_read", json!({ "inputs": [{ "id": "{a}" }, { "id": "999" }] })),
        step("deals_batch_update", json!({ "inputs": [{ "id": "{a}", "amount": "7.50" }] })),
        step(
            "deals_batch_upsert",
            json!({ "inputs": [{ "id": "N-1", "idProperty": "order_number", "dealname": "C", "dealstage": "closedwon" }] }),
        ),
        saving(
            "deals_merge",
            json!({ "primaryObjectId": "{a}", "objectIdToMerge": "{b}" }),
            json!({ "merged": "/id" }),
        ),
        step("deals_batch_archive", json!({ "inputs": [{ "id": "{merged}" }] })),
        step("deals_delete", json!({ "dealId": "{deal}" })),
        step("deal_pipelines_list", json!({})),
        step("deal_pipelines_list_stages", json!({ "pipelineId": "default" })),
    ];
    let person = |name: &str| json!({ "email": format!("{name}@example.com") });
    let of_contacts = vec![
        saving(
            "contacts_create",
            json!({ "email": "ida@example.com", "firstname": "Ida" }),
            json!({ "contact": "/id" }),
        ),
        step("contacts_get", json!({ "contactId": "{contact}" })),
        step("contacts_get_by_email", json!({ "email": "ida@example.com" })),
        step("contacts_update", json!({ "contactId": "{contact}", "lastname": "Rhodes" })),
        step("contacts_update_by_email", json!({ "currentEmail": "ida@example.com", "jobtitle": "Buyer" })),
        step("contacts_list", json!({})),
        step("contacts_search", json!({ "filterGroups": [{ "jobtitle": { "eq": "Buyer" } }] })),
        saving(
            "contacts_batch_create",
            json!({ "inputs": [person("x"), person("y"), person("z")] }),
            json!({ "x": "/outcomes/0/result/id", "y": "/outcomes/1/result/id", "z": "/outcomes/2/result/id" }),
        ),
        step("contacts_batch_read", json!({ "inputs": [{ "id": "y@example.com" }], "idProperty": "email" })),
        step("contacts_batch_update", json!({ "inputs": [{ "id": "{x}", "city": "Turin" }] })),
        step(
            "contacts_batch_upsert",
            json!({ "inputs": [{ "id": "x@example.com", "idProperty": "email", "city": "Milan" }] }),
        ),
        saving(
            "contacts_merge",
            json!({ "primaryObjectId": "{x}", "objectIdToMerge": "{y}" }),
            json!({ "both": "/id" }),
        ),
        step("contacts_batch_archive", json!({ "inputs": [{ "id": "{both}" }] })),
        step("contacts_gdpr_delete", json!({ "objectId": "{z}" })),
        step("contacts_delete", json!({ "contactId": "{contact}" })),
    ];
    [of_deals, of_contacts].concat()
}

async fn define_unique(bench: &Bench) {
    let body = json!({
        "name": "order_number", "label": "x", "groupName": "custom", "type": "string", "fieldType": "text", "hasUniqueValue": true,
    });
    drop(rustls::crypto::ring::default_provider().install_default());
    let url = format!("{}/crm/v3/properties/deals", bench.sandbox.url());
    let request = reqwest::Client::new().post(url).bearer_auth(bench.sandbox.access_token());
    let answer = request.header("content-type", "application/json").body(body.to_string()).send().await;
    assert_eq!(answer.expect("the sandbox answers").status().as_u16(), 201);
}

#[tokio::test]
async fn with_the_rust_sdk() {
    let bench = Bench::seeded(3).await;
    define_unique(&bench).await;
    let ran = bench.rust(&Plan { steps: steps(), ..Plan::default() }).await;
    println!("Rust SDK: {}", check(&ran));
}

#[tokio::test]
async fn with_the_python_sdk() {
    for mode in ["auto", "legacy"] {
        let bench = Bench::seeded(3).await;
        define_unique(&bench).await;
        let plan = Plan { steps: steps(), elicit: Some("accept"), ..Plan::default() };
        let Some(ran) = bench.python(&plan, mode).await else { return };
        println!("Python SDK, protocol {}: {}", ran.0["protocol"], check(&ran));
        // What deletes or cannot be undone was confirmed, with what it is about.
        let asked: Vec<_> =
            ran.0["asked"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert_eq!(asked.len(), 7, "{asked:?}");
        assert!(
            asked.iter().any(|text| text.starts_with("Move this deal to the recycling bin?\n\nDeal: ")),
            "{asked:?}"
        );
    }
}

/// Everything that a client saw.
fn check(ran: &Ran) -> String {
    let hubspot = Connector::shipped("hubspot").expect("it is shipped");
    let expected: BTreeSet<_> = hubspot.actions().map(|action| action.name().replace('.', "_")).collect();
    let listed: BTreeSet<_> =
        ran.tools().iter().filter_map(|tool| tool["name"].as_str().map(str::to_owned)).collect();
    assert_eq!(listed, expected);
    let called: BTreeSet<_> =
        ran.results().iter().filter_map(|result| result["tool"].as_str().map(str::to_owned)).collect();
    assert_eq!(called, expected, "every action is called");
    for result in ran.results() {
        assert_eq!(result["is_error"], false, "{result}");
    }
    for tool in ran.tools() {
        let (input, name) = (&tool["inputSchema"], &tool["name"]);
        assert!(
            tool["title"].is_string() && tool["description"].is_string() && input["type"] == "object",
            "{tool}"
        );
        let has_output =
            !matches!(name.as_str(), Some("deals_delete" | "contacts_delete" | "contacts_gdpr_delete"));
        assert_eq!(tool["outputSchema"]["type"] == "object", has_output, "{name}");
    }
    let hints = |name: &str| {
        let hints = &ran.tool(name)["annotations"];
        [&hints["readOnlyHint"], &hints["destructiveHint"], &hints["idempotentHint"]].map(|hint| hint == true)
    };
    assert_eq!(hints("deals_search"), [true, false, true]);
    assert_eq!(hints("deals_create"), [false, false, false]);
    assert_eq!(hints("deals_update"), [false, true, true]);
    assert_eq!(hints("deals_delete"), [false, true, true]);
    let create = &ran.tool("deals_create")["inputSchema"];
    assert_eq!(create["required"], json!(["dealname", "dealstage"]));
    assert_eq!(create["properties"]["dealname"]["title"], "Deal name");
    assert_eq!(create["examples"][0]["dealname"], "Acme renewal");

    assert_eq!(ran.result("deals_get")["structured"]["amount"], "5");
    let read = &ran.result("deals_batch_read")["structured"];
    assert_eq!((&read["done"], &read["outcomes"][1]["outcome"]), (&json!(1), &json!("refused")), "{read}");
    assert_eq!(ran.result("deals_list")["structured"]["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(ran.result("deals_delete")["text"], "Done.");
    assert!(
        ran.0["resources"].as_array().is_some_and(|list| list.contains(&json!("connector://hubspot/deals")))
    );
    assert!(ran.0["read"].as_str().is_some_and(|text| text.starts_with("# HubSpot")));
    let size = ran.0["tools"].to_string().len() / 1024;
    format!("{} tools listed ({size} KiB) and called", listed.len())
}
