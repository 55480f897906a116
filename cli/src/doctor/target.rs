//! Which connectors are looked at.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use typed_connector::auth::Provider;

use crate::configured::Configured;
use crate::list::{FOLDER, folders, is_connector};
use crate::run::access::{self, Spec};
use crate::{Failure, check, mcp, misuse};

/// Those that are named, each with what extends it.
pub(super) fn named(names: &[String], extend: Option<&Path>) -> Result<Vec<Spec>, Failure> {
    if extend.is_some() && names.len() != 1 {
        return Err(misuse(
            "`--extend` adds to one connector\nhelp: name it, `connector doctor hubspot --extend FOLDER`",
        ));
    }
    let spec = |name: &String| Spec {
        name: name.clone(),
        extend: extend.map(Path::to_owned).or_else(|| extension(name)),
    };
    Ok(names.iter().map(spec).collect())
}

/// Those that are of use here: shipped ones that somebody has configured, connected or has a token for, and the folders of this
/// package. `used` are the machine names of those with a profile or a connection.
pub(super) fn of_use(configured: &[Configured], used: &BTreeSet<String>) -> Vec<Spec> {
    let shipped = typed_connector_specs::shipped().filter(|name| {
        let set = |name: String| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let operators = Provider::new(*name, "", "");
        let has_token = set(access::variable_of(name))
            || ["CLIENT_ID", "PROFILE_FILE"].into_iter().any(|name| set(operators.variable(name)));
        let is_configured = configured.iter().any(|one| one.folder.is_none() && one.connector == *name);
        has_token || is_configured || used.contains(*name) || extension(name).is_some()
    });
    let shipped = shipped.map(|name| Spec { name: name.to_owned(), extend: extension(name) });
    let elsewhere = configured.iter().filter_map(|one| one.folder.clone());
    let mut seen = BTreeSet::new();
    let folders = folders()
        .into_iter()
        .chain(elsewhere)
        .filter(|folder| seen.insert(folder.canonicalize().unwrap_or_else(|_| folder.clone())));
    let folders: Vec<_> =
        folders.map(|folder| Spec { name: folder.display().to_string(), extend: None }).collect();
    shipped.chain(folders).collect()
}

/// That each pattern fits an action of one connector at least. Of a spec that is broken nobody knows its actions; that is told by itself.
pub(super) fn have(specs: &[Spec], patterns: &[String]) -> Result<(), Failure> {
    if specs.is_empty() || patterns.is_empty() {
        return Ok(());
    }
    let mut models = Vec::new();
    for spec in specs {
        let Ok(model) = check::load(&spec.name, spec.extend.as_deref()) else { return Ok(()) };
        models.push(model);
    }
    let modules = models.iter().flat_map(|model| &model.modules);
    let names = modules.flat_map(|module| {
        module.actions.iter().map(move |action| format!("{}.{}", module.name, action.name))
    });
    let names: Vec<_> = names.collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let titles: Vec<_> = models.iter().map(|model| model.title.as_str()).collect();
    mcp::all_fit(patterns, &names, &titles.join(" or ")).map_err(misuse)
}

/// What `connector pull` writes for a shipped connector: a folder that adds to it and is none by itself.
fn extension(name: &str) -> Option<PathBuf> {
    let folder = Path::new(FOLDER).join(name);
    let is_shipped = typed_connector_specs::shipped().any(|shipped| shipped == name);
    (is_shipped && folder.is_dir() && !is_connector(&folder)).then_some(folder)
}
