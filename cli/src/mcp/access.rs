//! Whose account is used, and what a person does where none is connected yet.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OnceCell};
use tokio::task::JoinHandle;
use typed_connector::auth::{AuthorizationRequired, Authorizer, Loopback};
use typed_connector::dynamic::{Client, Connector};

use crate::Failure;
use crate::run::access::{self, Authorized, Spec};

/// How long the server waits for a person to come back from a link.
const PATIENCE: Duration = Duration::from_secs(600);

/// The access of all calls of a server. Clones share it.
#[derive(Clone)]
pub(super) struct Access(Arc<Inner>);

struct Inner {
    connector: Connector,
    spec: Spec,
    options: access::Access,
    /// Made at the first call, so that a server starts, and lists its tools, before anything is connected.
    made: OnceCell<Authorized>,
    /// Waits for the browser that a link leads back.
    waiting: Mutex<Option<JoinHandle<()>>>,
}

impl Access {
    pub(super) fn new(connector: Connector, spec: Spec, options: access::Access) -> Self {
        let (made, waiting) = (OnceCell::new(), Mutex::default());
        Self(Arc::new(Inner { connector, spec, options, made, waiting }))
    }

    /// The client; what is not set up is tried anew at the next call.
    pub(super) async fn client(&self) -> Result<Client, Failure> {
        Ok(self.made().await?.client.clone())
    }

    async fn made(&self) -> Result<&Authorized, Failure> {
        let Inner { connector, spec, options, made, .. } = &*self.0;
        made.get_or_try_init(|| options.authorized(*connector, spec, |builder| builder)).await
    }

    /// Waits for tokens that are being refreshed, before the program ends.
    pub(super) async fn settle(&self) -> Result<(), Failure> {
        match self.0.made.get() {
            Some(made) => made.settle().await,
            None => Ok(()),
        }
    }

    /// Words that name the connection in a command.
    pub(super) fn words(&self) -> String {
        self.0.options.of(&self.0.spec).words()
    }

    /// Listens for the browser that this link leads back to this machine; where it goes elsewhere, somebody there finishes it.
    pub(super) async fn await_return(&self, required: &AuthorizationRequired) {
        let Ok(Authorized { authorizer: Some(authorizer), .. }) = self.made().await else { return };
        let mut waiting = self.0.waiting.lock().await;
        if waiting.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        // A port that is taken is that of another server, which waits for the same.
        let Ok(loopback) = Loopback::for_callback(authorizer.profile().callback_url()).await else { return };
        *waiting = Some(tokio::spawn(finish(loopback, authorizer.clone(), required.connection.clone())));
    }
}

async fn finish(mut loopback: Loopback, authorizer: Authorizer, connection: String) {
    match loopback.finish(&authorizer, &connection, PATIENCE).await {
        Ok(_) => eprintln!("{} is connected as `{connection}`.", authorizer.profile().name()),
        Err(error) => eprintln!("{} was not connected: {error}", authorizer.profile().name()),
    }
}
