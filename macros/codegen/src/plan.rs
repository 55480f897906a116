//! What is emitted: the connector's model with the answers that depend on the attribute.

use std::collections::BTreeSet;

use proc_macro2::Ident;
use syn::{Error, Path};
use typed_connector_specs::model::{
    Action, Body, Connector, FieldType, Output, ScopeRule, Type, TypeKind, TypeRef,
};

use typed_connector_specs::Lost;
use typed_connector_specs::text::{fits, nearest};

use crate::attribute::{Attribute, add};

pub(crate) struct Plan<'a> {
    pub(crate) connector: &'a Connector,
    pub(crate) krate: &'a Path,
    /// The module's name, for messages.
    pub(crate) module: &'a Ident,
    /// What cannot be emitted, since it has a mistake.
    pub(crate) lost: &'a Lost,
    /// Indexes of the scopes that the connector requests.
    pub(crate) requested: BTreeSet<usize>,
    /// Those that it requests too, and that may be refused.
    pub(crate) optional: BTreeSet<usize>,
    /// The attribute's argument that names the connector, for messages.
    pub(crate) argument: String,
    /// Objects that users make to send them, and not only receive.
    inputs: BTreeSet<TypeRef>,
    /// The types to emit, where only some actions are.
    needed: Option<BTreeSet<TypeRef>>,
}

impl<'a> Plan<'a> {
    /// What is wrong with the attribute is put to `mistakes`, and is then as if it asked for more than it does: one mistake
    /// should not become others in the user's code.
    pub(crate) fn new(
        connector: &'a Connector,
        lost: &'a Lost,
        attribute: &'a Attribute,
        module: &'a Ident,
        mistakes: &mut Option<Error>,
    ) -> Self {
        let (requested, optional) = requested(connector, lost, attribute, mistakes);
        Self {
            connector,
            lost,
            krate: &attribute.krate,
            module,
            requested,
            optional,
            argument: argument(attribute),
            inputs: inputs(connector),
            needed: attribute.only.is_some().then(|| needed(connector)),
        }
    }

    pub(crate) fn ty(&self, reference: TypeRef) -> &'a Type {
        self.connector.ty(reference)
    }

    /// Whether values of the type start from an empty one: objects, and unions of them.
    pub(crate) fn is_object_like(&self, reference: TypeRef) -> bool {
        matches!(self.ty(reference).kind, TypeKind::Object(_) | TypeKind::Union(_))
    }

    pub(crate) fn types(&self, module: Option<usize>) -> impl Iterator<Item = (TypeRef, &'a Type)> {
        let types = self.connector.types.iter().enumerate();
        let types = types.filter(move |(_, ty)| ty.module == module);
        types.map(|(index, ty)| (TypeRef(index), ty)).filter(|(reference, _)| self.emits(*reference))
    }

    pub(crate) fn is_input(&self, reference: TypeRef) -> bool {
        self.inputs.contains(&reference)
    }

    /// Whether the type is emitted.
    pub(crate) fn emits(&self, reference: TypeRef) -> bool {
        !self.lost.types.contains(&reference)
            && self.needed.as_ref().is_none_or(|needed| needed.contains(&reference))
    }

    /// Whether the connector may execute what needs these scopes. An optional one counts: where it was refused, the API says so.
    pub(crate) fn permits(&self, rule: &ScopeRule) -> bool {
        let has = |scope: &usize| self.requested.contains(scope) || self.optional.contains(scope);
        rule.all_of.iter().all(has) && (rule.any_of.is_empty() || rule.any_of.iter().any(has))
    }
}

/// Leaves only the actions that the attribute chooses by `only`.
pub(crate) fn select(
    connector: &mut Connector,
    lost: &Lost,
    attribute: &Attribute,
    mistakes: &mut Option<Error>,
) {
    let Some(only) = &attribute.only else { return };
    let patterns: Vec<(String, &syn::LitStr)> =
        only.iter().map(|literal| (literal.value(), literal)).collect();
    let names: Vec<String> = connector
        .modules
        .iter()
        .flat_map(|module| module.actions.iter().map(|action| format!("{}.{}", module.name, action.name)))
        .chain(lost.actions.iter().cloned())
        .collect();
    let mut all_fit = true;
    for (pattern, literal) in &patterns {
        if names.iter().any(|name| fits(pattern, name)) {
            continue;
        }
        all_fit = false;
        let help = match nearest(pattern, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "patterns are like `deals.create`, `deals.*` and `*.search`".to_owned(),
        };
        let message = format!("no action of {} fits `{pattern}`; {help}", connector.title);
        add(mistakes, Some(Error::new(literal.span(), message)));
    }
    if !all_fit {
        return;
    }
    for module in &mut connector.modules {
        let name = &module.name;
        module.actions.retain(|action| {
            let full = format!("{name}.{}", action.name);
            patterns.iter().any(|(pattern, _)| fits(pattern, &full))
        });
    }
}

