//! Faults to inject: what the next matching requests, or every so-many-th one, meet instead of a healthy server.

use std::{str::FromStr, sync::Mutex, time::Duration};

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};

use crate::state::lock;

/// A fault that the next matching requests meet, or every so-many-th one.
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
///
/// From a text, as `connector sandbox --fault` takes it:
///
/// | text | fault |
/// | --- | --- |
/// | `429` | an answer with this status and no body |
/// | `429+2` | the same, and `Retry-After: 2` |
/// | `502html` | the same with a gateway's HTML page |
/// | `cut-unread` | the connection is reset before the request's body is read |
/// | `cut` | it is reset after that, without carrying the request out |
/// | `cut-acted` | the request is carried out, and the connection is reset in place of an answer |
/// | `300ms`, `2s` | a late answer |
#[derive(Debug, Clone)]
#[must_use = "a fault does nothing until it is injected"]
pub struct Fault {
    method: Option<String>,
    path: String,
    times: u32,
    effect: Effect,
    pub(crate) reads: bool,
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
        Self {
            method: None,
            path: String::new(),
            times: 1,
            effect,
            reads: true,
            acts,
            latency: Duration::ZERO,
        }
    }

    /// An answer with this status and an empty body, without carrying the request out.
    pub fn status(status: u16) -> Self {
        Self::new(Effect::Answer { status, headers: Vec::new(), body: String::new() }, false)
    }

    /// The connection is reset (a TCP RST) in place of an answer, without carrying the request out.
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

    /// Resets the connection of [`cut`](Self::cut) when the request's head has arrived, without reading its body: much as a
    /// server does that goes down.
    pub fn before_reading(mut self) -> Self {
        self.reads = false;
        self
    }

    /// What the log shows of it: the text that [`from_str`](FromStr::from_str) would take.
    pub(crate) fn name(&self) -> String {
        match &self.effect {
            Effect::Cut if !self.reads => "cut-unread".to_owned(),
            Effect::Cut if self.acts => "cut-acted".to_owned(),
            Effect::Cut => "cut".to_owned(),
            Effect::Pass => format!("{}ms", self.latency.as_millis()),
            Effect::Answer { status, headers, body } => {
                let after = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
                let after = after.map(|(_, value)| format!("+{value}")).unwrap_or_default();
                format!("{status}{after}{}", if body.contains("<html") { "html" } else { "" })
            }
        }
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

/// A gateway's page.
const HTML: &str = "<html><head><title>Error</title></head><body>The server is busy.</body></html>";

/// A text that names no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no fault; use a status (`429`, `429+2`, `502html`), `cut-unread`, `cut`, `cut-acted` or a time (`300ms`)"
)]
pub struct NoFault(String);

impl FromStr for Fault {
    type Err = NoFault;

    fn from_str(text: &str) -> Result<Self, NoFault> {
        let wrong = || NoFault(text.to_owned());
        let millis = |number: &str, factor: u64| {
            let millis = number.parse().ok().and_then(|number: u64| number.checked_mul(factor));
            millis.map(|millis| Self::latency(Duration::from_millis(millis))).ok_or_else(wrong)
        };
        match text {
            "cut-unread" => return Ok(Self::cut().before_reading()),
            "cut" => return Ok(Self::cut()),
            "cut-acted" => return Ok(Self::cut().after_acting()),
            _ => {}
        }
        if let Some(number) = text.strip_suffix("ms") {
            return millis(number, 1);
        }
        if let Some(number) = text.strip_suffix('s') {
            return millis(number, 1000);
        }
        let (text, body) = text.strip_suffix("html").map_or((text, ""), |text| (text, HTML));
        let (status, after) =
            text.split_once('+').map_or((text, None), |(status, after)| (status, Some(after)));
        let status = status.parse().ok().filter(|status| (200..=999).contains(status)).ok_or_else(wrong)?;
        let fault = Self::status(status).body(body);
        Ok(match after {
            Some(after) => {
                fault.header("retry-after", &after.parse::<u32>().map_err(|_| wrong())?.to_string())
            }
            None => fault,
        })
    }
}

/// The faults of one sandbox.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    /// For the next requests that match, in the order of their injection.
    next: Vec<Fault>,
    rounds: Vec<Round>,
}

/// Faults that every so-many-th request meets, one after the other.
struct Round {
    every: u32,
    faults: Vec<Fault>,
    requests: u32,
    met: usize,
}

impl Faults {
    pub(crate) fn inject(&self, fault: Fault) {
        if fault.times > 0 {
            lock(&self.0).next.push(fault);
        }
    }

    pub(crate) fn inject_every(&self, every: u32, faults: Vec<Fault>) {
        if every > 0 && !faults.is_empty() {
            lock(&self.0).rounds.push(Round { every, faults, requests: 0, met: 0 });
        }
    }

    pub(crate) fn clear(&self) {
        *lock(&self.0) = Waiting::default();
    }

    /// The first fault that matches; used up when it has met as many requests as it should.
    pub(crate) fn take(&self, method: &str, path: &str) -> Option<Fault> {
        let mut waiting = lock(&self.0);
        // Each counts every request, also where another's fault comes first.
        let turns = waiting.rounds.iter_mut().filter_map(|round| round.turn(method, path));
        let turn = turns.fold(None, |first: Option<Fault>, fault| first.or(Some(fault)));
        let Some(at) = waiting.next.iter().position(|fault| fault.matches(method, path)) else { return turn };
        waiting.next[at].times -= 1;
        if waiting.next[at].times == 0 {
            Some(waiting.next.remove(at))
        } else {
            Some(waiting.next[at].clone())
        }
    }
}

impl Round {
    /// Counts a request; its fault, if it is its turn and the fault is for requests like it.
    fn turn(&mut self, method: &str, path: &str) -> Option<Fault> {
        self.requests = (self.requests + 1) % self.every;
        if self.requests != 0 {
            return None;
        }
        let fault =
            self.faults.get(self.met % self.faults.len()).filter(|fault| fault.matches(method, path))?;
        self.met += 1;
        Some(fault.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_what_its_text_says() {
        for text in ["429", "429+2", "502html", "503+1html", "cut", "cut-unread", "cut-acted", "300ms"] {
            assert_eq!(text.parse::<Fault>().map(|fault| fault.name()).as_deref(), Ok(text));
        }
        assert_eq!("2s".parse::<Fault>().map(|fault| fault.latency), Ok(Duration::from_secs(2)));
        for bad in ["", "99", "1000", "slow", "429+", "429+soon", "cuts", "s", "-1s", "99999999999999999999s"]
        {
            assert!(bad.parse::<Fault>().is_err(), "{bad}");
        }
    }

    #[test]
    fn rounds_count_all_requests_and_take_turns() {
        let faults = Faults::default();
        faults.inject_every(2, vec![Fault::status(1), Fault::status(2)]);
        faults.inject_every(3, vec![Fault::status(3)]);
        let met: String =
            (0..12).map(|_| faults.take("GET", "/").map_or("-".to_owned(), |fault| fault.name())).collect();
        // The sixth and the twelfth are the turn of both: the first has it.
        assert_eq!(met, "-132-1-231-2");
    }
}
