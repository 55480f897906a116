//! Authorization profiles.

use typed_connector::auth::{AuthError, AuthorizationProfile, Profiles, Provider, ShutOff};

use super::finding::{Findings, Level, listed};
use super::{Case, specs};
use crate::auth::OfConnection;
use crate::auth::target::moved;
use crate::run::line::shell;
use crate::told;

/// A profile by its name, as far as it can be used.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) profile: AuthorizationProfile,
}

/// The profile that calls use.
pub(super) async fn resolved(
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
pub(super) async fn sound(case: &Case<'_>, profiles: &Profiles, found: &mut Findings) -> Vec<Named> {
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
                format!("export {variable}={}", shell(&end.sunset.replaced_by))
            }
            (_, Some(end)) => {
                format!("{} {} {}", case.profile("edit", name), option(end), shell(&end.sunset.replaced_by))
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
