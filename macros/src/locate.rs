//! From the attribute's arguments to the spec files, and from those to what can be used of the connector.

use std::path::{Component, Path, PathBuf};

use proc_macro2::Span;
use syn::LitStr;
use typed_connector_codegen::{Attribute, Source};
use typed_connector_specs::text::nearest;
use typed_connector_specs::{Diagnostics, Examined, Severity, Sources, Style, examine};

/// What was found.
#[derive(Default)]
pub(crate) struct Located {
    /// The connector; where the attribute names none, that which was probably meant.
    pub(crate) examined: Option<Examined>,
    /// What is wrong with it, or with where it should be.
    pub(crate) errors: Vec<Problem>,
    /// What is odd about the user's own files.
    pub(crate) warnings: Vec<Problem>,
    /// Files on disk that the connector is made of.
    pub(crate) files: Vec<PathBuf>,
    /// Folders that were read, each with the argument that names it.
    pub(crate) folders: Vec<(PathBuf, LitStr)>,
}

/// Something to tell, and the argument at which it is told.
pub(crate) struct Problem {
    pub(crate) text: String,
    pub(crate) span: Span,
}

pub(crate) fn locate(attribute: &Attribute) -> Located {
    let mut located = Located::default();
    let Some(mut sources) = located.base(&attribute.source) else { return located };
    if let Some(literal) = &attribute.extend
        && let Some(folder) = located.folder(literal)
    {
        match sources.clone().extend(&folder) {
            Ok(extended) => sources = extended,
            Err(problems) => located.tell(&problems, literal.span()),
        }
    }
    located.files = sources.files().map(Path::to_owned).collect();
    let examined = examine(&sources);
    let extension = attribute.extend.as_ref().zip(located.folders.last().map(|(folder, _)| folder.clone()));
    located.tell_in(&examined.problems, attribute.source.span(), extension.as_ref());
    located.examined = Some(examined);
    located
}

impl Located {
    /// The files of the connector, without those of an extension.
    fn base(&mut self, source: &Source) -> Option<Sources> {
        let problems = match source {
            Source::Shipped(name) => match Sources::shipped(&name.value()) {
                Ok(sources) => return Some(sources),
                Err(problems) => problems,
            },
            Source::Folder(literal) => {
                let folder = self.folder(literal)?;
                match Sources::folder(&folder) {
                    Ok(sources) => return Some(sources),
                    Err(problems) => {
                        self.tell(&problems, literal.span());
                        return Sources::incomplete_folder(folder).ok();
                    }
                }
            }
        };
        self.tell(&problems, source.span());
        let Source::Shipped(name) = source else { return None };
        let meant = nearest(&name.value(), typed_connector_specs::shipped()).map(str::to_owned)?;
        Sources::shipped(&meant).ok()
    }

    fn tell(&mut self, problems: &Diagnostics, span: Span) {
        self.tell_in(problems, span, None);
    }

    /// Problems of an extension's files are told at the argument that names it.
    fn tell_in(&mut self, problems: &Diagnostics, span: Span, extension: Option<&(&LitStr, PathBuf)>) {
        let root = std::env::current_dir().unwrap_or_default();
        for problem in problems {
            let file = problem.location().map(|location| root.join(&*location.file));
            let is_own = file.as_ref().is_some_and(|file| file.is_file());
            let in_extension = extension.zip(file).filter(|((_, folder), file)| {
                let real = folder.canonicalize().ok().zip(file.canonicalize().ok());
                real.is_some_and(|(folder, file)| file.starts_with(folder))
            });
            let span = in_extension.map_or(span, |((literal, _), _)| literal.span());
            let told = Problem { text: problem.render(Style::Plain), span };
            match problem.severity() {
                // What is odd about a shipped connector is nothing that its user could mend.
                Severity::Warning if !is_own => {}
                Severity::Warning => self.warnings.push(told),
                _ => self.errors.push(told),
            }
        }
        if let Some(text) = problems.more() {
            self.errors.push(Problem { text, span });
        }
    }

