//! `connector pull` against a sandbox whose account has properties and a pipeline of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use typed_connector_sandbox::Sandbox;

struct Bench {
    sandbox: Sandbox,
    folder: tempfile::TempDir,
    http: reqwest::Client,
}

struct Run {
    code: i32,
    out: String,
    err: String,
}

impl Bench {
    async fn start() -> Self {
        drop(rustls::crypto::ring::default_provider().install_default()); // an error says that there is one already
        Self {
            sandbox: Sandbox::builder().start().await.expect("the sandbox starts"),
            folder: tempfile::tempdir().expect("a folder"),
            http: reqwest::Client::new(),
        }
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let request = self.http.post(format!("{}{path}", self.sandbox.url()));
        let request =
            request.bearer_auth(self.sandbox.access_token()).header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().await.expect("an answer");
        assert_eq!(answer.status(), 201, "{path} {body}");
        serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON")
    }

    async fn property(&self, name: &str, ty: &str, field: &str, options: &[(&str, &str)]) {
        self.special(name, ty, field, options, json!({})).await;
    }

    /// A property that says more than most do.
    async fn special(&self, name: &str, ty: &str, field: &str, options: &[(&str, &str)], more: Value) {
        let mut body = json!({
            "name": name, "label": format!("The {name}"), "type": ty, "fieldType": field,
            "groupName": "dealinformation", "description": "Ours.", "options": choices(options),
        });
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        self.post("/crm/properties/2026-03/deals", body).await;
    }

    async fn change(&self, path: &str, body: Value) {
        let request =
            self.http.patch(format!("{}{path}", self.sandbox.url())).bearer_auth(self.sandbox.access_token());
        let answer = request
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 200, "{path} {body}");
    }

    async fn delete(&self, path: &str) {
        let request = self.http.delete(format!("{}{path}", self.sandbox.url()));
        let answer = request.bearer_auth(self.sandbox.access_token()).send().await.expect("an answer");
        assert_eq!(answer.status(), 204, "{path}");
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("specs/hubspot").join(name)
    }

    /// Runs `connector pull hubspot` in the folder.
    fn pull(&self, arguments: &[&str]) -> Run {
        let run = Command::new(env!("CARGO_BIN_EXE_connector"))
            .args(["pull", "hubspot", "--base-url", &self.sandbox.url(), "--token-env", "THE_TOKEN"])
            .args(arguments)
            .env("THE_TOKEN", self.sandbox.access_token())
            .env("CONNECTOR_HOME", self.folder.path().join("home"))
            .current_dir(self.folder.path())
            .output()
            .expect("the command runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Run { code: run.status.code().unwrap_or(-1), out: text(run.stdout), err: text(run.stderr) }
    }
}

fn choices(options: &[(&str, &str)]) -> Value {
    options.iter().map(|(value, label)| json!({ "value": value, "label": label })).collect()
}

