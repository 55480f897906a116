//! `connector check --watch`: looks at the folders every now and then. Asking for the times of some files costs next to nothing, and
//! works on every file system, also those of other machines and of containers, where there is nobody to tell of changes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use super::Check;
use crate::Failure;

/// How often.
const PAUSE: Duration = Duration::from_millis(250);

/// The files, each with its time and length.
type State = BTreeMap<PathBuf, Option<(SystemTime, u64)>>;

pub(super) fn run(check: &Check) -> Result<ExitCode, Failure> {
    let folders = check.folders()?;
    let mut before = state(&folders);
    check.once()?;
    anstream::eprintln!("waiting for changes");
    loop {
        std::thread::sleep(PAUSE);
        let now = state(&folders);
        if now == before {
            continue;
        }
        let time = jiff::Zoned::now().strftime("%H:%M:%S").to_string();
        anstream::eprintln!("\n{time} {} changed\n", changed(&before, &now));
        // What is written while it is read shows as another change next time.
        before = now;
        check.once()?;
    }
}

fn state(folders: &[PathBuf]) -> State {
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
    let files = entries.filter_map(Result::ok).map(|entry| entry.path());
    let files = files.filter(|path| path.extension().is_some_and(|end| end == "json"));
    files.map(|path| (path.clone(), of_file(&path))).collect()
}

fn of_file(path: &Path) -> Option<(SystemTime, u64)> {
    let found = std::fs::metadata(path).ok()?;
    Some((found.modified().ok()?, found.len()))
}

/// The first file that is not as it was.
fn changed(before: &State, now: &State) -> String {
    let all = before.keys().chain(now.keys());
    let mut different = all.filter(|path| before.get(*path) != now.get(*path));
    different.next().map(|path| path.display().to_string()).unwrap_or_default()
}