    /// The folder that a path means: from the package's root, or from the calling file where it starts with a dot. Where there
    /// is none, that which was probably meant.
    fn folder(&mut self, literal: &LitStr) -> Option<PathBuf> {
        let (text, folder) = match find(literal) {
            Ok(folder) => (None, Some(folder)),
            Err((text, folder)) => (Some(text), folder),
        };
        self.errors.extend(text.map(|text| Problem { text, span: literal.span() }));
        let folder = folder?;
        self.folders.push((folder.clone(), literal.clone()));
        Some(folder)
    }
}

/// The folder, or what is wrong with the path and the folder that was probably meant.
fn find(literal: &LitStr) -> Result<PathBuf, (String, Option<PathBuf>)> {
    let written = literal.value();
    let from_package = std::env::var_os("CARGO_MANIFEST_DIR").map(|root| PathBuf::from(root).join(&written));
    let from_file = calling_folder(literal.span()).map(|folder| folder.join(&written));
    let relative = written.starts_with("./") || written.starts_with("../");
    let (wanted, other) = if relative { (from_file, from_package) } else { (from_package, from_file) };
    let Some(wanted) = wanted else {
        let text = format!(
            "cannot tell what `{written}` is relative to: this compiler does not say which file the attribute is in; \
             write it relative to Cargo.toml, without a leading dot"
        );
        return Err((text, None));
    };
    if wanted.is_dir() {
        return match leads_out(&written, relative) {
            Some(text) => Err((text, Some(wanted))),
            None => Ok(wanted),
        };
    }
    let shown_wanted = shown(&wanted);
    if wanted.is_file() {
        let text = format!("`{shown_wanted}` is a file; name the folder that it is in");
        return Err((text, wanted.parent().map(Path::to_owned)));
    }
    if let Some(other) = other.filter(|other| other.is_dir()) {
        let (bare, rule) = match written.strip_prefix("./") {
            Some(bare) => (bare.to_owned(), "Cargo.toml"),
            None => (format!("./{written}"), "this file"),
        };
        let text = format!(
            "no folder of specs at `{shown_wanted}`, but there is one at `{}`: write `{bare}`, which is relative to {rule}",
            shown(&other)
        );
        return Err((text, Some(other)));
    }
    if let Some((written, folder)) = similar(&written, &wanted) {
        return Err((
            format!("no folder of specs at `{shown_wanted}`; did you mean `{written}`?"),
            Some(folder),
        ));
    }
    let rule = "paths are relative to Cargo.toml, or to this file where they start with `./` or `../`";
    Err((format!("no folder of specs at `{shown_wanted}`; {rule}"), None))
}

/// A path that other machines do not have, or that a package cannot take with it.
fn leads_out(written: &str, relative: bool) -> Option<String> {
    let path = Path::new(written);
    if path.is_absolute() {
        return Some(format!(
            "`{written}` is there on this machine only; write the path relative to Cargo.toml"
        ));
    }
    let mut depth = 0_i32;
    for component in path.components() {
        depth += match component {
            Component::ParentDir => -1,
            Component::Normal(_) => 1,
            _ => 0,
        };
        if depth < 0 && !relative {
            return Some(format!(
                "`{written}` leads out of the package; move the folder into it, or start the path with `../` where it \
                 is meant relative to this file"
            ));
        }
    }
    None
}

/// A connector beside the place where none is, whose name is similar, as it would be written.
fn similar(written: &str, wanted: &Path) -> Option<(String, PathBuf)> {
    let (parent, name) = (wanted.parent()?, wanted.file_name()?.to_str()?);
    let folders = std::fs::read_dir(parent).ok()?.filter_map(Result::ok).map(|entry| entry.path());
    let names: Vec<String> = folders
        .filter(|path| path.join("connector.json").is_file())
        .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
        .collect();
    let near = nearest(name, names.iter().map(String::as_str))?;
    let written = written.trim_end_matches('/').strip_suffix(name)?;
    Some((format!("{written}{near}"), parent.join(near)))
}

fn calling_folder(span: Span) -> Option<PathBuf> {
    let file = std::env::current_dir().ok()?.join(span.unwrap().local_file()?);
    Some(file.parent()?.to_owned())
}

/// A path as short as it can be: cargo runs the compiler in the workspace's root.
fn shown(path: &Path) -> String {
    let root = std::env::current_dir().unwrap_or_default();
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => drop(plain.pop()),
            other => plain.push(other),
        }
    }
    plain.strip_prefix(root).unwrap_or(&plain).display().to_string()
}
