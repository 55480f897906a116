//! What is left of a connector that has mistakes: the parts that are right, and the names of those that are not.
//!
//! A part is a type or an action. It is lost when there is a mistake in it, or in a part that it needs.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;

use crate::diagnostics::Problems;
use crate::model::{
    Action, Auth, Body, Connector, ErrorMapping, FieldType, Module, Output, Type, TypeKind, TypeRef,
};
use crate::names;
use crate::resolve::{Definition, RESERVED_MODULES, Raw, Table};

/// What cannot be used of a connector.
#[derive(Debug, Default)]
pub struct Lost {
    /// Types that are in the model, and must not be emitted.
    pub types: BTreeSet<TypeRef>,
    /// Actions, each with its module's name: `deals.create`. They are not in the model.
    pub actions: Vec<String>,
    /// Rust names that would be there, each with the index of its module, `None` for those of `connector.json`. Where a file
    /// could not be read there are more of them than it would have. To each the Rust names of its fields, as far as they are known.
    pub names: BTreeMap<(Option<usize>, String), BTreeSet<String>>,
    /// What could be a field of a type of a file that could not be read.
    pub fields: BTreeSet<String>,
    /// Whether the settings of `connector.json` could not be read, so that it is not known which scopes there are.
    pub settings: bool,
}

impl Lost {
    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.types.is_empty() && self.actions.is_empty() && self.names.is_empty() && !self.settings
    }

    fn action(&mut self, modules: &[Module], module: usize, action: &str, ident: &str) {
        self.actions.push(format!("{}.{action}", modules[module].name));
        self.name(Some(module), ident);
    }

    fn name(&mut self, module: Option<usize>, ident: &str) {
        if names::is_camel(ident) {
            self.names.entry((module, ident.to_owned())).or_default();
        }
    }

    /// A type, with the fields that patterns may name.
    fn ty(&mut self, module: Option<usize>, ident: &str, fields: impl Iterator<Item = String>) {
        self.name(module, ident);
        if let Some(known) = self.names.get_mut(&(module, ident.to_owned())) {
            known.extend(fields.filter(|field| names::is_snake(field)));
        }
    }
}

/// Which parts have a mistake in themselves; filled while they are resolved.
#[derive(Debug, Default)]
pub(crate) struct Broken {
    pub(crate) types: BTreeSet<TypeRef>,
    /// Module and place in it.
    pub(crate) actions: BTreeSet<(usize, usize)>,
    /// The types in place that belong to an action, by module and place in it.
    pub(crate) of_actions: Vec<((usize, usize), Range<usize>)>,
    /// Those that belong to a type.
    pub(crate) of_types: Vec<(TypeRef, Range<usize>)>,
}

