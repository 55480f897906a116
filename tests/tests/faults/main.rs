//! Many calls against a server that fails, refuses, hangs up and dawdles, and calls that are cancelled: nothing is lost, nothing is
//! done twice, nothing leaks. Each test prints its figures.

mod cancelled;
mod permitted;
mod storm;

use std::ops::Deref;

use tokio::runtime::{Builder, Runtime};
use typed_connector_sandbox::Sandbox;

/// The storm keeps both cores of a small machine busy: what measures time does not run beside it.
static ALONE: tokio::sync::RwLock<()> = tokio::sync::RwLock::const_new(());

/// A sandbox on threads of its own, so that what it takes does not make the client's tasks wait as no server elsewhere would.
struct Apart {
    sandbox: Sandbox,
    runtime: Option<Runtime>,
}

impl Apart {
    async fn start(builder: typed_connector_sandbox::Builder) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let sandbox = runtime.spawn(builder.start()).await.expect("it ran").expect("a sandbox");
        Self { sandbox, runtime: Some(runtime) }
    }
}

impl Deref for Apart {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
