//! An authorization profile: its fields as a form, and changing one that is kept.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use secrecy::SecretString;
use typed_connector::auth::{AuthError, AuthorizationProfile, Profiles, Provider};

use super::{Page, go, inline};
use crate::check::count;
use crate::console::app::{App, Known, Shared};
use crate::console::form::{AGAIN, Marks, Pairs, Problem};
use crate::console::trouble::{Trouble, sentence, told};

/// The path of the callback URL that the form suggests.
const CALLBACK: &str = "/callback";

/// The profile's page.
pub(in crate::console) async fn show(
    State(app): State<Shared>,
    Path((connector, name)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let known = app.connector(&connector)?;
    let profile = stored(&app, &known, &name).await?;
    page(&app, &known, &name, &of_profile(&profile), &[]).await
}

/// Changes it.
pub(in crate::console) async fn save(
    State(app): State<Shared>,
    Path((connector, name)): Path<(String, String)>,
    pairs: Pairs,
) -> Result<Response, Trouble> {
    let known = app.connector(&connector)?;
    let profile = stored(&app, &known, &name).await?;
    let profiles = profiles(&app, &known)?;
    let changed = applied(&pairs, profile);
    match profiles.edit(&name, &changed).await {
        Ok(()) => Ok(go(&format!("{}?done=profile", known.address()))),
        Err(error) => match problems(&error, &pairs) {
            Some(list) => page(&app, &known, &name, &pairs, &list).await,
            None => Err(error.into()),
        },
    }
}

async fn page(
    app: &App,
    known: &Known,
    name: &str,
    pairs: &Pairs,
    problems: &[Problem],
) -> Result<Response, Trouble> {
    let provider = profiles(app, known)?.provider().clone();
    let made = match pairs.text("client_id") {
        Some(client_id) => app.connections(known, client_id).await?.len(),
        None => 0,
    };
    let title = format!("Authorization profile {name}");
    let content = html! {
        div.head {
            h1 { (title) }
            p.lead { "The app that is registered with " (known.title()) " and asks for access." }
        }
        form.card method="post" {
            (app.guard.field())
            (trouble(problems))
            @if made > 0 {
                p.notice.wait { (count(made, "connection")) " of this client id cannot be used with another client id." }
            }
            (fields(app, &provider, pairs, true, &Marks(problems)))
            div.row { button.main { "Save" } a.button href=(known.address()) { "Cancel" } }
        }
    };
    let page = Page::of(known, title, content);
    Ok(page.refused(!problems.is_empty()).show(app))
}

pub(super) fn profiles(app: &App, known: &Known) -> Result<Profiles, Trouble> {
    app.profiles(known).ok_or_else(|| {
        let text = format!("{} has no OAuth 2.0, and so no authorization profiles.", known.title());
        Trouble::not_found(&text).next(known.address(), format!("Back to {}", known.title()))
    })
}

/// As it is kept, without another host of the console's.
async fn stored(app: &App, known: &Known, name: &str) -> Result<AuthorizationProfile, Trouble> {
    if name == Profiles::SYSTEM {
        let text = "The operator's profile is set in the environment, and cannot be changed here.";
        return Err(Trouble::refused("This does not go", text).next(known.address(), "Back"));
    }
    Ok(profiles(app, known)?.get(name).await?)
}

/// What is wrong with a profile, and in which field; `None` where something else is.
pub(super) fn problems(error: &AuthError, pairs: &Pairs) -> Option<Vec<Problem>> {
    let problem = |text: &str| Problem::new(field_of(text, pairs), sentence(text));
    Some(match error {
        AuthError::Profile(list) => list.iter().map(|text| problem(text)).collect(),
        AuthError::ProfileExists(_) => vec![Problem::new("profile_name", sentence(&told(error)))],
        _ => return None,
    })
}

/// How the problems of a profile begin, and the field that each is about.
const FIELDS: [(&str, &str); 7] = [
    ("the client id", "client_id"),
    ("the client secret", "client_secret"),
    ("the callback URL", "callback_url"),
    ("the authorization URL", "authorization_url"),
    ("the token URL", "token_url"),
    ("the refresh token URL", "refresh_url"),
    ("the name `", "profile_name"),
];

/// The field that a problem is about; empty where no field of the form can mend it.
fn field_of(text: &str, pairs: &Pairs) -> &'static str {
    if let Some((_, field)) = FIELDS.iter().find(|(start, _)| text.starts_with(start)) {
        return field;
    }
    let quoted = text.split('`').nth(1).unwrap_or_default();
    let lists = |field: &str| words(pairs, field).any(|word| word == quoted);
    match text {
        text if text.contains("extra parameter") => "authorize_params",
        // Of two that lists it twice, the optional one is too much.
        text if text.contains("scope `") && lists("optional_scopes") => "optional_scopes",
        text if text.contains("scope `") => "scopes",
        _ => "",
    }
}

