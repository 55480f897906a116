//! One deal at a time.

use serde_json::json;
use typed_connector::{Decimal, Selection};
use typed_connector_tests::Bench;
use typed_connector_tests::hubspot::contacts;
use typed_connector_tests::hubspot::deals::{self, Deal, DealPriority, DealStage, DealType};
use typed_connector_tests::hubspot::{AssociationCategory, AssociationSpec, NewAssociation};

#[tokio::test]
async fn a_created_deal_is_stored_with_every_value_that_was_set() {
    let bench = Bench::start().await;
    let action = deals::Create::new("Acme renewal", DealStage::QualifiedToBuy)
        .pipeline("default")
        .amount(Decimal::new(120_050, 2))
        .closedate("2026-12-31T00:00:00Z".parse::<typed_connector::Timestamp>().expect("a time"))
        .dealtype(DealType::ExistingBusiness)
        .hs_priority(DealPriority::High)
        .description("Übergabe «in two steps»\nthen the rest");
    let deal = bench.client.execute(action).await.expect("created");

    assert_eq!(deal.dealname.as_deref(), Some("Acme renewal"));
    assert_eq!(deal.dealstage, Some(DealStage::QualifiedToBuy));
    assert_eq!(deal.amount, Some(Decimal::new(120_050, 2)));
    assert_eq!(deal.hs_priority, Some(DealPriority::High));
    assert_eq!(deal.archived, Some(false));
    assert!(deal.created_at.is_some());

    let names = ["dealname", "dealstage", "amount", "closedate", "dealtype", "hs_priority", "description"];
    let stored = bench.stored("deals", &deal.id, &names).await;
    assert_eq!(stored["dealname"], "Acme renewal");
    assert_eq!(stored["dealstage"], "qualifiedtobuy");
    assert_eq!(stored["amount"], "1200.50", "the digits of a sum of money are kept");
    assert_eq!(stored["closedate"], "2026-12-31T00:00:00Z");
    assert_eq!(stored["dealtype"], "existingbusiness");
    assert_eq!(stored["hs_priority"], "high");
    assert_eq!(stored["description"], "Übergabe «in two steps»\nthen the rest");
}

#[tokio::test]
async fn what_was_not_set_does_not_travel() {
    let bench = Bench::start().await;
    bench.client.execute(deals::Create::new("Small", "closedwon")).await.expect("created");
    let sent = bench.last().json();
    assert_eq!(sent, json!({ "properties": { "dealname": "Small", "dealstage": "closedwon" } }));
}

#[tokio::test]
async fn a_deal_can_be_created_with_associations_and_read_with_them() {
    let bench = Bench::start().await;
    let contact =
        bench.client.execute(contacts::Create::new().email("a@example.com")).await.expect("created");
    let to_contact = AssociationSpec::new(AssociationCategory::HubSpotDefined, 3);
    let tie = NewAssociation::new(contact.id.as_str(), [to_contact]);
    let action = deals::Create::new("Tied", "contractsent").associations([tie]);
    let deal = bench.client.execute(action).await.expect("created");
    let sent = bench.last().json();
    assert_eq!(sent["associations"][0]["to"]["id"], contact.id.as_str());
    assert_eq!(sent["associations"][0]["types"][0]["associationTypeId"], 3);

    let read = deals::Get::new(&deal.id).associations(["contacts"]);
    let read = bench.client.execute(read).await.expect("read");
    let tied = &read.associations["contacts"].results;
    assert_eq!(tied.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), [contact.id.as_str()]);
    assert_eq!(tied[0].kind.as_deref(), Some("deal_to_contact"));
}

#[tokio::test]
async fn the_answer_holds_the_properties_that_were_asked_for() {
    let bench = Bench::start().await;
    let made = deals::Create::new("Wide", "closedwon").amount(5).hs_next_step("Call");
    let id = bench.client.execute(made).await.expect("created").id;

    let all = bench.client.execute(deals::Get::new(&id)).await.expect("read");
    assert_eq!(all.hs_next_step.as_deref(), Some("Call"), "every declared property unless told otherwise");

    let some = deals::Get::new(&id).properties(Selection::none().and(&Deal::AMOUNT));
    let some = bench.client.execute(some).await.expect("read");
    assert_eq!(some.amount, Some(Decimal::from(5)));
    assert_eq!(some.hs_next_step, None);

    let named = deals::Get::new(&id).properties(["dealname"]).properties_with_history(["amount"]);
    let named = bench.client.execute(named).await.expect("read");
    assert_eq!(named.dealname.as_deref(), Some("Wide"));
    assert_eq!(named.properties_with_history["amount"][0].value.as_deref(), Some("5"));
}

#[tokio::test]
async fn a_deleted_deal_is_in_the_recycling_bin() {
    let bench = Bench::start().await;
    let id = bench.client.execute(deals::Create::new("Gone", "closedlost")).await.expect("created").id;
    bench.client.execute(deals::Delete::new(&id)).await.expect("deleted");
    let error = bench.client.execute(deals::Get::new(&id)).await.expect_err("it is gone");
    assert!(error.is_not_found());
    let binned = bench.client.execute(deals::Get::new(&id).archived(true)).await.expect("it is in the bin");
    assert_eq!(binned.archived, Some(true));
    // Deleting it again does no harm: HubSpot answers 204 for what is not there.
    bench.client.execute(deals::Delete::new(&id)).await.expect("deleted twice");
}

#[tokio::test]
async fn two_deals_become_one() {
    let bench = Bench::start().await;
    let first = bench.client.execute(deals::Create::new("Kept", "closedwon")).await.expect("created").id;
    let second =
        bench.client.execute(deals::Create::new("Lost", "closedwon").amount(3)).await.expect("created").id;
    let merged = bench.client.execute(deals::Merge::new(&first, &second)).await.expect("merged");
    assert_eq!(
        bench.last().json(),
        json!({ "primaryObjectId": first.as_str(), "objectIdToMerge": second.as_str() })
    );
    let read = bench.client.execute(deals::Get::new(&merged.id)).await.expect("read");
    assert_eq!(read.dealname.as_deref(), Some("Kept"));
    assert_eq!(read.hs_merged_object_ids.len(), 2);
}

#[tokio::test]
async fn an_open_enumeration_keeps_a_value_that_the_spec_does_not_list() {
    let bench = Bench::start().await;
    bench.define("deals", &json!({ "name": "dealtype2", "type": "string" })).await;
    let stage = DealStage::from("1044230145");
    assert_eq!(stage, DealStage::Other("1044230145".to_owned()));
    assert_eq!(stage.as_str(), "1044230145");
    assert_eq!(DealStage::from("closedwon"), DealStage::ClosedWon, "a known one is recognized");
    assert_eq!(DealStage::ClosedWon.title(), "Closed won");
}
