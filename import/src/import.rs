//! All of an import, step by step.

use std::collections::{BTreeMap, BTreeSet};

use typed_connector_specs::text::{Problems, Span};
use typed_connector_specs::{Code, Diagnostics};

use crate::cx::{Cx, Warning};
use crate::emit::Emitter;
use crate::merge::{Change, Earlier, Files};
use crate::operation::{Answer, Operation};
use crate::out::Object;
use crate::paging::Paging;
use crate::read::{Document, Input};
use crate::references::{References, Trees};
use crate::security::Auth;
use crate::settle::{Settled, Use};
use crate::shelf::Shelf;
use crate::types::Shape;
use typed_connector_specs::text::fits;

use crate::{connector, errors, module, name, operation, paging, parameter, read, security, settle, text};

/// What to import, and how.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// Patterns with `*` and `?`: only operations whose name (`deals.create`), id or method and path fits one; all where
    /// there is none.
    pub operations: Vec<String>,
    /// Machine name of the connector; made from the title where it is not given.
    pub name: Option<String>,
    /// The API's address, where the documents do not say it.
    pub base_url: Option<String>,
    /// The folder as an earlier import and people have left it: what was changed by hand stays, and what has a name keeps it.
    pub earlier: Option<Earlier>,
    /// Which other files the documents may refer to; none where it is not given.
    pub references: References,
}

/// What came out.
#[derive(Debug)]
#[non_exhaustive]
pub struct Imported {
    /// Machine name of the connector.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// The files of the connector's folder, by name; with [`Options::earlier`] those that imports wrote, merged.
    pub files: Files,
    /// The files without what was done by hand: what the next import is to know as [`Earlier`].
    pub imported: Files,
    /// What this import changes in what was there.
    pub changes: Vec<Change>,
    /// Names of the actions: `deals.create`.
    pub actions: Vec<String>,
    /// Mistakes in the documents; the operations that they are in are left out.
    pub problems: Option<Diagnostics>,
    /// How many operations are left out for mistakes.
    pub left_out: usize,
    /// How many references lead nowhere; what refers to them became `json`.
    pub dangling: usize,
    /// What could not be carried over as it stands.
    pub warnings: Vec<Warning>,
    /// The module of each document, by the file that it came from.
    pub sources: BTreeMap<String, Vec<String>>,
}

/// Imports documents into one connector.
///
/// # Errors
/// Where no text is an OpenAPI document. Mistakes in a document that is one are no error, but [`Imported::problems`].
pub fn import(inputs: &[Input], options: &Options) -> Result<Imported, Diagnostics> {
    let sources: Vec<_> = inputs.iter().map(read::source).collect();
    let mut problems = Problems::new(sources.iter().map(|(source, _)| source.clone()).collect());
    let mut documents = Vec::new();
    for (index, (input, (_, unreadable))) in inputs.iter().zip(&sources).enumerate() {
        match unreadable {
            Some((at, why)) => problems.error(Code::Unreadable, Span::new(index, *at, *at), why.clone()),
            None => documents.extend(read::document(index, &input.name, &mut problems)),
        }
    }
    if documents.is_empty() {
        if problems.count() == 0 {
            problems.error(Code::Unreadable, Span::new(0, 0, 0), "nothing to import");
        }
        return Err(problems.finish().expect_err("there is a problem"));
    }
    let names: Vec<_> = inputs.iter().map(|input| input.name.clone()).collect();
    let shelf = Shelf::default();
    let trees = Trees::new(&documents, &names, &options.references, &shelf);
    Ok(all(&documents, trees, problems, options))
}

fn all<'d>(documents: &'d [Document], trees: Trees<'d>, problems: Problems, options: &Options) -> Imported {
    let mut cx = Cx::new(documents, trees, problems);
    cx.base_url.clone_from(&options.base_url);
    let mut operations = Vec::new();
    for at in 0..documents.len() {
        cx.at = at;
        operations.extend(operation::list(&mut cx));
    }
    let pins = options.earlier.as_ref().map(Earlier::pins).unwrap_or_default();
    let modules = module::assign(documents, &mut operations, &pins);
    for module in modules.keys() {
        let mut own: Vec<&mut Operation<'_>> =
            operations.iter_mut().filter(|operation| operation.module == *module).collect();
        name::actions(&mut cx, module, &mut own, &pins);
    }
    operations.retain(|operation| is_chosen(operation, &options.operations));
    let mut broken = vec![false; operations.len()];
    for (operation, broken) in operations.iter_mut().zip(&mut broken) {
        *broken = !operation::read(&mut cx, operation);
        parameter::distinct(operation);
    }
    let left_out = cx.lost + leave_out(&cx, &mut operations, &broken);
    security::distinct(&mut cx, &mut operations);
    let mut pages: Vec<Option<Paging>> = Vec::new();
    for operation in &operations {
        cx.at = operation.document;
        pages.push(paging::recognize(&mut cx, operation));
    }
    let settings = settings(&mut cx, options, &operations);
    let settled = settle::settle(&mut cx, &uses(&operations, &pages), &pins.types);
    let imported = files(&cx, &settled, &settings, &modules, &operations, &pages);
    let mut sources: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, module) in &modules {
        if operations.iter().any(|operation| operation.module == *name) {
            sources.entry(module.source.clone()).or_default().push(name.clone());
        }
    }
    let mut actions: Vec<_> = operations.iter().map(|o| format!("{}.{}", o.module, o.name)).collect();
    actions.sort();
    let warnings = std::mem::take(&mut cx.warnings);
    let dangling = cx.dangling.len();
    // An operation that was left out for a mistake is not gone.
    let merged = options.earlier.as_ref().map(|earlier| earlier.merge(&imported, left_out == 0));
    let (files, changes) = match merged {
        Some(merged) => (merged.files, merged.changes),
        None => (imported.clone(), Vec::new()),
    };
    Imported {
        name: settings.name,
        title: settings.title,
        files,
        imported,
        changes,
        actions,
        problems: cx.problems.finish().err(),
        left_out,
        dangling,
        warnings,
        sources,
    }
}

