//! The log of requests, for tests to look at.

use std::{collections::VecDeque, sync::Mutex};

use axum::{
    body::Bytes,
    http::{StatusCode, header, request::Parts},
};

use crate::{faults::Fault, state::lock};

/// How many requests are remembered.
const KEPT: usize = 50_000;

/// A request as the sandbox received it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path without the query, as sent.
    pub path: String,
    /// The query without its question mark, as sent; empty if there is none.
    pub query: String,
    /// The headers with lower-case names, without `authorization` and `cookie`.
    pub headers: Vec<(String, String)>,
    /// Whether there was an `Authorization` header.
    pub authorized: bool,
    /// The body as text. Those of token requests hold secrets, but only the sandbox's.
    pub body: String,
    /// The answer's status; none while the request is under way or if its connection was cut.
    pub status: Option<u16>,
    /// The fault that it met, as a text of those that [`Fault`] takes.
    pub fault: Option<String>,
}

impl LoggedRequest {
    /// A header by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// The requests so far, with the number of those that were forgotten.
#[derive(Default)]
pub(crate) struct Log(Mutex<(VecDeque<LoggedRequest>, usize)>);

impl Log {
    /// Notes a request; the number that is answered finds it again.
    pub(crate) fn note(&self, parts: &Parts, body: &Bytes, fault: Option<&Fault>) -> usize {
        let headers = parts
            .headers
            .iter()
            .filter(|(name, _)| **name != header::AUTHORIZATION && **name != header::COOKIE);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let entry = LoggedRequest {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: headers.map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect(),
            authorized: parts.headers.contains_key(header::AUTHORIZATION),
            body: text(body),
            status: None,
            fault: fault.map(Fault::name),
        };
        let mut log = lock(&self.0);
        log.0.push_back(entry);
        if log.0.len() > KEPT {
            log.0.pop_front();
            log.1 += 1;
        }
        log.1 + log.0.len() - 1
    }

    pub(crate) fn finish(&self, number: usize, status: StatusCode) {
        let mut log = lock(&self.0);
        let forgotten = log.1;
        if let Some(entry) = number.checked_sub(forgotten).and_then(|at| log.0.get_mut(at)) {
            entry.status = Some(status.as_u16());
        }
    }

    pub(crate) fn all(&self) -> Vec<LoggedRequest> {
        lock(&self.0).0.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        let mut log = lock(&self.0);
        log.1 += log.0.len();
        log.0.clear();
    }
}
