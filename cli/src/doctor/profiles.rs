//! Authorization profiles, and the connections that were made with them.

use jiff::Timestamp;
use typed_connector::auth::{
    AuthError, AuthorizationProfile, Authorizer, ConnectionState, KeptConnection, MemoryStore, Profiles,
    Provider, ShutOff,
};
use typed_connector::dynamic::Connector;

use super::finding::{Findings, Level, listed};
use super::{Case, Here, PATIENCE, scopes, specs};
use crate::auth::target::moved;
use crate::auth::{OfConnection, introspect, second, state};
use crate::told;

/// More connections than these are not asked about; what is kept of them is looked at all the same.
const MOST_ASKED: usize = 20;

/// A connection that can be used, with the scopes that were granted to it.
pub(super) struct Usable {
    pub(super) authorizer: Authorizer,
    pub(super) key: String,
    pub(super) scopes: Vec<String>,
}

/// A profile by its name, as far as it can be used.
struct Named {
    name: String,
    profile: AuthorizationProfile,
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
    let profiles = match &here.store {
        Some(store) => Profiles::new(provider, store.clone()),
        None => Profiles::new(provider, MemoryStore::new()),
    };
    let named = sound(case, &profiles, found).await;
    let made_with =
        |kept: &KeptConnection| named.iter().find(|named| named.profile.client_id() == kept.client_id);
    let mine = here.kept.iter().filter(|kept| {
        kept.connector == connector.meta().name
            && case.access.connection().is_none_or(|key| key == kept.connection.key)
            && (case.access.profile().is_none() || made_with(kept).is_some())
    });
    let mine: Vec<_> = mine.collect();
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
    let profile = resolved(case, &profiles, of, found).await?;
    let is_used = |client_id: &str, key: &str| client_id == profile.client_id() && key == of.connection;
    if !mine.iter().any(|kept| is_used(&kept.client_id, &kept.connection.key)) {
        let text = format!("no account is connected as `{}` yet", of.connection.escape_debug());
        found.warning("connection", text, format!("connector auth authorize {}", of.words()));
    }
    usable.into_iter().find(|one| is_used(one.authorizer.profile().client_id(), &one.key))
}

/// The profile that calls use.
async fn resolved(
    case: &Case<'_>,
    profiles: &Profiles,
    of: &OfConnection,
    found: &mut Findings,
) -> Option<AuthorizationProfile> {
    match profiles.resolve(of.profile_name()).await {
        Ok((_, profile)) => return Some(profile),
        Err(AuthError::NoProfileYet { .. }) => {
            let text = "no account is connected yet, and there is no profile to connect one with";
            found.warning("connection", text, format!("connector auth profile add {}", case.spec.words()));
        }
        Err(AuthError::SeveralProfiles { names, .. }) => {
            let text = format!(
                "there are several ({}) and none is selected, so that calls use none",
                listed(&names)
            );
            found.warning("profile", text, case.profile("select", &names[0]));
        }
        Err(AuthError::NoProfile(name)) => {
            let list = format!("connector auth profile list {}", case.spec.words());
            found.problem("profile", format!("calls use `{name}`, which is not there"), list);
        }
        // It was told when all were looked at.
        Err(_) => {}
    }
    None
}

/// The profiles that can be used.
async fn sound(case: &Case<'_>, profiles: &Profiles, found: &mut Findings) -> Vec<Named> {
    let mut sound = Vec::new();
    let names = match profiles.list().await {
        Ok(names) => names,
        Err(error) => {
            broken(case, Profiles::SYSTEM, &error, profiles.provider(), found);
            return sound;
        }
    };
    for name in names.into_iter().map(|profile| profile.name) {
        if case.access.profile().is_some_and(|wanted| wanted != name) {
            continue;
        }
        let profile = profiles.get(&name).await.map_err(Into::into);
        let profile = profile.and_then(|profile| match case.access.base_url() {
            Some(url) => moved(profile, url),
            None => Ok(profile),
        });
        match profile.and_then(|profile| Ok((profile.validate()?, profile))) {
            Ok((warnings, profile)) => {
                judge(case, &name, &profile, &warnings, found);
                sound.push(Named { name, profile });
            }
            Err(error) => match error.downcast::<AuthError>() {
                Ok(error) => broken(case, &name, &error, profiles.provider(), found),
                Err(other) => {
                    found.problem(
                        "profile",
                        format!("`{name}`: {}", told(&*other)),
                        case.profile("show", &name),
                    );
                }
            },
        }
    }
    sound
}

