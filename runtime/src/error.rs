//! What can go wrong, with what a caller needs to act on it.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::auth::{AuthError, AuthorizationRequired};
use crate::meta::{ActionMeta, ConnectorMeta, Effect, ErrorMeta};
use crate::pipeline::Told;
use crate::redact::{self, Said};
use crate::value::ReadError;

/// Everything that executing an action can end in, other than its output.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument cannot be sent. Nothing was sent.
    #[error("{action}: argument `{argument}`: {message}")]
    InvalidArgument {
        /// The action, `deals.get`.
        action: &'static str,
        /// The argument's name.
        argument: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// Arguments that were given as data do not fit what the spec declares. Nothing was sent.
    #[error("{action}: {}", listed(problems))]
    InvalidArguments {
        /// The action, `deals.create`.
        action: &'static str,
        /// Everything that is wrong with them.
        problems: Vec<ArgumentProblem>,
    },
    /// The connection was not granted a scope that the action needs. Nothing was sent.
    #[error(transparent)]
    MissingScopes(Box<MissingScopes>),
    /// The client was not set up for this. Nothing was sent.
    #[error("{0}")]
    Configuration(String),
    /// A person must open a link first: the connection is missing, or the provider took it back. Nothing was sent, or what
    /// was sent was refused.
    #[error("{} must be authorized for `{}` first; send the person its link", .0.provider, .0.connection)]
    AuthorizationRequired(Box<AuthorizationRequired>),
    /// There is no token, and it is not for a person to mend.
    #[error("no access token")]
    Authorization(#[source] Box<AuthError>),
    /// The request was never sent in whole: no connection could be made.
    #[error("{action}: cannot connect to {host}")]
    Connect {
        /// The action.
        action: &'static str,
        /// Where to.
        host: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// A read failed on its way; it can be sent again.
    #[error("{action}: the answer did not arrive")]
    Transport {
        /// The action.
        action: &'static str,
        /// Why: a failure on the way, or that the time was up.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A write was sent and its answer did not arrive: the server may have carried it out.
    #[error(
        "{action}: the answer did not arrive, so the server may or may not have carried it out; {}",
        again(idempotency_key.as_deref(), *look_with)
    )]
    OutcomeUnknown {
        /// The action.
        action: &'static str,
        /// The key that the request had, where the API knows such: sent again with
        /// [`CallOptions::idempotency_key`](crate::CallOptions::idempotency_key), it is not carried out twice.
        idempotency_key: Option<String>,
        /// The action that shows what was done: `deals.search`.
        look_with: Option<&'static str>,
        /// Why: a failure on the way, or an [`ApiError`] with a status (5xx, 408) that leaves it open.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The request could not be sent before its deadline: there was no token yet, or a rate limit did not let it through. Where a
    /// limit is known to open too late, that is told at once.
    #[error(
        "{action}: it could not be sent before its deadline{}",
        .limit.map(|limit| format!(": the rate limit `{limit}` is used up")).unwrap_or_default()
    )]
    DeadlineExceeded {
        /// The action.
        action: &'static str,
        /// The rate limit that opens too late, where that is why.
        limit: Option<&'static str>,
    },
    /// The pages of a list contradict each other, so that it would never end or lose records; what came before is sound.
    #[error("{action}: {problem}")]
    Pagination {
        /// The action.
        action: &'static str,
        /// What is wrong with the pages.
        problem: String,
    },
    /// The API answered with an error.
    #[error(transparent)]
    Api(Box<ApiError>),
    /// The API answered with success, but not in the form that the spec declares.
    #[error(transparent)]
    Decode(Box<DecodeError>),
}

