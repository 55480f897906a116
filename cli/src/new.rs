//! `connector new`: a connector of one's own, in a package that is there.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use typed_connector_specs::text::{is_snake, snake};

use crate::{Failure, misuse, print_json};

#[derive(Args)]
#[command(after_help = "\
Writes a folder of specs with one action, the module that is generated of it, and a program that uses it; also the JSON Schemas by \
which editors complete and explain specs, without the network. Files that are there are left as they are.")]
pub(crate) struct New {
    /// Machine name of the connector, in snake case: `acme`
    name: String,
    /// Name for people; default: the machine name
    #[arg(long)]
    title: Option<String>,
    /// The API's address
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The package to write to
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    package: PathBuf,
    /// JSON instead of text
    #[arg(long)]
    json: bool,
}

/// A file to write: its path in the package, its text, and what it is for.
struct File {
    path: String,
    text: String,
    about: &'static str,
}

impl New {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        self.check_name()?;
        let manifest = std::fs::read_to_string(self.package.join("Cargo.toml")).map_err(|_| {
            misuse(format!(
                "there is no package in `{}`; make one first, `cargo new {}`, and run this in it",
                self.package.display(),
                self.name
            ))
        })?;
        let (files, schemas) = (self.files(), schemas());
        if let Some(there) = files.iter().find(|file| self.package.join(&file.path).exists()) {
            return Err(misuse(format!("`{}` is there already; choose another name", there.path)));
        }
        self.check_specs(&files)?;
        let build = self.build_script();
        for file in files.iter().chain(&schemas).chain(&build) {
            let path = self.package.join(&file.path);
            std::fs::create_dir_all(path.parent().unwrap_or(&self.package))?;
            std::fs::write(&path, &file.text)?;
        }
        if self.json {
            let written: Vec<_> = files.iter().chain(&schemas).chain(&build).map(|file| &file.path).collect();
            print_json(&json!({ "written": written, "dependencies": dependencies(&manifest) }))?;
        } else {
            self.tell(&files, build.as_ref(), &manifest);
        }
        Ok(ExitCode::SUCCESS)
    }

    fn check_name(&self) -> Result<(), Failure> {
        let name = &self.name;
        if typed_connector_specs::shipped().any(|shipped| shipped == name) {
            return Err(misuse(format!(
                "`{name}` is shipped: write #[connector(\"{name}\")], and add to it with `extend = \"specs/{name}\"`"
            )));
        }
        match snake(name) {
            Some(ident) if is_snake(name) && ident == *name => Ok(()),
            Some(ident) => Err(misuse(format!("`{name}` is no name of a module; write `{ident}`"))),
            None => Err(misuse(format!("`{name}` is no name of a module; names are like `acme`"))),
        }
    }

    /// The templates are those of a connector called `acme`.
    fn files(&self) -> Vec<File> {
        let (name, title) = (&self.name, self.title());
        let named = |text: &str| text.replace("acme", name).replace("Acme", &title);
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let address = self
            .base_url
            .clone()
            .unwrap_or_else(|| format!("https://api.{}.example", name.replace('_', "-")));
        let settings = include_str!("new/connector.json")
            .replace("\"acme\"", &quoted(name))
            .replace("\"Acme\"", &quoted(&title))
            .replace("\"https://api.acme.example\"", &quoted(&address));
        let file = |path: &str, text: String, about| File { path: path.replace("acme", name), text, about };
        vec![
            file("specs/acme/connector.json", settings, "where the API is, and how it is authorized"),
            file(
                "specs/acme/notes.json",
                include_str!("new/notes.json").to_owned(),
                "an action as an example; each file is a module",
            ),
            file(
                "src/acme.rs",
                named(include_str!("new/module.rs.txt")),
                "the module with what is generated",
            ),
            file("examples/acme.rs", named(include_str!("new/example.rs.txt")), "a program that uses it"),
        ]
    }

    fn title(&self) -> String {
        let mut letters = self.name.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        let derived = || first.into_iter().chain(letters).collect::<String>().replace('_', " ");
        self.title.clone().unwrap_or_else(derived)
    }

    /// What is written is what `connector check` accepts: a wrong address is told here, and not by the compiler.
    fn check_specs(&self, files: &[File]) -> Result<(), Failure> {
        let prefix = format!("specs/{}/", self.name);
        let specs =
            files.iter().filter_map(|file| Some((file.path.strip_prefix(&prefix)?, file.text.as_str())));
        let sources =
            typed_connector_specs::Sources::in_memory(specs).map_err(|problems| problems.to_string())?;
        typed_connector_specs::load(&sources).map(drop).map_err(|problems| {
            misuse(problems.iter().map(|problem| problem.message.clone()).collect::<Vec<_>>().join("\n"))
        })
    }

    /// The build script, where there is none.
    fn build_script(&self) -> Option<File> {
        let text = "//! Makes cargo notice new specs.\n\nfn main() {\n    typed_connector_build::watch(\"specs\");\n}\n";
        let about = "so that cargo notices a new spec";
        let there = self.package.join("build.rs").exists();
        (!there).then(|| File { path: "build.rs".to_owned(), text: text.to_owned(), about })
    }

    fn tell(&self, files: &[File], build: Option<&File>, manifest: &str) {
        let name = &self.name;
        anstream::println!("{} has one action, as an example:\n", self.title());
        let schemas = File {
            path: "specs/schema/*.json".to_owned(),
            text: String::new(),
            about: "what editors complete and explain",
        };
        let all: Vec<&File> = files.iter().chain([&schemas]).chain(build).collect();
        let width = all.iter().map(|file| file.path.len()).max().unwrap_or(0);
        for file in all {
            anstream::println!("  {:width$}  {}", file.path, file.about);
        }
        let dependencies = dependencies(manifest);
        if !dependencies.is_empty() {
            anstream::println!("\nAdd to Cargo.toml:\n\n{}", indented(&dependencies));
        }
        let script = std::fs::read_to_string(self.package.join("build.rs")).unwrap_or_default();
        if build.is_none() && !script.contains("typed_connector_build::watch(\"specs\")") {
            anstream::println!("\nAdd to `main` of build.rs:\n\n  typed_connector_build::watch(\"specs\");");
        }
        let root = if self.package.join("src/lib.rs").exists() { "src/lib.rs" } else { "src/main.rs" };
        anstream::println!("\nAdd to {root}:\n\n  mod {name};");
        anstream::println!("\nThen:\n\n  cargo run --example {name}\n  connector check specs/{name} --watch");
    }
}

