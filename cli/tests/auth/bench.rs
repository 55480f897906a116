//! What the tests share: a sandbox, a home of its own, and a way to run the command.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;
use typed_connector_sandbox::{Builder, Sandbox};

#[path = "../shared/port.rs"]
mod port;

pub(crate) use self::port::free_port;

/// A sandbox and a home for the command's data, which is gone at the end.
pub(crate) struct Bench {
    pub(crate) sandbox: Sandbox,
    pub(crate) home: tempfile::TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::with(Sandbox::builder()).await
    }

    pub(crate) async fn with(sandbox: Builder) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        Self { sandbox: sandbox.start().await.expect("the sandbox starts"), home }
    }

    /// A command of `connector auth` that starts with these words, separated by blanks.
    pub(crate) fn command(&self, words: &str) -> Command {
        let mut command = self.connector();
        command.arg("auth").args(words.split_whitespace());
        command
    }

    /// `connector`, without any words.
    pub(crate) fn connector(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_connector"));
        command
            .env("CONNECTOR_HOME", self.folder())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        for name in [
            "TYPED_CONNECTOR_KEY",
            "CONNECTOR_CLIENT_SECRET",
            "HUBSPOT_CLIENT_ID",
            "HUBSPOT_CLIENT_SECRET",
            "HUBSPOT_ACCESS_TOKEN",
        ] {
            command.env_remove(name);
        }
        command
    }

    /// Where the command keeps its data; it makes that folder itself.
    pub(crate) fn folder(&self) -> std::path::PathBuf {
        self.home.path().join("data")
    }

    pub(crate) async fn run(&self, words: &str) -> Run {
        Self::end(self.command(words)).await
    }

    /// With this on its standard input.
    pub(crate) async fn run_with(&self, words: &str, input: &str) -> Run {
        let mut child = self.command(words).stdin(Stdio::piped()).spawn().expect("the command starts");
        let mut stdin = child.stdin.take().expect("piped");
        stdin.write_all(input.as_bytes()).await.expect("it reads");
        drop(stdin);
        let output = child.wait_with_output().await.expect("it ends");
        Run::of(output.status.code(), &output.stdout, &output.stderr)
    }

    pub(crate) async fn end(mut command: Command) -> Run {
        let output = command.output().await.expect("the command runs");
        Run::of(output.status.code(), &output.stdout, &output.stderr)
    }

    /// A profile for the sandbox's app, by the name `default`.
    pub(crate) async fn add_profile(&self, more: &str) -> Run {
        let app = self.sandbox.app();
        let words = format!(
            "profile add hubspot --client-id {} --client-secret-stdin --base-url {} {more}",
            app.client_id,
            self.sandbox.url()
        );
        let run = self.run_with(&words, &format!("{}\n", app.client_secret)).await;
        assert_eq!(run.code, 0, "{run:?}");
        run
    }

    /// Authorizes, with the consent page's button pressed by us.
    pub(crate) async fn authorize(&self, words: &str, decision: &str) -> Run {
        let port = free_port();
        let words = format!("authorize hubspot --no-browser --port {port} {words}");
        let mut child = self.command(&words).spawn().expect("the command starts");
        let mut err = BufReader::new(child.stderr.take().expect("piped"));
        let mut told = String::new();
        let link = loop {
            let mut line = String::new();
            if err.read_line(&mut line).await.expect("text") == 0 {
                break None;
            }
            told.push_str(&line);
            if line.trim().starts_with("http") {
                break Some(line.trim().to_owned());
            }
        };
        if let Some(link) = link {
            decide(&link, decision).await;
        }
        err.read_to_string(&mut told).await.expect("text");
        let output = child.wait_with_output().await.expect("it ends");
        Run::of(output.status.code(), &output.stdout, told.as_bytes())
    }
}

impl Run {
    fn of(code: Option<i32>, out: &[u8], err: &[u8]) -> Self {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Self { code: code.unwrap_or(-1), out: text(out), err: text(err) }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// All that anybody could see of it.
    pub(crate) fn seen(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// Opens the link and presses a button of the consent page; the page that the browser ends at.
pub(crate) async fn decide(link: &str, decision: &str) -> (u16, String) {
    drop(rustls::crypto::ring::default_provider().install_default());
    let http = reqwest::Client::new();
    let page = http.get(link).send().await.expect("the consent page");
    assert!(page.status().is_success(), "{}", page.text().await.unwrap_or_default());
    let page = http.post(link).form(&[("decision", decision)]).send().await.expect("the finished page");
    (page.status().as_u16(), page.text().await.expect("text"))
}

/// Whether any file below holds these bytes.
pub(crate) fn files_hold(folder: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder).expect("a folder").any(|entry| {
        let content = std::fs::read(entry.expect("an entry").path()).unwrap_or_default();
        content.windows(bytes.len()).any(|window| window == bytes)
    })
}
