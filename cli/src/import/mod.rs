//! `connector import`: a connector of OpenAPI documents, and again when these have changed.
//!
//! | module | does |
//! | --- | --- |
//! | `folder` | what is in the folder, what the last import wrote there, and writing it |

mod folder;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use typed_connector_import::{Change, Imported, Input, Options, References, What};
use typed_connector_specs::{Diagnostics, Sources};

use self::folder::{Folder, Kept, Request};
use crate::check::{count, show};
use crate::run::shown::printable;
use crate::{Failure, misuse, print_json};

/// Most warnings and most changes that are shown without `--verbose`.
const MAX_SHOWN: usize = 40;

#[derive(Args)]
#[command(after_help = "\
What the format cannot express becomes `json`, any JSON, with a warning that names the place. An operation with a mistake in it is \
left out; the exit code is then 1, as it is for a reference that cannot be followed, and all else is imported.\n\n\
Importing again keeps what was changed by hand: what only the documents have changed is taken over, what both have changed stays as \
it was written by hand and is told of. Actions keep their names, also those that you have given them. What the last import wrote \
is kept in the folder `.import` beside the files, which belongs into version control.")]
pub(crate) struct Import {
    /// OpenAPI documents (3.0 or 3.1, JSON or YAML) of one API; types that several share are written once. Default: those of the last
    /// import into the folder of --out
    #[arg(value_name = "DOCUMENT")]
    documents: Vec<PathBuf>,
    /// Only operations whose name (`deals.create`), id, or method and path (`GET /deals*`) fits; `*` stands for anything. Default:
    /// as in the last import, else all
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
    /// A folder of files that the documents may refer to; default: the folder of each document, with those below it. Nothing is ever
    /// fetched from the network
    #[arg(long, value_name = "DIR")]
    files_within: Option<PathBuf>,
    /// Write nothing; end with 1 where the import would change something
    #[arg(long)]
    check: bool,
    /// Show every warning and every change
    #[arg(long)]
    verbose: bool,
    /// JSON instead of text
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(crate) fn run(mut self) -> Result<ExitCode, Failure> {
        if self.documents.is_empty() {
            self.documents = self.known_documents()?;
        }
        let inputs = self.inputs()?;
        let out = match &self.out {
            Some(out) => out.clone(),
            None => match self.import(&inputs, None, None) {
                Ok(imported) => Path::new("specs").join(imported.name),
                Err(problems) => return Ok(refused(&problems)),
            },
        };
        let folder = Folder::read(&out)?;
        if let (None, Some(lost)) = (&self.files_within, folder.lost_files()) {
            // What refers to these files would become `json`.
            return Err(misuse(format!(
                "`{}` was imported with the files of {lost}, which cannot be found: name their folder with --files-within",
                out.display()
            )));
        }
        let imported = match self.import(&inputs, Some(&out), Some(&folder)) {
            Ok(imported) => imported,
            Err(problems) => return Ok(refused(&problems)),
        };
        if let Some(problems) = &imported.problems {
            show(problems);
        }
        self.warn(&imported);
        let request = self.request(&folder);
        if imported.actions.is_empty() {
            return Err(match request.operations.is_empty() {
                true => "nothing was imported: there is no operation without a mistake".into(),
                false => misuse(format!("no operation fits `{}`", request.operations.join("`, `"))),
            });
        }
        folder.has_all_documents(&imported, &self.documents)?;
        self.accepted(&folder, &imported)?;
        let is_new = !folder.is_as(&imported);
        if !self.check {
            folder.write(&imported, &request, &self.documents)?;
        }
        self.report(&folder, &imported, &request, is_new)?;
        // A reference that could not be followed left something out, too, if no whole operation.
        let mistakes = imported.problems.as_ref().is_some_and(|problems| problems.errors() > 0);
        let failed = imported.left_out > 0 || mistakes || self.check && is_new;
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    /// The documents of the last import.
    fn known_documents(&self) -> Result<Vec<PathBuf>, Failure> {
        let Some(out) = &self.out else {
            return Err(misuse(
                "name the OpenAPI documents to import, or with --out a folder that was imported",
            ));
        };
        let kept = Folder::read(out)?.documents();
        let shown = out.display();
        if kept.is_empty() {
            return Err(misuse(format!(
                "`{shown}` was not imported before: name the OpenAPI documents to import"
            )));
        }
        let mut documents = Vec::new();
        for one in kept {
            match one {
                Kept::At(path) if path.is_file() => documents.push(path),
                Kept::At(path) => {
                    let path = path.display();
                    return Err(misuse(format!(
                        "`{shown}` was imported from `{path}`, which is not there any more: name all of its documents"
                    )));
                }
                Kept::Elsewhere(name) => {
                    return Err(misuse(format!(
                        "`{shown}` was imported from `{name}`, which was outside of this project, so that only its name is kept: \
                         name all of its documents"
                    )));
                }
            }
        }
        Ok(documents)
    }

    fn inputs(&self) -> Result<Vec<Input>, Failure> {
        if let Some(folder) = self.files_within.as_ref().filter(|folder| !folder.is_dir()) {
            return Err(misuse(format!("--files-within names a folder, and `{}` is none", folder.display())));
        }
        let read = |path: &PathBuf| match std::fs::read(path) {
            Ok(bytes) => Ok(Input { name: path.display().to_string(), bytes }),
            Err(error) => Err(misuse(format!("cannot read `{}`: {error}", path.display()))),
        };
        self.documents.iter().map(read).collect()
    }

    fn import(
        &self,
        inputs: &[Input],
        out: Option<&Path>,
        folder: Option<&Folder>,
    ) -> Result<Imported, Diagnostics> {
        let request = folder.map(|folder| self.request(folder)).unwrap_or_default();
        let mut options = Options::default();
        options.operations = request.operations;
        options.base_url = request.base_url.or_else(|| self.base_url.clone());
        options.references = match request.files_within.or_else(|| self.files_within.clone()) {
            Some(folder) => References::Within(folder),
            None => References::Beside,
        };
        let named = out.and_then(Path::file_name).and_then(|name| name.to_str());
        // Once it has a name it keeps it: profiles, tokens and variables go by it.
        let kept = folder.and_then(Folder::name);
        options.name = self.name.clone().or(kept).or_else(|| named.map(str::to_owned));
        options.earlier = folder.map(Folder::earlier).transpose()?.flatten();
        typed_connector_import::import(inputs, &options)
    }

    /// What is asked for: what was not given now is as in the last import.
    fn request(&self, folder: &Folder) -> Request {
        let given = Request {
            operations: self.operations.clone(),
            base_url: self.base_url.clone(),
            files_within: self.files_within.clone(),
        };
        let before = folder.request();
        Request {
            operations: if given.operations.is_empty() { before.operations } else { given.operations },
            base_url: given.base_url.or(before.base_url),
            files_within: given.files_within.or(before.files_within),
        }
    }

    fn warn(&self, imported: &Imported) {
        if self.json {
            return;
        }
        let shown = if self.verbose { usize::MAX } else { MAX_SHOWN };
        for warning in imported.warnings.iter().take(shown) {
            anstream::eprintln!("warning: {}", printable(&warning.to_string()));
        }
        if imported.warnings.len() > shown {
            let more = imported.warnings.len() - shown;
            anstream::eprintln!("… and {}; --verbose shows all", count(more, "more warning"));
        }
    }

    /// What is written is what `connector check` accepts; what it warns of is shown.
    fn accepted(&self, folder: &Folder, imported: &Imported) -> Result<(), Failure> {
        let files = imported.files.iter().map(|(name, text)| (name.clone(), text.clone()));
        let sources =
            Sources::in_memory(files.chain(folder.by_hand())).map_err(|problems| problems.to_string())?;
        let problems = typed_connector_specs::examine(&sources).problems;
        if !self.json || problems.errors() > 0 {
            show(&problems);
        }
        if problems.errors() == 0 {
            return Ok(());
        }
        Err(match folder.is_known() {
            true => "with what the documents have changed, the folder would have the problems above, so that nothing was \
                     written; change the files so that both fit, or import into another folder with --out"
                .into(),
            // Anything else is a mistake of this program.
            false => "the imported connector has the problems above; please report this with the document".into(),
        })
    }

    fn report(
        &self,
        folder: &Folder,
        imported: &Imported,
        request: &Request,
        is_new: bool,
    ) -> Result<(), Failure> {
        let became_json =
            imported.warnings.iter().filter(|warning| warning.became_json).count() + imported.dangling;
        if self.json {
            let changes: Vec<_> = imported
                .changes
                .iter()
                .map(|c| json!({ "change": c.what.word(), "file": c.file, "place": c.place, "detail": c.detail }))
                .collect();
            let warnings: Vec<_> = imported.warnings.iter().map(ToString::to_string).collect();
            return print_json(&json!({
                "folder": folder.path().display().to_string(), "actions": imported.actions, "changes": changes,
                "warnings": warnings, "became_json": became_json, "left_out": imported.left_out, "written": !self.check,
            }));
        }
        if folder.is_known() {
            self.tell(&imported.changes);
        }
        let (path, modules) = (folder.path().display(), imported.files.len().saturating_sub(1));
        anstream::println!(
            "{}: {} in {} of `{path}`",
            imported.title,
            count(imported.actions.len(), "action"),
            count(modules, "module"),
        );
        if self.operations.is_empty() && !request.operations.is_empty() {
            anstream::println!(
                "only `{}`, as in the last import; --operations '*' takes all",
                request.operations.join("`, `")
            );
        }
        if became_json > 0 {
            anstream::println!("{} became `json`", count(became_json, "place"));
        }
        if imported.left_out > 0 {
            anstream::println!("{} left out, for the mistakes above", count(imported.left_out, "operation"));
        }
        match (self.check, is_new) {
            (true, false) => anstream::println!("`{path}` is as the documents have it"),
            (true, true) => anstream::println!("`{path}` differs from the documents; nothing was written"),
            (false, false) => anstream::println!("nothing has changed"),
            (false, true) if folder.is_known() || folder.path().is_absolute() => {}
            (false, true) => anstream::println!(
                "In Rust it is `#[connector(path = \"{path}\")]`; `connector list {path}` tells its actions"
            ),
        }
        Ok(())
    }

    /// What this import changes; what a person should look at first.
    fn tell(&self, changes: &[Change]) {
        let looked_at = changes.iter().filter(|c| matches!(c.what, What::Conflict | What::Kept)).count();
        let shown = if self.verbose { usize::MAX } else { MAX_SHOWN.max(looked_at) };
        for change in changes.iter().take(shown) {
            anstream::println!("{}", printable(&change.to_string()));
        }
        if changes.len() > shown {
            anstream::println!("… and {}; --verbose shows all", count(changes.len() - shown, "more change"));
        }
    }
}

/// How an imported folder stands to its documents.
pub(crate) enum Drift {
    /// It is as they have it.
    Same,
    /// Importing again would change something.
    Differs,
    /// They have problems.
    Refused(Diagnostics),
    /// These are not where they were, or were outside of the project, so that only their names are known.
    Gone(Vec<String>),
}

/// The same as `import --check`, with the documents of the last import, which are told too; `None` where nothing was imported, or
/// nothing is known of where these were.
pub(crate) fn drift(out: &Path) -> Result<Option<(Vec<PathBuf>, Drift)>, Failure> {
    let folder = Folder::read(out)?;
    let kept = folder.documents();
    if kept.is_empty() {
        return Ok(None);
    }
    let (mut documents, mut gone) = (Vec::new(), Vec::new());
    for one in kept {
        match one {
            Kept::At(path) if path.is_file() => documents.push(path),
            Kept::At(path) => gone.push(path.display().to_string()),
            Kept::Elsewhere(name) => gone.push(format!("{name} (outside of this project)")),
        }
    }
    if gone.is_empty() {
        gone.extend(folder.lost_files().map(|lost| format!("files of {lost}")));
    }
    if !gone.is_empty() {
        return Ok(Some((documents, Drift::Gone(gone))));
    }
    let import = Import {
        documents,
        operations: Vec::new(),
        out: None,
        name: None,
        base_url: None,
        files_within: None,
        check: true,
        verbose: false,
        json: false,
    };
    let drift = match import.import(&import.inputs()?, Some(out), Some(&folder)) {
        Ok(imported) if folder.is_as(&imported) => Drift::Same,
        Ok(_) => Drift::Differs,
        Err(problems) => Drift::Refused(problems),
    };
    Ok(Some((import.documents, drift)))
}

fn refused(problems: &Diagnostics) -> ExitCode {
    show(problems);
    ExitCode::FAILURE
}
