//! `connector doctor` against the sandbox: one thing is wrong at a time, and it is told with the command that mends it.

#[path = "../auth/bench.rs"]
#[allow(dead_code, reason = "the tests of `connector auth` use all of it")]
mod bench;
mod connections;
mod files;
mod server;

use std::path::PathBuf;

use serde_json::Value;
use tokio::process::Command;
use typed_connector_sandbox::Sandbox;

use self::bench::{Bench, Run};

/// A machine whose doctor is asked.
pub(crate) struct Machine {
    pub(crate) bench: Bench,
}

/// What the doctor said.
pub(crate) struct Told(pub(crate) Run);

impl Machine {
    /// With an app of the sandbox as profile, and nothing connected.
    async fn start() -> Self {
        Self::with(Sandbox::builder()).await
    }

    async fn with(sandbox: typed_connector_sandbox::Builder) -> Self {
        Self { bench: Bench::with(sandbox).await }
    }

    /// The same with an account that was connected with all scopes.
    async fn connected() -> Self {
        let machine = Self::start().await;
        machine.connect("").await;
        machine
    }

    async fn connect(&self, words: &str) {
        self.bench.add_profile("").await;
        let run = self.bench.authorize(words, "approve").await;
        assert_eq!(run.code, 0, "{run:?}");
    }

    fn url(&self) -> String {
        self.bench.sandbox.url()
    }

    /// Where the command runs.
    fn folder(&self) -> PathBuf {
        self.bench.home.path().to_owned()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.folder().join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }

    /// `connector` with these words.
    fn connector(&self, words: &str) -> Command {
        let mut command = self.bench.connector();
        command.args(words.split_whitespace()).current_dir(self.folder());
        command
    }

    /// What the doctor says of HubSpot, which is the sandbox.
    async fn hubspot(&self, words: &str) -> Told {
        self.told(self.connector(&format!("doctor hubspot --json --base-url {} {words}", self.url()))).await
    }

    async fn told(&self, command: Command) -> Told {
        let run = Bench::end(command).await;
        let seen = run.seen();
        for secret in [self.bench.sandbox.access_token(), self.bench.sandbox.app().client_secret] {
            assert!(!seen.contains(&secret), "a secret is shown: {seen}");
        }
        assert!(!seen.contains("panicked"), "{seen}");
        Told(run)
    }
}

impl Told {
    /// Level, text and fix of what was found by this check, in order.
    fn of(&self, check: &str) -> Vec<(String, String, String)> {
        let json = self.0.json();
        let sections = json["connectors"].as_array().expect("a list").iter();
        let lists = sections.map(|section| &section["findings"]).chain([&json["machine"]]);
        let findings = lists.flat_map(|list| list.as_array().expect("a list"));
        let findings = findings.filter(|finding| finding["check"] == check);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        findings
            .map(|finding| (text(&finding["level"]), text(&finding["text"]), text(&finding["fix"])))
            .collect()
    }

    /// The only thing that was found by this check, at this level.
    #[track_caller]
    fn only(&self, check: &str, level: &str) -> (String, String) {
        let found = self.of(check);
        let [(found_level, text, fix)] = found.as_slice() else {
            panic!("{check}: {found:?} in {:?}", self.0)
        };
        assert_eq!(found_level, level, "{check}: {text}");
        (text.clone(), fix.clone())
    }

    /// That everything else is as it should be, and the exit code says what is not.
    #[track_caller]
    fn only_these_are_wrong(&self, checks: &[&str]) {
        let json = self.0.json();
        let wrong: Vec<_> = all(&json).filter(|finding| finding["level"] != "ok").collect();
        for finding in &wrong {
            assert!(checks.iter().any(|check| finding["check"] == *check), "{finding}");
            assert!(finding["fix"].as_str().is_some_and(|fix| !fix.is_empty()), "{finding}");
        }
        let count = |level: &str| wrong.iter().filter(|finding| finding["level"] == level).count();
        assert_eq!(
            (json["problems"].as_u64(), json["warnings"].as_u64()),
            (Some(count("problem") as u64), Some(count("warning") as u64))
        );
        assert_eq!(self.0.code, if count("problem") > 0 { 6 } else { 0 }, "{:?}", self.0);
    }
}

fn all(json: &Value) -> impl Iterator<Item = &Value> {
    let sections = json["connectors"].as_array().expect("a list").iter();
    let lists = sections.map(|section| &section["findings"]).chain([&json["machine"]]);
    lists.flat_map(|list| list.as_array().expect("a list"))
}