/// Takes what is lost out of a connector.
pub(crate) fn separate(connector: &mut Connector, mut broken: Broken) -> Lost {
    let mut lost = Lost::default();
    let nameless = nameless_modules(&connector.modules);
    for (at, module) in connector.modules.iter().enumerate().filter(|(at, _)| nameless.contains(at)) {
        broken.actions.extend((0..module.actions.len()).map(|place| (at, place)));
    }
    let types = connector.types.iter().enumerate();
    let homeless = types.filter(|(_, ty)| ty.module.is_some_and(|module| nameless.contains(&module)));
    broken.types.extend(homeless.map(|(index, _)| TypeRef(index)));
    for (action, types) in &broken.of_actions {
        if broken.actions.contains(action) {
            broken.types.extend(types.clone().map(TypeRef));
        }
    }
    spread(connector, &mut broken);
    for reference in &broken.types {
        let Type { module, ident, kind, .. } = &connector.types[reference.0];
        let fields = match kind {
            TypeKind::Object(object) => &object.fields[..],
            _ => &[],
        };
        lost.ty(*module, ident, fields.iter().map(|field| field.ident.clone()));
    }
    lost.types = broken.types;
    let scopes = ambiguous_scopes(connector);
    let mut modules = std::mem::take(&mut connector.modules);
    for at in 0..modules.len() {
        let actions = std::mem::take(&mut modules[at].actions);
        for (place, action) in actions.into_iter().enumerate() {
            let mut needed = action.scopes.all_of.iter().chain(&action.scopes.any_of);
            let is_lost = broken.actions.contains(&(at, place))
                || needed.any(|scope| scopes.contains(scope))
                || types_of(&action).filter_map(of).any(|ty| lost.types.contains(&ty))
                || matches!(&action.body, Some(Body::Fields { input, .. })
                    if input.of.is_some_and(|of| lost.types.contains(&of)));
            if is_lost {
                lost.action(&modules, at, &action.name, &action.ident);
            } else {
                modules[at].actions.push(action);
            }
        }
    }
    let types =
        connector.types.iter().enumerate().filter(|(index, _)| !lost.types.contains(&TypeRef(*index)));
    let mut taken: HashSet<(Option<usize>, &str)> =
        types.map(|(_, ty)| (ty.module, ty.ident.as_str())).collect();
    for (at, module) in modules.iter().enumerate() {
        taken.extend(module.actions.iter().map(|action| (Some(at), action.ident.as_str())));
    }
    lost.names.retain(|(module, name), _| {
        module.is_none_or(|module| !nameless.contains(&module)) && !taken.contains(&(*module, name.as_str()))
    });
    connector.modules = modules;
    // Every base path was looked for in vain.
    connector.api_versions.take_if(|versions| versions.versions.is_empty());
    lost
}

/// A type that needs a lost one is lost too, and so is what stands inside of one.
fn spread(connector: &Connector, broken: &mut Broken) {
    let mut inside: HashMap<TypeRef, Range<usize>> = HashMap::new();
    for (owner, range) in &broken.of_types {
        inside.insert(*owner, range.clone());
    }
    let mut needed_by: HashMap<TypeRef, Vec<TypeRef>> = HashMap::new();
    for (index, declared) in connector.types.iter().enumerate() {
        let mut needs = |of: TypeRef| needed_by.entry(of).or_default().push(TypeRef(index));
        match &declared.kind {
            TypeKind::Object(object) => {
                object.fields.iter().filter_map(|field| of(&field.ty)).for_each(needs);
            }
            TypeKind::Input(input) => {
                input
                    .of
                    .into_iter()
                    .chain(input.fields.iter().filter_map(|field| of(&field.ty)))
                    .for_each(needs);
            }
            TypeKind::Union(union) => {
                union.variants.iter().chain(&union.id).for_each(|variant| needs(variant.ty));
            }
            TypeKind::Enum(_) | TypeKind::Id => {}
        }
    }
    let mut waiting: Vec<TypeRef> = broken.types.iter().copied().collect();
    while let Some(lost) = waiting.pop() {
        let inside = inside.get(&lost).into_iter().flat_map(|range| range.clone().map(TypeRef));
        for next in inside.chain(needed_by.get(&lost).into_iter().flatten().copied()) {
            if broken.types.insert(next) {
                waiting.push(next);
            }
        }
    }
}

/// The declared type that a type leads to.
fn of(ty: &FieldType) -> Option<TypeRef> {
    match ty {
        FieldType::Array(inner) | FieldType::Map(inner) => of(inner),
        FieldType::Named(of) | FieldType::Filter(of) | FieldType::Sort(of) | FieldType::Selection(of) => {
            Some(*of)
        }
        _ => None,
    }
}

fn types_of(action: &Action) -> impl Iterator<Item = &FieldType> {
    let output = match &action.output {
        Output::Nothing | Output::Batch { item: None, .. } => None,
        Output::Value(ty)
        | Output::Optional(ty)
        | Output::Page { item: ty, .. }
        | Output::Batch { item: Some(ty), .. } => Some(ty),
    };
    crate::resolve::arguments(action).map(|field| &field.ty).chain(output)
}

