//! Connections: whether their tokens can be used, and what they may do.

use jiff::Timestamp;
use typed_connector::auth::{
    AuthError, Authorizer, ConnectionState, KeptConnection, MemoryStore, Profiles, Provider,
};
use typed_connector::dynamic::Connector;
use typed_connector_specs::text::nearest;

use super::finding::{Findings, listed};
use super::{Case, Here, PATIENCE, profiles, scopes};
use crate::auth::{OfConnection, introspect, second, state};
use crate::run::line::shell;
use crate::told;

/// More connections than these are not asked about; what is kept of them is looked at all the same.
const MOST_ASKED: usize = 20;

/// A connection that can be used, with the scopes that were granted to it.
pub(super) struct Usable {
    pub(super) authorizer: Authorizer,
    pub(super) key: String,
    pub(super) scopes: Vec<String>,
}

/// Looks at the profiles and the connections of a connector with OAuth 2.0; gives the one that calls use, where it works.
pub(super) async fn look(
    case: &Case<'_>,
    connector: Connector,
    provider: Provider,
    here: &Here,
    wanted: Option<&OfConnection>,
    found: &mut Findings,
) -> Option<Usable> {
    let all = match &here.store {
        Some(store) => Profiles::new(provider, store.clone()),
        None => Profiles::new(provider, MemoryStore::new()),
    };
    let named = profiles::sound(case, &all, found).await;
    let made_with =
        |kept: &KeptConnection| named.iter().find(|named| named.profile.client_id() == kept.client_id);
    let mine = here.kept.iter().filter(|kept| {
        kept.connector == connector.meta().name
            && case.access.connection().is_none_or(|key| key == kept.connection.key)
            && (case.access.profile().is_none() || made_with(kept).is_some())
    });
    let mine: Vec<_> = mine.collect();
    if let Some(key) = case.access.connection().filter(|_| mine.is_empty()) {
        let others = here.kept.iter().filter(|kept| kept.connector == connector.meta().name);
        unknown(case, key, others.map(|kept| kept.connection.key.as_str()), found);
        return None;
    }
    let mut usable = Vec::new();
    for (place, kept) in mine.iter().enumerate() {
        let of = made_with(kept);
        let authorizer = here.store.as_ref().zip(of).and_then(|(store, of)| {
            Authorizer::builder(of.profile.clone(), store.clone()).timeout(PATIENCE).build().ok()
        });
        let words =
            case.connection(of.map(|of| of.name.as_str()).filter(|_| named.len() > 1), &kept.connection.key);
        let one = Looked { case, connector, kept, authorizer, words, asks: place < MOST_ASKED };
        usable.extend(one.look(found).await);
    }
    if mine.len() > MOST_ASKED && !case.offline {
        let text = format!("{} connections; the provider was asked about the first {MOST_ASKED}", mine.len());
        found.ok("connection", text);
    }
    let of = wanted?;
    let profile = profiles::resolved(case, &all, of, found).await?;
    let api = connector.meta().base_url;
    if let Some(host) = of.strange_host(&profile, api).filter(|_| !case.offline) {
        let text = format!("its tokens come from {host}, and calls would send them to {api}");
        found.problem(
            "profile",
            text,
            format!("connector doctor {} --base-url {}", case.spec.words(), shell(host)),
        );
        return None;
    }
    let is_used = |client_id: &str, key: &str| client_id == profile.client_id() && key == of.connection;
    if !mine.iter().any(|kept| is_used(&kept.client_id, &kept.connection.key)) {
        let text = format!("no account is connected as `{}` yet", of.connection.escape_debug());
        found.warning("connection", text, format!("connector auth authorize {}", of.words()));
    }
    usable.into_iter().find(|one| is_used(one.authorizer.profile().client_id(), &one.key))
}

/// A connection was named that is not there, or not with the profile that was named.
fn unknown<'k>(case: &Case<'_>, key: &str, others: impl Iterator<Item = &'k str>, found: &mut Findings) {
    let mut others: Vec<_> = others.collect();
    others.sort_unstable();
    others.dedup();
    let words = |key: &str| case.connection(case.access.profile(), key);
    let shown = key.escape_debug();
    let (text, fix) = match (case.access.profile(), nearest(key, others.iter().copied())) {
        (Some(profile), _) if others.contains(&key) => (
            format!("there is no connection `{shown}` of the profile `{profile}`, but of another one"),
            format!("connector doctor {}", case.connection(None, key)),
        ),
        (_, Some(near)) => (
            format!("there is no connection `{shown}`; did you mean `{}`?", near.escape_debug()),
            format!("connector doctor {}", words(near)),
        ),
        (_, None) if others.is_empty() => (
            format!("there is no connection `{shown}`; none is there yet"),
            format!("connector auth authorize {}", words(key)),
        ),
        (_, None) => (
            format!("there is no connection `{shown}`, but {}", listed(&others)),
            "connector auth list".to_owned(),
        ),
    };
    found.problem("connection", text, fix);
}

