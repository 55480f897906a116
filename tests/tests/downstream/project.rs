//! A package in a temporary folder, and cargo on it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// One cargo after the other: they share a target folder, which cargo locks.
static ONE: Mutex<()> = Mutex::new(());

/// Removed when it is dropped.
pub(crate) struct Project {
    folder: TempDir,
}

/// What cargo said.
pub(crate) struct Said {
    pub(crate) success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

pub(crate) const CONNECTOR: &str = r#"{
  "spec_version": 1, "name": "acme", "title": "Acme", "base_url": "https://acme.example", "auth": {}
}"#;

pub(crate) const NOTES: &str = r#"{
  "title": "Notes",
  "actions": { "ping": { "title": "Ping", "http": "GET /notes", "effect": "read" } }
}"#;

pub(crate) const BUILD: &str = "fn main() { typed_connector_build::watch(\"specs/acme\"); }\n";

const MAIN: &str = r#"//! Prints the names of the actions.

/// Ours.
#[typed_connector::connector(path = "specs/acme")]
pub mod acme {}

fn main() {
    for action in acme::ACTIONS {
        println!("{}", action.name);
    }
}
"#;

impl Project {
    /// One with a connector of its own that has one action, and with the build script that it needs.
    pub(crate) fn new(name: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("downstream").tempdir().expect("a temporary folder");
        let project = Self { folder };
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
        let mut manifest =
            format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n");
        for (table, package, path) in [
            ("dependencies", "typed-connector", "runtime"),
            ("build-dependencies", "typed-connector-build", "macros/build"),
        ] {
            let path = workspace.join(path);
            writeln!(manifest, "[{table}]\n{package} = {{ path = '{}' }}", path.display()).expect("a string");
        }
        manifest.push_str("[profile.dev]\ndebug = false\nincremental = false\n");
        project.write("Cargo.toml", &manifest);
        std::fs::copy(workspace.join("Cargo.lock"), project.path("Cargo.lock"))
            .expect("the workspace has a lock file");
        project.write("build.rs", BUILD);
        project.write("src/main.rs", MAIN);
        project.write("specs/acme/connector.json", CONNECTOR);
        project.write("specs/acme/notes.json", NOTES);
        project
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Leaves the folder to be looked at: beside what is built, in the place of what was left there before, for `cargo clean` to find.
    pub(crate) fn keep(self, name: &str) -> PathBuf {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kept").join(name);
        drop(std::fs::remove_dir_all(&kept));
        let parent = kept.parent().expect("a folder");
        match std::fs::create_dir_all(parent).and_then(|()| std::fs::rename(self.folder.path(), &kept)) {
            Ok(()) => kept,
            // Of another file system.
            Err(_) => self.folder.keep(),
        }
    }

    pub(crate) fn write(&self, relative: &str, content: impl AsRef<[u8]>) {
        let path = self.path(relative);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        std::fs::write(path, content).expect("it can be written");
    }

    pub(crate) fn remove(&self, relative: &str) {
        std::fs::remove_file(self.path(relative)).expect("it is there");
    }

    /// Runs cargo, without the network. All projects share what they build of this workspace.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Said {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments).current_dir(self.folder.path());
        command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("downstream"));
        command.env("CARGO_NET_OFFLINE", "true").env("CARGO_TERM_COLOR", "never").env("RUST_BACKTRACE", "0");
        for name in [
            "TYPED_CONNECTOR_WATCHED",
            "CARGO_MANIFEST_DIR",
            "RUSTC_WORKSPACE_WRAPPER",
            "RUSTC_WRAPPER",
            "RUSTFLAGS",
        ] {
            command.env_remove(name);
        }
        let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let start = Instant::now();
        let Output { status, stdout, stderr } = command.output().expect("cargo runs");
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Said {
            success: status.success(),
            stdout: text(&stdout),
            stderr: text(&stderr),
            took: start.elapsed(),
        }
    }

    /// The actions that the program has when it is built and run now.
    #[track_caller]
    pub(crate) fn actions(&self) -> Vec<String> {
        let said = self.cargo(&["run", "--quiet"]);
        assert!(said.success, "{}", said.stderr);
        assert!(said.stderr.is_empty(), "{}", said.stderr);
        said.stdout.lines().map(str::to_owned).collect()
    }
}

#[test]
fn what_is_kept_is_below_target() {
    for time in ["first", "second"] {
        let project = Project::new("kept");
        project.write("time", time);
        let before = project.path("");
        let kept = project.keep("kept");
        assert!(!before.exists() && kept.starts_with(env!("CARGO_TARGET_TMPDIR")), "{}", kept.display());
        assert_eq!(std::fs::read_to_string(kept.join("time")).expect("there"), time);
    }
}