/// Modules that have no name of their own in Rust: nothing can be in them.
fn nameless_modules(modules: &[Module]) -> BTreeSet<usize> {
    let mut seen: HashSet<&str> = RESERVED_MODULES.iter().copied().collect();
    let all = modules.iter().enumerate();
    all.filter(|(_, module)| module.ident.is_empty() || !seen.insert(&module.ident))
        .map(|(at, _)| at)
        .collect()
}

/// Scopes whose marker has no name of its own.
fn ambiguous_scopes(connector: &Connector) -> BTreeSet<usize> {
    let mut seen = HashSet::new();
    let scopes = connector.scopes.iter().enumerate();
    let unusable = scopes.filter(|(_, scope)| scope.ident.is_empty() || !seen.insert(scope.ident.as_str()));
    unusable.map(|(index, _)| index).collect()
}

/// All names, where `connector.json` could not be read.
pub(crate) fn names_only(raw: &Raw, problems: &Problems) -> (Connector, Lost) {
    let mut connector = empty();
    let mut lost = Lost { settings: true, ..Lost::default() };
    // What is wrong with the names themselves was not looked for, and is not told.
    let mut unheard = Problems::new(problems.files.clone());
    let nameless =
        nameless_modules(&raw.modules.iter().map(|module| module_of(&module.name)).collect::<Vec<_>>());
    for declared in Table::declare(raw, &mut unheard, &mut Broken::default()).list {
        let fields = match declared.definition {
            Definition::Object(keys) => [&keys.fields.entries[..], &keys.envelope.entries[..]],
            _ => [&[][..], &[][..]],
        };
        let fields = fields.into_iter().flatten().filter_map(|entry| names::snake(entry.key.as_str()));
        lost.ty(declared.module, &declared.name, fields);
    }
    for module in &raw.modules {
        connector.modules.push(module_of(&module.name));
        let at = connector.modules.len() - 1;
        for entry in &module.file.actions.entries {
            let ident = names::camel(entry.key.as_str()).unwrap_or_default();
            lost.action(&connector.modules, at, entry.key.as_str(), &ident);
        }
    }
    lost.names.retain(|(module, _), _| module.is_none_or(|module| !nameless.contains(&module)));
    (connector, lost)
}

/// What could be a name in a text.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// Most names that are taken out of a file which is no JSON.
const MAX_NAMES: usize = 2000;

/// A module whose file could not be read: whatever could be a name in it is one.
pub(crate) fn add_unreadable(connector: &mut Connector, lost: &mut Lost, name: &str, text: &str) {
    let module = connector.modules.len();
    connector.modules.push(module_of(name));
    if nameless_modules(&connector.modules).contains(&module) {
        return;
    }
    let words: BTreeSet<_> = words(text).collect();
    for word in words.into_iter().take(MAX_NAMES) {
        lost.fields.extend(names::snake(word));
        if names::is_snake(word) {
            let ident = names::camel(word).unwrap_or_default();
            lost.action(&connector.modules, module, word, &ident);
        } else {
            lost.name(Some(module), word);
        }
    }
}

fn module_of(name: &str) -> Module {
    Module {
        name: name.to_owned(),
        ident: names::snake(name).unwrap_or_default(),
        title: name.to_owned(),
        description: None,
        actions: Vec::new(),
    }
}

fn empty() -> Connector {
    Connector {
        name: String::new(),
        title: "connector".to_owned(),
        description: None,
        docs_url: None,
        base_url: String::new(),
        api_versions: None,
        auth: Auth::default(),
        scopes: Vec::new(),
        headers: Vec::new(),
        errors: ErrorMapping::default(),
        filters: None,
        rate_limits: Vec::new(),
        retries: Vec::new(),
        types: Vec::new(),
        modules: Vec::new(),
    }
}
