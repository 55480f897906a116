//! A program that makes a request with reqwest, as the runtime has it, and nothing else: what it costs to compile and to link, no client of
//! an API can cost less.

use std::path::Path;

use super::project::{EDITED, Project};
use crate::Failure;

const MANIFEST: &str = r#"[dependencies]
reqwest = { version = "0.13", default-features = false, features = ["rustls-no-provider", "http2", "system-proxy"] }
"#;

pub(super) fn project(root: &Path) -> Result<Project, Failure> {
    let main = format!(
        r#"//! Written by the benchmark.

#[tokio::main(flavor = "current_thread")]
async fn main() {{
    let answer = reqwest::Client::new().get("http://localhost").send().await;
    println!("{{}} {{answer:?}}", {EDITED});
}}
"#
    );
    Project::write(root, "reqwest-alone", &format!("{MANIFEST}{}\n", super::TOKIO), main, 0, &[])
}
