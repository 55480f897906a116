//! What the SQLite store adds: one private file, sealed, and locks that end with their process.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tempfile::TempDir;
use typed_connector::auth::{Key, KeyId, Keyring, Kind, SqliteStore, Store, StoreError, StoreErrorKind};
use typed_connector_tests::shown;

use crate::worker::Worker;

const SECRET: &[u8] = b"refresh-token-5f1b0d3c-super-secret";

struct Bench {
    path: PathBuf,
    key: Key,
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { path: folder.path().join("made/for/it/store.sqlite"), key: key(), folder }
    }

    fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.path, self.key.clone()).expect("opened")
    }

    /// The file as SQLite sees it, without the store.
    fn raw(&self) -> Connection {
        Connection::open(&self.path).expect("opened")
    }

    fn files(&self) -> Vec<PathBuf> {
        files_in(self.folder.path())
    }
}

fn key() -> Key {
    Key::generate().expect("randomness")
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("read") {
        let path = entry.expect("read").path();
        if path.is_dir() {
            found.extend(files_in(&path));
        }
        found.push(path);
    }
    found
}

fn holds(path: &Path, secret: &[u8]) -> bool {
    let bytes = std::fs::read(path).expect("read");
    bytes.windows(secret.len()).any(|window| window == secret)
}

/// No error shows a secret or a key.
#[track_caller]
fn told(error: &StoreError, kind: StoreErrorKind, words: &str) {
    let text = shown(error);
    assert_eq!(error.kind(), kind, "{text}");
    assert!(text.contains(words), "{text}");
    assert!(!text.contains("super-secret"), "{text}");
    println!("{}", text.lines().next().unwrap_or_default());
}

