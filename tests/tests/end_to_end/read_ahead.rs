//! Pages that are asked for before they are needed.

use std::time::Duration;

use typed_connector_sandbox::Fault;
use typed_connector_tests::Bench;
use typed_connector_tests::hubspot::deals;

/// Long enough for what goes on by itself to have come to its end.
async fn settled(bench: &Bench, requests: usize) {
    for _ in 0..200 {
        if bench.sandbox.requests().len() >= requests {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
}

/// Tasks of this runtime, the sandbox's and the connections' included.
fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

#[tokio::test]
async fn so_many_pages_are_asked_for_while_the_consumer_is_busy_and_no_more() {
    for (ahead, requests) in [(0, 1), (1, 2), (3, 4), (usize::MAX, 10)] {
        let bench = Bench::seeded(100).await;
        let mut stream = bench.client.stream(deals::List::new().limit(10)).read_ahead(ahead);
        assert!(bench.sandbox.requests().is_empty(), "nothing is asked for before the first poll");
        let mut all = stream.next_page().await.expect("an outcome").expect("a page");
        // The consumer is busy and does not poll.
        settled(&bench, requests).await;
        assert_eq!(bench.sandbox.requests().len(), requests, "{ahead}");
        while let Some(page) = stream.next_page().await.expect("an outcome") {
            all.extend(page);
        }
        assert_eq!(bench.sandbox.requests().len(), 10, "{ahead}");
        assert_eq!(all.len(), 100);
        assert!(all.is_sorted_by_key(|deal| deal.hs_object_id), "in the order of the pages");
    }
}

#[tokio::test]
async fn a_stream_that_is_dropped_takes_its_request_and_its_task_with_it() {
    let bench = Bench::seeded(100).await;
    bench.client.execute(deals::List::new().limit(1)).await.expect("a connection is made");
    let mut stream = bench.client.stream(deals::List::new().limit(10)).read_ahead(2);
    stream.next_page().await.expect("an outcome");
    settled(&bench, 4).await;
    // Two pages are ready; the next one that is asked for hangs.
    bench.sandbox.inject(Fault::latency(Duration::from_secs(60)));
    stream.next_page().await.expect("an outcome");
    settled(&bench, 5).await;
    let with = tasks();
    drop(stream);
    for _ in 0..200 {
        if tasks() < with {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(tasks() < with, "the task is gone: {} of {with}", tasks());
    let requests = bench.sandbox.requests().len();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(bench.sandbox.requests().len(), requests, "nobody asks for more");
}

#[tokio::test]
async fn an_error_comes_after_the_pages_before_it_and_nothing_is_asked_for_then() {
    let bench = Bench::seeded(100).await;
    let mut stream = bench.client.stream(deals::List::new().limit(10)).read_ahead(5);
    let first = stream.next_page().await.expect("an outcome").expect("a page");
    assert_eq!(first.len(), 10);
    settled(&bench, 6).await;
    bench.sandbox.inject(Fault::status(403));
    let mut given = 0;
    let error = loop {
        match stream.try_next().await {
            Ok(Some(_)) => given += 1,
            Ok(None) => panic!("a page is refused"),
            Err(error) => break error,
        }
    };
    assert_eq!((given, error.status().map(|status| status.as_u16())), (50, Some(403)));
    assert!(stream.try_next().await.expect("it has ended").is_none());
    assert_eq!(bench.sandbox.requests().len(), 7);
}
