//! Whether the API is there, and what time it is there.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use typed_connector::dynamic::Connector;
use typed_connector::{Attempt, Observer};

use super::Case;
use super::finding::Findings;
use super::probe::{builder, probes};
use crate::run::line::shell;
use crate::told;

/// A clock may be wrong by so much: `Date` is told to the second, and answers take their time.
pub(super) const TOLERANCE: SignedDuration = SignedDuration::from_secs(60);
/// By so much, signatures and certificates are refused, and waits until a time that a server names are too long or too short.
pub(super) const HARMFUL: SignedDuration = SignedDuration::from_secs(300);

/// What the last attempt told.
#[derive(Clone, Default)]
struct Watch(Arc<Mutex<Option<Heard>>>);

#[derive(Clone, Copy)]
struct Heard {
    status: Option<u16>,
    /// How much this machine's clock is ahead of the server's.
    ahead: Option<SignedDuration>,
}

impl Observer for Watch {
    fn after(&self, attempt: &Attempt) {
        // The server told its time somewhere between the request and the answer: half way, as far as anybody knows.
        let sent = Timestamp::now().checked_sub(attempt.duration / 2);
        let ahead = attempt.server_time.zip(sent.ok()).map(|(there, here)| here.duration_since(there));
        if let Ok(mut heard) = self.0.lock() {
            *heard = Some(Heard { status: attempt.status.map(|status| status.as_u16()), ahead });
        }
    }
}

impl Watch {
    fn heard(&self) -> Option<Heard> {
        self.0.lock().ok().and_then(|heard| *heard)
    }
}

/// Sends one request without a token: every answer to it tells what this is about. Whether there was one.
pub(super) async fn reached(case: &Case<'_>, connector: Connector, found: &mut Findings) -> bool {
    let watch = Watch::default();
    let builder = builder(case, connector).observer(watch.clone()).unauthenticated();
    let host = case.access.base_url().unwrap_or(connector.meta().base_url);
    let client = match builder.build() {
        Ok(client) => client,
        Err(error) => {
            found.problem("server", told(&error), format!("connector doctor {}", case.spec.words()));
            return false;
        }
    };
    let Some(probe) = probes(case, connector).into_iter().next() else {
        found.ok("server", "not asked: no action that only reads can be run without arguments");
        return true;
    };
    let outcome = client.execute(probe.action.name(), probe.arguments.into()).await;
    let heard = watch.heard();
    let Some(Heard { status: Some(status), ahead }) = heard else {
        let why = outcome.err().map(|error| told(&error)).unwrap_or_default();
        found.problem(
            "server",
            format!("{host} cannot be reached: {why}"),
            format!("curl -sSI {}", shell(host)),
        );
        return false;
    };
    if status >= 500 {
        found.warning(
            "server",
            format!("{host} answers with HTTP {status}"),
            format!("curl -sSI {}", shell(host)),
        );
    } else {
        found.ok("server", format!("{host} answers"));
    }
    clock(ahead, found);
    true
}

fn clock(ahead: Option<SignedDuration>, found: &mut Findings) {
    let Some(ahead) = ahead else {
        found.ok("clock", "the server does not tell what time it is");
        return;
    };
    let by = ahead.abs();
    let which = if ahead.is_negative() { "behind" } else { "ahead of" };
    let (minutes, seconds) = (by.as_secs() / 60, by.as_secs() % 60);
    let text = format!("this machine's clock is {minutes} min {seconds} s {which} the server's");
    match by {
        by if by >= HARMFUL => found.problem("clock", text, SET_CLOCK),
        by if by > TOLERANCE => found.warning("clock", text, SET_CLOCK),
        _ => found.ok("clock", format!("as the server's, to {} s", TOLERANCE.as_secs())),
    }
}

const SET_CLOCK: &str = if cfg!(target_os = "macos") {
    "sudo sntp -sS time.apple.com"
} else if cfg!(windows) {
    "w32tm /resync"
} else {
    "sudo timedatectl set-ntp true"
};
