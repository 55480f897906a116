//! One call: as many attempts as it takes and may be made.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::header::IF_NONE_MATCH;

use super::idempotency::{self, Key};
use super::retry::{is_ambiguous, is_harmless, unprocessed};
use super::send::{Received, unknown};
use super::{Answer, Attempt, CallOptions, Core, build, classify, send, server_time, span};
use crate::auth::AccessToken;
use crate::error::Error;
use crate::meta::{ActionMeta, ConnectorMeta, Effect};
use crate::value::Args;

/// A call until its answer is there.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send>>;

impl Core {
    /// Executes one action.
    async fn call(
        &self,
        action: &'static ActionMeta,
        mut args: Args,
        options: &CallOptions,
    ) -> Result<Answer, Error> {
        if options.if_none_match.is_some() && !matches!(action.method, "GET" | "HEAD") {
            let why = "only what is read by GET can be asked for if it has changed";
            return Err(Error::Configuration(format!("{}: {why}", action.name)));
        }
        build::add_presets(action, &mut args)?;
        let call = Call {
            core: self,
            action,
            args: &args,
            options,
            key: idempotency::key(action, options)?,
            harmless: options.idempotent.unwrap_or_else(|| is_harmless(action)),
            ends: after(Instant::now(), options.deadline.unwrap_or(self.deadline)),
        };
        let span = span::call(action);
        let mut outcome = span::within(&span, pin!(call.run())).await;
        if let Err(error) = &mut outcome {
            span::ended(&span, error);
            if let Error::OutcomeUnknown { idempotency_key, .. } = error {
                *idempotency_key = call.key.map(|key| key.text);
            }
        }
        outcome
    }

    /// The same as a future of one known type, so that it is compiled here and not once more in each crate that makes a call: the
    /// compiler builds an async function where somebody awaits it.
    pub(crate) fn answering(
        self: Arc<Self>,
        action: &'static ActionMeta,
        args: Args,
        options: CallOptions,
    ) -> Answering {
        Box::pin(async move { self.call(action, args, &options).await })
    }

    /// The first request of a call, without its token.
    #[cfg(feature = "dynamic")]
    pub(crate) fn preview(
        &self,
        action: &'static ActionMeta,
        mut args: Args,
    ) -> Result<reqwest::Request, Error> {
        build::add_presets(action, &mut args)?;
        build::request(self, action, &args, None)
    }

    /// Tells the observers how a call has failed.
    pub(crate) fn failed(&self, action: &'static ActionMeta, error: &Error) {
        for observer in &*self.observers {
            observer.failed(action, error);
        }
    }
}

struct Call<'a> {
    core: &'a Core,
    action: &'static ActionMeta,
    args: &'a Args,
    options: &'a CallOptions,
    /// Sent with every attempt, so that the API carries out no more than one of them.
    key: Option<Key>,
    /// Whether sending it twice does what sending it once does.
    harmless: bool,
    ends: Instant,
}

