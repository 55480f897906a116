//! An action's examples in every form.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use typed_connector::dynamic;
use typed_connector_specs::model::{Action, Connector, Field, FieldType, Module, TypeKind};

use super::pages::Source;
use crate::run::line;
use crate::snippet::snippet;
use crate::{Failure, mcp};

struct Shown<'a> {
    title: Option<&'a str>,
    request: Map<String, Value>,
    response: Option<&'a Value>,
}

/// The examples of the spec that tell what to send; one made of the fields' own examples, where there is none.
pub(super) fn examples(
    text: &mut String,
    dynamic: dynamic::Connector,
    source: &Source,
    (index, module, action): (usize, &Module, &Action),
) -> Result<(), Failure> {
    let connector = dynamic.model();
    let mut all: Vec<Shown<'_>> = action
        .examples
        .iter()
        .filter(|example| {
            example.status < 400 && required(action).all(|field| example.request.contains_key(&field.key))
        })
        .map(|example| Shown {
            title: example.title.as_deref(),
            request: example.request.clone(),
            response: Some(&example.response).filter(|response| !response.is_null()),
        })
        .collect();
    if all.is_empty() {
        all.push(Shown { title: None, request: sample(connector, action), response: None });
    }
    let several = all.len() > 1;
    for (number, Shown { title, request, response }) in all.into_iter().enumerate() {
        let heading = match (title, several) {
            (Some(title), _) => format!("Example: {title}"),
            (None, true) => format!("Example {}", number + 1),
            (None, false) => "Example".to_owned(),
        };
        let _ = write!(text, "\n### {heading}\n");
        let name = format!("{}.{}", module.name, action.name);
        block(text, "What is sent", "http", &sent(dynamic, &name, &request)?);
        let rust = snippet(connector, &connector.name, (index, action), &request)
            .map_err(|problem| format!("the example of `{name}`: {problem}"))?;
        block(text, "Rust", "rust", &rust.program());
        if let Some(more) = rust.method.more() {
            let _ = write!(text, "\n{more}\n");
        }
        let typed = dynamic.action(&name)?;
        block(text, "Command line", "sh", &line::line(typed, &source.words(), &request, &[]));
        block(text, "Tool call", "json", &call(typed, &request));
        if let Some(response) = response {
            block(text, "What comes back", "json", &pretty(response));
        }
    }
    Ok(())
}

/// What a client of `connector mcp` sends as the parameters of `tools/call`.
fn call(action: dynamic::Action, request: &Map<String, Value>) -> String {
    pretty(&json!({ "name": mcp::tool_name(action), "arguments": request }))
}

fn block(text: &mut String, title: &str, language: &str, code: &str) {
    // A fence is longer than any in the code.
    let fence = "`".repeat(3.max(longest_run(code) + 1));
    let _ = write!(text, "\n{title}:\n\n{fence}{language}\n{}\n{fence}\n", code.trim_end());
}

fn longest_run(code: &str) -> usize {
    code.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The request that the pipeline would send, its secrets masked.
fn sent(dynamic: dynamic::Connector, name: &str, request: &Map<String, Value>) -> Result<String, Failure> {
    let meta = dynamic.meta();
    let client = match meta.bearer.is_some() || meta.oauth2.is_some() {
        true => dynamic.client().access_token("token"),
        false => dynamic.client().unauthenticated(),
    };
    let client = client.build()?;
    let preview = client
        .preview(name, Value::Object(request.clone()))
        .map_err(|error| format!("the example of `{name}` cannot be sent: {error}"))?;
    let mut text = format!("{} {}\n", preview.method, preview.url);
    for (header, value) in &preview.headers {
        let _ = writeln!(text, "{header}: {value}");
    }
    if let Some(body) = &preview.body {
        let shown = match serde_json::from_slice::<Value>(body) {
            Ok(json) => pretty(&json),
            Err(_) => String::from_utf8_lossy(body).into_owned(),
        };
        let _ = write!(text, "\n{shown}\n");
    }
    Ok(text)
}

fn required(action: &Action) -> impl Iterator<Item = &Field> {
    action.arguments().filter(|field| field.required && field.constant.is_none())
}

/// What must be given, with the values that the spec shows for it.
fn sample(connector: &Connector, action: &Action) -> Map<String, Value> {
    required(action).map(|field| (field.key.clone(), sample_of(connector, field, 0))).collect()
}

fn sample_of(connector: &Connector, field: &Field, depth: usize) -> Value {
    match &field.example {
        Some(example) => example.clone(),
        None => value_of(connector, &field.ty, depth),
    }
}

fn value_of(connector: &Connector, ty: &FieldType, depth: usize) -> Value {
    let made = |fields: &mut dyn Iterator<Item = &Field>| {
        let given = fields.filter(|field| field.required && !field.read_only && field.constant.is_none());
        given
            .map(|field| (field.key.clone(), sample_of(connector, field, depth + 1)))
            .collect::<Map<_, _>>()
            .into()
    };
    match ty {
        FieldType::Email => json!("ada@example.com"),
        FieldType::Integer => json!(1),
        FieldType::Decimal => json!("12.50"),
        FieldType::Float => json!(0.5),
        FieldType::Boolean => json!(true),
        FieldType::Date => json!("2027-03-31"),
        FieldType::DateTime => json!("2027-03-31T12:00:00Z"),
        FieldType::Duration => json!("PT1H"),
        FieldType::Url => json!("https://example.com"),
        FieldType::Bytes => json!("aGVsbG8="),
        FieldType::File => json!({ "name": "file.txt", "content_type": "text/plain", "text": "hello" }),
        FieldType::Json | FieldType::Map(_) | FieldType::Filter(_) => json!({}),
        FieldType::Array(_) if depth > 4 => json!([]),
        FieldType::Array(inner) => json!([value_of(connector, inner, depth + 1)]),
        FieldType::Sort(_) => json!("id"),
        FieldType::Selection(_) => json!("*"),
        FieldType::Named(of) => match &connector.types[of.0].kind {
            TypeKind::Id => json!("1"),
            TypeKind::Enum(values) => json!(values.values.first().map_or("value", |value| &value.wire)),
            TypeKind::Object(object) => made(&mut object.fields.iter()),
            TypeKind::Input(input) => made(&mut input.fields.iter()),
            TypeKind::Union(union) => union.variants.first().map_or(json!({}), |variant| {
                let mut value = value_of(connector, &FieldType::Named(variant.ty), depth + 1);
                if let (Some(tag), Some(object)) = (&union.tag, value.as_object_mut()) {
                    object.insert(tag.clone(), json!(variant.key));
                }
                value
            }),
        },
        FieldType::String => json!("text"),
    }
}
