//! From the raw model to the checked one: names are decided, references become indices.
//!
//! Each function gives its part even when it reports a problem; the connector is only handed out when there is none.

mod action;
pub(crate) mod circles;
mod field;
mod http;
mod input;
mod output;
mod settings;
mod table;

use std::collections::{HashMap, HashSet};

use crate::check;
use crate::diagnostics::{Code, Problem, Problems};
use crate::model::{Connector, FieldType, Module};
use crate::names;
use crate::partial::{self, Broken, Lost};
use crate::raw;
use crate::source::Span;

pub(crate) use action::arguments;
pub(crate) use field::Place;
pub(crate) use table::{Definition, Table};

/// Names of Rust modules that generated code needs for itself.
pub const RESERVED_MODULES: &[&str] = &["scopes", "connector", "rt", "shared"];
/// Names of types that generated code needs for itself.
pub const RESERVED_TYPES: &[&str] = &["Client", "ClientBuilder", "Connector"];
/// Most arguments of all actions and inputs together.
const MAX_ARGUMENTS: usize = 200_000;

/// The files of a connector, read.
pub(crate) struct Raw {
    pub(crate) connector: raw::ConnectorFile,
    /// Sorted by name.
    pub(crate) modules: Vec<RawModule>,
    /// All words of the files that could not be read: what is missing may be declared there.
    pub(crate) unread: HashSet<String>,
}

/// An action file, read.
pub(crate) struct RawModule {
    /// Its stem.
    pub(crate) name: String,
    /// The start of the file.
    pub(crate) span: Span,
    /// Which folder it comes from: 0 is the base, others extend it.
    pub(crate) layer: usize,
    pub(crate) file: raw::ActionFile,
}

/// What resolving needs at every step.
pub(crate) struct Cx<'r> {
    pub(crate) table: Table<'r>,
    pub(crate) raw: &'r raw::ConnectorFile,
    pub(crate) problems: &'r mut Problems,
    pub(crate) scopes: HashMap<&'r str, usize>,
    /// Values whose types are checked at the end.
    pub(crate) written: Vec<check::fields::Written>,
    /// Choices whose actions are looked for at the end.
    pub(crate) options: Vec<check::options::Noted>,
    pub(crate) unread: &'r HashSet<String>,
    pub(crate) broken: Broken,
    /// All actions: `deals.create`.
    pub(crate) actions: HashSet<String>,
    /// Scopes that some action names.
    pub(crate) used_scopes: HashSet<usize>,
    arguments_left: usize,
}

impl Cx<'_> {
    /// The type of a value whose type cannot be told, which was reported.
    pub(crate) fn stand_in(&mut self) -> FieldType {
        self.problems.consequence();
        let unknown = self.table.unknown();
        self.broken.types.insert(unknown);
        FieldType::Named(unknown)
    }

    /// Counts arguments against the limit; `false` when it is exceeded.
    fn spend(&mut self, arguments: usize, span: Span) -> bool {
        match self.arguments_left.checked_sub(arguments) {
            Some(left) => {
                self.arguments_left = left;
                true
            }
            None => {
                if self.arguments_left > 0 {
                    self.arguments_left = 0;
                    let message = format!("the connector has more than {MAX_ARGUMENTS} arguments in all");
                    self.problems.error(Code::TooLarge, span, message);
                }
                false
            }
        }
    }
}

/// Resolves everything and applies every rule.
pub(crate) fn connector(raw: &Raw, problems: &mut Problems) -> (Connector, Lost) {
    let mut broken = Broken::default();
    let table = Table::declare(raw, problems, &mut broken);
    let scopes = raw.connector.scopes.entries.iter().enumerate().map(|(i, e)| (e.key.as_str(), i)).collect();
    let (raw_connector, written, options) = (&raw.connector, Vec::new(), Vec::new());
    let names = |module: &'_ RawModule| -> Vec<String> {
        let entries = module.file.actions.entries.iter();
        entries.map(|entry| format!("{}.{}", module.name, entry.key.value)).collect()
    };
    let mut cx = Cx {
        table,
        raw: raw_connector,
        problems,
        scopes,
        written,
        options,
        unread: &raw.unread,
        broken,
        actions: raw.modules.iter().flat_map(names).collect(),
        used_scopes: HashSet::new(),
        arguments_left: MAX_ARGUMENTS,
    };
    table::resolve(&mut cx);
    let mut connector = settings::settings(&mut cx);
    for (index, module) in raw.modules.iter().enumerate() {
        let resolved = self::module(&mut cx, index, module, &connector);
        connector.modules.push(resolved);
    }
    check::names::modules(&mut cx, &raw.modules);
    check::connector(&mut cx, &connector.modules);
    let Cx { table, broken, problems, .. } = cx;
    connector.types = table.into_types();
    let mut lost = Lost::default();
    if problems.faults() > 0 {
        lost = partial::separate(&mut connector, broken);
        lost.settings = raw.connector.scopes.unreadable;
    }
    (connector, lost)
}

fn module(cx: &mut Cx<'_>, index: usize, raw: &RawModule, connector: &Connector) -> Module {
    let ident = module_ident(cx, raw);
    let mut actions = Vec::with_capacity(raw.file.actions.entries.len());
    for (place, entry) in raw.file.actions.entries.iter().enumerate() {
        let before = cx.problems.faults();
        actions.push(action::action(cx, entry, &raw.name, connector));
        if entry.broken || cx.problems.faults() > before {
            cx.broken.actions.insert((index, place));
        }
    }
    for place in check::names::actions(cx, index, &raw.file.actions) {
        cx.broken.actions.insert((index, place));
    }
    Module {
        name: raw.name.clone(),
        ident,
        title: raw.file.title.value.clone(),
        description: text(raw.file.description.as_ref()),
        actions,
    }
}

fn module_ident(cx: &mut Cx<'_>, raw: &RawModule) -> String {
    if RESERVED_MODULES.contains(&raw.name.as_str()) {
        let message = format!("a module cannot be named `{}`: generated code has its own", raw.name);
        cx.problems.report(Problem::new(Code::ReservedName, raw.span, message).help("rename the file"));
    } else if !names::is_snake(&raw.name) {
        let message = format!("the file name `{}.json` is not a module name", raw.name);
        let mut problem = Problem::new(Code::InvalidName, raw.span, message)
            .help("name the file in snake case: lower-case letters, digits and underscores");
        if let Some(ident) = names::snake(&raw.name) {
            problem = problem.help(format!("rename it to `{ident}.json`"));
        }
        cx.problems.report(problem);
    }
    names::snake(&raw.name).unwrap_or_default()
}

/// A text without its place.
pub(crate) fn text(text: Option<&raw::Text>) -> Option<String> {
    text.map(|text| text.value.clone())
}
