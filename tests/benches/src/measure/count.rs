//! Instructions and allocations of one unit of work, under valgrind.

use std::process::{Command, Stdio};

use super::{Bench, verdict};
use crate::Failure;
use crate::job::{CREATE, LIST};

/// Bars: at most so many instructions and allocations for a create, and for a page no more instructions than by hand.
const CREATE_INSTRUCTIONS: f64 = 95_000.0;
const CREATE_ALLOCATIONS: f64 = 60.0;

pub(super) fn all(bench: &Bench, missed: &mut Vec<String>) -> Result<(), Failure> {
    if Command::new("valgrind").arg("--version").stdout(Stdio::null()).status().is_err() {
        return Err("valgrind is not installed, and instructions are counted with it".into());
    }
    println!("Per unit, as the difference of two runs under valgrind (callgrind, memcheck)\n");
    println!("{:32} {:>14} {:>12}", "job", "instructions", "allocations");
    let mut creates = Vec::new();
    for name in CREATE {
        creates.push(report(bench, name, 200, 1200)?);
    }
    let instructions = verdict("instructions of a create", creates[0].0, CREATE_INSTRUCTIONS, missed);
    let allocations = verdict("allocations of a create", creates[0].1, CREATE_ALLOCATIONS, missed);
    println!(
        "{:32} {CREATE_INSTRUCTIONS:>7} {instructions:>6} {CREATE_ALLOCATIONS:>5} {allocations:>6}\n",
        "bar"
    );
    let mut pages = Vec::new();
    for name in LIST {
        pages.push(report(bench, name, 5, 35)?);
    }
    let pages = verdict("instructions of a page", pages[0].0, pages[1].0, missed);
    println!("{:32} {:>7} {pages:>6}\n", "bar", "by hand");
    Ok(())
}

/// Cost of one unit: two runs of different length, so that start and end of the process cancel out.
#[allow(clippy::cast_precision_loss)] // figures for people
fn report(bench: &Bench, name: &str, few: u64, many: u64) -> Result<(f64, f64), Failure> {
    let callgrind = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];
    let memcheck = ["--tool=memcheck", "--undef-value-errors=no"];
    let mut costs = Vec::new();
    for (tool, label) in [(callgrind, "Collected :"), (memcheck, "total heap usage:")] {
        let (less, more) = (count(bench, tool, label, name, few)?, count(bench, tool, label, name, many)?);
        costs.push((more - less) / (many - few));
    }
    println!("{name:32} {:>14} {:>12}", costs[0], costs[1]);
    Ok((costs[0] as f64, costs[1] as f64))
}

fn count(bench: &Bench, tool: [&str; 2], label: &str, name: &str, count: u64) -> Result<u64, Failure> {
    let mut job = Command::new("valgrind");
    job.args(tool).arg(&bench.this).args(bench.job(name, count));
    let job = job.output()?;
    let text = String::from_utf8_lossy(&job.stderr);
    if !job.status.success() {
        return Err(format!("{name} failed:\n{text}").into());
    }
    let rest =
        text.lines().find_map(|line| Some(line.split_once(label)?.1)).ok_or("valgrind printed no figure")?;
    // memcheck: `total heap usage: 1,234 allocs, …`
    let number = rest.trim_start().split(' ').next().unwrap_or_default().replace(',', "");
    Ok(number.parse()?)
}
