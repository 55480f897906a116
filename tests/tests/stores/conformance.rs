//! What every store guarantees.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use typed_connector::Timestamp;
use typed_connector::auth::{Key, Kind, MemoryStore, SqliteStore, Store, Vault};

/// Keys that a careless store confuses or cannot write.
const ODD_KEYS: [&str; 12] = [
    "",
    " ",
    "a",
    "A",
    "a ",
    "a\0b",
    "a\0c",
    "%_'\";--",
    "ünïcödé/✓/🦀",
    "u\u{308}", // looks like ü and is another key
    "\u{202e}\r\n\t",
    "hubspot/8f2c/user-1",
];

async fn value(store: &impl Store, kind: Kind, key: &str) -> Option<Vec<u8>> {
    store.get(kind, key).await.expect("it answers")
}

fn after(time: Duration) -> Timestamp {
    Timestamp::now() + time
}

/// Runs all of it on an empty store. `again` is the same store, opened another time where that can be.
pub(crate) async fn conformance<S: Store>(name: &str, store: S, again: S) {
    let started = Instant::now();
    let (store, again) = (Arc::new(store), Arc::new(again));
    keeps_what_it_is_given(&*store, &*again).await;
    keeps_any_key_and_any_bytes(&*store, &*again).await;
    forgets_what_has_expired(&*store, &*again).await;
    replaces_only_what_is_still_there(&*store, &*again).await;
    gives_what_is_taken_to_one(&store, &again).await;
    gives_the_replacement_to_one(&store, &again).await;
    excludes_others(&store, &again).await;
    gives_up_a_lock_that_nobody_waits_for_any_more(&store, &again).await;
    keeps_ten_thousand(&store).await;
    println!("{name}: conformance in {:.1} s", started.elapsed().as_secs_f64());
}

async fn keeps_what_it_is_given(store: &impl Store, again: &impl Store) {
    for kind in Kind::ALL {
        assert_eq!(value(store, kind, "k").await, None);
        assert!(store.keys(kind).await.expect("keys").is_empty());
    }
    store.put(Kind::Connection, "k", b"one", None).await.expect("put");
    assert_eq!(value(again, Kind::Connection, "k").await.as_deref(), Some(&b"one"[..]));
    assert_eq!(value(again, Kind::Pending, "k").await, None, "kinds are apart");
    store.put(Kind::Connection, "k", b"two", None).await.expect("put over");
    assert_eq!(value(again, Kind::Connection, "k").await.as_deref(), Some(&b"two"[..]));
    assert_eq!(again.take(Kind::Connection, "k").await.expect("taken").as_deref(), Some(&b"two"[..]));
    assert_eq!(store.take(Kind::Connection, "k").await.expect("taken before"), None);
    assert_eq!(value(store, Kind::Connection, "k").await, None);
}

async fn keeps_any_key_and_any_bytes(store: &impl Store, again: &impl Store) {
    let all: Vec<u8> = (0..=255).collect();
    let large = all.repeat(4096); // 1 MiB
    for (number, key) in (0_u8..).zip(ODD_KEYS) {
        let bytes = [&[number][..], &all].concat();
        store.put(Kind::Profile, key, &bytes, None).await.expect("put");
    }
    let keys = again.keys(Kind::Profile).await.expect("keys");
    let sorted: BTreeSet<_> = ODD_KEYS.iter().map(ToString::to_string).collect();
    assert_eq!(keys, sorted.into_iter().collect::<Vec<_>>(), "all of them, sorted");
    for (number, key) in (0_u8..).zip(ODD_KEYS) {
        let taken = again.take(Kind::Profile, key).await.expect("taken").expect("it is there");
        assert_eq!(taken, [&[number][..], &all].concat(), "{key:?}");
    }
    for bytes in [&b""[..], &large] {
        store.put(Kind::Profile, "bytes", bytes, None).await.expect("put");
        assert_eq!(value(again, Kind::Profile, "bytes").await.as_deref(), Some(bytes));
    }
    store.take(Kind::Profile, "bytes").await.expect("taken");
}

