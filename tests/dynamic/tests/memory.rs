//! What a connector that is loaded at run time takes of memory, for as long as the process runs. A test of its own, so that nothing
//! else is measured.

use typed_connector::dynamic::{Connector, model};

const TIMES: u64 = 300;
const VERSIONS: u64 = 100;

fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn the_same_is_kept_once_and_each_other_version_in_some_hundred_kilobytes() {
    let first = Connector::shipped("hubspot").expect("it is sound");
    let model = first.model();
    assert!(std::ptr::eq(Connector::from_model(model.clone()).meta(), first.meta()));
    let Some(before) = resident_kib() else {
        println!("NOT TESTED: this system does not tell what a process takes of memory");
        return;
    };
    for _ in 0..TIMES {
        assert!(std::ptr::eq(Connector::from_model(model.clone()).meta(), first.meta()));
    }
    let since = |before: u64| resident_kib().unwrap_or(u64::MAX).saturating_sub(before);
    let (same, before) = (since(before), resident_kib().unwrap_or_default());
    for version in 0..VERSIONS {
        let changed = model::Connector { title: format!("HubSpot {version}"), ..model.clone() };
        assert!(!std::ptr::eq(Connector::from_model(changed).meta(), first.meta()));
    }
    let each = since(before) / VERSIONS;
    println!("HubSpot loaded {TIMES} times again: {same} KiB more; each other version of it: {each} KiB");
    // One of them would be more than all of these.
    assert!(same < 2048, "{same} KiB");
    assert!((100..1024).contains(&each), "{each} KiB");
}
