//! The key in the operating system's keychain: a real Secret Service, on a bus and in a home of its own.
//!
//! Only on Linux, since the keychains of other systems are the person's who runs the tests.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use typed_connector::auth::{Keyring, Kind, SqliteStore, Store as _, StoreErrorKind};
use typed_connector_tests::shown;

/// Set in the process that has a keychain.
const INSIDE: &str = "TYPED_CONNECTOR_TESTS_KEYCHAIN";
const PROGRAMS: [&str; 2] = ["dbus-run-session", "gnome-keyring-daemon"];
const NAMES: (&str, &str) = ("typed-connector-tests", "store");

/// The programs, or none, which is told, where the machine lacks one. With `REQUIRE_KEYCHAIN=1` that fails.
fn installed() -> Option<()> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let missing = PROGRAMS.iter().find(|name| !folders.iter().any(|folder| folder.join(name).is_file()));
    let Some(missing) = missing.filter(|_| cfg!(target_os = "linux")) else {
        return cfg!(target_os = "linux").then_some(());
    };
    let required = std::env::var("REQUIRE_KEYCHAIN").is_ok_and(|value| value == "1");
    assert!(!required, "REQUIRE_KEYCHAIN=1, and {missing} is not installed");
    // Not `println!`, which the test harness shows for failed tests only.
    drop(writeln!(std::io::stderr(), "SKIPPED: {missing} is not installed, so no keychain was tested"));
    None
}

/// Runs one of these tests in a process whose home and session are in a folder.
fn run(test: &str, home: &Path, session: &mut Command) -> Output {
    let this = std::env::current_exe().expect("this program");
    session.arg(this).args(["--exact", test, "--nocapture"]);
    for variable in ["HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", INSIDE]
    {
        session.env(variable, home);
    }
    session.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").output().expect("it runs")
}

#[tokio::test]
async fn keeps_the_key_and_rotates_it() {
    if let Some(home) = std::env::var_os(INSIDE) {
        return in_a_session(Path::new(&home)).await;
    }
    if installed().is_none() {
        return;
    }
    let home = tempfile::tempdir().expect("a folder");
    // The daemon takes the password of the login keychain, which it makes, from its input.
    let script = "printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec \"$0\" \"$@\"";
    let mut session = Command::new("dbus-run-session");
    let output =
        run("keychain::keeps_the_key_and_rotates_it", home.path(), session.args(["--", "sh", "-c", script]));
    let text = [&output.stdout[..], &output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    print!(
        "{}",
        text.lines()
            .filter(|line| line.starts_with("FIGURE"))
            .fold(String::new(), |all, line| all + line + "\n")
    );
    assert!(output.status.success() && text.contains("FIGURE keychain"), "{text}");
}

async fn in_a_session(home: &Path) {
    let (service, user) = NAMES;
    let missing = Keyring::from_keychain(service, user).expect_err("it is empty");
    assert_eq!(missing.kind(), StoreErrorKind::Configuration, "{}", shown(&missing));
    assert!(missing.to_string().contains("holds no key for `typed-connector-tests`, `store`"), "{missing}");

    let path = home.join("store.sqlite");
    let open = |keyring: Keyring| SqliteStore::open(&path, keyring).expect("opened");
    let made = Keyring::from_keychain_or_create(service, user).expect("made");
    open(made.clone()).put(Kind::Connection, "ada", b"tokens", None).await.expect("kept");
    let found = Keyring::from_keychain(service, user).expect("found");
    assert_eq!(found.ids(), made.ids());
    assert_eq!(Keyring::from_keychain_or_create(service, user).expect("found").ids(), made.ids());
    assert!(Keyring::from_keychain(service, "another").is_err(), "names are told apart");

    let renewed = Keyring::renew_keychain(service, user).expect("renewed");
    assert_eq!((renewed.ids().len(), renewed.ids()[1]), (2, made.primary_id()));
    let rotation = open(renewed.clone()).rotate().await.expect("rotated");
    assert_eq!((rotation.resealed, rotation.unreadable.len()), (1, 0));
    let pruned = Keyring::prune_keychain(service, user).expect("pruned");
    assert_eq!(pruned.ids(), [renewed.primary_id()]);
    let found = Keyring::from_keychain(service, user).expect("found");
    let kept = open(found).get(Kind::Connection, "ada").await.expect("opened");
    assert_eq!(kept.as_deref(), Some(&b"tokens"[..]));
    println!(
        "FIGURE keychain: made, found by others, renewed, 1 value sealed anew, the old key dropped, the store opened with what is left"
    );
}

#[test]
fn none_is_told() {
    if std::env::var_os(INSIDE).is_some() {
        let error = Keyring::from_keychain_or_create(NAMES.0, NAMES.1).expect_err("there is none");
        println!("FIGURE keychain, where there is none: «{error}»");
        assert!(
            error.to_string().contains("keep the key in a file or in an environment variable"),
            "{}",
            shown(&error)
        );
        return;
    }
    if !cfg!(target_os = "linux") {
        return;
    }
    let home = tempfile::tempdir().expect("a folder");
    let nowhere = format!("unix:path={}", home.path().join("no-bus").display());
    let mut session = Command::new("env");
    let output = run(
        "keychain::none_is_told",
        home.path(),
        session.arg(format!("DBUS_SESSION_BUS_ADDRESS={nowhere}")),
    );
    let text = String::from_utf8_lossy(&output.stdout);
    print!(
        "{}",
        text.lines()
            .filter(|line| line.starts_with("FIGURE"))
            .fold(String::new(), |all, line| all + line + "\n")
    );
    assert!(output.status.success() && text.contains("FIGURE"), "{output:?}");
}
