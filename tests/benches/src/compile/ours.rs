//! typed-connector's side: documents imported into a folder, and a program that uses each action.

use std::path::Path;

use typed_connector_import::{Input, Options, import};
use typed_connector_specs::model::{Action, Body, Connector, Field, FieldType, Module, PathPiece, TypeKind};
use typed_connector_specs::{Sources, load};

use super::document::Document;
use super::program;
use super::project::Project;
use crate::Failure;

/// What cargo does with packages of a registry, such as progenitor's; what is on the disk it divides into 256 units, each with its own
/// information for debuggers, all of which is linked.
const AS_PUBLISHED: &str = "[profile.dev.package.typed-connector]\ncodegen-units = 16\n";

/// The crate for these documents, of all their actions or of those that `only` chooses; with the operation ids of the latter.
pub(super) fn project(
    root: &Path,
    name: &str,
    documents: &[Document],
    only: Option<&[String]>,
) -> Result<(Project, Vec<String>), Failure> {
    let inputs = documents.iter().map(|document| {
        let bytes = document.json.to_string().into_bytes();
        Input { name: format!("{}.json", document.name), bytes }
    });
    let mut options = Options::default();
    options.name = Some("api".to_owned());
    let imported = import(&inputs.collect::<Vec<_>>(), &options).map_err(|problems| problems.to_string())?;
    let wanted: usize = documents.iter().map(Document::operations).sum();
    if imported.actions.len() != wanted {
        return Err(format!("{} of {wanted} operations were imported", imported.actions.len()).into());
    }
    let texts = imported.files.iter().map(|(name, text)| (name.clone(), text.clone()));
    let sources = Sources::in_memory(texts).map_err(|problems| problems.to_string())?;
    let connector = load(&sources).map_err(|problems| problems.to_string())?;
    let chosen: Vec<(&Module, &Action)> = connector
        .modules
        .iter()
        .flat_map(|module| module.actions.iter().map(move |action| (module, action)))
        .filter(|(module, action)| {
            only.is_none_or(|only| only.contains(&format!("{}.{}", module.name, action.name)))
        })
        .collect();
    if let Some(only) = only
        && only.len() != chosen.len()
    {
        return Err(format!(
            "not all of {} are actions; there are {}",
            only.join(", "),
            imported.actions.join(", ")
        )
        .into());
    }
    let ids = chosen.iter().filter_map(|(_, action)| operation_id(documents, action)).collect();
    let calls = chosen
        .iter()
        .map(|(module, action)| (String::new(), call(&connector, module, action)))
        .collect::<Vec<_>>();
    let attribute = match only {
        Some(only) => format!("path = \"specs/api\", only = {only:?}"),
        None => "path = \"specs/api\"".to_owned(),
    };
    let head = format!("#[typed_connector::connector({attribute})]\npub mod api {{}}");
    let make = "api::Client::builder().access_token(\"token\").build().unwrap()";
    let uses = calls.len();
    let main = program::main(&head, "api::Client", make, &calls);
    let mut files: Vec<_> =
        imported.files.into_iter().map(|(name, text)| (format!("specs/api/{name}"), text)).collect();
    files.push((
        "build.rs".to_owned(),
        "fn main() {\n    typed_connector_build::watch(\"specs\");\n}\n".to_owned(),
    ));
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let manifest = format!(
        "[dependencies]\ntyped-connector = {{ path = \"{}\" }}\n{}\n[build-dependencies]\ntyped-connector-build = {{ path = \"{}\" }}\n{AS_PUBLISHED}",
        here.join("runtime").display(),
        super::TOKIO,
        here.join("macros/build").display(),
    );
    Ok((Project::write(root, name, &manifest, main, uses, &files)?, ids))
}

/// The id of the operation that an action was made of.
fn operation_id(documents: &[Document], action: &Action) -> Option<String> {
    let piece = |piece: &PathPiece| match piece {
        PathPiece::Literal(text) => text.clone(),
        PathPiece::Base(_) => String::new(),
        PathPiece::Parameter(index) => format!("{{{}}}", action.parameters[*index].field.wire_name),
    };
    let path: String = action.path.iter().map(piece).collect();
    let method = action.method.to_lowercase();
    let operation = documents.iter().find_map(|document| document.json["paths"].get(&path)?.get(&method))?;
    operation["operationId"].as_str().map(str::to_owned)
}

/// `execute(api::deals::Create::new(any::<String>()))`, with a value for everything that is required.
fn call(connector: &Connector, module: &Module, action: &Action) -> String {
    let mut fields: Vec<&Field> = action.parameters.iter().map(|parameter| &parameter.field).collect();
    match &action.body {
        Some(Body::Fields { input, .. }) => fields.extend(&input.fields),
        Some(Body::Whole { field, .. }) => fields.push(field),
        None => {}
    }
    let required = fields.into_iter().filter(|field| field.required && field.constant.is_none());
    let arguments: Vec<_> =
        required.map(|field| format!("any::<{}>()", argument(connector, &field.ty))).collect();
    format!("execute(api::{}::{}::new({}))", module.ident, action.ident, arguments.join(", "))
}

/// A Rust type that the argument takes.
fn argument(connector: &Connector, ty: &FieldType) -> String {
    let named = |index: usize| {
        let ty = &connector.types[index];
        match ty.module {
            Some(module) => format!("api::{}::{}", connector.modules[module].ident, ty.ident),
            None => format!("api::{}", ty.ident),
        }
    };
    match ty {
        FieldType::Integer => "i64".to_owned(),
        FieldType::Decimal => "typed_connector::Decimal".to_owned(),
        FieldType::Float => "f64".to_owned(),
        FieldType::Boolean => "bool".to_owned(),
        FieldType::Date => "typed_connector::Date".to_owned(),
        FieldType::DateTime => "typed_connector::Timestamp".to_owned(),
        FieldType::Duration => "typed_connector::SignedDuration".to_owned(),
        FieldType::Bytes => "typed_connector::Bytes".to_owned(),
        FieldType::Json => "typed_connector::Value".to_owned(),
        FieldType::File => "typed_connector::File".to_owned(),
        FieldType::Array(inner) => format!("Vec<{}>", argument(connector, inner)),
        FieldType::Map(inner) => {
            format!("std::collections::BTreeMap<String, {}>", argument(connector, inner))
        }
        // An id and an open choice take text.
        FieldType::Named(reference) => match &connector.types[reference.0].kind {
            TypeKind::Id => "String".to_owned(),
            _ => named(reference.0),
        },
        FieldType::Filter(reference) => format!("typed_connector::Filter<{}>", named(reference.0)),
        FieldType::Sort(reference) => format!("typed_connector::Sort<{}>", named(reference.0)),
        FieldType::Selection(reference) => format!("typed_connector::Selection<{}>", named(reference.0)),
        FieldType::String | FieldType::Email | FieldType::Url => "String".to_owned(),
    }
}
