//! A server that keeps what it was sent.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// What was sent, without the address of the server.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) path: String,
    /// JSON where it is such, else text.
    pub(crate) body: Value,
}

pub(crate) struct Listener {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Listener {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::<Mutex<Vec<Request>>>::default();
        let kept = Arc::clone(&requests);
        // It ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                thread::spawn(move || serve(&stream, &kept));
            }
        });
        Self { url, requests }
    }

    /// The first request of each number, which is the first part of the path.
    pub(crate) fn first_requests(&self) -> BTreeMap<usize, Request> {
        let mut first = BTreeMap::new();
        for request in self.requests.lock().expect("no panic").iter() {
            let (number, path) = request.path[1..].split_once('/').expect("a number and a path");
            let request = Request { path: format!("/{path}"), ..request.clone() };
            first.entry(number.parse().expect("a number")).or_insert(request);
        }
        first
    }
}

pub(crate) fn body(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).trim_end().into())
}

fn serve(stream: &TcpStream, kept: &Mutex<Vec<Request>>) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let mut words = line.split(' ').map(str::to_owned);
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let mut length = 0;
        loop {
            let mut header = String::new();
            if reader.read_line(&mut header).unwrap_or(0) == 0 || header.trim().is_empty() {
                break;
            }
            if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut bytes = vec![0; length];
        if reader.read_exact(&mut bytes).is_err() {
            return;
        }
        kept.lock().expect("no panic").push(Request { method, path, body: body(&bytes) });
        let answer = r#"{"id":"1","results":[]}"#;
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        if (&*stream).write_all(format!("{head}{answer}").as_bytes()).is_err() {
            return;
        }
    }
}
