//! What is answered at the callback URL's port, request by request.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::{Host, Url};

use super::Callback;

/// A request's line and headers; a code has a few hundred bytes.
const MAX_HEAD: usize = 16 * 1024;
/// How long a client may take to send them, or to take the answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What every connection needs to know.
pub(super) struct Site {
    pub(super) port: u16,
    pub(super) path: String,
    /// A path that leads on to an authorize link, once.
    pub(super) link: Mutex<Option<(String, String)>>,
}

/// Reads one request and answers it, unless it is the redirect: that one is handed on.
pub(super) async fn serve(mut stream: TcpStream, site: Arc<Site>) -> Option<Callback> {
    let head = tokio::time::timeout(PATIENCE, read_head(&mut stream)).await.ok()?.ok()?;
    match site.reply(head.as_deref()) {
        Reply::Callback(query) => Some(Callback { query, stream }),
        Reply::Lead(url) => {
            let headers =
                [("location", &*url), ("cache-control", "no-store"), ("referrer-policy", "no-referrer")];
            answer(&mut stream, http::StatusCode::SEE_OTHER, &headers, "").await;
            None
        }
        Reply::Turn(status, text) => {
            let headers = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store")];
            let allow = (status == http::StatusCode::METHOD_NOT_ALLOWED).then_some(("allow", "GET"));
            let headers: Vec<_> = headers.into_iter().chain(allow).collect();
            answer(&mut stream, status, &headers, text).await;
            None
        }
    }
}

/// What a request leads to.
#[derive(Debug, PartialEq)]
enum Reply {
    Callback(String),
    Lead(String),
    Turn(http::StatusCode, &'static str),
}

impl Site {
    fn reply(&self, head: Option<&str>) -> Reply {
        use http::StatusCode as Status;
        let Some(head) = head else {
            return Reply::Turn(Status::REQUEST_HEADER_FIELDS_TOO_LARGE, "The request is too large.\n");
        };
        let mut lines = head.split("\r\n");
        let mut words = lines.next().unwrap_or_default().split(' ');
        let (method, target, version) = (words.next(), words.next(), words.next());
        let host = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("host"))
            .map(|(_, host)| host.trim());
        let (Some(method), Some(target), Some("HTTP/1.1" | "HTTP/1.0"), None) =
            (method, target, version, words.next())
        else {
            return Reply::Turn(Status::BAD_REQUEST, "This is no HTTP request.\n");
        };
        // A name that somebody else's DNS leads here (DNS rebinding) is not ours.
        let host = host.and_then(|host| Url::parse(&format!("http://{host}")).ok());
        if !host.is_some_and(|url| is_loopback(url.host().as_ref())) {
            return Reply::Turn(Status::MISDIRECTED_REQUEST, "This address is not served here.\n");
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut link = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        let leads = link.as_ref().is_some_and(|(start, _)| start == path);
        if path != self.path && !leads {
            return Reply::Turn(Status::NOT_FOUND, "Nothing is here.\n");
        }
        if method != "GET" {
            return Reply::Turn(Status::METHOD_NOT_ALLOWED, "Only GET is answered here.\n");
        }
        match link.take_if(|_| leads) {
            Some((_, url)) => Reply::Lead(url),
            None => Reply::Callback(query.to_owned()),
        }
    }
}

/// The request line and the headers; `None` where they are too large. What follows them is not read: a GET has no body.
async fn read_head(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let mut bytes = Vec::with_capacity(2048);
    loop {
        if bytes.len() > MAX_HEAD {
            return Ok(None);
        }
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            return Ok(Some(String::from_utf8_lossy(&bytes[..end]).into_owned()));
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// Sends an answer and hangs up. The client may have left already, which is its right.
pub(super) async fn answer(
    stream: &mut TcpStream,
    status: http::StatusCode,
    headers: &[(&str, &str)],
    body: &str,
) {
    let mut text = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n", body.len());
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(body);
    let send = async {
        stream.write_all(text.as_bytes()).await?;
        stream.shutdown().await?;
        // Closing while something unread is there would reset the connection, and take the answer with it.
        let mut rest = [0; 1024];
        let drain = async { while stream.read(&mut rest).await.is_ok_and(|read| read > 0) {} };
        tokio::time::timeout(Duration::from_millis(500), drain).await.ok();
        io::Result::Ok(())
    };
    drop(tokio::time::timeout(PATIENCE, send).await);
}

pub(super) fn is_loopback(host: Option<&Host<&str>>) -> bool {
    match host {
        Some(Host::Domain(name)) => *name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    fn site() -> Site {
        let link = Some(("/to/abc".to_owned(), "https://provider.example/authorize?state=s".to_owned()));
        Site { port: 8765, path: "/callback".to_owned(), link: Mutex::new(link) }
    }

    #[test]
    fn only_the_callback_gets_through() {
        let site = site();
        let reply = |line: &str| site.reply(Some(&format!("{line}\r\nHost: localhost:8765")));
        assert_eq!(
            reply("GET /callback?code=c&state=s HTTP/1.1"),
            Reply::Callback("code=c&state=s".to_owned())
        );
        assert_eq!(reply("GET /callback HTTP/1.1"), Reply::Callback(String::new()));
        for (line, status) in [
            ("GET /favicon.ico HTTP/1.1", StatusCode::NOT_FOUND),
            ("GET /callback/ HTTP/1.1", StatusCode::NOT_FOUND),
            ("GET /to/abd HTTP/1.1", StatusCode::NOT_FOUND),
            ("POST /callback?code=c HTTP/1.1", StatusCode::METHOD_NOT_ALLOWED),
            ("HEAD /callback?code=c HTTP/1.1", StatusCode::METHOD_NOT_ALLOWED),
            ("GET /callback", StatusCode::BAD_REQUEST),
            ("GET /callback HTTP/2", StatusCode::BAD_REQUEST),
            ("GET /callback a HTTP/1.1", StatusCode::BAD_REQUEST),
            ("", StatusCode::BAD_REQUEST),
        ] {
            assert!(matches!(reply(line), Reply::Turn(found, _) if found == status), "{line}");
        }
        for head in ["GET /callback HTTP/1.1", "GET /callback HTTP/1.1\r\nHost: attacker.example:8765"] {
            assert!(
                matches!(site.reply(Some(head)), Reply::Turn(StatusCode::MISDIRECTED_REQUEST, _)),
                "{head}"
            );
        }
        assert!(matches!(site.reply(None), Reply::Turn(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, _)));
    }

    #[test]
    fn the_short_address_leads_on_once() {
        let site = site();
        let reply = || site.reply(Some("GET /to/abc HTTP/1.1\r\nhost: 127.0.0.1:8765"));
        assert_eq!(reply(), Reply::Lead("https://provider.example/authorize?state=s".to_owned()));
        assert!(matches!(reply(), Reply::Turn(StatusCode::NOT_FOUND, _)));
    }
}
