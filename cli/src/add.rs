//! `connector add`: a shipped connector's files in a package of one's own, to change them, and the module that is made of them.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use typed_connector_specs::{Sources, Style};

use crate::new::{dependency, has};
use crate::{Failure, check, misuse, print_json};

#[derive(Args)]
pub(crate) struct Add {
    /// The shipped connector
    connector: String,
    /// The package to add it to: the folder of its `Cargo.toml`
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    package: PathBuf,
    /// The folder for the specs, in the package [default: specs/ and the connector's name]
    #[arg(long, value_name = "FOLDER")]
    to: Option<String>,
    /// Write the files only, and no module
    #[arg(long)]
    no_module: bool,
    /// Write over files that are there and are others
    #[arg(long)]
    force: bool,
    /// JSON instead of text
    #[arg(long)]
    json: bool,
}

impl Add {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let sources =
            Sources::shipped(&self.connector).map_err(|problems| problems.render(Style::Plain).join("\n"))?;
        let folder = self.to.unwrap_or_else(|| folder_of(&self.connector));
        let wanted = Wanted {
            connector: &self.connector,
            sources: &sources,
            package: &self.package,
            folder: &folder,
            module: !self.no_module,
            force: self.force,
        };
        let Added { written, module, missing } = wanted.add()?;
        if self.json {
            print_json(&json!({ "written": written, "module": module, "missing": missing }))?;
            return Ok(ExitCode::SUCCESS);
        }
        for file in &written {
            anstream::println!("wrote    {file}");
        }
        if let Some(module) = &module {
            anstream::println!("module   {module}");
        }
        match missing.is_empty() {
            true => anstream::println!("\nChange what you like in {folder}; the next build has it."),
            false => anstream::println!("\nStill to do:\n\n{}", missing.join("\n\n")),
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Where a connector's files go in a package unless somebody says otherwise.
pub(crate) fn folder_of(connector: &str) -> String {
    format!("specs/{connector}")
}

/// What is to be added, and where.
pub(crate) struct Wanted<'a> {
    /// The connector's machine name.
    pub(crate) connector: &'a str,
    /// Its files.
    pub(crate) sources: &'a Sources,
    /// The folder of the package's `Cargo.toml`.
    pub(crate) package: &'a Path,
    /// The folder for the specs, from there.
    pub(crate) folder: &'a str,
    /// Whether the module is declared too.
    pub(crate) module: bool,
    /// Whether files that are there and are others are written over.
    pub(crate) force: bool,
}

/// What was added.
pub(crate) struct Added {
    /// The files that were written, from the package's folder.
    pub(crate) written: Vec<String>,
    /// The module, and where it is.
    pub(crate) module: Option<String>,
    /// What a person still has to do.
    pub(crate) missing: Vec<String>,
}

impl Wanted<'_> {
    /// Writes the files and the module.
    pub(crate) fn add(&self) -> Result<Added, Failure> {
        if !self.package.join("Cargo.toml").is_file() {
            return Err(misuse(format!(
                "{} has no Cargo.toml\nhelp: run it in a package, or name one with `--package`",
                self.package.display()
            )));
        }
        let is_inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if !Path::new(self.folder).components().all(is_inside) {
            return Err(misuse(format!(
                "the folder {:?} is not one in the package, as \"specs/crm\" is",
                self.folder
            )));
        }
        let mut files = Files { force: self.force, written: Vec::new() };
        files.copy(self.package, self.folder, self.sources)?;
        check::loaded(&self.package.join(self.folder).display().to_string(), None)?;
        let module = match self.module {
            true => Some(self.module(self.folder, &mut files)?),
            false => None,
        };
        let missing = self.missing(self.folder);
        Ok(Added { written: files.written, module, missing })
    }

