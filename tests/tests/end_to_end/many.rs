//! Batches of any size: what becomes of each input.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use typed_connector::{Error, Outcome};
use typed_connector_sandbox::{Fault, LoggedRequest};
use typed_connector_tests::hubspot::contacts::{
    self, ContactCreateInput, ContactReadInput, ContactUpsertInput,
};
use typed_connector_tests::hubspot::deals::{
    self, DealArchiveInput, DealCreateInput, DealId, DealReadInput, DealUpdateInput, DealUpsertInput,
};
use typed_connector_tests::wire::{Reply, Server};
use typed_connector_tests::{Bench, client};

fn deals(count: usize) -> impl Iterator<Item = DealCreateInput> {
    (0..count).map(|number| DealCreateInput::new(format!("Deal {number}"), "closedwon"))
}

/// Makes so many deals; their ids in the order of their inputs.
async fn made(bench: &Bench, count: usize) -> Vec<DealId> {
    let report = bench.client.batch(deals::BatchCreate::new(deals(count))).await;
    let made = report.complete().expect("all are made");
    for (number, deal) in made.iter().enumerate() {
        assert_eq!(deal.dealname, Some(format!("Deal {number}")));
    }
    made.into_iter().map(|deal| deal.id).collect()
}

fn sizes(bench: &Bench) -> Vec<usize> {
    let inputs = |request: &LoggedRequest| request.json()["inputs"].as_array().map_or(0, Vec::len);
    bench.sandbox.requests().iter().map(inputs).collect()
}

#[tokio::test]
async fn a_batch_of_any_size_goes_through_its_whole_life() {
    let bench = Bench::start().await;
    let ids = made(&bench, 250).await;
    let mut requests = sizes(&bench);
    requests.sort_unstable();
    assert_eq!(requests, [50, 100, 100]);
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 250);

    let changes = ids.iter().map(|id| DealUpdateInput::new(id).amount(7));
    let changed = bench.client.batch(deals::BatchUpdate::new(changes)).await.complete().expect("all");
    assert!(changed.iter().zip(&ids).all(|(deal, id)| deal.id == *id));

    let reads = ids.iter().rev().map(DealReadInput::new);
    let read = bench.client.batch(deals::BatchRead::new(reads)).concurrency(1).await.complete().expect("all");
    assert!(
        read.iter().zip(ids.iter().rev()).all(|(deal, id)| deal.id == *id && deal.amount == Some(7.into()))
    );

    let gone = ids.iter().map(DealArchiveInput::new);
    let gone: Vec<()> = bench.client.batch(deals::BatchArchive::new(gone)).await.complete().expect("all");
    assert_eq!(gone.len(), 250);
    assert!(bench.client.execute(deals::List::new()).await.expect("listed").items.is_empty());
}

#[tokio::test]
async fn nothing_is_sent_for_no_inputs() {
    let bench = Bench::start().await;
    let report = bench.client.batch(deals::BatchCreate::new(deals(0))).await;
    assert!(report.outcomes.is_empty() && report.is_complete());
    assert!(bench.sandbox.requests().is_empty());
}

#[tokio::test]
async fn an_input_that_is_refused_leaves_the_others_alone() {
    let bench = Bench::start().await;
    bench.client.execute(contacts::Create::new().email("c3@example.com")).await.expect("created");
    // A mark of the user's own is kept; the others get one.
    let inputs = (0..120).map(|n| {
        let input = ContactCreateInput::new().email(format!("c{}@example.com", if n == 110 { 3 } else { n }));
        if n == 110 { input.object_write_trace_id("mine") } else { input }
    });
    let report = bench.client.batch(contacts::BatchCreate::new(inputs)).await;
    let refused: Vec<_> = report.not_done().collect();
    let [(3, Outcome::Refused(third)), (110, Outcome::Refused(last))] = refused.as_slice() else {
        panic!("two are refused: {refused:?}")
    };
    assert_eq!((third.category.as_deref(), last.category.as_deref()), (Some("CONFLICT"), Some("CONFLICT")));
    assert_eq!(last.raw["context"]["objectWriteTraceId"][0], "mine");
    for (place, contact) in report.done() {
        assert_eq!(contact.email, Some(format!("c{place}@example.com")));
    }
    assert_eq!(report.done().count(), 118);
    assert!(!report.is_complete() && report.unmatched.is_empty() && report.unmatched_errors.is_empty());
    assert_eq!(report.complete().map_err(|report| report.outcomes.len()), Err(120));
}

