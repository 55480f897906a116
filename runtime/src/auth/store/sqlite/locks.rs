//! Mutual exclusion across processes, by the operating system's file locks: they end with the process, however it ends.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};

use super::super::files::{self, sibling};
use crate::hash::sha256;

/// Names are spread over this many files. Files are never removed, since a lock on a removed file excludes nobody.
const STRIPES: usize = 64;
/// How long a process that waits for another sleeps between two looks.
const PAUSES: [Duration; 4] =
    [Duration::from_millis(1), Duration::from_millis(2), Duration::from_millis(5), Duration::from_millis(10)];

/// The lock files of one store.
pub(super) struct Locks {
    folder: PathBuf,
    /// In front of each file, so that one task of this process waits for other processes, and the rest in line for it.
    here: Vec<Arc<Mutex<()>>>,
}

/// A held lock. The file closes first, and with it the other processes' wait ends; then comes who waits here.
pub(super) struct Held {
    _file: File,
    _here: OwnedMutexGuard<()>,
}

impl Locks {
    /// Those of the store at `path`; makes the folder.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let folder = sibling(path, "-locks");
        files::create_private_folder(&folder)?;
        Ok(Self { folder, here: (0..STRIPES).map(|_| Arc::default()).collect() })
    }

    /// Waits, blocking, until no other process opens the store.
    pub(super) fn alone(&self) -> io::Result<File> {
        let file = files::open_private(&self.folder.join("open"))?;
        file.lock()?;
        Ok(file)
    }

    /// Waits until nobody holds the lock. No thread waits, and whoever drops the future has left nothing behind.
    pub(super) async fn lock(&self, name: &str) -> io::Result<Held> {
        let stripe = stripe(name);
        let here = Arc::clone(&self.here[stripe]).lock_owned().await;
        let file = files::open_private(&self.folder.join(format!("{stripe:02}")))?;
        let mut pauses = PAUSES.into_iter();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Held { _file: file, _here: here }),
                Err(TryLockError::WouldBlock) => {
                    tokio::time::sleep(pauses.next().unwrap_or(PAUSES[PAUSES.len() - 1])).await;
                }
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }
}

fn stripe(name: &str) -> usize {
    // Not std's hash: every version of the program must choose the same file.
    usize::from(sha256(&[name.as_bytes()])[0]) % STRIPES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreads_names_over_all_files() {
        let mut used = [0; STRIPES];
        for user in 0..6400 {
            used[stripe(&format!("hubspot/app/user-{user}"))] += 1;
        }
        assert!(used.iter().all(|count| (50..160).contains(count)), "{used:?}");
    }
}
