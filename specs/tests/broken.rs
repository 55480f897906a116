//! The corpus of broken specs: one mistake each, one message each, at the token that is at fault.
//!
//! `UPDATE_EXPECTED=1 cargo test -p typed-connector-specs --test broken` writes the texts anew; read the difference aloud.

mod corpus;

use std::collections::BTreeSet;
use std::fs;

use corpus::cases;
use typed_connector_specs::{Code, Sources, Style, load};

/// These are about a folder or about what no folder of a repository can hold: see below, and `hostile.rs`.
const ELSEWHERE: [Code; 4] = [Code::Folder, Code::UnknownConnector, Code::TooLarge, Code::OutsideFolder];

#[test]
fn every_mistake_is_one_message_at_the_token_at_fault() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for case in cases() {
        // The name of the folder is the one that messages show.
        let path = folder.path().join(&case.name).join("acme");
        case.write(&path);
        let problems = case.examine(&path).problems;
        let text = problems.to_string().replace(&format!("{}/", path.parent().unwrap().display()), "") + "\n";
        let mut complain = |what: &str| wrong.push(format!("--- {}: {what}\n{text}", case.name));
        let all: Vec<_> = problems.iter().collect();
        let [problem] = all.as_slice() else {
            complain(&format!("{} messages", all.len()));
            continue;
        };
        if problem.code.as_str() != case.code() {
            complain("another code");
        }
        let (fault, others) = (case.marks(problem), &case.others);
        match fault.split_first() {
            Some((fault, _)) if Some(fault) == case.fault.as_ref() => {}
            found => complain(&format!("is at {found:?}\nand not at {:?}", case.fault)),
        }
        let said: BTreeSet<_> = fault.iter().skip(1).collect();
        if said != others.iter().collect() {
            complain(&format!("also points at {said:?}\nand not at {others:?}"));
        }
        // What a person reads names line and column too.
        let place = problem.location().unwrap();
        let place = format!("{}:{}", place.line, place.column);
        if !text.contains(&place) {
            complain("does not show its place");
        }
        if update {
            fs::write(&case.expected, &text).unwrap();
        } else if fs::read_to_string(&case.expected).unwrap_or_default() != text {
            complain("another text");
        }
    }
    let help = "renew texts with `UPDATE_EXPECTED=1 cargo test -p typed-connector-specs --test broken`";
    assert!(wrong.is_empty(), "{}\n{help}", wrong.join("\n"));
}

#[test]
fn every_kind_of_mistake_is_in_the_corpus() {
    let cases = cases();
    println!("{} broken specs", cases.len());
    assert!(cases.len() >= 60);
    let there: BTreeSet<_> = cases.iter().map(corpus::Case::code).collect();
    for code in Code::ALL.iter().filter(|code| !ELSEWHERE.contains(code)) {
        assert!(there.contains(code.as_str()), "no broken spec for `{code}`");
        assert!(code.about().ends_with('.'), "{code}");
    }
    assert_eq!(there.len() + ELSEWHERE.len(), Code::ALL.len());
}

