//! `connector console`: connectors, authorization and actions as pages for a browser on this machine.
//!
//! | module | holds |
//! | --- | --- |
//! | `server` | the addresses, and listening |
//! | `guard` | who may do what |
//! | `app` | what all pages share: connectors, configuration, store |
//! | `returns` | people who come back from a provider |
//! | `runs` | actions that are run |
//! | `pages` | the pages |
//! | `form` | an action's arguments as a form |
//! | `trouble` | what went wrong, as a page |

mod app;
mod form;
mod guard;
mod pages;
mod returns;
mod runs;
mod server;
mod trouble;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use self::app::App;
pub(crate) use self::server::Listeners;
use crate::auth::home;
use crate::{Failure, misuse};

#[derive(Args)]
pub(crate) struct Console {
    /// Folders of specs of your own, beside the shipped connectors
    #[arg(value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// A folder of specs; the same as to name it without the option; can be repeated
    #[arg(long, value_name = "FOLDER")]
    path: Vec<PathBuf>,
    /// The port on this machine; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 8765)]
    port: u16,
    /// Print the link, and open no browser
    #[arg(long)]
    no_browser: bool,
    /// Another host in place of the APIs' own: a sandbox or a proxy
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

impl Console {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(self.serve())
    }

    async fn serve(self) -> Result<ExitCode, Failure> {
        if let Some(url) = &self.base_url
            && !url.starts_with("http://")
            && !url.starts_with("https://")
        {
            return Err(misuse(format!("the base URL `{url}` must start with https:// or http://")));
        }
        let listeners = Listeners::bind(self.port).await.map_err(|error| {
            format!("cannot listen on port {}: {error}; choose another with `--port`, 0 for any", self.port)
        })?;
        let folders = self.folders.into_iter().chain(self.path).collect();
        let app = App::new(listeners.port(), folders, self.base_url, home::folder()?, home::store()?)?;
        anstream::println!("The console is open on this machine, until Ctrl-C:\n\n  {}\n", app.guard.link());
        anstream::println!("The link is for you alone: whoever has it can use your connections.");
        if !self.no_browser
            && let Some(link) = app.guard.link_once()
        {
            drop(open::that_detached(link));
        }
        let app = Arc::new(app);
        listeners.serve(server::router(Arc::clone(&app))).await?;
        app.settle().await?;
        anstream::println!("\nStopped.");
        Ok(ExitCode::SUCCESS)
    }
}
