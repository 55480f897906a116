//! What is printed, and the bars.

use super::project::Expansion;
use super::{Case, Costs};

/// At most so much of progenitor's CPU, where everything is generated and where twelve actions of ten documents are.
const OF_ALL: f64 = 0.25;
const OF_SELECTION: f64 = 0.1;
/// At most so many lines for an operation of a whole collection.
const LINES: usize = 110;
/// At most so many milliseconds for an action, where there are many.
const CHECK: f64 = 12.0;
const BUILD: f64 = 25.0;
const MANY: usize = 100;

const WHAT: [&str; 6] =
    ["anew: check", "anew: build", "edit: check", "edit: build", "spec: check", "spec: build"];

pub(super) fn head() {
    println!(
        "CPU seconds (user and kernel) of cargo and all that it starts; dev profile, dependencies compiled; the least of the rounds.\n\
         anew: all of the crate; edit: after an edit of main.rs; spec: after an edit of the spec\n"
    );
    print!("{:24} {:>5}", "", "uses");
    for what in WHAT {
        print!(" {what:>12}");
    }
    println!(" {:>9} {:>9}", "expanding", "lines/use");
}

/// What is not to be had for less: a program that calls reqwest and nothing else.
pub(super) fn bare(costs: &Costs) {
    println!("\n{}", super::BARE);
    print!("  {:22} {:>5}", "a program", "");
    for cost in costs.iter().filter(|cost| cost.is_finite()) {
        print!(" {cost:>12.2}");
    }
    println!();
}

pub(super) fn rows(
    case: &Case,
    [operations, left_out]: [usize; 2],
    best: &[Costs],
    expansions: &[Expansion],
    missed: &mut Vec<String>,
) {
    let note =
        if left_out > 0 { format!(", {left_out} left out that progenitor cannot do") } else { String::new() };
    println!("\n{} ({operations} operations{note}; rounds: {})", case.name, case.rounds);
    for ((who, costs), expansion) in ["typed-connector", "progenitor"].iter().zip(best).zip(expansions) {
        print!("  {who:22} {:>5}", expansion.uses);
        for cost in costs {
            print!(" {cost:>12.2}");
        }
        println!(" {:>9.3} {:>9}", expansion.seconds, expansion.lines / expansion.uses.max(1));
    }
    if let [ours, theirs] = best {
        let bar = if case.only { OF_SELECTION } else { OF_ALL };
        let bars = (!case.is_synthetic()).then_some([bar; 6]);
        let values: Vec<_> = ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect();
        figures(case, "of progenitor's", &values, bars, 3, missed);
    }
    if case.name == super::COLLECTION {
        let lines = expansions[0].lines / operations.max(1);
        let verdict = if lines <= LINES { "ok" } else { "MISSED" };
        println!("  {:28} {:>99}", "  bar", format!("{LINES} {verdict}"));
        if lines > LINES {
            missed.push(format!("{}, lines for an operation: {lines}, bar {LINES}", case.name));
        }
    }
    if operations >= MANY && !case.only {
        #[allow(clippy::cast_precision_loss)] // far below 2^52
        let values: Vec<_> = best[0].iter().map(|cost| cost * 1e3 / operations as f64).collect();
        let bars = [CHECK, BUILD, CHECK, BUILD, CHECK, BUILD];
        figures(case, "ms an action", &values, Some(bars), 1, missed);
    }
}

fn figures(
    case: &Case,
    title: &str,
    values: &[f64],
    bars: Option<Costs>,
    digits: usize,
    missed: &mut Vec<String>,
) {
    print!("  {title:28}");
    for value in values {
        print!(" {value:>12.digits$}");
    }
    println!();
    let Some(bars) = bars else { return };
    print!("  {:28}", "  bar");
    for ((value, bar), what) in values.iter().zip(bars).zip(WHAT) {
        let verdict = if *value <= bar { "ok" } else { "MISSED" };
        print!(" {:>12}", format!("{bar} {verdict}"));
        if *value > bar {
            missed.push(format!("{}, {what}, {title}: {value:.digits$}, bar {bar}", case.name));
        }
    }
    println!();
}
