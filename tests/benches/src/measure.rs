//! Starts the server and the jobs, counts what they cost, and prints it.

mod count;
mod rounds;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::Failure;

/// Everything, or only the tables whose name holds this word.
pub(crate) fn run(only: Option<&str>) -> Result<(), Failure> {
    let bench = Bench::start()?;
    let wanted = |name: &str| only.is_none_or(|only| name.contains(only));
    let mut missed = Vec::new();
    if wanted("count") {
        count::all(&bench, &mut missed)?;
    }
    if wanted("rounds") {
        rounds::all(&bench, &mut missed)?;
    }
    if missed.is_empty() {
        return Ok(());
    }
    Err(format!("missed: {}", missed.join("; ")).into())
}

struct Bench {
    this: PathBuf,
    url: String,
    is_urgent: bool,
    _server: Stop,
}

/// What starts a program at real-time priority, where this is Linux and the user may: server and jobs run as they would if nobody else
/// used the machine. They rest more than they run.
const URGENT: [&str; 3] = ["chrt", "--fifo", "1"];

fn command(this: &Path, is_urgent: bool) -> Command {
    if !is_urgent {
        return Command::new(this);
    }
    let mut command = Command::new(URGENT[0]);
    command.args(&URGENT[1..]).arg(this);
    command
}

impl Bench {
    fn start() -> Result<Self, Failure> {
        let this = std::env::current_exe()?;
        let trial = command(Path::new("true"), true).stdout(Stdio::null()).stderr(Stdio::null()).status();
        let is_urgent = trial.is_ok_and(|status| status.success());
        let mut server = command(&this, is_urgent).arg("serve").stdout(Stdio::piped()).spawn().map(Stop)?;
        let mut url = String::new();
        let stdout = server.0.stdout.take().ok_or("the server has no output")?;
        BufReader::new(stdout).read_line(&mut url)?;
        Ok(Self { this, url: url.trim().to_owned(), is_urgent, _server: server })
    }

    /// The arguments that make a process of this program do a job.
    fn job(&self, name: &str, count: u64) -> [String; 4] {
        ["job".to_owned(), name.to_owned(), self.url.clone(), count.to_string()]
    }
}

/// Tells whether a figure is within its bar, and remembers where it is not.
fn verdict(what: &str, value: f64, bar: f64, missed: &mut Vec<String>) -> &'static str {
    if value <= bar {
        return "ok";
    }
    missed.push(what.to_owned());
    "MISSED"
}

/// Ends with what started it.
struct Stop(Child);

impl Drop for Stop {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
