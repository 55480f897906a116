//! Wrong arguments: each is named, with what is expected there and what was probably meant, all at once, and nothing is sent.

use serde_json::{Value, json};
use typed_connector::Error;
use typed_connector::dynamic::{Client, Connector};
use typed_connector_tests::watch;

/// A client that nothing can be sent with.
fn client(connector: Connector) -> Client {
    watch::begin();
    connector
        .client()
        .base_url("http://127.0.0.1:9")
        .access_token("t")
        .build()
        .expect("the settings are sound")
}

async fn problems(client: &Client, action: &str, arguments: Value) -> Vec<String> {
    match client.execute(action, arguments).await {
        Err(error @ Error::InvalidArguments { .. }) => {
            watch::shown(&format!("{error} {error:?}"));
            let Error::InvalidArguments { problems, .. } = error else { return Vec::new() };
            problems.iter().map(|problem| format!("{}: {}", problem.argument, problem.message)).collect()
        }
        other => panic!("{action}: {other:?}"),
    }
}

#[tokio::test]
async fn of_hubspot() {
    let client = client(Connector::shipped("hubspot").expect("it is sound"));
    let wrong = json!({
        "dealnam": "Acme", "amount": "much", "closedate": "2026-12-31", "hs_forecast_probability": "0.5",
        "createdAt": "2026-12-31T00:00:00Z", "associations": [{ "to": 5, "kinds": [] }], "description": null,
        "property": "erp", "dealtype": ["newbusiness"],
    });
    let mut found = problems(&client, "deals.create", wrong).await;
    found.sort();
    let expected = [
        "amount: expected a decimal number like \"12.50\", found \"much\"",
        "associations[0].kinds: is not known; there are `to`, `types`",
        "associations[0].to: expected a string, found 5",
        "associations[0].types: is required: Kinds of association, an array",
        "closedate: expected a time like \"2026-12-31T12:00:00Z\", found \"2026-12-31\"",
        "createdAt: is set by the server and cannot be given",
        "dealnam: is not known; did you mean `dealname`? (a property of the account's own is given in `property`)",
        "dealname: is required: Deal name, a string",
        "dealstage: is required: Deal stage, a value such as `appointmentscheduled`, `qualifiedtobuy`, `presentationscheduled`, \
         `decisionmakerboughtin`, `contractsent`, `closedwon`, `closedlost`",
        "dealtype: expected a value such as `newbusiness`, `existingbusiness`, found an array",
        "description: cannot be cleared by null; leave it out to give no value",
        "hs_forecast_probability: expected a number, found \"0.5\"",
        "property: expected an object of property names and values, found \"erp\"",
    ];
    assert_eq!(found, expected, "{found:#?}");

    let wrong = json!({
        "filter": {}, "filterGroups": [{
            "amount": { "gte": "x", "greater": 5, "contains_token": "5" }, "dealname": { "gt": "a", "in": "b", "has": 1 },
            "closedate": { "between": ["2026-12-31T00:00:00Z"] }, "custom": { "eq": [1] },
        }, 5],
        "sorts": { "amount": "desc" }, "properties": "dealname", "limit": 2.5,
    });
    let mut found = problems(&client, "deals.search", wrong).await;
    found.sort();
    let expected = [
        "filter: is not known; did you mean `filterGroups`?",
        "filterGroups[0].amount.contains_token: `amount` is no text; it is a decimal number like \"12.50\"",
        "filterGroups[0].amount.greater: is no operator; there are `eq`, `neq`, `lt`, `lte`, `gt`, `gte`, `between`, `in`, \
         `not_in`, `has`, `not_has`, `contains_token`, `not_contains_token`",
        "filterGroups[0].amount.gte: expected a decimal number like \"12.50\", found \"x\"",
        "filterGroups[0].closedate.between: expected an array of the lowest and the highest value, found an array",
        "filterGroups[0].custom.eq: expected a string, a number or a boolean, found an array",
        "filterGroups[0].dealname.gt: `dealname` has no order; it is a string",
        "filterGroups[0].dealname.has: expected true or false, found 1",
        "filterGroups[0].dealname.in: expected an array of values, found \"b\"",
        "filterGroups[1]: expected an object of conditions, found 5",
        "limit: expected a whole number, found 2.5",
        "properties: expected an array of property names, or \"*\", found \"dealname\"",
        "sorts: expected a property's name, with `-` before it for largest first, found an object",
    ];
    assert_eq!(found, expected, "{found:#?}");

    let nothing = problems(&client, "deals.get", json!({ "dealId": null, "archived": "yes" })).await;
    assert_eq!(
        nothing,
        [
            "archived: expected true or false, found \"yes\"",
            "dealId: cannot be cleared by null; give a value"
        ]
    );
    let text = problems(&client, "deals.get", json!("7")).await;
    assert_eq!(text, [": arguments are an object of names and values, not a string"]);
    let inputs =
        problems(&client, "deals.batch_update", json!({ "inputs": [{ "id": 5 }, { "id": "" }, {}] })).await;
    let id = "expected an id, which is a string, found";
    assert_eq!(
        inputs,
        [
            format!("inputs[1].id: {id} \"\""),
            "inputs[2].id: is required: Record id, an id, which is a string".to_owned()
        ]
    );
}

#[tokio::test]
async fn of_closed_choices_unions_and_secrets() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/kinds");
    let client = client(Connector::load(folder).expect("it is sound"));
    let wrong = json!({ "user": "me", "password": 12345, "colour": "Deep blue" });
    let found = problems(&client, "shapes.log_in", wrong).await;
    let expected = [
        "colour: `Deep blue` is none of `red`, `deep_blue`; did you mean `deep_blue`?",
        "password: expected a string, found a number",
    ];
    assert_eq!(found, expected);
    let body = json!({
        "shape": { "kind": "cirle", "radius": 1 }, "many": [{ "what": 1 }, { "side": "4" }], "by_name": [], "version": "1",
        "next": { "shape": { "radius": 1 } },
    });
    let mut found = problems(&client, "shapes.draw", json!({ "body": body })).await;
    found.sort();
    let expected = [
        "body.by_name: expected an object, found an array",
        "body.many[0]: has the required fields of none of `circle`, `square`",
        "body.many[1].side: expected a whole number, found \"4\"",
        "body.next.shape.kind: must be one of `circle`, `square`",
        "body.shape.kind: must be one of `circle`, `square`",
    ];
    assert_eq!(found, expected, "{found:#?}");
    let file =
        problems(&client, "shapes.upload", json!({ "file": { "name": "a", "base64": "?" }, "more": "x" }))
            .await;
    let form =
        "expected a file like { \"name\": \"a.csv\", \"content_type\": \"text/csv\", \"base64\": \"…\" }";
    assert_eq!(
        file,
        [format!("file: {form}, found another object"), "more: expected an array, found \"x\"".to_owned()]
    );
}

#[tokio::test]
async fn of_what_is_no_action_no_list_and_no_batch() {
    let client = client(Connector::shipped("hubspot").expect("it is sound"));
    let error = client.execute("deals.crate", json!({})).await.expect_err("there is none");
    assert_eq!(error.to_string(), "HubSpot has no action `deals.crate`; did you mean `deals.create`?");
    let error = client.stream("deals.get", json!({ "dealId": "1" })).expect_err("it is no list");
    assert_eq!(error.to_string(), "deals.get has no pages; execute it");
    let error = client.batch("deals.search", json!({})).expect_err("it is no batch");
    assert_eq!(error.to_string(), "deals.search is no batch; execute it");
}
