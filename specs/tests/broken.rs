//! One broken spec per kind of mistake, in `tests/broken/CODE/`, and the text that explains it, in `expected.txt`.
//!
//! `UPDATE_EXPECTED=1 cargo test -p typed-connector-specs --test broken` renews the texts.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use typed_connector_specs::{Code, Connector, Diagnostics, Sources, Style, load};

/// These have no folder: see `hostile.rs` and the tests below.
const ELSEWHERE: [Code; 2] = [Code::UnknownConnector, Code::TooLarge];

fn try_load(folder: &Path) -> Result<Connector, Diagnostics> {
    let mut sources = Sources::folder(folder)?;
    if folder.join("extension").is_dir() {
        sources = sources.extend(folder.join("extension"))?;
    }
    load(&sources)
}

fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<_> =
        fs::read_dir("tests/broken").unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

#[test]
fn every_mistake_is_explained() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut stale = Vec::new();
    for folder in folders() {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let problems = try_load(&folder).expect_err(&name);
        let codes: BTreeSet<_> = problems.iter().map(|problem| problem.code.as_str()).collect();
        if codes != BTreeSet::from([name.as_str()]) {
            stale.push(format!("--- {name} has other mistakes: {codes:?}\n{problems}"));
        }
        let text = format!("{problems}\n");
        let expected = folder.join("expected.txt");
        if update {
            fs::write(&expected, &text).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != text {
            stale.push(format!("--- {}\n{text}", expected.display()));
        }
    }
    let help = "renew them with `UPDATE_EXPECTED=1 cargo test -p typed-connector-specs --test broken`";
    assert!(stale.is_empty(), "{}\n{help}", stale.join("\n"));
}

#[test]
fn every_code_has_a_broken_spec() {
    let there: BTreeSet<_> =
        folders().iter().map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    for code in Code::ALL.iter().filter(|code| !ELSEWHERE.contains(code)) {
        assert!(there.contains(code.as_str()), "no broken spec for `{}`", code.as_str());
        assert!(code.about().ends_with('.'), "{}", code.as_str());
    }
    assert_eq!(there.len() + ELSEWHERE.len(), Code::ALL.len());
}

#[test]
fn every_text_says_where() {
    for folder in folders() {
        for problem in &try_load(&folder).unwrap_err() {
            let text = problem.render(Style::Plain);
            assert!(!text.starts_with("error"), "{text}");
            assert!(!text.contains('\u{1b}'), "{text}");
            if let Some(place) = problem.location() {
                assert!(text.contains(&place.to_string()), "{place} is not in {text}");
            } else {
                assert_eq!(problem.code, Code::Folder);
            }
        }
    }
}

#[test]
fn a_terminal_gets_colours() {
    let problems = try_load(Path::new("tests/broken/unknown-key")).unwrap_err();
    assert!(problems.render(Style::Styled).iter().all(|text| text.contains('\u{1b}')));
}

#[test]
fn an_unknown_connector_is_named() {
    let problems = Sources::shipped("hubspo").unwrap_err();
    assert_eq!(
        problems.to_string(),
        "error: no connector `hubspo` is shipped\n |\n = help: did you mean `hubspot`?"
    );
}
