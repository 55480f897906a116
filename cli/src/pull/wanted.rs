//! From an account's definitions to entries of the spec format.

use std::collections::BTreeSet;

use jsonc_parser::cst::CstInputValue;
use typed_connector_specs::model::{Connector, Enum, Field, FieldType, Object, TypeKind, TypeRef};
use typed_connector_specs::text as names;

use super::account::{Choice, Definitions, Pipeline, Property};

/// An object of the format, in the order in which it is written.
pub(super) type Entries = Vec<(String, CstInputValue)>;

/// Keys that a person may have changed: they are only set where an entry is new.
pub(super) const TEXTS: &[&str] = &["title", "description", "name"];

/// A kind of record that the connector has: `deals`, and its type `Deal`.
pub(super) struct Kind<'c> {
    module: usize,
    name: &'c str,
    ty: &'c str,
    object: &'c Object,
}

impl Kind<'_> {
    pub(super) const fn name(&self) -> &str {
        self.name
    }

    pub(super) const fn type_name(&self) -> &str {
        self.ty
    }

    /// The field of a property; what lies beside the properties is none.
    fn field(&self, property: &str) -> Option<&Field> {
        let Object { at, fields, .. } = self.object;
        let is_property = |field: &Field| field.path.len() == at.len() + 1 && field.path.starts_with(at);
        fields.iter().find(|field| field.wire_name == property && is_property(field))
    }
}

/// The kinds with these names, or all.
pub(super) fn kinds<'c>(connector: &'c Connector, names: &[String]) -> Result<Vec<Kind<'c>>, String> {
    let all: Vec<_> = connector
        .types
        .iter()
        .filter_map(|ty| match (&ty.kind, ty.module) {
            (TypeKind::Object(object), Some(module)) if object.properties => {
                Some(Kind { module, name: &connector.modules[module].name, ty: &ty.ident, object })
            }
            _ => None,
        })
        .collect();
    if let Some(unknown) = names.iter().find(|name| !all.iter().any(|kind| kind.name == **name)) {
        let known: Vec<_> = all.iter().map(|kind| kind.name).collect();
        return Err(format!("{} has no records `{unknown}`; it has {}", connector.title, known.join(", ")));
    }
    Ok(all
        .into_iter()
        .filter(|kind| names.is_empty() || names.iter().any(|name| name == kind.name))
        .collect())
}

/// What an account has, for one file.
pub(super) struct Wanted {
    /// Name of the file, without `.json`.
    pub(super) file: String,
    /// The entries of its `types`.
    pub(super) types: Entries,
    /// Objects of the file whose keys are the account's, by the keys that lead there from `types`: all names that they may have.
    pub(super) known: Vec<(Vec<String>, BTreeSet<String>)>,
}

/// What the files should hold of a kind of record. `wish` says which properties that the connector lacks are meant.
pub(super) fn all(
    connector: &Connector,
    kind: &Kind<'_>,
    definitions: &Definitions,
    wish: impl Fn(&Property) -> bool,
) -> Vec<Wanted> {
    let new = |file: &str| Wanted { file: file.to_owned(), types: Vec::new(), known: Vec::new() };
    let mut of_kind = new(kind.name);
    let mut elsewhere = Vec::new();
    let mut fields: Entries = Vec::new();
    let steps = |steps: &[&str]| steps.iter().map(|&step| step.to_owned()).collect();
    for property in &definitions.properties {
        let choices = choices(property, &definitions.pipelines);
        let names = choices.iter().map(|choice| choice.value.clone());
        let Some(known) = kind.field(&property.name) else {
            for values in [&["values"][..], &["items", "values"]] {
                let path = [&[kind.ty, "fields", &property.name], values].concat();
                of_kind.known.push((steps(&path), names.clone().collect()));
            }
            if wish(property) {
                fields.push((property.name.clone(), field(kind.object, property)));
            }
            continue;
        };
        let Some((reference, options)) = enumeration(connector, &known.ty) else { continue };
        let ty = &connector.types[reference.0];
        let mut other = match ty.module {
            Some(module) if module == kind.module => None,
            Some(module) => Some(new(&connector.modules[module].name)),
            None => Some(new("connector")),
        };
        let file = other.as_mut().unwrap_or(&mut of_kind);
        let shipped = options.values.iter().map(|value| value.wire.clone());
        file.known.push((steps(&[&ty.ident, "values"]), names.chain(shipped).collect()));
        let added = values(&choices, options);
        if !added.is_empty() {
            let entry = object([("type", text("enum")), ("values", CstInputValue::Object(added))]);
            file.types.push((ty.ident.clone(), entry));
        }
        elsewhere.extend(other);
    }
    let names = definitions.properties.iter().map(|property| property.name.clone());
    let shipped = kind.object.fields.iter().map(|field| field.wire_name.clone());
    of_kind.known.push((steps(&[kind.ty, "fields"]), names.chain(shipped).collect()));
    if !fields.is_empty() {
        let entry = object([("type", text("object")), ("fields", CstInputValue::Object(fields))]);
        of_kind.types.push((kind.ty.to_owned(), entry));
    }
    elsewhere.push(of_kind);
    elsewhere
}

