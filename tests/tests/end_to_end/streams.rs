//! Lists that go over several pages.

use futures_util::{StreamExt as _, TryStreamExt as _};
use serde_json::json;
use typed_connector_sandbox::Fault;
use typed_connector_tests::hubspot::contacts::{self, Contact};
use typed_connector_tests::hubspot::deals::{self, Deal};
use typed_connector_tests::wire::{Reply, Server};
use typed_connector_tests::{Bench, client};

#[tokio::test]
async fn a_list_gives_every_record_once_in_pages_as_large_as_the_api_allows() {
    let bench = Bench::seeded(250).await;
    let all: Vec<Deal> = bench.client.stream(deals::List::new()).try_collect().await.expect("all pages");
    assert_eq!(all.len(), 250);
    let mut ids: Vec<_> = all.iter().map(|deal| deal.id.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 250);

    let requests = bench.sandbox.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| request.query.contains("limit=100")));
    assert!(!requests[0].query.contains("after="));
    assert!(requests[1].query.contains("after="));
    assert_ne!(requests[1].query, requests[2].query);
}

#[tokio::test]
async fn a_search_goes_over_pages_and_keeps_its_filter_and_order() {
    let bench = Bench::seeded(30).await;
    let search = contacts::Search::new()
        .filter(Contact::EMAIL.has_value())
        .sort(Contact::EMAIL.descending())
        .properties(["email"])
        .limit(7);
    let all: Vec<Contact> = bench.client.stream(search).try_collect().await.expect("all pages");
    let emails: Vec<_> = all.iter().filter_map(|contact| contact.email.as_deref()).collect();
    assert_eq!(emails.len(), 30);
    assert!(emails.is_sorted_by(|left, right| left >= right), "{emails:?}");

    let bodies: Vec<_> =
        bench.sandbox.requests().iter().map(typed_connector_sandbox::LoggedRequest::json).collect();
    assert_eq!(bodies.len(), 5);
    for (page, body) in bodies.iter().enumerate() {
        assert_eq!(body["limit"], 7);
        assert_eq!(body["sorts"], json!(["-email"]));
        assert_eq!(body["filterGroups"], bodies[0]["filterGroups"]);
        let after = if page == 0 { json!(null) } else { json!((page * 7).to_string()) };
        assert_eq!(body["after"], after);
    }
}

#[tokio::test]
async fn a_page_can_be_taken_by_hand() {
    let bench = Bench::seeded(5).await;
    let first = bench.client.execute(deals::List::new().limit(2)).await.expect("a page");
    assert_eq!(first.items.len(), 2);
    let cursor = first.next.expect("there is more");
    let second = bench.client.execute(deals::List::new().limit(4).after(cursor)).await.expect("a page");
    assert_eq!(second.items.len(), 3);
    assert_eq!(second.next, None);
    assert!(first.items.iter().all(|deal| !second.items.contains(deal)));

    let found = bench.client.execute(deals::Search::new().limit(1)).await.expect("a page");
    assert_eq!(found.total, Some(5));
}

#[tokio::test]
async fn an_empty_list_is_an_empty_stream() {
    let bench = Bench::start().await;
    let all: Vec<Deal> = bench.client.stream(deals::List::new()).try_collect().await.expect("no pages");
    assert!(all.is_empty());
    assert_eq!(bench.sandbox.requests().len(), 1);
}

#[tokio::test]
async fn no_page_is_fetched_before_it_is_needed() {
    let bench = Bench::seeded(30).await;
    let stream = bench.client.stream(deals::List::new().limit(10));
    assert!(bench.sandbox.requests().is_empty());
    let some: Vec<_> = stream.take(10).try_collect().await.expect("one page");
    assert_eq!(some.len(), 10);
    assert_eq!(bench.sandbox.requests().len(), 1);
}

#[tokio::test]
async fn an_error_ends_the_stream_after_what_came_before_it() {
    let bench = Bench::seeded(30).await;
    let mut stream = bench.client.stream(deals::List::new().limit(10));
    for _ in 0..10 {
        stream.next().await.expect("an element").expect("of the first page");
    }
    bench.sandbox.inject(Fault::status(403));
    let error = stream.next().await.expect("an outcome").expect_err("the second page is refused");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(403));
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_server_that_repeats_its_cursor_does_not_keep_the_stream_running() {
    let page =
        json!({ "results": [{ "id": "1", "properties": {} }], "paging": { "next": { "after": "same" } } });
    let server = Server::start(move |_| Reply::json(200, &page)).await;
    let outcome = client(&server.url(), "t").stream(deals::List::new()).try_collect::<Vec<Deal>>().await;
    let error = outcome.expect_err("the list would never end");
    assert!(error.to_string().contains("the cursor `same` twice"), "{error}");
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn a_search_stops_where_the_api_stops_and_says_so() {
    // HubSpot refuses to go past 10,000 records, however many there are.
    let server = Server::start(|request| {
        let after: usize = request.json()["after"].as_str().map_or(0, |after| after.parse().unwrap_or(0));
        assert!(after < 10_000, "the API would answer 400");
        let records: Vec<_> =
            (after..after + 200).map(|id| json!({ "id": id.to_string(), "properties": {} })).collect();
        let next = json!({ "next": { "after": (after + 200).to_string() } });
        Reply::json(200, &json!({ "total": 12_345, "results": records, "paging": next }))
    })
    .await;
    let mut stream = client(&server.url(), "t").stream(deals::Search::new());
    let mut count = 0;
    while let Some(deal) = stream.next().await {
        deal.expect("no page fails");
        count += 1;
    }
    assert_eq!(count, 10_000);
    assert!(stream.is_truncated());
    assert_eq!(server.received().len(), 50);
}
