//! Kinds of arguments and answers that HubSpot's actions have none of: unions, files, forms, whole and raw bodies, keys in the query.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use typed_connector::dynamic::Connector;
use typed_connector::{Bytes, CallOptions, Date, Decimal, File, SignedDuration};
use typed_connector_tests::everything::{self, things};
use typed_connector_tests::wire::Reply;
use typed_connector_tests_dynamic::kinds::shapes::{self, Circle, Colour, Either, Holder, Shape, Square};
use typed_connector_tests_dynamic::{habits, kinds};

use crate::run::{Run, Wire, records};

records!(Holder, things::Thing, habits::pages::Entry, habits::payments::Payment);

impl Wire for Bytes {
    fn wire(&self) -> Value {
        typed_connector::Element::to_datum(self).map(|_| json!(base64(&self.0))).unwrap_or_default()
    }
}

impl Wire for Option<Colour> {
    fn wire(&self) -> Value {
        json!(self.as_ref().map(Colour::as_str))
    }
}

impl Wire for Vec<Date> {
    fn wire(&self) -> Value {
        self.iter().map(|day| json!(day.to_string())).collect()
    }
}

impl Wire for Vec<things::Thing> {
    fn wire(&self) -> Value {
        self.iter().map(|thing| json!({ "id": thing.id.as_str() })).collect()
    }
}

