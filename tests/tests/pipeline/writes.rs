//! Writes: never done twice, never lost without a word.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::net::TcpSocket;
use tokio::sync::Notify;
use typed_connector::{Attempt, CallOptions, Error, Observer, RetryPolicy};
use typed_connector_sandbox::{Fault, Sandbox};
use typed_connector_tests::everything;
use typed_connector_tests::hubspot::deals;
use typed_connector_tests::wire::{Reply, Server};

use crate::{client, client_of, requests, spans};

async fn count(sandbox: &Sandbox) -> usize {
    let client = client(sandbox).build().unwrap();
    client.execute(deals::List::new().limit(100)).await.unwrap().items.len()
}

fn create() -> deals::Create {
    deals::Create::new("Acme", "qualifiedtobuy")
}

#[tokio::test]
async fn a_create_is_sent_again_where_the_server_says_that_it_did_not_act() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    sandbox.inject(Fault::status(429).times(2));
    client.execute(create()).await.unwrap();
    assert_eq!((requests(&sandbox, "POST"), count(&sandbox).await), (3, 1));
}

#[tokio::test]
async fn a_conflict_is_never_sent_again() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    sandbox.inject(Fault::status(409).header("retry-after", "0").times(2));
    let error = client.execute(create()).await.unwrap_err();
    assert!(error.is_conflict() && !error.is_retryable(), "{error:?}");
    // Not even where the user says that it does no harm.
    let error = client.execute_with(create(), CallOptions::new().idempotent(true)).await.unwrap_err();
    assert!(error.is_conflict());
    assert_eq!((requests(&sandbox, "POST"), count(&sandbox).await), (2, 0));
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_not_sent_again() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    let faults = [
        (Fault::cut().after_acting(), 1),
        (Fault::cut(), 0),
        (Fault::status(500), 0),
        (Fault::status(502).body("<html>").after_acting(), 1),
        (Fault::status(504).after_acting(), 1),
    ];
    let mut there = 0;
    for (fault, made) in faults {
        sandbox.clear_requests();
        sandbox.inject(fault);
        let error = client.execute(create()).await.unwrap_err();
        assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error:?}");
        assert!(!error.is_retryable());
        assert_eq!(requests(&sandbox, "POST"), 1, "{error}");
        there += made;
        assert_eq!(count(&sandbox).await, there);
    }
}

#[tokio::test]
async fn a_slow_create_that_runs_out_of_time_is_an_unknown_outcome() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    sandbox.inject(Fault::latency(Duration::from_secs(5)));
    let options = CallOptions::new().timeout(Duration::from_millis(200));
    let error = client.execute_with(create(), options.clone()).await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { .. }) && error.is_timeout(), "{error:?}");
}

#[tokio::test]
async fn an_update_and_a_delete_can_be_sent_again() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    let deal = client.execute(create()).await.unwrap();
    sandbox.inject(Fault::cut().after_acting());
    client.execute(deals::Update::new(&deal.id).amount(5)).await.unwrap();
    assert_eq!(requests(&sandbox, "PATCH"), 2);
    sandbox.inject(Fault::status(503).after_acting());
    client.execute(deals::Delete::new(&deal.id)).await.unwrap();
    assert_eq!((requests(&sandbox, "DELETE"), count(&sandbox).await), (2, 0));
}

#[tokio::test]
async fn the_user_can_know_better_than_the_spec() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    sandbox.inject(Fault::status(500));
    let options = CallOptions::new().idempotent(true);
    client.execute_with(create(), options.clone()).await.unwrap();
    assert_eq!(requests(&sandbox, "POST"), 2);
}

#[tokio::test]
async fn no_server_is_no_unknown_outcome() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    sandbox.shutdown().await;
    let error = client.execute(create()).await.unwrap_err();
    assert!(matches!(error, Error::Connect { .. }), "{error:?}");
}

/// Tells when an attempt has failed for want of a server.
#[derive(Clone)]
struct Alarm(Arc<Notify>);

impl Observer for Alarm {
    fn after(&self, attempt: &Attempt) {
        assert!(attempt.failure.is_none_or(|failure| failure == "connect"), "{attempt:?}");
        self.0.notify_one();
    }
}

fn made() -> serde_json::Value {
    serde_json::json!({ "id": "1", "properties": {} })
}

