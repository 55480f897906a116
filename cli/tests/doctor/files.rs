//! Specs: broken, ending, and behind what they were made of.

use std::time::{Duration, Instant};

use serde_json::json;
use typed_connector_sandbox::Fault;

use super::Machine;
use super::bench::Bench;

const SETTINGS: &str = r#"{
  "spec_version": 1, "name": "acme", "title": "Acme", "base_url": "https://api.acme.example", "auth": {},
  "api_version": { "default": "1", "versions": {
    "1": { "paths": { "api": "/v1" }, "sunset": "2027-06-30" }, "2": { "paths": { "api": "/v2" } }
  } }
}"#;
const NOTES: &str = r#"{
  "title": "Notes",
  "actions": {
    "all": {
      "title": "All notes", "http": "GET {+api}/all", "effect": "read", "returns": "json",
      "sunset": "2027-03-01", "replaced_by": "list"
    },
    "old": {
      "title": "Old notes", "http": "GET {+api}/old", "effect": "read", "returns": "json",
      "deprecated": "it is slow", "replaced_by": "list"
    },
    "list": { "title": "Some notes", "http": "GET {+api}/notes", "effect": "read", "returns": "json" }
  }
}"#;

/// Seconds since 1970 at the start of a day.
fn epoch(day: &str) -> String {
    let day: jiff::civil::Date = day.parse().expect("a day");
    day.to_zoned(jiff::tz::TimeZone::UTC).expect("a time").timestamp().as_second().to_string()
}

#[tokio::test]
async fn what_ends_soon_and_what_has_ended() {
    let machine = Machine::start().await;
    machine.write("specs/acme/connector.json", SETTINGS);
    machine.write("specs/acme/notes.json", NOTES);
    let on = async |day: &str, words: &str| {
        let mut command = machine.connector(&format!("doctor specs/acme --json --offline {words}"));
        command.env("SOURCE_DATE_EPOCH", epoch(day));
        machine.told(command).await
    };
    let early = on("2026-08-01", "").await;
    early.only_these_are_wrong(&["action"]);
    let (text, fix) = early.only("action", "warning");
    assert_eq!(text, "`notes.old` should no longer be used: it is slow; use `notes.list`");
    assert_eq!(fix, "connector show specs/acme notes.list");
    let (text, _) = early.only("version", "ok");
    assert!(text.contains("API version 1: ends on 2027-06-30"), "{text}");

    let near = on("2027-01-01", "").await;
    near.only_these_are_wrong(&["action", "version"]);
    let actions = near.of("action");
    assert_eq!(actions[0].0, "warning");
    assert_eq!(actions[0].1, "`notes.all` ends on 2027-03-01, in 59 days; use `notes.list`");
    let (text, fix) = near.only("version", "warning");
    assert!(text.starts_with("API version 1 ends on 2027-06-30, in 180 days"), "{text}");
    assert!(fix.contains("`api_version.default` is `2`"), "{fix}");
    near.only("spec", "ok");

    let past = on("2027-07-01", "").await;
    past.only_these_are_wrong(&["action", "version"]);
    assert_eq!((past.0.code, past.of("action")[0].0.as_str()), (6, "problem"));
    assert!(past.of("action")[0].1.starts_with("`notes.all` ended on 2027-03-01, 122 days ago"));
    past.only("version", "problem");
    // Another version has no end, and only the actions that are used count.
    on("2027-07-01", "--api-version 2 --actions notes.list").await.only_these_are_wrong(&[]);
    let (text, _) = on("2027-07-01", "--api-version 3").await.only("version", "problem");
    assert!(text.contains("there is no API version `3`, but 1, 2"), "{text}");
    let run = on("2027-07-01", "--actions note.list").await.0;
    assert_eq!((run.code, run.err.contains("did you mean `notes.list`?")), (2, true), "{run:?}");
}

#[tokio::test]
async fn hubspots_third_version_ends_in_september_2027() {
    let machine = Machine::start().await;
    let on = async |day: &str, words: &str| {
        let mut command = machine.connector(&format!("doctor hubspot --json --offline {words}"));
        command.env("SOURCE_DATE_EPOCH", epoch(day));
        machine.told(command).await
    };
    on("2027-08-01", "").await.only("version", "ok");
    let (text, fix) = on("2027-08-01", "--api-version v3").await.only("version", "warning");
    assert!(text.starts_with("API version v3 ends on 2027-09-01, in 31 days"), "{text}");
    assert_eq!(fix, "connector doctor hubspot --api-version 2026-09");
    on("2027-09-02", "--api-version v3").await.only("version", "problem");
}

#[tokio::test]
async fn a_broken_spec_is_told_and_the_others_are_looked_at() {
    let machine = Machine::start().await;
    machine.write("specs/acme/connector.json", SETTINGS);
    machine.write("specs/acme/notes.json", &NOTES.replace("\"read\"", "\"reed\""));
    machine.write("specs/other/connector.json", &SETTINGS.replace("acme", "other"));
    machine.write("specs/other/notes.json", NOTES);
    let told = machine.told(machine.connector("doctor --json --offline")).await;
    let json = told.0.json();
    let names: Vec<_> =
        json["connectors"].as_array().expect("a list").iter().map(|one| &one["connector"]).collect();
    assert_eq!(names, ["specs/acme", "specs/other"]);
    let spec = told.of("spec");
    assert_eq!((spec[0].0.as_str(), spec[1].0.as_str()), ("problem", "ok"), "{spec:?}");
    assert!(spec[0].1.starts_with("3 errors, the first: ") && spec[0].1.contains("notes.json:"), "{spec:?}");
    assert_eq!(spec[0].2, "connector check specs/acme");
    assert_eq!(told.0.code, 6);
    // A connector that there is none of.
    let told = machine.told(machine.connector("doctor hubspt --json --offline")).await;
    let (text, _) = told.only("spec", "problem");
    assert!(text.contains("hubspt"), "{text}");
    let run = Bench::end(machine.connector("doctor --base-url http://localhost:1")).await;
    assert_eq!((run.code, run.err.contains("of which connector")), (2, true), "{run:?}");
}