fn is_chosen(operation: &Operation<'_>, patterns: &[String]) -> bool {
    let full = format!("{}.{}", operation.module, operation.name);
    let called = operation.called();
    let names = [Some(full.as_str()), operation.id(), Some(called.as_str())];
    patterns.is_empty()
        || patterns.iter().any(|pattern| names.iter().flatten().any(|name| fits(pattern, name)))
}

/// Takes away operations with a mistake in them or in a type that they need.
fn leave_out(cx: &Cx<'_>, operations: &mut Vec<Operation<'_>>, broken: &[bool]) -> usize {
    let before = operations.len();
    let mut index = 0;
    operations.retain(|operation| {
        let mut shapes = operation.sent();
        if let Answer::Value(shape) = &operation.answer {
            shapes.push(shape);
        }
        let unusable = broken[index] || cx.types.reached(shapes).iter().any(|id| cx.types.list[*id].broken);
        index += 1;
        !unusable
    });
    before - operations.len()
}

fn settings<'d>(cx: &mut Cx<'d>, options: &Options, operations: &[Operation<'d>]) -> connector::Settings {
    cx.operation = None;
    let mut auth = Auth::default();
    let mut base_url: Option<String> = options.base_url.clone();
    for at in 0..cx.documents.len() {
        cx.at = at;
        security::schemes(cx, &mut auth);
        if options.base_url.is_none()
            && let Some(here) = connector::base_url(cx)
        {
            match &base_url {
                Some(first) => connector::same_address(cx, &first.clone(), &here),
                None => base_url = Some(here),
            }
        }
    }
    cx.at = 0;
    let base_url = base_url.unwrap_or_else(|| {
        cx.warn(
            cx.document().root.span.first(),
            "no server is named; give the API's address with --base-url",
        );
        "https://api.example.com".to_owned()
    });
    let (title, description, docs_url) = connector::about(cx);
    let one = cx.documents.len() == 1;
    let name = options.name.clone().unwrap_or_else(|| {
        let host =
            base_url.split("://").nth(1).unwrap_or_default().split(['/', ':']).next().unwrap_or_default();
        let labels: Vec<&str> = host.split('.').collect();
        let of_host = labels.len().checked_sub(2).and_then(|at| labels.get(at)).copied().unwrap_or_default();
        let wanted = if one { title.clone().unwrap_or_default() } else { of_host.to_owned() };
        text::snake(&wanted)
    });
    let name = match typed_connector_specs::text::snake(&text::snake(&name)) {
        Some(name) => name,
        None => "api".to_owned(),
    };
    let scopes: BTreeSet<&String> =
        operations.iter().flat_map(|o| o.scopes.all_of.iter().chain(&o.scopes.any_of)).collect();
    let errors = operations.iter().find_map(|operation| {
        cx.at = operation.document;
        errors::recognize(cx, operation.node)
    });
    connector::Settings {
        title: if one { title.unwrap_or_else(|| text::humane(&name)) } else { text::humane(&name) },
        description: description.filter(|_| one),
        docs_url: docs_url.filter(|_| one),
        name,
        base_url,
        auth,
        scopes: scopes.into_iter().cloned().collect(),
        errors,
    }
}

fn uses(operations: &[Operation<'_>], pages: &[Option<Paging>]) -> BTreeMap<String, Use> {
    let mut uses: BTreeMap<String, Use> = BTreeMap::new();
    for (operation, paging) in operations.iter().zip(pages) {
        let used = uses.entry(operation.module.clone()).or_default();
        used.sent.extend(operation.sent().into_iter().cloned());
        let answered: Option<&Shape> = match (&operation.answer, paging) {
            (_, Some(paging)) => Some(&paging.item),
            (Answer::Value(shape), None) => Some(shape),
            _ => None,
        };
        used.answered.extend(answered.cloned());
        used.actions.insert(text::camel(&operation.name));
    }
    uses
}

fn files(
    cx: &Cx<'_>,
    settled: &Settled,
    settings: &connector::Settings,
    modules: &BTreeMap<String, module::Module>,
    operations: &[Operation<'_>],
    pages: &[Option<Paging>],
) -> Files {
    let emitter = Emitter { cx, settled };
    let mut files = BTreeMap::new();
    files.insert("connector.json".to_owned(), settings.emit(emitter.types(None)).pretty());
    for (name, module) in modules {
        let own: Vec<_> =
            operations.iter().zip(pages).filter(|(operation, _)| operation.module == *name).collect();
        if own.is_empty() {
            continue;
        }
        let mut actions = Object::default();
        for (operation, paging) in own {
            actions.set(&operation.name, emitter.action(operation, paging.as_ref()));
        }
        let mut file = Object::default();
        file.text("title", module.title.clone());
        file.maybe("description", module.description.as_deref());
        file.object("types", emitter.types(Some(name)));
        file.set("actions", actions.done());
        files.insert(format!("{name}.json"), file.done().pretty());
    }
    files
}
