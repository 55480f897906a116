//! Idempotency keys: the same with each attempt, another with each call.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use typed_connector::{CallOptions, Error, Outcome};
use typed_connector_tests::wire::{Received, Reply, Server};

use crate::habits::payments::{Batch, Capture, Create, Find, Get};
use crate::{PAYMENT, patient_client};

fn keys(server: &Server) -> Vec<String> {
    let key = |request: &Received| request.header("idempotency-key").unwrap_or("none").to_owned();
    server.received().iter().map(key).collect()
}

/// A server that carries out one request of those with the same key, and answers the first so.
async fn server_that_first(firsts: Vec<Reply>) -> (Server, std::sync::Arc<Mutex<BTreeMap<String, usize>>>) {
    let done: std::sync::Arc<Mutex<BTreeMap<String, usize>>> = std::sync::Arc::default();
    let (firsts, seen) = (Mutex::new(firsts), done.clone());
    let server = Server::start(move |request| {
        let key = request.header("idempotency-key").expect("a key").to_owned();
        seen.lock().unwrap().entry(key).or_insert(1);
        let mut firsts = firsts.lock().unwrap();
        if firsts.is_empty() { Reply::new(200, &[], PAYMENT) } else { firsts.remove(0) }
    })
    .await;
    (server, done)
}

#[tokio::test]
async fn a_create_is_sent_again_with_its_key_and_done_once_however_its_answer_was_lost() {
    let lost = [
        Reply::HangUp,
        Reply::new(500, &[], ""),
        Reply::new(503, &[("retry-after", "0")], ""),
        Reply::new(409, &[], r#"{ "error": { "type": "idempotency_error" } }"#),
    ];
    for first in lost {
        let (server, done) = server_that_first(vec![first.clone(), first]).await;
        let client = patient_client(&server).build().unwrap();
        client.execute(Create::new(5)).await.unwrap();
        let of_first = keys(&server);
        assert_eq!((of_first.len(), of_first.iter().collect::<BTreeSet<_>>().len()), (3, 1), "{of_first:?}");
        client.execute(Create::new(5)).await.unwrap();
        assert_eq!(done.lock().unwrap().len(), 2, "another call is another payment");
        assert!(of_first[0].len() == 36, "{of_first:?}");
    }
}

#[tokio::test]
async fn a_key_of_ones_own_goes_along_and_stands_in_the_error() {
    let (server, done) = server_that_first(vec![Reply::HangUp; 4]).await;
    let client = patient_client(&server).build().unwrap();
    let options = CallOptions::new().idempotency_key("order-7");
    let error = client.execute_with(Create::new(5), options).await.unwrap_err();
    let Error::OutcomeUnknown { idempotency_key: Some(key), .. } = &error else { panic!("{error:?}") };
    assert_eq!(key, "order-7");
    assert!(
        error.to_string().ends_with("it can be sent again with the idempotency key `order-7`"),
        "{error}"
    );
    assert!(!error.is_retryable());
    client.execute_with(Create::new(5), CallOptions::new().idempotency_key(key)).await.unwrap();
    assert_eq!(keys(&server), ["order-7"; 5]);
    assert_eq!(done.lock().unwrap().len(), 1);

    let (server, _) = server_that_first(vec![Reply::new(502, &[], ""); 4]).await;
    let error = patient_client(&server).build().unwrap().execute(Create::new(5)).await.unwrap_err();
    let Error::OutcomeUnknown { idempotency_key, .. } = &error else { panic!("{error:?}") };
    assert_eq!(idempotency_key.as_deref(), Some(&*keys(&server)[0]), "also one that the client has made");
}

#[tokio::test]
async fn what_needs_no_key_has_none_and_what_takes_none_is_not_sent_again() {
    let server = Server::start(|request| match request.target() {
        "/payments/p1/capture" => Reply::HangUp,
        _ => Reply::new(200, &[], PAYMENT),
    })
    .await;
    let client = patient_client(&server).build().unwrap();
    client.execute(Get::new("p1")).await.unwrap();
    client.execute(Find::new()).await.unwrap();
    let error = client.execute(Capture::new("p1")).await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { idempotency_key: None, .. }), "{error:?}");
    assert_eq!(keys(&server), ["none"; 3]);
    for options in ["order-7", ""].map(|key| CallOptions::new().idempotency_key(key)) {
        let error = client.execute_with(Capture::new("p1"), options).await.unwrap_err();
        assert!(
            matches!(&error, Error::Configuration(why) if why.contains("takes no idempotency key")),
            "{error}"
        );
    }
    for key in ["", "a\nb"] {
        let options = CallOptions::new().idempotency_key(key);
        let error = client.execute_with(Create::new(5), options).await.unwrap_err();
        assert!(matches!(&error, Error::Configuration(_)), "{error}");
    }
    assert_eq!(server.received().len(), 3, "nothing was sent");
}

#[tokio::test]
async fn each_request_of_a_batch_has_a_key_of_its_own() {
    let server = Server::start(|_| Reply::new(200, &[], r#"{ "results": [] }"#)).await;
    let client = patient_client(&server).build().unwrap();
    let batch = client.batch(Batch::new([1, 2, 3])).concurrency(1);
    let report = batch.options(CallOptions::new().idempotency_key("run-1")).await;
    assert!(report.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Untold)), "{report:?}");
    assert_eq!(keys(&server), ["run-1-0", "run-1-2"]);
}

#[tokio::test]
async fn a_conflict_without_a_key_ends_the_call() {
    let server =
        Server::start(|_| Reply::new(409, &[], r#"{ "error": { "type": "captured_already" } }"#)).await;
    let client = patient_client(&server).build().unwrap();
    let error = client.execute(Capture::new("p1")).await.unwrap_err();
    assert!(error.is_conflict() && !error.is_retryable(), "{error:?}");
    assert_eq!(server.received().len(), 1);
}
