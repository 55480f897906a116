//! Benchmarks of typed-connector beside hand-written code, measured in one run.
//!
//! `cargo run --release -p typed-connector-benches` runs all of them and prints a table; see the README beside this crate.
//! The other subcommands are the processes that it starts and measures.

mod by_hand;
mod measure;
mod server;
mod typed;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [] | ["run"] => measure::all(),
        ["serve"] => block_on(server::serve()),
        ["job", name, url, count] => match count.parse() {
            Ok(count) => block_on(job(name, url, count)),
            Err(error) => Err(format!("`{count}`: {error}").into()),
        },
        _ => Err("usage: bench [run | serve | job NAME URL COUNT]".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

type Failure = Box<dyn std::error::Error>;

fn block_on(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

const TOKEN: &str = "pat-na1-00000000-0000-0000-0000-000000000000";

/// Jobs, each with who does it; the first of a group is typed-connector.
const CREATE: [&str; 3] = ["create typed-connector", "create reqwest", "create reqwest, ready Url"];
const LIST: [&str; 2] = ["list typed-connector", "list reqwest"];

async fn job(name: &str, url: &str, count: usize) -> Result<(), Failure> {
    match name {
        "create typed-connector" => typed::create(url, count).await,
        "create reqwest" => by_hand::create(url, count, false).await,
        "create reqwest, ready Url" => by_hand::create(url, count, true).await,
        "list typed-connector" => typed::list(url, count).await,
        "list reqwest" => by_hand::list(url, count).await,
        _ => Err(format!("there is no job `{name}`").into()),
    }
}