/// The enum behind a field, be it a list of its values.
fn enumeration<'c>(connector: &'c Connector, ty: &FieldType) -> Option<(TypeRef, &'c Enum)> {
    match ty {
        FieldType::Array(inner) => enumeration(connector, inner),
        FieldType::Named(reference) => match &connector.types[reference.0].kind {
            TypeKind::Enum(options) => Some((*reference, options)),
            _ => None,
        },
        _ => None,
    }
}

/// A choice for people and programs.
struct Option_ {
    value: String,
    label: String,
    description: Option<String>,
}

/// What can be chosen. Pipelines and their stages are told by an API of their own.
fn choices(property: &Property, pipelines: &[Pipeline]) -> Vec<Option_> {
    let plain = |choice: &Choice| Option_ {
        value: choice.value.clone(),
        label: choice.label.clone().unwrap_or_else(|| choice.value.clone()),
        description: choice.description.clone().filter(|text| !text.trim().is_empty()),
    };
    match &*property.name {
        "pipeline" | "hs_pipeline" => pipelines
            .iter()
            .map(|pipeline| Option_ {
                value: pipeline.id.clone(),
                label: pipeline.label.clone().unwrap_or_else(|| pipeline.id.clone()),
                description: None,
            })
            .collect(),
        "dealstage" | "hs_pipeline_stage" => pipelines
            .iter()
            .flat_map(|pipeline| pipeline.stages.iter().map(move |stage| (pipeline, stage)))
            .map(|(pipeline, stage)| Option_ {
                value: stage.id.clone(),
                label: stage.label.clone().unwrap_or_else(|| stage.id.clone()),
                description: pipeline.label.as_ref().map(|label| format!("A stage of the pipeline {label}.")),
            })
            .collect(),
        _ => property.options.iter().map(plain).collect(),
    }
}

/// The values that an enum does not have yet.
fn values(choices: &[Option_], known: &Enum) -> Entries {
    let mut names: BTreeSet<String> = known.values.iter().map(|value| value.ident.clone()).collect();
    let new = choices.iter().filter(|choice| !known.values.iter().any(|value| value.wire == choice.value));
    named_values(new, &mut names)
}

/// Values with a title, and with a name where the one that is made of these would not do.
fn named_values<'o>(choices: impl Iterator<Item = &'o Option_>, names: &mut BTreeSet<String>) -> Entries {
    let mut entries = Entries::new();
    for choice in choices {
        if entries.iter().any(|(value, _)| *value == choice.value) {
            continue;
        }
        let derived = names::variant(&choice.value, &choice.label);
        let mut name = derived.clone().unwrap_or_else(|| "Value".to_owned());
        let (base, mut number) = (name.clone(), 1);
        while !names.insert(name.clone()) {
            number += 1;
            name = format!("{base}{number}");
        }
        let mut entry = vec![("title".to_owned(), text(&choice.label))];
        entry.extend(
            choice.description.as_ref().map(|description| ("description".to_owned(), text(description))),
        );
        if derived.as_ref() != Some(&name) {
            entry.push(("name".to_owned(), text(&name)));
        }
        let is_plain = entry.len() == 1;
        let entry = if is_plain { text(&choice.label) } else { CstInputValue::Object(entry) };
        entries.push((choice.value.clone(), entry));
    }
    entries
}

/// A property that the connector does not have.
fn field(object: &Object, property: &Property) -> CstInputValue {
    let options = choices(property, &[]);
    let options = named_values(options.iter(), &mut BTreeSet::new());
    let choice = || [("type", text("enum")), ("values", CstInputValue::Object(options.clone()))];
    let mut entry: Entries = Vec::new();
    let mut put = |key: &str, value| entry.push((key.to_owned(), value));
    match (&*property.value_type, property.field_type.as_deref()) {
        ("number", _) => put("type", text("decimal")),
        ("date", _) => put("type", text("date")),
        ("datetime", _) => put("type", text("datetime")),
        ("bool", _) | ("enumeration", Some("booleancheckbox")) => put("type", text("boolean")),
        ("enumeration", Some("checkbox")) => {
            put("type", text("array"));
            put("items", if options.is_empty() { text("string") } else { self::object(choice()) });
            put("separator", text(";"));
        }
        ("enumeration", _) if !options.is_empty() => {
            for (key, value) in choice() {
                put(key, value);
            }
        }
        _ => put("type", text("string")),
    }
    let label = property.label.as_deref().unwrap_or(&property.name);
    put("title", text(label));
    if let Some(description) = property.description.as_deref().map(str::trim).filter(|text| !text.is_empty())
    {
        put("description", text(description));
    }
    if property.is_read_only() {
        put("read_only", CstInputValue::Bool(true));
    }
    if property.is_sensitive() {
        put("sensitive", CstInputValue::Bool(true));
    }
    // A property called `id` stands beside the record's own.
    let ident = names::snake(&property.name);
    let is_taken = |ident: &str| object.fields.iter().any(|field| field.ident == ident);
    if ident.as_deref().is_none_or(is_taken) {
        put("name", text(&format!("property_{}", property.name.trim_start_matches('_'))));
    }
    CstInputValue::Object(entry)
}

fn text(text: &str) -> CstInputValue {
    CstInputValue::String(text.to_owned())
}

fn object<const N: usize>(entries: [(&str, CstInputValue); N]) -> CstInputValue {
    CstInputValue::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}
