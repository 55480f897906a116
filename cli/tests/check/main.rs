//! `connector check` as people and programs use it, and that the compiler says the same.

#[path = "../../../specs/tests/corpus/mod.rs"]
mod corpus;
#[allow(dead_code, reason = "no test uses all of it")]
#[path = "../../../tests/tests/downstream/project.rs"]
mod project;

mod compiler;
mod formats;
mod new;
mod show;
mod watch;

use std::path::Path;
use std::process::{Command, Output};

/// Runs the command in a folder.
pub(crate) fn connector(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_connector"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("SOURCE_DATE_EPOCH")
        .output()
        .expect("it starts")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
