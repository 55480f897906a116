//! `connector docs`: what its pages say is what is really sent.

mod listener;
mod pages;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use listener::{Listener, Request};
use pages::{Example, examples};
use serde_json::Value;

/// All that are shipped.
const SHIPPED: [&str; 3] = ["hubspot", "stripe", "github"];

/// Writes the pages of a shipped connector into a new folder.
fn written(connector: &str, format: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("pages");
    let done = Command::new(env!("CARGO_BIN_EXE_connector"))
        .args(["docs", connector, "--format", format, "--out"])
        .arg(&out)
        .output()
        .expect("it runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    folder
}

fn all_examples(connector: &str) -> Vec<Example> {
    let folder = written(connector, "markdown");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder.path().join("pages")).expect("pages") {
        let path = entry.expect("a page").path();
        if path.file_name().is_some_and(|name| name != "README.md") {
            found.extend(examples(&std::fs::read_to_string(&path).expect("text")));
        }
    }
    found
}

/// A package that runs the Rust of every example, each with an address of its own.
fn program(folder: &Path, connector: &str, examples: &[Example]) {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let manifest = format!(
        "[package]\nname = \"shown_{connector}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         typed-connector = {{ path = '{}' }}\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n[profile.dev]\ndebug = false\n",
        workspace.join("runtime").display()
    );
    let mut main = format!(
        "#![allow(unused)]\n#[typed_connector::connector({connector:?})]\npub mod {connector} {{}}\n\
         type Done = Result<(), Box<dyn std::error::Error>>;\n"
    );
    let mut calls = String::new();
    for (number, example) in examples.iter().enumerate() {
        main.push_str(&format!(
            "async fn example_{number}(client: &{connector}::Client) -> Done {{\n{}\nOk(())\n}}\n",
            example.rust
        ));
        calls.push_str(&format!(
            "let client = {connector}::Client::builder().access_token(\"token\").base_url(format!(\"{{url}}/{number}\")).build()?;\n\
             if let Err(error) = example_{number}(&client).await {{ println!(\"{number}: {{error}}\"); }}\n"
        ));
    }
    main.push_str(&format!(
        "#[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> Done {{\nlet url = std::env::var(\"URL\")?;\n{calls}Ok(())\n}}\n"
    ));
    std::fs::create_dir_all(folder.join("src")).expect("a folder");
    std::fs::write(folder.join("Cargo.toml"), manifest).expect("written");
    std::fs::write(folder.join("src/main.rs"), main).expect("written");
    std::fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the workspace has one");
}

