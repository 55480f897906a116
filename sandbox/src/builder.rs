//! How a sandbox is set up and started.

use std::{
    fs::OpenOptions,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use tokio::{net::TcpListener, sync::oneshot};

use crate::{
    Limits, Sandbox,
    app::App,
    http::{
        listener::{Cut, Loopback},
        routes,
    },
    limits::Meter,
    seed,
    state::State,
    store::Store,
};

/// HubSpot's access tokens live for 30 minutes.
const TOKEN_LIFETIME: Duration = Duration::from_secs(1800);

/// The settings of a sandbox; made by [`Sandbox::builder`].
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it is started"]
pub struct Builder {
    listen: SocketAddr,
    database: Option<PathBuf>,
    seed: usize,
    token_lifetime: Duration,
    rotate: bool,
    limits: Limits,
    ledger: Option<PathBuf>,
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address is open to other machines.
    #[error("the sandbox listens on loopback addresses only, not on {0}; use 127.0.0.1 or [::1]")]
    NotLoopback(SocketAddr),
    /// The address could not be bound.
    #[error("cannot listen on {addr}")]
    Listen {
        /// The address.
        addr: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The ledger could not be opened.
    #[error("cannot write the ledger {}", path.display())]
    Ledger {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The database could not be opened or filled.
    #[error("cannot use the sandbox's database{}", path.as_ref().map(|path| format!(" {}", path.display())).unwrap_or_default())]
    Database {
        /// The file, if it is not in memory.
        path: Option<PathBuf>,
        /// What SQLite said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            database: None,
            seed: 0,
            token_lifetime: TOKEN_LIFETIME,
            rotate: false,
            limits: Limits::NONE,
            ledger: None,
        }
    }

    /// The address to listen on, `127.0.0.1` with any free port if not set; only loopback addresses are taken.
    pub fn listen(mut self, addr: SocketAddr) -> Self {
        self.listen = addr;
        self
    }

    /// Keeps everything in a SQLite file; without it, all is gone with the sandbox.
    pub fn database(mut self, path: impl Into<PathBuf>) -> Self {
        self.database = Some(path.into());
        self
    }

    /// Begins with this many deals and as many contacts, always the same ones; nothing happens to a database that
    /// already holds records.
    pub fn seed(mut self, count: usize) -> Self {
        self.seed = count;
        self
    }

    /// How long OAuth access tokens live; 30 minutes if not set.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// Whether every refresh answers a new refresh token and ends the old one. HubSpot does not.
    pub fn rotate_refresh_tokens(mut self, rotate: bool) -> Self {
        self.rotate = rotate;
        self
    }

    /// Enforces rate limits.
    pub fn enforce_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Appends every secret that it issues or is sent to this file, one a line with its kind before a tab: the apps' client secrets,
    /// codes, tokens, states and PKCE verifiers. For tests that look whether a client under test has shown one of them.
    pub fn ledger(mut self, path: impl Into<PathBuf>) -> Self {
        self.ledger = Some(path.into());
        self
    }

    /// Starts the sandbox. It runs on the current tokio runtime.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        if !self.listen.ip().is_loopback() {
            return Err(StartError::NotLoopback(self.listen));
        }
        let listener =
            TcpListener::bind(self.listen).await.and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (addr, listener) = listener.map_err(|source| StartError::Listen { addr: self.listen, source })?;
        let failed = |source: rusqlite::Error| StartError::Database {
            path: self.database.clone(),
            source: Box::new(source),
        };
        let mut store = Store::open(self.database.as_deref()).map_err(failed)?;
        if let Some(path) = self.ledger {
            let file = OpenOptions::new().create(true).append(true).open(&path);
            store.ledger = Some(file.map_err(|source| StartError::Ledger { path, source })?);
        }
        let app = App::standard();
        store.keep_app(&app).map_err(failed)?;
        if self.seed > 0 && store.is_empty().map_err(failed)? {
            seed::plant(&store, self.seed).map_err(failed)?;
        }
        let meter = Meter::new(self.limits);
        let state =
            Arc::new(State::new(store, format!("http://{addr}"), self.token_lifetime, self.rotate, meter));
        let token = state.issue_static(&crate::app::all_scopes()).map_err(failed)?;

        let (stop, stopped) = oneshot::channel::<()>();
        let service = routes::router(Arc::clone(&state)).into_make_service_with_connect_info::<Cut>();
        let listener = Loopback::new(listener, Arc::clone(&state.connections));
        let server = axum::serve(listener, service).with_graceful_shutdown(async {
            // Also when the sender is dropped.
            stopped.await.ok();
        });
        let task = tokio::spawn(async move { server.await });
        Ok(Sandbox::new(state, addr, app, token, stop, task))
    }
}