/// What the format promises to check, and the broken specs that show it. Of a path that leads out of its folder the corpus can hold
/// none: see `hostile.rs` and, for what the attribute names, `tests/tests/downstream/outside.rs`.
const CHECKS: &[(&str, &[&str])] = &[
    ("unknown key", &["unknown_key--typo", "unknown_key--unrelated", "unknown_key--internal"]),
    ("duplicate key", &["duplicate_key--in_an_object", "duplicate_key--of_an_action"]),
    (
        "wrong JSON type",
        &[
            "wrong_type--number_for_text",
            "wrong_type--text_for_flag",
            "wrong_type--array_for_object",
            "wrong_type--values_without_titles",
        ],
    ),
    (
        "unknown field type",
        &["unknown_type--scalar", "unknown_type--of_another_language", "unknown_type--empty"],
    ),
    (
        "dangling reference",
        &[
            "unknown_type--undeclared",
            "unknown_action--none",
            "unknown_rate_limit",
            "unknown_base_path--none",
            "unknown_field--in_required",
        ],
    ),
    ("placeholder without input", &["unfilled_placeholder", "unfilled_placeholder--in_the_query"]),
    (
        "input without use",
        &["unused_path_argument", "unused_path_argument--typo", "unused_path_argument--another_name"],
    ),
    ("unknown scope", &["unknown_scope--undeclared", "unknown_scope--typo"]),
    ("scope in the wrong case", &["unknown_scope--case"]),
    ("scope declared and never used", &["unused_scope"]),
    (
        "names that collide after case conversion",
        &["name_clash--fields", "name_clash--arguments", "name_clash--action_and_type"],
    ),
    (
        "Rust keywords",
        &["invalid_name--keyword", "invalid_name--action_that_is_self", "invalid_name--type_that_is_self"],
    ),
    (
        "invalid identifiers",
        &["invalid_name--field", "invalid_name--action", "invalid_name--type", "invalid_name--file"],
    ),
    ("enum labels that collide", &["name_clash--labels_of_an_enum", "name_clash--values_of_an_enum"]),
    // An input that is sent and never asked for is one with `const`, which is the value: the two cannot part, but for `null`.
    (
        "required and internal without a default",
        &["value_mismatch--const_of_nothing", "unknown_key--internal"],
    ),
    (
        "default or example of the wrong type",
        &["value_mismatch--default", "value_mismatch--example", "value_mismatch--const"],
    ),
    (
        "example response that does not decode",
        &["example_mismatch--response", "example_mismatch--response_lacks"],
    ),
    (
        "pagination that cannot match",
        &["wrong_kind--cursor", "pointer_clash--cursor_in_the_items", "unknown_field--last"],
    ),
    (
        "error pointers that cannot match",
        &["pointer_clash--errors", "example_mismatch--error", "bad_pointer--no_slash"],
    ),
    ("id pointers that cannot match", &["unknown_field--of_a_result", "wrong_kind--mark_of_a_result"]),
    ("http that is not loopback", &["bad_url--not_encrypted", "bad_url--looks_like_this_machine"]),
    ("secrets that look real", &["real_secret--response", "real_secret--example_of_a_field"]),
    ("sunset in the past", &["sunset_passed--action", "sunset_passed--version"]),
];

#[test]
fn every_promised_check_is_shown() {
    let names: BTreeSet<String> = cases().into_iter().map(|case| case.name).collect();
    for (check, shown) in CHECKS {
        assert!(!shown.is_empty(), "{check}");
        for case in *shown {
            assert!(names.contains(*case), "{check}: no broken spec `{case}`");
        }
    }
    println!(
        "FIGURE {} promised checks, shown by {} broken specs",
        CHECKS.len(),
        CHECKS.iter().map(|(_, shown)| shown.len()).sum::<usize>()
    );
}

#[test]
fn a_terminal_gets_colours() {
    let sources = Sources::in_memory([("connector.json", "{}")]).unwrap();
    let problems = load(&sources).unwrap_err();
    for problem in &problems {
        assert!(problem.report(Style::Styled).contains('\u{1b}'));
        let plain = problem.report(Style::Plain);
        assert!(plain.starts_with("error: ") && !plain.contains('\u{1b}'), "{plain}");
    }
}

#[test]
fn a_folder_without_a_connector_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let problems = Sources::folder(folder.path()).unwrap_err();
    assert!(problems.iter().all(|problem| problem.code == Code::Folder && problem.location().is_none()));
    assert!(problems.to_string().starts_with("error: no `connector.json` in `"), "{problems}");
    let problems = Sources::folder(folder.path().join("nowhere")).unwrap_err();
    assert!(problems.to_string().starts_with("error: cannot read the folder `"), "{problems}");
}

#[test]
fn an_unknown_connector_is_named() {
    let problems = Sources::shipped("hubspo").unwrap_err();
    assert_eq!(
        problems.to_string(),
        "error: no connector `hubspo` is shipped [spec::unknown_connector]\n |\n = help: did you mean `hubspot`?"
    );
}

#[test]
fn a_secret_is_not_shown() {
    for case in cases().iter().filter(|case| case.code() == "spec::real_secret") {
        let folder = tempfile::tempdir().unwrap();
        case.write(folder.path());
        let problems = case.examine(folder.path()).problems;
        let shown = [problems.to_string(), problems.to_json().to_string(), problems.to_sarif().to_string()];
        let token = case.files.iter().find_map(|(_, text)| {
            let text = String::from_utf8_lossy(text).into_owned();
            let at = text.find("\"gh")? + 1;
            text[at..].split('"').next().map(str::to_owned)
        });
        let token = token.unwrap();
        assert!(token.len() > 30 && shown.iter().all(|text| !text.contains(&token)), "{shown:?}");
    }
}
