//! Streams and batches against the sandbox: the same records and outcomes as with generated types.

use serde_json::{Value, json};
use typed_connector::dynamic::{Client, Connector, Item};
use typed_connector::{Outcome, RetryPolicy};
use typed_connector_sandbox::Sandbox;
use typed_connector_tests::Bench;
use typed_connector_tests::hubspot::contacts::{self, Contact};
use typed_connector_tests::hubspot::deals::{self, Deal};

fn client(sandbox: &Sandbox) -> Client {
    let connector = Connector::shipped("hubspot").expect("it is sound");
    let builder = connector.client().base_url(sandbox.url()).access_token(sandbox.access_token());
    builder.rate_limits(false).retry(RetryPolicy::none()).build().expect("the settings are sound")
}

#[tokio::test]
async fn a_stream_gives_the_same_records_in_the_same_order() {
    let bench = Bench::seeded(450).await;
    let dynamic = client(&bench.sandbox);
    let mut typed =
        bench.client.stream(deals::Search::new().filter(Deal::AMOUNT.gte(1)).sort(Deal::AMOUNT.descending()));
    let mut ids = Vec::new();
    while let Some(deal) = typed.try_next().await.expect("pages") {
        ids.push((deal.id.as_str().to_owned(), deal.amount.map(|amount| amount.to_string())));
    }
    let arguments = json!({ "filterGroups": { "amount": { "gte": 1 } }, "sorts": "-amount" });
    let mut stream = dynamic.stream("deals.search", arguments).expect("a list").read_ahead(1);
    let mut found = Vec::new();
    while let Some(deal) = stream.try_next().await.expect("pages") {
        let text = |key: &str| deal.get(key).and_then(|value| value.as_str().map(str::to_owned));
        found.push((text("id").expect("an id"), text("amount")));
    }
    assert_eq!(found, ids);
    assert!(found.len() > 200 && stream.total() == typed.total(), "{} of {:?}", found.len(), stream.total());
}

#[tokio::test]
async fn a_batch_tells_the_same_outcome_of_each_input() {
    let bench = Bench::seeded(3).await;
    let dynamic = client(&bench.sandbox);
    let emails: Vec<String> = (0..230).map(|number| format!("p{number}@example.com")).collect();
    let inputs: Vec<Value> =
        emails.iter().map(|email| json!({ "id": email, "idProperty": "email", "city": "Rome" })).collect();
    let report = dynamic.batch("contacts.batch_upsert", json!({ "inputs": inputs })).expect("a batch").await;
    assert!(report.is_complete(), "{report:?}");
    let cities: Vec<_> = report.done().map(|(_, contact)| contact.get("city")).collect();
    assert_eq!(cities, vec![Some(json!("Rome")); 230]);

    // Some exist and some do not: of both clients, the same inputs find the same.
    let wanted: Vec<String> =
        emails.iter().step_by(3).cloned().chain(["nobody@example.com".to_owned()]).collect();
    let typed =
        contacts::BatchRead::new(wanted.iter().map(|email| contacts::ContactReadInput::new(email.as_str())));
    let typed = bench.client.batch(typed.id_property("email")).await;
    let inputs: Vec<Value> = wanted.iter().map(|email| json!({ "id": email })).collect();
    let arguments = json!({ "inputs": inputs, "idProperty": "email" });
    let dynamic_report = dynamic.batch("contacts.batch_read", arguments).expect("a batch").await;
    let typed: Vec<_> = typed
        .outcomes
        .iter()
        .map(|outcome| shown(outcome, |contact: &Contact| contact.email.clone()))
        .collect();
    let email = |item: &Item| item.get("email").and_then(|email| email.as_str().map(str::to_owned));
    let read: Vec<_> = dynamic_report.outcomes.iter().map(|outcome| shown(outcome, email)).collect();
    assert_eq!(read, typed);
    assert_eq!(read.iter().filter(|one| one.starts_with("done")).count(), wanted.len() - 1, "{read:?}");

    // No results are answered: the success of one is that of all.
    let ids: Vec<Value> =
        dynamic_report.done().filter_map(|(_, contact)| Some(json!({ "id": contact.get("id")? }))).collect();
    let report = dynamic.batch("contacts.batch_archive", json!({ "inputs": ids })).expect("a batch").await;
    assert!(report.is_complete() && report.outcomes.len() == wanted.len() - 1, "{report:?}");
}

fn shown<T>(outcome: &Outcome<T>, of: impl Fn(&T) -> Option<String>) -> String {
    match outcome {
        Outcome::Done(item) => format!("done {:?}", of(item)),
        Outcome::Refused(error) => format!("refused {:?}", error.category),
        Outcome::Untold => "untold".to_owned(),
        _ => "failed".to_owned(),
    }
}

#[tokio::test]
async fn one_by_one_answers_are_json_by_the_keys_of_the_spec() {
    let bench = Bench::start().await;
    bench.define("deals", &json!({ "name": "erp_number", "type": "string" })).await;
    let dynamic = client(&bench.sandbox);
    let made = json!({
        "dealname": "Acme", "dealstage": "qualifiedtobuy", "amount": "12.50", "closedate": "2027-03-31T00:00:00Z",
        "property": { "erp_number": "E-1" },
    });
    let deal = dynamic.execute("deals.create", made).await.expect("made");
    let id = deal["id"].clone();
    assert_eq!((&deal["dealname"], &deal["amount"]), (&json!("Acme"), &json!("12.50")), "{deal}");
    let got = json!({ "dealId": id, "properties": ["amount", "closedate", "erp_number", "hs_is_closed"] });
    let deal = dynamic.execute("deals.get", got).await.expect("read");
    assert_eq!(deal["closedate"], "2027-03-31T00:00:00Z", "{deal}");
    assert_eq!(
        (&deal["hs_is_closed"], &deal["extra"]),
        (&json!(false), &json!({ "erp_number": "E-1" })),
        "{deal}"
    );
    let page = dynamic.execute("deals.search", json!({ "query": "acme", "limit": 1 })).await.expect("found");
    assert_eq!((&page["total"], &page["items"][0]["id"]), (&json!(1), &id), "{page}");
    let deleted = dynamic.execute("deals.delete", json!({ "dealId": id })).await.expect("deleted");
    assert_eq!(deleted, Value::Null);
}
