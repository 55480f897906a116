//! Starts the server and the jobs, counts what they cost, and prints it.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::{CREATE, Failure, LIST};

pub(crate) fn all() -> Result<(), Failure> {
    let bench = Bench::start()?;
    println!("Per unit, as the difference of two runs under valgrind (callgrind, memcheck)\n");
    println!("{:28} {:>14} {:>12}", "job", "instructions", "allocations");
    for name in CREATE {
        bench.report(name, 200, 1200)?;
    }
    println!();
    for name in LIST {
        bench.report(name, 5, 35)?;
    }
    Ok(())
}

struct Bench {
    this: PathBuf,
    url: String,
    _server: Stop,
}

impl Bench {
    fn start() -> Result<Self, Failure> {
        if Command::new("valgrind").arg("--version").stdout(Stdio::null()).status().is_err() {
            return Err("valgrind is not installed, and instructions are counted with it".into());
        }
        let this = std::env::current_exe()?;
        let mut server = Command::new(&this).arg("serve").stdout(Stdio::piped()).spawn().map(Stop)?;
        let mut url = String::new();
        let stdout = server.0.stdout.take().ok_or("the server has no output")?;
        BufReader::new(stdout).read_line(&mut url)?;
        Ok(Self { this, url: url.trim().to_owned(), _server: server })
    }

    /// Cost of one unit: two runs of different length, so that start and end of the process cancel out.
    fn report(&self, name: &str, few: u64, many: u64) -> Result<(), Failure> {
        let callgrind = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];
        let memcheck = ["--tool=memcheck", "--undef-value-errors=no"];
        let mut costs = Vec::new();
        for (tool, label) in [(callgrind, "Collected :"), (memcheck, "total heap usage:")] {
            let (less, more) = (self.count(tool, label, name, few)?, self.count(tool, label, name, many)?);
            costs.push((more - less) / (many - few));
        }
        println!("{name:28} {:>14} {:>12}", costs[0], costs[1]);
        Ok(())
    }

    fn count(&self, tool: [&str; 2], label: &str, name: &str, count: u64) -> Result<u64, Failure> {
        let mut job = Command::new("valgrind");
        job.args(tool).arg(&self.this).args(["job", name, &self.url, &count.to_string()]);
        let job = job.output()?;
        let text = String::from_utf8_lossy(&job.stderr);
        if !job.status.success() {
            return Err(format!("{name} failed:\n{text}").into());
        }
        let rest = text
            .lines()
            .find_map(|line| Some(line.split_once(label)?.1))
            .ok_or("valgrind printed no figure")?;
        // memcheck: `total heap usage: 1,234 allocs, …`
        let number = rest.trim_start().split(' ').next().unwrap_or_default().replace(',', "");
        Ok(number.parse()?)
    }
}

/// Ends with what started it.
struct Stop(Child);

impl Drop for Stop {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
