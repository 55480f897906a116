//! Keys in a file that only its owner can read.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use zeroize::Zeroizing;

use super::files::{self, sibling};
use super::key::random;
use super::keyring::{parse, within};
use super::{Key, Keyring, StoreError, StoreErrorKind};

/// A key file has a line for each key; this is enough for thousands.
const MAX_LENGTH: u64 = 256 * 1024;

/// How the names of files end that are not finished.
const DRAFT: &str = ".draft";

/// A file of keys, and how it was when it was last read.
pub(super) struct KeyFile {
    path: PathBuf,
    seen: Mutex<Option<Stamp>>,
}

#[derive(PartialEq, Eq, Clone, Copy)]
struct Stamp(SystemTime, u64);

impl Keyring {
    /// The keys in a file: one a line as [`Key::parse`] reads them, the primary one first; `#` begins a comment.
    ///
    /// The keyring follows the file as it changes.
    ///
    /// # Errors
    /// Where the file is missing, holds something else, or, on Unix, can be read or written by others than its owner.
    pub fn from_file(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let file = KeyFile { path: path.into(), seen: Mutex::default() };
        let keys = file.read()?;
        Ok(Self::of(keys, Some(file)))
    }

    /// The same; a file that is missing is made with a random key, readable by its owner only. Of several processes that make it at
    /// once, one does, and the others read it.
    ///
    /// # Errors
    /// Those of [`from_file`](Self::from_file), or where the file cannot be made.
    pub fn from_file_or_create(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let path = path.into();
        if !exists(&path)? {
            create(&path)?;
        }
        Self::from_file(path)
    }

    /// Puts a new random key at the top of a file; those that were there only open from now on. The first step of a rotation.
    ///
    /// # Errors
    /// Those of [`from_file`](Self::from_file), or where the file cannot be written. It is as before then.
    pub fn renew_file(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let path = path.into();
        rewrite(&path, |keys| {
            keys.insert(0, Key::generate()?);
            Ok(())
        })?;
        Self::from_file(path)
    }

    /// Removes all keys but the primary one from a file. The last step of a rotation: what is still sealed with an older key is lost.
    ///
    /// # Errors
    /// Those of [`from_file`](Self::from_file), or where the file cannot be written. It is as before then.
    pub fn prune_file(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let path = path.into();
        rewrite(&path, |keys| {
            keys.truncate(1);
            Ok(())
        })?;
        Self::from_file(path)
    }
}

impl KeyFile {
    pub(super) fn read(&self) -> Result<Vec<Key>, StoreError> {
        let (keys, stamp) = read(&self.path)?;
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = stamp;
        Ok(keys)
    }

    pub(super) fn has_changed(&self) -> bool {
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        fs::metadata(&self.path).is_ok_and(|metadata| stamp(&metadata) != seen)
    }
}

fn stamp(metadata: &fs::Metadata) -> Option<Stamp> {
    Some(Stamp(metadata.modified().ok()?, metadata.len()))
}

fn read(path: &Path) -> Result<(Vec<Key>, Option<Stamp>), StoreError> {
    let failed = |error| error_at("cannot read", path, error);
    let file = File::open(path).map_err(failed)?;
    // Of the open file, and not of its name, which may be another's by now.
    let metadata = file.metadata().map_err(failed)?;
    if let Some(mode) = files::open_to_others(&metadata) {
        let shown = path.display();
        let text = format!(
            "the key file `{shown}` is open to others than its owner (mode {mode:03o}); run `chmod 600 '{shown}'`, and make a \
             new key if somebody may have read it"
        );
        return Err(StoreError::new(text).with_kind(StoreErrorKind::Configuration));
    }
    let mut text = Zeroizing::new(String::with_capacity(4096));
    let length = file.take(MAX_LENGTH).read_to_string(&mut text).map_err(failed)?;
    if length as u64 == MAX_LENGTH {
        let text = format!("the key file `{}` is too large to be one", path.display());
        return Err(StoreError::new(text).with_kind(StoreErrorKind::Configuration));
    }
    let keys = parse(&text).map_err(|error| within(&format!("key file `{}`", path.display()), &error))?;
    Ok((keys, stamp(&metadata)))
}

fn exists(path: &Path) -> Result<bool, StoreError> {
    path.try_exists().map_err(|error| error_at("cannot look at", path, error))
}

