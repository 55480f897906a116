//! From files to the checked model.

use std::sync::Arc;

use crate::diagnostics::{Code, Diagnostics, Problem, Problems};
use crate::json::{self, Value};
use crate::model::Connector;
use crate::partial::{self, Lost};
use crate::raw::{ActionFile, ConnectorFile, Read};
use crate::resolve::{self, Raw, RawModule};
use crate::source::{CONNECTOR_FILE, SourceFile, Sources, Span};
use crate::{check, merge, names};

/// Reads, merges, resolves and checks a connector. The error holds every problem of every file.
///
/// What is merely odd, a warning, is no error; [`examine`] tells it.
pub fn load(sources: &Sources) -> Result<Connector, Diagnostics> {
    let Examined { connector, problems, .. } = examine(sources);
    if problems.errors() == 0 { Ok(connector) } else { Err(problems) }
}

/// A connector as far as it can be used, and everything that is wrong with it.
#[derive(Debug)]
pub struct Examined {
    /// What is right. Without an error that is everything; whatever happens, all of it but [`lost`](Self::lost) can be emitted.
    pub connector: Connector,
    /// What is not right, or needs what is not.
    pub lost: Lost,
    /// Everything that is wrong; may be empty.
    pub problems: Diagnostics,
}

/// The same as [`load`] for whoever goes on with what is right.
pub fn examine(sources: &Sources) -> Examined {
    let files: Vec<Arc<SourceFile>> = sources.layers.iter().flatten().cloned().collect();
    let mut problems = Problems::new(files);
    let (connector, merged) = read(sources, &mut problems);
    let (mut modules, mut unreadable) = (Vec::new(), Vec::new());
    for Merged { stem: name, file, layer, tree } in merged {
        let span = Span::new(file, 0, 0);
        match tree {
            Some(tree) => {
                check::secrets::scan(&tree, &mut problems);
                modules.push(RawModule { name, span, layer, file: ActionFile::read(&tree, &mut problems) });
            }
            None => unreadable.push((name, file)),
        }
    }
    let unread = unreadable.iter().filter_map(|(_, file)| problems.files.get(*file));
    let unread = unread.flat_map(|file| partial::words(&file.text).map(str::to_owned)).collect();
    let settings = connector
        .inspect(|tree| check::secrets::scan(tree, &mut problems))
        .map(|tree| ConnectorFile::read(&tree, &mut problems));
    problems.reading_is_done();
    let (mut connector, mut lost) = match settings {
        Some(connector) => resolve::connector(&Raw { connector, modules, unread }, &mut problems),
        None => {
            // Without scopes, limits and shared types every reference would be one more mistake.
            let connector = ConnectorFile::missing(Span::new(0, 0, 0));
            partial::names_only(&Raw { connector, modules, unread }, &problems)
        }
    };
    for (name, file) in unreadable {
        let text = problems.files.get(file).map_or("", |file| file.text.as_str());
        partial::add_unreadable(&mut connector, &mut lost, &name, text);
    }
    problems.merge_repeated();
    Examined { connector, lost, problems: problems.all() }
}

/// A file by name while layers are merged.
struct Merged {
    stem: String,
    /// Index of the first file of this name.
    file: usize,
    /// The layer of that file.
    layer: usize,
    /// `None` when that file is no JSON.
    tree: Option<Value>,
}

/// The tree of `connector.json`, and those of all other files by name.
fn read(sources: &Sources, problems: &mut Problems) -> (Option<Value>, Vec<Merged>) {
    let mut connector: Option<Value> = None;
    let mut modules: Vec<Merged> = Vec::new();
    let mut file = 0;
    for (layer, files) in sources.layers.iter().enumerate() {
        for source in files {
            let (tree, stem) = (json::parse(file, problems), source.stem());
            if source.name == CONNECTOR_FILE {
                match (&mut connector, tree) {
                    (base, tree) if layer == 0 => *base = tree,
                    (Some(base), Some(tree)) => merge::connector(base, tree, problems),
                    _ => {}
                }
            } else if let Some(at) = target(&modules, stem, file, layer, tree.as_ref(), problems) {
                if let (Some(base), Some(tree)) = (&mut modules[at].tree, tree) {
                    merge::actions(base, tree, problems);
                }
            } else {
                modules.push(Merged { stem: stem.to_owned(), file, layer, tree });
            }
            file += 1;
        }
    }
    modules.sort_by(|a, b| a.stem.cmp(&b.stem));
    (connector, modules)
}

/// The file that this one adds to.
fn target(
    modules: &[Merged],
    stem: &str,
    file: usize,
    layer: usize,
    tree: Option<&Value>,
    problems: &mut Problems,
) -> Option<usize> {
    let same = modules.iter().position(|module| module.stem == stem);
    if same.is_some() || layer == 0 {
        return same;
    }
    // What has no actions is no module, so it was meant to add to one: to that with such a name, or with such a type.
    let members = tree?.members().filter(|_| tree.is_some_and(|tree| tree.get("actions").is_none()))?;
    let types =
        || members.iter().filter(|member| member.key == "types").filter_map(|m| m.value.members()).flatten();
    let declares = |module: &Merged, name: &str| {
        module.tree.as_ref().and_then(|tree| tree.get("types")?.get(name)).is_some()
    };
    let earlier = || modules.iter().filter(|module| module.layer < layer);
    let by_type = modules
        .iter()
        .position(|module| module.layer < layer && types().any(|entry| declares(module, &entry.key)));
    let by_name = || {
        let near = names::nearest(stem, earlier().map(|module| module.stem.as_str()))?;
        modules.iter().position(|module| module.stem == near)
    };
    let at = by_type.or_else(by_name)?;
    let target = &modules[at].stem;
    let message = format!("the connector has no `{stem}.json` that this file could add to");
    let problem = Problem::new(Code::WrongFile, Span::new(file, 0, 0), message);
    let problem = match types().find(|entry| declares(&modules[at], &entry.key)) {
        Some(entry) => {
            let declared = modules[at].tree.as_ref().and_then(|tree| tree.get("types")?.members());
            let declared = declared.into_iter().flatten().find(|member| member.key == entry.key);
            match declared {
                Some(first) => problem.also(first.key_span, format!("`{}` is declared here", entry.key)),
                None => problem,
            }
        }
        None => problem,
    };
    problems.report(problem.help(format!("rename it to `{target}.json`")));
    Some(at)
}
