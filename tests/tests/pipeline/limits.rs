//! Rate limits that the client keeps, so that the server need not refuse.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use typed_connector::auth::StoreError;
use typed_connector::budget::{Ask, BudgetFuture, MemoryBudget, SharedBudget};
use typed_connector::{CallOptions, Error};
use typed_connector_sandbox::{Limits, Sandbox};
use typed_connector_tests::hubspot::deals;
use typed_connector_tests::pulse::Pulse;

use crate::client;

#[tokio::test(flavor = "multi_thread")]
async fn twenty_searches_at_once_are_never_refused_and_nearly_as_fast_as_permitted() {
    let sandbox = Sandbox::builder().enforce_limits(Limits::STARTER).start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    let (start, pulse) = (Instant::now(), Pulse::start(4));
    let calls = (0..20).map(|_| client.execute(deals::Search::new()));
    for outcome in join_all(calls).await {
        outcome.unwrap();
    }
    let took = start.elapsed();
    let refused = sandbox.requests().iter().filter(|request| request.status == Some(429)).count();
    // 5 a second: the last of 20 may leave after 3 seconds.
    println!("FIGURE limits: 20 searches: {took:?}, permitted 3 s, refused {refused}");
    assert_eq!(refused, 0);
    // Three times somebody waits for the next second.
    assert!(took < Duration::from_millis(3400) + pulse.worst() * 3, "{took:?}");
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
    let (start, pulse) = (Instant::now(), Pulse::start(1));
    client.execute(deals::Search::new()).await.unwrap();
    let took = start.elapsed();
    assert!(took < Duration::from_millis(1200) + pulse.worst(), "{took:?}");
    assert_eq!(sandbox.requests().len(), 6);
}

#[tokio::test]
async fn what_only_the_server_knows_is_told_by_its_answers() {
    let limits = Limits::NONE.calls_per_day(3);
    let sandbox = Sandbox::builder().enforce_limits(limits).start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    let daily = || client.head_room().into_iter().find(|room| room.name == "daily");
    assert_eq!(daily(), None, "nobody knows the account's plan yet");
    for left in [2, 1, 0] {
        client.execute(deals::List::new()).await.unwrap();
        assert_eq!(daily().map(|room| (room.limit, room.remaining)), Some((3, left)));
    }
    // The day is used up: that is told at once, and the server is not asked.
    let options = CallOptions::new().deadline(Duration::from_secs(30));
    let start = Instant::now();
    let error = client.execute_with(deals::Search::new(), options).await.unwrap_err();
    assert!(matches!(error, Error::DeadlineExceeded { limit: Some("daily"), .. }), "{error:?}");
    assert!(error.to_string().contains("the rate limit `daily` is used up"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert_eq!(sandbox.requests().len(), 3);
}

#[tokio::test]
async fn clients_that_were_built_apart_share_a_budget() {
    let sandbox = Sandbox::builder().enforce_limits(Limits::STARTER).start().await.unwrap();
    let budget = MemoryBudget::new();
    let clients: Vec<_> =
        (0..3).map(|_| client(&sandbox).shared_budget(budget.clone()).build().unwrap()).collect();
    let (start, pulse) = (Instant::now(), Pulse::start(1));
    let calls = (0..15).map(|number| clients[number % 3].execute(deals::Search::new()));
    for outcome in join_all(calls).await {
        outcome.unwrap();
    }
    let took = start.elapsed();
    let refused = sandbox.requests().iter().filter(|request| request.status == Some(429)).count();
    // 5 a second: the last of 15 may leave after 2 seconds.
    println!("FIGURE shared budget: 3 clients, 15 searches: {took:?}, permitted 2 s, refused {refused}");
    assert_eq!((refused, sandbox.requests().len()), (0, 15));
    // A client that is done has nobody to tell when its last request arrived: for two seconds it may be on its way.
    assert!(took < Duration::from_millis(4400) + pulse.worst() * 3, "{took:?}");
}

struct Broken;

impl SharedBudget for Broken {
    fn lease<'a>(&'a self, _: &'a Ask) -> BudgetFuture<'a> {
        Box::pin(async { Err(StoreError::new("the place is down")) })
    }
}

#[tokio::test]
async fn a_budget_that_cannot_be_reached_stops_nobody() {
    let sandbox = Sandbox::builder().enforce_limits(Limits::STARTER).start().await.unwrap();
    let client = client(&sandbox).shared_budget(Broken).build().unwrap();
    let calls = (0..10).map(|_| client.execute(deals::Search::new()));
    for outcome in join_all(calls).await {
        outcome.unwrap();
    }
    // By itself the client keeps the limit all the same.
    assert!(sandbox.requests().iter().all(|request| request.status == Some(200)));
}
