//! An update leaves, sets or clears each field.

use serde_json::json;
use typed_connector::Decimal;
use typed_connector_tests::Bench;
use typed_connector_tests::hubspot::OwnerId;
use typed_connector_tests::hubspot::deals::{self, DealId};

async fn deal(bench: &Bench) -> DealId {
    let action = deals::Create::new("Before", "qualifiedtobuy").amount(100).description("kept");
    bench.client.execute(action).await.expect("created").id
}

#[tokio::test]
async fn the_three_states_of_a_field() {
    let bench = Bench::start().await;
    let id = deal(&bench).await;
    let update = deals::Update::new(&id).dealname("After").clear_amount();
    bench.client.execute(update).await.expect("updated");
    assert_eq!(bench.last().json(), json!({ "properties": { "dealname": "After", "amount": "" } }));
    let stored = bench.stored("deals", &id, &["dealname", "amount", "description"]).await;
    assert_eq!(stored["dealname"], "After", "set");
    assert!(stored["amount"].is_null(), "cleared");
    assert_eq!(stored["description"], "kept", "left");

    let read = bench.client.execute(deals::Get::new(&id)).await.expect("read");
    assert_eq!(read.amount, None);
    assert_eq!(read.description.as_deref(), Some("kept"));
}

#[tokio::test]
async fn the_last_of_several_calls_counts() {
    let bench = Bench::start().await;
    let id = deal(&bench).await;
    let update =
        deals::Update::new(&id).clear_amount().amount(Decimal::new(5, 1)).dealname("x").dealname("y");
    bench.client.execute(update).await.expect("updated");
    assert_eq!(bench.last().json(), json!({ "properties": { "dealname": "y", "amount": "0.5" } }));
    let update = deals::Update::new(&id).amount(1).clear_amount();
    bench.client.execute(update).await.expect("updated");
    assert_eq!(bench.last().json(), json!({ "properties": { "amount": "" } }));
}

#[tokio::test]
async fn an_update_without_changes_is_an_empty_one() {
    let bench = Bench::start().await;
    let id = deal(&bench).await;
    bench.client.execute(deals::Update::new(&id)).await.expect("updated");
    assert_eq!(bench.last().json(), json!({ "properties": {} }));
    assert_eq!(bench.last().method, "PATCH");
}

#[tokio::test]
async fn a_list_in_one_string_is_a_list() {
    let bench = Bench::start().await;
    if !bench.undefined("deals", &["hs_all_collaborator_owner_ids"]).await.is_empty() {
        bench.define("deals", &json!({ "name": "hs_all_collaborator_owner_ids", "type": "string" })).await;
    }
    let id = deal(&bench).await;
    let update = deals::Update::new(&id).hs_all_collaborator_owner_ids(["11", "22"]);
    bench.client.execute(update).await.expect("updated");
    assert_eq!(bench.last().json(), json!({ "properties": { "hs_all_collaborator_owner_ids": "11;22" } }));
    let read = bench.client.execute(deals::Get::new(&id)).await.expect("read");
    let owners: Vec<_> = read.hs_all_collaborator_owner_ids.iter().map(OwnerId::as_str).collect();
    assert_eq!(owners, ["11", "22"]);
}
