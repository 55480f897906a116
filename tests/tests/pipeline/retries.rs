//! What is sent again.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderValue};
use typed_connector::meta::ActionMeta;
use typed_connector::{Attempt, CallOptions, Error, Observer, RetryPolicy};
use typed_connector_sandbox::{Fault, Sandbox};
use typed_connector_tests::hubspot::deals;
use typed_connector_tests::pulse::Pulse;

use crate::{client, requests};

#[tokio::test]
async fn a_read_is_sent_again_until_it_works() {
    let sandbox = Sandbox::builder().seed(1).start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    for fault in [Fault::status(503), Fault::cut(), Fault::status(502).body("<html>no</html>")] {
        sandbox.inject(fault);
    }
    let page = client.execute(deals::List::new()).await.unwrap();
    assert_eq!((page.items.len(), requests(&sandbox, "GET")), (1, 4));
}

#[tokio::test]
async fn a_search_is_a_post_and_a_read() {
    let sandbox = Sandbox::builder().seed(1).start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    sandbox.inject(Fault::cut().after_acting());
    sandbox.inject(Fault::status(500));
    let page = client.execute(deals::Search::new()).await.unwrap();
    assert_eq!((page.items.len(), requests(&sandbox, "POST")), (1, 3));
}

#[tokio::test]
async fn attempts_end_and_the_last_error_is_told() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    sandbox.inject(Fault::status(503).times(100));
    let error = client.execute(deals::List::new()).await.unwrap_err();
    assert_eq!((error.status().map(|s| s.as_u16()), requests(&sandbox, "GET")), (Some(503), 4));

    sandbox.clear_requests();
    let once = CallOptions::new().retry(RetryPolicy::none());
    client.execute_with(deals::List::new(), once).await.unwrap_err();
    assert_eq!(requests(&sandbox, "GET"), 1);
}

#[tokio::test]
async fn what_asking_again_cannot_mend_is_not_asked_again() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    for status in [400, 403, 404, 409, 414, 501] {
        sandbox.clear_requests();
        sandbox.inject(Fault::status(status));
        let error = client.execute(deals::List::new()).await.unwrap_err();
        assert_eq!(requests(&sandbox, "GET"), 1, "{status}: {error}");
    }
}

#[tokio::test]
async fn retry_after_is_waited_for_but_never_past_the_deadline() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    sandbox.inject(Fault::status(429).header("retry-after", "1"));
    let start = Instant::now();
    client.execute(deals::List::new()).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());

    sandbox.inject(Fault::status(429).header("retry-after", "30"));
    // Told at once, and not when the time is up.
    let options = CallOptions::new().deadline(Duration::from_secs(20));
    let start = Instant::now();
    let error = client.execute_with(deals::List::new(), options).await.unwrap_err();
    assert!(error.is_rate_limited() && start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[tokio::test]
async fn no_attempt_goes_on_past_its_time_or_the_deadline() {
    const TIME: Duration = Duration::from_millis(300);
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    sandbox.inject(Fault::latency(Duration::from_secs(20)).times(5));
    let pulse = Pulse::start(1);
    for options in [
        CallOptions::new().deadline(TIME),
        CallOptions::new().timeout(TIME).retry(RetryPolicy::none()),
        // The second attempt has what the first has left.
        CallOptions::new().timeout(TIME * 2 / 3).deadline(TIME),
    ] {
        let start = Instant::now();
        let error = client.execute_with(deals::List::new(), options).await.unwrap_err();
        let took = start.elapsed();
        assert!(matches!(error, Error::Transport { .. }) && error.is_timeout(), "{error}");
        let most = TIME + Duration::from_millis(100) + pulse.worst();
        assert!(took < most, "{took:?}, where a bare timer was late by {:?}", pulse.worst());
    }
    // The connections of those are gone, and the client is as good as new.
    sandbox.clear_faults();
    client.execute(deals::List::new()).await.unwrap();
}

#[derive(Clone, Default)]
struct Watching(Arc<Mutex<Vec<Attempt>>>);

impl Observer for Watching {
    fn before(&self, _: &'static ActionMeta, attempt: u32, headers: &mut HeaderMap) {
        assert!(!headers.contains_key("authorization"), "an observer sees no token");
        headers.insert("x-attempt", HeaderValue::from(attempt));
        headers.insert("authorization", HeaderValue::from_static("Bearer mine"));
    }

    fn after(&self, attempt: &Attempt) {
        self.0.lock().unwrap().push(attempt.clone());
    }
}

#[tokio::test]
async fn an_observer_sees_every_attempt_and_no_token() {
    let sandbox = Sandbox::start().await.unwrap();
    let watching = Watching::default();
    let client = client(&sandbox).observer(watching.clone()).build().unwrap();
    sandbox.inject(Fault::status(503));
    client.execute(deals::List::new()).await.unwrap();
    let seen: Vec<_> =
        watching.0.lock().unwrap().iter().map(|a| (a.number, a.status.map(|s| s.as_u16()))).collect();
    assert_eq!(seen, [(1, Some(503)), (2, Some(200))]);
    let sent: Vec<_> = sandbox.requests().iter().map(|r| r.header("x-attempt").map(str::to_owned)).collect();
    assert_eq!(sent, [Some("1".to_owned()), Some("2".to_owned())]);
}