#[tokio::test]
async fn a_request_that_fails_fails_its_inputs_only() {
    let bench = Bench::start().await;
    bench.sandbox.inject(Fault::latency(Duration::ZERO));
    bench.sandbox.inject(Fault::status(403).json(&json!({ "category": "MISSING_SCOPES", "message": "no" })));
    bench.sandbox.inject(Fault::cut().after_acting());
    let report = bench.client.batch(deals::BatchCreate::new(deals(320))).concurrency(1).await;
    for (place, outcome) in report.outcomes.iter().enumerate() {
        match (place / 100, outcome) {
            (0 | 3, Outcome::Done(deal)) => assert_eq!(deal.dealname, Some(format!("Deal {place}"))),
            (1, Outcome::Failed(error)) => assert_eq!(error.status().map(|s| s.as_u16()), Some(403)),
            // Its answer was lost, and the sandbox has carried it out.
            (2, Outcome::Unknown(error)) => assert!(matches!(**error, Error::OutcomeUnknown { .. })),
            (_, other) => panic!("{place}: {other:?}"),
        }
    }
    assert_eq!(bench.sandbox.requests().len(), 4, "no create is sent twice");
    let there = bench.client.execute(deals::Search::new().limit(1)).await.expect("found").total;
    assert_eq!(there, Some(220));
}

#[tokio::test]
async fn requests_are_made_side_by_side_but_not_all_at_once() {
    let bench = Bench::start().await;
    bench.sandbox.inject(Fault::latency(Duration::from_millis(300)).times(100));
    for (concurrency, rounds) in [(0, 6), (3, 2), (100, 1)] {
        let start = std::time::Instant::now();
        let calls = bench.client.batch(deals::BatchCreate::new(deals(600))).concurrency(concurrency);
        assert!(calls.await.is_complete());
        let least = Duration::from_millis(300) * rounds;
        assert!(start.elapsed() >= least, "{concurrency}: {:?}", start.elapsed());
    }
}

#[tokio::test]
async fn a_read_tells_which_records_are_not_there() {
    let bench = Bench::start().await;
    let ids = made(&bench, 150).await;
    let missing = |place: usize| place % 10 == 9;
    // Each tenth is one that nobody made; the first is asked for twice.
    let inputs = ids.iter().enumerate().map(|(place, id)| match place {
        1 => DealReadInput::new(&ids[0]),
        _ if missing(place) => DealReadInput::new(format!("99999{place}")),
        _ => DealReadInput::new(id),
    });
    let report = bench.client.batch(deals::BatchRead::new(inputs).properties(["dealname"])).await;
    for (place, outcome) in report.outcomes.iter().enumerate() {
        match outcome {
            Outcome::Done(deal) => {
                assert!(deal.id == ids[if place == 1 { 0 } else { place }] && !missing(place));
            }
            Outcome::Refused(error) => {
                assert!(missing(place));
                assert_eq!(error.category.as_deref(), Some("OBJECT_NOT_FOUND"));
            }
            other => panic!("{place}: {other:?}"),
        }
    }
    assert_eq!(report.not_done().count(), 15);
}

