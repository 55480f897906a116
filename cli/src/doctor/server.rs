//! Whether the API is there, what time it is there, and whether it takes the token: told by actions that change nothing.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use typed_connector::dynamic::model::{Effect, Field, FieldType, Output};
use typed_connector::dynamic::{Action, Client, Connector};
use typed_connector::{Attempt, Error, Observer, RetryPolicy};

use super::finding::{Findings, listed};
use super::profiles::Usable;
use super::{Case, PATIENCE, scopes};
use crate::auth::Advised;
use crate::run::access::Way;
use crate::told;

/// A clock may be wrong by so much: `Date` is told to the second, and answers take their time.
pub(super) const TOLERANCE: SignedDuration = SignedDuration::from_secs(60);
/// By more, signatures and certificates are refused, and waits until a time that a server names are too long or too short.
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
        found.problem("server", format!("{host} cannot be reached: {why}"), format!("curl -sSI {host}"));
        return false;
    };
    if status >= 500 {
        found.warning("server", format!("{host} answers with HTTP {status}"), format!("curl -sSI {host}"));
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
        by if by > HARMFUL => found.problem("clock", text, SET_CLOCK),
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

/// Has the API look at the token of the calls.
pub(super) async fn takes_the_token(
    case: &Case<'_>,
    connector: Connector,
    way: &Way,
    used: Option<&Usable>,
    found: &mut Findings,
) {
    let all = probes(case, connector);
    let builder = builder(case, connector);
    let (built, probes, who, granted) = match way {
        Way::Open => return,
        Way::Token { token, variable } => {
            let who = variable
                .as_ref()
                .map_or_else(|| "the token that is kept".to_owned(), |name| format!("the token in `{name}`"));
            (builder.access_token(token.clone()).build(), all, who, None)
        }
        Way::Connection(of) => {
            let Some(one) = used else { return };
            // The provider tells what it may do; one call shows that it is so.
            let model = connector.model();
            let permitted = |probe: &Probe| scopes::permits(model, &probe.action.model().scopes, &one.scopes);
            let probes = all.into_iter().filter(permitted).take(1).collect();
            let who = format!("the connection `{}`", of.connection.escape_debug());
            (builder.authorizer(&one.authorizer, &*one.key).build(), probes, who, Some(()))
        }
    };
    let client = match built {
        Ok(client) => client,
        Err(error) => {
            found.problem("token", told(&error), format!("connector run {} --help", case.spec.words()));
            return;
        }
    };
    let mut works = Vec::new();
    for probe in probes {
        match tried(case, connector, &client, &probe, &who, found).await {
            Tried::Works => works.push(probe.action.name()),
            Tried::Fails => {}
            Tried::Ends => return,
        }
    }
    if !works.is_empty() {
        let more = match granted {
            None if connector.model().scopes.is_empty() => "",
            None => "; what it may change, nobody tells",
            Some(()) => "",
        };
        found.ok("token", format!("the API takes {who}: {} answered{more}", listed(&works)));
    }
}

enum Tried {
    Works,
    Fails,
    /// The others would end the same way.
    Ends,
}

async fn tried(
    case: &Case<'_>,
    connector: Connector,
    client: &Client,
    probe: &Probe,
    who: &str,
    found: &mut Findings,
) -> Tried {
    let name = probe.action.name();
    let Err(error) = client.execute(name, probe.arguments.clone().into()).await else { return Tried::Works };
    let words = case.access.of(case.spec).words();
    match &error {
        Error::Api(api) if api.status == 401 => {
            found.problem(
                "token",
                format!("the API does not take {who}: {api}"),
                renew(case, connector, who),
            );
            Tried::Ends
        }
        Error::Api(api) if !api.missing_scopes.is_empty() => {
            let lacks = |action: &Action| {
                let rule = &action.model().scopes;
                let names = |scopes: &[usize]| {
                    scopes
                        .iter()
                        .any(|scope| api.missing_scopes.contains(&connector.model().scopes[*scope].name))
                };
                names(&rule.all_of) || names(&rule.any_of)
            };
            let actions: Vec<_> =
                case.actions(connector).into_iter().filter(lacks).map(Action::name).collect();
            // An API can name scopes of other products too, which would do as well.
            let is_known =
                |scope: &&String| connector.model().scopes.iter().any(|known| known.name == **scope);
            let known: Vec<_> = api.missing_scopes.iter().filter(is_known).cloned().collect();
            let lacking = if known.is_empty() { &api.missing_scopes } else { &known };
            let text = format!("{who} lacks {}: {} would fail", lacking.join(" or "), listed(&actions));
            found.problem("scopes", text, renew(case, connector, who));
            Tried::Fails
        }
        // It was let in, and the example's record is not there; or it is not one of those that may look.
        Error::Api(api) if matches!(api.status.as_u16(), 400 | 404 | 410 | 422) => Tried::Works,
        Error::Decode(_) => Tried::Works,
        _ => {
            let advised = crate::run::trouble::advised(Box::new(error), &words);
            let help = advised.downcast_ref::<Advised>().and_then(|advised| advised.help.clone());
            let text = format!(
                "`{name}` with {who}: {}{}",
                told(&*advised),
                help.map(|help| format!("; {help}")).unwrap_or_default()
            );
            found.warning("token", text, format!("connector run {words} {name}"));
            Tried::Ends
        }
    }
}

fn renew(case: &Case<'_>, connector: Connector, who: &str) -> String {
    match who.starts_with("the connection") {
        true => format!("connector auth authorize {}", case.access.of(case.spec).words()),
        false => {
            let variable = case.access.token_variable(connector);
            let title = connector.meta().bearer.unwrap_or("the token");
            format!("export {variable}=…  # {title}")
        }
    }
}

fn builder(case: &Case<'_>, connector: Connector) -> typed_connector::dynamic::ClientBuilder {
    let builder = case.access.builder(connector).connect_timeout(PATIENCE).timeout(PATIENCE);
    builder.deadline(PATIENCE * 2).retry(RetryPolicy::none())
}

/// An action that changes nothing, with what it needs.
struct Probe {
    action: Action,
    arguments: Map<String, Value>,
    /// Whether it is about one record, which is the spec's example and may not be there.
    names_records: bool,
}

/// One for each different rule of scopes, lists before what is about one record; what they need is the spec's examples.
fn probes(case: &Case<'_>, connector: Connector) -> Vec<Probe> {
    let mut probes: Vec<Probe> = case.actions(connector).into_iter().filter_map(probe).collect();
    probes.sort_by_key(|probe| (probe.names_records, probe.arguments.len()));
    let mut rules = Vec::new();
    probes.retain(|probe| {
        let rule = &probe.action.model().scopes;
        !rules.contains(&rule) && {
            rules.push(rule);
            true
        }
    });
    probes
}

fn probe(action: Action) -> Option<Probe> {
    let model = action.model();
    if model.effect != Effect::Read || model.sunset.is_some() || model.deprecated.is_some() {
        return None;
    }
    let is_open = |field: &&Field| field.required && field.default.is_none() && field.constant.is_none();
    let required = model.arguments().filter(is_open);
    let mut arguments: Map<String, Value> =
        required.map(|field| Some((field.key.clone(), field.example.clone()?))).collect::<Option<_>>()?;
    let names_records = !arguments.is_empty();
    if let Output::Page { pagination, .. } = &model.output
        && let Some(limit) = &pagination.limit_param
        && let Some(field) = model.arguments().find(|field| field.ident == *limit)
        && field.ty == FieldType::Integer
    {
        arguments.insert(field.key.clone(), 1.into());
    }
    action.problems(&Value::Object(arguments.clone())).is_empty().then_some(Probe {
        action,
        arguments,
        names_records,
    })
}
