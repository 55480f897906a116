//! `connector docs`: what a connector can do, as pages for people.
//!
//! | module | holds |
//! | --- | --- |
//! | `pages` | a page for the connector and one for each of its modules, in Markdown |
//! | `fields` | tables of arguments, fields and choices |
//! | `example` | an action's example in every form: the request that is sent, Rust, the command line, MCP |
//! | `site` | the same pages as HTML |

mod example;
mod fields;
mod pages;
mod site;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::which::Which;
use crate::{Failure, check};

#[derive(Args)]
#[command(
    after_help = "Each example shows the request that is really sent, and Rust, a command and a call of the MCP tool that send it."
)]
pub(crate) struct Docs {
    #[command(flatten)]
    which: Which,
    /// A folder that adds to it, as `extend` does in the attribute
    #[arg(long, value_name = "FOLDER")]
    extend: Option<PathBuf>,
    /// The folder to write; default: `docs/NAME`
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
    /// Write nothing; tell whether the folder holds what would be written (exit code 1 where it does not)
    #[arg(long)]
    check: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Files for a repository: `README.md` and one for each module
    Markdown,
    /// A static site that needs no other files: `index.html` and one for each module
    Html,
}

/// The pages of a connector in Markdown: the module's name, or none for the page about all of it; a title; the text.
pub(crate) fn markdown(
    connector: typed_connector::dynamic::Connector,
    name: &str,
) -> Result<Vec<(Option<String>, String, String)>, Failure> {
    let source = pages::Source { connector: name.to_owned(), extend: None };
    let pages = pages::all(connector.model().clone(), &source)?.into_iter();
    Ok(pages.map(|page| (page.module, page.title, page.text)).collect())
}

impl Docs {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let connector = check::loaded(&self.which.name(), self.extend.as_deref())?;
        let name = connector.name.clone();
        let out = self.out.clone().unwrap_or_else(|| Path::new("docs").join(&name));
        let pages = pages::all(connector, &self.source())?;
        let files = match self.format {
            Format::Markdown => {
                pages.into_iter().map(|page| (page.file("README", "md"), page.text)).collect()
            }
            Format::Html => site::files(&pages),
        };
        if self.check {
            return Ok(compare(&out, &files));
        }
        std::fs::create_dir_all(&out).map_err(|error| format!("cannot make `{}`: {error}", out.display()))?;
        for (name, text) in &files {
            let path = out.join(name);
            std::fs::write(&path, text)
                .map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
        }
        anstream::println!("{} of `{}`", check::count(files.len(), "page"), out.display());
        Ok(ExitCode::SUCCESS)
    }

    /// The connector as other commands and the attribute name it.
    fn source(&self) -> pages::Source {
        pages::Source { connector: self.which.name(), extend: self.extend.clone() }
    }
}

/// Tells which files differ from what would be written.
fn compare(out: &Path, files: &BTreeMap<String, String>) -> ExitCode {
    let stale: Vec<_> = files
        .iter()
        .filter(|(name, text)| std::fs::read_to_string(out.join(name)).ok().as_ref() != Some(text))
        .map(|(name, _)| out.join(name))
        .collect();
    for path in &stale {
        anstream::eprintln!("`{}` is not up to date", path.display());
    }
    if stale.is_empty() {
        anstream::println!("`{}` is up to date", out.display());
        return ExitCode::SUCCESS;
    }
    anstream::eprintln!("help: write it again with `connector docs`");
    ExitCode::FAILURE
}
