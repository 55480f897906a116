//! `connector check`.

mod watch;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use typed_connector_specs::{Diagnostics, Examined, Severity, Sources, Style, examine};

use crate::which::{Which, is_folder};
use crate::{Failure, misuse, print_json};

#[derive(Args)]
#[command(after_help = "\
Exit code 0: nothing is wrong, though there may be warnings (not with --strict). 1: something is. The compiler says the same of the \
same folder, word for word.")]
pub(crate) struct Check {
    #[command(flatten)]
    which: Which,
    /// A folder that adds to it, as `extend` does in the attribute
    #[arg(long, value_name = "FOLDER")]
    extend: Option<PathBuf>,
    /// For people, or for programs: JSON, or SARIF 2.1.0 as code hosts take it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    /// The same as `--format json`
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Take warnings for errors
    #[arg(long)]
    strict: bool,
    /// Check again whenever a file changes, until it is interrupted
    #[arg(long, conflicts_with_all = ["format", "json"])]
    watch: bool,
}

#[derive(Clone, Copy, ValueEnum, PartialEq)]
enum Format {
    Human,
    Json,
    Sarif,
}

impl Check {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        if self.watch {
            return watch::run(&self);
        }
        Ok(if self.once()? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Checks and tells; whether all is right.
    fn once(&self) -> Result<bool, Failure> {
        let (problems, examined) = match sources(&self.which.name(), self.extend.as_deref()) {
            Ok(sources) => {
                let examined = examine(&sources);
                (examined.problems.clone(), Some(examined))
            }
            Err(problems) => (problems, None),
        };
        match self.format {
            Format::Json => print_json(&problems.to_json())?,
            Format::Sarif => print_json(&problems.to_sarif())?,
            Format::Human if self.json => print_json(&problems.to_json())?,
            Format::Human => tell(&problems, examined.as_ref()),
        }
        Ok(problems.errors() == 0 && !(self.strict && problems.count() > 0))
    }

    /// The folders that it is about.
    fn folders(&self) -> Result<Vec<PathBuf>, Failure> {
        let name = self.which.name();
        let own = is_folder(&name).then(|| PathBuf::from(&name));
        let folders: Vec<_> = own.into_iter().chain(self.extend.clone()).collect();
        if folders.is_empty() {
            return Err(misuse("a shipped connector does not change; name a folder to watch"));
        }
        Ok(folders)
    }
}

fn tell(problems: &Diagnostics, examined: Option<&Examined>) {
    show(problems);
    let warnings = problems.count() - problems.errors();
    if let Some(Examined { connector, .. }) = examined.filter(|_| problems.errors() == 0) {
        let actions: usize = connector.modules.iter().map(|module| module.actions.len()).sum();
        anstream::println!(
            "{} is all right: {} in {}, {} and {}{}",
            connector.title,
            count(actions, "action"),
            count(connector.modules.len(), "file"),
            count(connector.types.len(), "type"),
            count(connector.scopes.len(), "scope"),
            if warnings == 0 { String::new() } else { format!("; {}", count(warnings, "warning")) },
        );
    } else if warnings == 0 {
        anstream::eprintln!("{}", count(problems.errors(), "error"));
    } else {
        anstream::eprintln!("{}, {}", count(problems.errors(), "error"), count(warnings, "warning"));
    }
}

/// All problems, as they stand on a terminal.
pub(crate) fn show(problems: &Diagnostics) {
    for problem in problems {
        anstream::eprintln!("{}\n", problem.report(Style::Styled));
    }
    if let Some(more) = problems.more() {
        anstream::eprintln!("{more}\n");
    }
}

/// The files of a folder where there is one of that name, else of a shipped connector.
pub(crate) fn sources(connector: &str, extend: Option<&Path>) -> Result<Sources, Diagnostics> {
    let mut sources =
        if is_folder(connector) { Sources::folder(connector)? } else { Sources::shipped(connector)? };
    if let Some(folder) = extend {
        sources = sources.extend(folder)?;
    }
    Ok(sources)
}

/// The connector that they make.
pub(crate) fn load(
    connector: &str,
    extend: Option<&Path>,
) -> Result<typed_connector_specs::model::Connector, Diagnostics> {
    typed_connector_specs::load(&sources(connector, extend)?)
}

/// The same for a command that is about something else: its problems in one text.
pub(crate) fn loaded(
    connector: &str,
    extend: Option<&Path>,
) -> Result<typed_connector_specs::model::Connector, Failure> {
    load(connector, extend).map_err(|problems| {
        let errors = problems.iter().filter(|problem| problem.severity() == Severity::Error);
        errors.map(|problem| problem.render(Style::Plain)).collect::<Vec<_>>().join("\n\nerror: ").into()
    })
}

pub(crate) fn count(number: usize, what: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {what}{ending}")
}