/// The words of a field that holds several.
fn words<'p>(pairs: &'p Pairs, field: &str) -> impl Iterator<Item = &'p str> {
    let text = pairs.given(field).unwrap_or_default();
    text.split([' ', '\t', '\r', '\n', ',']).filter(|word| !word.is_empty())
}

/// A list of problems at the head of a form of settings, each with the way to its field.
pub(super) fn trouble(problems: &[Problem]) -> Markup {
    html! {
        @if !problems.is_empty() {
            div.notice.bad.block role="alert" {
                p { strong { "Nothing was saved." } }
                ul {
                    @for problem in problems {
                        li {
                            @if problem.at.is_empty() { (inline(&problem.text)) }
                            @else { a href={ "#" (problem.at) } { (inline(&problem.text)) } }
                        }
                    }
                }
            }
        }
    }
}

/// What the form starts with for a new one.
pub(super) fn of_provider(app: &App, provider: &Provider) -> Pairs {
    let mut pairs = Pairs::default();
    pairs.set("profile_name", "default");
    pairs.set("callback_url", format!("{}{CALLBACK}", app.guard.origin()));
    pairs.set("identity_provider_name", provider.title.as_str());
    of_endpoints(&mut pairs, provider, &[]);
    pairs
}

fn of_profile(profile: &AuthorizationProfile) -> Pairs {
    let mut pairs = Pairs::default();
    pairs.set("client_id", profile.client_id());
    pairs.set("callback_url", profile.callback_url());
    pairs.set("identity_provider_name", profile.name());
    of_endpoints(&mut pairs, profile.provider(), profile.asked_optional_scopes());
    pairs
}

fn of_endpoints(pairs: &mut Pairs, provider: &Provider, optional: &[String]) {
    pairs.set("authorization_url", provider.authorization_url.as_str());
    pairs.set("token_url", provider.token_url.as_str());
    pairs.set("refresh_url", provider.refresh_url.as_deref().unwrap_or_default());
    pairs.set("scopes", provider.scopes.join("\n"));
    pairs.set("optional_scopes", optional.join("\n"));
    let parameters = provider.authorize_params.iter().map(|(name, value)| format!("{name}={value}"));
    pairs.set("authorize_params", parameters.collect::<Vec<_>>().join("\n"));
    pairs.set("pkce", if provider.pkce { "yes" } else { "no" });
    pairs.set("credentials_in", if provider.credentials_in_body { "body" } else { "basic" });
}

/// A new profile as the form says it.
pub(super) fn made(pairs: &Pairs, provider: &Provider) -> AuthorizationProfile {
    applied(pairs, AuthorizationProfile::with_provider(provider.clone(), "", "", ""))
}

/// The profile with what the form says. What is empty there stays, or is what the spec says.
fn applied(pairs: &Pairs, profile: AuthorizationProfile) -> AuthorizationProfile {
    let text = |name| pairs.given(name).unwrap_or_default();
    let before = profile.provider().clone();
    let mut profile = profile
        .with_client_id(text("client_id"))
        .with_callback_url(text("callback_url"))
        .scopes(words(pairs, "scopes"))
        .optional_scopes(words(pairs, "optional_scopes"))
        .pkce(pairs.text("pkce") == Some("yes"))
        .credentials_in_body(pairs.text("credentials_in") == Some("body"));
    if let Some(secret) = pairs.text("client_secret").filter(|secret| !secret.is_empty()) {
        profile = profile.with_client_secret(SecretString::from(secret));
    }
    if let Some(name) = pairs.given("identity_provider_name") {
        profile = profile.identity_provider_name(name);
    }
    if let Some(url) = pairs.given("authorization_url") {
        profile = profile.authorization_url(url);
    }
    if let Some(url) = pairs.given("token_url") {
        profile = profile.token_url(url);
    }
    match pairs.given("refresh_url") {
        Some(url) => profile = profile.refresh_url(url),
        // Where there was one, it is the token request URL now.
        None if before.refresh_url.is_some() => {
            let url = profile.provider().token_url.clone();
            profile = profile.refresh_url(url);
        }
        None => {}
    }
    let given: Vec<_> =
        text("authorize_params").lines().filter_map(|line| line.trim().split_once('=')).collect();
    for (name, _) in &before.authorize_params {
        profile = profile.authorize_param(name, "");
    }
    for (name, value) in given {
        profile = profile.authorize_param(name.trim(), value.trim());
    }
    profile
}

