//! From the attribute's arguments to the spec files, and from those to the checked model.

use std::path::{Component, Path, PathBuf};

use proc_macro2::Span;
use syn::LitStr;
use typed_connector_codegen::{Attribute, Source};
use typed_connector_specs::{Sources, model::Connector};

/// What was found.
pub(crate) struct Located {
    pub(crate) connector: Connector,
    /// Files on disk that the connector is made of.
    pub(crate) files: Vec<PathBuf>,
    /// Folders that were read, each with the argument that names it.
    pub(crate) folders: Vec<(PathBuf, LitStr)>,
}

/// Something that is wrong with the spec, or with where it should be.
pub(crate) struct Problem {
    pub(crate) text: String,
    pub(crate) span: Span,
}

pub(crate) fn locate(attribute: &Attribute) -> Result<Located, Vec<Problem>> {
    let span = attribute.source.span();
    let mut folders = Vec::new();
    let mut sources = match &attribute.source {
        Source::Shipped(name) => {
            Sources::shipped(&name.value()).map_err(|problem| rendered(&problem, span))?
        }
        Source::Folder(literal) => {
            let folder = folder(literal)?;
            folders.push((folder.clone(), literal.clone()));
            Sources::folder(&folder).map_err(|problem| rendered(&problem, span))?
        }
    };
    if let Some(literal) = &attribute.extend {
        let folder = folder(literal)?;
        folders.push((folder.clone(), literal.clone()));
        sources = sources.extend(&folder).map_err(|problem| rendered(&problem, literal.span()))?;
    }
    let connector = typed_connector_specs::load(&sources).map_err(|problems| {
        let extension = attribute.extend.as_ref().zip(folders.last().map(|(folder, _)| folder.as_path()));
        rendered_in(&problems, span, extension)
    })?;
    Ok(Located { connector, files: sources.files().map(Path::to_owned).collect(), folders })
}

fn rendered(problems: &typed_connector_specs::Diagnostics, span: Span) -> Vec<Problem> {
    let style = typed_connector_specs::Style::Plain;
    problems.render(style).into_iter().map(|text| Problem { text, span }).collect()
}

/// The same, with the problems of an extension's files shown at the argument that names it.
fn rendered_in(
    problems: &typed_connector_specs::Diagnostics,
    span: Span,
    extension: Option<(&LitStr, &Path)>,
) -> Vec<Problem> {
    let root = std::env::current_dir().unwrap_or_default();
    let mut all = rendered(problems, span);
    for (shown, problem) in all.iter_mut().zip(problems.iter()) {
        let file = problem.location().map(|location| root.join(&*location.file));
        if let (Some((literal, folder)), Some(file)) = (extension, file)
            && let (Ok(folder), Ok(file)) = (folder.canonicalize(), file.canonicalize())
            && file.starts_with(folder)
        {
            shown.span = literal.span();
        }
    }
    all
}

/// The folder that a path means: from the package's root, or from the calling file where it starts with a dot.
fn folder(literal: &LitStr) -> Result<PathBuf, Vec<Problem>> {
    let written = literal.value();
    let problem = |text: String| vec![Problem { text, span: literal.span() }];
    let from_package = std::env::var_os("CARGO_MANIFEST_DIR").map(|root| PathBuf::from(root).join(&written));
    let from_file = calling_folder(literal.span()).map(|folder| folder.join(&written));
    let relative = written.starts_with("./") || written.starts_with("../");
    let (wanted, other) = if relative { (from_file, from_package) } else { (from_package, from_file) };
    let Some(wanted) = wanted else {
        return Err(problem(format!(
            "cannot tell what `{written}` is relative to: this compiler does not say which file the attribute is in; \
             write it relative to Cargo.toml, without a leading dot"
        )));
    };
    if wanted.is_dir() {
        return Ok(wanted);
    }
    let mut text = format!("no folder of specs at `{}`", shown(&wanted));
    if wanted.is_file() {
        text = format!("`{}` is a file; name the folder that it is in", shown(&wanted));
    } else if let Some(other) = other.filter(|other| other.is_dir()) {
        let (bare, rule) = match written.strip_prefix("./") {
            Some(bare) => (bare.to_owned(), "Cargo.toml"),
            None => (format!("./{written}"), "this file"),
        };
        let _ = std::fmt::Write::write_fmt(
            &mut text,
            format_args!(
                ", but there is one at `{}`: write `{bare}`, which is relative to {rule}",
                shown(&other)
            ),
        );
    } else {
        text.push_str(
            "; paths are relative to Cargo.toml, or to this file where they start with `./` or `../`",
        );
    }
    Err(problem(text))
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
