//! How much a user's build takes in.

use std::collections::BTreeSet;
use std::process::Command;

/// The most packages that `typed-connector` with its default features may be, on Linux, with itself and with what only
/// builds.
const MOST: usize = 110;

#[test]
fn a_users_dependency_tree_is_small() {
    let tree = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["tree", "--package", "typed-connector", "--edges", "normal,build", "--prefix", "none"])
        .args(["--target", "x86_64-unknown-linux-gnu", "--format", "{p}", "--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let text = String::from_utf8(tree.stdout).expect("UTF-8");
    // A package's first words are its name and version.
    let packages: BTreeSet<_> = text
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(name, rest)| (name, rest.split(' ').next().unwrap_or_default()))
        .collect();
    println!("{} packages with default features; at most {MOST}", packages.len());
    assert!(packages.iter().any(|(name, _)| *name == "reqwest"), "no tree: {text}");
    assert!(packages.len() <= MOST, "{} packages: {packages:?}", packages.len());
}
