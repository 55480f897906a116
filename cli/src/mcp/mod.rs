//! `connector mcp`: the actions of a connector as tools of the Model Context Protocol.
//!
//! | module | holds |
//! | --- | --- |
//! | `tools` | an action as a tool: name, schemas, hints |
//! | `server` | what a client asks and is answered |
//! | `carry` | a call on its way: confirmed, executed, told |
//! | `trouble` | errors that a language model can act on |
//! | `access` | the client, and the link that a person opens where none is connected |
//! | `http` | the server over HTTP, on this machine |

mod access;
mod carry;
mod http;
mod server;
mod tools;
mod trouble;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use rmcp::ServiceExt as _;

pub(crate) use self::tools::{all_fit, name as tool_name, those_that_fit};
use crate::run::access as run_access;
use crate::which::Which;
use crate::{Failure, misuse};

#[derive(Args)]
#[command(
    after_help = "Standard input and output speak the protocol, so that a client starts this command itself:\n\n  \
    { \"mcpServers\": { \"hubspot\":\n    \
    { \"command\": \"connector\", \"args\": [\"mcp\", \"hubspot\", \"--read-only\"] } } }"
)]
pub(crate) struct Mcp {
    #[command(flatten)]
    which: Which,
    /// A folder that adds to it, as `extend` does in the attribute
    #[arg(long, value_name = "FOLDER")]
    extend: Option<PathBuf>,
    /// Only actions that change nothing
    #[arg(long)]
    read_only: bool,
    /// Only these actions: `deals.*`, `*.search`; can be repeated
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    actions: Vec<String>,
    /// Do not have the person confirm what deletes or cannot be undone; the client's own questions remain
    #[arg(long)]
    no_confirm: bool,
    /// Serve over HTTP on this port of this machine, and not over standard input and output; 0 takes a free one
    #[arg(long, value_name = "PORT")]
    http: Option<u16>,
    #[command(flatten)]
    access: run_access::Access,
}

impl Mcp {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let done = runtime.block_on(self.serve());
        // Not waiting for what still reads standard input.
        runtime.shutdown_background();
        done.map(|()| ExitCode::SUCCESS)
    }

    async fn serve(self) -> Result<(), Failure> {
        let spec = run_access::Spec { name: self.which.name(), extend: self.extend };
        let connector = spec.load()?;
        let tools = tools::Tools::of(connector, &self.actions, self.read_only).map_err(misuse)?;
        let access = access::Access::new(connector, spec, self.access);
        let server = server::Server::new(connector, tools, access.clone(), !self.no_confirm)?;
        match self.http {
            Some(port) => http::serve(server, port).await?,
            None => {
                let running =
                    server.serve(rmcp::transport::stdio()).await.map_err(|error| without_client(&error))?;
                running.waiting().await?;
            }
        }
        access.settle().await
    }
}

/// Somebody started it by hand, most likely.
fn without_client(error: &rmcp::service::ServerInitializeError) -> Failure {
    format!(
        "no client has begun to speak the protocol: {error}\nhelp: a client starts this command itself; `connector mcp --help` shows its \
         settings"
    )
    .into()
}
