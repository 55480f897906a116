//! A request as the command that sends it: for help, and to take from a trial into a script.

use serde_json::{Map, Value};
use typed_connector::dynamic::Action;
use typed_connector::dynamic::model::{Connector, FieldType};

use super::flags::{CLEAR, Flag, PROPERTY, flags, takes_others};
use super::text;

/// The command with these arguments as its options, or as JSON on its standard input where an option cannot say one of them. `words` name
/// the connector, and `more` are options beside the arguments.
pub(crate) fn line(
    action: Action,
    words: &str,
    arguments: &Map<String, Value>,
    more: &[(&str, &str)],
) -> String {
    let more: Vec<_> = more.iter().map(|(option, value)| format!(" {option} {}", shell(value))).collect();
    let more = more.concat();
    let command = format!("connector run {words} {}", action.name());
    match options(action, arguments) {
        Some(options) => format!("{command}{options}{more}"),
        None => {
            let json = Value::Object(arguments.clone()).to_string();
            format!("printf %s {} | {command} --from -{more}", shell(&json))
        }
    }
}

fn options(action: Action, arguments: &Map<String, Value>) -> Option<String> {
    let model = action.connector().model();
    let flags = flags(action);
    let mut line = String::new();
    let mut cleared = Vec::new();
    for flag in &flags {
        match arguments.get(&flag.field.key) {
            None => {}
            Some(Value::Null) if flag.clearable => cleared.push(flag.name.as_str()),
            Some(Value::Bool(true)) if is_boolean(flag) => line.push_str(&format!(" --{}", flag.name)),
            Some(Value::Bool(false)) if is_boolean(flag) => line.push_str(&format!(" --{}=no", flag.name)),
            Some(value) => {
                let typed = typed(model, &flag.field.ty, value)?;
                line.push_str(&format!(" --{} {}", flag.name, shell(&typed)));
            }
        }
    }
    if !cleared.is_empty() {
        line.push_str(&format!(" --{CLEAR} {}", cleared.join(",")));
    }
    let others =
        arguments.get(action.others_key()).filter(|_| takes_others(action)).and_then(Value::as_object);
    for (name, value) in others.into_iter().flatten() {
        // An option gives text.
        let pair = format!("{name}={}", value.as_str()?);
        line.push_str(&format!(" --{PROPERTY} {}", shell(&pair)));
    }
    Some(line)
}

fn is_boolean(flag: &Flag) -> bool {
    matches!(flag.field.ty, FieldType::Boolean)
}

/// What to type for a value; `None` where whatever is typed would be read as another.
fn typed(model: &Connector, ty: &FieldType, value: &Value) -> Option<String> {
    if let FieldType::File = ty {
        // Of a file there is its name: where it lies is not known here.
        let name = value.get("name")?.as_str()?;
        return Some(match value.get("content_type").and_then(Value::as_str) {
            Some(content_type) => format!("{name};type={content_type}"),
            None => name.to_owned(),
        });
    }
    let reads_as = |text: &String| text::value(model, ty, text).is_ok_and(|read| is_same(&read, value));
    [given(ty, value), value.to_string()].into_iter().find(reads_as)
}

/// The same for the library, which takes a decimal number as a number or as text.
fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_same(left, right))
        }
        (Value::String(text), Value::Number(number)) | (Value::Number(number), Value::String(text)) => {
            *text == number.to_string()
        }
        _ => left == right,
    }
}

/// A value as it is typed.
pub(crate) fn given(ty: &FieldType, value: &Value) -> String {
    match (ty, value) {
        (FieldType::Array(_) | FieldType::Selection(_), Value::Array(items))
            if items.iter().all(Value::is_string) =>
        {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
        }
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

/// A word of a shell's command line.
pub(crate) fn shell(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.,:/@+=%".contains(c);
    match text {
        "" => "''".to_owned(),
        text if text.chars().all(plain) => text.to_owned(),
        text => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use typed_connector::dynamic::Connector;

    use super::*;

    fn made(name: &str, arguments: &Value) -> String {
        let connector = Connector::shipped("hubspot").expect("it is shipped");
        let action = connector.action(name).expect("it is there");
        line(action, "hubspot", arguments.as_object().expect("an object"), &[("--connection", "ada's")])
    }

    #[test]
    fn arguments_become_options() {
        let create = json!({ "dealname": "Acme's", "dealstage": "closedwon", "amount": 12.5, "hs_all_collaborator_owner_ids": ["1", "2"] });
        assert_eq!(
            made("deals.create", &create),
            r"connector run hubspot deals.create --dealname 'Acme'\''s' --dealstage closedwon --amount 12.5 --hs-all-collaborator-owner-ids 1,2 --connection 'ada'\''s'"
        );
        let update = json!({ "dealId": "7", "closedate": null, "property": { "erp": "E 1" } });
        assert_eq!(
            made("deals.update", &update),
            r"connector run hubspot deals.update --deal-id 7 --clear closedate --property 'erp=E 1' --connection 'ada'\''s'"
        );
        assert!(made("deals.list", &json!({ "archived": false })).contains(" --archived=no "));
        let search = json!({ "filterGroups": { "amount": { "gte": 1000 } }, "sorts": "-amount" });
        assert!(
            made("deals.search", &search).contains(r#" --filter '{"amount":{"gte":1000}}' --sort -amount "#)
        );
    }

    #[test]
    fn what_no_option_says_is_json() {
        let number = json!({ "dealId": "7", "property": { "count": 1 } });
        assert_eq!(
            made("deals.update", &number),
            r#"printf %s '{"dealId":"7","property":{"count":1}}' | connector run hubspot deals.update --from - --connection 'ada'\''s'"#
        );
        // A comma in one of several values is no separator, and what starts like a file's name is none.
        for list in [json!(["1,2", "3"]), json!(["@x"])] {
            let text = made(
                "deals.create",
                &json!({ "dealname": "x", "dealstage": "y", "hs_all_collaborator_owner_ids": list }),
            );
            assert!(text.contains(&format!("'{list}'")) || text.contains("--from -"), "{text}");
        }
    }

    #[test]
    fn every_example_is_read_as_it_was() {
        let connector = Connector::shipped("hubspot").expect("it is shipped");
        let mut examples = 0;
        for action in connector.actions() {
            for example in &action.model().examples {
                let Some(options) = options(action, &example.request) else { panic!("{}", action.name()) };
                let words = options.split(' ').filter(|word| word.starts_with("--")).count();
                assert!(
                    words >= example.request.keys().filter(|key| !example.request[*key].is_null()).count(),
                    "{options}"
                );
                examples += 1;
            }
        }
        assert!(examples > 20, "{examples}");
    }
}