impl Error {
    /// Whether sending the same again can help and does no harm.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::Transport { .. } => true,
            Self::Api(error) => error.is_retryable(),
            Self::Authorization(error) => error.is_transient(),
            Self::InvalidArgument { .. }
            | Self::InvalidArguments { .. }
            | Self::MissingScopes(_)
            | Self::AuthorizationRequired(_)
            | Self::Configuration(_)
            | Self::DeadlineExceeded { .. }
            | Self::OutcomeUnknown { .. }
            | Self::Pagination { .. }
            | Self::Decode(_) => false,
        }
    }

    /// Whether the answer did not arrive in the time that it was given.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Transport { source, .. } | Self::OutcomeUnknown { source, .. } => {
                source.is::<TimedOut>()
                    || source.downcast_ref().is_some_and(reqwest::Error::is_timeout)
                    || source.downcast_ref().is_some_and(Self::is_timeout)
            }
            Self::Connect { source, .. } => source.is_timeout(),
            _ => false,
        }
    }

    /// HTTP's status, where the API answered.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Api(error) => Some(error.status),
            Self::Decode(error) => Some(error.status),
            _ => None,
        }
    }

    /// The API's own error.
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the record or address does not exist (404).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// Whether the record exists already (409).
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(StatusCode::CONFLICT)
    }

    /// Whether a rate limit was hit; see [`ApiError::rate_limited`].
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.api().is_some_and(|error| error.rate_limited)
    }

    /// Whether the token is missing, wrong or expired (401).
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.status() == Some(StatusCode::UNAUTHORIZED)
    }
}

/// What to do where nobody knows whether the server has acted.
fn again(idempotency_key: Option<&str>, look_with: Option<&str>) -> String {
    match (idempotency_key, look_with) {
        (Some(key), _) => format!("it can be sent again with the idempotency key `{key}`"),
        (None, Some(action)) => format!("look with `{action}` before you send it again"),
        (None, None) => "look before you send it again".to_owned(),
    }
}

/// One argument that does not fit, or is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArgumentProblem {
    /// Which: `dealname`, `inputs[3].amount`.
    pub argument: String,
    /// What is wrong, what is expected, and what was probably meant.
    pub message: String,
}

fn listed(problems: &[ArgumentProblem]) -> String {
    let problems = problems.iter().map(|ArgumentProblem { argument, message }| match argument.as_str() {
        "" => message.clone(),
        argument => format!("`{argument}`: {message}"),
    });
    problems.collect::<Vec<_>>().join("; ")
}

/// A connection that was not granted what an action needs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MissingScopes {
    /// The action, `deals.create`.
    pub action: &'static str,
    /// The connection.
    pub connection: String,
    /// Scopes that the action needs and the connection lacks.
    pub missing: Vec<String>,
    /// Scopes of which the action needs one, where the connection has none of them.
    pub one_of: Vec<String>,
    /// What was granted.
    pub granted: Vec<String>,
    /// The link with which a person grants them; `None` where the authorization profile does not ask for them.
    pub authorize: Option<AuthorizationRequired>,
}

impl std::fmt::Display for MissingScopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { action, connection, .. } = self;
        write!(f, "{action}: the connection `{connection}` was not granted ")?;
        let all = self.missing.iter().map(|scope| format!("`{scope}`")).collect::<Vec<_>>().join(", ");
        let one = self.one_of.iter().map(|scope| format!("`{scope}`")).collect::<Vec<_>>().join(", ");
        match (all.as_str(), one.as_str()) {
            (all, "") => write!(f, "the scope {all}")?,
            ("", one) => write!(f, "one of the scopes {one}")?,
            (all, one) => write!(f, "the scope {all} and one of {one}")?,
        }
        write!(f, "; it has {}", if self.granted.is_empty() { "none" } else { "" })?;
        f.write_str(&self.granted.iter().map(|scope| format!("`{scope}`")).collect::<Vec<_>>().join(", "))?;
        f.write_str(match self.authorize {
            Some(_) => "; authorize it again",
            None => "; add it to the authorization profile and authorize again",
        })
    }
}

impl std::error::Error for MissingScopes {}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self::Decode(Box::new(error))
    }
}

/// The time of an attempt was up.
#[derive(Debug, thiserror::Error)]
#[error("no answer came in time; `timeout` and `deadline` say how long that is")]
pub(crate) struct TimedOut;

