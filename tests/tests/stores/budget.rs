//! A rate budget that processes share through PostgreSQL: together they stay within the API's limits, and waste little of them.

use std::time::{Duration, Instant};

use typed_connector::auth::{Key, PostgresStore};
use typed_connector::{HeadRoom, RetryPolicy};
use typed_connector_sandbox::{Limits, Sandbox};
use typed_connector_tests::hubspot::{self, deals};
use typed_connector_tests::shown;

use crate::postgres_server::{own, shared};
use crate::worker::Worker;

/// A professional account: 190 calls per 10 seconds, and 5 searches per second beside them.
async fn sandbox() -> Sandbox {
    Sandbox::builder().enforce_limits(Limits::PROFESSIONAL).start().await.expect("the sandbox starts")
}

fn refused(sandbox: &Sandbox) -> usize {
    sandbox.requests().iter().filter(|request| request.status == Some(429)).count()
}

/// A client whose budget is that database's.
async fn sharing(sandbox: &Sandbox, url: &str, key: Key) -> hubspot::Client {
    let store = PostgresStore::connect(url, key).await.map_err(|error| shown(&error)).expect("connected");
    let client = hubspot::Client::builder().base_url(sandbox.url()).access_token(sandbox.access_token());
    let client = client.shared_budget(store).retry(RetryPolicy::none());
    client.build().expect("the settings are sound")
}

#[tokio::test(flavor = "multi_thread")]
async fn four_processes_keep_one_limit_together() {
    let Some(server) = shared() else { return };
    let (url, key) = (server.database().await, Key::generate().expect("randomness"));
    let (sandbox, calls) = (sandbox().await, 110);
    let arguments = ["limit", &url, &sandbox.url(), &sandbox.access_token(), &calls.to_string()];
    let mut workers: Vec<_> = (0..4).map(|_| Worker::start(&key, None, &arguments)).collect();
    for worker in &mut workers {
        worker.expect("ready");
    }
    let begun = Instant::now();
    workers.iter_mut().for_each(Worker::go);
    let mut shares = Vec::new();
    for worker in &mut workers {
        let (succeeded, errors) = tokio::task::block_in_place(|| worker.done());
        assert!(errors.is_empty(), "{errors}");
        shares.push((succeeded, begun.elapsed().as_secs_f64()));
    }
    let wall = begun.elapsed().as_secs_f64();
    // 396 others: 190 at once, 190 after ten seconds, 16 after twenty. 44 searches: the last after eight seconds.
    let permitted = 20.0;
    println!(
        "FIGURE shared budget: 4 processes × {calls} calls in {wall:.2} s, permitted {permitted} s: {:.1} % of the permitted \
         throughput, {} refused; each by its end: {shares:.1?}",
        permitted / wall * 100.0,
        refused(&sandbox)
    );
    assert_eq!((refused(&sandbox), sandbox.requests().len()), (0, 4 * calls));
    assert!(permitted / wall >= 0.85, "{wall}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_dies_with_a_lease_costs_no_more_than_the_window() {
    let Some(server) = shared() else { return };
    let (url, key) = (server.database().await, Key::generate().expect("randomness"));
    let sandbox = sandbox().await;
    let arguments = ["limit", &url, &sandbox.url(), &sandbox.access_token(), "400"];
    let mut worker = Worker::start(&key, None, &arguments);
    worker.expect("ready");
    worker.go();
    // It is in the middle of it, with leases that it does not settle any more.
    while sandbox.requests().len() < 100 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    worker.kill();
    let killed = Instant::now();
    let client = sharing(&sandbox, &url, key).await;
    let mut after = Duration::ZERO;
    for number in 0..190 {
        client.execute(deals::List::new().limit(1)).await.map_err(|error| shown(&error)).expect("listed");
        if number == 0 {
            after = killed.elapsed();
        }
    }
    let all = killed.elapsed();
    println!(
        "FIGURE shared budget: after a process was killed in the middle, another's first call came after {after:.2?}, and 190 were \
         through after {all:.2?}; {} refused",
        refused(&sandbox)
    );
    assert_eq!(refused(&sandbox), 0);
    // The window, a lease's second, and what 190 calls take.
    assert!(all < Duration::from_secs(14), "{all:?}");
    let room =
        client.head_room().into_iter().find(|room: &HeadRoom| room.name == "default").expect("it is there");
    assert!(room.limit == 190 && room.remaining < 100, "{room:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_down_for_a_while_holds_up_nobody() {
    let Some(server) = own() else { return };
    let (url, key) = (server.database().await, Key::generate().expect("randomness"));
    let sandbox = sandbox().await;
    let client = sharing(&sandbox, &url, key).await;
    let database = url.rsplit_once('/').expect("a database").1;
    let used = "SELECT max(used_at) FROM typed_connector_budgets";
    client.execute(deals::List::new().limit(1)).await.map_err(|error| shown(&error)).expect("listed");
    let before = server.execute(database, used).await;
    let calling = tokio::spawn(async move {
        let (mut longest, mut calls, begun) = (Duration::ZERO, 0, Instant::now());
        while begun.elapsed() < Duration::from_secs(5) {
            let asked = Instant::now();
            let call = client.execute(deals::List::new().limit(1));
            call.await.map_err(|error| shown(&error)).expect("listed");
            (longest, calls) = (longest.max(asked.elapsed()), calls + 1);
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        (longest, calls)
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    tokio::task::block_in_place(|| server.crash_and_restart(Duration::from_millis(500)));
    let (longest, calls) = calling.await.expect("no call fails");
    let after = server.execute(database, used).await;
    println!(
        "FIGURE shared budget: {calls} calls while its server crashed and came back, the longest took {longest:.2?}"
    );
    assert!(longest < Duration::from_secs(4), "{longest:?}");
    assert_eq!(refused(&sandbox), 0);
    assert!(after > before, "it is asked again: {before:?} {after:?}");
}