fn run(folder: &Path, url: &str) {
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("shown");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["run", "--quiet", "--offline"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .env("URL", url);
    for name in ["CARGO_MANIFEST_DIR", "RUSTC_WORKSPACE_WRAPPER", "RUSTC_WRAPPER", "RUSTFLAGS"] {
        command.env_remove(name);
    }
    let done = command.output().expect("cargo runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn rust_sends_what_the_pages_say(connector: &str) {
    let examples = all_examples(connector);
    let folder = tempfile::tempdir().expect("a folder");
    program(folder.path(), connector, &examples);
    let listener = Listener::start();
    run(folder.path(), &listener.url);
    let sent = listener.first_requests();
    for (number, example) in examples.iter().enumerate() {
        let sent = sent.get(&number).unwrap_or_else(|| panic!("nothing was sent for {}", example.rust));
        assert_eq!(sent, &example.request, "{}", example.rust);
    }
    println!("{connector}: {} examples, each compiled, run, and compared with what it sent", examples.len());
}

#[test]
fn the_rust_of_all_examples_sends_what_the_pages_say() {
    // One after the other, since they share what they build.
    for connector in SHIPPED {
        rust_sends_what_the_pages_say(connector);
    }
}

#[test]
fn the_commands_of_all_examples_send_what_the_pages_say() {
    for connector in SHIPPED {
        commands_send_what_the_pages_say(connector);
    }
}

fn commands_send_what_the_pages_say(connector: &str) {
    let (examples, listener) = (all_examples(connector), Listener::start());
    let home = tempfile::tempdir().expect("a folder");
    for (number, example) in examples.iter().enumerate() {
        let options = format!("--base-url {}/{number} --json --yes --no-input", listener.url);
        let words = example.command.strip_prefix("connector run ").expect("the command");
        // What comes back is no answer to each of them; what was sent is what counts.
        Command::new("sh")
            .args(["-c", &format!("\"$CONNECTOR\" run {options} {words}")])
            .env("CONNECTOR", env!("CARGO_BIN_EXE_connector"))
            .env("CONNECTOR_HOME", home.path())
            .env(format!("{}_ACCESS_TOKEN", connector.to_uppercase()), "token")
            .output()
            .expect("a shell");
    }
    let sent = listener.first_requests();
    for (number, example) in examples.iter().enumerate() {
        let sent = sent.get(&number).unwrap_or_else(|| panic!("nothing was sent by {}", example.command));
        assert_eq!(without_marks(sent), example.request, "{}", example.command);
    }
    println!(
        "{connector}: {} examples, each run as a command, and compared with what it sent",
        examples.len()
    );
}

#[test]
fn the_tool_calls_of_all_examples_send_what_the_pages_say() {
    for connector in SHIPPED {
        tool_calls_send_what_the_pages_say(connector);
    }
}

fn tool_calls_send_what_the_pages_say(connector: &str) {
    let (examples, listener) = (all_examples(connector), Listener::start());
    for (number, example) in examples.iter().enumerate() {
        let answer = called(connector, &format!("{}/{number}", listener.url), &example.call);
        // What comes back is no answer to each of them; a call that was not understood is none at all.
        assert!(answer.get("error").is_none(), "{}: {answer}", example.call);
    }
    let sent = listener.first_requests();
    for (number, example) in examples.iter().enumerate() {
        let sent = sent.get(&number).unwrap_or_else(|| panic!("nothing was sent by {}", example.call));
        assert_eq!(without_marks(sent), example.request, "{}", example.call);
    }
    println!(
        "{connector}: {} examples, each called as a tool, and compared with what it sent",
        examples.len()
    );
}

/// Starts `connector mcp`, and sends a page's parameters of `tools/call` as they stand there.
fn called(connector: &str, url: &str, call: &str) -> Value {
    let home = tempfile::tempdir().expect("a folder");
    let mut server = Command::new(env!("CARGO_BIN_EXE_connector"))
        .args(["mcp", connector, "--no-confirm", "--base-url", url])
        .env("CONNECTOR_HOME", home.path())
        .env(format!("{}_ACCESS_TOKEN", connector.to_uppercase()), "token")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut input = server.stdin.take().expect("piped");
    let mut answers = BufReader::new(server.stdout.take().expect("piped")).lines();
    let hello = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"docs","version":"1"}}}"#;
    let ready = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    // A message is one line; between the tokens of JSON, line breaks say nothing.
    let call = call.replace('\n', " ");
    let call = format!(r#"{{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{call}}}"#);
    writeln!(input, "{hello}\n{ready}\n{call}").expect("it reads");
    let answer = loop {
        let line = answers.next().expect("an answer").expect("text");
        let answer: Value = serde_json::from_str(&line).expect("JSON");
        if answer["id"] == 2 {
            break answer;
        }
    };
    drop(input);
    server.wait().expect("it ends");
    answer
}

/// A batch marks inputs that have no mark, to find what became of them.
fn without_marks(request: &Request) -> Request {
    let mut request = request.clone();
    for input in request.body.get_mut("inputs").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(input) = input.as_object_mut() {
            input.retain(|key, mark| {
                key != "objectWriteTraceId"
                    || !mark.as_str().is_some_and(|mark| mark.starts_with("typed-connector-"))
            });
        }
    }
    request
}

