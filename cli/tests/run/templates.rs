//! `connector add` and `connector list`.

use serde_json::json;

use crate::bench::Bench;

#[tokio::test]
async fn a_shipped_connector_becomes_ones_own() {
    let bench = Bench::seeded(0).await;
    let write = |name: &str, text: &str| std::fs::write(bench.path().join(name), text).expect("written");
    let nothing = bench.connector(&["add", "hubspot"]).await;
    assert!(nothing.code == 2 && nothing.err.contains("Cargo.toml"), "{nothing:?}");
    write(
        "Cargo.toml",
        "[package]\nname = \"own\"\nedition = \"2024\"\n\n[dependencies]\ntyped-connector = \"0.1\"\n",
    );
    std::fs::create_dir(bench.path().join("src")).expect("made");
    write("src/main.rs", "fn main() {}");
    let added = bench.connector(&["add", "hubspot"]).await;
    assert_eq!(added.code, 0, "{added:?}");
    assert!(
        added.out.contains("wrote    specs/hubspot/deals.json")
            && added.out.contains("typed_connector_build::watch(\"specs\")")
    );
    let main = std::fs::read_to_string(bench.path().join("src/main.rs")).expect("there");
    assert_eq!(
        main,
        "fn main() {}\n\n#[typed_connector::connector(path = \"specs/hubspot\")]\npub mod hubspot {}\n"
    );
    let checked = bench.connector(&["check", "specs/hubspot"]).await;
    assert_eq!(checked.code, 0, "{checked:?}");
    // What is there is left alone.
    let again = bench.connector(&["add", "hubspot"]).await;
    assert!(again.code == 0 && !again.out.contains("wrote"), "{again:?}");
    write("specs/hubspot/deals.json", "{}");
    let changed = bench.connector(&["add", "hubspot"]).await;
    assert!(
        changed.code == 2 && changed.err.contains("specs/hubspot/deals.json is there already"),
        "{changed:?}"
    );
    let forced = bench.connector(&["add", "hubspot", "--force", "--no-module", "--json"]).await.json();
    assert_eq!(forced["written"], json!(["specs/hubspot/deals.json"]));

    let words =
        ["run", "--path", "specs/hubspot", "--base-url", &bench.sandbox.url(), "deals.list", "--json"];
    assert_eq!(bench.connector(&words).await.json()["items"], json!([]), "it can be run where it is");
}

const NOTES: &str = r#"{ "title": "Notes", "actions": { "list": {
  "title": "List notes", "http": "GET /notes", "effect": "read", "returns": "json"
} } }"#;
const SETTINGS: &str = r#"{
  "spec_version": 1, "name": "acme", "title": "Acme", "base_url": "https://api.acme.example",
  "auth": { "oauth2": { "authorization_url": "https://acme.example/authorize", "token_url": "https://acme.example/token" } }
}"#;

/// By its folder, and by the option `--path`: in every command that is about a connector.
#[tokio::test]
async fn a_folder_is_named_in_the_same_way_everywhere() {
    let bench = Bench::seeded(0).await;
    // One whose name could be a shipped connector's.
    std::fs::create_dir_all(bench.path().join("acme")).expect("made");
    std::fs::write(bench.path().join("acme/connector.json"), SETTINGS).expect("written");
    std::fs::write(bench.path().join("acme/notes.json"), NOTES).expect("written");
    for (command, rest, code) in [
        ("check", "", 0),
        ("show", "notes.list", 0),
        ("list", "", 0),
        ("docs", "--out pages", 0),
        ("run", "notes.list --dry-run", 0),
        ("doctor", "--offline", 0),
        ("mcp", "", 1),
        ("auth list", "", 0),
        ("auth status", "", 1),
        ("auth profile list", "", 0),
        ("auth profile show", "", 1),
        ("auth authorize", "--no-browser", 1),
        ("pull", "", 2),
    ] {
        let run = async |words: String| {
            let words: Vec<_> = words.split_whitespace().collect();
            let run = bench.connector(&words).await;
            (run.code, run.out, run.err)
        };
        let named = run(format!("{command} acme {rest}")).await;
        assert_eq!(named.0, code, "{command}: {named:?}");
        assert_eq!(run(format!("{command} --path acme {rest}")).await, named, "{command}");
        let help = run(format!("{command} --help")).await;
        assert!(help.1.contains("--path <FOLDER>") || command == "run", "{command}: {}", help.1);
        // Both are too much; neither is too little.
        if !matches!(command, "run" | "doctor") {
            let both = run(format!("{command} acme --path acme {rest}")).await;
            assert_eq!(both.0, 2, "{command}: {both:?}");
        }
    }
    let nowhere = bench.connector(&["check", "--path", "hubspot"]).await;
    assert!(
        nowhere.code == 1 && nowhere.err.contains("cannot read the folder `hubspot`"),
        "a folder, not the shipped one: {nowhere:?}"
    );
    let neither = bench.connector(&["show", "notes.list"]).await;
    assert!(neither.code == 2 && neither.err.contains("<CONNECTOR>"), "{neither:?}");
    let help = bench.connector(&["console", "--help"]).await;
    assert!(help.out.contains("[FOLDER]...") && help.out.contains("--path <FOLDER>"), "{help:?}");
}

#[tokio::test]
async fn what_is_available_and_configured_is_listed() {
    let bench = Bench::seeded(0).await;
    std::fs::create_dir_all(bench.path().join("specs/broken")).expect("made");
    std::fs::write(bench.path().join("specs/broken/connector.json"), "{ \"spec_version\": 1 }")
        .expect("written");
    let list = bench.connector(&["list"]).await;
    assert_eq!(list.code, 0, "{list:?}");
    for line in
        ["  hubspot ", "HubSpot, ", "specs/broken  has ", "hubspot, the token in HUBSPOT_ACCESS_TOKEN"]
    {
        assert!(list.out.contains(line), "{line} in {}", list.out);
    }
    assert!(!bench.path().join("home").exists(), "looking makes no store");
    let json = bench.connector(&["list", "--json"]).await.json();
    let names: Vec<_> = json["available"].as_array().into_iter().flatten().map(|one| &one["name"]).collect();
    assert!(names.contains(&&json!("hubspot")) && names.contains(&&json!("specs/broken")), "{names:?}");
    assert_eq!(
        json["token_variables"],
        json!([{ "connector": "hubspot", "variable": "HUBSPOT_ACCESS_TOKEN" }])
    );
    assert_eq!((&json["configured"], &json["connections"]), (&json!([]), &json!([])));
}
