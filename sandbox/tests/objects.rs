//! One record at a time: create, get, update, list, archive, merge, gdpr-delete.

mod common;

use common::{keys, setup, start};
use serde_json::json;
use typed_connector_sandbox::Sandbox;

#[tokio::test]
async fn a_new_deal_is_answered_with_its_computed_properties() {
    let setup = setup().await;
    let body = json!({"properties": {"dealname": "Test Deal", "amount": 10000}});
    let (status, deal) = setup.post("/crm/v3/objects/deals", body).await;
    assert_eq!(status, 201);
    assert_eq!(keys(&deal), ["archived", "createdAt", "id", "properties", "updatedAt", "url"]);
    let id = deal["id"].as_str().unwrap();
    assert!(id.len() == 12 && id.parse::<u64>().is_ok());
    assert_eq!(deal["url"], format!("https://app.hubspot.com/contacts/12345678/record/0-3/{id}"));
    let properties = &deal["properties"];
    assert_eq!(keys(properties).len(), 35, "as many as HubSpot answers");
    for (name, value) in [
        ("amount", "10000"),
        ("amount_in_home_currency", "10000"),
        ("days_to_close", "0"),
        ("hs_deal_stage_probability_shadow", "0"),
        ("hs_is_closed_won", "false"),
        ("hs_object_source", "INTEGRATION"),
        ("hs_projected_amount", "0"),
        ("num_associated_contacts", "0"),
        ("hs_object_id", id),
    ] {
        assert_eq!(properties[name], value, "{name}");
    }
    assert_eq!(properties["createdate"], deal["createdAt"]);
    assert!(properties.get("dealstage").is_none() && properties.get("pipeline").is_none());
}

#[tokio::test]
async fn an_update_answers_what_changed_and_what_is_calculated() {
    let setup = setup().await;
    let id = setup.create("deals", json!({"dealname": "Old", "description": "stays out"})).await;
    let body = json!({"properties": {
        "dealname": "New", "amount": 15000, "closedate": "2099-12-31", "dealstage": "qualifiedtobuy"}});
    let (status, deal) = setup.patch(&format!("/crm/objects/2026-09/0-3/{id}"), body).await;
    assert_eq!(status, 200);
    let properties = &deal["properties"];
    assert_eq!(keys(properties).len(), 34, "as many as HubSpot answers: {properties}");
    for (name, value) in [
        ("closedate", "2099-12-31T00:00:00Z"),
        ("pipeline", "default"),
        ("hs_is_open_count", "1"),
        ("hs_deal_stage_probability", "0.40000000000000002220446049250313080847263336181640625"),
        ("hs_projected_amount", "6000.00000000000033306690738754696212708950042724609375000"),
    ] {
        assert_eq!(properties[name], value, "{name}");
    }
    for absent in ["description", "hs_createdate", "num_notes"] {
        assert!(properties.get(absent).is_none(), "{absent}");
    }
    let (_, won) = setup
        .patch(&format!("/crm/v3/objects/deals/{id}"), json!({"properties": {"dealstage": "closedwon"}}))
        .await;
    assert_eq!(won["properties"]["hs_is_closed_won"], "true");
    assert_eq!(won["properties"]["hs_closed_amount"], "15000");
    assert_eq!(won["properties"]["hs_deal_stage_probability"], "1");
}

#[tokio::test]
async fn a_new_contact_is_answered_with_its_computed_properties() {
    let setup = setup().await;
    let body = json!({"properties": {"email": "Test@Example.com", "firstname": "Test", "lastname": "Contact",
        "phone": "+1 555-1234", "company": "Example Co", "website": "https://example.com"}});
    let (status, contact) = setup.post("/crm/objects/2026-03/contacts", body).await;
    assert_eq!(status, 201);
    let properties = &contact["properties"];
    assert_eq!(keys(properties).len(), 31, "as many as HubSpot answers: {properties}");
    for (name, value) in [
        ("email", "test@example.com"),
        ("hs_email_domain", "example.com"),
        ("hs_full_name_or_email", "Test Contact"),
        ("hs_searchable_calculated_phone_number", "5551234"),
        ("lifecyclestage", "lead"),
        ("hs_pipeline", "contacts-lifecycle-pipeline"),
    ] {
        assert_eq!(properties[name], value, "{name}");
    }
    let lead = properties["hs_lifecyclestage_lead_date"].as_str().unwrap();
    assert!(lead.parse::<i64>().is_ok());
}

