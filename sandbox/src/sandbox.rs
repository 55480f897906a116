//! The handle of a running sandbox.

use std::{io, net::SocketAddr, sync::atomic::Ordering, time::Duration};

use tokio::{sync::oneshot, task::JoinHandle};

use crate::{
    App, Builder, Fault, LoggedRequest, StartError,
    account::HUB_ID,
    oauth::{secret, token},
    state::{Shared, State},
    store::tokens::{Token, Use},
};

/// How long a shutdown waits for requests that are under way.
const PATIENCE: Duration = Duration::from_secs(5);

/// A running sandbox. It stops when this is dropped.
pub struct Sandbox {
    state: Shared,
    addr: SocketAddr,
    app: App,
    token: String,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<io::Result<()>>>,
}

impl Sandbox {
    /// Starts an empty sandbox in memory, on any free port of 127.0.0.1.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// The settings, before the start.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) fn new(
        state: Shared,
        addr: SocketAddr,
        app: App,
        token: String,
        stop: oneshot::Sender<()>,
        task: JoinHandle<io::Result<()>>,
    ) -> Self {
        Self { state, addr, app, token, stop: Some(stop), task: Some(task) }
    }

    /// The base URL, such as `http://127.0.0.1:4567`.
    pub fn url(&self) -> String {
        self.state.url.clone()
    }

    /// The address that it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// A private app's token (`pat-…`) with all scopes, which never expires.
    pub fn access_token(&self) -> String {
        self.token.clone()
    }

    /// A new OAuth access token of the sandbox's own app, with these scopes; it expires like others.
    pub fn issue_token(&self, scopes: &[&str]) -> String {
        let store = self.state.store();
        let base = Token { client_id: self.app.client_id.clone(), ..blank(scopes) };
        // The database is in memory or was just written; a token that could not be kept is refused when used.
        token::issue(&self.state, &store, &base, Use::Access)
            .map_or_else(|_| String::new(), |token| token.value)
    }

    /// A new private app's token (`pat-…`) with these scopes, which never expires.
    pub fn issue_static_token(&self, scopes: &[&str]) -> String {
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self.state.issue_static(&scopes).unwrap_or_default()
    }

    /// Ends the life of every OAuth access token that was issued so far. Static tokens and refresh tokens stay.
    pub fn expire_tokens(&self) {
        self.state.store().expire_tokens().ok();
    }

    /// Revokes a refresh token, as a user does who uninstalls the app; says whether it was there.
    pub fn revoke(&self, refresh_token: &str) -> bool {
        self.state.store().drop_token(refresh_token).unwrap_or(false)
    }

    /// The app that every sandbox has. It takes every loopback redirect URI, and any scopes.
    pub fn app(&self) -> App {
        self.app.clone()
    }

    /// Registers another app.
    pub fn register_app(&self, app: App) -> App {
        self.state.store().keep_app(&app).ok();
        app
    }

    /// The requests so far, oldest first.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.state.log.all()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.state.log.clear();
    }

    /// Adds a fault to those that wait for a matching request.
    pub fn inject(&self, fault: Fault) {
        self.state.faults.inject(fault);
    }

    /// Every so-many-th request from now on meets one of these faults, in turn. Where several such rounds meet in one request, it
    /// meets the fault of the first that was added; what [`inject`](Self::inject) added comes before them.
    ///
    /// A fault for some requests only ([`Fault::method`], [`Fault::path`]) is left out where it is the turn of another request;
    /// [`Fault::times`] means nothing here.
    pub fn inject_every(&self, every: u32, faults: impl IntoIterator<Item = Fault>) {
        self.state.faults.inject_every(every, faults.into_iter().collect());
    }

    /// How many connections are open.
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::Acquire)
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.state.faults.clear();
    }

    /// Stops: no new connections, requests under way are answered. Waits for the end, five seconds at most.
    pub async fn shutdown(mut self) {
        self.stop.take();
        if let Some(mut task) = self.task.take()
            && tokio::time::timeout(PATIENCE, &mut task).await.is_err()
        {
            task.abort();
        }
    }

    /// Runs until the server ends by itself, which it does only if the runtime does; for a command line.
    pub async fn wait(&mut self) {
        if let Some(task) = &mut self.task {
            task.await.ok();
        }
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("url", &self.state.url).finish_non_exhaustive()
    }
}

impl State {
    /// Makes a private app's token.
    pub(crate) fn issue_static(&self, scopes: &[String]) -> rusqlite::Result<String> {
        let token = Token {
            value: secret("pat-na1-", 36),
            used_as: Use::Static,
            client_id: "private-app".into(),
            scopes: scopes.to_vec(),
            ..blank(&[])
        };
        self.store().keep_token(&token)?;
        Ok(token.value)
    }
}

fn blank(scopes: &[&str]) -> Token {
    Token {
        value: String::new(),
        used_as: Use::Access,
        client_id: String::new(),
        hub_id: HUB_ID,
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        expires: None,
        redirect_uri: None,
        challenge: None,
        challenge_method: None,
    }
}
