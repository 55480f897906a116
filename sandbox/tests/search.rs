//! Search: operators, groups, limits, sorts, keyword, paging.

mod common;

use common::{Setup, keys, setup, start};
use serde_json::{Value, json};
use typed_connector_sandbox::Sandbox;

const PATH: &str = "/crm/v3/objects/deals/search";

async fn deals() -> Setup {
    let setup = setup().await;
    for deal in [
        json!({"dealname": "Acme renewal", "amount": "100", "closedate": "2026-01-01", "dealtype": "newbusiness"}),
        json!({"dealname": "Acme upgrade", "amount": "900.50", "closedate": "2026-02-01"}),
        json!({"dealname": "Borealis Pilot", "amount": "1000", "dealtype": "existingbusiness", "description": "urgent"}),
        json!({"dealname": "Cobalt"}),
    ] {
        setup.create("deals", deal).await;
    }
    setup
}

/// The names of the hits.
async fn names(setup: &Setup, body: Value) -> Vec<String> {
    let (status, found) = setup.post(PATH, body).await;
    assert_eq!(status, 200, "{found}");
    let names = found["results"].as_array().unwrap().iter();
    names.map(|deal| deal["properties"]["dealname"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn every_operator_works() {
    let setup = deals().await;
    for (filter, expected) in [
        (json!({"propertyName": "amount", "operator": "EQ", "value": "100.0"}), "Acme renewal"),
        (
            json!({"propertyName": "amount", "operator": "NEQ", "value": 100}),
            "Acme upgrade|Borealis Pilot|Cobalt",
        ),
        (json!({"propertyName": "amount", "operator": "LT", "value": "900.5"}), "Acme renewal"),
        (json!({"propertyName": "amount", "operator": "LTE", "value": "900.5"}), "Acme renewal|Acme upgrade"),
        (json!({"propertyName": "amount", "operator": "GT", "value": "900.5"}), "Borealis Pilot"),
        (
            json!({"propertyName": "amount", "operator": "GTE", "value": "900.5"}),
            "Acme upgrade|Borealis Pilot",
        ),
        (
            json!({"propertyName": "amount", "operator": "BETWEEN", "value": "200", "highValue": "1000"}),
            "Acme upgrade|Borealis Pilot",
        ),
        (
            json!({"propertyName": "closedate", "operator": "GTE", "value": "2026-01-15T00:00:00Z"}),
            "Acme upgrade",
        ),
        (json!({"propertyName": "closedate", "operator": "LT", "value": "1768435200000"}), "Acme renewal"),
        (json!({"propertyName": "dealtype", "operator": "HAS_PROPERTY"}), "Acme renewal|Borealis Pilot"),
        (json!({"propertyName": "dealtype", "operator": "NOT_HAS_PROPERTY"}), "Acme upgrade|Cobalt"),
        (json!({"propertyName": "dealtype", "operator": "IN", "values": ["newbusiness"]}), "Acme renewal"),
        (
            json!({"propertyName": "dealtype", "operator": "NOT_IN", "values": ["newbusiness"]}),
            "Acme upgrade|Borealis Pilot|Cobalt",
        ),
        (json!({"propertyName": "dealname", "operator": "EQ", "value": "COBALT"}), "Cobalt"),
        (json!({"propertyName": "dealname", "operator": "IN", "values": ["cobalt"]}), "Cobalt"),
        (json!({"propertyName": "dealname", "operator": "IN", "values": ["Cobalt"]}), ""),
        (
            json!({"propertyName": "dealname", "operator": "CONTAINS_TOKEN", "value": "acme"}),
            "Acme renewal|Acme upgrade",
        ),
        (
            json!({"propertyName": "dealname", "operator": "CONTAINS_TOKEN", "value": "*lot"}),
            "Borealis Pilot",
        ),
        (
            json!({"propertyName": "dealname", "operator": "NOT_CONTAINS_TOKEN", "value": "acme"}),
            "Borealis Pilot|Cobalt",
        ),
        (json!({"propertyName": "num_notes", "operator": "GT", "value": "0"}), ""),
    ] {
        let found = names(&setup, json!({"filterGroups": [{"filters": [filter]}]})).await;
        assert_eq!(found.join("|"), expected, "{filter}");
    }
}

#[tokio::test]
async fn groups_are_alternatives_and_filters_add_up() {
    let setup = deals().await;
    let body = json!({"filterGroups": [
        {"filters": [
            {"propertyName": "dealname", "operator": "CONTAINS_TOKEN", "value": "acme"},
            {"propertyName": "amount", "operator": "GT", "value": "500"}]},
        {"filters": [{"propertyName": "amount", "operator": "NOT_HAS_PROPERTY"}]}]});
    assert_eq!(names(&setup, body).await, ["Acme upgrade", "Cobalt"]);
}

#[tokio::test]
async fn sorts_come_as_texts_and_as_objects() {
    let setup = deals().await;
    let up = ["Acme renewal", "Acme upgrade", "Borealis Pilot", "Cobalt"];
    let down = ["Borealis Pilot", "Acme upgrade", "Acme renewal", "Cobalt"];
    for (sort, expected) in [
        (json!("amount"), up),
        (json!("-amount"), down),
        (json!({"propertyName": "amount", "direction": "ASCENDING"}), up),
        (json!({"propertyName": "amount", "direction": "DESCENDING"}), down),
    ] {
        assert_eq!(names(&setup, json!({"sorts": [sort]})).await, expected);
    }
    assert_eq!(names(&setup, json!({})).await, up, "oldest first");
}

#[tokio::test]
async fn the_keyword_looks_into_the_documented_properties() {
    let setup = deals().await;
    assert_eq!(names(&setup, json!({"query": "ACME ren"})).await, ["Acme renewal"]);
    assert_eq!(names(&setup, json!({"query": "urgent"})).await, ["Borealis Pilot"]);
    assert_eq!(names(&setup, json!({"query": "1000"})).await, [""; 0]);
}

#[tokio::test]
async fn pages_are_offsets() {
    let setup = start(Sandbox::builder().seed(25)).await;
    let (_, first) = setup.post(PATH, json!({"limit": 20, "properties": ["amount"]})).await;
    assert_eq!(keys(&first), ["paging", "results", "total"]);
    assert_eq!((&first["total"], &first["paging"]), (&json!(25), &json!({"next": {"after": "20"}})));
    assert_eq!(
        keys(&first["results"][0]["properties"]),
        ["amount", "createdate", "hs_lastmodifieddate", "hs_object_id"]
    );
    let (_, last) = setup.post(PATH, json!({"limit": 20, "after": "20"})).await;
    assert_eq!(last["results"].as_array().unwrap().len(), 5);
    assert!(last.get("paging").is_none());
}

#[tokio::test]
async fn more_than_hubspot_allows_is_refused() {
    let setup = setup().await;
    let filter = json!({"propertyName": "amount", "operator": "EQ", "value": "1"});
    let groups = |groups: usize, filters: usize| json!({"filterGroups": vec![json!({"filters": vec![filter.clone(); filters]}); groups]});
    assert_eq!(setup.post(PATH, groups(3, 6)).await.0, 200);
    for body in [
        groups(6, 1),
        groups(1, 7),
        groups(4, 5),
        json!({"limit": 201}),
        json!({"limit": 200, "after": "9900"}),
        json!({"query": "x".repeat(3001)}),
        json!({"sorts": ["amount", "dealname"]}),
        json!({"filterGroups": [{"filters": [{"propertyName": "nonsense", "operator": "EQ", "value": "1"}]}]}),
        json!({"filterGroups": [{"filters": [{"propertyName": "amount", "operator": "EQ", "value": "x"}]}]}),
        json!({"filterGroups": [{"filters": [{"propertyName": "amount", "operator": "HAS_PROPERTY", "value": "1"}]}]}),
    ] {
        let (status, error) = setup.post(PATH, body.clone()).await;
        assert_eq!((status.as_u16(), &error["category"]), (400, &json!("VALIDATION_ERROR")), "{body}");
    }
    let odd = json!({"filterGroups": [{"filters": [{"propertyName": "amount", "operator": "LIKE"}]}]});
    assert_eq!(setup.post(PATH, odd).await.0, 400);
    assert_eq!(setup.post(PATH, json!({"limit": 200, "after": "9800"})).await.0, 200);
}
