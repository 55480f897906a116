//! The command line of typed-connector.
//!
//! | command | does |
//! | --- | --- |
//! | `check` | checks the specs of a connector and shows every problem |
//! | `list` | lists the shipped connectors, or the actions of one |
//! | `sandbox` | runs a HubSpot-compatible server on this machine |
//!
//! Exit codes: 0 done, 1 it did not work (a spec has problems, the server could not start), 2 the command line was wrong.

mod check;
mod list;
mod sandbox;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Typed API connectors from small JSON action specs.
#[derive(Parser)]
#[command(name = "connector", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check the specs of a connector: every problem of every file, with its place and a way to mend it
    Check(check::Check),
    /// List the shipped connectors, or the actions of one
    List(list::List),
    /// Run a HubSpot-compatible server on this machine, for trials and tests
    Sandbox(sandbox::Run),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Check(check) => Ok(check.run()),
        Command::List(list) => list.run(),
        Command::Sandbox(run) => run.run(),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            anstream::eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Anything that ends a command; its text is for the person at the terminal.
type Failure = Box<dyn std::error::Error>;