#[tokio::test]
async fn records_are_found_again_by_the_property_that_names_them() {
    let bench = Bench::start().await;
    let upserts =
        ["Ada@Example.com", "blaise@example.com"].map(|email| ContactUpsertInput::new(email).city("Turin"));
    let made =
        bench.client.batch(contacts::BatchUpsert::new(upserts.clone())).await.complete().expect("made");
    assert!(made.iter().all(|contact| contact.is_new == Some(true)));
    let again = bench.client.batch(contacts::BatchUpsert::new(upserts)).await.complete().expect("changed");
    assert!(again.iter().zip(&made).all(|(again, made)| again.is_new == Some(false) && again.id == made.id));

    let emails = ["blaise@example.com", "nobody@example.com", "ADA@example.com"].map(ContactReadInput::new);
    let read = contacts::BatchRead::new(emails).id_property("email").properties(["city"]);
    let report = bench.client.batch(read).await;
    let [Outcome::Done(blaise), Outcome::Refused(_), Outcome::Done(ada)] = report.outcomes.as_slice() else {
        panic!("{report:?}")
    };
    assert_eq!((&blaise.id, &ada.id), (&made[1].id, &made[0].id));
    assert_eq!(bench.last().json()["properties"], json!(["city", "email"]));

    // A property of the account's own, which the spec does not declare.
    bench.define_unique("deals", "order_number").await;
    let upserts = ["A-1", "A-2"].map(|id| DealUpsertInput::new(id, "order_number").dealname(id));
    let made = bench.client.batch(deals::BatchUpsert::new(upserts)).await.complete().expect("made");
    let reads = ["A-2", "A-3", "A-1"].map(DealReadInput::new);
    let report = bench.client.batch(deals::BatchRead::new(reads).id_property("order_number")).await;
    let [Outcome::Done(second), Outcome::Refused(_), Outcome::Done(first)] = report.outcomes.as_slice()
    else {
        panic!("{report:?}")
    };
    assert_eq!((&first.id, &second.id), (&made[0].id, &made[1].id));
    let asked = bench.last().json()["properties"].clone();
    assert!(asked.as_array().is_some_and(|names| names.len() > 20 && names.contains(&json!("order_number"))));

    let one = deals::Get::new("A-2").id_property("order_number");
    assert_eq!(bench.client.execute(one).await.expect("found").id, made[1].id);
    let one = deals::Update::new("A-1").id_property("order_number").amount(3);
    assert_eq!(bench.client.execute(one).await.expect("changed").id, made[0].id);
    let ada = contacts::GetByEmail::new("ada@example.com");
    assert_eq!(bench.client.execute(ada).await.expect("found").city.as_deref(), Some("Turin"));
}

#[tokio::test]
async fn an_upsert_whose_answer_is_lost_is_sent_again_since_that_does_no_harm() {
    let bench = Bench::start().await;
    let client = typed_connector_tests::hubspot::Client::builder()
        .base_url(bench.sandbox.url())
        .access_token(bench.sandbox.access_token())
        .build()
        .expect("a client");
    bench.sandbox.inject(Fault::cut().after_acting());
    let upserts = ["a@example.com", "b@example.com"].map(ContactUpsertInput::new);
    let made = client.batch(contacts::BatchUpsert::new(upserts)).await.complete().expect("all");
    assert_eq!((made.len(), bench.sandbox.requests().len()), (2, 2));
    assert_eq!(bench.client.execute(contacts::List::new()).await.expect("listed").items.len(), 2);
}

#[tokio::test]
async fn what_cannot_be_told_apart_is_said_to_be_so() {
    let server = Server::start(|request| {
        let inputs = request.json()["inputs"].as_array().map_or(0, Vec::len);
        let results: Vec<_> = (0..inputs).map(|n| json!({ "id": n.to_string(), "properties": {} })).collect();
        Reply::json(201, &json!({ "status": "COMPLETE", "results": results }))
    })
    .await;
    // An API that gives marks back to nobody.
    let client = client(&server.url(), "t");
    let report = client.batch(deals::BatchCreate::new(deals(3))).await;
    assert!(report.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Untold)), "{report:?}");
    assert_eq!(report.unmatched.len(), 3);
    // Of one there is nothing to confuse.
    assert!(client.batch(deals::BatchCreate::new(deals(1))).await.is_complete());

    // The same mark twice marks nothing.
    let bench = Bench::start().await;
    let inputs = deals(3).map(|input| input.object_write_trace_id("same"));
    let report = bench.client.batch(deals::BatchCreate::new(inputs)).await;
    assert!(report.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Untold)), "{report:?}");
    assert_eq!(report.unmatched.len(), 3);
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_an_unknown_outcome_of_a_write() {
    let server = Server::start(|_| Reply::json(201, &json!("made"))).await;
    let client = client(&server.url(), "t");
    let report = client.batch(deals::BatchCreate::new(deals(2))).await;
    let [Outcome::Unknown(first), Outcome::Unknown(second)] = report.outcomes.as_slice() else {
        panic!("{report:?}")
    };
    assert!(Arc::ptr_eq(first, second) && matches!(**first, Error::Decode(_)));
    let read = client.batch(deals::BatchRead::new([DealReadInput::new("1")])).await;
    assert!(matches!(read.outcomes[0], Outcome::Failed(_)), "{read:?}");
}
