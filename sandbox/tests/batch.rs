//! Batches.

mod common;

use common::{keys, setup};
use serde_json::{Value, json};

fn count(body: &Value) -> usize {
    body["results"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn a_batch_goes_through_its_whole_life() {
    let setup = setup().await;
    let inputs = json!({"inputs": [{"properties": {"dealname": "a"}}, {"properties": {"dealname": "b"}}]});
    let (status, created) = setup.post("/crm/objects/2026-09/deals/batch/create", inputs).await;
    assert_eq!(status, 201);
    assert_eq!(keys(&created), ["completedAt", "results", "startedAt", "status"]);
    let ids: Vec<_> = created["results"].as_array().unwrap().iter().map(|deal| deal["id"].clone()).collect();

    let inputs: Vec<_> = ids.iter().map(|id| json!({"id": id, "properties": {"amount": 5}})).collect();
    let (status, updated) = setup.post("/crm/v3/objects/deals/batch/update", json!({"inputs": inputs})).await;
    assert_eq!((status.as_u16(), count(&updated)), (200, 2));

    let inputs: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
    let read = json!({"inputs": inputs, "properties": ["amount"]});
    let (status, found) = setup.post("/crm/v3/objects/deals/batch/read", read).await;
    assert_eq!((status.as_u16(), &found["results"][1]["properties"]["amount"]), (200, &json!("5")));

    let (status, _) = setup.post("/crm/v3/objects/deals/batch/archive", json!({"inputs": inputs})).await;
    assert_eq!(status, 204);
    assert_eq!(count(&setup.get("/crm/v3/objects/deals").await.1), 0);
}

#[tokio::test]
async fn with_trace_ids_each_input_has_its_own_outcome() {
    let setup = setup().await;
    let body = json!({"inputs": [
        {"objectWriteTraceId": "one", "properties": {"dealname": "fine"}},
        {"objectWriteTraceId": "two", "properties": {"missing": "x"}}]});
    let (status, answer) = setup.post("/crm/v3/objects/deals/batch/create", body).await;
    assert_eq!(status, 207);
    assert_eq!(keys(&answer), ["completedAt", "errors", "numErrors", "results", "startedAt", "status"]);
    assert_eq!((&answer["status"], &answer["numErrors"], count(&answer)), (&json!("COMPLETE"), &json!(1), 1));
    assert_eq!(answer["results"][0]["objectWriteTraceId"], "one");
    let error = &answer["errors"][0];
    assert_eq!(keys(error), ["category", "context", "message", "status"]);
    assert_eq!(error["context"], json!({"objectWriteTraceId": ["two"]}));
    assert_eq!(error["category"], "VALIDATION_ERROR");
}

#[tokio::test]
async fn without_trace_ids_one_bad_input_fails_the_batch() {
    let setup = setup().await;
    let body = json!({"inputs": [{"properties": {"email": "a@example.com"}}, {"properties": {"email": "a@example.com"}}]});
    let (status, error) = setup.post("/crm/v3/objects/contacts/batch/create", body).await;
    assert_eq!((status.as_u16(), &error["category"]), (409, &json!("CONFLICT")));
    assert_eq!(count(&setup.get("/crm/v3/objects/contacts").await.1), 0, "nothing was kept");
}

#[tokio::test]
async fn reading_names_what_is_missing() {
    let setup = setup().await;
    setup.create("contacts", json!({"email": "a@example.com"})).await;
    let body = json!({"idProperty": "email", "properties": ["email"],
        "inputs": [{"id": "a@example.com"}, {"id": "b@example.com"}]});
    let (status, answer) = setup.post("/crm/v3/objects/contacts/batch/read", body).await;
    assert_eq!((status.as_u16(), count(&answer), &answer["numErrors"]), (207, 1, &json!(1)));
    assert_eq!(answer["errors"][0]["category"], "OBJECT_NOT_FOUND");
    assert_eq!(answer["errors"][0]["context"]["ids"], json!(["b@example.com"]));
}

#[tokio::test]
async fn upsert_says_what_is_new() {
    let setup = setup().await;
    let id = setup.create("contacts", json!({"email": "old@example.com"})).await;
    let inputs = json!({"inputs": [
        {"id": "old@example.com", "idProperty": "email", "properties": {"firstname": "Old"}},
        {"id": "new@example.com", "idProperty": "email", "properties": {"firstname": "New"}}]});
    let (status, answer) = setup.post("/crm/v3/objects/contacts/batch/upsert", inputs).await;
    assert_eq!(status, 200);
    assert_eq!((&answer["results"][0]["new"], &answer["results"][0]["id"]), (&json!(false), &json!(id)));
    assert_eq!(answer["results"][1]["new"], true);
    assert_eq!(answer["results"][1]["properties"]["email"], "new@example.com");

    let inputs = json!({"inputs": [{"id": "1", "idProperty": "hs_object_id", "properties": {}}]});
    let (status, error) = setup.post("/crm/v3/objects/companies/batch/upsert", inputs).await;
    assert_eq!(status, 400);
    assert_eq!(
        error["message"],
        "Unable to perform update/upsert by non-unique 0-2 property hs_object_id in portal ID 12345678"
    );
}

#[tokio::test]
async fn deals_are_upserted_by_a_custom_unique_property() {
    let setup = setup().await;
    let property = json!({"name": "order_number", "label": "Order", "type": "string", "fieldType": "text",
        "groupName": "dealinformation", "hasUniqueValue": true});
    assert_eq!(setup.post("/crm/v3/properties/deals", property).await.0, 201);
    let inputs =
        json!({"inputs": [{"id": "A-1", "idProperty": "order_number", "properties": {"dealname": "one"}}]});
    for new in [true, false] {
        let (_, answer) = setup.post("/crm/v3/objects/deals/batch/upsert", inputs.clone()).await;
        assert_eq!(answer["results"][0]["new"], new);
    }
    assert_eq!(setup.get("/crm/v3/objects/deals/A-1?idProperty=order_number").await.0, 200);
}

#[tokio::test]
async fn a_hundred_different_inputs_are_the_most() {
    let setup = setup().await;
    let inputs = |n: usize| json!({"inputs": vec![json!({"properties": {"dealname": "x"}}); n]});
    assert_eq!(setup.post("/crm/v3/objects/deals/batch/create", inputs(100)).await.0, 201);
    let twice = json!({"inputs": vec![json!({"id": "1", "properties": {}}); 2]});
    for (path, body) in [("create", inputs(101)), ("update", twice)] {
        let (status, error) = setup.post(&format!("/crm/v3/objects/deals/batch/{path}"), body).await;
        assert_eq!((status.as_u16(), &error["category"]), (400, &json!("VALIDATION_ERROR")));
    }
}