fn json_of(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).expect("the file")).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_becomes_an_extension() {
    let bench = Bench::start().await;
    bench.property("erp_number", "string", "text", &[]).await;
    bench.property("margin", "number", "number", &[]).await;
    bench.property("renewal_on", "date", "date", &[]).await;
    bench.property("is_partner", "bool", "booleancheckbox", &[("true", "Yes"), ("false", "No")]).await;
    bench
        .property("colour", "enumeration", "select", &[("1", "Red"), ("2", "Deep blue"), ("other", "Other")])
        .await;
    bench
        .property("regions", "enumeration", "checkbox", &[("eu", "Europe"), ("us", "U.S."), ("us2", "U.S.")])
        .await;
    bench.property("url", "string", "text", &[]).await; // beside the record's own `url`
    bench.property("type", "string", "text", &[]).await; // a keyword
    let pipeline = json!({
        "label": "Renewals", "displayOrder": 1,
        "stages": [
            { "label": "Due", "displayOrder": 0, "metadata": { "probability": "0.5" } },
            { "label": "Closed won", "displayOrder": 1, "metadata": { "probability": "1.0" } },
        ],
    });
    let pipeline = bench.post("/crm/pipelines/2026-03/deals", pipeline).await;

    let run = bench.pull(&[]);
    assert_eq!(run.code, 0, "{} {}", run.out, run.err);
    assert!(run.out.contains("up to date"), "{}", run.out);
    let file = json_of(&bench.file("deals.json"));
    let fields = &file["types"]["Deal"]["fields"];
    assert_eq!(
        fields["erp_number"],
        json!({ "type": "string", "title": "The erp_number", "description": "Ours." })
    );
    let types =
        ["margin", "renewal_on", "is_partner", "colour", "regions"].map(|name| fields[name]["type"].clone());
    assert_eq!(types, ["decimal", "date", "boolean", "enum", "array"].map(Value::from));
    assert_eq!(fields["colour"]["values"]["2"], "Deep blue");
    assert_eq!(fields["regions"]["separator"], ";");
    assert_eq!(fields["regions"]["items"]["values"]["us2"], "U.S.");
    assert_eq!(fields["url"]["name"], "property_url");
    let stages = &file["types"]["DealStage"]["values"];
    let stage = |place: usize| pipeline["stages"][place]["id"].as_str().expect("an id").to_owned();
    assert_eq!(stages[stage(0)]["title"], "Due", "{stages}");
    assert_eq!(stages[stage(1)]["name"], "ClosedWon2", "a second stage of that name: {stages}");
    assert_eq!(
        stages.as_object().map(serde_json::Map::len),
        Some(2),
        "those that the connector has stay there"
    );
    assert_eq!(file["types"]["DealPipeline"]["values"][pipeline["id"].as_str().unwrap()], "Renewals");
    assert!(!bench.file("contacts.json").exists(), "contacts have nothing of their own");

    let again = bench.pull(&["--check"]);
    assert_eq!(again.code, 0, "{} {}", again.out, again.err);
    assert!(again.out.contains("is as the account has it"), "{}", again.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_wrote_stays_and_drift_is_told() {
    let bench = Bench::start().await;
    bench.property("colour", "enumeration", "select", &[("r", "Red")]).await;
    bench.property("margin", "number", "number", &[]).await;
    std::fs::create_dir_all(bench.file("")).expect("a folder");
    let written = "{\n    \"types\": { \"Deal\": { \"type\": \"object\", \"fields\": {\n        \"colour\": { \"type\": \"enum\", \
                   \"title\": \"Our colour\", \"prompt\": \"Which one?\", \"values\": { \"r\": \"Crimson\" } }\n    } } }\n}\n";
    std::fs::write(bench.file("deals.json"), written).expect("written");

    let run = bench.pull(&["--check", "--json"]);
    assert_eq!(run.code, 1, "{} {}", run.out, run.err);
    let told: Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(told["changes"].as_array().map(Vec::len), Some(1), "{told}");
    assert_eq!(told["changes"][0]["place"], "types.Deal.fields.margin");
    assert_eq!(
        std::fs::read_to_string(bench.file("deals.json")).expect("the file"),
        written,
        "--check writes nothing"
    );

    assert_eq!(bench.pull(&[]).code, 0);
    let text = std::fs::read_to_string(bench.file("deals.json")).expect("the file");
    assert!(text.contains("\"title\": \"Our colour\", \"prompt\": \"Which one?\""), "{text}");
    assert!(text.contains("Crimson") && text.contains("margin"), "{text}");

    // The account changes.
    bench.delete("/crm/properties/2026-03/deals/margin").await;
    bench.property("segment", "string", "text", &[]).await;
    let run = bench.pull(&["--check"]);
    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.out.contains("added") && run.out.contains("fields.segment"), "{}", run.out);
    assert!(run.out.contains("gone") && run.out.contains("fields.margin"), "{}", run.out);
    assert_eq!(bench.pull(&["--prune"]).code, 0);
    let text = std::fs::read_to_string(bench.file("deals.json")).expect("the file");
    assert!(!text.contains("margin") && text.contains("segment") && text.contains("Crimson"), "{text}");
    assert_eq!(bench.pull(&["--check"]).code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_sets_and_what_not_all_may_see_is_marked() {
    let bench = Bench::start().await;
    bench.property("plain", "string", "text", &[]).await;
    let formula = json!({ "calculationFormula": "amount / 2" });
    bench.special("share", "number", "calculation_equation", &[], formula).await;
    bench.special("passport", "string", "text", &[], json!({ "dataSensitivity": "sensitive" })).await;
    bench.special("ssn", "string", "text", &[], json!({ "dataSensitivity": "highly_sensitive" })).await;

    // Without what is sensitive.
    assert_eq!(bench.pull(&["--without-sensitive"]).code, 0);
    let names = |file: &Value| {
        let fields = file["types"]["Deal"]["fields"].as_object().expect("fields").clone();
        fields.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(names(&json_of(&bench.file("deals.json"))), ["plain", "share"]);
    let run = bench.pull(&["--without-sensitive", "--check"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);

    let run = bench.pull(&[]);
    assert_eq!(run.code, 0, "{} {}", run.out, run.err);
    assert!(run.err.contains("sensitive data of deals: passport, ssn."), "{}", run.err);
    assert!(run.err.contains("crm.objects.deals.sensitive.read.v2"), "{}", run.err);
    let file = json_of(&bench.file("deals.json"));
    let fields = &file["types"]["Deal"]["fields"];
    let marks = ["plain", "share", "passport", "ssn"]
        .map(|name| (fields[name]["read_only"] == true, fields[name]["sensitive"] == true));
    assert_eq!(marks, [(false, false), (true, false), (false, true), (false, true)], "{file}");

    // What is there stays current, and is told of once.
    for arguments in [&["--check"][..], &["--check", "--without-sensitive"]] {
        let run = bench.pull(arguments);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_of_types_choices_and_stages_is_told() {
    let bench = Bench::start().await;
    bench.property("score", "string", "text", &[]).await;
    bench.property("colour", "enumeration", "select", &[("r", "Red"), ("g", "Green")]).await;
    bench.property("regions", "enumeration", "checkbox", &[("eu", "Europe"), ("us", "U.S.")]).await;
    let stage = |label: &str, order: u32| json!({ "label": label, "displayOrder": order, "metadata": { "probability": "0.5" } });
    let stages =
        json!({ "label": "Renewals", "displayOrder": 1, "stages": [stage("Due", 0), stage("Late", 1)] });
    let pipeline = bench.post("/crm/pipelines/2026-03/deals", stages).await;
    let (id, late) =
        (pipeline["id"].as_str().expect("an id"), pipeline["stages"][1]["id"].as_str().expect("an id"));
    assert_eq!(bench.pull(&[]).code, 0);
    assert_eq!(bench.pull(&["--check"]).code, 0);

    // One change after the other: what `--check` says of it, and that a pull brings the file up to date.
    let properties = "/crm/properties/2026-03/deals";
    let up_to_date = async |change: &str, place: &str| {
        let run = bench.pull(&["--check"]);
        assert_eq!(run.code, 1, "{change} {place}: {}", run.out);
        let line = run.out.lines().next().unwrap_or_default();
        assert!(line.starts_with(change) && line.contains(place), "{change} {place}: {}", run.out);
        assert_eq!(run.out.lines().count(), 2, "{}", run.out);
        println!("{}", run.out.trim_end());
        let pulled = bench.pull(&["--prune"]);
        assert_eq!(pulled.code, 0, "{} {}", pulled.out, pulled.err);
        assert_eq!(bench.pull(&["--check"]).code, 0);
    };
    bench.change(&format!("{properties}/score"), json!({ "type": "number", "fieldType": "number" })).await;
    up_to_date("changed", "types.Deal.fields.score").await;
    bench
        .change(
            &format!("{properties}/colour"),
            json!({ "options": choices(&[("r", "Red"), ("g", "Green"), ("b", "Blue")]) }),
        )
        .await;
    up_to_date("added", "types.Deal.fields.colour.values.b").await;
    bench
        .change(
            &format!("{properties}/colour"),
            json!({ "options": choices(&[("r", "Red"), ("b", "Blue")]) }),
        )
        .await;
    up_to_date("gone", "types.Deal.fields.colour.values.g").await;
    bench.change(&format!("{properties}/regions"), json!({ "options": choices(&[("eu", "Europe")]) })).await;
    up_to_date("gone", "types.Deal.fields.regions.items.values.us").await;
    let new = bench.post(&format!("/crm/pipelines/2026-03/deals/{id}/stages"), stage("Lost", 2)).await;
    up_to_date("added", &format!("types.DealStage.values.{}", new["id"].as_str().expect("an id"))).await;
    bench.delete(&format!("/crm/pipelines/2026-03/deals/{id}/stages/{late}")).await;
    up_to_date("gone", &format!("types.DealStage.values.{late}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn types_and_keys_that_a_person_chose_stay() {
    let bench = Bench::start().await;
    bench.property("seller", "string", "text", &[]).await;
    bench.property("seats", "number", "number", &[]).await;
    bench.property("regions", "enumeration", "checkbox", &[("eu", "Europe")]).await;
    bench
        .special(
            "share",
            "number",
            "calculation_equation",
            &[],
            json!({ "calculationFormula": "amount / 2" }),
        )
        .await;
    std::fs::create_dir_all(bench.file("")).expect("a folder");
    let written = json!({ "types": { "Deal": { "type": "object", "fields": {
        "sold_by": { "wire_name": "seller", "type": "OwnerId" },
        "seats": "integer",
        "regions": { "type": "array", "items": "Region", "separator": "," },
        "share": { "type": "float" },
    } }, "Region": { "type": "enum", "values": { "eu": "Europe", "mars": "Mars" } } } });
    std::fs::write(bench.file("deals.json"), format!("{written:#}")).expect("written");

    let run = bench.pull(&[]);
    assert_eq!(run.code, 0, "{} {}", run.out, run.err);
    let mut expected = written;
    let fields = &mut expected["types"]["Deal"]["fields"];
    fields["regions"]["separator"] = ";".into();
    fields["share"]["read_only"] = true.into();
    assert_eq!(json_of(&bench.file("deals.json")), expected, "{}", run.out);
    assert_eq!(bench.pull(&["--check"]).code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_told_and_change_nothing() {
    let bench = Bench::start().await;
    bench.property("margin", "number", "number", &[]).await;
    let run = bench.pull(&["--kinds", "tickets"]);
    assert_eq!((run.code, run.err.contains("it has contacts, deals")), (2, true), "{}", run.err);

    std::fs::create_dir_all(bench.file("")).expect("a folder");
    std::fs::write(bench.file("deals.json"), "{ \"types\": [1,] }").expect("written");
    let run = bench.pull(&[]);
    assert_eq!((run.code, run.err.contains("deals.json")), (1, true), "{}", run.err);

    // What `connector add` has copied there is no extension.
    std::fs::write(bench.file("connector.json"), "{ \"spec_version\": 1 }").expect("written");
    let run = bench.pull(&[]);
    assert_eq!((run.code, run.err.contains("a connector of its own")), (2, true), "{}", run.err);
    std::fs::remove_file(bench.file("connector.json")).expect("it is there");

    // A file beside it has a problem: nothing is written.
    let written = "{ \"types\": {} }";
    std::fs::write(bench.file("deals.json"), written).expect("written");
    std::fs::write(bench.file("other.json"), "{ \"title\": 1 }").expect("written");
    let run = bench.pull(&[]);
    assert_eq!((run.code, run.err.contains("nothing was written")), (1, true), "{}", run.err);
    assert_eq!(std::fs::read_to_string(bench.file("deals.json")).expect("the file"), written);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_is_where_other_commands_look_for_it() {
    let bench = Bench::start().await;
    let pull = |token: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_connector"));
        command
            .args(["pull", "hubspot", "--check", "--base-url", &bench.sandbox.url()])
            .env("CONNECTOR_HOME", bench.folder.path().join("home"))
            .env_remove("HUBSPOT_ACCESS_TOKEN")
            .current_dir(bench.folder.path());
        if let Some(token) = token {
            command.env("HUBSPOT_ACCESS_TOKEN", token);
        }
        let run = command.output().expect("the command runs");
        (run.status.code(), String::from_utf8(run.stderr).expect("text"))
    };
    assert_eq!(pull(Some(&bench.sandbox.access_token())), (Some(0), String::new()));
    let (code, told) = pull(Some("another"));
    assert!(code == Some(3) && told.contains("help: the API did not take the token"), "{told}");
    let (code, told) = pull(None);
    assert!(code == Some(1) && told.contains("or put a token into `HUBSPOT_ACCESS_TOKEN`"), "{told}");
}
