//! `connector import`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use typed_connector_import::{Imported, Input, Options};
use typed_connector_specs::{Diagnostics, Sources, Style};

use crate::check::count;
use crate::{Failure, misuse};

/// Most warnings that are shown without `--verbose`.
const MAX_WARNINGS: usize = 40;

#[derive(Args)]
#[command(after_help = "\
What the format cannot express becomes `json`, any JSON, with a warning that names the place. An operation with a mistake in it is \
left out; the exit code is then 1, and all others are imported.")]
pub(crate) struct Import {
    /// OpenAPI documents of one API; types that several share are written once
    #[arg(required = true, value_name = "DOCUMENT")]
    documents: Vec<PathBuf>,
    /// Only operations whose name (`deals.create`), id, or method and path (`GET /deals*`) fits; `*` stands for anything
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    operations: Vec<String>,
    /// The folder to write, as `path = "…"` in the attribute names it; default: `specs/NAME`
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Machine name of the connector; default: the name of the folder, or the document's title
    #[arg(long)]
    name: Option<String>,
    /// The API's address, where the documents do not say it
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Show every warning
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
        options.base_url.clone_from(&self.base_url);
        let folder = self.out.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
        options.name = self.name.clone().or_else(|| folder.map(str::to_owned));
        let imported = match typed_connector_import::import(&inputs, &options) {
            Ok(imported) => imported,
            Err(problems) => {
                show(&problems);
                return Ok(ExitCode::FAILURE);
            }
        };
        if let Some(problems) = &imported.problems {
            show(problems);
        }
        self.warn(&imported);
        if imported.actions.is_empty() {
            return Err(match self.operations.is_empty() {
                true => "nothing was imported: there is no operation without a mistake".into(),
                false => misuse(format!("no operation fits `{}`", self.operations.join("`, `"))),
            });
        }
        let out = self.out.clone().unwrap_or_else(|| Path::new("specs").join(&imported.name));
        write(&out, &imported)?;
        report(&out, &imported);
        Ok(if imported.left_out > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    fn warn(&self, imported: &Imported) {
        let shown = if self.verbose { usize::MAX } else { MAX_WARNINGS };
        for warning in imported.warnings.iter().take(shown) {
            anstream::eprintln!("warning: {warning}");
        }
        if imported.warnings.len() > shown {
            let more = imported.warnings.len() - shown;
            anstream::eprintln!("… and {}; --verbose shows all", count(more, "more warning"));
        }
    }
}

/// What is written is what `connector check` accepts; anything else is a mistake of this program.
fn write(out: &Path, imported: &Imported) -> Result<(), Failure> {
    let files = imported.files.iter().map(|(name, text)| (name.clone(), text.clone()));
    let sources = Sources::in_memory(files).map_err(|problems| problems.to_string())?;
    if let Err(problems) = typed_connector_specs::load(&sources) {
        show(&problems);
        return Err(
            "the imported connector has the problems above; please report this with the document".into()
        );
    }
    std::fs::create_dir_all(out)?;
    for (name, text) in &imported.files {
        std::fs::write(out.join(name), text)?;
    }
    Ok(())
}

fn report(out: &Path, imported: &Imported) {
    let json = imported.warnings.iter().filter(|warning| warning.became_json).count() + imported.dangling;
    anstream::println!(
        "{}: {} in {} of `{}`",
        imported.title,
        count(imported.actions.len(), "action"),
        count(imported.files.len().saturating_sub(1), "module"),
        out.display(),
    );
    if json > 0 {
        anstream::println!("{} became `json`", count(json, "place"));
    }
    if imported.left_out > 0 {
        anstream::println!("{} left out, for the mistakes above", count(imported.left_out, "operation"));
    }
}

fn show(problems: &Diagnostics) {
    for problem in problems {
        anstream::eprintln!("error: {}\n", problem.render(Style::Styled));
    }
}
