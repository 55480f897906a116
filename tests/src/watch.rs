//! Whether a whole suite of tests shows a secret anywhere.
//!
//! A suite has a test that calls [`whole_suite`], which runs all its other tests once more in a process of their own. There everything
//! is logged at TRACE, by whomever (the HTTP client, TLS and the database driver too); errors, `Debug` texts, output and panics (with
//! every error that a test expects) are kept, and so are the bytes of stores; and sandboxes note every secret that they issue or are sent. Then all of it is searched.
//!
//! A test cannot stay out: what starts servers calls [`begin`], which notes the test's name, and a name that is missing fails the suite.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, Once};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use typed_connector::auth::{Key, Keyring, SqliteStore};
use typed_connector::meta::ActionMeta;
use typed_connector::{Error, Observer};

/// In the process that is watched: the folder where all goes.
const VARIABLE: &str = "TYPED_CONNECTOR_TESTS_WATCHED";
/// Secrets, in the form of [`Builder::ledger`](typed_connector_sandbox::Builder::ledger).
const LEDGER: &str = "ledger";
const LOG: &str = "log";
const SHOWN: &str = "shown";
const TESTS: &str = "tests";
/// The beginning of panics that are made to see what they show.
const PANIC: &str = "a panic that is watched";

fn folder() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).map(PathBuf::from)
}

/// Every test of a suite that is watched begins so; what starts servers does it.
pub fn begin() {
    static LOGGING: Once = Once::new();
    let Some(folder) = folder() else { return };
    LOGGING.call_once(|| {
        let log = File::create(folder.join(LOG)).expect("a log");
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(Mutex::new(log))
            .init();
    });
    // The thread of a test has the test's name.
    append(TESTS, std::thread::current().name().unwrap_or("a thread without a name"));
}

/// Where a sandbox notes its secrets.
pub(crate) fn ledger() -> Option<PathBuf> {
    Some(folder()?.join(LEDGER))
}

/// A secret that no sandbox knows.
pub fn secret(what: &str, secret: &str) {
    append(LEDGER, &format!("{what}\t{secret}"));
}

/// What a program would print or log.
pub fn shown(text: &str) {
    append(SHOWN, text);
}

/// A panic with an error's message, as `unwrap` makes it, which goes to the output.
pub(crate) fn panics(error: &dyn std::error::Error) {
    if folder().is_none() {
        return;
    }
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| panic!("{PANIC}: {error:?}")));
    assert!(panic.is_err());
}

fn append(file: &str, line: &str) {
    let Some(folder) = folder() else { return };
    let mut file = OpenOptions::new().create(true).append(true).open(folder.join(file)).expect("a file");
    file.write_all(format!("{line}\n").as_bytes()).expect("written");
}

/// Keeps how calls fail.
#[derive(Debug, Clone, Copy)]
pub struct Errors;

impl Observer for Errors {
    fn failed(&self, _: &'static ActionMeta, error: &Error) {
        shown(&crate::shown(error));
    }
}

/// A store in a file with a key of its own, whose bytes are searched too.
#[derive(Debug)]
pub struct Kept {
    /// The store.
    pub store: SqliteStore,
    /// Where it is.
    pub path: PathBuf,
    /// What seals it.
    pub key: Key,
    folder: tempfile::TempDir,
}

impl Kept {
    /// A new one.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, key) = (folder.path().join("store.sqlite"), Key::generate().expect("randomness"));
        secret("vault key", &key.expose());
        let store = SqliteStore::open(&path, Keyring::new(key.clone())).expect("opened");
        Self { store, path, key, folder }
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let Some(folder) = folder() else { return };
        // While it is open, so that the write-ahead log is there.
        let name = self.folder.path().file_name().expect("a name").to_owned();
        for entry in std::fs::read_dir(self.folder.path()).expect("the folder").flatten() {
            if entry.path().is_file() {
                let copy = [name.as_os_str(), entry.file_name().as_os_str()].join("-".as_ref());
                std::fs::copy(entry.path(), folder.join(copy)).expect("copied");
            }
        }
    }
}

