//! Properties, pipelines, associations, account information.

mod common;

use common::{keys, setup};
use serde_json::{Value, json};

#[tokio::test]
async fn standard_properties_are_described() {
    let setup = setup().await;
    let (status, all) = setup.get("/crm/v3/properties/deals").await;
    assert_eq!(status, 200);
    assert_eq!(keys(&all), ["results"]);
    assert!(all["results"].as_array().unwrap().len() > 60);
    let (_, dealtype) = setup.get("/crm/properties/2026-03/0-3/dealtype").await;
    assert_eq!((&dealtype["type"], &dealtype["fieldType"]), (&json!("enumeration"), &json!("radio")));
    assert_eq!(dealtype["options"][0]["value"], "newbusiness");
    assert_eq!(
        keys(&dealtype["modificationMetadata"]),
        ["archivable", "readOnlyDefinition", "readOnlyValue"]
    );
    let (_, stage) = setup.get("/crm/v3/properties/deals/dealstage").await;
    assert_eq!(stage["externalOptions"], true);
    let (status, error) = setup.get("/crm/v3/properties/deals/nonsense").await;
    assert_eq!((status.as_u16(), &error["category"]), (404, &json!("OBJECT_NOT_FOUND")));
}

#[tokio::test]
async fn a_custom_property_goes_through_its_whole_life() {
    let setup = setup().await;
    let new = json!({"name": "colour", "label": "Colour", "type": "enumeration", "fieldType": "checkbox",
        "groupName": "dealinformation", "options": [
            {"label": "Red", "value": "red", "displayOrder": 0, "hidden": false},
            {"label": "Blue", "value": "blue", "displayOrder": 1, "hidden": false}]});
    let response = setup.send("POST", "/crm/properties/2026-09/deals", Some(&new)).await;
    assert_eq!(response.status(), 201);
    assert!(response.headers()["location"].to_str().unwrap().ends_with("/deals/colour"));
    let (status, error) = setup.post("/crm/v3/properties/deals", new).await;
    assert_eq!(status, 409);
    assert_eq!(error["category"], "OBJECT_ALREADY_EXISTS");
    assert_eq!(error["subCategory"], "Properties.PROPERTY_WITH_NAME_EXISTS");

    let id = setup.create("deals", json!({"colour": "red;blue"})).await;
    let path = format!("/crm/v3/objects/deals/{id}");
    let (status, _) = setup.patch(&path, json!({"properties": {"colour": "red;green"}})).await;
    assert_eq!(status, 400);

    let (_, changed) = setup.patch("/crm/v3/properties/deals/colour", json!({"label": "Color"})).await;
    assert_eq!(changed["label"], "Color");
    assert_eq!(setup.delete("/crm/v3/properties/deals/colour").await.0, 204);
    assert_eq!(setup.get("/crm/v3/properties/deals/colour").await.0, 404);
    let (status, _) = setup.patch(&path, json!({"properties": {"colour": "red"}})).await;
    assert_eq!(status, 400);
    let (status, _) = setup.patch("/crm/v3/properties/deals/amount", json!({"label": "Money"})).await;
    assert_eq!(status, 400, "HubSpot's own definitions stay");
    assert_eq!(setup.delete("/crm/v3/properties/deals/closed_lost_reason").await.0, 400);
}

