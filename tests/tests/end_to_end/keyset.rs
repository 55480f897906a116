//! Searches that find more than the API gives.

use std::collections::HashSet;

use serde_json::{Value, json};
use typed_connector::rust_decimal::prelude::ToPrimitive as _;
use typed_connector_sandbox::LoggedRequest;
use typed_connector_tests::hubspot::deals::{self, Deal};
use typed_connector_tests::wire::{Received, Reply, Server};
use typed_connector_tests::{Bench, client};

/// Takes everything; the stream must not fall short.
async fn all(client: &typed_connector_tests::hubspot::Client, search: deals::Search) -> Vec<Deal> {
    let mut stream = client.stream(search);
    let mut all = Vec::new();
    while let Some(page) = stream.next_page().await.expect("pages") {
        all.extend(page);
    }
    assert_eq!(stream.truncated(), None);
    all
}

fn unique(deals: &[Deal]) -> usize {
    deals.iter().map(|deal| deal.id.as_str()).collect::<HashSet<_>>().len()
}

#[tokio::test]
async fn more_records_may_have_one_value_than_a_page_holds() {
    let bench = Bench::seeded(700).await;
    // Seven values, a hundred records each.
    let search = deals::Search::new().sort(Deal::HS_DEAL_STAGE_PROBABILITY.descending()).limit(30);
    let found = all(&bench.client, search).await;
    assert_eq!((found.len(), unique(&found)), (700, 700));
    assert!(found.is_sorted_by(|a, b| a.hs_deal_stage_probability >= b.hs_deal_stage_probability));
    let requests = bench.sandbox.requests().len();
    assert!((24..60).contains(&requests), "{requests}");
}

#[tokio::test]
async fn a_filter_is_kept_and_the_conditions_are_added_to_each_of_its_groups() {
    let bench = Bench::seeded(60).await;
    let filter = Deal::DEALSTAGE.eq("closedwon").or(Deal::AMOUNT.gte(5000).and(Deal::DEALNAME.has_value()));
    let found = all(&bench.client, deals::Search::new().filter(filter.clone()).limit(5)).await;
    let bodies: Vec<_> = bench.sandbox.requests().iter().map(LoggedRequest::json).collect();
    assert_eq!(found.len(), unique(&found));
    let total = bodies.len();
    assert!(total > 5, "{total}");
    assert_eq!(bodies[0]["filterGroups"][0]["filters"].as_array().map(Vec::len), Some(1));
    for body in &bodies[1..] {
        let groups = body["filterGroups"].as_array().expect("groups");
        let sizes: Vec<_> =
            groups.iter().map(|group| group["filters"].as_array().map_or(0, Vec::len)).collect();
        assert_eq!(sizes, [2, 3]);
        assert_eq!(groups[1]["filters"][2]["propertyName"], "hs_object_id");
        assert_eq!(groups[1]["filters"][2]["operator"], "GT");
        assert_eq!(body["sorts"], json!(["hs_object_id"]));
    }
    let once = bench.client.execute(deals::Search::new().filter(filter).limit(200)).await.expect("one page");
    assert_eq!(found.len(), once.items.len());
}

#[tokio::test]
async fn what_the_way_needs_is_added_to_a_selection() {
    let bench = Bench::seeded(30).await;
    let search = deals::Search::new().properties(["dealname"]).sort(Deal::AMOUNT.ascending()).limit(10);
    assert_eq!(all(&bench.client, search).await.len(), 30);
    assert_eq!(bench.last().json()["properties"], json!(["dealname", "hs_object_id", "amount"]));
}

/// A search as HubSpot has it, over records with `amount`s, in which nobody can rely on an order among equals: each request
/// shuffles them anew.
fn adversary(amounts: Vec<Option<&'static str>>) -> impl Fn(&Received) -> Reply {
    let turn = std::sync::atomic::AtomicU64::new(1);
    move |request| {
        let body = request.json();
        let turn = turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let mut found: Vec<(u64, Option<&str>)> = (1..)
            .zip(amounts.iter().copied())
            .filter(|record| matches(&body["filterGroups"], record))
            .collect();
        let shuffled = |id: u64| id.wrapping_add(turn).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
        let sort = body["sorts"][0].as_str().unwrap_or("hs_object_id");
        found.sort_by(|left, right| {
            let (name, descending) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
            if name == "hs_object_id" {
                return left.0.cmp(&right.0);
            }
            let number = |record: &(u64, Option<&str>)| record.1.and_then(|text| text.parse::<f64>().ok());
            // Records without a value come first or last, as it likes.
            let (l, r) = (number(left), number(right));
            let none_first = turn.is_multiple_of(2) == l.is_none();
            let order = match (l, r) {
                (Some(l), Some(r)) => {
                    if descending {
                        r.total_cmp(&l)
                    } else {
                        l.total_cmp(&r)
                    }
                }
                (None, None) => std::cmp::Ordering::Equal,
                _ if none_first => std::cmp::Ordering::Less,
                _ => std::cmp::Ordering::Greater,
            };
            order.then(shuffled(left.0).cmp(&shuffled(right.0)))
        });
        let size = usize::try_from(body["limit"].as_u64().unwrap_or(10)).unwrap_or(10);
        let start: usize = body["after"].as_str().map_or(0, |after| after.parse().unwrap_or(0));
        let records: Vec<_> = found
            .iter()
            .skip(start)
            .take(size)
            .map(|(id, amount)| {
                json!({ "id": id.to_string(),
                    "properties": { "hs_object_id": id.to_string(), "amount": amount, "dealname": format!("deal {id}") } })
            })
            .collect();
        let more = start + size < found.len();
        let paging = more.then(|| json!({ "next": { "after": (start + size).to_string() } }));
        Reply::json(200, &json!({ "total": found.len(), "results": records, "paging": paging }))
    }
}

