//! Whatever the values are: they arrive as they were given, and nothing of an answer is lost.

use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;
use typed_connector::{Decimal, Error, Record as _, Timestamp};
use typed_connector_tests::client;
use typed_connector_tests::hubspot::deals::{self, Deal, DealStage};
use typed_connector_tests::hubspot::{self, Connector};
use typed_connector_tests::wire::{Received, Reply, Server};

const CASES: u32 = 300;

fn cases() -> ProptestConfig {
    ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() }
}

/// A server that answers with what it received, as the record of a deal.
fn echo(request: &Received) -> Reply {
    let sent = request.json();
    let path = request.target().split('?').next().unwrap_or_default();
    let id = path.rsplit('/').next().unwrap_or_default();
    let id = percent_decode(id);
    if path.ends_with("/search") {
        let name = sent["query"].clone();
        let filter = sent["filterGroups"][0]["filters"][0]["value"].clone();
        let deal = json!({ "id": "1", "properties": { "dealname": name, "description": filter } });
        return Reply::json(200, &json!({ "total": 1, "results": [deal] }));
    }
    Reply::json(200, &json!({ "id": id, "properties": sent["properties"] }))
}

fn percent_decode(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).expect("two digits"));
        bytes.extend(&piece.as_bytes()[2..]);
    }
    String::from_utf8(bytes).expect("UTF-8")
}

fn bench(reply: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> (Runtime, Server, hubspot::Client) {
    let runtime = Runtime::new().expect("a runtime");
    let server = runtime.block_on(Server::start(reply));
    let client = client(&server.url(), "t");
    (runtime, server, client)
}

#[test]
fn any_text_survives_as_property_id_keyword_and_filter() {
    let (runtime, _server, client) = bench(echo);
    proptest!(cases(), |(text in any::<String>(), id in any::<String>())| {
        runtime.block_on(async {
            let action = deals::Update::new(1).dealname(&*text).property("custom", &*text).description("x");
            let deal = client.execute(action).await.expect("updated");
            assert_eq!(deal.dealname.as_ref(), Some(&text));
            assert_eq!(deal.extra.get("custom"), Some(&json!(text)));

            let search = deals::Search::new().query(&*text).filter(Deal::DEALNAME.eq(&*text));
            let page = client.execute(search).await.expect("found");
            assert_eq!(page.items[0].dealname.as_ref(), Some(&text));
            assert_eq!(page.items[0].description.as_ref(), Some(&text));

            match client.execute(deals::Get::new(&*id)).await {
                Ok(deal) => assert_eq!(deal.id.as_str(), id),
                Err(Error::InvalidArgument { .. }) => assert!(matches!(&*id, "" | "." | ".."), "{id:?}"),
                Err(error) => panic!("{id:?}: {error}"),
            }
        });
    });
}

#[test]
fn any_number_time_and_choice_survives() {
    let (runtime, _server, client) = bench(echo);
    let sums = (any::<i64>(), 0u32..=20).prop_map(|(digits, scale)| Decimal::new(digits, scale));
    let times = (-62_135_596_800_000_i64..253_402_300_799_999)
        .prop_map(|millis| Timestamp::from_millisecond(millis).expect("in the years 1 to 9999"));
    proptest!(cases(), |(sum in sums, time in times, real in proptest::num::f64::NORMAL, stage in ".+")| {
        runtime.block_on(async {
            let action = deals::Update::new(1)
                .amount(sum)
                .closedate(time)
                .hs_forecast_probability(real)
                .dealstage(&*stage);
            let deal = client.execute(action).await.expect("updated");
            assert!(deal.extra.warnings().is_empty(), "{:?}", deal.extra);
            assert_eq!(deal.amount, Some(sum));
            assert_eq!(deal.amount.map(|sum| sum.scale()), Some(sum.scale()), "its digits are kept");
            assert_eq!(deal.closedate, Some(time));
            assert_eq!(deal.hs_forecast_probability, Some(real));
            assert_eq!(deal.dealstage, Some(DealStage::from(&*stage)));
        });
    });
}

/// Any JSON, three levels deep, with keys that the spec knows among others.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[0-9]{1,13}|-?[0-9]+\\.[0-9]+|true|false|a;b|;|2026-[01][0-9]-[0-3][0-9]|".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key(), inner), 0..4)
                .prop_map(|pairs| Value::Object(Map::from_iter(pairs))),
        ]
    })
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof!["results|paging|next|after|id|value|category|context|x", any::<String>()]
}