#[tokio::test]
async fn sensitive_properties_are_told_when_they_are_asked_for() {
    let setup = setup().await;
    let new = |name: &str, more: Value| {
        let mut property = json!({"name": name, "label": name, "type": "string", "fieldType": "text", "groupName": "dealinformation"});
        property.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        property
    };
    let path = "/crm/properties/2026-03/deals";
    for sensitivity in ["sensitive", "highly_sensitive"] {
        let property = new(sensitivity, json!({"dataSensitivity": sensitivity}));
        let (status, made) = setup.post(path, property).await;
        assert_eq!((status.as_u16(), &made["dataSensitivity"]), (201, &json!(sensitivity)), "{made}");
    }
    let (status, error) = setup.post(path, new("secret", json!({"dataSensitivity": "secret"}))).await;
    assert_eq!(status, 400, "{error}");
    let names = async |query: &str| {
        let (status, all) = setup.get(&format!("{path}{query}")).await;
        assert_eq!(status, 200, "{all}");
        let names = all["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|property| property["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    let plain = names("").await;
    assert!(plain.len() > 60 && !plain.iter().any(|name| name.ends_with("sensitive")));
    assert_eq!(names("?dataSensitivity=sensitive").await, ["sensitive"]);
    assert_eq!(names("?dataSensitivity=highly_sensitive").await, ["highly_sensitive"]);
    assert_eq!(setup.get(&format!("{path}?dataSensitivity=yes")).await.0, 400);
    assert_eq!(setup.get(&format!("{path}/sensitive")).await.0, 200);
    assert_eq!(setup.get(&format!("{path}/sensitive?dataSensitivity=highly_sensitive")).await.0, 404);
}

#[tokio::test]
async fn nobody_sets_what_a_formula_computes() {
    let setup = setup().await;
    let new = json!({"name": "share", "label": "Share", "type": "number", "fieldType": "calculation_equation",
        "groupName": "dealinformation", "calculationFormula": "amount / 2"});
    let (status, made) = setup.post("/crm/properties/2026-03/deals", new).await;
    assert_eq!((status.as_u16(), &made["calculationFormula"]), (201, &json!("amount / 2")), "{made}");
    assert_eq!(made["modificationMetadata"]["readOnlyValue"], true);
    let (status, error) =
        setup.post("/crm/objects/2026-03/deals", json!({"properties": {"share": "1"}})).await;
    assert_eq!(status, 400);
    assert!(error.to_string().contains("READ_ONLY_VALUE"), "{error}");
    let lacks = json!({"name": "half", "label": "Half", "type": "number", "fieldType": "calculation_equation", "groupName": "dealinformation"});
    assert_eq!(setup.post("/crm/properties/2026-03/deals", lacks).await.0, 400);
}

#[tokio::test]
async fn stages_come_and_go() {
    let setup = setup().await;
    let stage = |label: &str| json!({"label": label, "displayOrder": 0, "metadata": {"probability": "0.5"}});
    let path = "/crm/pipelines/2026-03/deals";
    let new = json!({"label": "Renewals", "displayOrder": 1, "stages": [stage("Due"), stage("Late")]});
    let (status, pipeline) = setup.post(path, new).await;
    assert_eq!(status, 201, "{pipeline}");
    let stages = format!("{path}/{}/stages", pipeline["id"].as_str().unwrap());
    let (status, lost) = setup.post(&stages, stage("Lost")).await;
    assert_eq!(status, 201, "{lost}");
    let late = pipeline["stages"][1]["id"].as_str().unwrap();
    assert_eq!(setup.delete(&format!("{stages}/{late}")).await.0, 204);
    assert_eq!(setup.delete(&format!("{stages}/{late}")).await.0, 404);
    let (_, left) = setup.get(&stages).await;
    let labels: Vec<_> = left["results"].as_array().unwrap().iter().map(|stage| &stage["label"]).collect();
    assert_eq!(labels, ["Due", "Lost"]);

    // What is there can be chosen, and nothing else.
    let deal = |stage: &Value| json!({"properties": {"dealname": "A", "pipeline": pipeline["id"], "dealstage": stage}});
    assert_eq!(setup.post("/crm/objects/2026-03/deals", deal(&lost["id"])).await.0, 201);
    assert_eq!(setup.post("/crm/objects/2026-03/deals", deal(&json!(late))).await.0, 400);
    assert_eq!(setup.post(&format!("{path}/default/stages"), stage("More")).await.0, 400);
    assert_eq!(setup.post(&format!("{path}/1/stages"), stage("More")).await.0, 404);
}

#[tokio::test]
async fn the_deal_pipeline_is_hubspots_default_one() {
    let setup = setup().await;
    for path in ["/crm/v3/pipelines/deals", "/crm/pipelines/2026-03/0-3"] {
        let (_, all) = setup.get(path).await;
        let stages = all["results"][0]["stages"].as_array().unwrap();
        assert_eq!(stages.len(), 7);
        assert_eq!(stages[5]["metadata"], json!({"isClosed": "true", "probability": "1.0"}));
    }
    let (_, stage) = setup.get("/crm/v3/pipelines/deals/default/stages/closedlost").await;
    assert_eq!(stage["label"], "Closed Lost");
}

#[tokio::test]
async fn associations_come_and_go() {
    let setup = setup().await;
    let deal = setup.create("deals", json!({"dealname": "D"})).await;
    let contact = setup.create("contacts", json!({"email": "a@example.com"})).await;
    let company = setup.create("companies", json!({"name": "Acme"})).await;

    let path = format!("/crm/objects/2026-03/deals/{deal}/associations/default/contacts/{contact}");
    let (status, answer) = setup.put(&path, json!(null)).await;
    assert_eq!((status.as_u16(), &answer["status"]), (200, &json!("COMPLETE")));
    assert_eq!(answer["results"][0]["associationSpec"]["associationTypeId"], 3);

    let path = format!("/crm/objects/2026-09/0-3/{deal}/associations/0-2/{company}");
    let body = json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 5}]);
    let (status, answer) = setup.put(&path, body).await;
    assert_eq!((status.as_u16(), &answer["labels"]), (201, &json!(["Primary"])));

    let read = format!(
        "/crm/v3/objects/deals/{deal}?associations=contacts,companies&properties=num_associated_contacts"
    );
    let (_, found) = setup.get(&read).await;
    assert_eq!(found["properties"]["num_associated_contacts"], "1");
    assert_eq!(
        found["associations"],
        json!({
            "contacts": {"results": [{"id": contact, "type": "deal_to_contact"}]},
            "companies": {"results": [
                {"id": company, "type": "deal_to_company"},
                {"id": company, "type": "deal_to_company_unlabeled"}]},
        })
    );
    let (_, other) = setup.get(&format!("/crm/v3/objects/contacts/{contact}?associations=deals")).await;
    assert_eq!(other["associations"]["deals"]["results"][0]["type"], "contact_to_deal");

    assert_eq!(setup.delete(&path).await.0, 204);
    let v3 = format!("/crm/v3/objects/deals/{deal}/associations/contacts/{contact}/deal_to_contact");
    assert_eq!(setup.delete(&v3).await.0, 204);
    assert!(setup.get(&read).await.1.get("associations").is_none());
    let (status, found) = setup.put(&v3, json!(null)).await;
    assert_eq!((status.as_u16(), &found["id"]), (200, &json!(deal)));
    let (status, _) =
        setup.put(&format!("/crm/v3/objects/deals/{deal}/associations/contacts/1/3"), json!(null)).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn the_account_tells_who_it_is() {
    let setup = setup().await;
    for version in ["v3", "2026-09"] {
        let (status, details) = setup.get(&format!("/account-info/{version}/details")).await;
        assert_eq!((status.as_u16(), &details["portalId"]), (200, &json!(12_345_678)));
    }
}
