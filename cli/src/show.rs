//! `connector show`: what an action sends, and what it is in Rust.
//!
//! | module | tells |
//! | --- | --- |
//! | `sent` | the request, as the pipeline makes it |
//! | `rust` | the generated struct, as `#[connector]` makes it |

mod rust;
mod sent;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use typed_connector_specs::model::{Action, Connector, Module};
use typed_connector_specs::text::nearest;

use crate::which::Which;
use crate::{Failure, check, misuse, print_json};

// With `--path`, the action is the only word.
#[derive(Args)]
#[command(allow_missing_positional = true)]
pub(crate) struct Show {
    #[command(flatten)]
    which: Which,
    /// The action: `deals.create`
    action: String,
    /// A folder that adds to it, as `extend` does in the attribute
    #[arg(long, value_name = "FOLDER")]
    extend: Option<PathBuf>,
    /// JSON instead of text
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let connector = check::loaded(&self.which.name(), self.extend.as_deref())?;
        let (module, action) = find(&connector, &self.action)?;
        let (sent, rust) = (sent::Sent::of(&connector, action), rust::Rust::of(&connector, module, action)?);
        if self.json {
            print_json(&json!({
                "name": format!("{}.{}", module.name, action.name),
                "title": action.title,
                "sent": sent.to_json(),
                "rust": rust.to_json(),
            }))?;
            return Ok(ExitCode::SUCCESS);
        }
        anstream::println!("{}\n", crate::wrap::shown(&heading(action)));
        anstream::println!("{sent}");
        anstream::println!("{rust}");
        Ok(ExitCode::SUCCESS)
    }
}

fn heading(action: &Action) -> String {
    let mut text = action.title.clone();
    if let Some(description) = &action.description {
        text.push_str(&format!("\n{description}"));
    }
    let instead = action.replaced_by.as_ref().map(|other| format!("use {other}"));
    let sunset = action.sunset.as_ref().map(|day| format!("it ends on {day}"));
    let ends: Vec<_> = [action.deprecated.clone(), sunset, instead].into_iter().flatten().collect();
    if !ends.is_empty() {
        text.push_str(&format!("\ndeprecated: {}", ends.join("; ")));
    }
    if let Some(url) = &action.docs_url {
        text.push_str(&format!("\n{url}"));
    }
    text
}

fn find<'c>(connector: &'c Connector, name: &str) -> Result<(&'c Module, &'c Action), Failure> {
    let all = || {
        connector.modules.iter().flat_map(|module| module.actions.iter().map(move |action| (module, action)))
    };
    let full = |(module, action): (&Module, &Action)| format!("{}.{}", module.name, action.name);
    if let Some(found) = all().find(|found| full(*found) == name) {
        return Ok(found);
    }
    let names: Vec<String> = all().map(full).collect();
    let help = match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("`connector list {}` names them", connector.name),
    };
    Err(misuse(format!("{} has no action `{name}`; {help}", connector.title)))
}
