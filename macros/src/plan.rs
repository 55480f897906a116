//! What is emitted: the connector's model with the answers that depend on the attribute.

use std::collections::BTreeSet;

use proc_macro2::Ident;
use syn::{Error, Path};
use typed_connector_specs::model::{
    Action, Body, Connector, Field, FieldType, Object, ScopeRule, Type, TypeKind, TypeRef,
};

use crate::attribute::Attribute;

pub(crate) struct Plan<'a> {
    pub(crate) connector: &'a Connector,
    pub(crate) krate: &'a Path,
    /// The module's name, for messages.
    pub(crate) module: &'a Ident,
    /// Indexes of the scopes that the connector requests.
    pub(crate) requested: BTreeSet<usize>,
    /// The attribute's argument that names the connector, for messages.
    pub(crate) argument: String,
    /// Objects that users make to send them, and not only receive.
    inputs: BTreeSet<TypeRef>,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(
        connector: &'a Connector,
        attribute: &'a Attribute,
        module: &'a Ident,
    ) -> Result<Self, Error> {
        Ok(Self {
            connector,
            krate: &attribute.krate,
            module,
            requested: requested(connector, attribute)?,
            argument: argument(attribute),
            inputs: inputs(connector),
        })
    }

    pub(crate) fn ty(&self, reference: TypeRef) -> &'a Type {
        &self.connector.types[reference.0]
    }

    pub(crate) fn object(&self, reference: TypeRef) -> Option<&'a Object> {
        match &self.ty(reference).kind {
            TypeKind::Object(object) => Some(object),
            _ => None,
        }
    }

    pub(crate) fn types(&self, module: Option<usize>) -> impl Iterator<Item = (TypeRef, &'a Type)> {
        let types = self.connector.types.iter().enumerate();
        types.filter(move |(_, ty)| ty.module == module).map(|(index, ty)| (TypeRef(index), ty))
    }

    pub(crate) fn is_input(&self, reference: TypeRef) -> bool {
        self.inputs.contains(&reference)
    }

    pub(crate) fn permits(&self, rule: &ScopeRule) -> bool {
        rule.all_of.iter().all(|scope| self.requested.contains(scope))
            && (rule.any_of.is_empty() || rule.any_of.iter().any(|scope| self.requested.contains(scope)))
    }

    /// Whether a field of this object must be boxed, since its type contains the object again without a list between.
    pub(crate) fn is_recursive(&self, owner: TypeRef, field: &Field) -> bool {
        fn reaches(plan: &Plan<'_>, from: TypeRef, to: TypeRef, seen: &mut BTreeSet<TypeRef>) -> bool {
            from == to
                || seen.insert(from)
                    && plan.object(from).is_some_and(|object| {
                        object.fields.iter().any(|field| match field.ty {
                            FieldType::Named(next) => reaches(plan, next, to, seen),
                            _ => false,
                        })
                    })
        }
        matches!(field.ty, FieldType::Named(next) if reaches(self, next, owner, &mut BTreeSet::new()))
    }
}

/// The scopes that the attribute names, or else all that the actions need (least privilege).
fn requested(connector: &Connector, attribute: &Attribute) -> Result<BTreeSet<usize>, Error> {
    let Some(named) = &attribute.scopes else {
        let rules = connector.modules.iter().flat_map(|module| &module.actions).map(|action| &action.scopes);
        return Ok(rules.flat_map(|rule| rule.all_of.iter().chain(rule.any_of.first())).copied().collect());
    };
    let mut requested = BTreeSet::new();
    let mut unknown: Option<Error> = None;
    for literal in named {
        let name = literal.value();
        match connector.scopes.iter().position(|scope| scope.name == name) {
            Some(index) => drop(requested.insert(index)),
            None => {
                let error = Error::new(literal.span(), unknown_scope(connector, &name));
                match &mut unknown {
                    Some(others) => others.combine(error),
                    None => unknown = Some(error),
                }
            }
        }
    }
    unknown.map_or(Ok(requested), Err)
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

/// Objects that are reachable from the arguments of an action.
fn inputs(connector: &Connector) -> BTreeSet<TypeRef> {
    fn visit(connector: &Connector, ty: &FieldType, found: &mut BTreeSet<TypeRef>) {
        match ty {
            FieldType::Array(inner) | FieldType::Map(inner) => visit(connector, inner, found),
            FieldType::Named(reference) if found.insert(*reference) => {
                let fields = match &connector.types[reference.0].kind {
                    TypeKind::Object(object) => &object.fields,
                    TypeKind::Input(input) => &input.fields,
                    TypeKind::Enum(_) | TypeKind::Id => return,
                };
                for field in fields {
                    visit(connector, &field.ty, found);
                }
            }
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    for action in connector.modules.iter().flat_map(|module| &module.actions) {
        for field in arguments(action) {
            visit(connector, &field.ty, &mut found);
        }
    }
    found
}

/// All arguments of an action, in the order of their indexes: path, query, headers, body.
pub(crate) fn arguments(action: &Action) -> Vec<&Field> {
    let mut fields: Vec<_> = action.parameters.iter().map(|parameter| &parameter.field).collect();
    match &action.body {
        Some(Body::Fields { input, .. }) => fields.extend(&input.fields),
        Some(Body::Whole { field, .. }) => fields.push(field),
        None => {}
    }
    fields
}
