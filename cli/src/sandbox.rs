//! `connector sandbox`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use typed_connector_sandbox::Sandbox;

use crate::Failure;

#[derive(Args)]
pub(crate) struct Run {
    /// Where to listen, on this machine only; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Keep the records in this SQLite file; without it they are gone at the end
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// Start with so many deals and as many contacts
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: usize,
}

impl Run {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(self.serve())
    }

    async fn serve(self) -> Result<ExitCode, Failure> {
        let mut builder = Sandbox::builder().listen(self.listen).seed(self.seed);
        if let Some(file) = &self.db {
            builder = builder.database(file);
        }
        let sandbox = builder.start().await?;
        let app = sandbox.app();
        let (url, token) = (sandbox.url(), sandbox.access_token());
        let records = match &self.db {
            Some(file) => format!("in {}", file.display()),
            None => "in memory, gone at the end".to_owned(),
        };
        anstream::println!("A HubSpot-compatible server for this machine, until Ctrl-C.\n");
        anstream::println!("url            {url}");
        anstream::println!("access token   {token}");
        anstream::println!("client id      {}", app.client_id);
        anstream::println!("client secret  {}", app.client_secret);
        anstream::println!("records        {records}\n");
        anstream::println!(
            "Try it:\n  curl -H 'Authorization: Bearer {token}' '{url}/crm/objects/2026-09/deals?limit=2'"
        );
        tokio::signal::ctrl_c().await?;
        sandbox.shutdown().await;
        anstream::println!("\nStopped.");
        Ok(ExitCode::SUCCESS)
    }
}