/// The scopes that the attribute names, or else all that the actions need (least privilege), without the optional ones; and
/// the optional ones.
fn requested(
    connector: &Connector,
    lost: &Lost,
    attribute: &Attribute,
    mistakes: &mut Option<Error>,
) -> (BTreeSet<usize>, BTreeSet<usize>) {
    // Which scopes there are is not known where `connector.json` could not be read.
    let mut unknown = lost.settings;
    let mut find = |named: &[syn::LitStr]| {
        let mut found = BTreeSet::new();
        for literal in named {
            let name = literal.value();
            match connector.scopes.iter().position(|scope| scope.name == name) {
                Some(index) => drop(found.insert(index)),
                None if lost.settings => {}
                None => {
                    unknown = true;
                    add(mistakes, Some(Error::new(literal.span(), unknown_scope(connector, &name))));
                }
            }
        }
        found
    };
    let optional = attribute.optional_scopes.as_deref().map(&mut find).unwrap_or_default();
    let required = attribute.scopes.as_deref().map(&mut find);
    if unknown {
        return ((0..connector.scopes.len()).collect(), optional);
    }
    if let (Some(required), Some(named)) = (&required, &attribute.optional_scopes) {
        for literal in named {
            let name = literal.value();
            if required.iter().any(|scope| connector.scopes[*scope].name == name) {
                let message = format!("`{name}` is in `scopes` already: a scope is required or optional");
                add(mistakes, Some(Error::new(literal.span(), message)));
            }
        }
    }
    (required.unwrap_or_else(|| connector.needed_scopes(&optional)), optional)
}

fn unknown_scope(connector: &Connector, name: &str) -> String {
    let known: Vec<_> = connector.scopes.iter().map(|scope| scope.name.as_str()).collect();
    let similar = known
        .iter()
        .map(|known| (strsim::jaro_winkler(&known.to_lowercase(), &name.to_lowercase()), known))
        .filter(|(score, _)| *score > 0.85)
        .max_by(|left, right| left.0.total_cmp(&right.0));
    let help = match similar {
        Some((_, known)) => format!("did you mean `{known}`?"),
        None if known.is_empty() => "it has none".to_owned(),
        None => format!("its scopes are `{}`", known.join("`, `")),
    };
    format!("`{name}` is no scope of {}; {help}", connector.title)
}

fn argument(attribute: &Attribute) -> String {
    match &attribute.source {
        crate::attribute::Source::Shipped(literal) => format!("{:?}", literal.value()),
        crate::attribute::Source::Folder(literal) => format!("path = {:?}", literal.value()),
    }
}

/// All types that are reached from these; with `named` also those that are only referred to by name, as in a filter.
fn reached<'t>(
    connector: &'t Connector,
    from: impl Iterator<Item = &'t FieldType>,
    named: bool,
) -> BTreeSet<TypeRef> {
    fn visit(ty: &FieldType, named: bool, found: &mut BTreeSet<TypeRef>, waiting: &mut Vec<TypeRef>) {
        match ty {
            FieldType::Array(inner) | FieldType::Map(inner) => visit(inner, named, found, waiting),
            FieldType::Named(reference) if found.insert(*reference) => {
                // Through a list, and not by recursion: one type may lead to thousands.
                waiting.push(*reference);
            }
            FieldType::Filter(reference) | FieldType::Sort(reference) | FieldType::Selection(reference)
                if named && found.insert(*reference) =>
            {
                waiting.push(*reference);
            }
            _ => {}
        }
    }
    let (mut found, mut waiting) = (BTreeSet::new(), Vec::new());
    for ty in from {
        visit(ty, named, &mut found, &mut waiting);
    }
    while let Some(reference) = waiting.pop() {
        let fields = match &connector.types[reference.0].kind {
            TypeKind::Object(object) => &object.fields,
            TypeKind::Input(input) => {
                if named && let Some(of) = input.of {
                    visit(&FieldType::Named(of), named, &mut found, &mut waiting);
                }
                &input.fields
            }
            TypeKind::Union(union) => {
                for variant in union.variants.iter().chain(&union.id) {
                    visit(&FieldType::Named(variant.ty), named, &mut found, &mut waiting);
                }
                continue;
            }
            TypeKind::Enum(_) | TypeKind::Id => continue,
        };
        for field in fields {
            visit(&field.ty, named, &mut found, &mut waiting);
        }
    }
    found
}

/// Objects that are reachable from the arguments of an action.
fn inputs(connector: &Connector) -> BTreeSet<TypeRef> {
    let actions = connector.modules.iter().flat_map(|module| &module.actions);
    reached(connector, actions.flat_map(Action::arguments).map(|field| &field.ty), false)
}

/// All types that the actions need.
fn needed(connector: &Connector) -> BTreeSet<TypeRef> {
    let mut from: Vec<&FieldType> = Vec::new();
    let mut of = Vec::new();
    for action in connector.modules.iter().flat_map(|module| &module.actions) {
        from.extend(action.arguments().map(|field| &field.ty));
        if let Some(Body::Fields { input, .. }) = &action.body {
            of.extend(input.of.map(FieldType::Named));
        }
        match &action.output {
            Output::Nothing => {}
            Output::Value(ty) | Output::Optional(ty) | Output::Page { item: ty, .. } => from.push(ty),
            Output::Batch { item, .. } => from.extend(item),
        }
    }
    reached(connector, from.into_iter().chain(&of), true)
}