/// Groups joined by OR, of filters joined by AND.
fn matches(groups: &Value, (id, amount): &(u64, Option<&str>)) -> bool {
    let Some(groups) = groups.as_array() else { return true };
    groups.iter().any(|group| {
        group["filters"].as_array().into_iter().flatten().all(|filter| {
            let value = match filter["propertyName"].as_str() {
                Some("hs_object_id") => Some(id.to_string()),
                _ => amount.map(str::to_owned),
            };
            let number = value.as_deref().and_then(|text| text.parse::<f64>().ok());
            let wanted = filter["value"].as_str().and_then(|text| text.parse::<f64>().ok());
            match filter["operator"].as_str().unwrap_or_default() {
                "HAS_PROPERTY" => value.is_some(),
                "NOT_HAS_PROPERTY" => value.is_none(),
                "EQ" => number.is_some() && number == wanted,
                "GT" => number > wanted,
                "GTE" => number >= wanted,
                "LT" => number.is_some() && number < wanted,
                "LTE" => number.is_some() && number <= wanted,
                other => panic!("{other}"),
            }
        })
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn no_order_among_equal_values_is_relied_on() {
    // Values that are written differently and are the same, and such that are one only as floating point numbers.
    const AMOUNTS: [Option<&str>; 8] = [
        Some("1"),
        Some("1.0"),
        Some("1.00"),
        None,
        Some("-3.5"),
        Some("0.1"),
        Some("0.10000000000000000001"),
        Some("1000000"),
    ];
    // Pages of one record up to all of them; few values and many.
    for (kinds, size) in [(1, 10), (2, 7), (3, 10), (4, 1), (5, 20), (8, 3), (8, 10), (8, 200)] {
        let amounts: Vec<_> = (0..150).map(|i| AMOUNTS[(i * i + i / 7) % kinds]).collect();
        let wanted = amounts.iter().flatten().count();
        let server = Server::start(adversary(amounts)).await;
        let client = client(&server.url(), "t");
        for order in [Deal::AMOUNT.ascending(), Deal::AMOUNT.descending()] {
            let found = all(&client, deals::Search::new().sort(order).limit(size)).await;
            assert_eq!((found.len(), unique(&found)), (150, 150), "{kinds} values, pages of {size}");
            let values: Vec<_> = found.iter().filter_map(|deal| deal.amount?.to_f64()).collect();
            assert_eq!(values.len(), wanted);
            let (up, down) = (values.is_sorted(), values.is_sorted_by(|a, b| a >= b));
            assert!(up || down, "{kinds} values, pages of {size}: {values:?}");
            // On one page they come as the server likes.
            assert!(size == 200 || found[values.len()..].iter().all(|deal| deal.amount.is_none()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_query_leaves_no_way_the_list_says_so() {
    let server = Server::start(|request| {
        let body = request.json();
        let start: usize = body["after"].as_str().map_or(0, |after| after.parse().unwrap_or(0));
        let size = usize::try_from(body["limit"].as_u64().unwrap_or(10)).unwrap_or(10);
        assert!(start + size <= 10_000, "HubSpot would answer 400");
        let records: Vec<_> = (start..start + size)
            .map(|id| {
                let id = id.to_string();
                json!({ "id": id, "properties": { "hs_object_id": id, "dealname": format!("{id:05}") } })
            })
            .collect();
        let next = json!({ "next": { "after": (start + size).to_string() } });
        Reply::json(200, &json!({ "total": 12_345, "results": records, "paging": next }))
    })
    .await;
    let full = (0..5).fold(Deal::AMOUNT.gte(0), |filter, _| filter.and(Deal::AMOUNT.gte(0)));
    let cases = [
        (deals::Search::new().sort(Deal::DEALNAME.ascending()), "it is sorted by `dealname`"),
        (
            deals::Search::new().sort(typed_connector::Property::<Deal, String>::new("own").ascending()),
            "sorted by `own`",
        ),
        (deals::Search::new().filter(full), "its filter leaves no room for 1 more condition"),
        (deals::Search::new().after("0").limit(170), "it begins at a cursor"),
    ];
    for (search, reason) in cases {
        let mut stream = client(&server.url(), "t").stream(search).read_ahead(1);
        let mut count = 0;
        while let Some(page) = stream.next_page().await.expect("pages") {
            count += page.len();
        }
        let truncated = stream.truncated().expect("there are more");
        assert_eq!((count, truncated.cap, truncated.total), (10_000, 10_000, Some(12_345)));
        assert!(truncated.reason.contains(reason), "{truncated}");
        assert!(
            truncated.to_string().starts_with("the list ends after 10000 records of 12345: "),
            "{truncated}"
        );
    }
}

#[tokio::test]
async fn a_server_that_ignores_filters_or_order_is_found_out() {
    let record = |id: u32| json!({ "id": id.to_string(), "properties": { "hs_object_id": id.to_string(), "amount": "1" } });
    for ids in [[1, 2, 3], [3, 2, 1], [1, 2, 2]] {
        let records: Vec<_> = ids.map(record).into();
        let server = Server::start(move |_| {
            Reply::json(200, &json!({ "results": records, "paging": { "next": { "after": "3" } } }))
        })
        .await;
        let mut stream = client(&server.url(), "t").stream(deals::Search::new());
        let error = loop {
            match stream.next_page().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("no page is the last"),
                Err(error) => break error,
            }
        };
        assert!(error.to_string().contains("does not keep the order by `hs_object_id`"), "{error}");
        assert!(server.received().len() <= 2);
    }
}
