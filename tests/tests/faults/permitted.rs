//! 500 mixed calls against a server that enforces HubSpot's limits: none is refused, and little time is lost.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use typed_connector::RetryPolicy;
use typed_connector_sandbox::{Limits, Sandbox};
use typed_connector_tests::hubspot::{self, contacts, deals};
use typed_connector_tests::pulse::Pulse;

use crate::{ALONE, Apart};

/// What is refused stays refused, and is seen.
fn client(sandbox: &Sandbox) -> hubspot::Client {
    let client = hubspot::Client::builder().base_url(sandbox.url()).access_token(sandbox.access_token());
    client.retry(RetryPolicy::none()).build().expect("the settings are sound")
}

/// A professional account: 190 calls per 10 seconds, and 5 searches per second beside them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_mixed_calls_are_never_refused_and_nearly_as_fast_as_permitted() {
    let _beside = ALONE.read().await;
    let limits = Limits::PROFESSIONAL;
    let sandbox = Apart::start(Sandbox::builder().seed(20).enforce_limits(limits)).await;
    let client = client(&sandbox);
    // Of ten calls: a search, three creates, three gets, two lists, an update.
    let begun = Instant::now();
    let calls = (0..500).map(|number: u32| {
        let client = client.clone();
        tokio::spawn(async move {
            let outcome = match number % 10 {
                0 if number.is_multiple_of(20) => client.execute(deals::Search::new()).await.map(drop),
                0 => client.execute(contacts::Search::new()).await.map(drop),
                1 | 2 => client.execute(deals::Create::new("x", "closedwon")).await.map(drop),
                3 => client.execute(contacts::Create::new().lastname("x")).await.map(drop),
                4 | 5 => client.execute(deals::List::new()).await.map(drop),
                6 => client.execute(contacts::List::new()).await.map(drop),
                7 | 8 => client.execute(deals::List::new().limit(1)).await.map(drop),
                _ => client.execute(contacts::List::new().limit(1)).await.map(drop),
            };
            (outcome, begun.elapsed())
        })
    });
    let mut order = Vec::new();
    for call in join_all(calls).await {
        let (outcome, ended) = call.expect("it ran");
        outcome.expect("no call fails");
        order.push(ended);
    }
    let wall = begun.elapsed();
    let refused = sandbox.requests().iter().filter(|request| request.status == Some(429)).count();
    // 450 others: 190 at once, 190 after ten seconds, the rest after twenty. 50 searches: the last after nine seconds.
    let permitted = Duration::from_secs(20);
    let share = permitted.as_secs_f64() / wall.as_secs_f64();
    println!(
        "FIGURE limits: 500 mixed calls in {:.2} s, permitted {:.0} s: {:.1} % of the permitted throughput, {refused} refused",
        wall.as_secs_f64(),
        permitted.as_secs_f64(),
        share * 100.0
    );
    assert_eq!((refused, sandbox.requests().len()), (0, 500));
    assert!(share >= 0.9, "{wall:?}");
}

/// Calls that ask in turn are let through in turn: nobody waits longer than the line is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_callers_get_the_same_share() {
    let _beside = ALONE.read().await;
    let sandbox = Apart::start(Sandbox::builder().enforce_limits(Limits::STARTER)).await;
    let client = client(&sandbox);
    let (ends, pulse) = (Instant::now() + Duration::from_secs(6), Pulse::start(8));
    let callers = (0..8).map(|_| {
        let client = client.clone();
        tokio::spawn(async move {
            let (mut calls, mut longest) = (0, Duration::ZERO);
            while Instant::now() < ends {
                let asked = Instant::now();
                client.execute(deals::Search::new()).await.expect("it waits its turn");
                (calls, longest) = (calls + 1, longest.max(asked.elapsed()));
            }
            (calls, longest)
        })
    });
    let shares: Vec<(u32, Duration)> =
        join_all(callers).await.into_iter().map(|caller| caller.expect("it ran")).collect();
    let counts = || shares.iter().map(|(calls, _)| *calls);
    let (least, most) = (counts().min().unwrap_or_default(), counts().max().unwrap_or_default());
    let longest = shares.iter().map(|(_, longest)| *longest).max().unwrap_or_default();
    println!(
        "FIGURE fairness: 8 callers for 6 s at 5 searches a second: {least} to {most} calls each, the longest wait {longest:?}"
    );
    // Those that leave together are answered, and ask again, in any order.
    assert!(most - least <= 3, "{shares:?}");
    // Eight in the line, five a second.
    assert!(longest < Duration::from_millis(2400) + pulse.worst() * 2, "{longest:?} {:?}", pulse.worst());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_first_is_sent_first() {
    let _beside = ALONE.read().await;
    let sandbox = Apart::start(Sandbox::builder().enforce_limits(Limits::STARTER)).await;
    let client = client(&sandbox);
    // Polled in this order.
    let calls = (0..25).map(|number| client.execute(deals::Search::new().query(format!("number {number}"))));
    for outcome in join_all(calls).await {
        outcome.expect("it waits its turn");
    }
    let order = sandbox.requests().into_iter().map(|request| {
        request.json()["query"].as_str().and_then(|query| query[7..].parse::<usize>().ok()).expect("a number")
    });
    let moved = order.enumerate().map(|(at, number)| at.abs_diff(number)).max().unwrap_or_default();
    println!(
        "FIGURE fairness: 25 searches at 5 a second arrive at most {moved} places from where they asked"
    );
    // Five leave together, and can overtake each other on the way.
    assert!(moved < 5, "{moved}");
}
