//! A server cannot make a client read without end.

use std::time::Duration;

use serde_json::json;
use typed_connector::Error;
use typed_connector_tests::hubspot::{self, deals};
use typed_connector_tests::wire::{Reply, Server};

fn client(url: &str) -> hubspot::Client {
    let builder = hubspot::Client::builder().base_url(url).access_token("t").max_body(100_000);
    builder.timeout(Duration::from_secs(10)).build().expect("a client")
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_refused() {
    let text = "x".repeat(200_000);
    let body = json!({ "results": [{ "id": "1", "properties": { "dealname": text } }] });
    let server = Server::start(move |_| Reply::json(200, &body)).await;
    let error = client(&server.url()).execute(deals::List::new()).await.expect_err("too large");
    assert!(error.to_string().contains("larger than 100000 bytes"), "{error}");
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn an_answer_just_within_the_bound_is_read() {
    let text = "x".repeat(99_000);
    let body = json!({ "results": [{ "id": "1", "properties": { "dealname": text } }] });
    let server = Server::start(move |_| Reply::json(200, &body)).await;
    let page = client(&server.url()).execute(deals::List::new()).await.expect("a page");
    assert_eq!(page.items[0].dealname.as_ref().map(String::len), Some(99_000));
}

/// A server that never ends its answer.
async fn endless(head: &'static str) -> Server {
    let piece = format!("400\r\n{}\r\n", " ".repeat(1024));
    Server::start(move |_| Reply::Endless(head.into(), piece.clone().into(), Duration::ZERO)).await
}

#[tokio::test]
async fn an_answer_without_an_end_is_cut_off() {
    let server = endless("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
    let error = client(&server.url()).execute(deals::List::new()).await.expect_err("endless");
    assert!(error.to_string().contains("larger than 100000 bytes"), "{error}");
}

#[tokio::test]
async fn headers_without_an_end_are_cut_off() {
    let server = endless("HTTP/1.1 200 OK\r\nx: ").await;
    let error = client(&server.url()).execute(deals::List::new()).await.expect_err("endless");
    assert!(matches!(error, Error::Transport { .. }), "{error:?}");
}

#[tokio::test]
async fn an_error_page_that_is_too_large_is_still_an_error_of_the_api() {
    let server = Server::start(|_| Reply::new(502, &[], "x".repeat(200_000))).await;
    let error = client(&server.url()).execute(deals::List::new()).await.expect_err("too large");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(502), "{error:?}");
}

#[tokio::test]
async fn the_answer_to_a_write_that_is_too_large_says_that_it_was_carried_out() {
    let body = json!({ "id": "1", "properties": { "dealname": "x".repeat(200_000) } });
    let server = Server::start(move |_| Reply::json(201, &body)).await;
    let error =
        client(&server.url()).execute(deals::Create::new("x", "closedwon")).await.expect_err("too large");
    assert!(!matches!(error, Error::Configuration(_)), "which would mean that nothing was sent: {error:?}");
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn deep_nesting_is_an_error_and_no_crash() {
    let deep = format!("{}{}", "[".repeat(40_000), "]".repeat(40_000));
    let bodies = [
        deep.clone(),
        format!(r#"{{"id":"1","properties":{{"dealname":{deep}}}}}"#),
        format!(r#"{{"id":"1","x":{deep}}}"#),
        format!(r#"{{"id":"1","associations":{{"a":{deep}}}}}"#),
        r#"{"properties":"#.repeat(5000),
    ];
    for body in bodies {
        let server = Server::start(move |_| Reply::new(200, &[], &body)).await;
        let error = client(&server.url()).execute(deals::Get::new(1)).await.expect_err("too deep");
        assert!(matches!(error, Error::Decode(_)), "{error:?}");
    }
}
