//! A request that is only shown holds no secret, wherever its arguments travel.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use typed_connector::Observer;
use typed_connector::dynamic::{Client, Connector, Preview, Sources};
use typed_connector::meta::ActionMeta;
use typed_connector_tests::wire::{Reply, Server};

const CONNECTOR: &str = r#"{
  "spec_version": 1, "name": "vault", "title": "Vault", "base_url": "https://vault.example",
  "auth": { "bearer": { "title": "Token" } }
}"#;

const SAFES: &str = r#"{
  "title": "Safes",
  "types": {
    "Box": { "type": "object", "fields": { "label": "string", "code": { "type": "string", "sensitive": true } } }
  },
  "actions": {
    "open": {
      "title": "Open", "http": "POST /safes/{pin}/{room}", "effect": "update",
      "path": { "pin": { "type": "string", "sensitive": true }, "room": "string" },
      "query": { "answer": { "type": "string", "sensitive": true }, "codes": { "type": "array", "items": "string", "sensitive": true } },
      "headers": { "X-Pass": { "type": "string", "sensitive": true }, "X-Trace": "string", "X-Number": { "type": "integer", "sensitive": true } },
      "body": { "fields": { "boxes": { "type": "array", "items": "Box" }, "seed": { "type": "json", "sensitive": true } } }
    }
  }
}"#;

fn client(sources: &Sources) -> Client {
    let connector = Connector::from_sources(sources).unwrap_or_else(|problems| panic!("{problems}"));
    connector.client().access_token("the-token").build().expect("a client")
}

/// All that a person sees of it.
fn shown(preview: &Preview) -> String {
    let body = preview.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    format!("{} {} {:?} {body}", preview.method, preview.url, preview.headers)
}

#[test]
fn sensitive_arguments_are_masked_wherever_they_travel() {
    let sources =
        Sources::in_memory([("connector.json", CONNECTOR), ("safes.json", SAFES)]).expect("a connector");
    let arguments = json!({
        "pin": "SECRET-1", "room": "7", "answer": "SECRET-2", "codes": ["SECRET-3", "SECRET-4"], "X-Pass": "SECRET-5",
        "X-Trace": "t-1", "X-Number": 424_242, "boxes": [{ "label": "left", "code": "SECRET-6" }], "seed": { "a": "SECRET-7" },
    });
    let preview = client(&sources).preview("safes.open", arguments).expect("it could be sent");
    let text = shown(&preview);
    assert!(!text.contains("SECRET") && !text.contains("424242") && !text.contains("the-token"), "{text}");
    assert_eq!(preview.url, "https://vault.example/safes/•••/7?answer=•••&codes=•••");
    let header =
        |name: &str| preview.headers.iter().find(|(known, _)| known == name).map(|(_, value)| &**value);
    assert_eq!(header("x-pass"), Some("•••"));
    assert_eq!((header("x-number"), header("x-trace")), (Some("•••"), Some("t-1")));
    let body: Value = serde_json::from_slice(preview.body.as_deref().expect("a body")).expect("JSON");
    assert_eq!(body, json!({ "boxes": [{ "label": "left", "code": "•••" }], "seed": "•••" }));
}

