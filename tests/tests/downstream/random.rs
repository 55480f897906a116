//! Whatever checks clean compiles: random connectors that are right, each expanded in one crate.

use std::fmt::Write as _;
use std::time::Instant;

use typed_connector_fuzz::{Files, Mutator, Random, seeds, walk};

use crate::project::Project;

/// How many connectors are compiled. `COMPILED=500 cargo test -p typed-connector-tests --test downstream random` compiles more,
/// and `SEED=7` others.
const CONNECTORS: usize = 24;

/// How many changes each is away from a connector of this repository.
const CHANGES: usize = 30;

fn number(variable: &str) -> Option<usize> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a number"))
}

fn connectors(count: usize, seed: u64) -> Vec<Files> {
    let seeds = seeds::connectors();
    let (mutator, mut random) = (Mutator::new(&seeds), Random::new(seed));
    // Of a broken one nothing comes back.
    let right: Vec<_> =
        seeds.iter().filter(|(_, input)| walk(input, 0, &mutator, &mut random).is_some()).collect();
    let walks =
        (0..count).filter_map(|index| walk(&right[index % right.len()].1, CHANGES, &mutator, &mut random));
    walks.collect()
}

#[test]
fn what_checks_clean_compiles() {
    let start = Instant::now();
    let count = number("COMPILED").unwrap_or(CONNECTORS);
    let seed = number("SEED").unwrap_or(1);
    let connectors = connectors(count, seed as u64);
    assert_eq!(connectors.len(), count);
    let made = start.elapsed();
    let project = Project::new("random");
    project.remove("src/main.rs");
    project.remove("build.rs");
    project.write("build.rs", "fn main() { typed_connector_build::watch(\"specs\"); }\n");
    let mut lib = "//! Connectors that nobody wrote.\n#![deny(warnings, missing_docs)]\n#![allow(deprecated)] // as which warnings about specs are told\n".to_owned();
    for (index, files) in connectors.iter().enumerate() {
        for (name, text) in files {
            project.write(&format!("specs/c{index}/{name}"), text);
        }
        write!(lib, "\n#[typed_connector::connector(path = \"specs/c{index}\")]\npub mod c{index} {{}}\n")
            .expect("a text");
    }
    project.write("src/lib.rs", &lib);
    let said = project.cargo(&["check", "--quiet"]);
    if !said.success {
        println!("the specs are kept in {}", project.keep("random").display());
    }
    assert!(said.success, "made in {made:?}, {}", said.stderr);
    let files: usize = connectors.iter().map(Vec::len).sum();
    let bytes: usize = connectors.iter().flatten().map(|(_, text)| text.len()).sum();
    println!(
        "FIGURE random connectors: {count} of {files} files ({} KiB), each {CHANGES} changes away from one of ours, compile; \
         made in {:.1} s, compiled in {:.1} s",
        bytes / 1024,
        made.as_secs_f64(),
        said.took.as_secs_f64(),
    );
}
