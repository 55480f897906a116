//! The pages of `docs/authorization`: their code is that of the examples, and the examples do what the pages say.

use std::path::{Path, PathBuf};
use std::process::Command;

const PAGES: [&str; 4] = ["pre-authorize-system", "pre-authorize-custom", "users-system", "users-custom"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn example(page: &str) -> String {
    page.replace('-', "_")
}

/// With `UPDATE_DOCS=1` the pages are brought up to date instead.
#[test]
fn the_pages_show_the_examples() {
    for page in PAGES {
        let path = root().join(format!("docs/authorization/{page}.md"));
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let code = root().join(format!("tests/examples/{}.rs", example(page)));
        let code = std::fs::read_to_string(code).expect("an example");
        let (before, rest) = text.split_once("```rust\n").expect("a block of code");
        let (shown, after) = rest.split_once("```\n").expect("its end");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, format!("{before}```rust\n{code}```\n{after}")).expect("written");
        } else {
            assert!(
                shown == code,
                "{} does not show the example as it is; run this test with UPDATE_DOCS=1",
                path.display()
            );
        }
    }
}

#[test]
fn the_examples_run() {
    // `cargo test` has built them beside this test.
    let folder = std::env::current_exe()
        .expect("this test")
        .parent()
        .and_then(Path::parent)
        .map(|at| at.join("examples"));
    let folder = folder.expect("a target folder");
    for page in PAGES {
        let program = folder.join(example(page)).with_extension(std::env::consts::EXE_EXTENSION);
        assert!(
            program.is_file(),
            "{} is missing: cargo build -p typed-connector-tests --examples",
            program.display()
        );
        let output = Command::new(program).env_remove("TYPED_CONNECTOR_KEY").output().expect("it starts");
        let text = String::from_utf8_lossy(&output.stdout);
        println!("== {page}\n{text}{}", String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{page}: {output:?}");
        // What the page promises is what it prints.
        let printed =
            std::fs::read_to_string(root().join(format!("docs/authorization/{page}.md"))).expect("a page");
        let printed = printed
            .split("```text\n")
            .nth(1)
            .and_then(|rest| rest.split("```\n").next())
            .expect("its output");
        // The browser and the program print side by side, so the order of their lines is not promised.
        for promised in printed.lines() {
            assert!(
                text.lines().any(|line| keeps(line, promised)),
                "{page}: no line is `{promised}` in\n{text}"
            );
        }
        assert_eq!(printed.lines().count(), text.lines().count(), "{page}:\n{text}");
    }
}

/// Whether a line is what the page promises. An id or a time is another one each time; the page has `…` there.
fn keeps(line: &str, promised: &str) -> bool {
    let mut rest = line;
    promised.split('…').all(|part| match rest.split_once(part) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}
