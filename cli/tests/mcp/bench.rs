//! What the tests share: a sandbox, and the clients.

use std::path::Path;
use std::process::Stdio;

use rmcp::model::{
    CallToolRequestParams, ClientCapabilities, ClientConfig, ElicitRequestParams, ElicitResult,
    ElicitationAction, ElicitationCapability, ErrorData, FormElicitationCapability, Implementation,
    ReadResourceRequestParams,
};
use rmcp::service::{RequestContext, RoleClient, RunningService};
use rmcp::{ClientHandler, ServiceExt as _};
use serde_json::{Map, Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};
use typed_connector_sandbox::Sandbox;

pub(crate) struct Bench {
    pub(crate) sandbox: Sandbox,
    pub(crate) home: tempfile::TempDir,
}

/// What a client does: tools with arguments, of which `save` keeps values of the answer for later ones.
#[derive(Default)]
pub(crate) struct Plan {
    /// Words after `connector mcp hubspot`.
    pub(crate) words: Vec<String>,
    /// What a person answers to questions; nobody can be asked without.
    pub(crate) elicit: Option<&'static str>,
    pub(crate) steps: Vec<Value>,
}

/// What came of it, as the Python client prints it.
pub(crate) struct Ran(pub(crate) Value);

impl Bench {
    pub(crate) async fn seeded(count: usize) -> Self {
        let sandbox = Sandbox::builder().seed(count).start().await.expect("the sandbox starts");
        Self { sandbox, home: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn environment(&self) -> [(&'static str, String); 2] {
        let home = self.home.path().join("home").display().to_string();
        [("CONNECTOR_HOME", home), ("HUBSPOT_ACCESS_TOKEN", self.sandbox.access_token())]
    }

    pub(crate) fn arguments(&self, plan: &Plan) -> Vec<String> {
        let url = self.sandbox.url();
        let words = ["mcp", "hubspot", "--base-url", &url].map(str::to_owned);
        words.into_iter().chain(plan.words.clone()).collect()
    }

    pub(crate) fn server(&self, plan: &Plan) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_connector"));
        command.args(self.arguments(plan)).envs(self.environment());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Carries a plan out with the Rust SDK.
    pub(crate) async fn rust(&self, plan: &Plan) -> Ran {
        let mut server = self.server(plan).spawn().expect("the server starts");
        let client = connected(&mut server, plan.elicit).await;
        let ran = carry(&client, plan).await;
        client.cancel().await.expect("it ends");
        Ran(ran)
    }

    /// The same with the Python SDK; nothing where that is not installed.
    pub(crate) async fn python(&self, plan: &Plan, mode: &str) -> Option<Ran> {
        let environment: Map<_, _> =
            self.environment().into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let told = json!({
            "command": env!("CARGO_BIN_EXE_connector"), "args": self.arguments(plan), "env": environment,
            "elicit": plan.elicit, "steps": plan.steps, "mode": mode,
        });
        python(&told).await
    }
}

/// Runs the Python client.
pub(crate) async fn python(plan: &Value) -> Option<Ran> {
    let python = interpreter().await?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mcp/client.py");
    let mut command = Command::new(python);
    command
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn().expect("python starts");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(plan.to_string().as_bytes()).await.expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().await.expect("it ends");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    Some(Ran(serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}"))))
}

/// A Python that has the SDK: `MCP_PYTHON`, or the system's.
async fn interpreter() -> Option<String> {
    let python = std::env::var("MCP_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut probe = Command::new(&python);
    probe.args(["-c", "from mcp import Client"]).stdout(Stdio::null()).stderr(Stdio::null());
    if probe.status().await.is_ok_and(|status| status.success()) {
        return Some(python);
    }
    assert!(std::env::var_os("REQUIRE_MCP_SDK").is_none(), "`{python}` has no MCP SDK");
    println!(
        "NOT TESTED: the Python SDK of MCP, since `{python}` does not have it; `pip install 'mcp>=2'` and name it in MCP_PYTHON"
    );
    None
}

pub(crate) struct Person {
    elicit: Option<&'static str>,
    asked: std::sync::Arc<std::sync::Mutex<Vec<String>>>,
}

impl ClientHandler for Person {
    fn get_info(&self) -> ClientConfig {
        let mut capabilities = ClientCapabilities::default();
        if self.elicit.is_some() {
            let mut elicitation = ElicitationCapability::default();
            elicitation.form = Some(FormElicitationCapability::default());
            capabilities.elicitation = Some(elicitation);
        }
        ClientConfig::new(capabilities, Implementation::new("tests", "1"))
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        if let ElicitRequestParams::FormElicitationParams { message, .. } = request {
            self.asked.lock().expect("no test panics with it").push(message);
        }
        let mut result = ElicitResult::new(match self.elicit {
            Some("accept") => ElicitationAction::Accept,
            _ => ElicitationAction::Decline,
        });
        result.content = Some(json!({ "confirm": true }));
        Ok(result)
    }
}

pub(crate) type Client = RunningService<RoleClient, Person>;

pub(crate) async fn connected(server: &mut Child, elicit: Option<&'static str>) -> Client {
    let (stdout, stdin) = (server.stdout.take().expect("piped"), server.stdin.take().expect("piped"));
    let person = Person { elicit, asked: std::sync::Arc::default() };
    person.serve((stdout, stdin)).await.expect("the server answers")
}

/// Carries steps out.
pub(crate) async fn carry_steps(client: &Client, steps: Vec<Value>) -> Value {
    carry(client, &Plan { steps, ..Plan::default() }).await
}

async fn carry(client: &Client, plan: &Plan) -> Value {
    let tools = client.list_all_tools().await.expect("tools");
    let resources = client.list_all_resources().await.expect("resources");
    let first = ReadResourceRequestParams::new(resources[0].uri.clone());
    let read = client.read_resource(first).await.expect("a resource");
    let read = serde_json::to_value(&read).expect("JSON");
    let (mut saved, mut results) = (Map::new(), Vec::new());
    for step in &plan.steps {
        let tool = step["tool"].as_str().expect("a name").to_owned();
        let arguments = filled(&step["arguments"], &saved).as_object().cloned();
        let mut call = CallToolRequestParams::new(tool.clone());
        call.arguments = arguments;
        match client.call_tool(call).await {
            Ok(answer) => {
                let text = answer.content.iter().filter_map(|block| Some(block.as_text()?.text.clone()));
                let structured = answer.structured_content.clone().unwrap_or_default();
                for (name, pointer) in step["save"].as_object().into_iter().flatten() {
                    let value = structured.pointer(pointer.as_str().expect("a pointer"));
                    let value = value.unwrap_or_else(|| panic!("{tool}: {structured}"));
                    saved.insert(name.clone(), value.clone());
                }
                results.push(json!({
                    "tool": tool, "is_error": answer.is_error.unwrap_or(false),
                    "text": text.collect::<Vec<_>>().join("\n"), "structured": answer.structured_content,
                }));
            }
            Err(error) => results.push(json!({ "tool": tool, "protocol_error": error.to_string() })),
        }
    }
    let asked = client.service().asked.lock().expect("no test panics with it").clone();
    let uris: Vec<_> = resources.iter().map(|resource| resource.uri.clone()).collect();
    json!({
        "tools": tools, "resources": uris, "read": read["contents"][0]["text"], "asked": asked, "results": results,
    })
}

fn filled(value: &Value, saved: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => {
            let filled = saved.iter().fold(text.clone(), |text, (name, value)| {
                text.replace(&format!("{{{name}}}"), value.as_str().unwrap_or_default())
            });
            filled.into()
        }
        Value::Array(items) => items.iter().map(|one| filled(one, saved)).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(key, one)| (key.clone(), filled(one, saved))).collect())
        }
        other => other.clone(),
    }
}

impl Ran {
    pub(crate) fn tools(&self) -> &[Value] {
        self.0["tools"].as_array().expect("a list")
    }

    pub(crate) fn tool(&self, name: &str) -> &Value {
        self.tools().iter().find(|tool| tool["name"] == name).unwrap_or_else(|| panic!("no tool {name}"))
    }

    pub(crate) fn results(&self) -> &[Value] {
        self.0["results"].as_array().expect("a list")
    }

    /// The only result of a tool.
    pub(crate) fn result(&self, tool: &str) -> &Value {
        self.results()
            .iter()
            .find(|result| result["tool"] == tool)
            .unwrap_or_else(|| panic!("no result of {tool}"))
    }
}

/// A call of a tool.
#[expect(clippy::needless_pass_by_value, reason = "made in place by each caller")]
pub(crate) fn step(tool: &str, arguments: Value) -> Value {
    json!({ "tool": tool, "arguments": arguments })
}

/// The same, of whose answer a value is kept.
#[expect(clippy::needless_pass_by_value, reason = "made in place by each caller")]
pub(crate) fn saving(tool: &str, arguments: Value, save: Value) -> Value {
    json!({ "tool": tool, "arguments": arguments, "save": save })
}
