//! Rate limits that the client keeps, so that the server need not refuse.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use typed_connector_sandbox::{Limits, Sandbox};
use typed_connector_tests::hubspot::deals;

use crate::client;

#[tokio::test(flavor = "multi_thread")]
async fn twenty_searches_at_once_are_never_refused_and_nearly_as_fast_as_permitted() {
    let sandbox = Sandbox::builder().enforce_limits(Limits::STARTER).start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    let start = Instant::now();
    let calls = (0..20).map(|_| client.execute(deals::Search::new()));
    for outcome in join_all(calls).await {
        outcome.unwrap();
    }
    let took = start.elapsed();
    let refused = sandbox.requests().iter().filter(|request| request.status == Some(429)).count();
    // 5 a second: the last of 20 may leave after 3 seconds.
    println!("20 searches: {took:?}, permitted 3 s, refused {refused}");
    assert_eq!(refused, 0);
    assert!(took < Duration::from_millis(3400), "{took:?}");
}

#[tokio::test]
async fn head_room_is_what_the_server_says_is_left() {
    let sandbox = Sandbox::builder().enforce_limits(Limits::PROFESSIONAL).start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    let other = crate::client(&sandbox).build().unwrap();
    let default = |client: &typed_connector_tests::hubspot::Client| {
        client.head_room().into_iter().find(|room| room.name == "default").unwrap()
    };
    assert_eq!((default(&client).limit, default(&client).remaining), (100, 100));
    for _ in 0..9 {
        other.execute(deals::List::new()).await.unwrap();
    }
    client.execute(deals::List::new()).await.unwrap();
    // The account has a larger limit than the spec says, and another client has used some of it.
    assert_eq!((default(&client).limit, default(&client).remaining), (190, 180));
}

#[tokio::test]
async fn who_gives_up_waiting_takes_nothing_from_the_others() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    for _ in 0..5 {
        client.execute(deals::Search::new()).await.unwrap();
    }
    for _ in 0..50 {
        let waiting = client.execute(deals::Search::new());
        assert!(tokio::time::timeout(Duration::from_millis(2), waiting).await.is_err());
    }
    let start = Instant::now();
    client.execute(deals::Search::new()).await.unwrap();
    assert!(start.elapsed() < Duration::from_millis(1200), "{:?}", start.elapsed());
    assert_eq!(sandbox.requests().len(), 6);
}