#[tokio::test]
async fn reading_selects_properties_in_both_encodings() {
    let setup = setup().await;
    let id = setup.create("deals", json!({"dealname": "D", "amount": "5000.00"})).await;
    let (_, plain) = setup.get(&format!("/crm/v3/objects/deals/{id}")).await;
    assert_eq!(
        keys(&plain["properties"]),
        [
            "amount",
            "closedate",
            "createdate",
            "dealname",
            "dealstage",
            "hs_lastmodifieddate",
            "hs_object_id",
            "pipeline"
        ]
    );
    assert_eq!(plain["properties"]["amount"], "5000.00");
    assert!(plain["properties"]["closedate"].is_null());
    let selected =
        ["createdate", "dealname", "description", "hs_lastmodifieddate", "hs_object_id", "num_notes"];
    for query in [
        "properties=dealname&properties=description&properties=num_notes&properties=nonsense",
        "properties=dealname%2Cdescription,num_notes,nonsense",
        "properties=dealname,description&properties=num_notes",
    ] {
        let (status, deal) = setup.get(&format!("/crm/v3/objects/0-3/{id}?{query}")).await;
        assert_eq!(status, 200);
        assert_eq!(keys(&deal["properties"]), selected, "{query}");
        assert!(deal["properties"]["description"].is_null());
        assert_eq!(deal["properties"]["num_notes"], "0");
    }
}

#[tokio::test]
async fn a_property_is_cleared_by_an_empty_text_and_keeps_its_history() {
    let setup = setup().await;
    let id = setup.create("deals", json!({"dealname": "one", "closedate": 1_767_225_600_000_i64})).await;
    let path = format!("/crm/v3/objects/deals/{id}");
    setup.patch(&path, json!({"properties": {"dealname": "two"}})).await;
    setup.patch(&path, json!({"properties": {"dealname": "", "closedate": ""}})).await;
    let (_, deal) = setup.get(&format!("{path}?propertiesWithHistory=dealname&properties=closedate")).await;
    assert!(deal["properties"]["dealname"].is_null() && deal["properties"]["closedate"].is_null());
    let history = deal["propertiesWithHistory"]["dealname"].as_array().unwrap();
    let values: Vec<_> = history.iter().map(|past| past["value"].as_str().unwrap()).collect();
    assert_eq!(values, ["", "two", "one"]);
    assert_eq!(keys(&history[0]), ["sourceId", "sourceType", "timestamp", "value"]);
}

#[tokio::test]
async fn wrong_values_are_refused_as_by_hubspot() {
    let setup = setup().await;
    let body = json!({"properties": {"testproperty": "x"}});
    let (status, error) = setup.post("/crm/objects/2026-09/companies", body).await;
    assert_eq!(status, 400);
    assert_eq!(error["status"], "error");
    assert_eq!(error["category"], "VALIDATION_ERROR");
    assert_eq!(
        error["message"],
        "Property values were not valid: [{\"isValid\":false,\"message\":\"Property \\\"testproperty\\\" does not \
         exist\",\"error\":\"PROPERTY_DOESNT_EXIST\",\"name\":\"testproperty\",\"localizedErrorMessage\":\"Property \
         \\\"testproperty\\\" does not exist\",\"portalId\":12345678}]"
    );
    assert_eq!(
        error["errors"],
        json!([{"message": "Property \"testproperty\" does not exist", "code": "PROPERTY_DOESNT_EXIST",
            "context": {"propertyName": ["testproperty"]}}])
    );
    for (kind, properties, code) in [
        ("deals", json!({"hs_object_id": "1"}), "READ_ONLY_VALUE"),
        ("deals", json!({"dealtype": "odd"}), "INVALID_OPTION"),
        ("deals", json!({"dealstage": "odd"}), "INVALID_OPTION"),
        ("deals", json!({"closedate": "tomorrow"}), "INVALID_LONG"),
        ("deals", json!({"amount": "much"}), "INVALID_DOUBLE"),
        ("contacts", json!({"email": "name@domain…"}), "INVALID_EMAIL"),
    ] {
        let path = format!("/crm/v3/objects/{kind}");
        let (status, error) = setup.post(&path, json!({"properties": properties})).await;
        assert_eq!((status.as_u16(), &error["errors"][0]["code"]), (400, &json!(code)), "{error}");
    }
    let (status, error) = setup.get("/crm/v3/objects/widgets").await;
    assert_eq!(
        (status.as_u16(), &error["message"]),
        (400, &json!("Unable to infer object type from: widgets"))
    );
}

