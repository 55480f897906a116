//! Rate limits that answers tell, with the time at which they begin anew.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use typed_connector::{CallOptions, Error};
use typed_connector_tests::wire::{Reply, Server};

use crate::habits::payments::{Create, Find, Get};
use crate::{PAYMENT, client, patient_client};

const DATE: (&str, &str) = ("date", "Tue, 21 Oct 2025 07:28:00 GMT");

/// Answers the first request so, and all others well.
async fn server_that_first(
    status: u16,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
) -> Server {
    let asked = AtomicU32::new(0);
    Server::start(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => Reply::new(status, headers, body),
        _ => Reply::new(200, &[], PAYMENT),
    })
    .await
}

#[tokio::test]
async fn a_limit_that_is_used_up_is_waited_for_by_the_servers_clock() {
    // Three seconds by the server's clock, which is a year behind ours or ahead of it.
    let used_up = &[("x-limit", "60"), ("x-left", "0"), ("x-reset", "1761031683"), DATE];
    let server = server_that_first(200, used_up, PAYMENT).await;
    let client = client(&server);
    let start = Instant::now();
    client.execute(Get::new("p1")).await.unwrap();
    let room = client.head_room().into_iter().find(|room| room.name == "default").unwrap();
    assert_eq!((room.limit, room.remaining), (60, 0));
    assert!(room.wait.unwrap() <= Duration::from_secs(3), "{room:?}");
    client.execute(Get::new("p1")).await.unwrap();
    let took = start.elapsed();
    println!("both calls took {took:?}, with a limit that begins anew after 3 s between them");
    // A machine that is busy with other things makes it longer.
    assert!((Duration::from_secs(3)..Duration::from_secs(30)).contains(&took), "{took:?}");
}

#[tokio::test]
async fn what_begins_anew_after_the_deadline_is_told_at_once_and_nothing_is_sent() {
    let server = server_that_first(
        200,
        &[("x-limit", "60"), ("x-left", "0"), ("x-reset", "1761035280"), DATE],
        PAYMENT,
    )
    .await;
    let client = client(&server);
    client.execute(Get::new("p1")).await.unwrap();
    let start = Instant::now();
    let error = client.execute(Get::new("p1")).await.unwrap_err();
    assert!(matches!(error, Error::DeadlineExceeded { limit: Some("default"), .. }), "{error:?}");
    // The deadline is two minutes away.
    assert!(start.elapsed() < Duration::from_secs(30) && server.received().len() == 1);
    // Another limit is another.
    client.execute(Find::new()).await.unwrap();
}

#[tokio::test]
async fn a_counted_window_that_is_used_up_is_closed_until_its_reset() {
    let server = server_that_first(200, &[("x-left", "0"), ("x-reset", "1")], PAYMENT).await;
    let client = client(&server);
    let start = Instant::now();
    client.execute(Find::new()).await.unwrap();
    client.execute(Find::new()).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_refusal_for_too_many_requests_may_have_another_status() {
    // A secondary limit: a 403 with `Retry-After`.
    let server =
        server_that_first(403, &[("retry-after", "1")], r#"{ "error": { "message": "Slow down." } }"#).await;
    let patient = patient_client(&server).build().unwrap();
    let start = Instant::now();
    patient.execute(Create::new(5)).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1) && server.received().len() == 2);

    // A primary one: no `Retry-After`, but nothing left, and when that ends.
    let server =
        server_that_first(403, &[("x-limit", "9"), ("x-left", "0"), ("x-reset", "1761031681"), DATE], "{}")
            .await;
    let patient = patient_client(&server).build().unwrap();
    let start = Instant::now();
    patient.execute(Create::new(5)).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1) && server.received().len() == 2);

    // Too long to wait: the error says how long.
    let server =
        server_that_first(403, &[("x-limit", "9"), ("x-left", "0"), ("x-reset", "1761035280"), DATE], "{}")
            .await;
    let patient = patient_client(&server).build().unwrap();
    let error = patient.execute(Get::new("p1")).await.unwrap_err();
    assert!(error.is_rate_limited() && error.is_retryable(), "{error:?}");
    assert_eq!(error.api().unwrap().retry_after, Some(Duration::from_secs(3600)));

    // A 403 that is about permissions is none of this.
    let server =
        server_that_first(403, &[("x-limit", "9"), ("x-left", "8"), ("x-reset", "1761035280"), DATE], "{}")
            .await;
    let patient = patient_client(&server).build().unwrap();
    let error = patient.execute(Get::new("p1")).await.unwrap_err();
    assert!(!error.is_rate_limited() && !error.is_retryable() && server.received().len() == 1, "{error:?}");
}

#[tokio::test]
async fn who_is_refused_holds_up_the_others() {
    let server = server_that_first(403, &[("retry-after", "5")], "{}").await;
    let patient = patient_client(&server).build().unwrap();
    let first = tokio::spawn(patient.execute(Get::new("p1")).into_future());
    while server.received().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // Time to read the refusal.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let options = CallOptions::new().deadline(Duration::from_millis(300));
    let error = patient.execute_with(Get::new("p2"), options).await.unwrap_err();
    assert!(matches!(error, Error::DeadlineExceeded { limit: Some("default"), .. }), "{error:?}");
    first.await.unwrap().unwrap();
    assert_eq!(server.received().len(), 2);
}
