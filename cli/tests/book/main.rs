//! The pages of `docs` and the README: what they tell people to type is typed, and prints what they say.
#![cfg(unix)]

mod page;
#[path = "../shared/port.rs"]
mod port;
mod terminal;

use std::collections::BTreeSet;
use std::path::PathBuf;

use page::{Block, Typed, blocks, keeps};
use port::free_port;
use terminal::{Terminal, workspace};

fn read(page: &str) -> String {
    std::fs::read_to_string(workspace().join(page)).unwrap_or_else(|error| panic!("{page}: {error}"))
}

/// All pages for people.
fn pages() -> Vec<String> {
    let mut pages: Vec<_> = ["README.md", "ARCHITECTURE.md", "specs/FORMAT.md"].map(str::to_owned).to_vec();
    for folder in ["docs", "docs/authorization"] {
        for entry in std::fs::read_dir(workspace().join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let name = path.file_name().and_then(|name| name.to_str()).expect("text");
                pages.push(format!("{folder}/{name}"));
            }
        }
    }
    pages
}

/// Followed to the letter, but for ports that may be taken.
#[tokio::test]
async fn the_tutorial_works_as_it_is_written() {
    let port = free_port().to_string();
    let page = read("docs/tutorial.md").replace("8787", &port).replace("8766", &free_port().to_string());
    let mut terminal = Terminal::open();
    let (mut files, mut commands) = (0, 0);
    for block in blocks(&page) {
        match block {
            Block::File { path, text } => {
                terminal.write(&path, &text);
                files += 1;
            }
            Block::Console(all) => {
                for typed in all {
                    follow(&mut terminal, &typed, &port).await;
                    commands += 1;
                }
            }
        }
    }
    println!(
        "FIGURE tutorial: {files} files written and {commands} commands run, each printed what the page says"
    );
}

async fn follow(terminal: &mut Terminal, Typed { command, printed }: &Typed, port: &str) {
    if command.starts_with("connector sandbox") {
        let text = terminal.start(&format!("{command} --listen 127.0.0.1:{port}"), "records").await;
        let lines: Vec<_> = text.lines().collect();
        assert!(keeps(printed, &lines), "{command}\n{text}");
        return;
    }
    let mut line = command.clone();
    for label in ["access token", "client id", "client secret"] {
        let gap = format!("<{label}>");
        if line.contains(&gap) {
            line = line.replace(&gap, terminal.told(label));
        }
    }
    let ended = terminal.run(&line).await;
    let fails = printed.iter().any(|line| line.starts_with("error"));
    assert_eq!(ended.success, !fails, "{command}\n{}", ended.text);
    let lines: Vec<_> = ended.text.lines().collect();
    assert!(printed.is_empty() || keeps(printed, &lines), "{command}\n{}", ended.text);
}

/// The README's commands for actions, on the sandbox and with its own spec.
#[tokio::test]
async fn the_commands_of_the_readme_run() {
    let readme = read("README.md");
    let mut terminal = Terminal::open();
    terminal
        .start(&format!("connector sandbox --seed 5 --listen 127.0.0.1:{}", free_port()), "records")
        .await;
    let (url, token) = (terminal.told("url").to_owned(), terminal.told("access token").to_owned());
    terminal.write("people.csv", "email,firstname\ngrace@example.com,Grace\n");
    terminal.write("people.json", r#"[{ "id": "ada@example.com", "city": "London" }]"#);
    let mut run = 0;
    for block in blocks(&readme) {
        match block {
            Block::File { path, text } => {
                // From there the README's Rust is compiled.
                assert_eq!(read(&format!("tests/{path}")), text, "tests/{path} is not as the README has it");
                terminal.write(&path, &text);
            }
            Block::Console(all) => {
                for Typed { command, .. } in all {
                    let Some(words) = command.strip_prefix("connector run ") else { continue };
                    let line = format!(
                        "HUBSPOT_ACCESS_TOKEN={token} ACME_ACCESS_TOKEN={token} connector run --base-url {url} --yes --no-input {words}"
                    );
                    let ended = terminal.run(&line).await;
                    assert!(ended.success, "{command}\n{}", ended.text);
                    run += 1;
                }
            }
        }
    }
    assert!(run >= 5, "{run} commands");
    let checked = terminal.run("connector check specs/acme --strict && head -n 1 deals.csv").await;
    assert!(checked.success && checked.text.contains("dealname"), "{}", checked.text);
    println!("FIGURE README: {run} commands run on the sandbox");
}

/// A command of any page has only subcommands and options that there are.
#[tokio::test]
async fn every_command_is_one_that_there_is() {
    let terminal = Terminal::open();
    let mut seen = BTreeSet::new();
    for page in pages() {
        for block in blocks(&read(&page)) {
            let Block::Console(all) = block else { continue };
            for Typed { command, .. } in all {
                let command = command.replace("cargo run --bin connector -- ", "connector ");
                // Not what is behind it: another program, a file, a comment.
                let command = command.split([';', '|', '>', '#', '<']).next().unwrap_or_default().trim();
                let Some(words) = command.strip_prefix("connector ") else { continue };
                // The options of an action are the spec's.
                if !words.starts_with("run ") && seen.insert(words.to_owned()) {
                    let ended = terminal.run(&format!("connector {words} --help")).await;
                    assert!(
                        ended.success && ended.text.contains("Usage: "),
                        "{page}: {command}\n{}",
                        ended.text
                    );
                }
            }
        }
    }
    println!("FIGURE pages: {} commands are known", seen.len());
}

#[test]
fn links_lead_to_what_is_there() {
    let mut found = 0;
    for page in pages() {
        let text = read(&page);
        let folder = workspace().join(&page).parent().map(PathBuf::from).expect("a folder");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                continue;
            }
            let (path, anchor) =
                link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
            let target = if path.is_empty() { workspace().join(&page) } else { folder.join(path) };
            assert!(target.exists(), "{page}: {link}");
            if let Some(anchor) = anchor {
                let text = std::fs::read_to_string(&target).expect("a page");
                assert!(
                    text.lines().filter(|line| line.starts_with('#')).any(|line| anchor_of(line) == anchor),
                    "{page}: {link}"
                );
            }
            found += 1;
        }
    }
    println!("FIGURE pages: {found} links lead somewhere");
}

/// As repositories make them.
fn anchor_of(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}