#[test]
fn the_rust_of_stripes_examples_sends_what_the_pages_say() {
    rust_sends_what_the_pages_say("stripe");
}

#[test]
fn the_rust_of_githubs_examples_sends_what_the_pages_say() {
    rust_sends_what_the_pages_say("github");
}

#[test]
fn pages_are_complete_and_current() {
    let folder = written("hubspot", "html");
    let pages = folder.path().join("pages");
    let names = ["index.html", "deals.html", "contacts.html"];
    for name in names {
        let html = std::fs::read_to_string(pages.join(name)).expect("a page");
        for link in html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let (file, anchor) =
                link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
            if link.contains("://") {
                continue;
            }
            let file = if file.is_empty() { name } else { file };
            let target =
                std::fs::read_to_string(pages.join(file)).unwrap_or_else(|_| panic!("{name}: {link}"));
            if let Some(anchor) = anchor {
                assert_eq!(target.matches(&format!("id=\"{anchor}\"")).count(), 1, "{name}: {link}");
            }
        }
    }
    let check = |folder: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_connector"));
        command
            .args(["docs", "hubspot", "--format", "html", "--check", "--out"])
            .arg(folder)
            .output()
            .expect("it runs")
    };
    assert!(check(&pages).status.success());
    std::fs::write(pages.join("deals.html"), "old").expect("written");
    let stale = check(&pages);
    assert_eq!(stale.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&stale.stderr).contains("deals.html` is not up to date"));
}

#[test]
fn names_of_pages_do_not_meet_and_nothing_is_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let specs = folder.path().join("specs");
    std::fs::create_dir(&specs).expect("a folder");
    let connector = r#"{ "spec_version": 1, "name": "odd", "title": "Odd", "base_url": "https://odd.example", "auth": {},
        "description": "![A map](https://elsewhere.example/map.png)",
        "types": { "OwnerId": { "type": "id" }, "Owner": { "type": "object", "fields": { "id": { "type": "OwnerId", "required": true } } },
          "OwnerOrId": { "type": "union", "variants": { "owner": "Owner", "id": "OwnerId" } } } }"#;
    std::fs::write(specs.join("connector.json"), connector).expect("written");
    for name in ["index", "readme", "other"] {
        let module = format!(
            r#"{{ "title": "{name}", "types": {{ "Of{name}": {{ "type": "object", "fields": {{ "owner": "OwnerOrId" }} }} }},
            "actions": {{ "get": {{ "title": "Get", "http": "GET /{name}", "effect": "read", "returns": "Of{name}" }} }} }}"#
        );
        std::fs::write(specs.join(name).with_extension("json"), module).expect("written");
    }
    for (format, first) in [("markdown", "README.md"), ("html", "index.html")] {
        let out = folder.path().join(format);
        let done = Command::new(env!("CARGO_BIN_EXE_connector"))
            .args(["docs", "specs", "--format", format, "--out"])
            .arg(&out)
            .current_dir(folder.path())
            .output()
            .expect("it runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let pages: Vec<_> =
            std::fs::read_dir(&out).expect("pages").flatten().map(|page| page.file_name()).collect();
        let plain: std::collections::BTreeSet<_> =
            pages.iter().map(|name| name.to_string_lossy().to_lowercase()).collect();
        assert_eq!(plain.len(), 4, "{pages:?}");
        let read = |name: &str| {
            std::fs::read_to_string(out.join(name)).unwrap_or_else(|_| panic!("{name} of {pages:?}"))
        };
        let extension = first.split_once('.').expect("an extension").1;
        let (all, index) = (read(first), read(&format!("module-index.{extension}")));
        assert!(all.contains(&format!("module-index.{extension}")) && !all.contains("<img"), "{all}");
        assert!(index.contains("Or the id alone, "), "{index}");
    }
}
