//! One connector: how far it is, its authorization profile and its accounts.

use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use maud::{Markup, html};
use typed_connector::auth::{AuthorizationProfile, Connection, ConnectionState, KeptConnection, Profiles};

use super::home::{origin, state};
use super::text::markdown;
use super::{Page, Tone, badge, done, press};
use crate::auth::connections::{second, state as token_state};
use crate::auth::target::DEFAULT;
use crate::check::count;
use crate::configured::{Access, Configured, Mode, Status};
use crate::console::app::{App, Known, Shared};
use crate::console::form::Pairs;
use crate::console::trouble::Trouble;

pub(in crate::console) async fn show(
    State(app): State<Shared>,
    Path(connector): Path<String>,
    uri: Uri,
) -> Result<Response, Trouble> {
    let query = Pairs::parse(uri.query().unwrap_or_default().as_bytes());
    let known = app.connector(&connector)?;
    let content = html! {
        div.head {
            div.title { h1 { (known.title()) } (state(&app, &known).await?) }
            div.lead { @if let Some(text) = &known.connector.model().description { (markdown(text)) } }
        }
        @match known.configured.clone() {
            Some(configured) => (configured_page(&app, &known, &configured).await?),
            None => (available(&known, &app.kept(&known).await?)),
        }
        (about(&known))
    };
    Ok(Page::new(known.title(), content).under("/", "Connectors").notice(done(query.text("done"))).show(&app))
}

fn available(known: &Known, kept: &[KeptConnection]) -> Markup {
    html! {
        @if !kept.is_empty() {
            section.card aria-labelledby="connected" {
                h2 #connected { "Connected on the command line" }
                p.soft { "Made with " code { "connector auth authorize" } ", and used by commands. Configure " (known.title()) " to use them here too." }
                @for KeptConnection { connection, client_id, .. } in kept {
                    details open[kept.len() == 1] {
                        summary { (connection.key) " " (connection_state(connection)) }
                        div.inside {
                            (facts(connection))
                            p.small.soft { "Made with the app " code { (client_id) } "." }
                        }
                    }
                }
            }
        }
        section.card {
            h2 { @if kept.is_empty() { "Configure it to use it" } @else { "Configure it to use it here" } }
            p.soft { "Choose which app asks for access, and whether you connect one account for everybody or each user their own." }
            div.row {
                a.button.main href={ (known.address()) "/configure" } { "Configure" }
                a.button href={ (known.address()) "/actions" } { "Explore actions" }
            }
        }
    }
}

async fn configured_page(app: &App, known: &Known, configured: &Configured) -> Result<Markup, Trouble> {
    let Access::Profile { name, mode } = &configured.access else {
        return Ok(html! { (steps(app, known, configured, &[])) (kept(app, known, configured)) });
    };
    let Ok(profile) = app.profile(known, name).await else { return Ok(gone(known, name)) };
    let connections = app.connections(known, profile.client_id()).await?;
    Ok(html! {
        (steps(app, known, configured, &connections))
        @match mode {
            Mode::PreAuthorized => (accounts(app, known, &profile, &connections)),
            Mode::Users => (users(app, known, &profile, &connections)),
        }
        (profile_card(app, known, name, *mode, &profile))
    })
}

fn gone(known: &Known, name: &str) -> Markup {
    html! {
        div.notice.bad.block role="alert" {
            p { "The authorization profile " strong { (name) } " is not there any more." }
            p { a href={ (known.address()) "/configure" } { "Configure " (known.title()) " anew" } }
        }
    }
}

