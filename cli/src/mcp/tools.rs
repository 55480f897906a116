//! Actions as tools.

use std::collections::BTreeMap;
use std::sync::Arc;

use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Value, json};
use typed_connector::dynamic::model::{self, Effect, Output};
use typed_connector::dynamic::{Action, Connector};
use typed_connector_specs::text::{fits, nearest};

/// The tools, by name.
pub(super) struct Tools(BTreeMap<String, (Action, Tool)>);

impl Tools {
    /// Those that fit one of the patterns, or all.
    pub(super) fn of(connector: Connector, patterns: &[String], read_only: bool) -> Result<Self, String> {
        let wanted = fitting(connector, patterns)?;
        let wanted = wanted.into_iter().filter(|action| !read_only || action.model().effect == Effect::Read);
        let mut tools = BTreeMap::new();
        for action in wanted {
            let name = name(action);
            tools.insert(name.clone(), (action, tool(action, name)));
        }
        if tools.is_empty() {
            return Err("none of these actions changes nothing, so that `--read-only` leaves none".to_owned());
        }
        Ok(Self(tools))
    }

    pub(super) fn list(&self) -> Vec<Tool> {
        self.0.values().map(|(_, tool)| tool.clone()).collect()
    }

    /// A tool by its name; the action's own name, with a point, is as good.
    pub(super) fn get(&self, name: &str) -> Option<&(Action, Tool)> {
        self.0.get(name).or_else(|| self.0.values().find(|(action, _)| action.name() == name))
    }

