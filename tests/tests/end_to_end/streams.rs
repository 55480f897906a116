//! Lists that go over several pages.

use futures_util::{StreamExt as _, TryStreamExt as _};
use serde_json::json;
use typed_connector::Error;
use typed_connector_sandbox::Fault;
use typed_connector_tests::hubspot::contacts::{self, Contact};
use typed_connector_tests::hubspot::deals::{self, Deal};
use typed_connector_tests::wire::{Received, Reply, Server};
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

/// A page of deals with these ids, in a list's form.
fn page(ids: impl IntoIterator<Item = usize>, next: Option<&str>) -> Reply {
    let records: Vec<_> =
        ids.into_iter().map(|id| json!({ "id": id.to_string(), "properties": {} })).collect();
    let paging = next.map(|next| json!({ "next": { "after": next } }));
    Reply::json(200, &json!({ "results": records, "paging": paging }))
}

/// The cursor that a request asks for.
fn cursor(request: &Received) -> Option<String> {
    let (_, query) = request.target().split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix("after=")).map(str::to_owned)
}

#[tokio::test]
async fn a_server_that_repeats_its_cursor_does_not_keep_the_stream_running() {
    let server = Server::start(|_| page([1], Some("same"))).await;
    let outcome = client(&server.url(), "t").stream(deals::List::new()).try_collect::<Vec<Deal>>().await;
    let error = outcome.expect_err("the list would never end");
    assert!(matches!(error, Error::Pagination { action: "deals.list", .. }), "{error:?}");
    assert!(error.to_string().contains("the cursor `same` twice"), "{error}");
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn a_server_whose_cursors_lead_in_a_circle_does_not_keep_the_stream_running() {
    let server = Server::start(|request| {
        let next = match cursor(request).as_deref() {
            Some("a") => "b",
            Some("b") => "c",
            _ => "a",
        };
        page([1], Some(next))
    })
    .await;
    for ahead in [0, 1, 5] {
        let before = server.received().len();
        let mut stream = client(&server.url(), "t").stream(deals::List::new()).read_ahead(ahead);
        let mut given = 0;
        let error = loop {
            match stream.try_next().await {
                Ok(Some(_)) => given += 1,
                Ok(None) => panic!("no page is the last"),
                Err(error) => break error,
            }
        };
        assert!(error.to_string().contains("the cursor `a` twice"), "{error}");
        assert_eq!((given, server.received().len() - before), (3, 4), "{ahead}");
        assert!(stream.try_next().await.expect("it has ended").is_none());
    }
}

#[tokio::test]
async fn empty_pages_are_passed_over_but_not_for_ever() {
    let server = Server::start(|request| match cursor(request).as_deref() {
        None => page([1], Some("1")),
        Some("4") => page([2], Some("5")),
        Some("6") => page([], None),
        Some(number) => page([], Some(&(number.parse::<u32>().expect("a number") + 1).to_string())),
    })
    .await;
    let mut stream = client(&server.url(), "t").stream(deals::List::new());
    let mut pages = Vec::new();
    while let Some(page) = stream.next_page().await.expect("pages") {
        pages.push(page.len());
    }
    assert_eq!((pages, server.received().len()), (vec![1, 1], 7));

    let count = std::sync::atomic::AtomicU32::new(0);
    let server = Server::start(move |_| {
        page([], Some(&count.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_string()))
    })
    .await;
    let error = client(&server.url(), "t").stream(deals::List::new()).try_next().await.expect_err("no end");
    assert!(error.to_string().contains("more than 1000 pages in a row were empty"), "{error}");
    assert_eq!(server.received().len(), 1001);
}

#[tokio::test]
async fn pages_and_single_elements_can_be_taken_in_turn() {
    let bench = Bench::seeded(25).await;
    let mut stream = bench.client.stream(deals::List::new().limit(10));
    assert_eq!(stream.total(), None);
    let first = stream.try_next().await.expect("an outcome").expect("an element");
    let rest = stream.next_page().await.expect("an outcome").expect("the rest of the page");
    assert_eq!(rest.len(), 9);
    assert!(!rest.contains(&first));
    assert_eq!(stream.next_page().await.expect("an outcome").map(|page| page.len()), Some(10));
    assert_eq!(stream.next_page().await.expect("an outcome").map(|page| page.len()), Some(5));
    assert_eq!(stream.next_page().await.expect("an outcome"), None);
    assert!(stream.truncated().is_none());
}