fn property() -> impl Strategy<Value = String> {
    let declared: Vec<_> = Deal::default().shape().property_names().map(str::to_owned).collect();
    prop_oneof![3 => prop::sample::select(declared), 1 => any::<String>()]
}

fn envelope() -> impl Strategy<Value = String> {
    let known = ["createdAt", "archived", "url", "new", "associations", "propertiesWithHistory", "warnings"];
    prop_oneof![prop::sample::select(known.map(str::to_owned).to_vec()), any::<String>()]
}

/// Whether a value says nothing: HubSpot's two ways to write none, and what holds only such.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty() || text.chars().all(|c| c == ';' || c.is_whitespace()),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.values().all(says_nothing),
        _ => false,
    }
}

#[track_caller]
fn assert_kept(deal: &Deal, name: &str, value: &Value, read: &Value) {
    let warned = deal.extra.warnings().iter().any(|warning| {
        warning.field.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '/']))
    });
    let unknown = deal.extra.unknown().any(|(key, kept)| key == name && kept == value);
    let typed = read.get(name).is_some_and(|read| !read.is_null());
    assert!(warned || unknown || typed || says_nothing(value), "{name}: {value} is gone from {deal:?}");
}

#[test]
fn no_answer_makes_decoding_panic_or_loses_a_value() {
    let answer = Arc::new(Mutex::new(Value::Null));
    let shared = Arc::clone(&answer);
    let (runtime, _server, client) = bench(move |_| Reply::json(200, &shared.lock().expect("not poisoned")));
    let properties = prop::collection::vec((property(), any_json()), 0..8);
    let others = prop::collection::vec((envelope(), any_json()), 0..4);
    proptest!(cases(), |(properties in properties, others in others)| {
        let properties = Map::from_iter(properties);
        let mut body = Map::from_iter(others);
        body.retain(|key, _| key != "id" && key != "properties");
        let mut whole = body.clone();
        whole.insert("id".into(), "7".into());
        whole.insert("properties".into(), Value::Object(properties.clone()));
        *answer.lock().expect("not poisoned") = Value::Object(whole);
        let outcome = runtime.block_on(client.execute(deals::Get::new(7)));
        // Required fields of nested objects are the one thing that can be missing.
        if let Err(Error::Decode(error)) = &outcome {
            assert!(error.problem.contains("lacks"), "{error}");
            return Ok(());
        }
        let deal = outcome.expect("it decodes");
        let read = deal.to_json();
        for (name, value) in &properties {
            assert_kept(&deal, name, value, &read["properties"]);
        }
        for (name, value) in &body {
            assert_kept(&deal, name, value, &read);
        }
        // What was read can be shown, copied and compared.
        assert_eq!(deal.clone(), deal);
        let _ = format!("{deal:?}");
    });
}

#[test]
fn any_answer_at_all_is_a_value_or_an_error() {
    let answer = Arc::new(Mutex::new((200, Vec::new())));
    let shared = Arc::clone(&answer);
    let (runtime, _server, client) = bench(move |_| {
        let (status, body) = shared.lock().expect("not poisoned").clone();
        Reply::new(status, &[], body)
    });
    let text = any_json().prop_map(|json| json.to_string().into_bytes());
    let bodies = prop_oneof![text, prop::collection::vec(any::<u8>(), 0..200)];
    proptest!(cases(), |(status in 200u16..600, body in bodies)| {
        prop_assume!(!matches!(status, 204 | 205 | 304));
        *answer.lock().expect("not poisoned") = (status, body);
        runtime.block_on(async {
            drop(client.execute(deals::Get::new(7)).await);
            drop(client.execute(deals::List::new()).await);
            drop(client.execute(deals::BatchRead::new([deals::DealReadInput::new(7)])).await);
            drop(client.execute(deals::Delete::new(7)).await);
        });
    });
}

#[test]
fn no_redirect_is_taken_for_ours_that_is_not() {
    let profile =
        typed_connector::auth::AuthorizationProfile::new::<Connector>("id", "secret", "http://localhost/");
    let profile = profile.expect("a profile").token_url("https://localhost:1/token");
    let request = profile.authorize().expect("a link");
    let runtime = Runtime::new().expect("a runtime");
    proptest!(cases(), |(redirect in any::<String>(), state in any::<String>())| {
        prop_assume!(state != request.state);
        for redirect in [redirect, format!("http://localhost/?code=x&state={state}")] {
            let error = runtime.block_on(profile.exchange(&request, &redirect)).expect_err("not ours");
            assert!(matches!(error, typed_connector::auth::AuthError::StateMismatch), "{error:?}");
        }
    });
}