fn indented(text: &str) -> String {
    text.lines()
        .map(|line| if line.is_empty() { String::new() } else { format!("  {line}") })
        .collect::<Vec<_>>()
        .join("\n")
}

fn schemas() -> Vec<File> {
    let file = |schema: typed_connector_specs::SchemaFile| File {
        path: format!("specs/schema/{}", schema.name),
        text: schema.text,
        about: "",
    };
    typed_connector_specs::schema_files().into_iter().map(file).collect()
}

/// A crate of ours in a manifest: from this checkout where the command was built in one.
pub(crate) fn dependency(name: &str, folder: &str) -> String {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .filter(|root| root.join("runtime/Cargo.toml").is_file());
    match checkout {
        Some(root) => format!("{name} = {{ path = {:?} }}", root.join(folder).display().to_string()),
        None => format!("{name} = \"{}\"", env!("CARGO_PKG_VERSION")),
    }
}

/// Whether a manifest has this dependency, however it is written.
pub(crate) fn has(manifest: &str, name: &str) -> bool {
    manifest.lines().any(|line| {
        line.trim_start().strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(['=', '.']))
    })
}

/// The lines that a manifest lacks.
fn dependencies(manifest: &str) -> String {
    let lacks = |name: &str| !has(manifest, name);
    let mut text = String::new();
    if lacks("typed-connector") || lacks("tokio") {
        text.push_str("[dependencies]\n");
    }
    if lacks("typed-connector") {
        let _ = writeln!(text, "{}", dependency("typed-connector", "runtime"));
    }
    if lacks("tokio") {
        text.push_str("tokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }\n");
    }
    if lacks("typed-connector-build") {
        let build = dependency("typed-connector-build", "macros/build");
        let _ = writeln!(text, "\n[build-dependencies]\n{build}");
    }
    text.trim_start().to_owned()
}
