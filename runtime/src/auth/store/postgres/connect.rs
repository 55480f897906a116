//! From an address to connections.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::super::{StoreError, StoreErrorKind};
use super::errors::failure;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A server, and how to connect to it.
pub(super) struct Server {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    /// Host, port and database: what messages show.
    pub(super) place: String,
}

impl Server {
    pub(super) fn new(url: &str) -> Result<Self, StoreError> {
        let (url, options) = Options::split(url)?;
        // The parser's errors can repeat a part of the password, where a character of it is not encoded.
        let mut config: Config = url.parse().map_err(|_| {
            refuse(
                "the PostgreSQL store's address cannot be read; it has the form postgres://user:password@host:port/database, and \
                 special characters in it are percent-encoded",
            )
        })?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(refuse("the PostgreSQL store's address names no host"));
        }
        let place = place(&config);
        let encrypted = options.encrypted.unwrap_or_else(|| !is_local(&config));
        config.ssl_mode(if encrypted { SslMode::Require } else { SslMode::Disable });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("typed-connector");
        }
        config
            .keepalives_idle(Duration::from_secs(10))
            .keepalives_interval(Duration::from_secs(5))
            .keepalives_retries(3);
        let tls = encrypted.then(|| tls(options.root)).transpose()?;
        Ok(Self { config, tls, place })
    }

    pub(super) async fn connect(&self) -> Result<Client, StoreError> {
        match &self.tls {
            None => self.config.connect(NoTls).await.map(|(client, connection)| {
                tokio::spawn(async move { ended(connection.await) });
                client
            }),
            Some(tls) => self.config.connect(tls.clone()).await.map(|(client, connection)| {
                tokio::spawn(async move { ended(connection.await) });
                client
            }),
        }
        .map_err(|error| failure(&self.place, error))
    }
}

fn ended(end: Result<(), tokio_postgres::Error>) {
    if let Err(error) = end {
        tracing::debug!(%error, "a connection to the PostgreSQL store ended");
    }
}

/// Parameters of the address that the driver does not know.
#[derive(Default)]
struct Options {
    encrypted: Option<bool>,
    root: Option<PathBuf>,
}

impl Options {
    /// The address without them.
    fn split(url: &str) -> Result<(String, Self), StoreError> {
        if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(refuse("the PostgreSQL store's address must begin with postgres://"));
        }
        // As the driver reads it: everything before the first `@` is user and password, a question mark included.
        let server = url.find('@').unwrap_or_default();
        let Some(at) = url[server..].find('?') else { return Ok((url.to_owned(), Self::default())) };
        let (base, query) = (&url[..server + at], &url[server + at + 1..]);
        let (mut options, mut others) = (Self::default(), Vec::new());
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
            match (name, &*value) {
                ("sslmode", "disable") => options.encrypted = Some(false),
                ("sslmode", "allow" | "prefer") => options.encrypted = None,
                ("sslmode", "require" | "verify-ca" | "verify-full") => options.encrypted = Some(true),
                ("sslmode", _) => {
                    return Err(refuse(
                        "the PostgreSQL store's sslmode must be disable, prefer, require or verify-full",
                    ));
                }
                ("sslrootcert", "system") => {}
                ("sslrootcert", path) => options.root = Some(PathBuf::from(path)),
                _ => others.push(pair),
            }
        }
        let url = if others.is_empty() { base.to_owned() } else { format!("{base}?{}", others.join("&")) };
        Ok((url, options))
    }
}

/// Whether nothing leaves this machine.
fn is_local(config: &Config) -> bool {
    let hosts = config.get_hosts().iter().all(|host| match host {
        #[cfg(unix)]
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .trim_matches(['[', ']'])
                    .parse()
                    .is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
    });
    // An address takes the place of a name when connecting.
    let addresses = config.get_hostaddrs();
    if addresses.is_empty() { hosts } else { addresses.iter().all(std::net::IpAddr::is_loopback) }
}

fn place(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => config.get_hostaddrs().first().map(ToString::to_string).unwrap_or_default(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    format!("{host}:{port}/{}", config.get_dbname().unwrap_or_default())
}

fn tls(root: Option<PathBuf>) -> Result<MakeRustlsConnect, StoreError> {
    let failed = |error: rustls::Error| {
        StoreError::with_source("TLS cannot be set up", error).with_kind(StoreErrorKind::Configuration)
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    let config = match root {
        None => builder.with_platform_verifier().map_err(failed)?.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            let unreadable = |error: rustls::pki_types::pem::Error| {
                let text = format!("the certificates in `{}` cannot be read", path.display());
                StoreError::with_source(text, error).with_kind(StoreErrorKind::Configuration)
            };
            for certificate in CertificateDer::pem_file_iter(&path).map_err(unreadable)? {
                roots.add(certificate.map_err(unreadable)?).map_err(failed)?;
            }
            builder.with_root_certificates(roots).with_no_client_auth()
        }
    };
    Ok(MakeRustlsConnect::new(config))
}

fn refuse(text: &str) -> StoreError {
    StoreError::new(text).with_kind(StoreErrorKind::Configuration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_leaves_this_machine_is_encrypted() {
        for (url, encrypted) in [
            ("postgres://u@localhost/d", false),
            ("postgres://u@127.0.0.1:5433/d", false),
            ("postgres://u@[::1]/d", false),
            ("postgres:///d?host=/run/postgresql", false),
            ("postgres://u@localhost/d?sslmode=verify-full", true),
            ("postgres://u@localhost/d?application_name=x&sslmode=require", true),
            ("postgres://u:a?b@localhost/d?sslmode=require", true),
            ("postgresql://u@db.example.com/d", true),
            ("postgresql://u@db.example.com/d?sslmode=prefer", true),
            ("postgresql://u@localhost,db.example.com/d", true),
            ("postgresql://u@localhost/d?hostaddr=192.0.2.1", true),
            ("postgresql://u@db.example.com/d?sslmode=disable", false),
        ] {
            let server = Server::new(url).expect(url);
            assert_eq!(server.tls.is_some(), encrypted, "{url}");
            let mode = if encrypted { SslMode::Require } else { SslMode::Disable };
            assert_eq!(server.config.get_ssl_mode(), mode, "{url}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_told_without_the_password() {
        for url in [
            "mysql://u:hunter2@localhost/d",
            "postgres://u:hun/ter2@localhost:x/d",
            "postgres://u:hunter2@/d",
            "postgres://u:hunter2@localhost:port/d",
            "postgres://u:hunter2@localhost/d?sslmode=maybe",
            "postgres://u:hunter2@localhost/d?sslmode=require&sslrootcert=/no/such/file",
        ] {
            let error = Server::new(url).err().expect(url);
            assert_eq!(error.kind(), StoreErrorKind::Configuration, "{url}");
            assert!(!format!("{error} {error:?}").contains("ter2"), "{error:?}");
        }
    }
}
