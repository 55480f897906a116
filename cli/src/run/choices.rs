//! What can be chosen for a field: as the spec lists it, or as another action tells of this account.

use serde_json::{Map, Value};
use typed_connector::CallOptions;
use typed_connector::dynamic::model::{Connector, Field, FieldType, OptionsFrom, Output as Kind, TypeKind};
use typed_connector::dynamic::{Client, Output};

/// More than these are not read: a person would not look through them.
const MOST: usize = 500;

/// A value, and what people read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
}

/// What the spec lists, and whether other values are possible too.
pub(crate) fn listed(connector: &Connector, ty: &FieldType) -> Option<(Vec<Choice>, bool)> {
    let FieldType::Named(of) = ty else { return None };
    let TypeKind::Enum(known) = &connector.ty(*of).kind else { return None };
    let choice = |value: &typed_connector::dynamic::model::EnumValue| Choice {
        value: value.wire.clone(),
        label: value.title.clone(),
    };
    Some((known.values.iter().map(choice).collect(), known.open))
}

/// The field beside this one that has to be known first, to ask for the choices.
pub(crate) fn needed<'f>(field: &'f Field, arguments: &Map<String, Value>) -> Option<&'f str> {
    let from = field.options_from.as_ref()?;
    let mut beside = from.depends_on.iter().map(|(_, beside)| beside.as_str());
    beside.find(|beside| arguments.get(*beside).is_none_or(Value::is_null))
}

/// What is asked of another action for the choices of a field. The same question has the same answer.
#[derive(Clone, PartialEq)]
pub(crate) struct Question<'f> {
    from: &'f OptionsFrom,
    arguments: Map<String, Value>,
}

impl<'f> Question<'f> {
    /// The question, where the spec names an action and everything is known that it needs.
    pub(crate) fn of(field: &'f Field, arguments: &Map<String, Value>) -> Option<Self> {
        let from = field.options_from.as_ref()?;
        if needed(field, arguments).is_some() {
            return None;
        }
        let given = from.depends_on.iter();
        let given =
            given.filter_map(|(argument, beside)| Some((argument.clone(), arguments.get(beside)?.clone())));
        Some(Self { from, arguments: given.collect() })
    }

    /// What the action tells.
    pub(crate) async fn ask(self, client: &Client) -> Result<Vec<Choice>, typed_connector::Error> {
        let Self { from, arguments } = self;
        let elements = elements(client, &from.action, arguments.into()).await?;
        let choice = |element: Value| {
            let text = |pointer: &str| match element.pointer(pointer)? {
                Value::String(text) => Some(text.clone()),
                number @ Value::Number(_) => Some(number.to_string()),
                _ => None,
            };
            let value = text(&from.value)?;
            let label = from.label.as_deref().and_then(text).unwrap_or_else(|| value.clone());
            Some(Choice { value, label })
        };
        Ok(elements.into_iter().filter_map(choice).collect())
    }
}

/// What an action answers that reads a list, page by page or as one array.
async fn elements(
    client: &Client,
    action: &str,
    arguments: Value,
) -> Result<Vec<Value>, typed_connector::Error> {
    if let Kind::Page { .. } = client.connector().action(action)?.model().output {
        let mut stream = client.stream(action, arguments)?;
        let mut elements = Vec::new();
        while elements.len() < MOST
            && let Some(item) = stream.try_next().await?
        {
            elements.push(item.wire());
        }
        return Ok(elements);
    }
    let mut elements = match client.execute_with(action, arguments, CallOptions::new()).await? {
        Output::Value(item) => item.wire().as_array().cloned().unwrap_or_default(),
        _ => Vec::new(),
    };
    elements.truncate(MOST);
    Ok(elements)
}
