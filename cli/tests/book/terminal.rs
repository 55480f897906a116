//! A shell in a folder of its own, with `connector` as a command, and a person with a browser.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

pub(crate) struct Terminal {
    folder: tempfile::TempDir,
    /// What a server has printed, by its label.
    told: BTreeMap<String, String>,
    /// Servers in other terminals.
    others: Vec<(Child, Lines<BufReader<ChildStdout>>)>,
}

/// What became of a command.
pub(crate) struct Ended {
    pub(crate) success: bool,
    /// Both of its outputs.
    pub(crate) text: String,
}

impl Terminal {
    /// One with a checkout of this workspace beside what is made in it.
    pub(crate) fn open() -> Self {
        let folder = tempfile::Builder::new().prefix("book").tempdir().expect("a folder");
        std::os::unix::fs::symlink(workspace(), folder.path().join("typed-connector")).expect("a link");
        Self { folder, told: BTreeMap::new(), others: Vec::new() }
    }

    /// Where the shell is.
    fn place(&self) -> PathBuf {
        let place = std::fs::read_to_string(self.folder.path().join(".place")).unwrap_or_default();
        if place.is_empty() { self.folder.path().to_owned() } else { PathBuf::from(place.trim_end()) }
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let to = self.place().join(path);
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("it can be made");
        std::fs::write(&to, text).expect("it can be written");
        if path == "Cargo.toml" {
            // So that nothing has to be looked for in the network.
            std::fs::copy(workspace().join("Cargo.lock"), to.with_extension("lock")).expect("there is one");
        }
    }

    /// What a server has told of itself.
    pub(crate) fn told(&self, label: &str) -> &str {
        self.told.get(label).unwrap_or_else(|| panic!("nobody has told the {label}"))
    }

    /// Runs a line; folder and variables are as the line before has left them. Links are opened by a person who agrees.
    pub(crate) async fn run(&self, line: &str) -> Ended {
        let state = self.folder.path().join(".state");
        let place = self.folder.path().join(".place");
        let script = format!(
            "[ -f '{state}' ] && . '{state}' && cd \"$(cat '{place}')\"\n{{ {line}\n}} 2>&1\ncode=$?\nexport -p > '{state}'\npwd > '{place}'\nexit $code",
            state = state.display(),
            place = place.display()
        );
        let mut child = self.shell(&script).spawn().expect("a shell");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut text = String::new();
        while let Some(line) = lines.next_line().await.expect("text") {
            if let Some(link) = line.strip_prefix("open http").map(|rest| format!("http{rest}")) {
                tokio::spawn(agrees(link));
            }
            text.push_str(&line);
            text.push('\n');
        }
        Ended { success: child.wait().await.expect("it ends").success(), text }
    }

    /// Starts a server that stays; what it prints up to the first line that begins like this.
    pub(crate) async fn start(&mut self, line: &str, last: &str) -> String {
        let mut child = self.shell(&format!("exec {line}")).spawn().expect("a shell");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut text = String::new();
        while let Some(line) = lines.next_line().await.expect("text") {
            if let Some((label, value)) = line.split_once("  ") {
                self.told.insert(label.to_owned(), value.trim().to_owned());
            }
            text.push_str(&line);
            text.push('\n');
            if line.starts_with(last) {
                break;
            }
        }
        self.others.push((child, lines));
        text
    }

    fn shell(&self, script: &str) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_connector")).parent().expect("a folder");
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new("sh");
        command
            .args(["-c", script])
            .current_dir(self.folder.path())
            .env("PATH", format!("{}:{path}", program.display()))
            .env("CONNECTOR_HOME", self.folder.path().join("home"))
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("shown"))
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_PROFILE_DEV_DEBUG", "false")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        for name in [
            "CARGO_MANIFEST_DIR",
            "RUSTC_WORKSPACE_WRAPPER",
            "RUSTC_WRAPPER",
            "RUSTFLAGS",
            "TYPED_CONNECTOR_KEY",
            "HUBSPOT_ACCESS_TOKEN",
        ] {
            command.env_remove(name);
        }
        command
    }
}

pub(crate) fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

/// Opens a link in a browser and presses *Connect app*.
async fn agrees(link: String) {
    drop(rustls::crypto::ring::default_provider().install_default());
    let browser = reqwest::Client::builder().build().expect("a browser");
    let consent = browser.get(link).send().await.expect("a page");
    let address = consent.url().clone();
    let back = browser.post(address).form(&[("decision", "approve")]).send().await.expect("the way back");
    assert!(back.status().is_success(), "{back:?}");
}
