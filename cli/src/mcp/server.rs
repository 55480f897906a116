//! What a client asks of the server, and is answered.

use std::sync::Arc;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, Implementation, ListResourcesResult, ListToolsResult,
    PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult, Resource,
    ResourceContents, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::json;
use typed_connector::dynamic::Connector;

use super::access::Access;
use super::carry;
use super::tools::Tools;
use crate::{Failure, docs};

/// Serves a connector. Clones share everything.
#[derive(Clone)]
pub(super) struct Server(Arc<Inner>);

struct Inner {
    connector: Connector,
    tools: Tools,
    access: Access,
    /// Whether the person is asked before something is deleted, where the client can ask.
    confirms: bool,
    pages: Vec<Page>,
}

/// A page of the documentation.
struct Page {
    uri: String,
    title: String,
    text: String,
}

const MARKDOWN: &str = "text/markdown";

impl Server {
    pub(super) fn new(
        connector: Connector,
        tools: Tools,
        access: Access,
        confirms: bool,
    ) -> Result<Self, Failure> {
        let name = connector.meta().name;
        let pages = docs::markdown(connector, name)?.into_iter().map(|(module, title, text)| Page {
            uri: match module {
                Some(module) => format!("connector://{name}/{module}"),
                None => format!("connector://{name}"),
            },
            title,
            text,
        });
        let pages = pages.collect();
        Ok(Self(Arc::new(Inner { connector, tools, access, confirms, pages })))
    }

    /// What is served, for people.
    pub(super) fn summary(&self) -> String {
        format!("{} as {} tools", self.0.connector.model().title, self.0.tools.len())
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let model = self.0.connector.model();
        let mut server = Implementation::new(format!("connector-{}", model.name), env!("CARGO_PKG_VERSION"));
        server.title = Some(model.title.clone());
        let instructions = format!(
            "{}\n\nIds are strings. Times are RFC 3339, decimal numbers are strings. Where a tool takes `properties`, name those that you \
             need: answers are much smaller then. Errors say in `what_to_do` how to go on; where one has a `url`, show it to the person.",
            model.description.as_deref().unwrap_or(&model.title)
        );
        ServerConfig::new(ServerCapabilities::builder().enable_tools().enable_resources().build())
            .with_server_info(server)
            .with_instructions(instructions)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.0.tools.list()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.0.tools.get(name).map(|(_, tool)| tool.clone())
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Inner { tools, access, confirms, .. } = &*self.0;
        let Some((action, _)) = tools.get(&request.name) else {
            let near =
                tools.near(&request.name).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            let message = format!("there is no tool `{}`{near}", request.name);
            return Err(ErrorData::invalid_params(message, Some(json!({ "tool": request.name }))));
        };
        let (arguments, responses) = (request.arguments.unwrap_or_default(), request.input_responses);
        let call = carry::call(*action, arguments, responses.as_ref(), access, *confirms, &context);
        tokio::select! {
            response = call => Ok(response),
            // Dropping the call cancels what has not been sent.
            () = context.ct.cancelled() => Err(ErrorData::internal_error("the call was cancelled", None)),
        }
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let pages = self.0.pages.iter().map(|page| {
            Resource::new(page.uri.clone(), page.uri.trim_start_matches("connector://"))
                .with_title(page.title.clone())
                .with_description("What can be done, with which fields and scopes, and examples.")
                .with_mime_type(MARKDOWN)
                .with_size(page.text.len() as u64)
        });
        Ok(ListResourcesResult::with_all_items(pages.collect()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        match self.0.pages.iter().find(|page| page.uri == request.uri) {
            Some(page) => {
                let text =
                    ResourceContents::text(page.text.clone(), page.uri.clone()).with_mime_type(MARKDOWN);
                Ok(ReadResourceResult::new(vec![text]).into())
            }
            None => Err(ErrorData::resource_not_found(
                format!("there is no resource `{}`", request.uri),
                Some(json!({ "uri": request.uri })),
            )),
        }
    }
}
