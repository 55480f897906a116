//! Connections that break, answers that cannot be read: what may have happened on the server.

use std::time::Duration;

use serde_json::json;
use typed_connector::meta::Effect;
use typed_connector::{Error, RetryPolicy};
use typed_connector_sandbox::Fault;
use typed_connector_tests::hubspot::{self, deals};
use typed_connector_tests::{Bench, client};

#[tokio::test]
async fn a_write_whose_answer_is_lost_has_an_unknown_outcome() {
    let bench = Bench::start().await;
    bench.sandbox.inject(Fault::cut().after_acting());
    let error = bench.client.execute(deals::Create::new("Ghost", "closedwon")).await.expect_err("cut");
    assert!(matches!(error, Error::OutcomeUnknown { action: "deals.create", .. }), "{error:?}");
    assert!(!error.is_retryable(), "it may have been carried out");
    assert!(error.to_string().ends_with("look with `deals.search` before you send it again"), "{error}");
    assert_eq!(bench.sandbox.requests().len(), 1, "it is not sent twice by itself");
    assert_eq!(
        bench.client.execute(deals::List::new()).await.expect("listed").items.len(),
        1,
        "it was carried out"
    );
}

#[tokio::test]
async fn every_effect_but_reading_is_a_write() {
    let bench = Bench::seeded(1).await;
    let id = bench.client.execute(deals::List::new()).await.expect("listed").items[0].id.clone();
    bench.sandbox.inject(Fault::cut().times(3));
    let update = bench.client.execute(deals::Update::new(&id).amount(1)).await.map(drop);
    let delete = bench.client.execute(deals::Delete::new(&id)).await;
    let merge = bench.client.execute(deals::Merge::new(&id, &id)).await.map(drop);
    for (outcome, shown_by) in [(update, "deals.get"), (delete, "deals.get"), (merge, "deals.search")] {
        let Err(Error::OutcomeUnknown { look_with, .. }) = outcome else { panic!("{outcome:?}") };
        assert_eq!(look_with, Some(shown_by));
    }
    // What reads needs no such thing, and what writes has one.
    for action in hubspot::ACTIONS {
        assert_eq!(action.shown_by.is_some(), action.effect != Effect::Read, "{}", action.name);
    }
}

#[tokio::test]
async fn a_read_that_is_cut_can_be_sent_again() {
    let bench = Bench::start().await;
    bench.sandbox.inject(Fault::cut().times(2));
    let get = bench.client.execute(deals::List::new()).await.expect_err("cut");
    // A search is a POST, and reads all the same.
    let search = bench.client.execute(deals::Search::new()).await.expect_err("cut");
    for error in [get, search] {
        assert!(matches!(error, Error::Transport { .. }), "{error:?}");
        assert!(error.is_retryable());
    }
    bench.client.execute(deals::List::new()).await.expect("the next one arrives");
}

#[tokio::test]
async fn a_server_that_nobody_runs_cannot_have_acted() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("it is bound");
    drop(listener);
    let client = client(&format!("http://{address}"), "t");
    let error = client.execute(deals::Create::new("x", "closedwon")).await.expect_err("nobody listens");
    assert!(matches!(&error, Error::Connect { host, .. } if *host == address.to_string()), "{error:?}");
    assert!(error.is_retryable(), "nothing was sent");
    assert_eq!(error.to_string(), format!("deals.create: cannot connect to {address}"));
}

#[tokio::test]
async fn a_call_ends_when_its_time_is_up() {
    let bench = Bench::start().await;
    let client = hubspot::Client::builder()
        .base_url(bench.sandbox.url())
        .access_token(bench.sandbox.access_token())
        .timeout(Duration::from_millis(200))
        .retry(RetryPolicy::none())
        .build()
        .expect("a client");
    bench.sandbox.inject(Fault::latency(Duration::from_secs(20)).times(2));
    let read = client.execute(deals::List::new()).await.expect_err("too slow");
    assert!(matches!(read, Error::Transport { .. }), "{read:?}");
    let write = client.execute(deals::Create::new("x", "closedwon")).await.expect_err("too slow");
    assert!(matches!(write, Error::OutcomeUnknown { .. }), "{write:?}");
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_says_that_the_write_happened() {
    let bench = Bench::start().await;
    bench.sandbox.inject(Fault::status(201).body("<html>maintenance</html>").after_acting());
    let error = bench.client.execute(deals::Create::new("Made", "closedwon")).await.expect_err("no JSON");
    let Error::Decode(error) = error else { panic!("{error:?}") };
    assert_eq!((error.action, error.effect, error.status.as_u16()), ("deals.create", Effect::Create, 201));
    assert!(error.to_string().contains("the server has carried it out, do not send it again"), "{error}");
    assert!(error.body.contains("maintenance"));
    assert!(!Error::Decode(error).is_retryable());
}

#[tokio::test]
async fn values_that_do_not_fit_do_not_spoil_the_answer_to_a_write() {
    let bench = Bench::start().await;
    let odd = json!({
        "id": "77",
        "createdAt": "not a time",
        "archived": "maybe",
        "properties": { "dealname": null, "amount": "a;b", "dealstage": { "id": 1 }, "num_notes": 5.5 },
        "associations": [],
    });
    bench.sandbox.inject(Fault::status(201).json(&odd));
    let deal = bench.client.execute(deals::Create::new("Made", "closedwon")).await.expect("it was created");
    assert_eq!(deal.id.as_str(), "77");
    assert_eq!((deal.dealname.as_ref(), deal.amount, deal.dealstage.as_ref()), (None, None, None));
    let mut fields: Vec<_> = deal.extra.warnings().iter().map(|warning| warning.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["amount", "archived", "associations", "createdAt", "dealstage", "num_notes"]);
    assert_eq!(deal.extra.get("amount"), Some(&json!("a;b")));
    assert_eq!(deal.extra.get("dealstage"), Some(&json!({ "id": 1 })));
}
