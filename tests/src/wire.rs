//! A server of a few lines on a socket, which notes what it received and answers what a test says.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request, as its bytes came.
#[derive(Debug, Clone)]
pub struct Received {
    /// `GET /a?b HTTP/1.1`
    pub line: String,
    /// The headers with lower-case names, in their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    /// The address that was asked for, as it was written.
    pub fn target(&self) -> &str {
        self.line.split(' ').nth(1).unwrap_or_default()
    }

    /// A header by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// These bytes, and then it hangs up.
    Bytes(Vec<u8>),
    /// These bytes, and after so long it hangs up, whatever has come until then.
    Linger(Vec<u8>, Duration),
    /// It hangs up without a word.
    HangUp,
    /// These bytes, and then without an end these others, with a pause after each time.
    Endless(Vec<u8>, Vec<u8>, Duration),
}

impl Reply {
    /// A well-formed answer of a server that does not say that it will hang up, and does after so long.
    pub fn abrupt(status: u16, body: &serde_json::Value, after: Duration) -> Self {
        let body = body.to_string();
        let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n\r\n", body.len());
        Self::Linger((head + &body).into_bytes(), after)
    }

    /// A well-formed answer.
    pub fn new(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut bytes = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            bytes.push_str(&format!("{name}: {value}\r\n"));
        }
        bytes.push_str("connection: close\r\n\r\n");
        Self::Bytes([bytes.as_bytes(), body].concat())
    }

    /// A well-formed answer with a JSON body.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::new(status, &[("content-type", "application/json")], body.to_string())
    }
}

/// A running server; it stops when it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    sent: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts one that answers every request so.
    pub async fn start(reply: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        crate::watch::begin();
        Self::on(TcpListener::bind("127.0.0.1:0").await.expect("there is a free port"), reply)
    }

    /// The same on a socket that somebody has bound already.
    pub fn on(listener: TcpListener, reply: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let address = listener.local_addr().expect("it is bound");
        let received = Arc::new(Mutex::new(Vec::new()));
        let sent = Arc::new(AtomicUsize::new(0));
        let (log, reply, count) = (Arc::clone(&received), Arc::new(reply), Arc::clone(&sent));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, reply, count) = (Arc::clone(&log), Arc::clone(&reply), Arc::clone(&count));
                tokio::spawn(async move { serve(stream, &log, &*reply, &count).await });
            }
        });
        Self { address, received, sent, task }
    }

    /// Its address, `http://127.0.0.1:4567`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it received so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().expect("no test panics with it").clone()
    }

    /// How many bytes its endless answers had sent until the client hung up.
    pub fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    /// The newest request.
    pub fn last(&self) -> Received {
        self.received().pop().expect("a request was made")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    log: &Mutex<Vec<Received>>,
    reply: &(dyn Fn(&Received) -> Reply + Sync),
    sent: &AtomicUsize,
) {
    let Ok(request) = read(&mut stream).await else { return };
    let answer = reply(&request);
    log.lock().expect("no test panics with it").push(request);
    // The client may have left already, which is its right.
    match answer {
        Reply::HangUp => {}
        Reply::Bytes(bytes) => {
            drop(stream.write_all(&bytes).await);
            drop(stream.shutdown().await);
        }
        Reply::Linger(bytes, after) => {
            drop(stream.write_all(&bytes).await);
            if !after.is_zero() {
                tokio::time::sleep(after).await;
            }
            drop(stream.shutdown().await);
        }
        Reply::Endless(head, piece, pause) => {
            let mut bytes = &head;
            while stream.write_all(bytes).await.is_ok() {
                sent.fetch_add(bytes.len(), Ordering::Relaxed);
                tokio::time::sleep(pause).await;
                bytes = &piece;
            }
        }
    }
}

async fn read(stream: &mut TcpStream) -> io::Result<Received> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let line = lines.next().unwrap_or_default().to_owned();
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await? == 0 {
            break;
        }
    }
    Ok(Received { line, headers, body })
}
