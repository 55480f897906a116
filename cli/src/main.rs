//! The command line of typed-connector.
//!
//! | command | does |
//! | --- | --- |
//! | `new` | makes a connector of one's own in a package |
//! | `check` | checks the specs of a connector and shows every problem |
//! | `show` | shows what an action sends, and what it is in Rust |
//! | `import` | makes a connector of OpenAPI documents |
//! | `add` | copies a shipped connector's files into a package, and writes the module |
//! | `pull` | writes an account's own properties and pipelines to files that extend a connector |
//! | `list` | lists the connectors that are available and configured, or the actions of one |
//! | `run` | runs an action of any connector, with options made of its spec |
//! | `docs` | writes what a connector can do as pages for people |
//! | `auth` | manages authorization profiles, connects accounts, shows and revokes connections |
//! | `console` | opens a page in the browser to configure connectors, authorize them and run their actions |
//! | `mcp` | serves a connector's actions as tools of the Model Context Protocol |
//! | `doctor` | tells what is wrong with tokens, scopes, versions and specs, or soon will be, and what to do |
//! | `sandbox` | runs a HubSpot-compatible server on this machine |
//!
//! Exit codes: 0 done, 1 it did not work (a spec has problems, the server could not start), 2 the command line or an argument was wrong,
//! 3 a person has to authorize, or has refused to, 4 some of what was asked for was not done (inputs of a batch, the end of a list),
//! 5 nobody knows whether it was carried out: look before you run it again, 6 `doctor` found problems.

mod add;
mod auth;
mod check;
mod configured;
mod console;
mod docs;
mod doctor;
mod import;
mod list;
mod mcp;
mod new;
mod pull;
mod run;
mod sandbox;
mod show;
mod snippet;
mod which;
mod wrap;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::run::shown::printable;

/// Typed API connectors from small JSON action specs.
#[derive(Parser)]
#[command(name = "connector", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a connector of your own in this package: specs with one action, a module, a program that uses it
    New(new::New),
    /// Check the specs of a connector: every problem of every file, with its place and a way to mend it
    Check(check::Check),
    /// Show what an action sends, and what it is in Rust
    Show(show::Show),
    /// Make a connector of OpenAPI documents (3.0 and 3.1, JSON or YAML); again, it keeps what was changed by hand
    Import(import::Import),
    /// Copy a shipped connector's files into a package of your own, to change them, and write the module
    Add(add::Add),
    /// Read an account's own properties and pipelines into files that extend a shipped connector
    Pull(pull::Pull),
    /// List the connectors that are available and configured, or the actions of one
    List(list::List),
    /// Run an action: `connector run hubspot deals.create --dealname Acme`, or be asked for what is missing
    Run(run::Run),
    /// Write what a connector can do as pages for people: actions, fields, scopes, examples
    Docs(docs::Docs),
    /// Connect accounts: authorization profiles, OAuth in the browser, tokens
    #[command(subcommand)]
    Auth(auth::Auth),
    /// Open a page in the browser to configure connectors, authorize them and run their actions
    Console(console::Console),
    /// Serve a connector's actions as tools for language models (Model Context Protocol)
    Mcp(mcp::Mcp),
    /// Tell what is wrong with tokens, scopes, the clock, versions and specs, or soon will be, and what to do
    Doctor(doctor::Doctor),
    /// Run a HubSpot-compatible server on this machine, for trials and tests
    Sandbox(sandbox::Run),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::New(new) => new.run(),
        Command::Check(check) => check.run(),
        Command::Show(show) => show.run(),
        Command::Import(import) => import.run(),
        Command::Add(add) => add.run(),
        Command::Pull(pull) => pull.run(),
        Command::List(list) => list.run(),
        Command::Run(run) => run.run(),
        Command::Docs(docs) => docs.run(),
        Command::Auth(auth) => auth.run(),
        Command::Console(console) => console.run(),
        Command::Mcp(mcp) => mcp.run(),
        Command::Doctor(doctor) => doctor.run(),
        Command::Sandbox(run) => run.run(),
    };
    match done {
        Ok(code) => code,
        Err(error) => report(&*error),
    }
}

/// Anything that ends a command; its text is for the person at the terminal.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The command line was wrong in a way that its parser cannot see.
#[derive(Debug)]
struct Misuse(String);

fn misuse(text: impl Into<String>) -> Failure {
    Box::new(Misuse(text.into()))
}

impl std::fmt::Display for Misuse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

/// An error with its causes, in one text.
fn told(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // Some errors repeat their cause in their own text.
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

/// `connector … | head`: whoever read the output has seen enough of it.
fn is_unread(error: &(dyn std::error::Error + 'static)) -> bool {
    let error = error.downcast_ref::<std::io::Error>();
    error.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Tells what went wrong, why, and what helps.
fn report(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    if is_unread(error) {
        return ExitCode::SUCCESS;
    }
    // Much of it is somebody else's words: an API's, a provider's, a file's.
    anstream::eprintln!("{}", wrap::told(&format!("error: {}", printable(&told(error)))));
    if error.is::<Misuse>() {
        return ExitCode::from(2);
    }
    let Some(advised) = error.downcast_ref::<auth::Advised>() else { return ExitCode::FAILURE };
    if let Some(help) = &advised.help {
        anstream::eprintln!("{}", wrap::told(&format!("help: {}", printable(help))));
    }
    ExitCode::from(advised.code)
}

fn print_json(value: &serde_json::Value) -> Result<(), Failure> {
    anstream::println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}
