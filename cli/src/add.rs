//! `connector add`: a shipped connector's files in a package of one's own, to change them, and the module that is made of them.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use typed_connector_specs::{Sources, Style};

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
        if !self.package.join("Cargo.toml").is_file() {
            return Err(misuse(format!(
                "{} has no Cargo.toml\nhelp: run it in a package, or name one with `--package`",
                self.package.display()
            )));
        }
        let folder = self.to.clone().unwrap_or_else(|| format!("specs/{}", self.connector));
        if !Path::new(&folder)
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
        {
            return Err(misuse(format!(
                "the folder {folder:?} is not one in the package, as \"specs/crm\" is"
            )));
        }
        let mut files = Files { force: self.force, written: Vec::new() };
        files.copy(&self.package, &folder, &sources)?;
        check::loaded(&self.package.join(&folder).display().to_string(), None)?;
        let module = match self.no_module {
            true => None,
            false => Some(self.module(&folder, &mut files)?),
        };
        let missing = self.missing(&folder);
        if self.json {
            print_json(&json!({ "written": files.written, "module": module, "missing": missing }))?;
            return Ok(ExitCode::SUCCESS);
        }
        for file in &files.written {
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

    /// Declares the module where the package starts, and tells where that is.
    fn module(&self, folder: &str, files: &mut Files) -> Result<String, Failure> {
        let name = &self.connector;
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
            line.strip_prefix("mod ")
                .is_some_and(|rest| rest.trim_start_matches(' ').starts_with(name.as_str()))
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
        let has = |name: &str| manifest.lines().any(|line| line.trim_start().starts_with(name));
        if !has("typed-connector ") && !has("typed-connector=") && !has("typed-connector.") {
            missing.push(
                "In Cargo.toml:\n\n  [dependencies]\n  typed-connector = { path = \"…/typed-connector/runtime\" }".to_owned(),
            );
        }
        if !script.contains("typed_connector_build::watch") {
            let top = folder.split('/').next().unwrap_or(folder);
            missing.push(format!(
                "So that a new file in {top}/ triggers a rebuild, in Cargo.toml:\n\n  [build-dependencies]\n  typed-connector-build = {{ \
                 path = \"…/typed-connector/macros/build\" }}\n\nand in build.rs:\n\n  fn main() {{\n      \
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
