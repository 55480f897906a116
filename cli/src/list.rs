//! `connector list`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use typed_connector::auth::KeptConnection;
use typed_connector_specs::model::{Action, Connector, Module};

use crate::configured::{self, Access, Configured, Mode};
use crate::run::shown::printable;
use crate::{Failure, auth, check, print_json, run, which};

/// Where a package keeps specs of its own.
pub(crate) const FOLDER: &str = "specs";

#[derive(Args)]
pub(crate) struct List {
    /// A shipped connector or a folder of specs: its actions; without it, the connectors that are available, and those that are configured
    connector: Option<String>,
    /// A folder of specs; the same as to name it in place of the connector
    #[arg(long, value_name = "FOLDER", conflicts_with = "connector")]
    path: Option<PathBuf>,
    /// JSON instead of text
    #[arg(long)]
    json: bool,
}

impl List {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        match self.path.as_deref().map(which::folder).or(self.connector) {
            Some(name) => {
                let connector = check::loaded(&name, None)?;
                if self.json { print_json(&actions_json(&connector))? } else { print_actions(&connector) }
            }
            None => {
                let available = available()?;
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                let kept = runtime.block_on(auth::kept())?;
                let configured = configured::all(&auth::home::folder()?)?;
                let variables = variables(&available);
                match self.json {
                    true => print_json(&json!({
                        "available": available.iter().map(Available::json).collect::<Vec<_>>(),
                        "configured": configured,
                        "connections": kept.iter().map(auth::kept_json).collect::<Vec<_>>(),
                        "token_variables": variables.iter().map(variable_json).collect::<Vec<_>>(),
                    }))?,
                    false => print(&available, &configured, &kept, &variables),
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A connector that can be used.
struct Available {
    /// As commands name it.
    name: String,
    /// What is wrong with it is for `check` to tell.
    connector: Result<Connector, String>,
}

impl Available {
    fn json(&self) -> Value {
        match &self.connector {
            Ok(connector) => {
                let actions = each(connector).count();
                json!({ "name": self.name, "title": connector.title, "actions": actions })
            }
            Err(problem) => json!({ "name": self.name, "problem": problem }),
        }
    }
}

/// The shipped connectors, and those in folders of this package.
fn available() -> Result<Vec<Available>, Failure> {
    let mut all = Vec::new();
    for name in typed_connector_specs::shipped() {
        all.push(Available { name: name.to_owned(), connector: Ok(check::loaded(name, None)?) });
    }
    for folder in folders() {
        let name = folder.display().to_string();
        let connector = check::load(&name, None).map_err(|problems| {
            format!(
                "has {}; `connector check {name}` shows them",
                check::count(problems.iter().count(), "problem")
            )
        });
        all.push(Available { name, connector });
    }
    Ok(all)
}

/// The folders of this package that hold a connector each.
pub(crate) fn folders() -> Vec<PathBuf> {
    let folders = std::fs::read_dir(FOLDER).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut folders: Vec<PathBuf> =
        std::iter::once(PathBuf::from(FOLDER)).chain(folders).filter(|folder| is_connector(folder)).collect();
    folders.sort();
    folders
}

/// A folder that extends a connector is none by itself: only a connector has a version of the format.
pub(crate) fn is_connector(folder: &Path) -> bool {
    let settings = std::fs::read_to_string(folder.join("connector.json"));
    settings.is_ok_and(|text| text.contains("\"spec_version\""))
}

/// Environment variables that hold tokens of available connectors.
fn variables(available: &[Available]) -> Vec<(String, String)> {
    let names =
        available.iter().filter_map(|one| one.connector.as_ref().ok()).map(|connector| &connector.name);
    let variables = names.map(|name| (name.clone(), run::access::variable_of(name)));
    let mut variables: Vec<_> = variables
        .filter(|(_, variable)| std::env::var(variable).is_ok_and(|token| !token.trim().is_empty()))
        .collect();
    variables.dedup();
    variables
}

fn variable_json((connector, variable): &(String, String)) -> Value {
    json!({ "connector": connector, "variable": variable })
}

fn print(
    available: &[Available],
    configured: &[Configured],
    kept: &[KeptConnection],
    variables: &[(String, String)],
) {
    let width = available.iter().map(|one| one.name.len()).max().unwrap_or(0);
    anstream::println!("Available");
    for Available { name, connector } in available {
        match connector {
            Ok(connector) => {
                let actions = check::count(each(connector).count(), "action");
                anstream::println!("  {name:width$}  {}, {actions}", connector.title);
            }
            Err(problem) => anstream::println!("  {name:width$}  {problem}"),
        }
    }
    anstream::println!("\nConfigured");
    for Configured { connector, access, status, .. } in configured {
        let how = match access {
            Access::Profile { name, mode: Mode::PreAuthorized } => {
                format!("one account for everybody, profile `{name}`")
            }
            Access::Profile { name, mode: Mode::Users } => {
                format!("an account of each user, profile `{name}`")
            }
            Access::Token => "a token that is kept sealed".to_owned(),
            Access::Open => "without authorization".to_owned(),
        };
        anstream::println!("  {connector}, {how}, {}", status.word());
    }
    for kept in kept {
        let connection = &kept.connection;
        let account = connection.account_id.as_deref().unwrap_or("not told by the provider");
        let scopes = match connection.scopes.as_slice() {
            [] => "not told by the provider".to_owned(),
            scopes => scopes.join("\n               "),
        };
        anstream::println!("  {}, connection `{}`", kept.connector, connection.key.escape_debug());
        anstream::println!("    account    {}", printable(account));
        anstream::println!("    app        {}", kept.client_id);
        anstream::println!("    token      {}", auth::state(connection));
        anstream::println!("    scopes     {}", printable(&scopes));
    }
    for (connector, variable) in variables {
        anstream::println!("  {connector}, the token in {variable}");
    }
    if configured.is_empty() && kept.is_empty() && variables.is_empty() {
        let example = available.first().map_or("CONNECTOR", |one| one.name.as_str());
        anstream::println!(
            "  nothing yet; connect an account with `connector auth authorize {example}`,\n  or put a token into {}",
            run::access::variable_of(example)
        );
    }
}

fn each(connector: &Connector) -> impl Iterator<Item = (&Module, &Action)> {
    connector.modules.iter().flat_map(|module| module.actions.iter().map(move |action| (module, action)))
}

fn print_actions(connector: &Connector) {
    let name = |module: &Module, action: &Action| format!("{}.{}", module.name, action.name);
    let width = each(connector).map(|(module, action)| name(module, action).len()).max().unwrap_or(0);
    for (module, action) in each(connector) {
        anstream::println!("{:width$}  {}", name(module, action), action.title);
    }
}

fn actions_json(connector: &Connector) -> Value {
    each(connector)
        .map(|(module, action)| {
            json!({
                "name": format!("{}.{}", module.name, action.name),
                "title": action.title,
                "method": action.method,
                "effect": format!("{:?}", action.effect).to_lowercase(),
                "scopes": action.scopes.all_of.iter().map(|scope| &connector.scopes[*scope].name).collect::<Vec<_>>(),
            })
        })
        .collect()
}