/// Runs all other tests of this program once more, and searches what they show. `this` is the test that calls this.
pub fn whole_suite(this: &str) {
    let program = std::env::current_exe().expect("this program");
    let listed = Command::new(&program).args(["--list", "--format", "terse"]).output().expect("it lists");
    let listed = String::from_utf8(listed.stdout).expect("text");
    let listed: BTreeSet<&str> = listed.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    assert!(listed.contains(this), "{this} is not among {listed:?}");

    let folder = tempfile::tempdir().expect("a folder");
    let output = Command::new(&program)
        .args(["--exact", "--skip", this, "--nocapture"])
        .env(VARIABLE, folder.path())
        .env("RUST_BACKTRACE", "0")
        .output()
        .expect("it runs");
    let text = [&output.stdout[..], &output.stderr].concat();
    let shown = String::from_utf8_lossy(&text);
    assert!(output.status.success(), "a test fails where it is watched:\n{shown}");
    let passed = format!("test result: ok. {} passed; 0 failed; 0 ignored", listed.len() - 1);
    assert!(shown.contains(&passed), "no `{passed}` in\n{shown}");
    let begun = std::fs::read_to_string(folder.path().join(TESTS)).expect("some began");
    let begun: BTreeSet<&str> = begun.lines().collect();
    let outside: Vec<_> = listed.iter().filter(|test| **test != this && !begun.contains(*test)).collect();
    assert!(outside.is_empty(), "not watched, since they do not start with `watch::begin`: {outside:?}");

    let ledger = std::fs::read_to_string(folder.path().join(LEDGER)).expect("some are secret");
    let secrets = Secrets::read(&ledger);
    let mut sizes = BTreeMap::from([("output", text.len())]);
    let mut found = secrets.find("output", &text);
    for entry in std::fs::read_dir(folder.path()).expect("the folder").flatten() {
        let name = entry.file_name().into_string().expect("text");
        let place = match name.as_str() {
            LEDGER | TESTS => continue,
            LOG => "log",
            SHOWN => "errors and Debug",
            _ => "stores",
        };
        let bytes = std::fs::read(entry.path()).expect("read");
        *sizes.entry(place).or_default() += bytes.len();
        found.extend(secrets.find(place, &bytes));
    }
    let panics = shown.matches(PANIC).count();
    println!(
        "FIGURE {}: {} tests with everything logged at TRACE, {panics} panics with errors among them; bytes searched: {sizes:?}; \
         secrets: {:?}; found: {}",
        program.file_name().unwrap_or_default().to_string_lossy(),
        listed.len() - 1,
        secrets.kinds,
        found.len()
    );
    assert!(panics > 20, "{panics}");
    assert!(found.is_empty(), "{}", found.join("\n"));
    for kind in KINDS {
        assert!(secrets.kinds.contains_key(kind), "no {kind} was met: {:?}", secrets.kinds);
    }
    // It is the log, and that of other crates too.
    let log = std::fs::read(folder.path().join(LOG)).expect("a log");
    for part in ["TRACE hyper", "DEBUG call", "typed_connector", "reqwest"] {
        assert!(memchr::memmem::find(&log, part.as_bytes()).is_some(), "no `{part}` in the log");
    }
    for place in ["output", "log", "errors and Debug", "stores"] {
        assert!(sizes.get(place).is_some_and(|size| *size > 1000), "nothing of {place}: {sizes:?}");
    }
}

/// What a suite that authorizes has to meet.
const KINDS: [&str; 8] = [
    "client secret",
    "static token",
    "access token",
    "refresh token",
    "code",
    "verifier",
    "state",
    "vault key",
];

/// Secrets to search for, in several forms.
#[derive(Default)]
struct Secrets {
    /// How many there are of each kind.
    kinds: BTreeMap<String, usize>,
    /// By their first eight bytes.
    needles: BTreeMap<u64, Vec<(String, Vec<u8>)>>,
    /// Which beginnings there are, by a hash of them: most places are passed over by a look at this.
    beginnings: Vec<bool>,
}

