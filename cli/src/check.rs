//! `connector check`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use typed_connector_specs::{Diagnostics, Sources, Style};

use crate::Failure;

#[derive(Args)]
pub(crate) struct Check {
    /// A folder of specs, or the name of a shipped connector
    connector: String,
    /// A folder that adds to it, as `extend` does in the attribute
    #[arg(long, value_name = "FOLDER")]
    extend: Option<PathBuf>,
}

impl Check {
    pub(crate) fn run(self) -> ExitCode {
        match load(&self.connector, self.extend.as_deref()) {
            Ok(connector) => {
                let actions: usize = connector.modules.iter().map(|module| module.actions.len()).sum();
                anstream::println!(
                    "{} is all right: {} in {}, {} and {}",
                    connector.title,
                    count(actions, "action"),
                    count(connector.modules.len(), "file"),
                    count(connector.types.len(), "type"),
                    count(connector.scopes.len(), "scope"),
                );
                ExitCode::SUCCESS
            }
            Err(problems) => {
                for problem in &problems {
                    anstream::eprintln!("{}\n", problem.render(Style::Styled));
                }
                anstream::eprintln!("{}", count(problems.iter().count(), "problem"));
                ExitCode::FAILURE
            }
        }
    }
}

/// A folder where there is one of that name, else a shipped connector.
pub(crate) fn load(
    connector: &str,
    extend: Option<&Path>,
) -> Result<typed_connector_specs::model::Connector, Diagnostics> {
    typed_connector_specs::load(&sources(connector, extend)?)
}

/// Its files.
pub(crate) fn sources(connector: &str, extend: Option<&Path>) -> Result<Sources, Diagnostics> {
    let looks_like_path = connector.contains(['/', '\\', '.']) || Path::new(connector).is_dir();
    let sources = if looks_like_path { Sources::folder(connector)? } else { Sources::shipped(connector)? };
    match extend {
        Some(folder) => sources.extend(folder),
        None => Ok(sources),
    }
}

/// The same for a command that is about something else: its problems in one text.
pub(crate) fn loaded(
    connector: &str,
    extend: Option<&Path>,
) -> Result<typed_connector_specs::model::Connector, Failure> {
    load(connector, extend).map_err(|problems| problems.render(Style::Plain).join("\n").into())
}

pub(crate) fn count(number: usize, what: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {what}{ending}")
}