#[tokio::test]
async fn a_create_that_could_not_connect_is_sent_again_and_made_once() {
    // Bound, so that nobody else gets the port, and listened at only when the first attempt has failed.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    let alarm = Alarm(Arc::new(Notify::new()));
    let mut policy = RetryPolicy::default().attempts(100);
    (policy.base, policy.cap) = (Duration::from_millis(10), Duration::from_millis(100));
    let client = client_of(url).retry(policy).observer(alarm.clone()).build().unwrap();
    let call = tokio::spawn(client.execute(create()));
    alarm.0.notified().await;
    let server = Server::on(socket.listen(16).unwrap(), |_| Reply::json(201, &made()));
    call.await.unwrap().unwrap();
    assert_eq!(server.received().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_create_on_a_connection_that_is_gone_is_made_once_or_of_unknown_outcome() {
    // It answers and hangs up, at once or a little later, so that each call finds a connection in the pool that is dead, or will be
    // before it has its answer.
    let asked = AtomicU32::new(0);
    let server = Server::start(move |_| {
        let later = asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(3);
        Reply::abrupt(201, &made(), Duration::from_millis(later.into()))
    })
    .await;
    let client = client_of(server.url()).rate_limits(false).build().unwrap();
    let (mut succeeded, mut unknown) = (0, 0);
    for number in 0..300 {
        match client.execute(deals::Create::new(format!("deal {number}"), "closedwon")).await {
            Ok(_) => succeeded += 1,
            Err(Error::OutcomeUnknown { .. }) => unknown += 1,
            Err(error) => panic!("{error:?}"),
        }
        if number % 5 == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    let mut names: Vec<_> = server
        .received()
        .iter()
        .map(|request| request.json()["properties"]["dealname"].to_string())
        .collect();
    let arrived = names.len();
    names.sort();
    names.dedup();
    println!(
        "FIGURE connections that are gone: {succeeded} creates succeeded, {unknown} unknown, {arrived} arrived"
    );
    assert_eq!(names.len(), arrived, "none arrived twice");
    assert!(succeeded > 100 && unknown > 0 && (succeeded..=succeeded + unknown).contains(&arrived));
}

/// A client of a connector whose spec says that a 503 with `Retry-After` proves that nothing was done.
fn everything(server: &Server) -> everything::Client {
    spans::watch();
    everything::Client::builder().base_url(server.url()).build().unwrap()
}

/// Answers so once, and with a new record from then on.
async fn server_that_first(first: Reply) -> Server {
    let asked = AtomicU32::new(0);
    let made = Reply::json(201, &serde_json::json!({ "id": "1" }));
    Server::start(
        move |_| {
            if asked.fetch_add(1, Ordering::Relaxed) == 0 { first.clone() } else { made.clone() }
        },
    )
    .await
}

#[tokio::test]
async fn a_503_proves_something_only_where_the_spec_says_so_and_with_retry_after() {
    let with_header = Reply::new(503, &[("retry-after", "0")], "");
    let server = server_that_first(with_header.clone()).await;
    let start = Instant::now();
    everything(&server).execute(everything::things::Create::new().text("x")).await.unwrap();
    assert_eq!(server.received().len(), 2);
    assert!(start.elapsed() >= Duration::from_millis(30), "the spec's least wait: {:?}", start.elapsed());

    let server = server_that_first(Reply::new(503, &[], "")).await;
    let error = everything(&server).execute(everything::things::Create::new().text("x")).await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error:?}");
    assert_eq!(server.received().len(), 1);

    // HubSpot promises nothing of the kind.
    let server = server_that_first(with_header).await;
    let hubspot = client_of(server.url()).build().unwrap();
    let error = hubspot.execute(create()).await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error:?}");
}

#[tokio::test]
async fn a_locked_record_is_waited_for() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    sandbox.inject(Fault::status(423));
    let start = Instant::now();
    client.execute(create()).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(2), "HubSpot's locks last so long: {:?}", start.elapsed());
    sandbox.inject(Fault::status(477).header("retry-after", "1"));
    let start = Instant::now();
    client.execute(create()).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
    assert_eq!((requests(&sandbox, "POST"), count(&sandbox).await), (4, 2));
}

#[tokio::test]
async fn a_refusal_after_an_attempt_that_may_have_arrived_does_not_say_that_nothing_was_done() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    let deal = client.execute(create()).await.unwrap();
    // It was carried out, the answer was lost, and then the API refuses.
    sandbox.inject(Fault::cut().after_acting());
    sandbox.inject(Fault::status(429).times(3));
    let error = client.execute(deals::Update::new(&deal.id).amount(5)).await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error:?}");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("429"), "{source}");
    // Alone it says so.
    sandbox.inject(Fault::status(429).times(4));
    let error = client.execute(deals::Update::new(&deal.id).amount(6)).await.unwrap_err();
    assert!(error.is_rate_limited(), "{error:?}");
    assert_eq!(client.execute(deals::Get::new(&deal.id)).await.unwrap().amount, Some(5.into()));
}
