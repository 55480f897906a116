//! The specs' examples and the tools' schemas are of one mind: what is given, and what comes back.

use std::process::Stdio;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{StatusCode, header::CONTENT_TYPE};
use axum::response::IntoResponse as _;
use jsonschema::Validator;
use rmcp::model::{CallToolRequestParams, Tool};
use serde_json::{Map, Value, json};
use tokio::process::Command;
use typed_connector::dynamic::Connector;
use typed_connector::dynamic::model::{Action, Example};

use crate::bench::{Client, connected};

/// A server that answers every request as it was told to.
#[derive(Clone, Default)]
struct Answers(Arc<Mutex<(u16, Value)>>);

impl Answers {
    fn next(&self, example: &Example) {
        *self.0.lock().expect("no panic") = (example.status, example.response.clone());
    }

    async fn start(&self) -> String {
        let answers = self.clone();
        let answer = move || {
            let (status, body) = answers.0.lock().expect("no panic").clone();
            let status = StatusCode::from_u16(status).expect("a status");
            let body = if body.is_null() { String::new() } else { body.to_string() };
            async move { (status, [(CONTENT_TYPE, "application/json")], body).into_response() }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        url
    }
}

/// `connector mcp` of a connector, whose API is that server.
async fn server(connector: &str, url: &str, home: &std::path::Path) -> (tokio::process::Child, Client) {
    let mut server = Command::new(env!("CARGO_BIN_EXE_connector"))
        .args(["mcp", connector, "--no-confirm", "--base-url", url])
        .env("CONNECTOR_HOME", home)
        .env(format!("{}_ACCESS_TOKEN", connector.to_uppercase()), "token")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");
    let client = connected(&mut server, None).await;
    (server, client)
}

/// A schema that also takes formats (`date-time`, `email`) at their word.
fn validator(schema: &Map<String, Value>) -> Validator {
    let schema = Value::Object(schema.clone());
    jsonschema::meta::validate(&schema).expect("a schema");
    jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema")
}

fn problems(validator: &Validator, value: &Value) -> String {
    validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect::<Vec<_>>()
        .join("\n")
}

/// What an example tells of a call; those of errors can leave out what must be given.
fn is_whole(action: &Action, example: &Example) -> bool {
    action
        .arguments()
        .filter(|field| field.must_be_given())
        .all(|field| example.request.contains_key(&field.key))
}

#[derive(Default)]
struct Counted {
    requests: usize,
    answers: usize,
    refused: usize,
    mutants: usize,
}

#[tokio::test(flavor = "multi_thread")]
async fn the_specs_examples_fit_the_tools_schemas() {
    for connector in ["hubspot", "stripe", "github"] {
        let (answers, home) = (Answers::default(), tempfile::tempdir().expect("a folder"));
        let url = answers.start().await;
        let (_server, client) = server(connector, &url, home.path()).await;
        let tools = client.list_all_tools().await.expect("tools");
        let mut counted = Counted::default();
        for action in Connector::shipped(connector).expect("it is shipped").actions() {
            let name = action.name().replace('.', "_");
            let tool =
                tools.iter().find(|tool| tool.name == name).unwrap_or_else(|| panic!("no tool {name}"));
            let given = validator(&tool.input_schema);
            for example in action.model().examples.iter().filter(|example| is_whole(action.model(), example))
            {
                let request = Value::Object(example.request.clone());
                assert!(given.is_valid(&request), "{name}: {request}\n{}", problems(&given, &request));
                counted.requests += 1;
                wrong(action.model(), tool, &given, &example.request, &mut counted);
                answers.next(example);
                answered(&client, tool, example, &mut counted).await;
            }
        }
        let Counted { requests, answers, refused, mutants } = counted;
        println!(
            "FIGURE {connector}: {requests} examples' requests and {answers} answers ({refused} of errors) fit the schemas; {mutants} wrong \
             requests do not"
        );
        assert!(requests > 0 && answers > 0 && mutants > requests, "{connector}");
    }
}

/// What must be given is left out, something unknown is added, a value is of another type: no schema takes it.
fn wrong(
    action: &Action,
    tool: &Tool,
    given: &Validator,
    request: &Map<String, Value>,
    counted: &mut Counted,
) {
    let mut mutants = Vec::new();
    for field in action.arguments().filter(|field| field.must_be_given()) {
        let mut mutant = request.clone();
        mutant.remove(&field.key);
        mutants.push(mutant);
    }
    let mut mutant = request.clone();
    mutant.insert("no_such_argument".to_owned(), json!(1));
    mutants.push(mutant);
    for (key, value) in
        request.iter().filter(|(_, value)| value.is_string() || value.is_number() || value.is_boolean())
    {
        let mut mutant = request.clone();
        mutant.insert(key.clone(), json!({ "of another type than": value }));
        mutants.push(mutant);
    }
    for mutant in mutants {
        let mutant = Value::Object(mutant);
        assert!(!given.is_valid(&mutant), "{} takes {mutant}", tool.name);
        counted.mutants += 1;
    }
}

async fn answered(client: &Client, tool: &Tool, example: &Example, counted: &mut Counted) {
    let mut call = CallToolRequestParams::new(tool.name.clone());
    call.arguments = Some(example.request.clone());
    let answer = client.call_tool(call).await.expect("an answer");
    let is_error = answer.is_error.unwrap_or(false);
    assert_eq!(is_error, example.status >= 400, "{}: {answer:?}", tool.name);
    // What answers nothing has no schema, and an error then is text.
    let Some(schema) = &tool.output_schema else { return };
    let schema = validator(schema);
    let content = answer.structured_content.unwrap_or_else(|| panic!("{}: nothing structured", tool.name));
    assert!(schema.is_valid(&content), "{}: {content}\n{}", tool.name, problems(&schema, &content));
    counted.answers += 1;
    counted.refused += usize::from(is_error);
    // The schema asks for something.
    assert!(!schema.is_valid(&json!({})) && !schema.is_valid(&json!([content])), "{}", tool.name);
}
