//! Whether the API takes the token of the calls.

use typed_connector::dynamic::model::ScopeRule;
use typed_connector::dynamic::{Action, Client, Connector};
use typed_connector::{ApiError, Error};

use super::connections::Usable;
use super::finding::{Findings, listed};
use super::probe::{Probe, builder, probes};
use super::{Case, scopes};
use crate::auth::Advised;
use crate::run::access::Way;
use crate::told;

/// Whose calls are tried.
struct Caller {
    client: Client,
    /// For people.
    who: String,
    /// The command that gives it another token.
    renew: String,
}

/// Tries actions that only read.
pub(super) async fn look(
    case: &Case<'_>,
    connector: Connector,
    way: &Way,
    used: Option<&Usable>,
    found: &mut Findings,
) {
    let (builder, mut probes) = (builder(case, connector), probes(case, connector));
    let (builder, who, renew) = match way {
        Way::Open => return,
        Way::Token { token, variable } => {
            let who = match variable {
                Some(variable) => format!("the token in `{variable}`"),
                None => "the token that is kept".to_owned(),
            };
            let title = connector.meta().bearer.unwrap_or("the token");
            let renew = match variable {
                Some(variable) => format!("export {variable}=…  # {title}"),
                None => "connector console".to_owned(),
            };
            (builder.access_token(token.clone()), who, renew)
        }
        Way::Connection(of) => {
            let Some(one) = used else { return };
            // The provider has told what it may do; one call shows that it is so.
            let model = connector.model();
            probes.retain(|probe| scopes::permits(model, &probe.action.model().scopes, &one.scopes));
            probes.truncate(1);
            let who = format!("the connection `{}`", of.connection.escape_debug());
            let renew = format!("connector auth authorize {}", of.words());
            (builder.authorizer(&one.authorizer, &*one.key), who, renew)
        }
    };
    let caller = match builder.build() {
        Ok(client) => Caller { client, who, renew },
        Err(error) => {
            found.problem("token", told(&error), renew);
            return;
        }
    };
    let (mut works, mut refused) = (Vec::new(), Vec::new());
    for probe in probes {
        match tried(case, connector, &caller, &probe, found).await {
            Tried::Works => works.push(probe.action.name()),
            // A connection can be granted more, and what it was granted is told elsewhere.
            Tried::Refused(api) if matches!(way, Way::Token { .. }) => refused.push((probe.action, api)),
            Tried::Refused(api) => {
                unclear(case, &caller, probe.action, Error::Api(api), found);
                return;
            }
            Tried::Fails => {}
            Tried::Ends => return,
        }
    }
    if let Some((_, api)) = refused.first() {
        let actions: Vec<_> = refused.iter().map(|(action, _)| *action).collect();
        let names: Vec<_> = actions.iter().copied().map(Action::name).collect();
        let said = api.message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
        let text = format!(
            "{} may not run {} (HTTP {}{said}), and the API does not tell which permission is missing; give the token {} where it was \
             made, or use another one",
            caller.who,
            listed(&names),
            api.status.as_u16(),
            permissions(connector, &actions)
        );
        found.problem("scopes", text, caller.renew.clone());
    }
    if !works.is_empty() {
        let is_told = matches!(way, Way::Connection(_)) || connector.model().scopes.is_empty();
        let more = if is_told { "" } else { "; what it may change, nobody tells" };
        found.ok("token", format!("the API takes {}: {} answered{more}", caller.who, listed(&works)));
    }
}

enum Tried {
    Works,
    /// It may not do this, and the answer names no scope that would let it.
    Refused(Box<ApiError>),
    Fails,
    /// The others would end the same way.
    Ends,
}

async fn tried(
    case: &Case<'_>,
    connector: Connector,
    caller: &Caller,
    probe: &Probe,
    found: &mut Findings,
) -> Tried {
    let (name, Caller { client, who, renew }) = (probe.action.name(), caller);
    let Err(error) = client.execute(name, probe.arguments.clone().into()).await else {
        return Tried::Works;
    };
    match &error {
        Error::Api(api) if api.status == 401 => {
            found.problem("token", format!("the API does not take {who}: {api}"), renew.clone());
            Tried::Ends
        }
        Error::Api(api) if !api.missing_scopes.is_empty() => {
            found.problem(
                "scopes",
                format!("{who} lacks {}", lacking(case, connector, api, name)),
                renew.clone(),
            );
            Tried::Fails
        }
        // It was let in, and the example's record is not there.
        Error::Api(api) if probe.names_records && matches!(api.status.as_u16(), 400 | 404 | 410 | 422) => {
            Tried::Works
        }
        // Nobody knows whether it was: an address that is not the API's answers like this, whatever the token.
        Error::Api(api) if matches!(api.status.as_u16(), 400 | 404 | 410 | 422) => {
            unclear(case, caller, probe.action, error, found);
            Tried::Fails
        }
        Error::Decode(_) => {
            unclear(case, caller, probe.action, error, found);
            Tried::Fails
        }
        Error::Api(api) if api.status == 403 && !api.rate_limited => Tried::Refused(api.clone()),
        _ => {
            unclear(case, caller, probe.action, error, found);
            Tried::Ends
        }
    }
}

/// An answer that can mean many things.
fn unclear(case: &Case<'_>, caller: &Caller, action: Action, error: Error, found: &mut Findings) {
    let (name, words) = (action.name(), case.access.of(case.spec).words());
    let advised = crate::run::trouble::advised(Box::new(error), &words);
    let help = advised.downcast_ref::<Advised>().and_then(|advised| advised.help.as_ref());
    let help = help.map(|help| format!("; {help}")).unwrap_or_default();
    let text = format!("`{name}` with {}: {}{help}", caller.who, told(&*advised));
    found.warning("token", text, format!("connector run {words} {name}"));
}

/// What the spec says that these actions need.
fn permissions(connector: Connector, actions: &[Action]) -> String {
    let name = |scope: &usize| connector.model().scopes[*scope].name.as_str();
    let mut needed: Vec<String> = Vec::new();
    for ScopeRule { all_of, any_of } in actions.iter().map(|action| &action.model().scopes) {
        needed.extend(all_of.iter().map(|scope| name(scope).to_owned()));
        if !any_of.is_empty() {
            needed.push(any_of.iter().map(name).collect::<Vec<_>>().join(" or "));
        }
    }
    needed.sort();
    needed.dedup();
    match needed.as_slice() {
        [] => "what these actions need".to_owned(),
        needed => needed.join(", "),
    }
}

/// The scopes that an answer names, and the actions that need them: the one that was tried, where the spec knows of none.
fn lacking(case: &Case<'_>, connector: Connector, api: &ApiError, tried: &'static str) -> String {
    let declared = &connector.model().scopes;
    let is_missing = |scope: &usize| api.missing_scopes.contains(&declared[*scope].name);
    let needs = |action: &Action| {
        let rule = &action.model().scopes;
        rule.all_of.iter().chain(&rule.any_of).any(is_missing)
    };
    let mut actions: Vec<_> = case.actions(connector).into_iter().filter(needs).map(Action::name).collect();
    if actions.is_empty() {
        actions.push(tried);
    }
    // An API can name scopes of other products too, which would do as well.
    let known = api.missing_scopes.iter().filter(|scope| declared.iter().any(|one| one.name == **scope));
    let known: Vec<_> = known.cloned().collect();
    let scopes = if known.is_empty() { &api.missing_scopes } else { &known };
    format!("{}: {} would fail", scopes.join(" or "), listed(&actions))
}
