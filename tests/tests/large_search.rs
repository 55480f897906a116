//! A search that finds two and a half times what HubSpot gives of one; prints what it found.
//!
//! In a target of its own since it takes long; how the way past the 10,000 works is tested in `end_to_end/keyset.rs`.

use std::collections::HashSet;
use std::time::Instant;

use typed_connector_sandbox::Sandbox;
use typed_connector_tests::Bench;
use typed_connector_tests::hubspot::deals::{self, Deal};

#[tokio::test(flavor = "multi_thread")]
async fn a_search_gives_25_000_records_once_each_with_ties_and_without_an_order() {
    const COUNT: usize = 25_000;
    let bench = Bench::with(Sandbox::builder().seed(COUNT)).await;
    // 42 records have the same close date, in the mean.
    for order in [None, Some(Deal::CLOSEDATE.ascending())] {
        bench.sandbox.clear_requests();
        let (start, sorted) = (Instant::now(), order.is_some());
        let search = deals::Search::new().properties(["dealname", "closedate"]);
        let mut stream = bench.client.stream(order.map_or(search.clone(), |order| search.sort(order)));
        let mut found = Vec::new();
        while let Some(page) = stream.next_page().await.expect("pages") {
            found.extend(page);
        }
        assert_eq!(stream.truncated(), None);
        let unique = found.iter().map(|deal| deal.id.as_str()).collect::<HashSet<_>>().len();
        let (requests, time) = (bench.sandbox.requests(), start.elapsed());
        println!(
            "{}: {} records, {} unique, {} requests, {time:.1?}",
            if sorted { "by close date" } else { "without an order" },
            found.len(),
            unique,
            requests.len(),
        );
        assert_eq!((found.len(), unique), (COUNT, COUNT));
        assert!(requests.len() <= if sorted { 140 } else { 125 }, "{} pages of 200", requests.len());
        assert!(requests.iter().all(|request| request.status == Some(200)));
        assert!(requests.iter().all(|request| request.json()["after"].is_null()), "no offset is used");
        match sorted {
            false => assert!(found.is_sorted_by_key(|deal| deal.hs_object_id)),
            true => assert!(found.is_sorted_by_key(|deal| deal.closedate)),
        }
    }
}
