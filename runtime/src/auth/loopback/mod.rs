//! A listener on this machine for the redirect, for programs without a web address of their own (RFC 8252 §7.3).

mod site;

use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use jiff::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;

use self::site::{Site, answer, is_loopback, serve};
use super::page::Page;
use super::{AuthError, Authorizer, Connection};

/// More open connections than this wait in the system's queue.
const MAX_OPEN: usize = 32;

/// Waits on this machine for the redirect of an authorization.
///
/// It listens on the loopback addresses only, `127.0.0.1` and, where the machine has it, `[::1]`, since a browser may try
/// either for `localhost`.
///
/// ```no_run
/// # use typed_connector::{auth::{AuthorizationProfile, Authorizer, Loopback, MemoryStore}, connector};
/// # #[connector("hubspot")] pub mod hubspot {}
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let mut loopback = Loopback::bind_port(8765).await?;
/// let profile = AuthorizationProfile::new::<hubspot::Connector>("id", "secret", loopback.callback_url())?;
/// let authorizer = Authorizer::new(profile, MemoryStore::new())?;
/// let link = authorizer.authorize("team").await?;
/// println!("open {}", link.url);
/// let connection = loopback.finish(&authorizer, "team", std::time::Duration::from_secs(300)).await?;
/// # Ok(()) }
/// ```
pub struct Loopback {
    listeners: Vec<TcpListener>,
    callback_url: String,
    site: Arc<Site>,
    /// Clients that have connected and not sent their request yet. None of them holds up the others.
    open: JoinSet<Option<Callback>>,
}

/// A browser that came back, waiting for its page.
#[must_use = "the browser waits for an answer"]
pub struct Callback {
    query: String,
    stream: TcpStream,
}

impl Loopback {
    /// Listens on any free port, for providers that take every port on loopback (RFC 8252 §7.3).
    ///
    /// # Errors
    /// [`AuthError::Listen`].
    pub async fn bind() -> Result<Self, AuthError> {
        // Where somebody else has the same port on `[::1]`, a browser might go there with the code: take another port.
        let mut last = io::Error::from(io::ErrorKind::AddrInUse);
        for _ in 0..16 {
            match listen(0).await {
                Ok(listeners) => return Self::new(listeners, None),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = error,
                Err(error) => return Err(AuthError::Listen { port: 0, source: error }),
            }
        }
        Err(AuthError::Listen { port: 0, source: last })
    }

    /// Listens on this port, for providers that want the callback URL registered exactly, as HubSpot does.
    ///
    /// # Errors
    /// [`AuthError::Listen`], where the port is taken.
    pub async fn bind_port(port: u16) -> Result<Self, AuthError> {
        let listeners = listen(port).await.map_err(|source| AuthError::Listen { port, source })?;
        Self::new(listeners, None)
    }

    /// Listens where a profile's callback URL says, `http://localhost:8765/callback`.
    ///
    /// # Errors
    /// [`AuthError::Profile`] where that is not on this machine, [`AuthError::Listen`] where the port is taken.
    pub async fn for_callback(callback_url: &str) -> Result<Self, AuthError> {
        let elsewhere = || {
            AuthError::Profile(vec![format!(
                "the callback URL `{callback_url}` is not on this machine; it must be like `http://localhost:8765/callback`"
            )])
        };
        let url = Url::parse(callback_url).map_err(|_| elsewhere())?;
        let port = url.port_or_known_default().filter(|port| *port != 0).ok_or_else(elsewhere)?;
        if url.scheme() != "http" || !is_loopback(url.host().as_ref()) {
            return Err(elsewhere());
        }
        let listeners = listen(port).await.map_err(|source| AuthError::Listen { port, source })?;
        Self::new(listeners, Some((callback_url, url.path())))
    }

    fn new(listeners: Vec<TcpListener>, callback: Option<(&str, &str)>) -> Result<Self, AuthError> {
        let port = listeners.first().map_or(Ok(0), |listener| listener.local_addr().map(|addr| addr.port()));
        let port = port.map_err(|source| AuthError::Listen { port: 0, source })?;
        let (callback_url, path) = match callback {
            Some((url, path)) => (url.to_owned(), path.to_owned()),
            None => (format!("http://localhost:{port}/callback"), "/callback".to_owned()),
        };
        let site = Arc::new(Site { port, path, link: Mutex::default() });
        Ok(Self { listeners, callback_url, site, open: JoinSet::new() })
    }