/// An error that the API answered with.
#[derive(Clone)]
#[non_exhaustive]
pub struct ApiError {
    /// The action, `deals.create`.
    pub action: &'static str,
    /// HTTP's status.
    pub status: StatusCode,
    /// The API's own kind, `VALIDATION_ERROR`.
    pub category: Option<String>,
    /// A finer kind.
    pub sub_category: Option<String>,
    /// A sentence for people, in the API's words; a token that it repeats is left out, as is what looks like one.
    pub message: Option<String>,
    /// The API's id of this call, for its support.
    pub correlation_id: Option<String>,
    /// Single problems, with the fields they are about.
    pub details: Vec<ErrorDetail>,
    /// Scopes of which the API says that the token lacks one or more.
    pub missing_scopes: Vec<String>,
    /// How long to wait, where the API says it: by `Retry-After` (RFC 9110 §10.2.3), or by when a rate limit that is used up begins anew.
    pub retry_after: Option<Duration>,
    /// Whether it says that a rate limit is exceeded: 429 does, and what the spec tells of other statuses.
    pub rate_limited: bool,
    /// The start of the body, up to 8 KiB, as it came but for the token of the request. It may hold other secrets.
    pub body: String,
}

/// One problem of an [`ApiError`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ErrorDetail {
    /// A sentence for people.
    pub message: Option<String>,
    /// A machine-readable code, `PROPERTY_DOESNT_EXIST`.
    pub code: Option<String>,
    /// The field that it is about.
    pub field: Option<String>,
}

impl ErrorDetail {
    fn hidden(self, secrets: &[&str]) -> Self {
        let [message, code, field] =
            [self.message, self.code, self.field].map(|text| text.map(|text| hidden(&text, secrets)));
        Self { message, code, field }
    }
}

/// What an API says, without these secrets and what looks like one.
pub(crate) fn hidden(text: &str, secrets: &[&str]) -> String {
    redact::redacted(&redact::without(text, secrets), Said::ByApi)
}

/// What is kept of a body.
fn start(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(8 * 1024)]).into_owned()
}

impl ApiError {
    pub(crate) fn read(
        action: &'static str,
        connector: &ConnectorMeta,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        token: Option<&str>,
    ) -> Self {
        let meta = &connector.errors;
        // A shorter one is a word of a test, and would take the letters out of others.
        let token = token.filter(|token| token.len() >= redact::MIN_CREDENTIALS);
        let secrets = token.as_slice();
        // A gateway's HTML page or an empty body is an error too: every part of the body is optional.
        let json: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |pointer: Option<&str>| json.pointer(pointer?)?.as_str().map(str::to_owned);
        let said = |pointer: Option<&str>| text(pointer).map(|text| hidden(&text, secrets));
        let header = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
        let rule = connector.retries.iter().find(|rule| rule.status == status.as_u16());
        let of_limit = status == StatusCode::TOO_MANY_REQUESTS || rule.is_some_and(|rule| rule.rate_limited);
        let retry_after = header("retry-after").and_then(|value| retry_after(&value));
        let retry_after = retry_after.or_else(|| {
            let mut limits = connector.rate_limits.iter().filter(|_| of_limit);
            limits.find_map(|limit| Told::read(limit, headers).used_up_for())
        });
        Self {
            action,
            status,
            category: said(meta.category),
            sub_category: said(meta.sub_category),
            message: said(meta.message),
            correlation_id: text(meta.correlation_id).or_else(|| header(meta.correlation_header?)),
            details: details(&json, meta).into_iter().map(|detail| detail.hidden(secrets)).collect(),
            missing_scopes: missing_scopes(&json, meta),
            rate_limited: of_limit
                && (retry_after.is_some() || !rule.is_some_and(|rule| rule.needs_retry_after)),
            retry_after,
            body: redact::without(&start(body), secrets).into_owned(),
        }
    }

    /// Whether the API asks to come back later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.rate_limited || matches!(self.status.as_u16(), 423 | 477 | 502 | 503 | 504)
    }
}