#[test]
fn filters_do_not_show_what_sensitive_properties_are_compared_with() {
    let extension = r#"{ "types": { "Contact": { "fields": {
      "passport": { "type": "string", "sensitive": true }, "born": { "type": "date", "sensitive": true }
    } } } }"#;
    let sources = Sources::shipped("hubspot").expect("it is shipped");
    let sources = sources.extend_in_memory([("contacts.json", extension)]);
    let client = client(&sources);
    let filter = json!([
        { "passport": "SECRET-1", "email": "ada@example.com" },
        { "passport": { "in": ["SECRET-2", "SECRET-3"] }, "born": { "between": ["1815-12-10", "1815-12-11"] } },
        { "passport": { "has": true } },
    ]);
    let preview =
        client.preview("contacts.search", json!({ "filterGroups": filter })).expect("it could be sent");
    let text = shown(&preview);
    assert!(!text.contains("SECRET") && !text.contains("1815") && !text.contains("-48"), "{text}");
    let body: Value = serde_json::from_slice(preview.body.as_deref().expect("a body")).expect("JSON");
    let conditions = |group: usize| body["filterGroups"][group]["filters"].clone();
    let email = json!({ "propertyName": "email", "operator": "EQ", "value": "ada@example.com" });
    let passport = json!({ "propertyName": "passport", "operator": "EQ", "value": "•••" });
    assert_eq!(conditions(0), json!([email, passport]));
    assert_eq!(
        conditions(1),
        json!([
            { "propertyName": "born", "operator": "BETWEEN", "value": "•••", "highValue": "•••" },
            { "propertyName": "passport", "operator": "IN", "values": ["•••", "•••"] },
        ])
    );
    assert_eq!(conditions(2), json!([{ "propertyName": "passport", "operator": "HAS_PROPERTY" }]));
}

#[test]
fn filters_in_lists_and_maps_do_not_show_it_either() {
    let filters = json!({
        "filters": "filters", "property": "property", "operator": "operator", "value": "value", "high_value": "high",
        "values": "values", "operators": { "eq": "EQ" },
    });
    let mut settings: Value = serde_json::from_str(CONNECTOR).expect("JSON");
    settings["filters"] = filters;
    let filter = json!({ "type": "filter", "of": "Safe" });
    let safes = json!({
        "title": "Safes",
        "types": { "Safe": { "type": "object", "at": "/properties", "fields": {
            "name": "string", "pin": { "type": "string", "sensitive": true }
        } } },
        "actions": { "find": { "title": "Find", "http": "POST /safes", "effect": "read", "body": { "fields": {
            "list": { "type": "array", "items": filter }, "map": { "type": "map", "values": filter }
        } } } },
    });
    let files = [("connector.json", settings.to_string()), ("safes.json", safes.to_string())];
    let client = client(&Sources::in_memory(files).expect("a connector"));
    let of = |pin: &str| json!({ "name": "shown", "pin": pin });
    let arguments = json!({ "list": [of("SECRET-1"), of("SECRET-2")], "map": { "a": of("SECRET-3") } });
    let text = shown(&client.preview("safes.find", arguments).expect("it could be sent"));
    assert!(!text.contains("SECRET"), "{text}");
    assert_eq!((text.matches("•••").count() - 1, text.matches("shown").count()), (3, 3), "{text}");
}

/// Notes the headers that it is shown, and sets one that is not its to set.
#[derive(Clone, Default)]
struct Curious(Arc<Mutex<String>>);

impl Observer for Curious {
    fn before(&self, _: &'static ActionMeta, _: u32, headers: &mut http::HeaderMap) {
        self.0.lock().expect("nobody panicked").push_str(&format!("{headers:?}"));
        headers.insert("x-pass", http::HeaderValue::from_static("mine"));
    }
}

#[tokio::test]
async fn observers_neither_see_nor_set_headers_of_sensitive_arguments() {
    let server = Server::start(|_| Reply::new(204, &[], "")).await;
    let sources =
        Sources::in_memory([("connector.json", CONNECTOR), ("safes.json", SAFES)]).expect("a connector");
    let connector = Connector::from_sources(&sources).expect("it is sound");
    let observer = Curious::default();
    let client =
        connector.client().base_url(server.url()).access_token("the-token").observer(observer.clone());
    let client = client.build().expect("a client");
    let arguments = json!({ "pin": "1", "room": "7", "X-Pass": "SECRET-5", "X-Trace": "t-1" });
    client.execute("safes.open", arguments).await.expect("it is sent");
    let seen = observer.0.lock().expect("nobody panicked").clone();
    assert!(seen.contains("t-1") && !seen.contains("SECRET") && !seen.contains("the-token"), "{seen}");
    assert_eq!(server.last().header("x-pass"), Some("SECRET-5"));
    assert_eq!(server.last().header("authorization"), Some("Bearer the-token"));
}