/// Configure, authorize, enable, use: what is done, and what comes next.
fn steps(app: &App, known: &Known, configured: &Configured, connections: &[Connection]) -> Markup {
    let address = known.address();
    let mode = known.profile().map(|(_, mode)| mode);
    let used = connections.iter().find(|one| one.key == DEFAULT);
    let is_active = used.is_some_and(|one| one.state == ConnectionState::Active);
    let authorized = match mode {
        Some(Mode::PreAuthorized) => is_active,
        Some(Mode::Users) | None => true,
    };
    let enabled = configured.status == Status::Enabled;
    let class = |done: bool, now: bool| {
        if done {
            "done"
        } else if now {
            "now"
        } else {
            ""
        }
    };
    html! {
        section.card aria-label="How far it is" {
            ol.steps {
                li.done {
                    div { h2 { "Configured" } p { (summary(configured)) } }
                    a.button href={ (address) "/configure" } { "Change" }
                }
                @match mode {
                    Some(Mode::PreAuthorized) => {
                        li class=(class(authorized, true)) {
                            div {
                                h2 { @if authorized { "Authorized" } @else { "Authorize" } }
                                p { (account_line(used)) }
                            }
                            (press(app, &format!("{address}/authorize"), if authorized { "Authorize again" } else { "Authorize" }, if authorized { "" } else { "main" }))
                        }
                    }
                    Some(Mode::Users) => {
                        li.done {
                            div { h2 { "Users authorize" } p { "Each user gets a link when they first need it. " (count(connections.len(), "user")) " connected." } }
                        }
                    }
                    None => {}
                }
                li class=(class(enabled, authorized)) {
                    div {
                        h2 { @if enabled { "Enabled" } @else { "Enable" } }
                        p {
                            @match configured.status {
                                Status::Enabled => "Its actions can be run here and on the command line.",
                                Status::Saved => { "Until then no action is run here. " code { "connector run" } " uses what is saved." }
                                Status::Disabled => { "Until then no action is run, neither here nor by " code { "connector run" } "." }
                            }
                        }
                    }
                    @if enabled {
                        (press(app, &format!("{address}/disable"), "Disable", ""))
                    } @else if authorized {
                        (press(app, &format!("{address}/enable"), "Enable", "main"))
                    }
                }
                li class=(class(false, enabled)) {
                    div { h2 { "Use its actions" } p { "Run one as a form, and take the Rust line that does the same." } }
                    a.button.main[enabled] href={ (address) "/actions" } { "Explore actions" }
                }
            }
        }
    }
}

fn account_line(used: Option<&Connection>) -> String {
    match used {
        None => "Choose an account at the provider, and agree.".to_owned(),
        Some(one) if one.state == ConnectionState::NeedsAuthorization => {
            "The provider does not take the authorization any more.".to_owned()
        }
        Some(one) => match &one.account_id {
            Some(account) => format!("Account {account}, {} granted.", count(one.scopes.len(), "scope")),
            None => format!("An account with {} granted.", count(one.scopes.len(), "scope")),
        },
    }
}

fn summary(configured: &Configured) -> String {
    match &configured.access {
        Access::Profile { name, mode } => {
            let profile = match name.as_str() {
                Profiles::SYSTEM => "System authorization profile".to_owned(),
                name => format!("Custom authorization profile {name}"),
            };
            let mode = match mode {
                Mode::PreAuthorized => "pre-authorized integration",
                Mode::Users => "users authorize",
            };
            format!("{profile}, {mode}.")
        }
        Access::Token => "With a token that is kept sealed.".to_owned(),
        Access::Open => "Without authorization.".to_owned(),
    }
}

fn connection_state(one: &Connection) -> Markup {
    match one.state {
        ConnectionState::Active => badge(Tone::Good, "Connected"),
        _ => badge(Tone::Wait, "Needs authorization"),
    }
}

