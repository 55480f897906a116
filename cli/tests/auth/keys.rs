//! The key that seals the store.

use super::bench::{Bench, files_hold};

#[tokio::test]
async fn a_rotated_key_opens_what_the_old_one_sealed() {
    let bench = Bench::start().await;
    bench.add_profile("").await;
    let file = bench.folder().join("key");
    let before = std::fs::read_to_string(&file).expect("a key file");
    let run = bench.run("key rotate --json").await;
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.json()["resealed"].as_u64().is_some_and(|count| count > 0), "{run:?}");
    let after = std::fs::read_to_string(&file).expect("a key file");
    assert_ne!(before, after);
    let run = bench.run("profile show hubspot").await;
    assert_eq!(run.code, 0, "{run:?}");

    std::fs::write(&file, before).expect("written");
    let run = bench.run("profile show hubspot").await;
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("which the keyring does not hold"), "{run:?}");
}

#[tokio::test]
async fn a_key_can_come_from_the_environment() {
    let bench = Bench::start().await;
    let key = bench.run("key new").await.out.trim().to_owned();
    assert_ne!(key, bench.run("key new").await.out.trim());
    let mut command = bench.command("profile add hubspot --client-id id");
    command.env("TYPED_CONNECTOR_KEY", &key).env("CONNECTOR_CLIENT_SECRET", "hush-hush");
    let run = Bench::end(command).await;
    assert_eq!(run.code, 0, "{run:?}");
    assert!(!bench.folder().join("key").exists());
    assert!(!files_hold(&bench.folder(), b"hush-hush") && !files_hold(&bench.folder(), key.as_bytes()));
    let mut command = bench.command("profile show hubspot");
    command.env("TYPED_CONNECTOR_KEY", &key);
    assert_eq!(Bench::end(command).await.code, 0);
}
