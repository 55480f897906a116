//! Whole processes, in rounds: each round runs every job of a table once, so that whatever else the machine does hits all of
//! them. What is printed is the lower quartile: other programs can only add to a figure.

use super::{Bench, command, verdict};
use crate::Failure;
use crate::job::{ALL, CREATE, FLIGHT};
use crate::usage::Usage;

pub(super) fn all(bench: &Bench, missed: &mut Vec<String>) -> Result<(), Failure> {
    println!(
        "Whole processes, lower quartile of the rounds: CPU time (user and kernel), wall time, peak memory"
    );
    match bench.is_urgent {
        true => println!("At real-time priority (`chrt --fifo`): others who use the machine hardly count.\n"),
        false => println!(
            "Without `chrt` or the right to use it: others who use the machine make all of it slower.\n"
        ),
    }
    println!("{:32} {:>10} {:>10} {:>10}", "job", "CPU ms", "wall ms", "peak MiB");

    let [ours, by_hand] =
        table(bench, "2,000 creates, one after the other", [CREATE[0], CREATE[1]], 2_000, 21)?;
    bar("CPU of creates", ours.cpu / by_hand.cpu, 1.05, "× by hand", missed);

    let [ours, by_hand] = table(bench, "2,000 creates, 32 in flight", FLIGHT, 2_000, 21)?;
    bar("wall of creates in flight", ours.wall / by_hand.wall, 1.10, "× by hand", missed);

    let [ours, by_hand] = table(bench, "100,000 contacts, page by page", ALL, 1_000, 11)?;
    bar("CPU of a listing", ours.cpu / by_hand.cpu, 1.0, "× by hand", missed);
    let [short, _] = table(bench, "10,000 contacts, page by page", ALL, 100, 3)?;
    bar("growth of memory", ours.peak - short.peak, 1.0, "MiB from 10,000 to 100,000", missed);

    let [ours, by_hand] = table(bench, "start to first answer", [CREATE[0], CREATE[1]], 1, 21)?;
    bar("CPU of a start", ours.cpu - by_hand.cpu, 1.0, "ms more than by hand", missed);
    bar("peak memory", ours.peak - by_hand.peak, 1.5, "MiB more than by hand", missed);
    Ok(())
}

#[derive(Clone, Copy)]
struct Quartiles {
    cpu: f64,
    wall: f64,
    peak: f64,
}

fn table(
    bench: &Bench,
    title: &str,
    names: [&str; 2],
    count: u64,
    rounds: usize,
) -> Result<[Quartiles; 2], Failure> {
    let mut runs = [Vec::new(), Vec::new()];
    for round in 0..rounds {
        // Each goes first in every other round.
        for which in [round % 2, (round + 1) % 2] {
            runs[which].push(once(bench, names[which], count)?);
        }
    }
    println!("\n{title} ({rounds} rounds)");
    let quartiles = runs.map(|runs| Quartiles {
        cpu: quartile(&runs, |usage| usage.cpu_ms),
        wall: quartile(&runs, |usage| usage.wall_ms),
        peak: quartile(&runs, |usage| usage.peak_mib),
    });
    for (name, Quartiles { cpu, wall, peak }) in names.iter().zip(&quartiles) {
        println!("{name:32} {cpu:>10.1} {wall:>10.1} {peak:>10.2}");
    }
    Ok(quartiles)
}

fn bar(what: &str, value: f64, bar: f64, unit: &str, missed: &mut Vec<String>) {
    let verdict = verdict(what, value, bar, missed);
    println!("{:32} {value:.3}, bar {bar:.2} {unit}: {verdict}", format!("  {what}"));
}

fn quartile(runs: &[Usage], of: impl Fn(&Usage) -> f64) -> f64 {
    let mut values: Vec<_> = runs.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 4).copied().unwrap_or(f64::NAN)
}

fn once(bench: &Bench, name: &str, count: u64) -> Result<Usage, Failure> {
    let job = command(&bench.this, bench.is_urgent).args(bench.job(name, count)).output()?;
    if !job.status.success() {
        return Err(format!("{name} failed:\n{}", String::from_utf8_lossy(&job.stderr)).into());
    }
    String::from_utf8_lossy(&job.stdout).parse()
}