impl Call<'_> {
    async fn run(&self) -> Result<Answer, Error> {
        let core = self.core;
        let policy = self.options.retry.as_ref().unwrap_or(&core.retry);
        let mut token = self.in_time(pin!(core.credentials.token())).await??;
        if core.checks_scopes {
            self.in_time(pin!(core.credentials.permit(self.action))).await??;
        }
        let mut replaced = false;
        let mut attempt = 1;
        // Whether an attempt may have been carried out, although the next was made.
        let mut acted = false;
        loop {
            let error = match self.attempt(attempt, token.as_ref()).await {
                Ok(answer) => {
                    core.retry_budget.earn();
                    return Ok(answer);
                }
                Err(error) => error,
            };
            // A refused token proves that the server did not act, so that any action can be sent again, once.
            if error.is_unauthorized()
                && !replaced
                && let Some(refused) = &token
            {
                let other = self.in_time(pin!(core.credentials.replacement(refused))).await;
                if let Some(other) =
                    other.and_then(|other| other).map_err(|error| self.ended(error, acted))?
                {
                    (token, replaced) = (Some(other), true);
                    continue;
                }
            }
            let may_repeat = self.harmless || self.key.is_some();
            let Some(wait) = policy.wait(core.connector, may_repeat, &error, attempt) else {
                return Err(self.ended(error, acted));
            };
            if wait >= self.left() || !core.retry_budget.spend() {
                return Err(self.ended(error, acted));
            }
            acted |= may_have_acted(core.connector, &error);
            if error.is_rate_limited() {
                core.limits.block(self.action.rate_limit, wait);
            }
            tracing::debug!(attempt, wait_ms = wait.as_millis(), %error, "attempt failed, it is made again");
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// The request of an attempt, with what others add to it.
    fn request(&self, number: u32, token: Option<&AccessToken>) -> Result<reqwest::Request, Error> {
        let mut request = build::request(self.core, self.action, self.args, token)?;
        if let Some(tag) = &self.options.if_none_match {
            request.headers_mut().insert(IF_NONE_MATCH, tag.clone());
        }
        for observer in &*self.core.observers {
            extra_headers(&mut request, |headers| observer.before(self.action, number, headers));
        }
        if !self.options.headers.is_empty() {
            extra_headers(&mut request, |headers| headers.extend(self.options.headers.clone()));
        }
        // Last: that a call is not done twice hangs on every attempt having this one.
        if let Some(key) = &self.key {
            request.headers_mut().insert(key.header.clone(), key.value.clone());
        }
        Ok(request)
    }

    async fn attempt(&self, number: u32, token: Option<&AccessToken>) -> Result<Answer, Error> {
        let (core, action) = (self.core, self.action);
        let request = self.request(number, token)?;
        let asked = Instant::now();
        let acquired = self.in_time(pin!(core.limits.acquire(action.rate_limit, self.ends))).await?;
        let mut permit =
            acquired.map_err(|late| Error::DeadlineExceeded { action: action.name, limit: Some(late.0) })?;
        let sent = Instant::now();
        let timeout = self.options.timeout.unwrap_or(core.timeout);
        let ends = after(sent, timeout).min(self.ends);
        permit.sent();
        let span = span::attempt(core, action, number);
        let outcome = span::within(&span, pin!(send::send(core, action, request, ends))).await;
        span::record(&span, outcome.as_ref());
        match &outcome {
            Ok(received) => permit.answered(&received.headers),
            Err(Error::Connect { .. }) => permit.unsent(),
            Err(_) => drop(permit),
        }
        let received = outcome.as_ref().ok();
        let status = received.map(|received| received.status);
        for observer in &*core.observers {
            observer.after(&Attempt {
                action: action.name,
                method: action.method,
                server_address: span::server_address(core).to_owned(),
                server_port: core.base_url.port_or_known_default().unwrap_or_default(),
                number,
                status,
                failure: outcome.as_ref().err().map(span::failure),
                duration: sent.elapsed(),
                body_size: received.map_or(0, |received| received.body.len()),
                waited: sent - asked,
                server_time: received.and_then(|received| server_time(&received.headers)),
            });
        }
        let Received { status, headers, body, .. } = outcome?;
        let is_conditional = self.options.if_none_match.is_some();
        let asked = classify::Asked { action, harmless: self.harmless, is_conditional, token };
        classify::classify(core, asked, status, headers, body)
    }

    /// The error that a call ends with. One that says that nothing was done is true of the last attempt only.
    fn ended(&self, error: Error, acted: bool) -> Error {
        let says_unsent = match &error {
            Error::Connect { .. }
            | Error::DeadlineExceeded { .. }
            | Error::Authorization(_)
            | Error::AuthorizationRequired(_) => true,
            Error::Api(api) => api.status == 401 || unprocessed(self.core.connector, api).is_some(),
            _ => false,
        };
        if acted && says_unsent && self.action.effect != Effect::Read {
            return unknown(self.action, error);
        }
        error
    }

    fn left(&self) -> Duration {
        self.ends.saturating_duration_since(Instant::now())
    }

    /// Something that comes before sending, no longer than the deadline allows.
    async fn in_time<F: Future>(&self, work: Pin<&mut F>) -> Result<F::Output, Error> {
        let mut time = self.core.timers.until(self.ends.into());
        let done = time.bound(work).await;
        time.keep();
        done.ok_or(Error::DeadlineExceeded { action: self.action.name, limit: None })
    }
}

/// Lets somebody add headers, but neither read nor set the token and sensitive arguments.
fn extra_headers(request: &mut reqwest::Request, add: impl FnOnce(&mut http::HeaderMap)) {
    // A token may travel in a header of the API's own; it is marked as sensitive, wherever it is.
    let headers = request.headers_mut();
    let own = headers.iter().filter(|(_, value)| value.is_sensitive());
    let own: Vec<_> = own.map(|(name, value)| (name.clone(), value.clone())).collect();
    for (name, _) in &own {
        headers.remove(name);
    }
    add(headers);
    headers.remove(http::header::AUTHORIZATION);
    for (name, value) in own {
        headers.insert(name, value);
    }
}

/// Whether the server may have carried out the attempt that failed so.
fn may_have_acted(connector: &ConnectorMeta, error: &Error) -> bool {
    match error {
        Error::OutcomeUnknown { .. } | Error::Transport { .. } => true,
        Error::Api(api) => is_ambiguous(api.status) && unprocessed(connector, api).is_none(),
        _ => false,
    }
}

/// So much later; a time that no clock holds is one that never comes.
fn after(now: Instant, duration: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 3600);
    now.checked_add(duration).filter(|at| *at < now + FAR).unwrap_or(now + FAR)
}