pub(crate) fn details(json: &Value, meta: &ErrorMeta) -> Vec<ErrorDetail> {
    let Some(at) = &meta.details else { return Vec::new() };
    let detail = |one: &Value| {
        let text = |pointer: Option<&str>| one.pointer(pointer?)?.as_str().map(str::to_owned);
        // A problem that is nothing but a sentence.
        let message = one.as_str().map(str::to_owned).or_else(|| text(at.message));
        ErrorDetail { message, code: text(at.code), field: text(at.field) }.hidden(&[])
    };
    match json.pointer(at.at) {
        Some(Value::Array(list)) => list.iter().map(detail).collect(),
        Some(one @ Value::Object(_)) => {
            Some(detail(one)).filter(|detail| *detail != ErrorDetail::default()).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn missing_scopes(json: &Value, meta: &ErrorMeta) -> Vec<String> {
    let lists = meta.missing_scopes.iter().filter_map(|pointer| json.pointer(pointer)?.as_array());
    lists.flatten().filter_map(|scope| scope.as_str().map(str::to_owned)).collect()
}

/// Seconds, or a date of the form that RFC 9110 §5.6.7 prescribes.
fn retry_after(value: &str) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    let wait = date.duration_since(jiff::Timestamp::now());
    Some(Duration::try_from(wait).unwrap_or(Duration::ZERO))
}

impl ApiError {
    /// The message without a list of problems that it spells out as JSON, where the details say the same. HubSpot's
    /// validation errors do so.
    fn sentence<'a>(&self, message: &'a str) -> &'a str {
        let Some(at) = message.find(['[', '{']).filter(|_| !self.details.is_empty()) else { return message };
        match serde_json::from_str::<Value>(&message[at..]) {
            Ok(Value::Array(_) | Value::Object(_)) => message[..at].trim_end_matches([' ', ':']),
            _ => message,
        }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: HTTP {}", self.action, self.status)?;
        if let Some(category) = &self.category {
            write!(f, " {category}")?;
        }
        match &self.message {
            Some(message) => write!(f, ": {}", self.sentence(message))?,
            None if self.body.trim().is_empty() => write!(f, ", without a body")?,
            None => {
                // In this order: the start of a token does not look like one.
                let start: String =
                    redact::redacted(self.body.trim(), Said::ByApi).chars().take(200).collect();
                write!(f, ": {}", start.trim_end())?;
            }
        }
        for detail in &self.details {
            if let Some(message) =
                detail.message.as_ref().filter(|message| Some(*message) != self.message.as_ref())
            {
                write!(f, "; {message}")?;
            }
        }
        if !self.missing_scopes.is_empty() {
            write!(f, "; the token lacks one of the scopes {}", self.missing_scopes.join(", "))?;
        }
        if let Some(id) = &self.correlation_id {
            write!(f, " (correlation id {id})")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}

/// Without the body, which says the same once more and at length.
impl std::fmt::Debug for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiError")
            .field("action", &self.action)
            .field("status", &self.status)
            .field("category", &self.category)
            .field("message", &self.message)
            .field("details", &self.details)
            .field("missing_scopes", &self.missing_scopes)
            .field("retry_after", &self.retry_after)
            .field("correlation_id", &self.correlation_id)
            .finish_non_exhaustive()
    }
}

/// A successful answer that does not have the form which the spec declares.
#[non_exhaustive]
pub struct DecodeError {
    /// The action.
    pub action: &'static str,
    /// HTTP's status.
    pub status: StatusCode,
    /// What the action does. Unless it reads, the server *has carried it out*: do not send it again.
    pub effect: Effect,
    /// What is wrong with the answer.
    pub problem: String,
    /// The start of the body, up to 8 KiB, as it came. It may hold secrets.
    pub body: String,
}

impl DecodeError {
    pub(crate) fn new(
        action: &'static str,
        status: StatusCode,
        effect: Effect,
        error: &ReadError,
        body: &[u8],
    ) -> Self {
        let problem = match error {
            ReadError::Syntax(error) => format!("the answer is not the JSON that was expected: {error}"),
            ReadError::Root(expected) => format!("the answer is not {expected}"),
            ReadError::Missing(fields) => format!("the answer lacks {}", fields.join(", ")),
            ReadError::Page(why) => format!("the answer leads to no further page: {why}"),
        };
        Self { action, status, effect, problem, body: start(body) }
    }

    pub(crate) fn too_large(action: &ActionMeta, status: StatusCode, bytes: usize, body: &[u8]) -> Self {
        let problem = format!("the answer is larger than {bytes} bytes; raise `max_body` if that is meant");
        Self { action: action.name, status, effect: action.effect, problem, body: start(body) }
    }
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: HTTP {}, but {}", self.action, self.status, self.problem)?;
        if self.effect != Effect::Read {
            f.write_str("; the server has carried it out, do not send it again")?;
        }
        Ok(())
    }
}

impl std::error::Error for DecodeError {}

/// Without the body: what was made, such as a token, may be in it.
impl std::fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DecodeError")
            .field("action", &self.action)
            .field("status", &self.status)
            .field("effect", &self.effect)
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}
