//! `connector auth key`.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;
use typed_connector::auth::{Key as SealingKey, Keyring};

use super::home;
use crate::{Failure, check, print_json};

/// Where a key comes from in place of the file.
const VARIABLE: &str = "TYPED_CONNECTOR_KEY";

#[derive(Subcommand)]
pub(crate) enum Key {
    /// Write a new random key to standard output, for the variable `TYPED_CONNECTOR_KEY` of a server
    New,
    /// Seal everything that is kept here with a new key
    Rotate {
        /// JSON instead of text
        #[arg(long)]
        json: bool,
    },
}

impl Key {
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::New => anstream::println!("{}", *SealingKey::generate()?.expose()),
            Self::Rotate { json } => rotate(json).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// First the new key goes on top of the file, then everything is sealed with it, and only then the older keys go. It can be stopped
/// at any time and started again.
async fn rotate(json: bool) -> Result<(), Failure> {
    let in_file = std::env::var_os(VARIABLE).is_none();
    drop(home::store()?); // makes the file where there is none
    if in_file {
        Keyring::renew_file(home::key_file()?)?;
    }
    let store = home::store()?;
    let mut rotation = store.rotate().await?;
    let mut resealed = rotation.resealed;
    // Programs that run take the new key up with their next value; what one of them was just sealing with the old one is found here.
    while rotation.resealed > 0 {
        rotation = store.rotate().await?;
        resealed += rotation.resealed;
    }
    let whole = rotation.unreadable.is_empty();
    for what in &rotation.unreadable {
        anstream::eprintln!("warning: left as it is: {what}");
    }
    if in_file && whole {
        Keyring::prune_file(home::key_file()?)?;
    }
    let id = store.keyring().primary_id().to_string();
    if json {
        print_json(&json!({
            "key": id,
            "resealed": resealed,
            "current": rotation.current,
            "unreadable": rotation.unreadable,
        }))?;
    } else {
        anstream::println!("{} sealed with the key {id} now.", check::count(resealed, "value"));
        if !in_file {
            anstream::println!(
                "The keys after the first one in {VARIABLE} can go once everybody has the new one."
            );
        }
    }
    if whole { Ok(()) } else { Err("some values could not be opened, so the older keys were kept".into()) }
}
