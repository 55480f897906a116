//! `connector import`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use typed_connector_import::{Imported, Input, Options, Warning};
use typed_connector_specs::{Diagnostics, Style};

use crate::check::count;
use crate::{Failure, misuse};

#[derive(Args)]
pub(crate) struct Import {
    /// OpenAPI documents of one API; types that several share are written once
    #[arg(required = true, value_name = "DOCUMENT")]
    documents: Vec<PathBuf>,
    /// Only operations whose name (`deals.create`), id, or method and path (`GET /deals*`) fits; `*` stands for anything
    #[arg(long, value_name = "GLOB")]
    operations: Vec<String>,
    /// The folder to write, as `path = "…"` in the attribute names it; default: the connector's name
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Machine name of the connector; default: the name of the folder, or the document's title
    #[arg(long)]
    name: Option<String>,
    /// The API's address, where the documents do not say it
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Show every warning, and not only so many of each kind
    #[arg(long)]
    verbose: bool,
}

impl Import {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let mut inputs = Vec::new();
        for path in &self.documents {
            let bytes = std::fs::read(path)
                .map_err(|error| misuse(format!("cannot read `{}`: {error}", path.display())))?;
            inputs.push(Input { name: path.display().to_string(), bytes });
        }
        let mut options = Options::default();
        options.operations.clone_from(&self.operations);
        options.name.clone_from(&self.name);
        options.base_url.clone_from(&self.base_url);
        let imported = match typed_connector_import::import(&inputs, &options) {
            Ok(imported) => imported,
            Err(problems) => {
                show(&problems);
                return Ok(ExitCode::FAILURE);
            }
        };
        let out = self.out.clone().unwrap_or_else(|| PathBuf::from("imported"));
        std::fs::create_dir_all(&out)?;
        for (name, text) in &imported.files {
            std::fs::write(out.join(name), text)?;
        }
        self.warn(&imported.warnings);
        if let Some(problems) = &imported.problems {
            show(problems);
        }
        anstream::println!(
            "{} in {} files, {} left out, {} warnings",
            imported.actions.len(),
            imported.files.len(),
            imported.left_out,
            imported.warnings.len()
        );
        Ok(if imported.left_out > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    fn warn(&self, warnings: &[Warning]) {
        for warning in warnings {
            anstream::eprintln!("warning: {warning}");
        }
    }
}

fn show(problems: &Diagnostics) {
    for problem in problems {
        anstream::eprintln!("error: {}\n", problem.render(Style::Styled));
    }
    anstream::eprintln!("{}", count(problems.iter().count(), "problem"));
}