    /// Declares the module where the package starts, and tells where that is.
    fn module(&self, folder: &str, files: &mut Files) -> Result<String, Failure> {
        let name = self.connector;
        let line = format!("#[typed_connector::connector(path = {folder:?})]\npub mod {name} {{}}\n");
        let root = ["src/lib.rs", "src/main.rs"].into_iter().find(|root| self.package.join(root).is_file());
        let Some(root) = root else {
            return Err(format!(
                "the package has neither src/lib.rs nor src/main.rs; write this where it starts:\n\n{line}"
            )
            .into());
        };
        let path = self.package.join(root);
        let text = fs::read_to_string(&path).map_err(|error| format!("cannot read {root}: {error}"))?;
        let declared = |line: &str| {
            let line = line.trim().trim_start_matches("pub ");
            let rest = line.strip_prefix("mod ").and_then(|rest| rest.trim_start().strip_prefix(name));
            rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        if text.lines().any(declared) {
            return Ok(format!("`{name}` is declared in {root} already"));
        }
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let space = if text.is_empty() { "" } else { "\n" };
        fs::write(&path, format!("{text}{end}{space}{line}"))
            .map_err(|error| format!("cannot write {root}: {error}"))?;
        files.written.push(root.to_owned());
        Ok(format!("`{name}`, at the end of {root}"))
    }

    /// What a person still has to add, as it stands in the files.
    fn missing(&self, folder: &str) -> Vec<String> {
        let mut missing = Vec::new();
        let read = |name: &str| fs::read_to_string(self.package.join(name)).unwrap_or_default();
        let (manifest, script) = (read("Cargo.toml"), read("build.rs"));
        if !has(&manifest, "typed-connector") {
            let dependency = dependency("typed-connector", "runtime");
            missing.push(format!("In Cargo.toml:\n\n  [dependencies]\n  {dependency}"));
        }
        if !script.contains("typed_connector_build::watch") {
            let top = folder.split('/').next().unwrap_or(folder);
            let dependency = dependency("typed-connector-build", "macros/build");
            missing.push(format!(
                "So that a new file in {top}/ triggers a rebuild, in Cargo.toml:\n\n  [build-dependencies]\n  {dependency}\n\nand in \
                 build.rs:\n\n  fn main() {{\n      \
                 typed_connector_build::watch({top:?});\n  }}"
            ));
        }
        missing
    }
}

/// Files that are written into a package.
struct Files {
    force: bool,
    /// From the package's folder.
    written: Vec<String>,
}

impl Files {
    /// All or none: where one is there and is another, nothing is written.
    fn copy(&mut self, package: &Path, folder: &str, sources: &Sources) -> Result<(), Failure> {
        let mut wanted: Vec<(String, String)> =
            sources.texts().map(|(name, text)| (format!("{folder}/{name}"), text.to_owned())).collect();
        // What `$schema` in the files names, for editors.
        let beside = Path::new(folder).parent().map(|above| above.display().to_string()).unwrap_or_default();
        let beside = if beside.is_empty() { "schema".to_owned() } else { format!("{beside}/schema") };
        wanted.extend(
            typed_connector_specs::schema_files()
                .into_iter()
                .map(|file| (format!("{beside}/{}", file.name), file.text)),
        );
        let (mut others, mut missing) = (Vec::new(), Vec::new());
        for (name, text) in wanted {
            match fs::read_to_string(package.join(&name)) {
                Ok(known) if known == text => {}
                // A newer schema takes the place of an older one: nobody changes these.
                Ok(_) if !self.force && !name.ends_with(".schema.json") => others.push(name),
                _ => missing.push((name, text)),
            }
        }
        if !others.is_empty() {
            return Err(misuse(format!(
                "{} there already, and what is in it is another\nhelp: keep your own files where `--to` says, or write over them with `--force`",
                match others.as_slice() {
                    [one] => format!("{one} is"),
                    several => format!("{} are", several.join(", ")),
                }
            )));
        }
        for (name, text) in missing {
            let path = package.join(&name);
            let write = || {
                path.parent().map_or(Ok(()), fs::create_dir_all)?;
                fs::write(&path, text)
            };
            write().map_err(|error| format!("cannot write {name}: {error}"))?;
            self.written.push(name);
        }
        Ok(())
    }
}