async fn forgets_what_has_expired(store: &impl Store, again: &impl Store) {
    let past = Timestamp::now() - Duration::from_secs(1);
    store.put(Kind::Pending, "past", b"x", Some(past)).await.expect("put");
    store.put(Kind::Pending, "soon", b"x", Some(after(Duration::from_millis(300)))).await.expect("put");
    store.put(Kind::Pending, "later", b"x", Some(after(Duration::from_secs(3600)))).await.expect("put");
    store.put(Kind::Pending, "far", b"x", Some(Timestamp::MAX)).await.expect("put");
    assert_eq!(value(again, Kind::Pending, "past").await, None);
    assert!(value(again, Kind::Pending, "soon").await.is_some());
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(value(again, Kind::Pending, "soon").await, None);
    assert_eq!(again.keys(Kind::Pending).await.expect("keys"), ["far", "later"]);
    assert_eq!(again.take(Kind::Pending, "soon").await.expect("taken"), None);
    assert!(!again.replace(Kind::Pending, "soon", b"x", b"y").await.expect("tried"));
    // A replacement keeps the expiry, a `put` sets it anew.
    store.put(Kind::Pending, "kept", b"x", Some(after(Duration::from_millis(300)))).await.expect("put");
    assert!(again.replace(Kind::Pending, "kept", b"x", b"y").await.expect("tried"));
    store.put(Kind::Pending, "lifted", b"x", Some(after(Duration::from_millis(300)))).await.expect("put");
    store.put(Kind::Pending, "lifted", b"x", None).await.expect("put");
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(value(again, Kind::Pending, "kept").await, None);
    assert!(value(again, Kind::Pending, "lifted").await.is_some());
    for key in ["later", "far", "lifted"] {
        store.take(Kind::Pending, key).await.expect("taken").expect("it was there");
    }
}

async fn replaces_only_what_is_still_there(store: &impl Store, again: &impl Store) {
    assert!(!store.replace(Kind::Connection, "r", b"", b"x").await.expect("tried"), "there is none");
    store.put(Kind::Connection, "r", b"one", None).await.expect("put");
    assert!(!again.replace(Kind::Connection, "r", b"two", b"x").await.expect("tried"), "it is another");
    assert!(again.replace(Kind::Connection, "r", b"one", b"two").await.expect("tried"));
    assert_eq!(store.take(Kind::Connection, "r").await.expect("taken").as_deref(), Some(&b"two"[..]));
}

async fn gives_what_is_taken_to_one<S: Store>(store: &Arc<S>, again: &Arc<S>) {
    for round in 0..10 {
        let key = format!("taken-{round}");
        store.put(Kind::Pending, &key, b"once", Some(after(Duration::from_secs(60)))).await.expect("put");
        let tasks = (0..50).map(|number| {
            let store = Arc::clone(if number % 2 == 0 { store } else { again });
            let key = key.clone();
            tokio::spawn(async move { store.take(Kind::Pending, &key).await.expect("it answers").is_some() })
        });
        let mut winners = 0;
        for task in tasks.collect::<Vec<_>>() {
            winners += usize::from(task.await.expect("it ran"));
        }
        assert_eq!(winners, 1, "of 50 who took it, one gets it");
    }
}

async fn gives_the_replacement_to_one<S: Store>(store: &Arc<S>, again: &Arc<S>) {
    store.put(Kind::Connection, "swap", b"before", None).await.expect("put");
    let tasks = (0..20).map(|number| {
        let store = Arc::clone(if number % 2 == 0 { store } else { again });
        tokio::spawn(async move {
            let new = format!("after-{number}");
            store
                .replace(Kind::Connection, "swap", b"before", new.as_bytes())
                .await
                .expect("tried")
                .then_some(new)
        })
    });
    let mut winners = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        winners.extend(task.await.expect("it ran"));
    }
    assert_eq!(winners.len(), 1);
    let kept = store.take(Kind::Connection, "swap").await.expect("taken").expect("it is there");
    assert_eq!(kept, winners[0].as_bytes());
}

