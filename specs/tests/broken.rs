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
