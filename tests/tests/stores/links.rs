//! Links that calls end in, across processes: one for all of them, and good after all of them have died.

use std::collections::BTreeSet;

use typed_connector::auth::{Key, Kind, SqliteStore, Store};
use typed_connector_sandbox::Sandbox;
use typed_connector_tests::http;

use crate::refresh::{USER, sandbox};
use crate::worker::Worker;

#[tokio::test(flavor = "multi_thread")]
async fn a_link_outlives_the_process_and_four_processes_make_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.sqlite");
    let key = Key::generate().expect("randomness");
    let store = SqliteStore::open(&path, key.clone()).expect("opened");
    links("SQLite", &format!("sqlite:{}", path.display()), &key, store).await;
}

/// Where the browser is sent after its person has pressed the button.
async fn consent(link: &str) -> String {
    let answer = http().post(link).form(&[("decision", "approve")]).send().await.expect("the redirect");
    answer.headers().get("location").expect("where to").to_str().expect("text").to_owned()
}

pub(crate) async fn links(name: &str, url: &str, key: &Key, store: impl Store) {
    let sandbox = sandbox(Sandbox::builder().seed(1)).await;
    let start = |what: &str, user: &str, last: &str| {
        Worker::start(key, Some(&sandbox), &[what, url, &sandbox.url(), user, last])
    };
    let mut workers: Vec<_> = (0..4).map(|_| start("links", USER, "250")).collect();
    let mut mallory = start("links", "mallory", "1");
    for worker in workers.iter_mut().chain([&mut mallory]) {
        worker.expect("ready");
    }
    workers.iter_mut().chain([&mut mallory]).for_each(Worker::go);
    let mut said = BTreeSet::new();
    for worker in &mut workers {
        let links = tokio::task::block_in_place(|| worker.expect("links"));
        said.extend(links.split(' ').map(str::to_owned));
        // It dies between the link and the redirect.
        worker.kill();
    }
    let lure = tokio::task::block_in_place(|| mallory.expect("links"));
    mallory.kill();
    let rows = store.keys(Kind::Pending).await.expect("keys").len();
    println!(
        "FIGURE {name}: 4 processes × 250 failing calls of one user: {} pending link ({rows} rows with that of another user)",
        said.len()
    );
    assert_eq!((said.len(), rows), (1, 4), "a link has two rows");

    let finish = |user: &str, redirect: &str| {
        let mut worker = start("finish", user, redirect);
        worker.expect("ready");
        worker.go();
        tokio::task::block_in_place(|| worker.done())
    };
    // Another user's link is of no use to her, and of no harm.
    let (count, errors) = finish(USER, &consent(&lure).await);
    assert!(count == 0 && errors.contains("the redirect's state is not one that was sent"), "{errors}");
    assert!(store.keys(Kind::Connection).await.expect("keys").is_empty());
    // Hers is good, in a process that did not make it, once.
    let redirect = consent(said.first().expect("a link")).await;
    assert_eq!(finish(USER, &redirect), (1, String::new()));
    let (count, errors) = finish(USER, &redirect);
    assert!(count == 0 && errors.contains("it was used or has expired"), "{errors}");
    let mut calls = start("calls", USER, "5");
    calls.expect("ready");
    calls.go();
    assert_eq!(tokio::task::block_in_place(|| calls.done()), (5, String::new()));
}
