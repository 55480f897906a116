//! Loads a connector's folder and says what is wrong: `cargo run --example check -- specs/hubspot [extension …]`.

use std::process::ExitCode;

use typed_connector_specs::{Diagnostics, Sources, Style, load};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: check FOLDER [EXTENSION …]");
        return ExitCode::from(2);
    };
    match check(&folder, arguments) {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(diagnostics) => {
            for text in diagnostics.render(Style::Plain) {
                eprintln!("error: {text}\n");
            }
            eprintln!("{} problems", diagnostics.count());
            ExitCode::FAILURE
        }
    }
}

fn check(folder: &str, extensions: impl Iterator<Item = String>) -> Result<String, Diagnostics> {
    let mut sources = Sources::folder(folder)?;
    for extension in extensions {
        sources = sources.extend(extension)?;
    }
    let connector = load(&sources)?;
    let actions: usize = connector.modules.iter().map(|module| module.actions.len()).sum();
    let (modules, types) = (connector.modules.len(), connector.types.len());
    Ok(format!("{}: {modules} modules, {actions} actions, {types} types", connector.title))
}
