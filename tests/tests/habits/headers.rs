//! Headers that every call has, that of the API's version, and parts of errors.

use typed_connector_tests::api_error;
use typed_connector_tests::wire::{Reply, Server};

use crate::habits::Client;
use crate::habits::payments::{Create, Get};
use crate::{PAYMENT, client};

#[tokio::test]
async fn every_call_has_the_headers_of_the_connector() {
    let server = Server::start(|_| Reply::new(200, &[], PAYMENT)).await;
    let payment = client(&server).execute(Get::new("p1")).await.unwrap();
    assert_eq!(payment.created.unwrap().to_string(), "2025-10-21T07:28:00Z");
    let request = server.last();
    let header = |name: &str| request.header(name).map(str::to_owned);
    assert_eq!(header("accept").as_deref(), Some("application/vnd.habits+json"));
    assert_eq!(header("x-client").as_deref(), Some("typed connector"));
    assert_eq!(header("x-api-version").as_deref(), Some("2025-01-01"));
    assert!(header("user-agent").unwrap().starts_with("typed-connector/"), "{:?}", header("user-agent"));

    let newer = Client::builder().base_url(server.url()).api_version("2026-01-01").build().unwrap();
    newer.execute(Get::new("p1").accept("text/plain")).await.unwrap();
    let request = server.last();
    assert_eq!(request.header("x-api-version"), Some("2026-01-01"));
    let accepts = request.headers.iter().filter(|(name, _)| name == "accept").collect::<Vec<_>>();
    assert!(
        matches!(&*accepts, [(_, value)] if value == "text/plain"),
        "an argument comes first: {accepts:?}"
    );
}

#[tokio::test]
async fn a_single_problem_is_a_detail() {
    let body = r#"{ "error": { "type": "card_error", "code": "card_declined", "message": "No.", "param": "card" } }"#;
    let server = Server::start(move |_| Reply::new(402, &[], body)).await;
    let error = api_error(client(&server).execute(Create::new(5)).await);
    assert_eq!((error.category.as_deref(), error.message.as_deref()), (Some("card_error"), Some("No.")));
    let [detail] = &*error.details else { panic!("{error:?}") };
    assert_eq!((detail.code.as_deref(), detail.field.as_deref()), (Some("card_declined"), Some("card")));
    assert!(!error.is_retryable() && !error.rate_limited);

    let server = Server::start(|_| Reply::new(400, &[], r#"{ "error": { "message": "No." } }"#)).await;
    assert!(api_error(client(&server).execute(Create::new(5)).await).details.is_empty());
}