fn broken(case: &Case<'_>, name: &str, error: &AuthError, provider: &Provider, found: &mut Findings) {
    let problems = match error {
        AuthError::Profile(problems) => problems.clone(),
        other => vec![told(other)],
    };
    let fix = match name {
        Profiles::SYSTEM => {
            format!("env | grep -o '^{}[^=]*'  # the operator's profile", provider.variable(""))
        }
        _ => case.profile("edit", name),
    };
    for problem in problems {
        found.problem("profile", format!("`{name}`: {problem}"), fix.clone());
    }
}

/// What is wrong with a profile that can be used: it may be a mistake, or not last.
fn judge(
    case: &Case<'_>,
    name: &str,
    profile: &AuthorizationProfile,
    warnings: &[String],
    found: &mut Findings,
) {
    let ends = profile.shut_off();
    for warning in warnings {
        let end = ends.iter().find(|end| end.to_string() == *warning);
        let level = match end.and_then(|end| specs::ends(&end.sunset.sunset, case.today)) {
            Some((Level::Problem, _)) => Level::Problem,
            _ => Level::Warning,
        };
        let fix = match (name, end) {
            (Profiles::SYSTEM, Some(end)) => {
                let variable = profile.provider().variable(variable(end));
                format!("export {variable}={}", end.sunset.replaced_by)
            }
            (_, Some(end)) => {
                format!("{} {} {}", case.profile("edit", name), option(end), end.sunset.replaced_by)
            }
            (_, None) => case.profile("show", name),
        };
        found.add(level, "profile", format!("`{name}`: {warning}"), Some(fix));
    }
    if warnings.is_empty() {
        found.ok("profile", format!("`{name}` is sound (client id {})", profile.client_id()));
    }
}

fn option(end: &ShutOff) -> &'static str {
    match end.what {
        "authorization URL" => "--authorization-url",
        "refresh token URL" => "--refresh-url",
        "introspection URL" => "--introspection-url",
        "revocation URL" => "--revocation-url",
        _ => "--token-url",
    }
}

fn variable(end: &ShutOff) -> &'static str {
    match end.what {
        "authorization URL" => "AUTHORIZATION_URL",
        "refresh token URL" => "REFRESH_URL",
        _ => "TOKEN_URL",
    }
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
            let add =
                format!("connector auth profile add {} --client-id {client_id}", self.case.spec.words());
            let text = format!(
                "{who} was made with the app {client_id}, of which no profile is here that can be used: it cannot be refreshed"
            );
            found.problem("connection", text, add);
            return None;
        };
        let mut granted = connection.scopes.clone();
        let mut now = state(connection);
        if !self.case.offline && self.asks {
            match ask(&authorizer, &connection.key).await {
                Ok(Asked::Works { scopes, valid_for }) => {
                    granted = scopes.filter(|scopes| !scopes.is_empty()).unwrap_or(granted);
                    now = match (expired, valid_for) {
                        (true, _) => "it had expired and was refreshed".to_owned(),
                        (false, true) => format!("the provider takes it, {now}"),
                        (false, false) => now,
                    };
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
                }
            }
        }
        if connection.is_refreshable() || connection.expires_at.is_none() {
            found.ok("connection", format!("{who}: {now}"));
        } else {
            let text = format!("{who}: {now}, and there is no refresh token; {again} then");
            found.warning("connection", text, authorize.clone());
        }
        let asks_for = |scopes: &[String]| format!("{authorize} --scopes {}", scopes.join(","));
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
        valid_for: bool,
    },
    /// Only a person can help.
    Dead,
}

async fn ask(authorizer: &Authorizer, key: &str) -> Result<Asked, AuthError> {
    if authorizer.profile().provider().introspection_url.is_none() {
        return match authorizer.access_token(key).await {
            Ok(_) => Ok(Asked::Works { scopes: None, valid_for: false }),
            Err(error) if error.needs_authorization() => Ok(Asked::Dead),
            Err(error) => Err(error),
        };
    }
    Ok(match introspect(authorizer, key).await? {
        Some(told) if told.active => Asked::Works { scopes: Some(told.scopes), valid_for: true },
        _ => Asked::Dead,
    })
}
