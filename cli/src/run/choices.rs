//! What can be chosen for a field: as the spec lists it, or as another action tells of this account.

use serde_json::{Map, Value};
use typed_connector::dynamic::Client;
use typed_connector::dynamic::model::{Connector, Field, FieldType, TypeKind};

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

/// What another action tells, where the spec names one and everything is known that it needs.
pub(crate) async fn told(
    client: &Client,
    field: &Field,
    arguments: &Map<String, Value>,
) -> Option<Result<Vec<Choice>, typed_connector::Error>> {
    let from = field.options_from.as_ref()?;
    if needed(field, arguments).is_some() {
        return None;
    }
    let given = from.depends_on.iter();
    let given: Map<_, _> = given
        .filter_map(|(argument, beside)| Some((argument.clone(), arguments.get(beside)?.clone())))
        .collect();
    let read = async {
        let mut stream = client.stream(&from.action, given.into())?;
        let mut choices = Vec::new();
        while choices.len() < MOST
            && let Some(item) = stream.try_next().await?
        {
            let element = item.wire();
            let text = |pointer: &str| match element.pointer(pointer)? {
                Value::String(text) => Some(text.clone()),
                number @ Value::Number(_) => Some(number.to_string()),
                _ => None,
            };
            let Some(value) = text(&from.value) else { continue };
            let label = from.label.as_deref().and_then(text).unwrap_or_else(|| value.clone());
            choices.push(Choice { value, label });
        }
        Ok(choices)
    };
    Some(read.await)
}
