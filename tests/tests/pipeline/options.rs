//! Settings of one call.

use http::{HeaderName, HeaderValue};
use typed_connector::{CallOptions, RetryPolicy};
use typed_connector_sandbox::{Fault, Sandbox};
use typed_connector_tests::hubspot::deals::{self, DealCreateInput};

use crate::{client, requests};

fn header(name: &'static str, value: &'static str) -> CallOptions {
    CallOptions::new().header(HeaderName::from_static(name), HeaderValue::from_static(value))
}

#[tokio::test]
async fn a_header_of_ones_own_travels_with_every_attempt_but_no_other_token() {
    let sandbox = Sandbox::builder().seed(3).start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    sandbox.inject(Fault::status(503));
    let options = header("x-idempotency-key", "k-1")
        .header(http::header::ACCEPT, HeaderValue::from_static("application/json;q=1"))
        .header(http::header::AUTHORIZATION, HeaderValue::from_static("Bearer mine"));
    client.execute_with(deals::List::new(), options).await.unwrap();
    for request in sandbox.requests() {
        assert_eq!(request.header("x-idempotency-key"), Some("k-1"));
        assert_eq!(request.header("accept"), Some("application/json;q=1"));
    }
    // The sandbox would have refused the other token.
    assert_eq!(
        sandbox.requests().iter().map(|request| request.status).collect::<Vec<_>>(),
        [503, 200].map(Some)
    );

    sandbox.clear_requests();
    let mut pages = client.stream(deals::List::new().limit(1)).options(header("x-list", "l"));
    while pages.next_page().await.unwrap().is_some() {}
    let inputs = (0..150).map(|_| DealCreateInput::new("x", "closedwon"));
    let batch = client.batch(deals::BatchCreate::new(inputs)).options(header("x-list", "l")).await;
    assert!(batch.is_complete());
    assert_eq!(sandbox.requests().len(), 3 + 2);
    assert!(sandbox.requests().iter().all(|request| request.header("x-list") == Some("l")));
    // Of that call only.
    client.execute(deals::List::new()).await.unwrap();
    assert_eq!(sandbox.requests().pop().unwrap().header("x-list"), None);
}

#[tokio::test]
async fn retries_of_a_stream_and_of_a_batch_can_be_off() {
    let sandbox = Sandbox::builder().seed(3).start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    let once = CallOptions::new().retry(RetryPolicy::none());
    sandbox.inject(Fault::status(503).times(2));
    let error = client.stream(deals::List::new()).options(once.clone()).try_next().await.unwrap_err();
    assert_eq!((error.status().map(|status| status.as_u16()), requests(&sandbox, "GET")), (Some(503), 1));
    let reads = ["1"].map(deals::DealReadInput::new);
    let batch = client.batch(deals::BatchRead::new(reads)).options(once).await;
    assert!(!batch.is_complete());
    assert_eq!(requests(&sandbox, "POST"), 1);
}