impl Wire for i64 {
    fn wire(&self) -> Value {
        json!(self)
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn own() -> Connector {
    Connector::load(concat!(env!("CARGO_MANIFEST_DIR"), "/kinds")).expect("it is sound")
}

#[tokio::test]
async fn unions_and_objects_that_contain_themselves() {
    let run = Run::<kinds::Connector>::start(own()).await;
    let small = Circle::new(Decimal::new(25, 1)).note("inner");
    let outer = Circle::new(Decimal::from(4))
        .corners([Shape::from(small.clone()), Square::new(3).colour(Colour::Red).into()]);
    let by_name = BTreeMap::from([("first".to_owned(), Either::from(Square::new(1)))]);
    let next = Holder::new(Square::new(7)).many(Vec::<Either>::new());
    let typed = Holder::new(outer).by_name(by_name).many([Either::from(small)]).next(next);
    let arguments = json!({
        "shape": {
            "kind": "circle", "radius": "4",
            "corners": [{ "kind": "circle", "radius": 2.5, "note": "inner" }, { "kind": "square", "side": 3, "colour": "red" }],
        },
        "by_name": { "first": { "side": 1 } },
        "many": [{ "radius": "2.5", "note": "inner" }],
        "next": { "shape": { "kind": "square", "side": 7 }, "many": [] },
    });
    let answer = json!({
        "version": "2", "more": true,
        "shape": { "kind": "square", "side": "12", "colour": "green" },
        "by_name": { "a": { "radius": 1 }, "b": { "what": "neither" }, "c": 5 },
        "many": [{ "side": 1, "radius": 2, "note": "x" }, null],
        "next": { "shape": { "kind": "hexagon" }, "next": { "many": "none" } },
    });
    run.compare(
        shapes::Draw::new(typed.clone()),
        json!({ "body": arguments }),
        Reply::json(
            200,
            &json!({
                "shape": { "kind": "circle", "radius": "1" }
            }),
        ),
    )
    .await;
    let sent = run.server.last().json();
    assert_eq!(sent["version"], "2", "{sent}");
    assert_eq!(
        sent["shape"]["corners"][1],
        json!({ "side": 3, "colour": "red", "kind": "square" }),
        "{sent}"
    );
    // Required fields are missing in it, of both.
    let error = |outcome: Result<String, typed_connector::Error>| {
        outcome.expect_err("it lacks something").to_string()
    };
    let reply = Reply::json(200, &answer);
    let both = [
        error(run.typed(shapes::Draw::new(typed), reply.clone()).await.map(|holder| format!("{holder:?}"))),
        error(
            run.dynamic("shapes.draw", json!({ "body": arguments }), reply)
                .await
                .map(|json| json.to_string()),
        ),
    ];
    assert_eq!(both[0], both[1]);
    assert!(both[0].contains("next.next.shape"), "{}", both[0]);
}

#[tokio::test]
async fn files_forms_and_raw_bodies() {
    let run = Run::<kinds::Connector>::start(own()).await;
    let typed = shapes::Upload::new(File::new("a.csv", "1;2").content_type("text/csv"))
        .more([File::new("b.bin", [0, 255])])
        .options(BTreeMap::from([("x".to_owned(), 1)]))
        .secret("hush");
    let arguments = json!({
        "file": { "name": "a.csv", "content_type": "text/csv", "text": "1;2" },
        "more": [{ "name": "b.bin", "base64": "AP8=" }],
        "options": { "x": 1 },
        "secret": "hush",
    });
    run.compare(typed, arguments.clone(), Reply::new(200, &[], [1, 2, 255])).await;
    assert!(run.server.last().target().ends_with("?key=t"), "{}", run.server.last().target());
    let preview = run.dynamic.preview("shapes.upload", arguments).expect("it could be sent");
    let body = String::from_utf8_lossy(preview.body.as_deref().unwrap_or_default()).into_owned();
    assert!(preview.url.ends_with("/files?key=•••") && body.contains("•••"), "{} {body}", preview.url);
    assert!(!body.contains("hush"), "{body}");

    let days = json!(["2026-12-31", "2027-01-01"]);
    run.compare(shapes::Send::new(vec![1, 2, 3]), json!({ "body": "AQID" }), Reply::json(200, &days)).await;

    let typed = shapes::LogIn::new("me", "a&b").colour(Colour::DeepBlue).span(SignedDuration::from_mins(2));
    let arguments = json!({ "user": "me", "password": "a&b", "colour": "deep_blue", "span": "PT2M" });
    run.compare(typed, arguments, Reply::json(200, &json!("red"))).await;
    assert_eq!(run.server.last().text(), "colour=deep_blue&password=a%26b&span=120&user=me");
}

#[tokio::test]
async fn arguments_everywhere() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/specs/everything");
    let run = Run::<everything::Connector>::start(Connector::load(folder).expect("it is sound")).await;
    let typed = things::Match::new("a/b", 5, "x = 1")
        .tag(["t", "u"])
        .comma([1, 2])
        .box_([true])
        .day(typed_connector::jiff::civil::date(2027, 3, 31))
        .x_trace("abc");
    let arguments = json!({
        "type": "a/b", "self": 5, "where": "x = 1", "tag": ["t", "u"], "comma": [1, 2], "box": [true], "day": "2027-03-31",
        "x-trace": "abc",
    });
    run.compare(typed, arguments, Reply::json(200, &json!([{ "id": 7 }]))).await;
    let arguments = json!({
        "id": "7",
        "body": {
            "text": "t", "money": "12.50", "millis": "2026-12-31T12:00:00Z", "joined": [1, 2], "blob": "AQ==",
            "anything": { "a": [null] }, "parts": [{ "name": "p", "weight": "3" }], "parent": { "whole": 2 }, "type": "x",
        },
    });
    let answer = json!({
        "id": "7", "text": 5, "whole": "x", "money": "1.10", "flag": "TRUE", "instant": 1_798_675_200_000_i64, "mood": "new",
        "tags": "no list", "joined": "1;x", "counts": { "a": "5", "b": [] }, "unknown": [1], "new": null, "self": "",
    });
    let reply = Reply::json(200, &answer);
    let typed = run.typed(things::Put::new("7", things::Thing::new()), reply.clone()).await.expect("read");
    let read = run.dynamic.execute_with("things.put", arguments.clone(), CallOptions::default()).await;
    let read = read.expect("read");
    assert_eq!(read.wire(), typed.wire());
    let sent = json!({
        "text": "t", "money": 12.5, "millis": 1_798_718_400_000_i64, "joined": "1;2", "blob": "AQ==",
        "anything": { "a": [null] }, "parts": [{ "name": "p", "weight": 3 }], "parent": { "whole": 2 }, "type": "x",
    });
    assert_eq!(run.server.last().json(), sent);
    let json = read.json();
    assert_eq!(json["money"], "1.10");
    assert_eq!(json["instant"], "2026-12-31T00:00:00Z");
    assert_eq!(json["joined"], Value::Null, "{json}");
    let odd = json!({ "joined": "1;x", "whole": "x", "tags": "no list", "counts/b": [], "unknown": [1] });
    assert_eq!(json["extra_"], odd, "{json}");
    run.compare(things::Count::new(), json!({}), Reply::json(200, &json!("12"))).await;
}

#[tokio::test]
async fn a_reference_is_an_id_or_the_object() {
    use habits::payments::{Create, Customer, CustomerId};

    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/habits");
    let run = Run::<habits::Connector>::start(Connector::load(folder).expect("it is sound")).await;
    let answer = |customer: Value| Reply::json(200, &json!({ "id": "p1", "customer": customer }));
    let by_id = || Create::new(1).customer(CustomerId::from("cus_1"));
    for customer in [json!("cus_1"), json!({ "id": "cus_1", "name": "Ada" }), json!([1]), Value::Null] {
        let arguments = json!({ "amount": 1, "customer": "cus_1" });
        run.compare(by_id(), arguments, answer(customer)).await;
    }
    assert_eq!(run.server.last().text(), "amount=1&customer=cus_1");
    let typed = Create::new(1).customer(Customer::new("cus_1").name("Ada"));
    let arguments = json!({ "amount": 1, "customer": { "id": "cus_1", "name": "Ada" } });
    run.compare(typed, arguments, answer(json!(7))).await;
    let read = run.dynamic("payments.get", json!({ "id": "p1" }), answer(json!(7))).await.expect("read");
    assert_eq!(read["customer"], "7", "an id is text");
}

#[tokio::test]
async fn lists_of_all_habits() {
    use habits::pages;

    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/habits");
    let run = Run::<habits::Connector>::start(Connector::load(folder).expect("it is sound")).await;
    let entries = json!([{ "id": 1, "text": "a" }, { "id": "2" }]);
    let flagged = |more: bool| Reply::json(200, &json!({ "data": entries, "cursor": "c", "has_more": more }));
    for more in [true, false] {
        run.compare(pages::ByLast::new().after("7"), json!({ "after": 7 }), flagged(more)).await;
        run.compare(pages::ByFlag::new(), json!({}), flagged(more)).await;
    }
    run.compare(pages::UntilEmpty::new(), json!({}), Reply::json(200, &entries)).await;
    run.compare(pages::UntilEmpty::new(), json!({}), Reply::json(200, &json!([]))).await;
    let link = [("link", "</by-link/x?page=3&per_page=2>; rel=\"next\"")];
    let linked = Reply::new(200, &link, entries.to_string());
    run.compare(pages::ByLink::new("x").q("y"), json!({ "of": "x", "q": "y" }), linked).await;
    let whole = Reply::json(200, &json!({ "data": { "entries": entries } }));
    run.compare(pages::Whole::new(), json!({}), whole.clone()).await;
    run.answer(whole);
    let mut stream = run.dynamic.stream("pages.whole", json!({})).expect("a list");
    let mut ids = Vec::new();
    while let Some(entry) = stream.try_next().await.expect("one page") {
        ids.extend(entry.get("id"));
    }
    assert_eq!(ids, [json!("1"), json!("2")]);
}
