//! Faults to inject: what the next matching requests meet instead of a healthy server.

use std::{sync::Mutex, time::Duration};

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};

use crate::state::lock;

/// A fault that the next matching requests meet.
///
/// ```
/// use std::time::Duration;
/// use typed_connector_sandbox::Fault;
///
/// // The next two searches are answered with 429.
/// Fault::status(429).header("retry-after", "1").method("POST").path("/crm/v3/objects/deals/search").times(2);
/// // The next request is carried out, but its answer is lost.
/// Fault::cut().after_acting();
/// // A slow answer.
/// Fault::latency(Duration::from_millis(300));
/// ```
#[derive(Debug, Clone)]
#[must_use = "a fault does nothing until it is injected"]
pub struct Fault {
    method: Option<String>,
    path: String,
    times: u32,
    effect: Effect,
    pub(crate) acts: bool,
    pub(crate) latency: Duration,
}

#[derive(Debug, Clone)]
enum Effect {
    Pass,
    Answer { status: u16, headers: Vec<(String, String)>, body: String },
    Cut,
}

/// What a faulty request ends in.
pub(crate) enum Outcome {
    Answer(Response),
    Cut,
}

impl Fault {
    fn new(effect: Effect, acts: bool) -> Self {
        Self { method: None, path: String::new(), times: 1, effect, acts, latency: Duration::ZERO }
    }

    /// An answer with this status and an empty body, without carrying the request out.
    pub fn status(status: u16) -> Self {
        Self::new(Effect::Answer { status, headers: Vec::new(), body: String::new() }, false)
    }

    /// The connection ends without an answer and without carrying the request out.
    pub fn cut() -> Self {
        Self::new(Effect::Cut, false)
    }

    /// The request is carried out and answered, but only after this time.
    pub fn latency(latency: Duration) -> Self {
        Self { latency, ..Self::new(Effect::Pass, true) }
    }

    /// Adds a header to the answer of [`status`](Self::status); a cut or slow request has none of its own.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Effect::Answer { headers, .. } = &mut self.effect {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Sets the answer's body.
    pub fn body(mut self, text: impl Into<String>) -> Self {
        if let Effect::Answer { body, .. } = &mut self.effect {
            *body = text.into();
        }
        self
    }

    /// Sets a JSON body.
    pub fn json(self, body: &serde_json::Value) -> Self {
        self.header("content-type", "application/json;charset=utf-8").body(body.to_string())
    }

    /// Only for requests with this method.
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_ascii_uppercase());
        self
    }

    /// Only for requests whose path begins so.
    pub fn path(mut self, prefix: impl Into<String>) -> Self {
        self.path = prefix.into();
        self
    }

    /// How many requests meet the fault; one, if not said otherwise.
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Waits before anything else.
    pub fn delayed(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Carries the request out first: what the client meets does not tell that it was.
    pub fn after_acting(mut self) -> Self {
        self.acts = true;
        self
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted == method) && path.starts_with(&self.path)
    }

    /// The end of a faulty request; `acted` is the answer of the handler, if it ran.
    pub(crate) fn outcome(&self, acted: Option<Response>) -> Outcome {
        match &self.effect {
            Effect::Cut => Outcome::Cut,
            Effect::Pass => Outcome::Answer(acted.unwrap_or_else(|| StatusCode::NO_CONTENT.into_response())),
            Effect::Answer { status, headers, body } => {
                let mut response = Response::new(Body::from(body.clone()));
                *response.status_mut() =
                    StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                if !body.is_empty() {
                    response
                        .headers_mut()
                        .insert(CONTENT_TYPE, HeaderValue::from_static("text/html;charset=utf-8"));
                }
                for (name, value) in headers {
                    if let (Ok(name), Ok(value)) =
                        (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value))
                    {
                        response.headers_mut().insert(name, value);
                    }
                }
                Outcome::Answer(response)
            }
        }
    }
}

/// The faults that wait, in the order of their injection.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn inject(&self, fault: Fault) {
        if fault.times > 0 {
            lock(&self.0).push(fault);
        }
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }

    /// The first fault that matches; used up when it has met as many requests as it should.
    pub(crate) fn take(&self, method: &str, path: &str) -> Option<Fault> {
        let mut waiting = lock(&self.0);
        let at = waiting.iter().position(|fault| fault.matches(method, path))?;
        waiting[at].times -= 1;
        if waiting[at].times == 0 { Some(waiting.remove(at)) } else { Some(waiting[at].clone()) }
    }
}
