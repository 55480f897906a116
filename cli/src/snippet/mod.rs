//! The lines of Rust that do what a request says: for documentation, and to take from a trial into a program.
//!
//! | module | holds |
//! | --- | --- |
//! | `value` | values of every type as expressions |
//! | `filter` | filters, orders and selections |

mod filter;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use typed_connector_specs::model::{Action, Body, Connector, Field, Input, Output, TypeRef};

/// Rust that executes an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snippet {
    /// `use` lines for what the expression names.
    pub(crate) uses: Vec<String>,
    /// The action with its arguments: `deals::Get::new("7")`.
    pub(crate) action: String,
    /// What one call of it is of.
    pub(crate) method: Method,
}

/// What one call is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// All that there is.
    One,
    /// A list, of which it gets one page.
    Page,
    /// A batch, of which it sends one request.
    Batch,
}

impl Method {
    /// What else the client can do with the action.
    pub(crate) const fn more(self) -> Option<&'static str> {
        match self {
            Self::One => None,
            Self::Page => Some("`client.stream(…)` in place of `execute` goes through all pages."),
            Self::Batch => Some(
                "`client.batch(…)` in place of `execute` takes any number of inputs and tells what became of each.",
            ),
        }
    }
}

/// The Rust for an action with these arguments, by their keys; `module` is the name of the user's module, `hubspot`.
///
/// # Errors
/// What an argument lacks or does not take.
pub(crate) fn snippet(
    connector: &Connector,
    module: &str,
    (home, action): (usize, &Action),
    arguments: &Map<String, Value>,
) -> Result<Snippet, String> {
    let mut writer = Writer { connector, used: BTreeMap::new() };
    let home = &connector.modules[home].ident;
    writer.used.entry(home.clone()).or_default().insert("self".to_owned());
    let fields: Vec<_> = action.arguments().collect();
    let input = match &action.body {
        Some(Body::Fields { input, .. }) => Some(input),
        _ => None,
    };
    let made = writer.made(&format!("{home}::{}", action.ident), &fields, input, arguments)?;
    let used = writer.used.iter().map(|(home, names)| {
        let path = if home.is_empty() { module.to_owned() } else { format!("{module}::{home}") };
        let mut names: Vec<_> = names.iter().map(String::as_str).collect();
        // `self` comes first, as rustfmt has it.
        names.sort_by_key(|name| *name != "self");
        match names.as_slice() {
            ["self"] => format!("use {path};"),
            [one] => format!("use {path}::{one};"),
            several => format!("use {path}::{{{}}};", several.join(", ")),
        }
    });
    let method = match &action.output {
        Output::Page { .. } => Method::Page,
        Output::Batch { .. } => Method::Batch,
        Output::Nothing | Output::Value(_) | Output::Optional(_) => Method::One,
    };
    Ok(Snippet { uses: used.collect(), action: made, method })
}

impl Snippet {
    /// Both, with a call of the client, as rustfmt would set them.
    pub(crate) fn program(&self) -> String {
        let name = match self.method {
            Method::One => "answer",
            Method::Page => "page",
            Method::Batch => "batch",
        };
        let call = format!("let {name} = client.execute({}).await?;", self.action);
        format!("{}\n\n{}", self.uses.join("\n"), set(&call))
    }
}

/// Statements as rustfmt would set them; as they are, where they are no Rust.
fn set(statements: &str) -> String {
    let Ok(file) = syn::parse_file(&format!("async fn f() {{ {statements} }}")) else {
        return statements.to_owned();
    };
    let text = prettyplease::unparse(&file);
    let body = text.trim().strip_prefix("async fn f() {").and_then(|text| text.strip_suffix('}'));
    let lines = body.unwrap_or(&text).trim_matches('\n').lines();
    lines
        .map(|line| line.strip_prefix("    ").unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n")
        .trim_end()
        .to_owned()
}

fn clearable(input: &Input, field: &Field) -> bool {
    input.fields.iter().zip(&input.clearable).any(|(other, clearable)| *clearable && other.key == field.key)
}

struct Writer<'a> {
    connector: &'a Connector,
    /// Names that are used, by the module that they live in; the empty one is the connector's own.
    used: BTreeMap<String, BTreeSet<String>>,
}

impl Writer<'_> {
    /// The name of a type, which is noted as used.
    fn name(&mut self, reference: TypeRef) -> String {
        let ty = &self.connector.types[reference.0];
        let home = ty.module.map(|module| self.connector.modules[module].ident.clone()).unwrap_or_default();
        self.used.entry(home).or_default().insert(ty.ident.clone());
        ty.ident.clone()
    }

    /// `Name::new(required).optional(…)`.
    fn made(
        &mut self,
        name: &str,
        fields: &[&Field],
        input: Option<&Input>,
        given: &Map<String, Value>,
    ) -> Result<String, String> {
        // Where properties are given that the spec does not declare, and the setter for them; as the library and the generator have it.
        let takes_others = input.is_some_and(|input| self.connector.takes_others(input));
        let named = |taken: bool| if taken { "property_" } else { "property" };
        let others_key = named(fields.iter().any(|field| field.key == "property"));
        let is_known =
            |key: &str| fields.iter().any(|field| field.key == key) || takes_others && key == others_key;
        if let Some(unknown) = given.keys().find(|key| !is_known(key)) {
            return Err(format!("there is no argument `{unknown}`"));
        }
        let is_clearable = |field: &Field| input.is_some_and(|input| clearable(input, field));
        let mut required = Vec::new();
        let mut setters = String::new();
        for field in fields.iter().filter(|field| field.constant.is_none()) {
            let value = given.get(&field.key);
            let at = |text: String| format!("`{}`: {text}", field.key);
            match value {
                Some(Value::Null) if is_clearable(field) => {
                    // As the generator has it, where a field has that name.
                    let clear = format!("clear_{}", field.ident);
                    let taken = fields.iter().any(|other| other.ident == clear);
                    setters.push_str(&format!(".{clear}{}()", if taken { "_" } else { "" }));
                }
                Some(value) if field.required => required.push(self.value(&field.ty, value).map_err(at)?),
                Some(value) => {
                    let method = if field.ident == "new" { "new_" } else { &field.ident };
                    setters.push_str(&format!(".{method}({})", self.value(&field.ty, value).map_err(at)?));
                }
                None if field.required => return Err(format!("`{}` is missing", field.key)),
                None => {}
            }
        }
        let others = given.get(others_key).filter(|_| takes_others).and_then(Value::as_object);
        let setter = named(fields.iter().any(|field| field.ident == "property"));
        for (property, value) in others.into_iter().flatten() {
            let value = match value {
                Value::String(text) => format!("{text:?}"),
                Value::Bool(truth) => truth.to_string(),
                other => format!("{:?}.parse::<typed_connector::Value>()?", other.to_string()),
            };
            setters.push_str(&format!(".{setter}({property:?}, {value})"));
        }
        Ok(format!("{name}::new({}){setters}", required.join(", ")))
    }
}

#[cfg(test)]
mod tests;
