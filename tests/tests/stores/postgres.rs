//! What the PostgreSQL store adds: many machines, locks of the server, connections that break.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use typed_connector::auth::{Key, Keyring, Kind, PostgresStore, Store, StoreErrorKind};
use typed_connector_tests::shown;

use crate::conformance::conformance;
use crate::links::links;
use crate::postgres_server::{PASSWORD, own, shared};
use crate::refresh::four_processes;
use crate::worker::Worker;

const SECRET: &[u8] = b"refresh-token-5f1b0d3c-super-secret";

fn key() -> Key {
    Key::generate().expect("randomness")
}

async fn store(url: &str, key: &Key) -> PostgresStore {
    PostgresStore::connect(url, key.clone()).await.map_err(|error| shown(&error)).expect("connected")
}

fn database_of(url: &str) -> &str {
    url.rsplit_once('/').expect("a database").1
}

#[tokio::test(flavor = "multi_thread")]
async fn conforms() {
    let Some(server) = shared() else { return };
    let (url, key) = (server.database().await, key());
    conformance("PostgreSQL", store(&url, &key).await, store(&url, &key).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn four_processes_refresh_once() {
    let Some(server) = shared() else { return };
    let (url, key) = (server.database().await, key());
    four_processes("PostgreSQL", &url, &key, store(&url, &key).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_outlives_the_process_and_four_processes_make_one() {
    let Some(server) = shared() else { return };
    let (url, key) = (server.database().await, key());
    links("PostgreSQL", &url, &key, store(&url, &key).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_make_the_tables_at_once_and_newer_ones_are_refused() {
    let Some(server) = shared() else { return };
    let (url, key) = (server.database().await, key());
    let stores = join_all((0..12).map(|_| store(&url, &key))).await;
    stores[0].put(Kind::Profile, "a", SECRET, None).await.expect("put");
    assert_eq!(stores[11].get(Kind::Profile, "a").await.expect("read").as_deref(), Some(SECRET));
    drop(stores);

    // Where the tables are there, reading and writing rows is enough.
    let database = database_of(&url);
    let role = format!("{database}_reader");
    server
        .execute(
            database,
            &format!(
                "CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}';
                 REVOKE ALL ON SCHEMA public FROM public; GRANT USAGE ON SCHEMA public TO {role};
                 GRANT SELECT ON typed_connector_schema TO {role};
                 GRANT SELECT, INSERT, UPDATE, DELETE ON typed_connector_entries TO {role}"
            ),
        )
        .await;
    let small = store(&url.replace("app:", &format!("{role}:")), &key).await;
    small.put(Kind::Profile, "a", b"x", None).await.expect("put");
    drop(small.lock("a").await.expect("locked"));

    server.execute(database, "INSERT INTO typed_connector_schema (version) VALUES (99)").await;
    let error = PostgresStore::connect(&url, key).await.expect_err("newer");
    assert_eq!(error.kind(), StoreErrorKind::Configuration);
    assert!(error.to_string().contains("newer typed-connector"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_the_first_version_are_migrated_by_one_of_many_and_keep_what_they_hold() {
    let Some(server) = shared() else { return };
    let (url, key) = (server.database().await, key());
    let database = database_of(&url);
    let old = store(&url, &key).await;
    old.put(Kind::Connection, "a", SECRET, None).await.expect("put");
    let versions = "SELECT string_agg(version::text, ' ' ORDER BY version) FROM typed_connector_schema";
    let current = server.execute(database, versions).await;
    drop(old);
    let back = "DROP TABLE typed_connector_budgets; DELETE FROM typed_connector_schema WHERE version > 1";
    server.execute(database, back).await;
    assert_eq!(server.execute(database, versions).await, ["1"]);
    let stores = join_all((0..8).map(|_| store(&url, &key))).await;
    for one in stores {
        assert_eq!(one.get(Kind::Connection, "a").await.expect("read").as_deref(), Some(SECRET));
    }
    assert_eq!(server.execute(database, versions).await, current);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_byte_of_a_secret_reaches_the_server_and_keys_are_told_apart() {
    let Some(server) = shared() else { return };
    let (url, key) = (server.database().await, key());
    let first = store(&url, &key).await;
    for number in 0..50 {
        first.put(Kind::Connection, &format!("user-{number}"), SECRET, None).await.expect("put");
    }
    let database = database_of(&url);
    server.execute(database, "CHECKPOINT").await;
    assert!(!server.holds(SECRET) && !server.holds(&SECRET[..12]));
    assert!(server.holds(b"user-42"), "this looks at the right files");

    let error = PostgresStore::connect(&url, self::key()).await.expect_err("another key");
    assert_eq!(error.kind(), StoreErrorKind::UnknownKey, "{error}");
    let newer = PostgresStore::connect(&url, Keyring::new(self::key()).with_older(key.clone()))
        .await
        .expect("both keys");
    assert_eq!(newer.rotate().await.expect("rotated").resealed, 50);
    let error = first.get(Kind::Connection, "user-1").await.expect_err("the old key opens nothing any more");
    assert_eq!(error.kind(), StoreErrorKind::UnknownKey, "{error}");

    let swap = "UPDATE typed_connector_entries a SET value = b.value FROM typed_connector_entries b
                WHERE a.key = 'user-1' AND b.key = 'user-2'";
    server.execute(database, swap).await;
    let error = newer.get(Kind::Connection, "user-1").await.expect_err("swapped");
    assert_eq!(error.kind(), StoreErrorKind::Damaged, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_is_free_at_once_when_its_process_is_killed() {
    let Some(server) = shared() else { return };
    let (url, key) = (server.database().await, key());
    let store = store(&url, &key).await;
    let mut slowest = Duration::ZERO;
    for _ in 0..5 {
        let mut worker = Worker::start(&key, None, &["lock", &url, "hubspot/app/user-1"]);
        worker.expect("ready");
        worker.go();
        worker.expect("locked");
        let waiting = tokio::spawn({
            let store = store.clone();
            async move { store.lock("hubspot/app/user-1").await.map(|held| (held, Instant::now())) }
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!waiting.is_finished(), "the other process holds it");
        let killed = Instant::now();
        assert!(!worker.kill());
        let (held, at) = waiting.await.expect("it ran").expect("locked");
        drop(held);
        slowest = slowest.max(at.duration_since(killed));
    }
    println!(
        "PostgreSQL: the lock of a killed process (SIGKILL) was free after {slowest:?} at most, in 5 runs"
    );
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn locks_and_statements_do_not_starve_each_other() {
    let Some(server) = shared() else { return };
    let (url, key) = (server.database().await, key());
    let store = store(&url, &key).await;
    let started = Instant::now();
    let tasks = (0..60).map(|number| {
        let store = store.clone();
        tokio::spawn(async move {
            let name = format!("user-{}", number % 20);
            let _held = store.lock(&name).await.expect("locked");
            for round in 0..3 {
                store.put(Kind::Connection, &name, &[round], None).await.expect("put");
                assert_eq!(store.get(Kind::Connection, &name).await.expect("read"), Some(vec![round]));
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        tokio::time::timeout(Duration::from_secs(60), task)
            .await
            .expect("nobody waits for ever")
            .expect("it ran");
    }
    let database = database_of(&url);
    let count = format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}'");
    println!("PostgreSQL: 60 locks of 20 names with their statements in {:?}", started.elapsed());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(server.execute("postgres", &count).await, ["1"], "connections of locks are closed");
    let held = join_all(["a", "b", "c", "d"].map(|name| store.lock(name))).await;
    assert_eq!(
        server.execute("postgres", &count).await,
        ["5"],
        "four locks, and what carries the statements"
    );
    assert!(held.iter().all(Result::is_ok));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_break_are_made_again() {
    let Some(server) = own() else { return };
    let (url, key) = (server.database().await, key());
    let store = store(&url, &key).await;
    store.put(Kind::Connection, "a", b"before", None).await.expect("put");
    let database = database_of(&url);
    let cut = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}' AND pid <> pg_backend_pid()"
    );
    for round in 0..5_u8 {
        server.execute("postgres", &cut).await;
        store.put(Kind::Connection, "a", &[round], None).await.map_err(|e| shown(&e)).expect("put");
        server.execute("postgres", &cut).await;
        assert_eq!(store.get(Kind::Connection, "a").await.expect("read"), Some(vec![round]));
    }
    // Somebody waits for a lock while the server crashes, and somebody writes.
    let held = store.lock("l").await.expect("locked");
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { store.lock("other").await.map(drop) }
    });
    waiting.await.expect("it ran").expect("locked");
    let writing = tokio::spawn({
        let store = store.clone();
        async move {
            for round in 0..200_u8 {
                store.put(Kind::Connection, "a", &[round], None).await.map_err(|e| shown(&e)).expect("put");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    tokio::task::block_in_place(|| server.crash_and_restart(Duration::from_millis(300)));
    writing.await.expect("nothing was lost while the server was down");
    assert_eq!(store.get(Kind::Connection, "a").await.expect("read"), Some(vec![199]));
    drop(held);
    drop(store.lock("l").await.expect("the server is back"));
}

#[tokio::test(flavor = "multi_thread")]
async fn speaks_tls_and_checks_who_is_there() {
    let Some(server) = own() else { return };
    let (url, key) = (server.database().await, key());
    let root = server.enable_tls().await;
    let plain = PostgresStore::connect(&format!("{url}?sslmode=disable"), key.clone()).await;
    plain.expect("without TLS");
    let error = PostgresStore::connect(&format!("{url}?sslmode=require"), key.clone()).await;
    let error = error.expect_err("nobody knows who signed the certificate");
    assert!(shown(&error).contains("certificate"), "{}", shown(&error));
    assert!(!shown(&error).contains(PASSWORD));

    let encrypted = format!("{url}?sslmode=verify-full&sslrootcert={}", root.display());
    let store = store(&encrypted, &key).await;
    store.put(Kind::Connection, "a", SECRET, None).await.expect("put");
    let _held = store.lock("a").await.expect("locked");
    let database = database_of(&url);
    let used = format!(
        "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
         WHERE datname = '{database}' AND pid <> pg_backend_pid()"
    );
    assert_eq!(server.execute("postgres", &used).await, ["t"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_up_wrongly_is_told_without_the_password() {
    let Some(server) = shared() else { return };
    let (url, key) = (server.database().await, key());
    let dead = "postgres://app:hunter2-postgres-password@127.0.0.1:1/d?connect_timeout=1";
    for (url, kind, words) in [
        (url.replace(PASSWORD, "hunter2-wrong"), StoreErrorKind::Configuration, "refuses"),
        (url.replace(database_of(&url), "nowhere"), StoreErrorKind::Configuration, "/nowhere refuses"),
        (dead.to_owned(), StoreErrorKind::Unavailable, "127.0.0.1:1/d cannot be reached"),
        (url.replace("postgres://", "http://"), StoreErrorKind::Configuration, "must begin with postgres://"),
    ] {
        let error = PostgresStore::connect(&url, key.clone()).await.expect_err("wrong");
        let text = shown(&error);
        assert!(error.kind() == kind && error.to_string().contains(words), "{kind:?} {text}");
        assert!(!text.contains("hunter2"), "{text}");
        println!("{error}");
    }
    let store = store(&url, &key).await;
    assert!(!format!("{store:?}").contains("hunter2"), "{store:?}");
}
