//! Properties that the spec does not declare.

use serde_json::json;
use typed_connector::{Property, Record as _, Selection};
use typed_connector_tests::Bench;
use typed_connector_tests::hubspot::contacts::Contact;
use typed_connector_tests::hubspot::deals::{self, Deal};

const COLOUR: Property<Deal, String> = Property::new("box_colour");
const PIECES: Property<Deal, i64> = Property::new("pieces");

async fn bench() -> Bench {
    let bench = Bench::start().await;
    bench.define("deals", &json!({ "name": "box_colour", "type": "string" })).await;
    bench.define("deals", &json!({ "name": "pieces", "type": "number", "fieldType": "number" })).await;
    bench
}

#[tokio::test]
async fn a_custom_property_is_written_read_and_searched() {
    let bench = bench().await;
    let action =
        deals::Create::new("Crate", "closedwon").property("box_colour", "red").property("pieces", 12);
    let id = bench.client.execute(action).await.expect("created").id;
    let stored = bench.stored("deals", &id, &["box_colour", "pieces"]).await;
    assert_eq!(stored["box_colour"], "red");
    assert_eq!(stored["pieces"], "12");

    let wanted = Selection::all().and(&COLOUR).and(&PIECES);
    let read = bench.client.execute(deals::Get::new(&id).properties(wanted)).await.expect("read");
    assert_eq!(read.extra.get("box_colour"), Some(&json!("red")));
    assert_eq!(read.dealname.as_deref(), Some("Crate"), "beside the declared ones");

    let many = COLOUR.eq("red").and(PIECES.gte(10));
    let found = bench.client.execute(deals::Search::new().filter(many)).await.expect("found");
    assert_eq!(found.total, Some(1));
    let none = bench.client.execute(deals::Search::new().filter(PIECES.gt(12))).await.expect("found");
    assert_eq!(none.total, Some(0));

    let update = deals::Update::new(&id).property("box_colour", "").property("dealname", "Renamed");
    bench.client.execute(update).await.expect("updated");
    let stored = bench.stored("deals", &id, &["box_colour", "dealname"]).await;
    assert!(stored["box_colour"].is_null());
    assert_eq!(stored["dealname"], "Renamed", "a declared one can be set by its name too");
}

#[tokio::test]
async fn unknown_properties_are_kept_and_not_lost_when_a_deal_is_shown() {
    let bench = bench().await;
    let action = deals::Create::new("Crate", "closedwon").property("box_colour", "blue");
    let made = bench.client.execute(action).await.expect("created");
    let unknown: Vec<_> = made.extra.unknown().map(|(name, _)| name).collect();
    assert!(unknown.contains(&"box_colour"), "{unknown:?}");
    assert!(made.extra.warnings().is_empty(), "{:?}", made.extra.warnings());
    assert!(format!("{made:?}").contains("blue"));
}

#[tokio::test]
async fn every_declared_property_is_one_of_the_account() {
    let bench = Bench::start().await;
    let deals: Vec<_> = Deal::default().shape().property_names().collect();
    assert_eq!(bench.undefined("deals", &deals).await, [""; 0]);
    let contacts: Vec<_> = Contact::default().shape().property_names().collect();
    assert_eq!(bench.undefined("contacts", &contacts).await, [""; 0]);
}

#[tokio::test]
async fn what_the_server_computes_has_the_types_of_the_spec() {
    let bench = Bench::start().await;
    let action = deals::Create::new("All", "closedwon").amount(3);
    let id = bench.client.execute(action).await.expect("created").id;
    let read = bench.client.execute(deals::Get::new(&id)).await.expect("read");
    assert!(read.extra.is_empty(), "{:?}", read.extra);
    assert_eq!(read.hs_object_id.map(|id| id.to_string()).as_deref(), Some(id.as_str()));
    assert_eq!(read.hs_is_closed_won, Some(true));
}
