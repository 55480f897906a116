//! The HTTP client that requests are sent with, unless somebody brings one of their own.

use std::future::ready;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use crate::error::Error;

/// How far requests go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Anywhere, encrypted.
    Anywhere,
    /// Not beyond this machine. What is sent there is not encrypted, so neither a proxy may get it, which the environment can name
    /// for all addresses, nor whoever a name server takes for `localhost`.
    ThisMachine,
}

impl Reach {
    /// How far requests to this address go, which is `https`, or `http` on this machine.
    pub(crate) fn of(url: &Url) -> Self {
        if url.scheme() == "http" { Self::ThisMachine } else { Self::Anywhere }
    }
}

pub(crate) fn http_client(
    user_agent: Option<String>,
    connect_timeout: Duration,
    reach: Reach,
) -> Result<reqwest::Client, Error> {
    // reqwest is built without a TLS provider of its own, so that users can choose. Where the process has none yet, ring
    // is it; an error means that the process has one, which is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    let builder = reqwest::Client::builder()
        .user_agent(
            user_agent.unwrap_or_else(|| concat!("typed-connector/", env!("CARGO_PKG_VERSION")).to_owned()),
        )
        .connect_timeout(connect_timeout)
        .redirect(reqwest::redirect::Policy::none());
    let builder = match reach {
        Reach::Anywhere => builder,
        Reach::ThisMachine => builder.no_proxy().dns_resolver(Loopback),
    };
    builder.build().map_err(|error| Error::Configuration(format!("cannot make an HTTP client: {error}")))
}

/// Every name is this machine's (RFC 6761 §6.3).
struct Loopback;

impl Resolve for Loopback {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses =
            [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))];
        Box::pin(ready(Ok(Box::new(addresses.into_iter()) as Addrs)))
    }
}