#[tokio::test]
async fn a_body_that_is_no_json_is_answered_with_its_place() {
    let setup = setup().await;
    let request = setup.http.post(setup.url("/crm/v3/objects/deals")).bearer_auth(&setup.token);
    let request = request.header("content-type", "application/json").body("{\"properties\": [}");
    let (status, error) = common::read(request.send().await.unwrap()).await;
    assert_eq!(status, 400);
    let message = error["message"].as_str().unwrap();
    assert!(
        message.starts_with("Invalid input JSON on line 1, column 15: Cannot deserialize value of type "),
        "{message}"
    );
    assert!(error.get("category").is_none());
    let (_, error) = setup.patch("/crm/v3/objects/deals/1", json!({})).await;
    assert!(error["message"].as_str().unwrap().ends_with("Some required fields were not set: [properties]"));
}

#[tokio::test]
async fn contacts_are_found_by_email_which_is_unique() {
    let setup = setup().await;
    let id = setup.create("contacts", json!({"email": "ada@example.com"})).await;
    let body = json!({"properties": {"email": "ADA@example.com"}});
    let (status, error) = setup.post("/crm/v3/objects/contacts", body).await;
    assert_eq!(status, 409);
    assert_eq!(error["category"], "CONFLICT");
    assert_eq!(error["message"], format!("Contact already exists. Existing ID: {id}"));
    let path = "/crm/v3/objects/contacts/ada%40example.com?idProperty=email";
    assert_eq!(setup.get(path).await.1["id"], id);
    let (status, _) = setup.patch(path, json!({"properties": {"firstname": "Ada"}})).await;
    assert_eq!(status, 200);
    let (status, _) = setup.get("/crm/v3/objects/contacts/ada?idProperty=firstname").await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_contacts_lifecycle_moves_only_forward() {
    let setup = setup().await;
    let id = setup.create("contacts", json!({"lifecyclestage": "customer"})).await;
    let path = format!("/crm/v3/objects/contacts/{id}");
    let stage = async |stage: &str| {
        setup.patch(&path, json!({"properties": {"lifecyclestage": stage}})).await.1["properties"]["lifecyclestage"]
            .clone()
    };
    assert_eq!(stage("lead").await, "customer");
    assert_eq!(stage("evangelist").await, "evangelist");
    assert_eq!(stage("").await, "");
    assert_eq!(stage("lead").await, "lead");
}

#[tokio::test]
async fn lists_have_pages_with_links() {
    let setup = start(Sandbox::builder().seed(25)).await;
    let mut path = "/crm/v3/objects/deals?properties=dealname".to_owned();
    let (mut pages, mut names) = (0, Vec::new());
    loop {
        let (status, page) = setup.get(&path).await;
        assert_eq!(status, 200);
        pages += 1;
        for deal in page["results"].as_array().unwrap() {
            names.push(deal["properties"]["dealname"].as_str().unwrap().to_owned());
        }
        let Some(next) = page.pointer("/paging/next") else { break };
        assert_eq!(keys(next), ["after", "link"]);
        let link = next["link"].as_str().unwrap();
        path = link.strip_prefix(&setup.sandbox.url()).expect("a link to the sandbox").to_owned();
    }
    assert_eq!((pages, names.len()), (3, 25));
    assert_eq!(names[0], "Acme renewal 00001");
    let (status, _) = setup.get("/crm/v3/objects/deals?limit=101").await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn archived_records_are_in_the_archive_only() {
    let setup = setup().await;
    let id = setup.create("deals", json!({"dealname": "gone"})).await;
    let path = format!("/crm/v3/objects/deals/{id}");
    assert_eq!(setup.delete(&path).await.0, 204);
    let (status, error) = setup.get(&path).await;
    assert_eq!((status.as_u16(), &error["category"]), (404, &json!("OBJECT_NOT_FOUND")));
    assert_eq!(error["message"], "Object not found.  objectId are usually numeric.");
    assert_eq!(error["context"]["id"], json!([id]));
    let (_, deal) = setup.get(&format!("{path}?archived=true")).await;
    assert!(deal["archived"] == true && deal["archivedAt"].is_string());
    let (_, page) = setup.get("/crm/v3/objects/deals?archived=True").await;
    assert_eq!(page["results"].as_array().unwrap().len(), 1);
    assert_eq!(setup.get("/crm/v3/objects/deals").await.1, json!({"results": []}));
    assert_eq!(setup.delete("/crm/v3/objects/deals/1").await.0, 204, "also for an unknown id");
}

#[tokio::test]
async fn a_merge_makes_a_new_record_that_both_ids_lead_to() {
    let setup = setup().await;
    let first = setup.create("contacts", json!({"email": "a@example.com", "firstname": "A"})).await;
    let second = setup.create("contacts", json!({"email": "b@example.com", "lastname": "B"})).await;
    let deal = setup
        .post("/crm/v3/objects/deals", json!({"properties": {"dealname": "D"}, "associations": [
            {"to": {"id": second}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3}]}]}))
        .await
        .1;
    let body = json!({"primaryObjectId": first, "objectIdToMerge": second});
    let (status, merged) = setup.post("/crm/v3/objects/contacts/merge", body).await;
    assert_eq!(status, 200);
    let id = merged["id"].as_str().unwrap();
    assert!(id != first && id != second);
    assert_eq!(merged["properties"]["hs_merged_object_ids"], format!("{first};{second}"));
    assert_eq!(merged["properties"]["hs_full_name_or_email"], "A B");
    for old in [&first, &second] {
        assert_eq!(setup.get(&format!("/crm/v3/objects/contacts/{old}")).await.1["id"], id);
    }
    let deal = deal["id"].as_str().unwrap();
    let (_, deal) = setup.get(&format!("/crm/v3/objects/deals/{deal}?associations=contacts")).await;
    assert_eq!(deal["associations"]["contacts"]["results"], json!([{"id": id, "type": "deal_to_contact"}]));
}

#[tokio::test]
async fn gdpr_delete_leaves_nothing() {
    let setup = setup().await;
    let id = setup.create("contacts", json!({"email": "a@example.com"})).await;
    let body = json!({"objectId": "a@example.com", "idProperty": "email"});
    assert_eq!(setup.post("/crm/v3/objects/contacts/gdpr-delete", body).await.0, 204);
    assert_eq!(setup.get(&format!("/crm/v3/objects/contacts/{id}?archived=true")).await.0, 404);
}

#[tokio::test]
async fn a_database_file_outlives_the_sandbox() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.sqlite");
    let first = start(Sandbox::builder().database(&file).seed(2)).await;
    let id = first.create("deals", json!({"dealname": "kept"})).await;
    let token = first.token.clone();
    first.sandbox.shutdown().await;
    let mut second = start(Sandbox::builder().database(&file).seed(2)).await;
    second.token = token;
    assert_eq!(second.get(&format!("/crm/v3/objects/deals/{id}")).await.1["properties"]["dealname"], "kept");
    assert_eq!(second.get("/crm/v3/objects/deals").await.1["results"].as_array().unwrap().len(), 3);
}