    /// The name that was probably meant.
    pub(super) fn near(&self, name: &str) -> Option<&str> {
        nearest(name, self.0.keys().map(String::as_str))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// The actions that fit one of the patterns, or all; an error where a pattern fits none.
fn fitting(connector: Connector, patterns: &[String]) -> Result<Vec<Action>, String> {
    let names: Vec<_> = connector.actions().map(Action::name).collect();
    all_fit(patterns, &names, &connector.model().title)?;
    Ok(those_that_fit(connector, patterns))
}

/// The actions that fit one of the patterns, or all; there may be none.
pub(crate) fn those_that_fit(connector: Connector, patterns: &[String]) -> Vec<Action> {
    let fit =
        |action: &Action| patterns.is_empty() || patterns.iter().any(|pattern| fits(pattern, action.name()));
    connector.actions().filter(fit).collect()
}

/// That each pattern fits one of these names at least, which are those of the actions of `whose`; else what to write instead.
pub(crate) fn all_fit(patterns: &[String], names: &[&str], whose: &str) -> Result<(), String> {
    for pattern in patterns {
        if !names.iter().any(|name| fits(pattern, name)) {
            let help = match nearest(pattern, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "patterns are like `deals.create`, `deals.*` and `*.search`".to_owned(),
            };
            return Err(format!("no action of {whose} fits `{pattern}`; {help}"));
        }
    }
    Ok(())
}

/// `deals_create`: several clients take neither points nor anything else but letters, digits, `_` and `-`. It is the same whichever
/// other actions are served.
pub(crate) fn name(action: Action) -> String {
    let first = action.connector().actions().find(|other| meets(other.name(), action.name()));
    let is_first = first.is_none_or(|first| first.name() == action.name());
    action.name().replace('.', if is_first { "_" } else { "__" })
}

/// Whether two names would be the same without their points: `a.b_c` and `a_b.c`.
fn meets(one: &str, other: &str) -> bool {
    let plain = |byte: u8| if byte == b'.' { b'_' } else { byte };
    one.len() == other.len() && one.bytes().map(plain).eq(other.bytes().map(plain))
}

fn tool(action: Action, name: String) -> Tool {
    let model = action.model();
    let mut tool = Tool::new(name, description(action), object(action.input_schema()))
        .with_title(model.title.clone())
        .with_annotations(annotations(model));
    if let Some(schema) = output_schema(action) {
        tool = tool.with_raw_output_schema(object(schema));
    }
    tool
}

fn object(schema: Value) -> Arc<JsonObject> {
    match schema {
        Value::Object(schema) => Arc::new(schema),
        _ => Arc::default(),
    }
}

/// Hints for the client, which may ask before it carries out what is not harmless.
fn annotations(action: &model::Action) -> ToolAnnotations {
    let read_only = action.effect == Effect::Read;
    // What only adds destroys nothing, unless the spec has it confirmed.
    let destructive = !read_only && (action.effect != Effect::Create || action.confirm.is_some());
    ToolAnnotations::with_title(action.title.clone())
        .read_only(read_only)
        .destructive(destructive)
        .idempotent(action.idempotent)
        .open_world(true)
}

fn description(action: Action) -> String {
    let model = action.model();
    let mut text = model.title.clone() + ".";
    if let Some(description) = &model.description {
        text.push_str(&format!(" {description}"));
    }
    match &model.output {
        Output::Page { pagination, .. } => {
            let cursor = pagination
                .param
                .as_ref()
                .and_then(|param| model.arguments().find(|field| field.ident == *param));
            if let Some(cursor) = cursor {
                text.push_str(&format!(
                    " Answers one page; give its `next` as `{}` for the next one.",
                    cursor.key
                ));
            }
        }
        Output::Batch { batch, .. } => {
            if let Some(inputs) = model.arguments().find(|field| field.ident == batch.inputs) {
                text.push_str(&format!(
                    " Takes any number of `{}`, and answers what became of each, in their order.",
                    inputs.key
                ));
            }
        }
        Output::Nothing | Output::Value(_) | Output::Optional(_) => {}
    }
    if let Some(instead) = &model.deprecated {
        text.push_str(&format!(" Deprecated: {instead}."));
    }
    text
}

/// A schema of what a call answers, in success or error. The protocol wants an object, also of what comes with an error.
fn output_schema(action: Action) -> Option<Value> {
    let mut schema = match &action.model().output {
        Output::Batch { .. } => batch_schema(action),
        _ => {
            let mut schema = action.output_schema()?;
            if schema["type"] != "object" {
                let definitions = schema.as_object_mut().and_then(|schema| schema.remove("$defs"));
                schema = json!({ "type": "object", "properties": { RESULT: schema }, "required": [RESULT] });
                if let Some(definitions) = definitions {
                    schema["$defs"] = definitions;
                }
            }
            schema
        }
    };
    let required =
        schema.as_object_mut().and_then(|schema| schema.remove("required")).unwrap_or_else(|| json!([]));
    schema["anyOf"] = json!([{ "required": required }, { "required": [ERROR] }]);
    schema["properties"][ERROR] = json!({
        "type": "object",
        "properties": {
            "kind": { "type": "string" },
            "message": { "type": "string" },
            "problems": { "type": "array", "items": { "type": "object" } },
            "url": { "type": "string" },
            "what_to_do": { "type": "string" },
            "retryable": { "type": "boolean" },
        },
    });
    Some(schema)
}

/// The key of what went wrong.
pub(super) const ERROR: &str = "error";
/// The key of an answer that is no object.
pub(super) const RESULT: &str = "result";

fn batch_schema(action: Action) -> Value {
    let mut element = action.element_schema().unwrap_or_else(|| json!({}));
    let definitions = element.as_object_mut().and_then(|schema| schema.remove("$defs"));
    let mut schema = json!({
        "type": "object",
        "properties": {
            "done": { "type": "integer", "description": "How many inputs were carried out or found." },
            "outcomes": {
                "type": "array",
                "description": "What became of each input, in their order.",
                "items": {
                    "type": "object",
                    "properties": {
                        "outcome": {
                            "enum": ["done", "refused", "failed", "unknown", "untold"],
                            "description": "unknown and untold: look before it is sent again.",
                        },
                        "result": element,
                        "message": { "type": "string" },
                        "category": { "type": "string" },
                    },
                    "required": ["outcome"],
                },
            },
        },
        "required": ["done", "outcomes"],
    });
    if let Some(definitions) = definitions {
        schema["$defs"] = definitions;
    }
    schema
}

#[cfg(test)]
mod tests {
    use typed_connector::dynamic::Sources;

    use super::*;

    #[test]
    fn each_action_has_a_name_of_its_own_whatever_is_served() {
        let settings = r#"{ "spec_version": 1, "name": "acme", "title": "Acme", "base_url": "https://acme.example", "auth": {} }"#;
        let file = |action: &str| {
            format!(
                r#"{{ "title": "A", "actions": {{ "{action}": {{ "title": "A", "http": "GET /{action}", "effect": "read", "returns": "json" }} }} }}"#
            )
        };
        let files = [
            ("connector.json", settings.to_owned()),
            ("a.json", file("b_c")),
            ("a_b.json", file("c")),
            ("d.json", file("e")),
        ];
        let sources = Sources::in_memory(files).expect("files");
        let acme = Connector::from_sources(&sources).expect("it is right");
        let names = |patterns: &[&str]| {
            let patterns: Vec<_> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
            let tools = Tools::of(acme, &patterns, false).expect("tools");
            tools.0.iter().map(|(name, (action, _))| format!("{name}: {}", action.name())).collect::<Vec<_>>()
        };
        assert_eq!(names(&[]), ["a_b__c: a_b.c", "a_b_c: a.b_c", "d_e: d.e"]);
        assert_eq!(names(&["a_b.*"]), ["a_b__c: a_b.c"]);
    }
}
