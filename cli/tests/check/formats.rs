//! What people and programs get.

use std::path::Path;

use serde_json::Value;

use crate::{connector, corpus, text};

fn case(name: &str, folder: &Path) {
    let cases = corpus::cases();
    let case = cases.iter().find(|case| case.name == name).expect("a folder of the corpus");
    case.write(&folder.join("acme"));
}

#[test]
fn people_get_the_text_and_programs_the_places() {
    let folder = tempfile::tempdir().expect("a folder");
    case("unknown_scope--typo", folder.path());
    let human = connector(folder.path(), &["check", "acme"]);
    let said = text(&human.stderr);
    assert_eq!(human.status.code(), Some(1));
    assert!(
        said.starts_with(
            "error: unknown scope `notes.raed` [spec::unknown_scope]\n --> acme/notes.json:4:89\n"
        )
    );
    assert!(said.ends_with("\n1 error\n"), "{said}");

    for arguments in [["check", "acme", "--json", ""], ["check", "acme", "--format", "json"]] {
        let arguments: Vec<_> = arguments.into_iter().filter(|one| !one.is_empty()).collect();
        let json = connector(folder.path(), &arguments);
        assert_eq!((json.status.code(), text(&json.stderr)), (Some(1), String::new()));
        let json: Value = serde_json::from_slice(&json.stdout).expect("JSON");
        assert_eq!((&json["errors"], &json["warnings"]), (&1.into(), &0.into()));
        let problem = &json["problems"][0];
        assert_eq!(problem["code"], "spec::unknown_scope");
        assert_eq!(problem["severity"], "error");
        let place = &problem["places"][0];
        assert_eq!(
            (&place["file"], &place["line"], &place["column"]),
            (&"acme/notes.json".into(), &4.into(), &89.into())
        );
        assert_eq!(problem["fix"]["replacement"], "\"notes.read\"");
        // What the fix says, done: nothing is wrong any more.
        let path = folder.path().join("acme/notes.json");
        let mut file = std::fs::read_to_string(&path).expect("a file");
        let at = |key: &str| usize::try_from(problem["fix"][key].as_u64().expect("a number")).expect("small");
        file.replace_range(at("start")..at("end"), problem["fix"]["replacement"].as_str().expect("a text"));
        std::fs::write(path, file).expect("written");
        let human = connector(folder.path(), &["check", "acme"]);
        assert_eq!((human.status.code(), text(&human.stderr)), (Some(0), String::new()));
        assert_eq!(text(&human.stdout), "Acme is all right: 1 action in 1 file, 0 types and 1 scope\n");
        case("unknown_scope--typo", folder.path());
    }
}

#[test]
fn code_hosts_get_sarif() {
    let folder = tempfile::tempdir().expect("a folder");
    case("duplicate_key--of_an_action", folder.path());
    let output = connector(folder.path(), &["check", "acme", "--format", "sarif"]);
    let log: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let result = &run["results"][0];
    assert_eq!(result["ruleId"], "spec::duplicate_key");
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], result["ruleId"]);
    let physical = &result["locations"][0]["physicalLocation"];
    assert_eq!(physical["artifactLocation"]["uri"], "acme/notes.json");
    let region = serde_json::json!({ "startLine": 5, "startColumn": 5, "endLine": 5, "endColumn": 10 });
    assert_eq!(physical["region"], region);
    let related = &result["relatedLocations"][0];
    assert_eq!(related["message"]["text"], "first defined here");
    assert_eq!(related["physicalLocation"]["region"]["startLine"], 4);
}

#[test]
fn warnings_are_errors_only_on_demand() {
    let folder = tempfile::tempdir().expect("a folder");
    case("unused_scope", folder.path());
    let output = connector(folder.path(), &["check", "acme"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stderr).starts_with("warning: no action needs the scope"), "{output:?}");
    assert!(text(&output.stdout).ends_with("; 1 warning\n"), "{output:?}");
    assert_eq!(connector(folder.path(), &["check", "acme", "--strict"]).status.code(), Some(1));
}

#[test]
fn what_is_no_connector_is_said_in_every_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let human = connector(folder.path(), &["check", "hubspo"]);
    assert!(text(&human.stderr).contains("did you mean `hubspot`?"), "{human:?}");
    let json = connector(folder.path(), &["check", "nowhere/acme", "--json"]);
    let json: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json["problems"][0]["code"], "spec::folder");
    assert_eq!(json["problems"][0]["places"], serde_json::json!([]));
    let sarif = connector(folder.path(), &["check", "nowhere/acme", "--format", "sarif"]);
    let sarif: Value = serde_json::from_slice(&sarif.stdout).expect("JSON");
    assert_eq!(sarif["runs"][0]["results"][0]["locations"], serde_json::json!([]));
}
