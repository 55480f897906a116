//! `connector sandbox`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use typed_connector_sandbox::{Fault, Limits, Sandbox};

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
    /// Enforce the rate limits of an app or account of this kind
    #[arg(long, value_name = "KIND")]
    limits: Option<Kind>,
    /// Every N-th request meets one of these faults, in turn: a status (429, 429+2 with Retry-After, 502html), cut-unread, cut,
    /// cut-acted (reset the connection), or a time (300ms); can be repeated
    #[arg(long, value_name = "N:FAULT[,FAULT…]")]
    fault: Vec<Round>,
}

/// Whose rate limits.
#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// An app of the marketplace: 110 calls per 10 seconds, 5 searches per second
    Marketplace,
    /// A free or starter account: 100 and 5, 250,000 a day
    Starter,
    /// A professional account: 190 and 5, 625,000 a day
    Professional,
    /// An enterprise account: 190 and 5, 1,000,000 a day
    Enterprise,
}

impl From<Kind> for Limits {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Marketplace => Self::MARKETPLACE,
            Kind::Starter => Self::STARTER,
            Kind::Professional => Self::PROFESSIONAL,
            Kind::Enterprise => Self::ENTERPRISE,
        }
    }
}

#[derive(Clone)]
struct Round {
    every: u32,
    faults: Vec<Fault>,
}

impl FromStr for Round {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || "write N:FAULT, such as 7:429,429+1".to_owned();
        let (every, faults) = text.split_once(':').ok_or_else(form)?;
        let every = every.parse().ok().filter(|every| *every > 0).ok_or_else(form)?;
        let faults = faults.split(',').map(str::parse).collect::<Result<_, _>>();
        Ok(Self {
            every,
            faults: faults.map_err(|error: typed_connector_sandbox::NoFault| error.to_string())?,
        })
    }
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
        if let Some(kind) = self.limits {
            builder = builder.enforce_limits(kind.into());
        }
        let sandbox = builder.start().await?;
        for Round { every, faults } in self.fault {
            sandbox.inject_every(every, faults);
        }
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
            "Try it:\n  curl -H 'Authorization: Bearer {token}' \\\n    '{url}/crm/objects/2026-09/deals?limit=2'\n"
        );
        anstream::println!(
            "Authorize with it:\n  CONNECTOR_CLIENT_SECRET={} \\\n    connector auth profile add hubspot --profile sandbox \\\n      --client-id {} \\\n      --base-url {url}\n  \
             connector auth authorize hubspot --profile sandbox\n  \
             connector run hubspot deals.list --base-url {url}",
            app.client_secret,
            app.client_id
        );
        tokio::signal::ctrl_c().await?;
        sandbox.shutdown().await;
        anstream::println!("\nStopped.");
        Ok(ExitCode::SUCCESS)
    }
}
