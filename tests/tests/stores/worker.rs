//! Processes of their own: `src/bin/store-worker.rs`.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use typed_connector::auth::Key;
use typed_connector_sandbox::Sandbox;

/// A process that was started, and is killed when dropped.
pub(crate) struct Worker {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Worker {
    pub(crate) fn start(key: &Key, sandbox: Option<&Sandbox>, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_store-worker"));
        command.args(arguments).env("TYPED_CONNECTOR_KEY", &*key.expose());
        if let Some(sandbox) = sandbox {
            let app = sandbox.app();
            command.env("WORKER_APP", format!("{} {}", app.client_id, app.client_secret));
        }
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the worker starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        Self { child, lines }
    }

    /// Waits for this line, and answers what follows it.
    pub(crate) fn expect(&mut self, wanted: &str) -> String {
        let line = self.lines.next().expect("the worker ended").expect("text");
        let rest = line.strip_prefix(wanted);
        rest.unwrap_or_else(|| panic!("`{wanted}` was expected, not `{line}`")).trim().to_owned()
    }

    pub(crate) fn go(&mut self) {
        self.child.stdin.as_mut().expect("its input").write_all(b"go\n").expect("written");
    }

    /// Waits for its end, and answers how many calls succeeded and the errors of the others.
    pub(crate) fn done(&mut self) -> (usize, String) {
        let report = self.expect("done");
        let (count, errors) = report.split_once(' ').unwrap_or((&report, ""));
        (count.parse().expect("a number"), errors.to_owned())
    }

    /// SIGKILL; tells whether it had said something more by then.
    pub(crate) fn kill(&mut self) -> bool {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
        self.lines.next().is_some()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
