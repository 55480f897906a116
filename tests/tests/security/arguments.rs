//! Arguments stay where they belong.

use serde_json::json;
use typed_connector::Error;
use typed_connector_tests::hubspot::{contacts, deals};
use typed_connector_tests::wire::{Reply, Server};
use typed_connector_tests::{client, everything};

const HOSTILE: [&str; 22] = [
    "../contacts/1",
    "a/b?c#d",
    "%2e%2e",
    "%2E%2E/contacts",
    "..%2fcontacts",
    "..;/",
    "...",
    "..\\contacts",
    "?archived=true",
    "#",
    "1&idProperty=email",
    "//evil.example/x",
    "https://evil.example/",
    "@evil.example",
    "1 HTTP/1.1\r\nx-evil: 1\r\n\r\n",
    "\0",
    "\n",
    " ",
    "ü/ñ",
    "日本語",
    "🦀",
    "\u{202e}abc",
];

#[tokio::test]
async fn an_id_never_leaves_its_segment_of_the_path() {
    let server = Server::start(|_| Reply::json(200, &json!({ "id": "1", "properties": {} }))).await;
    let client = client(&server.url(), "t");
    for id in HOSTILE {
        client.execute(deals::Get::new(id).properties(["x"])).await.expect(id);
        let request = server.last();
        assert_eq!(request.line, format!("GET {} HTTP/1.1", request.target()), "{id:?}");
        let rest = request.target().strip_prefix("/crm/objects/2026-09/deals/");
        let segment = rest.and_then(|rest| rest.strip_suffix("?properties=x"));
        let segment = segment.unwrap_or_else(|| panic!("{id:?} broke out: {}", request.line));
        assert!(!segment.contains(['/', '?', '#', '&', '\\']), "{id:?}: {segment}");
        assert_eq!(percent_decode(segment), id);
        assert_eq!(request.header("x-evil"), None);
    }
    assert_eq!(server.received().len(), HOSTILE.len(), "one request each");
}

#[tokio::test]
async fn an_id_that_would_vanish_from_the_path_is_refused_and_nothing_is_sent() {
    let server = Server::start(|_| Reply::new(204, &[], "")).await;
    let client = client(&server.url(), "t");
    for id in ["", ".", ".."] {
        let get = client.execute(deals::Get::new(id)).await.map(drop);
        let delete = client.execute(deals::Delete::new(id)).await;
        let by_email = client.execute(contacts::GetByEmail::new(id)).await.map(drop);
        for outcome in [get, delete, by_email] {
            assert!(matches!(outcome, Err(Error::InvalidArgument { .. })), "{id:?}: {outcome:?}");
        }
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_query_value_stays_one_value() {
    let server = Server::start(|_| Reply::json(200, &json!({ "results": [] }))).await;
    let client = client(&server.url(), "t");
    for value in HOSTILE {
        client.execute(deals::List::new().after(value).properties(["a"])).await.expect(value);
        let target = server.last().target().to_owned();
        let (path, query) = target.split_once('?').expect("a query");
        assert_eq!(path, "/crm/objects/2026-09/deals");
        let pairs: Vec<_> = query.split('&').collect();
        assert_eq!(pairs.len(), 2, "{value:?}: {query}");
        let after = pairs.iter().find_map(|pair| pair.strip_prefix("after=")).expect("the cursor");
        assert_eq!(percent_decode(&after.replace('+', " ")), value);
    }
}

#[tokio::test]
async fn a_header_value_cannot_become_another_header() {
    let server = Server::start(|_| Reply::json(200, &json!([]))).await;
    let client = everything::Client::builder().base_url(server.url()).build().expect("a client");
    let action = |trace: &str| everything::things::Match::new("a", 1, "b").x_trace(trace);
    for value in ["a\r\nx-evil: 1", "a\nb", "a\rb", "a\0b", "\r\n\r\nGET / HTTP/1.1"] {
        let error = client.execute(action(value)).await.expect_err(value);
        assert!(matches!(&error, Error::InvalidArgument { argument: "x_trace", .. }), "{error:?}");
    }
    assert!(server.received().is_empty());
    client.execute(action("plain")).await.expect("sent");
    assert_eq!(server.last().header("x-trace"), Some("plain"));
    assert_eq!(server.last().header("x-mode"), Some("strict"), "the constant of the spec");
}

#[tokio::test]
async fn a_property_name_stays_a_key() {
    let server = Server::start(|_| Reply::json(201, &json!({ "id": "1", "properties": {} }))).await;
    let name = "x\",\"dealname\":\"evil";
    let action = deals::Create::new("good", "closedwon").property(name, "v");
    client(&server.url(), "t").execute(action).await.expect("sent");
    let sent = server.last().json();
    assert_eq!(sent["properties"]["dealname"], "good");
    assert_eq!(sent["properties"][name], "v");
}

fn percent_decode(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        bytes.push(match (first, more.get(..2)) {
            (b'%', Some(hex)) => {
                rest = &more[2..];
                let hex = std::str::from_utf8(hex).expect("two digits");
                u8::from_str_radix(hex, 16).expect("two digits")
            }
            (other, _) => *other,
        });
    }
    String::from_utf8(bytes).expect("UTF-8")
}