#[cfg(unix)]
#[tokio::test]
async fn its_files_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    let bench = Bench::new();
    let store = bench.open();
    store.put(Kind::Connection, "a", SECRET, None).await.expect("put");
    drop(store.lock("a").await.expect("locked"));
    let files = bench.files();
    let names: Vec<_> = files.iter().map(|path| path.file_name().unwrap().to_string_lossy()).collect();
    for name in ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm", "store.sqlite-locks", "open"] {
        assert!(names.iter().any(|known| known == name), "{names:?}");
    }
    for path in &files {
        assert_eq!(mode(path), if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
    // A copy that came back with other rights loses them.
    drop(store);
    std::fs::set_permissions(&bench.path, std::fs::Permissions::from_mode(0o644)).expect("set");
    let store = bench.open();
    store.put(Kind::Connection, "a", SECRET, None).await.expect("put");
    for path in bench.files() {
        assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
    }
}

#[tokio::test]
async fn no_byte_of_a_secret_is_in_its_files() {
    let bench = Bench::new();
    let store = bench.open();
    for number in 0..200 {
        let key = format!("user-{number}");
        store.put(Kind::Connection, &key, SECRET, None).await.expect("put");
        store.put(Kind::Connection, &key, SECRET, None).await.expect("put over");
    }
    store.take(Kind::Connection, "user-7").await.expect("taken");
    for opened in [true, false] {
        let files = bench.files();
        let checked = files.iter().filter(|path| path.is_file());
        for path in checked {
            assert!(!holds(path, SECRET), "{}", path.display());
            assert!(!holds(path, &SECRET[..12]), "{}", path.display());
            assert!(!holds(path, bench.key.expose().as_bytes()), "{}", path.display());
        }
        assert!(
            files.iter().any(|path| holds_name(path, "user-42")),
            "keys are not sealed: this looks at the right files"
        );
        if opened {
            assert!(files.iter().any(|path| path.ends_with("store.sqlite-wal")), "{files:?}");
            bench.raw().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("written back");
        }
    }
    assert!(!format!("{store:?} {:?}", bench.key).contains(&*bench.key.expose()));
}

fn holds_name(path: &Path, name: &str) -> bool {
    path.is_file() && holds(path, name.as_bytes())
}

#[tokio::test]
async fn is_durable_before_put_answers() {
    let bench = Bench::new();
    let store = bench.open();
    store.put(Kind::Connection, "a", SECRET, None).await.expect("put");
    // A copy of the files at this moment, as a crash of the machine would leave them.
    let copy = tempfile::tempdir().expect("a folder");
    for suffix in ["", "-wal"] {
        let name = format!("store.sqlite{suffix}");
        std::fs::copy(bench.path.with_file_name(&name), copy.path().join(&name)).expect("copied");
    }
    let after = SqliteStore::open(copy.path().join("store.sqlite"), bench.key.clone()).expect("opened");
    assert_eq!(after.get(Kind::Connection, "a").await.expect("read").as_deref(), Some(SECRET));
}

#[tokio::test(flavor = "multi_thread")]
async fn its_key_is_rotated_while_others_use_it() {
    let bench = Bench::new();
    let key_file = bench.folder.path().join("key");
    let open = || {
        let keyring = Keyring::from_file_or_create(&key_file).expect("a keyring");
        SqliteStore::open(&bench.path, keyring).expect("opened")
    };
    let running = open();
    for number in 0..300 {
        running.put(Kind::Connection, &format!("user-{number}"), SECRET, None).await.expect("put");
    }
    let old = running.keyring().primary_id();
    // Somebody writes all the time, and nothing that they wrote is lost.
    let stop = Arc::new(AtomicBool::new(false));
    let writer = tokio::spawn({
        let (running, stop) = (running.clone(), Arc::clone(&stop));
        async move {
            let mut counts = vec![0_u32; 300];
            for number in (0..300).cycle() {
                counts[number] += 1;
                let (key, value) = (format!("user-{number}"), counts[number].to_string());
                running.put(Kind::Connection, &key, value.as_bytes(), None).await.expect("put");
                if stop.load(Ordering::Relaxed) && number == 299 {
                    break;
                }
            }
            counts
        }
    });
    let renewed = Keyring::renew_file(&key_file).expect("renewed");
    assert_eq!(renewed.ids()[1], old);
    let store = SqliteStore::open(&bench.path, renewed.clone()).expect("opened");
    let rotation = store.rotate().await.expect("rotated");
    println!("{rotation:?}");
    stop.store(true, Ordering::Relaxed);
    let counts = writer.await.expect("it wrote");
    let rotation = store.rotate().await.expect("rotated");
    assert_eq!((rotation.resealed, rotation.unreadable.len()), (0, 0), "the writer took up the new key");
    assert_eq!(rotation.current, 300);
    // A sealed value begins with its key's id: nothing that the old key opens is left.
    let left = |id: KeyId| {
        let id = u64::from_str_radix(&id.to_string(), 16).expect("hexadecimal").to_be_bytes();
        bench.files().iter().filter(|path| path.is_file() && holds(path, &id)).count()
    };
    assert_eq!((left(old), left(renewed.primary_id())), (0, 1));

    assert_eq!(Keyring::prune_file(&key_file).expect("pruned").ids(), [renewed.primary_id()]);
    let store = open();
    for (number, count) in counts.iter().enumerate() {
        let value =
            store.get(Kind::Connection, &format!("user-{number}")).await.expect("opened").expect("kept");
        assert_eq!(value, count.to_string().as_bytes());
    }
}

#[tokio::test]
async fn a_rotation_goes_on_where_it_was_stopped_and_names_what_it_cannot_open() {
    let bench = Bench::new();
    let store = bench.open();
    for number in 0..20 {
        store.put(Kind::Connection, &format!("user-{number:02}"), SECRET, None).await.expect("put");
    }
    let both = Keyring::new(key()).with_older(bench.key.clone());
    let half = SqliteStore::open(&bench.path, both.clone()).expect("opened");
    let stopped = tokio::time::timeout(Duration::from_millis(8), half.rotate()).await;
    println!("stopped before its end: {}", stopped.is_err());
    bench
        .raw()
        .execute("UPDATE entries SET value = x'01' WHERE key = CAST('user-03' AS BLOB)", [])
        .expect("damaged");
    let rotation = half.rotate().await.expect("rotated");
    assert_eq!(rotation.resealed + rotation.current, 19);
    assert!(rotation.unreadable.len() == 1 && rotation.unreadable[0].contains("user-03"), "{rotation:?}");
    let error = bench.open_with(bench.key.clone()).expect_err("the old key opens nothing any more");
    told(&error, StoreErrorKind::UnknownKey, &bench.key.id().to_string());
}

impl Bench {
    fn open_with(&self, keyring: impl Into<Keyring>) -> Result<SqliteStore, StoreError> {
        SqliteStore::open(&self.path, keyring)
    }
}

#[tokio::test]
async fn a_wrong_key_is_told_when_it_is_opened() {
    let bench = Bench::new();
    let wrong = key();
    // An empty store takes any key.
    bench.open_with(wrong.clone()).expect("opened");
    bench.open().put(Kind::Connection, "a", SECRET, None).await.expect("put");
    let error = bench.open_with(wrong.clone()).expect_err("another key");
    told(&error, StoreErrorKind::UnknownKey, &format!("sealed with the key {}", bench.key.id()));
    assert!(error.to_string().contains(&wrong.id().to_string()), "{error}");
    assert!(!shown(&error).contains(&*wrong.expose()));

    // One row of another key among good ones is told when it is read.
    let other = bench.open_with(Keyring::new(wrong).with_older(bench.key.clone())).expect("opened");
    other.put(Kind::Connection, "b", SECRET, None).await.expect("put");
    let store = bench.open();
    assert_eq!(store.get(Kind::Connection, "a").await.expect("opened").as_deref(), Some(SECRET));
    let error = store.get(Kind::Connection, "b").await.expect_err("another key");
    told(&error, StoreErrorKind::UnknownKey, "connection `b` is sealed with the key");
}

#[tokio::test]
async fn forged_truncated_and_swapped_rows_are_told() {
    let bench = Bench::new();
    let store = bench.open();
    for user in ["a", "b"] {
        store.put(Kind::Connection, user, SECRET, None).await.expect("put");
    }
    let later = Some(typed_connector::Timestamp::now() + Duration::from_millis(200));
    store.put(Kind::Pending, "a", SECRET, later).await.expect("put");
    let raw = bench.raw();
    let sealed = |kind: &str, key: &str| -> Vec<u8> {
        let sql = "SELECT value FROM entries WHERE kind = ?1 AND key = ?2";
        raw.query_row(sql, (kind, key.as_bytes()), |row| row.get(0)).expect("a row")
    };
    let (good, other) = (sealed("connection", "a"), sealed("connection", "b"));
    let mut forged = good.clone();
    *forged.last_mut().expect("bytes") ^= 1;
    let cases = [
        ("forged", forged, "was damaged, forged, or belongs in another place"),
        ("another row's", other, "was damaged, forged, or belongs in another place"),
        ("another kind's", sealed("pending", "a"), "was damaged, forged, or belongs in another place"),
        ("cut", good[..40].to_vec(), "truncated"),
        ("empty", Vec::new(), "truncated"),
        ("plain", SECRET.to_vec(), "not sealed"),
    ];
    for (what, bytes, words) in cases {
        let sql = "UPDATE entries SET value = ?1 WHERE kind = 'connection' AND key = CAST('a' AS BLOB)";
        assert_eq!(raw.execute(sql, [bytes]).expect("written"), 1);
        let error = store.get(Kind::Connection, "a").await.expect_err(what);
        told(&error, StoreErrorKind::Damaged, words);
        let error = store.replace(Kind::Connection, "a", SECRET, b"x").await.expect_err(what);
        told(&error, StoreErrorKind::Damaged, words);
    }
    // It can be overwritten, and others are not touched.
    store.put(Kind::Connection, "a", SECRET, None).await.expect("put");
    assert_eq!(store.get(Kind::Connection, "b").await.expect("opened").as_deref(), Some(SECRET));
    // A longer life cannot be forged: the seal covers the expiry.
    raw.execute("UPDATE entries SET expires_at = expires_at + 3600000 WHERE kind = 'pending'", [])
        .expect("written");
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert_eq!(store.get(Kind::Pending, "a").await.expect("read"), None);
}

#[tokio::test]
async fn a_file_that_is_no_store_is_told() {
    let bench = Bench::new();
    std::fs::create_dir_all(bench.path.parent().expect("a folder")).expect("made");
    let error = |path: &Path| SqliteStore::open(path, bench.key.clone()).expect_err("no store");

    std::fs::write(&bench.path, b"this is a text and no database, long enough for a header".repeat(50))
        .expect("written");
    told(&error(&bench.path), StoreErrorKind::Damaged, "damaged, or no SQLite file");

    let other = bench.folder.path().join("other.sqlite");
    Connection::open(&other).expect("made").execute_batch("CREATE TABLE entries (x)").expect("made");
    told(&error(&other), StoreErrorKind::Configuration, "another program's database");

    let newer = bench.folder.path().join("newer.sqlite");
    drop(SqliteStore::open(&newer, bench.key.clone()).expect("made"));
    Connection::open(&newer).expect("opened").execute_batch("PRAGMA user_version = 99").expect("set");
    told(&error(&newer), StoreErrorKind::Configuration, "newer typed-connector");

    // Its locks are beside it, and so must not be where nobody removes them.
    told(&error(bench.path.parent().expect("a folder")), StoreErrorKind::Configuration, "cannot");
    told(&error(&other.join("below/a/file")), StoreErrorKind::Configuration, "cannot use the store");
    let mut beside = bench.folder.path().as_os_str().to_owned();
    beside.push("-locks");
    assert!(!Path::new(&beside).exists());
}

#[tokio::test]
async fn a_damaged_file_is_told() {
    let bench = Bench::new();
    let store = bench.open();
    for number in 0..500 {
        store.put(Kind::Connection, &format!("user-{number}"), &SECRET.repeat(10), None).await.expect("put");
    }
    drop(store);
    let whole = std::fs::read(&bench.path).expect("read");
    assert!(whole.len() > 100_000, "everything is in the file itself: {}", whole.len());
    let mut damaged = 0;
    for (from, to) in [(0, 100), (100, 4096), (4096, 8192), (40_000, 80_000), (whole.len() / 2, whole.len())]
    {
        let mut bytes = whole.clone();
        bytes[from..to].fill(0xA5);
        std::fs::write(&bench.path, &bytes).expect("written");
        damaged += usize::from(reads_all_or_tells(&bench).await);
    }
    for length in [0, 1, 100, 4096, 5000, whole.len() / 2] {
        std::fs::write(&bench.path, &whole[..length]).expect("written");
        damaged += usize::from(reads_all_or_tells(&bench).await);
    }
    assert!(damaged >= 9, "{damaged} of 11 were noticed");
}

/// Reads everything; nothing panics, and what is answered is right.
async fn reads_all_or_tells(bench: &Bench) -> bool {
    let store = match bench.open_with(bench.key.clone()) {
        Ok(store) => store,
        Err(error) => {
            told(&error, StoreErrorKind::Damaged, "damaged");
            return true;
        }
    };
    let mut noticed = store.keys(Kind::Connection).await.is_err();
    for number in 0..500 {
        match store.get(Kind::Connection, &format!("user-{number}")).await {
            Ok(value) => assert!(value.is_none_or(|value| value == SECRET.repeat(10))),
            Err(error) => {
                assert_eq!(error.kind(), StoreErrorKind::Damaged, "{}", shown(&error));
                noticed = true;
            }
        }
    }
    noticed
}

#[tokio::test]
async fn what_has_expired_is_deleted() {
    let bench = Bench::new();
    let store = bench.open();
    let soon = Some(typed_connector::Timestamp::now() + Duration::from_millis(100));
    for number in 0..50 {
        store.put(Kind::Pending, &format!("{number}"), SECRET, soon).await.expect("put");
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    store.put(Kind::Connection, "a", SECRET, None).await.expect("put");
    let rows: i64 =
        bench.raw().query_row("SELECT count(*) FROM entries", [], |row| row.get(0)).expect("counted");
    assert_eq!(rows, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_is_free_at_once_when_its_process_is_killed() {
    let bench = Bench::new();
    let store = bench.open();
    let url = format!("sqlite:{}", bench.path.display());
    let mut slowest = Duration::ZERO;
    for _ in 0..5 {
        let mut worker = Worker::start(&bench.key, None, &["lock", &url, "hubspot/app/user-1"]);
        worker.expect("ready");
        worker.go();
        worker.expect("locked");
        let waiting = tokio::spawn({
            let store = store.clone();
            async move { store.lock("hubspot/app/user-1").await.map(|held| (held, Instant::now())) }
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!waiting.is_finished(), "the other process holds it");
        let killed = Instant::now();
        assert!(!worker.kill());
        let (held, at) = waiting.await.expect("it ran").expect("locked");
        drop(held);
        slowest = slowest.max(at.duration_since(killed));
    }
    println!("SQLite: the lock of a killed process (SIGKILL) was free after {slowest:?} at most, in 5 runs");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_open_a_new_file_at_once() {
    for _ in 0..5 {
        let bench = Arc::new(Bench::new());
        let open = |_| {
            let bench = Arc::clone(&bench);
            tokio::task::spawn_blocking(move || bench.open())
        };
        for task in (0..16).map(open).collect::<Vec<_>>() {
            task.await.expect("opened");
        }
    }
}
