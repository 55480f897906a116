//! What the tests share: a sandbox, and a way to run the command.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use typed_connector_sandbox::{Builder, Sandbox};

/// A sandbox, and a folder to be in that is gone at the end.
pub(crate) struct Bench {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: tempfile::TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Bench {
    pub(crate) async fn seeded(count: usize) -> Self {
        Self::with(Sandbox::builder().seed(count)).await
    }

    pub(crate) async fn with(sandbox: Builder) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { sandbox: sandbox.start().await.expect("the sandbox starts"), folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A command with the sandbox's token in the environment.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path())
            .env("CONNECTOR_HOME", self.path().join("home"))
            .env("HUBSPOT_ACCESS_TOKEN", self.sandbox.access_token())
            .env_remove("NO_COLOR")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Words of a command, after `connector`.
    pub(crate) async fn connector(&self, words: &[&str]) -> Run {
        let mut command = self.command(env!("CARGO_BIN_EXE_connector"));
        let output = command.args(words).output().await.expect("the command runs");
        Run::of(output.status.code(), &output.stdout, &output.stderr)
    }

    /// An action of HubSpot, on the sandbox; the words are separated by blanks.
    pub(crate) async fn run(&self, words: &str) -> Run {
        let words: Vec<_> = words.split_whitespace().collect();
        self.run_with(&words, "").await
    }

    /// The same with this on its standard input.
    pub(crate) async fn run_with(&self, words: &[&str], input: &str) -> Run {
        let url = self.sandbox.url();
        let mut command = self.command(env!("CARGO_BIN_EXE_connector"));
        command.args(["run", "--base-url", &url, "hubspot"]).args(words).stdin(Stdio::piped());
        let mut child = command.spawn().expect("the command starts");
        let mut stdin = child.stdin.take().expect("piped");
        // One that does not read has ended already, which the test sees.
        drop(stdin.write_all(input.as_bytes()).await);
        drop(stdin);
        let output = child.wait_with_output().await.expect("it ends");
        let run = Run::of(output.status.code(), &output.stdout, &output.stderr);
        assert!(!run.seen().contains(&self.sandbox.access_token()), "the token is shown: {run:?}");
        run
    }

    /// How many requests the sandbox had for records.
    pub(crate) fn requests(&self) -> usize {
        self.sandbox.requests().len()
    }
}

impl Run {
    pub(crate) fn of(code: Option<i32>, out: &[u8], err: &[u8]) -> Self {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Self { code: code.unwrap_or(-1), out: text(out), err: text(err) }
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// All that anybody could see of it.
    pub(crate) fn seen(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}
