//! How a client secret comes in: never as an argument.

use std::io::{IsTerminal as _, Read as _};

use clap::Args;
use secrecy::SecretString;

use crate::{Failure, misuse};

/// Holds the client secret, where nobody can be asked for it.
const VARIABLE: &str = "CONNECTOR_CLIENT_SECRET";

#[derive(Args)]
pub(super) struct Secret {
    /// Read the client secret from standard input; otherwise it is asked for, or taken from `CONNECTOR_CLIENT_SECRET`
    #[arg(long)]
    client_secret_stdin: bool,
    /// Not taken; says why.
    #[arg(long, hide = true, num_args = 0..=1, default_missing_value = "", value_name = "SECRET")]
    client_secret: Option<String>,
}

impl Secret {
    /// Refuses what must not be done, before anything else is.
    pub(super) fn check(&self) -> Result<(), Failure> {
        match self.client_secret {
            None => Ok(()),
            Some(_) => Err(misuse(format!(
                "the client secret is not taken as an argument, since everybody on this machine could read it in the list of processes, \
                 and it would stay in the shell's history\n\
                 help: leave it out to be asked for it, pipe it in with `--client-secret-stdin`, or set {VARIABLE}"
            ))),
        }
    }

    /// Whether a secret was piped in.
    pub(super) const fn is_piped(&self) -> bool {
        self.client_secret_stdin
    }

    /// The secret: from standard input, the environment, or the person at the terminal.
    pub(super) fn read(&self) -> Result<SecretString, Failure> {
        self.check()?;
        if self.client_secret_stdin {
            let mut text = String::new();
            std::io::stdin()
                .take(64 * 1024)
                .read_to_string(&mut text)
                .map_err(|error| format!("cannot read the client secret from standard input: {error}"))?;
            let secret = text.trim_end_matches(['\r', '\n']).to_owned();
            return not_empty(secret);
        }
        if let Some(secret) = std::env::var(VARIABLE).ok().filter(|secret| !secret.is_empty()) {
            return Ok(SecretString::from(secret));
        }
        if !std::io::stdin().is_terminal() {
            return Err(misuse(format!(
                "there is no terminal to ask for the client secret\n\
                 help: pipe it in with `--client-secret-stdin`, or set {VARIABLE}"
            )));
        }
        let secret = rpassword::prompt_password("Client secret (not shown): ")
            .map_err(|error| format!("cannot ask for the client secret: {error}"))?;
        not_empty(secret)
    }
}

fn not_empty(secret: String) -> Result<SecretString, Failure> {
    if secret.is_empty() { Err("the client secret is empty".into()) } else { Ok(SecretString::from(secret)) }
}

/// Asks for something that may be seen.
pub(super) fn ask(what: &str, option: &str) -> Result<String, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(misuse(format!("the {what} is missing\nhelp: give it with `{option}`")));
    }
    anstream::eprint!("{}{}: ", what[..1].to_uppercase(), &what[1..]);
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    let line = line.trim().to_owned();
    if line.is_empty() { Err(format!("the {what} is empty").into()) } else { Ok(line) }
}
