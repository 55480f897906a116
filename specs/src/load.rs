//! From files to the checked model.

use std::sync::Arc;

use crate::diagnostics::{Diagnostics, Problems};
use crate::json::{self, Value};
use crate::merge;
use crate::model::Connector;
use crate::raw::{ActionFile, ConnectorFile, Read};
use crate::resolve::{self, Raw, RawModule};
use crate::source::{CONNECTOR_FILE, SourceFile, Sources, Span};

/// Reads, merges, resolves and checks a connector. The error holds every problem of every file.
pub fn load(sources: &Sources) -> Result<Connector, Diagnostics> {
    let files: Vec<Arc<SourceFile>> = sources.layers.iter().flatten().cloned().collect();
    let mut problems = Problems::new(files);
    let raw = read(sources, &mut problems);
    problems.reading_is_done();
    let connector = raw.map(|raw| resolve::connector(&raw, &mut problems));
    match (problems.finish(), connector) {
        (Ok(()), Some(connector)) => Ok(connector),
        (Err(diagnostics), _) => Err(diagnostics),
        (Ok(()), None) => Err(nothing()),
    }
}

/// A file by name while layers are merged.
struct Merged {
    stem: String,
    /// Index of the first file of this name.
    file: usize,
    /// `None` when that file is no JSON.
    tree: Option<Value>,
}

fn read(sources: &Sources, problems: &mut Problems) -> Option<Raw> {
    let mut connector: Option<Value> = None;
    let mut modules: Vec<Merged> = Vec::new();
    let mut index = 0;
    for (layer, files) in sources.layers.iter().enumerate() {
        for file in files {
            let tree = json::parse(index, problems);
            if file.name == CONNECTOR_FILE {
                match (&mut connector, tree) {
                    (base, tree) if layer == 0 => *base = tree,
                    (Some(base), Some(tree)) => merge::connector(base, tree, problems),
                    _ => {}
                }
            } else if let Some(known) = modules.iter_mut().find(|known| known.stem == file.stem()) {
                if let (Some(base), Some(tree)) = (&mut known.tree, tree) {
                    merge::actions(base, tree, problems);
                }
            } else {
                modules.push(Merged { stem: file.stem().to_owned(), file: index, tree });
            }
            index += 1;
        }
    }
    modules.sort_by(|a, b| a.stem.cmp(&b.stem));
    let modules = modules.into_iter().filter_map(|module| {
        let file = ActionFile::read(&module.tree?, problems);
        Some(RawModule { name: module.stem, span: Span::new(module.file, 0, 0), file })
    });
    let modules = modules.collect();
    Some(Raw { connector: ConnectorFile::read(&connector?, problems), modules })
}

/// Cannot happen: without `connector.json` no [`Sources`] exists, and an unreadable one is a problem.
fn nothing() -> Diagnostics {
    use crate::diagnostics::{Code, Diagnostic};
    Diagnostic::without_place(Code::Folder, format!("no `{CONNECTOR_FILE}` was read")).into()
}
