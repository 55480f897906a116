//! The first page: what is configured and what is available.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use typed_connector::auth::KeptConnection;
use typed_connector_specs::model;

use super::text::inline;
use super::{Page, Tone, badge, done};
use crate::check::count;
use crate::configured::{Access, Configured, Mode, Status};
use crate::console::app::{App, Broken, Known, Shared, Source};
use crate::console::form::Pairs;
use crate::console::trouble::Trouble;

pub(in crate::console) async fn show(
    State(app): State<Shared>,
    uri: axum::http::Uri,
) -> Result<Response, Trouble> {
    let query = Pairs::parse(uri.query().unwrap_or_default().as_bytes());
    let (known, broken) = app.connectors()?;
    let (mut configured, mut connected, mut available) = (Vec::new(), Vec::new(), Vec::new());
    for one in known {
        match (one.configured.clone(), app.kept(&one).await?.as_slice()) {
            (Some(as_it_is), _) => configured.push(card_configured(&app, &one, &as_it_is).await?),
            (None, []) => available.push(card_unconfigured(&one, &origin(&one))),
            (None, kept) => connected.push(card_unconfigured(&one, &html! { (accounts(kept)) })),
        }
    }
    let content = html! {
        div.head {
            h1 { "Connectors" }
            p.lead { "Configure a connector once: which app asks for access, and whose accounts. Then try its actions here, and install it in a crate." }
        }
        @for folder in &broken { (card_broken(folder)) }
        @if !configured.is_empty() {
            section aria-labelledby="configured" {
                h2 #configured { "Configured" }
                ul.cards { @for card in &configured { (card) } }
            }
        }
        @if !connected.is_empty() {
            section aria-labelledby="connected" {
                h2 #connected { "Connected on the command line" }
                p.soft { "Commands use these already. Configure one to run its actions here too." }
                ul.cards { @for card in &connected { (card) } }
            }
        }
        @if !available.is_empty() {
            section aria-labelledby="available" {
                h2 #available { "Available" }
                ul.cards { @for card in &available { (card) } }
            }
        }
    };
    Ok(Page::new("Connectors", content).notice(done(query.text("done"))).show(&app))
}

/// The accounts of connections that were not made here.
fn accounts(kept: &[KeptConnection]) -> String {
    match kept {
        [one] => match &one.connection.account_id {
            Some(account) => format!("Account {account}"),
            None => "An account is connected".to_owned(),
        },
        many => count(many.len(), "connection"),
    }
}

fn card_unconfigured(known: &Known, more: &Markup) -> Markup {
    let model = known.connector.model();
    html! {
        li.card {
            h3 { a href=(known.address()) { (known.title()) } }
            div.stack {
                @if model.description.is_some() { p.soft { (summary(model)) } }
                p.small.soft { (count(known.connector.actions().len(), "action")) " · " (more) }
            }
            div.row {
                a.button.main href={ (known.address()) "/configure" } { "Configure" span.hidden { " " (known.title()) } }
                a.button href={ (known.address()) "/actions" } { "Explore" span.hidden { " " (known.title()) } }
            }
        }
    }
}

async fn card_configured(app: &App, known: &Known, configured: &Configured) -> Result<Markup, Trouble> {
    let accounts = match &configured.access {
        Access::Profile { name, mode } => match app.profile(known, name).await {
            Ok(profile) => {
                let connections = app.connections(known, profile.client_id()).await?;
                match (mode, connections.as_slice()) {
                    (_, []) => "No account is connected yet".to_owned(),
                    (Mode::Users, many) => format!("{} connected", count(many.len(), "user")),
                    (Mode::PreAuthorized, many) => {
                        let used = many.iter().find(|one| one.key == crate::auth::target::DEFAULT);
                        match used.map(|one| one.account_id.as_deref()) {
                            Some(Some(account)) => format!("Account {account}"),
                            Some(None) => "An account is connected".to_owned(),
                            None => "No account is connected yet".to_owned(),
                        }
                    }
                }
            }
            Err(_) => "Its authorization profile is gone".to_owned(),
        },
        Access::Token => "A token is kept".to_owned(),
        Access::Open => "No authorization is needed".to_owned(),
    };
    let model = known.connector.model();
    Ok(html! {
        li.card {
            div.row.between {
                h3 { a href=(known.address()) { (known.title()) } }
                (state(app, known).await?)
            }
            div.stack {
                @if model.description.is_some() { p.soft { (summary(model)) } }
                p.small.soft { (accounts) @if known.profile().is_some() { " · " (configured.words()) } }
            }
            div.row {
                a.button.main href={ (known.address()) "/actions" } { "Actions" span.hidden { " of " (known.title()) } }
                a.button href=(known.address()) { "Manage" span.hidden { " " (known.title()) } }
            }
        }
    })
}

fn card_broken(broken: &Broken) -> Markup {
    html! {
        div.notice.bad.block role="alert" {
            p { strong { (broken.folder.display()) } " cannot be used: " (count(broken.problems.len(), "problem")) "." }
            details {
                summary { "What is wrong" }
                div.inside { @for problem in &broken.problems { pre { (problem) } } }
            }
        }
    }
}

/// The first sentence of what the API is.
fn summary(model: &model::Connector) -> Markup {
    let text = model.description.as_deref().unwrap_or_default();
    let end = text.find(". ").or_else(|| text.find("\n\n"));
    inline(end.map_or(text, |end| &text[..=end]).trim())
}

/// Where its specs are.
pub(super) fn origin(known: &Known) -> Markup {
    match &known.source {
        Source::Shipped => html! { "shipped" },
        Source::Folder(folder) => html! { code { (folder.display()) } },
    }
}

pub(super) async fn state(app: &App, known: &Known) -> Result<Markup, Trouble> {
    Ok(match &known.configured {
        None if app.kept(known).await?.is_empty() => badge(Tone::Quiet, "Available"),
        None => badge(Tone::Good, "Connected"),
        Some(configured) => match configured.status {
            Status::Enabled => badge(Tone::Good, "Enabled"),
            Status::Saved => badge(Tone::Wait, "Not enabled yet"),
            Status::Disabled => badge(Tone::Wait, "Disabled"),
        },
    })
}