impl Secrets {
    fn read(ledger: &str) -> Self {
        let mut all = Self { beginnings: vec![false; 1 << 16], ..Self::default() };
        let lines: BTreeSet<&str> = ledger.lines().collect();
        for line in lines {
            let (kind, secret) = line.split_once('\t').expect("a kind and a secret");
            assert!(secret.len() >= 16, "too short to be told from other text: {line}");
            *all.kinds.entry(kind.to_owned()).or_default() += 1;
            // A part is as bad as the whole: a long one may have been cut.
            let parts = [&secret[..20.min(secret.len())], &secret[secret.len() - 16..]];
            for part in parts.map(str::as_bytes) {
                all.add(kind, "", part.to_vec());
                let list: Vec<_> = part.iter().map(ToString::to_string).collect();
                all.add(kind, " as a list of bytes", list.join(", ").into_bytes());
                all.add(kind, " in hexadecimal", hexadecimal(part).into_bytes());
            }
            // Three bytes are four digits: where it begins within them changes them all, and what follows changes the last.
            for shift in 0..3 {
                let shifted = [&vec![0; shift][..], secret.as_bytes()].concat();
                let digits = STANDARD_NO_PAD.encode(shifted);
                let digits = &digits[(shift * 8).div_ceil(6)..digits.len() - 4];
                all.add(kind, " in Base64", digits.as_bytes().to_vec());
            }
            let escaped: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            if escaped != secret {
                all.add(kind, " percent-encoded", escaped.into_bytes());
            }
        }
        all
    }

    fn add(&mut self, kind: &str, form: &str, needle: Vec<u8>) {
        let beginning = needle.iter().take(8).fold(0, |window, byte| window << 8 | u64::from(*byte));
        self.beginnings[slot(beginning)] = true;
        self.needles.entry(beginning).or_default().push((format!("{kind}{form}"), needle));
    }

    /// Where in these bytes is a secret? Not which one.
    fn find(&self, place: &str, bytes: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        let mut window = 0_u64;
        for (at, byte) in bytes.iter().enumerate() {
            window = window << 8 | u64::from(*byte);
            if at < 7 || !self.beginnings[slot(window)] {
                continue;
            }
            let rest = &bytes[at - 7..];
            for (what, needle) in self.needles.get(&window).into_iter().flatten() {
                if rest.starts_with(needle) {
                    let from = line_before(bytes, at - 7);
                    found.push(format!("{place}: a {what} at byte {}, after `{from}`", at - 7));
                }
            }
        }
        found
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn slot(beginning: u64) -> usize {
    usize::try_from(beginning.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48).unwrap_or_default()
}

/// What is before it on its line.
fn line_before(bytes: &[u8], at: usize) -> String {
    let start = at.saturating_sub(160);
    let line = String::from_utf8_lossy(&bytes[start..at]).into_owned();
    line.rsplit('\n').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn search(ledger: &str, bytes: &[u8]) -> Vec<String> {
        Secrets::read(ledger).find("here", bytes)
    }

    #[test]
    fn finds_a_secret_in_every_form_and_a_part_of_it() {
        let secret = "pat-na1-0123456789abcdefghij+/=";
        let ledger = format!("static token\t{secret}\ncode\tna1-zzzzzzzzzzzzzzzzzzzzz\n");
        let bytes = secret.as_bytes();
        for shown in [
            format!("before {secret} after"),
            format!("cut {}…", &secret[..21]),
            format!("…{}", &secret[secret.len() - 18..]),
            format!("{bytes:?}"),
            format!("{:?}", String::from(secret)),
            hexadecimal(bytes),
            format!("Basic {}", STANDARD.encode(secret)),
            format!("Basic {}", STANDARD.encode(format!("id:{secret}"))),
            format!("Basic {}", STANDARD.encode(format!("an-id:{secret}x"))),
            format!("Basic {}", STANDARD.encode(format!("an-id2:{secret}xx"))),
            form_urlencoded::byte_serialize(bytes).collect(),
            secret.to_owned(),
        ] {
            assert!(!search(&ledger, shown.as_bytes()).is_empty(), "{shown}");
        }
        for clean in ["pat-na1-", "pat-na1-0123456789…", "", "na1-zzzzzzzzzz"] {
            assert_eq!(search(&ledger, clean.as_bytes()), Vec::<String>::new(), "{clean}");
        }
    }
}