/// The fields; the client secret is never among what is shown.
pub(super) fn fields(
    app: &App,
    provider: &Provider,
    pairs: &Pairs,
    has_secret: bool,
    marks: &Marks<'_>,
) -> Markup {
    let input = |name: &'static str, kind: &'static str, label: &str, help: Markup| {
        html! {
            div.field {
                label for=(name) { (label) }
                input #(name) name=(name) type=(kind) value=(pairs.text(name).unwrap_or_default()) autocomplete="off" spellcheck="false" aria-invalid=[marks.invalid(name)] aria-describedby=[marks.described(name, true)];
                (marks.message(name, None))
                span.help id={ (name) "-help" } { (help) }
            }
        }
    };
    let area = |name: &'static str, label: &str, help: Markup| {
        html! {
            div.field {
                label for=(name) { (label) }
                textarea.code #(name) name=(name) spellcheck="false" aria-invalid=[marks.invalid(name)] aria-describedby=[marks.described(name, true)] { (pairs.text(name).unwrap_or_default()) }
                (marks.message(name, None))
                span.help id={ (name) "-help" } { (help) }
            }
        }
    };
    let choice =
        |name: &'static str, label: &str, options: [(&'static str, &'static str); 2], help: Markup| {
            html! {
                div.field {
                    label for=(name) { (label) }
                    select #(name) name=(name) aria-describedby={ (name) "-help" } {
                        @for (value, text) in options {
                            option value=(value) selected[pairs.text(name) == Some(value)] { (text) }
                        }
                    }
                    span.help id={ (name) "-help" } { (help) }
                }
            }
        };
    let title = &provider.title;
    let secret = if has_secret {
        "Kept sealed, and never shown. Leave it empty to keep it."
    } else {
        "Of your app. It is kept sealed, and never shown."
    };
    html! {
        div.fields.broad {
            @if !has_secret {
                (input("profile_name", "text", "Profile name", html! { "Your name for it." }))
            }
            (input("callback_url", "url", "Callback URL", html! {
                "Register exactly this with your app. At " (app.guard.origin()) " this console takes the return."
            }))
            (input("client_id", "text", "Client id", html! { "Of the app that you registered with " (title) "." }))
            div.field {
                label for="client_secret" { "Client secret" }
                input #client_secret name="client_secret" type="password" autocomplete="off" placeholder=[has_secret.then_some("kept")] aria-invalid=[marks.invalid("client_secret")] aria-describedby=[marks.described("client_secret", true)];
                (marks.message("client_secret", None))
                span.help #client_secret-help { (secret) @if pairs.given("client_secret").is_some() { " " (AGAIN) } }
            }
            (input("identity_provider_name", "text", "Identity provider name", html! { "How people are told who asks them to sign in." }))
            (input("authorization_url", "url", "Authorization URL", html! { "Where people choose an account and agree." }))
            (input("token_url", "url", "Token request URL", html! { "Where the code is exchanged for tokens." }))
            (input("refresh_url", "url", "Refresh token URL", html! { "Empty where it is the token request URL." }))
            (area("scopes", "Scopes", html! { "What the app asks for, one per line: at first what the connector's actions need." }))
        }
        details open[marks.any("optional_scopes") || marks.any("authorize_params")] {
            summary { "More settings" }
            div.inside {
                div.fields.broad {
                    (area("optional_scopes", "Optional scopes", html! { "Asked for as well; people can refuse them." }))
                    (area("authorize_params", "Extra parameters of the authorize link", html! { "One per line, " code { "name=value" } "." }))
                    (choice("pkce", "PKCE", [("yes", "Yes"), ("no", "No")], html! { "RFC 7636; as the spec says at first." }))
                    (choice("credentials_in", "Client id and secret travel", [("body", "in the form body"), ("basic", "as HTTP Basic")], html! { "RFC 6749 §2.3.1." }))
                }
            }
        }
    }
}