/// Makes the file whole or not at all: others see it when its key is in it.
fn create(path: &Path) -> Result<(), StoreError> {
    let failed = |error| error_at("cannot make", path, error);
    files::create_private_folder(files::folder_of(path)).map_err(failed)?;
    let draft = draft(path, &[Key::generate()?])?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft).ok();
    match linked {
        Ok(()) => files::sync_folder_of(path).map_err(failed),
        // Somebody else has made it, and may have swept away this draft too.
        Err(_) if path.exists() => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

/// Changes the keys of a file, one process at a time; a reader sees the old ones or the new ones.
fn rewrite(
    path: &Path,
    change: impl FnOnce(&mut Vec<Key>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let failed = |error| error_at("cannot write", path, error);
    let lock = files::open_private(&sibling(path, ".lock")).map_err(failed)?;
    lock.lock().map_err(failed)?;
    let (mut keys, _) = read(path)?;
    change(&mut keys)?;
    let draft = draft(path, &keys)?;
    let renamed = fs::rename(&draft, path);
    if renamed.is_err() {
        fs::remove_file(&draft).ok();
    }
    sweep(path);
    renamed.and_then(|()| files::sync_folder_of(path)).map_err(failed)
}

/// Removes drafts that a process has left which was killed: keys that were dropped may be in them.
fn sweep(path: &Path) {
    let Some(start) = path.file_name().map(|name| format!("{}.", name.to_string_lossy())) else { return };
    for entry in fs::read_dir(files::folder_of(path)).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.strip_prefix(&start).and_then(|rest| rest.strip_suffix(DRAFT)).is_some_and(is_random) {
            fs::remove_file(entry.path()).ok();
        }
    }
}

/// Whether it is what a draft has in its name.
fn is_random(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A new file beside it with these keys, on the disk.
fn draft(path: &Path, keys: &[Key]) -> Result<PathBuf, StoreError> {
    let mut suffix = [0; 8];
    random(&mut suffix)?;
    let draft = sibling(path, &format!(".{:016x}{DRAFT}", u64::from_le_bytes(suffix)));
    let mut text = Zeroizing::new(String::with_capacity(200 + 64 * keys.len()));
    text.push_str(
        "# Seals typed-connector's store. The first key seals, the others only open. Keep it secret.\n",
    );
    for key in keys {
        text.push_str(&key.expose());
        text.push('\n');
    }
    let written = files::create_private(&draft).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    if let Err(error) = written {
        fs::remove_file(&draft).ok();
        return Err(error_at("cannot write", path, error));
    }
    Ok(draft)
}

fn error_at(what: &str, path: &Path, error: io::Error) -> StoreError {
    let text = format!("{what} the key file `{}`", path.display());
    StoreError::with_source(text, error).with_kind(StoreErrorKind::Configuration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_made_once_by_many() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new/deeper/key");
        let ids: Vec<_> = std::thread::scope(|scope| {
            let make = || Keyring::from_file_or_create(&path).expect("a keyring").ids();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
            threads.into_iter().map(|thread| thread.join().expect("joined")).collect()
        });
        assert!(ids.iter().all(|one| *one == ids[0] && one.len() == 1), "{ids:?}");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "a draft is left");
    }

    #[test]
    fn a_running_program_takes_up_a_new_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        assert!(
            Keyring::from_file(&path).expect_err("missing").to_string().contains("cannot read the key file")
        );
        let running = Keyring::from_file_or_create(&path).expect("made");
        let old = running.primary_id();
        let renewed = Keyring::renew_file(&path).expect("renewed");
        assert_eq!(renewed.ids().len(), 2);
        assert_eq!(renewed.ids()[1], old);
        assert_eq!(running.primary().id(), renewed.primary_id());
        // What a process left that was killed just then holds keys too.
        for name in ["key.0123456789abcdef.draft", "key.mine.draft", "other.0123456789abcdef.draft"] {
            fs::write(folder.path().join(name), "").expect("written");
        }
        assert_eq!(Keyring::prune_file(&path).expect("pruned").ids(), [renewed.primary_id()]);
        let mut left: Vec<_> =
            fs::read_dir(folder.path()).expect("read").flatten().map(|entry| entry.file_name()).collect();
        left.sort();
        assert_eq!(left, ["key", "key.lock", "key.mine.draft", "other.0123456789abcdef.draft"]);
    }

    #[cfg(unix)]
    #[test]
    fn is_refused_where_others_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        drop(Keyring::from_file_or_create(&path).expect("made"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        for mode in [0o640, 0o604, 0o620, 0o666] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = Keyring::from_file(&path).expect_err("open to others").to_string();
            assert!(error.contains(&format!("mode {mode:03o}")) && error.contains("chmod 600"), "{error}");
        }
    }
}
