//! The addresses of the console, and listening on this machine only.

use std::future::IntoFuture as _;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tokio::net::TcpListener;

use super::app::Shared;
use super::form::MOST_BYTES;
use super::pages::{self, STYLE_PATH};
use super::{guard, trouble::Trouble};

pub(super) fn router(app: Shared) -> Router {
    use pages::{access, action, actions, authorize, configure, connector, home, install, manage, run};
    Router::new()
        .route(guard::START, get(guard::start))
        .route(STYLE_PATH, get(pages::style))
        .route("/", get(home::show))
        .route("/connectors/{connector}", get(connector::show))
        .route("/connectors/{connector}/configure", get(configure::show).post(configure::save))
        .route("/connectors/{connector}/profiles/{profile}", get(access::show).post(access::save))
        .route("/connectors/{connector}/authorize", post(authorize::begin))
        .route("/connectors/{connector}/paste", post(authorize::paste))
        .route("/connectors/{connector}/enable", post(manage::enable))
        .route("/connectors/{connector}/disable", post(manage::disable))
        .route("/connectors/{connector}/disconnect", post(manage::disconnect))
        .route("/connectors/{connector}/delete", get(manage::ask_delete).post(manage::delete))
        .route("/connectors/{connector}/test", post(run::test))
        .route("/connectors/{connector}/install", get(install::show).post(install::install))
        .route("/connectors/{connector}/actions", get(actions::show))
        .route("/connectors/{connector}/actions/{action}", get(action::show).post(action::send))
        .route("/confirm/{draft}", get(run::ask).post(run::confirmed))
        .route("/runs/{run}", get(run::show))
        .route("/runs/{run}/file", get(run::file))
        .route("/runs/{run}/next", post(run::next))
        .fallback(async || Trouble::not_found("There is no page of this address."))
        .layer(from_fn_with_state(app.clone(), guard::check))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(app)
}

/// Both loopback addresses with the same port. A machine without IPv6 has one.
pub(crate) struct Listeners(Vec<TcpListener>, u16);

impl Listeners {
    pub(crate) async fn bind(port: u16) -> io::Result<Self> {
        let first = TcpListener::bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)).await?;
        let port = first.local_addr()?.port();
        match TcpListener::bind(SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port)).await {
            Ok(second) => Ok(Self(vec![first, second], port)),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(error),
            Err(_) => Ok(Self(vec![first], port)),
        }
    }

    pub(crate) const fn port(&self) -> u16 {
        self.1
    }

    /// Serves until Ctrl-C.
    pub(crate) async fn serve(self, router: Router) -> io::Result<()> {
        let mut servers = tokio::task::JoinSet::new();
        for listener in self.0 {
            servers.spawn(axum::serve(listener, router.clone()).into_future());
        }
        tokio::select! {
            // A server ends only when something is wrong.
            Some(ended) = servers.join_next() => ended.map_err(io::Error::other)?,
            stop = tokio::signal::ctrl_c() => stop,
        }
    }
}
