//! What was found earlier, the seeds, and changes to them that are the same in every run. `tests/fuzz/run` looks further.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use typed_connector_fuzz::seeds::{self, Seed};
use typed_connector_fuzz::{Mutator, Random, change_lines, connector, document};
use typed_connector_import::{Input, Options, import};

/// Longest time for one input, on a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(20);

/// Judges an input; where it fails, the input is kept, so that it can be looked at and put to `found/`.
fn judged(target: fn(&[u8]), name: &str, input: &[u8]) {
    let start = Instant::now();
    if let Err(panic) = std::panic::catch_unwind(|| target(input)) {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name.replace('/', "-"));
        fs::write(&file, input).expect("the input can be written");
        eprintln!("the input is kept as {}", file.display());
        std::panic::resume_unwind(panic);
    }
    assert!(start.elapsed() < PATIENCE, "{name} took {:?}", start.elapsed());
}

fn smoke(name: &str, target: fn(&[u8]), seeds: &[Seed], changes: usize) {
    let start = Instant::now();
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("found").join(name);
    let mut found: Vec<_> = fs::read_dir(found)
        .expect("the folder of findings")
        .map(|entry| entry.expect("a file").path())
        .collect();
    found.sort();
    for file in &found {
        judged(target, &format!("found-{name}"), &fs::read(file).expect("a file"));
    }
    for (seed, input) in seeds {
        judged(target, seed, input);
    }
    let (mutator, mut random) = (Mutator::new(seeds), Random::new(1));
    let mut inputs = 0;
    while inputs < changes {
        let (seed, input) = &seeds[random.below(seeds.len())];
        let Some(changed) = mutator.change(input, &mut random) else { continue };
        judged(target, &format!("{seed}-{inputs}"), &changed);
        inputs += 1;
    }
    let (found, seconds) = (found.len(), start.elapsed().as_secs_f64());
    println!(
        "FIGURE fuzz {name}: {found} earlier findings, {} seeds, {inputs} changes in {seconds:.1} s",
        seeds.len()
    );
}

#[test]
fn any_text_is_a_connector_or_explained() {
    smoke("connector", connector, &seeds::connectors(), 1_500);
}

#[test]
fn any_text_is_a_document_or_explained() {
    smoke("document", document, &seeds::documents(), 1_400);
}

/// YAML is no JSON, and so is what is left of either when a line is lost.
#[test]
fn lines_that_are_lost_or_moved_are_survived() {
    let (start, mut random, mut inputs) = (Instant::now(), Random::new(2), 0);
    let seeds = seeds::documents();
    for (seed, input) in &seeds {
        for round in 0..200 {
            judged(document, &format!("{seed}-lines-{round}"), &change_lines(input, &mut random));
            inputs += 1;
        }
    }
    println!("FIGURE fuzz lines: {inputs} changes in {:.1} s", start.elapsed().as_secs_f64());
}

/// A mistake costs an operation, and not the document.
#[test]
fn most_changes_of_a_document_leave_it_with_actions() {
    let text = include_bytes!("../../../import/tests/documents/shapes.json");
    let (mutator, mut random) = (Mutator::new(&seeds::documents()), Random::new(3));
    let (mut tried, mut imported) = (0, 0);
    while tried < 500 {
        let Some(changed) = mutator.change(text, &mut random) else { continue };
        // Without the line that begins a file.
        let bytes = changed.splitn(2, |byte| *byte == b'\n').nth(1).unwrap_or_default().to_vec();
        let input = Input { name: "shapes.json".to_owned(), bytes };
        let outcome = import(&[input], &Options::default());
        imported += usize::from(outcome.is_ok_and(|imported| !imported.actions.is_empty()));
        tried += 1;
    }
    println!("FIGURE fuzz actions: {imported} of {tried} changed documents still give some");
    assert!(imported > tried / 2, "{imported} of {tried}");
}