    /// The callback URL that leads here, `http://localhost:8765/callback`. `localhost` and not an address, since providers
    /// such as HubSpot refuse those.
    #[must_use]
    pub fn callback_url(&self) -> &str {
        &self.callback_url
    }

    /// A short address of this listener that leads a browser on to an authorize link, once.
    ///
    /// Everybody on a machine can see what a program is started with, and the link holds the authorization's state: start a
    /// browser with this address and not with the link itself.
    #[must_use]
    pub fn link_to(&self, url: &str) -> String {
        let mut name = [0; 12];
        if getrandom::fill(&mut name).is_err() {
            // A link that can be guessed is worse than a long one.
            return url.to_owned();
        }
        let name = BASE64URL.encode(name);
        let path = format!("/to/{name}");
        let link = format!("http://localhost:{}{path}", self.site.port);
        *self.site.link.lock().unwrap_or_else(PoisonError::into_inner) = Some((path, url.to_owned()));
        link
    }

    /// Waits until a browser comes to the callback URL. Everything else is turned away.
    ///
    /// Whoever calls this finishes the authorization with [`Callback::query`] and then tells the person how it went with
    /// [`Callback::answer`]; [`finish`](Self::finish) does both.
    ///
    /// # Errors
    /// [`AuthError::TimedOut`], [`AuthError::Listen`].
    pub async fn wait(&mut self, timeout: Duration) -> Result<Callback, AuthError> {
        match tokio::time::timeout(timeout, poll_fn(|context| self.poll(context))).await {
            Ok(arrived) => arrived.map_err(|source| AuthError::Listen { port: self.site.port, source }),
            Err(_) => Err(AuthError::TimedOut(timeout)),
        }
    }

    /// Waits for the redirect of this connection's authorization, finishes it, and shows the person how it went.
    ///
    /// A redirect whose state is not the one that was sent does not end the wait: any web page can send a browser here.
    ///
    /// # Errors
    /// [`AuthError::TimedOut`], and those of [`Authorizer::finish`].
    pub async fn finish(
        &mut self,
        authorizer: &Authorizer,
        connection: &str,
        timeout: Duration,
    ) -> Result<Connection, AuthError> {
        let until = {
            let now = tokio::time::Instant::now();
            now.checked_add(timeout).unwrap_or(now + Duration::from_secs(365 * 24 * 3600))
        };
        let provider = authorizer.profile().name().to_owned();
        loop {
            let left = until.saturating_duration_since(tokio::time::Instant::now());
            let callback = self.wait(left).await.map_err(|error| match error {
                AuthError::TimedOut(_) => AuthError::TimedOut(timeout),
                other => other,
            })?;
            let outcome = authorizer.finish_as(callback.query(), connection).await;
            callback.answer(&provider, outcome.as_ref().map(|done| done.account_id.as_deref())).await;
            if !matches!(outcome, Err(AuthError::StateMismatch)) {
                return outcome;
            }
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Callback>> {
        loop {
            for listener in &self.listeners {
                while self.open.len() < MAX_OPEN
                    && let Poll::Ready(accepted) = listener.poll_accept(context)
                {
                    match accepted {
                        Ok((stream, _)) => drop(self.open.spawn(serve(stream, Arc::clone(&self.site)))),
                        Err(error) if is_of_one_client(&error) => {}
                        Err(error) => return Poll::Ready(Err(error)),
                    }
                }
            }
            match self.open.poll_join_next(context) {
                Poll::Ready(Some(Ok(Some(callback)))) => return Poll::Ready(Ok(callback)),
                // One place is free now, which a client may be waiting for.
                Poll::Ready(Some(_)) => {}
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl Callback {
    /// The redirect's query, for [`Authorizer::finish`] or [`AuthorizationProfile::exchange`](super::AuthorizationProfile::exchange).
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// Shows the person how the authorization went: with the account that is connected now, where the provider tells it, or with
    /// the reason why none is.
    pub async fn answer(mut self, provider: &str, outcome: Result<Option<&str>, &AuthError>) {
        let page = match outcome {
            Ok(account) => Page::done(
                provider,
                account,
                "You can close this page and return to the program that sent you here.",
            ),
            Err(error) => Page::failed(provider, error),
        };
        let headers = Page::headers();
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        answer(&mut self.stream, page.status, &headers, &page.html).await;
    }
}

impl Authorizer {
    /// Authorizes in a browser on this machine: listens at the profile's callback URL, has `open` open the address that it is
    /// given, and waits for the person until the link expires.
    ///
    /// # Errors
    /// [`AuthError::Profile`] where the callback URL is not on this machine, [`AuthError::Listen`] where its port is taken,
    /// [`AuthError::TimedOut`], and those of [`finish`](Self::finish).
    pub async fn authorize_in_browser(
        &self,
        connection: &str,
        open: impl FnOnce(&str),
    ) -> Result<Connection, AuthError> {
        let mut loopback = Loopback::for_callback(self.profile().callback_url()).await?;
        let required = self.authorize(connection).await?;
        open(&loopback.link_to(&required.url));
        let left = Duration::try_from(required.expires_at.duration_since(Timestamp::now()));
        loopback.finish(self, connection, left.unwrap_or_default()).await
    }
}

/// Both loopback addresses with the same port. A machine without IPv6 has one; a port that is free on one only is taken.
async fn listen(port: u16) -> io::Result<Vec<TcpListener>> {
    let first = TcpListener::bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)).await?;
    let port = first.local_addr()?.port();
    match TcpListener::bind(SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port)).await {
        Ok(second) => Ok(vec![first, second]),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(error),
        Err(_) => Ok(vec![first]),
    }
}

/// Errors of `accept` that concern the client that was to be accepted, and nobody else.
fn is_of_one_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}

impl std::fmt::Debug for Loopback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loopback").field("callback_url", &self.callback_url).finish_non_exhaustive()
    }
}