#[tokio::test]
async fn actions_are_those_of_any_of_the_connectors() {
    let machine = Machine::start().await;
    machine.write("specs/acme/connector.json", SETTINGS);
    machine.write("specs/acme/notes.json", NOTES);
    machine.write("specs/other/connector.json", &SETTINGS.replace("acme", "other"));
    machine.write("specs/other/pads.json", NOTES);
    let doctor = async |words: &str| {
        Bench::end(machine.connector(&format!("doctor specs/acme specs/other --offline {words}"))).await
    };
    let run = doctor("--actions notes.* --json").await;
    assert_eq!(run.code, 0, "{run:?}");
    let json = run.json();
    let found =
        |connector: usize| json["connectors"][connector]["findings"].as_array().expect("a list").clone();
    assert!(found(0).iter().all(|finding| finding["check"] != "actions"), "{json}");
    let last = found(1).pop().expect("a finding");
    assert_eq!(last["text"], "none of them has to work: none fits `notes.*`", "{json}");
    // What none of them has is a slip.
    let run = doctor("--actions note.*,pads.*").await;
    assert_eq!((run.code, run.out.as_str()), (2, ""), "{run:?}");
    assert!(run.err.contains("no action of Acme or Acme fits `note.*`; did you mean `notes."), "{run:?}");
}

#[tokio::test]
async fn an_account_that_has_moved_on() {
    let machine = Machine::connected().await;
    let property = async |name: &str| {
        let body = json!({ "name": name, "label": name, "type": "string", "fieldType": "text", "groupName": "dealinformation" });
        let request = reqwest::Client::new().post(format!("{}/crm/properties/2026-03/deals", machine.url()));
        let request = request.bearer_auth(machine.bench.sandbox.access_token());
        let request = request.header("content-type", "application/json").body(body.to_string());
        assert_eq!(request.send().await.expect("an answer").status(), 201);
    };
    property("erp_number").await;
    let pull = format!("pull hubspot --base-url {}", machine.url());
    let run = Bench::end(machine.connector(&pull)).await;
    assert_eq!(run.code, 0, "{run:?}");
    let told = machine.hubspot("").await;
    told.only_these_are_wrong(&[]);
    assert_eq!(told.only("drift", "ok").0, "specs/hubspot is as the account has it");

    property("segment").await;
    let told = machine.hubspot("").await;
    told.only_these_are_wrong(&["drift"]);
    let (text, fix) = told.only("drift", "warning");
    assert!(
        text.starts_with("specs/hubspot differs from the account in 1 place, the first: added"),
        "{text}"
    );
    assert!(text.contains("types.Deal.fields.segment"), "{text}");
    assert_eq!(fix, format!("connector pull hubspot --base-url {} --out specs/hubspot", machine.url()));
    // What it says mends it.
    let fix = fix.strip_prefix("connector ").expect("a command");
    assert_eq!(Bench::end(machine.connector(fix)).await.code, 0);
    machine.hubspot("").await.only_these_are_wrong(&[]);
    assert!(machine.hubspot("--offline").await.of("drift").is_empty());

    // An account that takes its time is not waited for.
    machine.bench.sandbox.inject(Fault::latency(Duration::from_secs(300)).path("/crm/properties/"));
    let began = Instant::now();
    let told = machine.hubspot("").await;
    assert!(began.elapsed() < Duration::from_secs(40), "{:?}", began.elapsed());
    told.only_these_are_wrong(&["drift"]);
    let (text, fix) = told.only("drift", "warning");
    assert!(text.ends_with("the comparison was not finished after 20 s"), "{text}");
    assert!(fix.starts_with("connector pull hubspot ") && fix.ends_with(" --check"), "{fix}");
}

const DOCUMENT: &str = "\
openapi: 3.0.3
info: { title: Notes, version: '1' }
servers: [{ url: https://api.notes.example }]
paths:
  /notes/{id}:
    get:
      operationId: getNote
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses:
        '200': { description: ok, content: { application/json: { schema: { type: object, properties: { text: { type: string } } } } } }
";

#[tokio::test]
async fn documents_that_have_moved_on() {
    let machine = Machine::start().await;
    machine.write("api/notes.yaml", DOCUMENT);
    let run = Bench::end(machine.connector("import api/notes.yaml --out specs/notes")).await;
    assert_eq!(run.code, 0, "{run:?}");
    let doctor = async || machine.told(machine.connector("doctor specs/notes --json --offline")).await;
    assert_eq!(doctor().await.only("drift", "ok").0, "specs/notes is as the documents have it");

    machine.write(
        "api/notes.yaml",
        &DOCUMENT.replace("text: { type: string }", "text: { type: string }, done: { type: boolean }"),
    );
    let told = doctor().await;
    let (text, fix) = told.only("drift", "warning");
    assert_eq!(text, "specs/notes differs from the documents that it was imported from");
    assert_eq!(fix, "connector import api/notes.yaml --out specs/notes");
    let run = Bench::end(machine.connector(fix.strip_prefix("connector ").expect("a command"))).await;
    assert_eq!(run.code, 0, "{run:?}");
    doctor().await.only("drift", "ok");

    std::fs::remove_file(machine.folder().join("api/notes.yaml")).expect("removed");
    let (text, _) = doctor().await.only("drift", "ok");
    assert!(text.contains("imported from api/notes.yaml, which is not there to compare with"), "{text}");
}