/// The one account that everybody uses.
fn accounts(app: &App, known: &Known, profile: &AuthorizationProfile, connections: &[Connection]) -> Markup {
    let Some(one) = connections.iter().find(|one| one.key == DEFAULT) else { return html! {} };
    html! {
        section.card aria-labelledby="account" {
            div.row.between { h2 #account { "Account" } (connection_state(one)) }
            (facts(one))
            div.row {
                (press(app, &format!("{}/test", known.address()), "Test", ""))
                (endings(app, known, profile, one))
            }
        }
    }
}

/// Everything but the tokens.
fn facts(one: &Connection) -> Markup {
    html! {
        dl.facts {
            dt { "Account" } dd { (one.account_id.as_deref().unwrap_or("not told by the provider")) }
            dt { "Scopes granted" } dd { ul.plain { @for scope in &one.scopes { li { code { (scope) } } } } }
            dt { "Access token" } dd { (token_state(one)) }
            dt { "Authorized" } dd { (second(one.authorized_at)) }
            @if let Some(at) = one.refreshed_at { dt { "Refreshed" } dd { (second(at)) } }
        }
    }
}

/// The buttons that end a connection.
fn endings(app: &App, known: &Known, profile: &AuthorizationProfile, one: &Connection) -> Markup {
    let action = format!("{}/disconnect", known.address());
    let form = |label: &str, revokes: bool| {
        html! {
            form method="post" action=(action) {
                (app.guard.field())
                input type="hidden" name="connection" value=(one.key);
                @if revokes { input type="hidden" name="revoke" value="yes"; }
                button { (label) span.hidden { " " (one.key) } }
            }
        }
    };
    html! {
        (form("Disconnect", false))
        @if profile.provider().revocation_url.is_some() { (form(&format!("Revoke at {}", profile.name()), true)) }
    }
}

/// Everybody's own accounts.
fn users(app: &App, known: &Known, profile: &AuthorizationProfile, connections: &[Connection]) -> Markup {
    html! {
        section.card aria-labelledby="users" {
            h2 #users { "Users" }
            p.soft { "In your application a call for a user without a connection ends in " code { "AuthorizationRequired" } " with that user's link. Try here what they see." }
            form.row method="post" action={ (known.address()) "/authorize" } {
                (app.guard.field())
                div.field { label for="connection" { "User" } input #connection name="connection" required autocomplete="off" placeholder="ada"; }
                div.field { span.label aria-hidden="true" { "\u{a0}" } button.main { "Authorize as this user" } }
            }
            @for one in connections {
                details {
                    summary { (one.key) " " (connection_state(one)) }
                    div.inside {
                        (facts(one))
                        div.row {
                            form method="post" action={ (known.address()) "/test" } {
                                (app.guard.field())
                                input type="hidden" name="connection" value=(one.key);
                                button { "Test" span.hidden { " " (one.key) } }
                            }
                            (endings(app, known, profile, one))
                        }
                    }
                }
            }
        }
    }
}

/// A token, or nothing.
fn kept(app: &App, known: &Known, configured: &Configured) -> Markup {
    let title = match configured.access {
        Access::Token => "Token",
        _ => "Authorization",
    };
    html! {
        section.card aria-labelledby="authorization" {
            h2 #authorization { (title) }
            p.soft { (summary(configured)) }
            div.row {
                (press(app, &format!("{}/test", known.address()), "Test", ""))
                (delete_link(known))
            }
        }
    }
}

fn delete_link(known: &Known) -> Markup {
    html! { a.button href={ (known.address()) "/delete" } { "Delete …" } }
}

fn profile_card(app: &App, known: &Known, name: &str, mode: Mode, profile: &AuthorizationProfile) -> Markup {
    let provider = profile.provider();
    let is_ours = name != Profiles::SYSTEM;
    let warnings = profile.validate().unwrap_or_default();
    html! {
        section.card aria-labelledby="profile" {
            h2 #profile { "Authorization profile" }
            @for warning in &warnings { p.notice.wait { (crate::console::trouble::sentence(warning)) } }
            dl.facts {
                dt { "Profile" } dd { @if is_ours { (name) " (custom)" } @else { "System" } }
                dt { "Who authorizes" } dd { @match mode { Mode::PreAuthorized => "Pre-authorized integration", Mode::Users => "Each user" } }
                dt { "Identity provider" } dd { (profile.name()) }
                dt { "Client id" } dd { code { (profile.client_id()) } }
                dt { "Client secret" } dd { "kept, never shown" }
                dt { "Callback URL" } dd { code { (profile.callback_url()) } }
                dt { "Authorization URL" } dd { code { (provider.authorization_url) } }
                dt { "Token request URL" } dd { code { (provider.token_url) } }
                dt { "Refresh token URL" } dd { @match &provider.refresh_url { Some(url) => code { (url) }, None => "the same" } }
                dt { "Scopes" } dd { ul.plain { @for scope in &provider.scopes { li { code { (scope) } } } } }
                @if !profile.asked_optional_scopes().is_empty() {
                    dt { "Optional scopes" } dd { ul.plain { @for scope in profile.asked_optional_scopes() { li { code { (scope) } } } } }
                }
            }
            @if app.base_url.is_some() { p.small.soft { "The addresses are as " code { "--base-url" } " has them." } }
            div.row {
                @if is_ours { a.button href={ (known.address()) "/profiles/" (name) } { "Edit profile" } }
                (delete_link(known))
            }
        }
    }
}

fn about(known: &Known) -> Markup {
    let model = known.connector.model();
    html! {
        section.card aria-labelledby="about" {
            h2 #about { "About" }
            dl.facts {
                dt { "Name" } dd { code { (model.name) } }
                dt { "Specs" } dd { (origin(known)) }
                dt { "Actions" } dd { a href={ (known.address()) "/actions" } { (count(known.connector.actions().len(), "action")) } }
                dt { "API" } dd { code { (model.base_url) } }
                @if let Some(url) = &model.docs_url { dt { "Documentation" } dd { a href=(url) rel="noreferrer" { (url) } } }
            }
            div.row { a.button href={ (known.address()) "/install" } { "Install in a crate …" } }
        }
    }
}
