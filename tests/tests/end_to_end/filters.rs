//! Typed filters: every operator, as it travels and as it selects.

use serde_json::{Value, json};
use typed_connector::{Decimal, Filter, Timestamp};
use typed_connector_tests::Bench;
use typed_connector_tests::hubspot::deals::{self, Deal, DealStage, DealType};

/// Four deals: `alpha one` 10, `alpha two` 20, `beta one` 30, `beta two` without an amount.
async fn bench() -> Bench {
    let bench = Bench::start().await;
    let deal = |name: &str, stage: DealStage| deals::Create::new(name, stage);
    let actions = [
        deal("alpha one", DealStage::ClosedWon).amount(10).dealtype(DealType::NewBusiness),
        deal("alpha two", DealStage::ClosedLost).amount(20).dealtype(DealType::ExistingBusiness),
        deal("beta one", DealStage::ContractSent).amount(30),
        deal("beta two", DealStage::ContractSent),
    ];
    for (day, action) in (1..).zip(actions) {
        let close: Timestamp = format!("2026-06-{day:02}T00:00:00Z").parse().expect("a time");
        bench.client.execute(action.closedate(close)).await.expect("created");
    }
    bench
}

async fn names(bench: &Bench, filter: impl Into<Filter<Deal>>) -> Vec<String> {
    let search = deals::Search::new().filter(filter).sort(Deal::DEALNAME.ascending());
    let page = bench.client.execute(search).await.expect("found");
    page.into_iter().filter_map(|deal| deal.dealname).collect()
}

fn sent(bench: &Bench) -> Value {
    bench.last().json()["filterGroups"].clone()
}

#[tokio::test]
async fn comparing_numbers() {
    let bench = bench().await;
    assert_eq!(names(&bench, Deal::AMOUNT.eq(20)).await, ["alpha two"]);
    let filter = json!([{ "filters": [{ "propertyName": "amount", "operator": "EQ", "value": "20" }] }]);
    assert_eq!(sent(&bench), filter);
    assert_eq!(names(&bench, Deal::AMOUNT.gt(10)).await, ["alpha two", "beta one"]);
    assert_eq!(names(&bench, Deal::AMOUNT.gte(10)).await, ["alpha one", "alpha two", "beta one"]);
    assert_eq!(names(&bench, Deal::AMOUNT.lt(20)).await, ["alpha one"]);
    assert_eq!(names(&bench, Deal::AMOUNT.lte(Decimal::new(200, 1))).await, ["alpha one", "alpha two"]);
    assert_eq!(names(&bench, Deal::AMOUNT.between(15, 30)).await, ["alpha two", "beta one"]);
    let filter = json!([{ "filters": [
        { "propertyName": "amount", "operator": "BETWEEN", "value": "15", "highValue": "30" }
    ] }]);
    assert_eq!(sent(&bench), filter);
}

#[tokio::test]
async fn having_a_value_or_not() {
    let bench = bench().await;
    assert_eq!(names(&bench, Deal::AMOUNT.has_no_value()).await, ["beta two"]);
    let filter = json!([{ "filters": [{ "propertyName": "amount", "operator": "NOT_HAS_PROPERTY" }] }]);
    assert_eq!(sent(&bench), filter, "the API refuses a value here");
    assert_eq!(names(&bench, Deal::AMOUNT.has_value()).await.len(), 3);
}

#[tokio::test]
async fn choices_and_their_opposites() {
    let bench = bench().await;
    let closed = Deal::DEALSTAGE.is_in([DealStage::ClosedWon, DealStage::ClosedLost]);
    assert_eq!(names(&bench, closed).await, ["alpha one", "alpha two"]);
    let filter = json!([{ "filters": [
        { "propertyName": "dealstage", "operator": "IN", "values": ["closedwon", "closedlost"] }
    ] }]);
    assert_eq!(sent(&bench), filter);
    let open = Deal::DEALSTAGE.not_in(["closedwon", "closedlost"]);
    assert_eq!(names(&bench, open).await, ["beta one", "beta two"]);
    let other = Deal::DEALTYPE.has_value().and(Deal::DEALTYPE.neq(DealType::NewBusiness));
    assert_eq!(names(&bench, other).await, ["alpha two"]);
}

#[tokio::test]
async fn words_in_text() {
    let bench = bench().await;
    assert_eq!(names(&bench, Deal::DEALNAME.contains_token("alpha")).await, ["alpha one", "alpha two"]);
    assert_eq!(names(&bench, Deal::DEALNAME.contains_token("*eta")).await, ["beta one", "beta two"]);
    assert_eq!(names(&bench, Deal::DEALNAME.not_contains_token("one")).await, ["alpha two", "beta two"]);
}

#[tokio::test]
async fn times() {
    let bench = bench().await;
    let day: Timestamp = "2026-06-02T00:00:00Z".parse().expect("a time");
    assert_eq!(names(&bench, Deal::CLOSEDATE.gt(day)).await, ["beta one", "beta two"]);
    assert_eq!(names(&bench, Deal::CLOSEDATE.lte(day)).await, ["alpha one", "alpha two"]);
}

#[tokio::test]
async fn and_or_between_them() {
    let bench = bench().await;
    let small_or_none = Deal::AMOUNT.lt(15).or(Deal::AMOUNT.has_no_value());
    assert_eq!(names(&bench, small_or_none.clone()).await, ["alpha one", "beta two"]);
    assert_eq!(sent(&bench).as_array().map(Vec::len), Some(2));
    let and_beta = small_or_none.and(Deal::DEALNAME.contains_token("beta"));
    assert_eq!(names(&bench, and_beta).await, ["beta two"]);
    let groups = sent(&bench);
    assert_eq!(groups[0]["filters"].as_array().map(Vec::len), Some(2), "multiplied out: {groups}");
}

#[tokio::test]
async fn a_filter_that_the_api_would_refuse_is_not_sent() {
    let bench = Bench::start().await;
    let mut filter = Deal::AMOUNT.eq(0);
    for amount in 1..6 {
        filter = filter.or(Deal::AMOUNT.eq(amount));
    }
    let error = bench.client.execute(deals::Search::new().filter(filter)).await.expect_err("six groups");
    assert_eq!(
        error.to_string(),
        "deals.search: argument `filter`: 6 groups joined by OR, the API takes 5 at most"
    );
    assert!(bench.sandbox.requests().is_empty());
}

#[tokio::test]
async fn free_text_and_order() {
    let bench = bench().await;
    let search = deals::Search::new().query("beta").sort(Deal::AMOUNT.descending());
    let page = bench.client.execute(search).await.expect("found");
    assert_eq!(page.total, Some(2));
    let search = deals::Search::new().filter(Deal::AMOUNT.has_value()).sort(Deal::AMOUNT.descending());
    let amounts: Vec<_> =
        bench.client.execute(search).await.expect("found").into_iter().map(|deal| deal.amount).collect();
    assert_eq!(amounts, [30, 20, 10].map(|amount| Some(Decimal::from(amount))));
}
