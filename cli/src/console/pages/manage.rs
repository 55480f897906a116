//! Enabling, disabling, disconnecting and deleting.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use typed_connector::auth::{Authorizer, Connection, ConnectionState, Profiles};

use super::authorize::connection;
use super::{Page, go};
use crate::auth::kept_token;
use crate::auth::target::DEFAULT;
use crate::check::count;
use crate::configured::{self, Access, Configured, Mode, Status};
use crate::console::app::{App, Known, Shared};
use crate::console::form::Pairs;
use crate::console::trouble::Trouble;

pub(in crate::console) async fn enable(
    State(app): State<Shared>,
    Path(connector): Path<String>,
) -> Result<Response, Trouble> {
    let known = app.connector(&connector)?;
    if let Some((_, Mode::PreAuthorized)) = known.profile() {
        let authorizer = app.authorizer(&known).await?;
        let kept = authorizer.connection(DEFAULT).await?;
        if kept.is_none_or(|kept| kept.state != ConnectionState::Active) {
            let text = "Authorize it first: there is no account whose data the actions could use.";
            return Err(Trouble::refused("It was not enabled", text).next(known.address(), "Back"));
        }
    }
    switch(&app, &known, Status::Enabled)?;
    Ok(go(&format!("{}?done=enabled", known.address())))
}

pub(in crate::console) async fn disable(
    State(app): State<Shared>,
    Path(connector): Path<String>,
) -> Result<Response, Trouble> {
    let known = app.connector(&connector)?;
    switch(&app, &known, Status::Disabled)?;
    Ok(go(&format!("{}?done=disabled", known.address())))
}

fn switch(app: &App, known: &Known, status: Status) -> Result<(), Trouble> {
    let configured = configured(known)?.clone();
    Ok(configured::put(&app.home, Configured { status, ..configured })?)
}

fn configured(known: &Known) -> Result<&Configured, Trouble> {
    known.configured.as_ref().ok_or_else(|| {
        let text = format!("{} is not configured.", known.title());
        Trouble::refused("Nothing was done", &text)
            .next(format!("{}/configure", known.address()), format!("Configure {}", known.title()))
    })
}

/// Forgets a connection, with or without telling the provider.
pub(in crate::console) async fn disconnect(
    State(app): State<Shared>,
    Path(connector): Path<String>,
    pairs: Pairs,
) -> Result<Response, Trouble> {
    let known = app.connector(&connector)?;
    let key = connection(&known, &pairs)?;
    let authorizer = app.authorizer(&known).await?;
    let revokes = pairs.text("revoke") == Some("yes");
    end(&authorizer, key, revokes).await?;
    // Without an account nothing can be run; nobody has said that it must not.
    if matches!(known.profile(), Some((_, Mode::PreAuthorized))) && key == DEFAULT && known.is_enabled() {
        switch(&app, &known, Status::Saved)?;
    }
    let word = if revokes { "revoked" } else { "disconnected" };
    Ok(go(&format!("{}?done={word}", known.address())))
}

async fn end(authorizer: &Authorizer, key: &str, revokes: bool) -> Result<(), Trouble> {
    match revokes {
        true => authorizer.revoke(key).await?,
        false => drop(authorizer.disconnect(key).await?),
    }
    Ok(())
}

/// What would be deleted.
struct Belongings {
    /// The profile, and whether it is ours to delete.
    profile: Option<(String, bool)>,
    connections: Vec<Connection>,
    can_revoke: bool,
}

async fn belongings(app: &App, known: &Known) -> Result<Belongings, Trouble> {
    let none = Belongings { profile: None, connections: Vec::new(), can_revoke: false };
    let Some((name, _)) = known.profile() else { return Ok(none) };
    // A profile that is gone takes nothing along.
    let Ok(profile) = app.profile(known, name).await else { return Ok(none) };
    Ok(Belongings {
        profile: Some((name.to_owned(), name != Profiles::SYSTEM)),
        connections: app.connections(known, profile.client_id()).await?,
        can_revoke: profile.provider().revocation_url.is_some(),
    })
}

pub(in crate::console) async fn ask_delete(
    State(app): State<Shared>,
    Path(connector): Path<String>,
) -> Result<Response, Trouble> {
    let known = app.connector(&connector)?;
    let access = &configured(&known)?.access;
    let belongings = belongings(&app, &known).await?;
    let title = known.title();
    let heading = format!("Delete {title} here?");
    let content = html! {
        div.head { h1 { (heading) } }
        form.card.stack method="post" {
            (app.guard.field())
            (what(access, &belongings))
            p.soft { "Nothing is deleted at " (title) " itself. To stop using it for a while, disable it." }
            @if belongings.can_revoke && !belongings.connections.is_empty() {
                label.check { input type="checkbox" name="revoke" value="yes"; "Also tell " (title) " to revoke the connections" }
            }
            div.row { button.danger.main { "Delete" } a.button href=(known.address()) { "Cancel" } }
        }
    };
    Ok(Page::of(&known, heading, content).show(&app))
}

fn what(access: &Access, belongings: &Belongings) -> Markup {
    html! {
        div.stack {
            p { "This removes from this machine:" }
            ul {
                li { "its configuration" }
                @match (&belongings.profile, access) {
                    (Some((name, true)), _) => li { "the authorization profile " strong { (name) } ", with its client secret" },
                    (Some((_, false)), _) => li { "nothing of the operator's profile, which stays" },
                    (None, Access::Token) => li { "the token that is kept" },
                    (None, _) => {}
                }
                @if !belongings.connections.is_empty() {
                    li {
                        (count(belongings.connections.len(), "connection")) ": "
                        @for (index, one) in belongings.connections.iter().enumerate() {
                            @if index > 0 { ", " } strong { (one.key) }
                        }
                    }
                }
            }
        }
    }
}

pub(in crate::console) async fn delete(
    State(app): State<Shared>,
    Path(connector): Path<String>,
    pairs: Pairs,
) -> Result<Response, Trouble> {
    let known = app.connector(&connector)?;
    let access = configured(&known)?.access.clone();
    let belongings = belongings(&app, &known).await?;
    if !belongings.connections.is_empty() {
        let authorizer = app.authorizer(&known).await?;
        let revokes = pairs.text("revoke") == Some("yes");
        for one in &belongings.connections {
            end(&authorizer, &one.key, revokes).await?;
        }
    }
    if let (Some((name, true)), Some(profiles)) = (&belongings.profile, app.profiles(&known)) {
        profiles.delete(name).await?;
    }
    if access == Access::Token {
        kept_token::forget(&app.store, known.name()).await?;
    }
    configured::change(&app.home, |list| list.retain(|one| one.connector != known.name()))?;
    Ok(go("/?done=deleted"))
}
