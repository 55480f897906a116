//! `connector list`.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use typed_connector_specs::model::{Action, Connector, Module};

use crate::{Failure, check, print_json};

#[derive(Args)]
pub(crate) struct List {
    /// A shipped connector or a folder of specs; without it, the shipped connectors are listed
    connector: Option<String>,
    /// JSON instead of a table
    #[arg(long)]
    json: bool,
}

impl List {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        match &self.connector {
            Some(name) => {
                let connector = check::loaded(name, None)?;
                if self.json { print_json(&actions_json(&connector))? } else { print_actions(&connector) }
            }
            None => {
                let all = typed_connector_specs::shipped()
                    .map(|name| check::loaded(name, None))
                    .collect::<Result<Vec<_>, _>>()?;
                if self.json {
                    let list: Vec<_> =
                        all.iter().map(|c| json!({ "name": c.name, "title": c.title })).collect();
                    print_json(&list.into())?;
                } else {
                    for connector in &all {
                        let actions = connector.modules.iter().map(|module| module.actions.len()).sum();
                        let actions = check::count(actions, "action");
                        anstream::println!("{:12} {} ({actions})", connector.name, connector.title);
                    }
                }
            }
        }
        Ok(ExitCode::SUCCESS)
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

fn actions_json(connector: &Connector) -> serde_json::Value {
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
