//! Spans of calls and their attempts, named after OpenTelemetry's semantic conventions for HTTP clients (1.23 and later).
//!
//! A call is an internal span with the action's name; each attempt in it is a client span. Addresses are shown by their template: an
//! argument in a path can be personal data, such as a contact's email address.

use std::fmt::{self, Display, Formatter};
use std::future::poll_fn;
use std::pin::Pin;

use http::Version;
use tracing::Span;
use tracing::field::Empty;

use super::Core;
use super::send::Received;
use crate::error::Error;
use crate::meta::{ActionMeta, Piece};

/// One call.
pub(super) fn call(action: &'static ActionMeta) -> Span {
    tracing::debug_span!(
        "call",
        otel.name = action.name,
        otel.kind = "internal",
        error.type = Empty,
        otel.status_code = Empty,
    )
}

/// One attempt of a call, counted from 1.
pub(super) fn attempt(core: &Core, action: &'static ActionMeta, number: u32) -> Span {
    let template = Template { core, action, with_server: false };
    let span = tracing::debug_span!(
        "attempt",
        otel.name = %Name(&template),
        otel.kind = "client",
        http.request.method = action.method,
        http.request.resend_count = Empty,
        http.response.status_code = Empty,
        server.address = server_address(core),
        server.port = core.base_url.port_or_known_default(),
        url.full = %Template { with_server: true, ..template },
        url.template = %template,
        network.protocol.version = Empty,
        error.type = Empty,
        otel.status_code = Empty,
    );
    if number > 1 {
        span.record("http.request.resend_count", number - 1);
    }
    span
}

/// The work within a span. Unlike tracing's own, it does not move what can be large.
pub(super) fn within<F: Future>(span: &Span, mut work: Pin<&mut F>) -> impl Future<Output = F::Output> {
    poll_fn(move |context| {
        let _within = span.enter();
        work.as_mut().poll(context)
    })
}

/// The server's name or address, an IPv6 one without its brackets.
pub(super) fn server_address(core: &Core) -> &str {
    core.base_url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']')
}

/// How an attempt went.
pub(super) fn record(span: &Span, outcome: Result<&Received, &Error>) {
    if span.is_disabled() {
        return;
    }
    match outcome {
        Ok(received) => {
            span.record("http.response.status_code", received.status.as_u16());
            let version = match received.version {
                Version::HTTP_10 => "1.0",
                Version::HTTP_2 => "2",
                Version::HTTP_3 => "3",
                _ => "1.1",
            };
            span.record("network.protocol.version", version);
            if received.status.is_client_error() || received.status.is_server_error() {
                failed(span, received.status.as_str());
            }
        }
        Err(error) => failed(span, failure(error)),
    }
}

/// The error that a call or an attempt ended in.
pub(super) fn failed(span: &Span, kind: &str) {
    span.record("error.type", kind);
    span.record("otel.status_code", "ERROR");
}

/// The error that a call ended in, as `error.type`: a status, or a word of those that `failure` has.
pub(super) fn ended(span: &Span, error: &Error) {
    if span.is_disabled() {
        return;
    }
    match error.status() {
        Some(status) if error.api().is_some() => failed(span, status.as_str()),
        _ => failed(span, failure(error)),
    }
}

/// A word for what went wrong, one of few, as metrics need it.
pub(super) fn failure(error: &Error) -> &'static str {
    match error {
        Error::Connect { .. } => "connect",
        _ if error.is_timeout() => "timeout",
        Error::Transport { .. } => "transport",
        Error::OutcomeUnknown { .. } => "outcome_unknown",
        Error::DeadlineExceeded { .. } => "deadline_exceeded",
        Error::Authorization(_) | Error::AuthorizationRequired(_) | Error::MissingScopes(_) => {
            "authorization"
        }
        Error::Decode(_) => "decode",
        Error::InvalidArgument { .. } | Error::InvalidArguments { .. } => "invalid_argument",
        Error::Configuration(_) => "configuration",
        _ => "other",
    }
}

/// An action's address with its arguments' names in place of their values.
#[derive(Clone, Copy)]
struct Template<'a> {
    core: &'a Core,
    action: &'static ActionMeta,
    with_server: bool,
}

impl Display for Template<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.with_server {
            f.write_str(&self.core.base_url[..url::Position::BeforePath])?;
        }
        f.write_str(self.core.base_url.path().trim_end_matches('/'))?;
        let version = self.core.connector.api_versions.get(self.core.version);
        for piece in self.action.path {
            match piece {
                Piece::Literal(literal) => f.write_str(literal)?,
                Piece::Base(index) => {
                    f.write_str(version.and_then(|version| version.paths.get(*index)).unwrap_or(&""))?;
                }
                Piece::Argument(index) => {
                    let field = self.action.args.fields.get(usize::from(*index));
                    write!(f, "{{{}}}", field.map_or("?", |field| field.name))?;
                }
            }
        }
        Ok(())
    }
}

/// The name of an attempt's span: `{method} {template}`.
struct Name<'a>(&'a Template<'a>);

impl Display for Name<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.action.method, self.0)
    }
}
