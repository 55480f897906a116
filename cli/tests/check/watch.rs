//! `connector check --watch`.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::corpus;

/// Lines as they come.
fn lines(from: impl Read + Send + 'static, to: mpsc::Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if to.send(line).is_err() {
                return;
            }
        }
    });
}

#[test]
fn a_change_is_checked_when_it_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let cases = corpus::cases();
    let case = cases.iter().find(|case| case.name == "unknown_key--typo").expect("a folder of the corpus");
    case.write(&folder.path().join("acme"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_connector"))
        .args(["check", "acme", "--watch"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let (sender, said) = mpsc::channel();
    lines(child.stdout.take().expect("a pipe"), sender.clone());
    lines(child.stderr.take().expect("a pipe"), sender);
    // The two pipes are read side by side, so that lines may come before those that were written first.
    let mut waiting: Vec<String> = Vec::new();
    let mut wait_for = |what: &str| loop {
        if let Some(at) = waiting.iter().position(|line| line.contains(what)) {
            waiting.remove(at);
            return;
        }
        match said.recv_timeout(Duration::from_secs(120)) {
            Ok(line) => waiting.push(line),
            Err(error) => panic!("no `{what}` in {waiting:#?}: {error}"),
        }
    };
    wait_for("unknown key `retruns`");
    wait_for("waiting for changes");
    let path = folder.path().join("acme/notes.json");
    let file = std::fs::read_to_string(&path).expect("a file");
    std::fs::write(&path, file.replace("retruns", "returns")).expect("written");
    wait_for("acme/notes.json changed");
    wait_for("Acme is all right");
    std::fs::write(folder.path().join("acme/more.json"), "{").expect("written");
    wait_for("acme/more.json changed");
    wait_for("this object is not closed");
    std::fs::remove_file(folder.path().join("acme/more.json")).expect("removed");
    wait_for("acme/more.json changed");
    wait_for("Acme is all right");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
}

#[test]
fn a_shipped_connector_is_not_watched() {
    let output = crate::connector(std::env::temp_dir().as_path(), &["check", "hubspot", "--watch"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}
