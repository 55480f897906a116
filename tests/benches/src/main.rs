//! Benchmarks of typed-connector beside hand-written code, measured in one run.
//!
//! `cargo run --release -p typed-connector-benches` runs those that have bars and prints tables; see the README beside this crate.
//! The other subcommands are the processes that it starts and measures.

mod ahead;
mod by_hand;
mod compile;
mod inner;
mod job;
mod measure;
mod server;
mod typed;
mod usage;

use std::process::ExitCode;
use std::time::Instant;

use usage::Usage;

fn main() -> ExitCode {
    let started = Instant::now();
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [] => measure::run(None),
        ["run", only] => measure::run(Some(only)),
        ["ahead"] => ahead::run(),
        ["compile", arguments @ ..] => compile::run(arguments),
        ["inner"] => inner::run(),
        ["serve"] => block_on(server::serve()),
        ["job", name, url, count] => match count.parse() {
            Ok(count) => block_on(job::run(name, url, count)).and_then(|()| {
                println!("{}", Usage::so_far(started)?);
                Ok(())
            }),
            Err(error) => Err(format!("`{count}`: {error}").into()),
        },
        _ => Err("usage: bench [run count | run rounds | ahead | compile [--documents DIR] [--collection DIR] [--lean] [CASE …] | inner | serve | job NAME URL COUNT]".into()),
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
