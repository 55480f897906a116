//! Answers that are taken only if they have changed.

use typed_connector::{CallOptions, Conditional, ETag, Error};
use typed_connector_tests::wire::{Reply, Server};

use crate::habits::payments::{Find, Get};
use crate::{PAYMENT, client};

#[tokio::test]
async fn what_has_not_changed_is_told_without_its_body() {
    let server = Server::start(|request| {
        let tag = if request.target().ends_with("p2") { "W/\"b\"" } else { "\"a\"" };
        match request.header("if-none-match") {
            Some(known) if known == tag => Reply::new(304, &[("etag", tag)], ""),
            _ => Reply::new(200, &[("etag", tag)], PAYMENT),
        }
    })
    .await;
    let client = client(&server);
    let first = client.execute_if_changed(Get::new("p1"), None).await.unwrap();
    let Conditional::Changed { output, etag: Some(tag) } = first else { panic!("{first:?}") };
    assert_eq!((output.amount, tag.as_str()), (Some(5), "\"a\""));
    assert!(server.last().header("if-none-match").is_none());

    // Stored as text, and read again.
    let tag: ETag = tag.to_string().parse().unwrap();
    let second = client.execute_if_changed(Get::new("p1"), Some(&tag)).await.unwrap();
    assert_eq!(second, Conditional::NotModified);
    assert_eq!(second.changed(), None);
    let options = CallOptions::new().header("x-trace".parse().unwrap(), "7".parse().unwrap());
    let other = client.execute_if_changed_with(Get::new("p2"), Some(&tag), options).await.unwrap();
    assert!(
        matches!(&other, Conditional::Changed { etag: Some(tag), .. } if tag.as_str() == "W/\"b\""),
        "{other:?}"
    );
    assert_eq!(
        (server.last().header("if-none-match"), server.last().header("x-trace")),
        (Some("\"a\""), Some("7"))
    );
}

#[tokio::test]
async fn an_api_without_tags_always_answers() {
    let server = Server::start(|_| Reply::new(200, &[], PAYMENT)).await;
    let tag = "\"a\"".parse().unwrap();
    let answer = client(&server).execute_if_changed(Get::new("p1"), Some(&tag)).await.unwrap();
    assert!(matches!(answer, Conditional::Changed { etag: None, .. }), "{answer:?}");
}

#[tokio::test]
async fn a_304_that_nobody_asked_for_is_an_error_and_what_is_not_read_by_get_cannot_be_asked_so() {
    let server = Server::start(|_| Reply::new(304, &[], "")).await;
    let client = client(&server);
    let error = client.execute(Get::new("p1")).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(304), "{error:?}");
    let tag = "\"a\"".parse().unwrap();
    let error = client.execute_if_changed(Find::new(), Some(&tag)).await.unwrap_err();
    assert!(matches!(error, Error::Configuration(_)), "{error:?}");
    assert_eq!(server.received().len(), 1);
    for text in ["", "a\nb"] {
        assert!(text.parse::<ETag>().is_err(), "{text}");
    }
}