/// A connection that is kept here.
struct Looked<'a> {
    case: &'a Case<'a>,
    connector: Connector,
    kept: &'a KeptConnection,
    /// None where the profile that it was made with is not here.
    authorizer: Option<Authorizer>,
    /// Names it in a command.
    words: String,
    asks: bool,
}

impl Looked<'_> {
    async fn look(self, found: &mut Findings) -> Option<Usable> {
        let connection = &self.kept.connection;
        let account =
            connection.account_id.as_deref().map(|id| format!(" (account {id})")).unwrap_or_default();
        let who = format!("`{}`{account}", connection.key.escape_debug());
        let authorize = format!("connector auth authorize {}", self.words);
        let expired = connection.expires_at.is_some_and(|at| at <= Timestamp::now());
        let again = "a person has to authorize again";
        let dead = match (connection.state, connection.expires_at) {
            (ConnectionState::NeedsAuthorization, _) => {
                Some(format!("{who}: the provider took the authorization back; {again}"))
            }
            (_, Some(at)) if expired && !connection.is_refreshable() => {
                let at = second(at);
                Some(format!(
                    "{who}: the access token expired on {at}, and there is no refresh token; {again}"
                ))
            }
            _ => None,
        };
        if let Some(text) = dead {
            found.problem("connection", text, authorize);
            return None;
        }
        let Some(authorizer) = self.authorizer else {
            let client_id = &self.kept.client_id;
            let add = format!(
                "connector auth profile add {} --client-id {}",
                self.case.spec.words(),
                shell(client_id)
            );
            let text = format!(
                "{who} was made with the app {client_id}, of which no profile is here that can be used: it cannot be refreshed"
            );
            found.problem("connection", text, add);
            return None;
        };
        let mut granted = connection.scopes.clone();
        let mut now = Some(state(connection));
        if !self.case.offline && self.asks {
            let asked = ask(&authorizer, &connection.key).await;
            match authorizer.settle().await.and(asked) {
                Ok(Asked::Works { scopes, is_asked }) => {
                    granted = scopes.filter(|scopes| !scopes.is_empty()).unwrap_or(granted);
                    now = now.map(|now| match (expired, is_asked) {
                        (true, _) => "it had expired and was refreshed".to_owned(),
                        (false, true) => format!("the provider takes it, {now}"),
                        (false, false) => now,
                    });
                }
                Ok(Asked::Dead) => {
                    let text = format!("{who}: the provider does not take its tokens any more; {again}");
                    found.problem("connection", text, authorize);
                    return None;
                }
                Err(error) => {
                    let text = format!("{who}: the provider could not be asked: {}", told(&error));
                    let fix = format!("connector auth status {}", self.words);
                    found.problem("connection", text, fix);
                    now = None;
                }
            }
        }
        match now {
            None => {}
            Some(now) if connection.is_refreshable() || connection.expires_at.is_none() => {
                found.ok("connection", format!("{who}: {now}"));
            }
            Some(now) => {
                let text = format!("{who}: {now}, and there is no refresh token; {again} then");
                found.warning("connection", text, authorize.clone());
            }
        }
        let asks_for = |scopes: &[String]| format!("{authorize} --scopes {}", shell(&scopes.join(",")));
        let model = self.connector.model();
        scopes::compare(model, &self.case.actions(self.connector), &granted, &who, asks_for, found);
        Some(Usable { authorizer, key: connection.key.clone(), scopes: granted })
    }
}

/// What the provider says of a connection.
enum Asked {
    Works {
        scopes: Option<Vec<String>>,
        /// Whether it has been asked about the token itself.
        is_asked: bool,
    },
    /// Only a person can help.
    Dead,
}

async fn ask(authorizer: &Authorizer, key: &str) -> Result<Asked, AuthError> {
    if authorizer.profile().provider().introspection_url.is_none() {
        return match authorizer.access_token(key).await {
            Ok(_) => Ok(Asked::Works { scopes: None, is_asked: false }),
            Err(error) if error.needs_authorization() => Ok(Asked::Dead),
            Err(error) => Err(error),
        };
    }
    Ok(match introspect(authorizer, key).await? {
        Some(told) if told.active => Asked::Works { scopes: Some(told.scopes), is_asked: true },
        _ => Asked::Dead,
    })
}