/// The query holds the code.
impl std::fmt::Debug for Callback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Callback")
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    async fn connect(port: u16) -> TcpStream {
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.expect("it listens")
    }

    async fn ask(port: u16, text: &str) -> String {
        let mut stream = connect(port).await;
        stream.write_all(text.as_bytes()).await.expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("text");
        answer
    }

    #[tokio::test]
    async fn nobody_holds_up_the_one_who_comes_back() {
        let mut loopback = Loopback::bind().await.expect("a free port");
        let port = loopback.site.port;
        assert_eq!(loopback.callback_url(), format!("http://localhost:{port}/callback"));
        let browser = tokio::spawn(async move {
            let mut slow = Vec::new();
            for _ in 0..5 {
                let mut stream = connect(port).await;
                stream.write_all(b"GET /callback?").await.expect("it reads");
                slow.push(stream);
            }
            drop(connect(port).await);
            let icon = ask(port, "GET /favicon.ico HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
            assert!(icon.starts_with("HTTP/1.1 404 "), "{icon}");
            let large = format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n", "a".repeat(20_000));
            let large = ask(port, &large).await;
            assert!(large.starts_with("HTTP/1.1 431 "), "{large}");
            ask(port, "GET /callback?code=c&state=s HTTP/1.1\r\nhost: localhost\r\n\r\n").await
        });
        let callback = loopback.wait(Duration::from_secs(10)).await.expect("somebody");
        assert_eq!(callback.query(), "code=c&state=s");
        assert_eq!(format!("{callback:?}"), "Callback");
        callback.answer("HubSpot", Ok(Some("<1>"))).await;
        let page = browser.await.expect("no panic");
        assert!(
            page.starts_with("HTTP/1.1 200 OK\r\n") && page.contains("cache-control: no-store\r\n"),
            "{page}"
        );
        assert!(
            page.contains("referrer-policy: no-referrer\r\n") && page.contains("content-security-policy: ")
        );
        assert!(page.contains("HubSpot account <strong>&lt;1&gt;</strong> is connected."), "{page}");
    }

    #[tokio::test]
    async fn waiting_ends() {
        let mut loopback = Loopback::bind().await.expect("a free port");
        let error = loopback.wait(Duration::from_millis(20)).await.expect_err("nobody comes");
        assert!(matches!(error, AuthError::TimedOut(_)), "{error:?}");
        let port = loopback.site.port;
        let error = Loopback::bind_port(port).await.expect_err("taken");
        assert!(matches!(error, AuthError::Listen { port: named, .. } if named == port), "{error:?}");
    }

    #[tokio::test]
    async fn callback_urls_on_other_machines_are_refused() {
        for url in [
            "https://localhost:1/cb",
            "http://you.example/cb",
            "http://localhost:0/cb",
            "no url",
            "http://10.0.0.1:80/",
        ] {
            let error = Loopback::for_callback(url).await.expect_err(url);
            assert!(matches!(error, AuthError::Profile(_)), "{url}: {error:?}");
        }
    }
}