async fn excludes_others<S: Store>(store: &Arc<S>, again: &Arc<S>) {
    let (inside, turns) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let tasks = (0..40).map(|number| {
        let store = Arc::clone(if number % 2 == 0 { store } else { again });
        let (inside, turns) = (Arc::clone(&inside), Arc::clone(&turns));
        tokio::spawn(async move {
            let held = store.lock("hubspot/app/ünï\0code").await.expect("locked");
            assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "somebody else is inside");
            tokio::time::sleep(Duration::from_millis(1)).await;
            // Who holds the lock can use the store, also where all others wait for the lock.
            store.put(Kind::Connection, "turn", &[number], None).await.expect("put");
            turns.fetch_add(1, Ordering::SeqCst);
            inside.fetch_sub(1, Ordering::SeqCst);
            drop(held);
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        tokio::time::timeout(Duration::from_secs(30), task)
            .await
            .expect("nobody waits for ever")
            .expect("it ran");
    }
    assert_eq!(turns.load(Ordering::SeqCst), 40);
    store.take(Kind::Connection, "turn").await.expect("taken");

    // Many names at once: nobody who holds one waits for ever.
    let tasks = (0..100).map(|number| {
        let store = Arc::clone(if number % 2 == 0 { store } else { again });
        tokio::spawn(async move {
            let key = format!("user-{number}");
            let _held = store.lock(&key).await.expect("locked");
            store.put(Kind::Connection, &key, b"x", None).await.expect("put");
            store.take(Kind::Connection, &key).await.expect("taken").expect("it was there");
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        tokio::time::timeout(Duration::from_secs(30), task)
            .await
            .expect("nobody waits for ever")
            .expect("it ran");
    }
}

async fn gives_up_a_lock_that_nobody_waits_for_any_more<S: Store>(store: &Arc<S>, again: &Arc<S>) {
    let held = store.lock("given up").await.expect("locked");
    for other in [store, again] {
        let waiting = tokio::time::timeout(Duration::from_millis(100), other.lock("given up"));
        waiting.await.expect_err("it is held");
    }
    drop(held);
    for other in [again, store] {
        let free = tokio::time::timeout(Duration::from_secs(10), other.lock("given up"));
        drop(free.await.expect("those who gave up hold nothing").expect("locked"));
    }
}

async fn keeps_ten_thousand<S: Store>(store: &Arc<S>) {
    const COUNT: usize = 10_000;
    let tasks = (0..10).map(|part| {
        let store = Arc::clone(store);
        tokio::spawn(async move {
            for number in (part..COUNT).step_by(10) {
                let (key, bytes) = (format!("many-{number:05}"), number.to_string());
                store.put(Kind::Connection, &key, bytes.as_bytes(), None).await.expect("put");
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("it ran");
    }
    let keys = store.keys(Kind::Connection).await.expect("keys");
    assert_eq!(keys.len(), COUNT);
    assert!(keys.iter().enumerate().all(|(number, key)| *key == format!("many-{number:05}")));
    for number in (0..COUNT).step_by(97) {
        let found =
            value(&**store, Kind::Connection, &format!("many-{number:05}")).await.expect("it is there");
        assert_eq!(found, number.to_string().as_bytes());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn memory() {
    let store = MemoryStore::new();
    conformance("memory", store.clone(), store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_sealed() {
    let (store, key) = (MemoryStore::new(), Key::generate().expect("randomness"));
    conformance("memory, sealed", Vault::new(store.clone(), key.clone()), Vault::new(store, key)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite() {
    let (folder, key) = (tempfile::tempdir().expect("a folder"), Key::generate().expect("randomness"));
    let open = || SqliteStore::open(folder.path().join("store.sqlite"), key.clone()).expect("opened");
    conformance("sqlite", open(), open()).await;
}
