//! The pages, rendered on the server: no script, one style sheet, nothing from elsewhere.
//!
//! | module | shows |
//! | --- | --- |
//! | `home` | what is configured and what is available |
//! | `connector` | one connector: how far it is, its accounts |
//! | `configure`, `access` | which app asks for access, and whose accounts; an authorization profile |
//! | `authorize`, `manage` | authorizing, enabling, disconnecting, deleting |
//! | `actions`, `action` | the actions, and one of them with its form |
//! | `install` | a connector's files into a crate |
//! | `run`, `answer` | what was sent and what came back |

pub(super) mod access;
pub(super) mod action;
pub(super) mod actions;
mod answer;
pub(super) mod authorize;
pub(super) mod configure;
pub(super) mod connector;
pub(super) mod home;
pub(super) mod install;
pub(super) mod manage;
pub(super) mod run;
mod text;

pub(super) use self::text::inline;

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::app::{App, Known};

/// Where the style sheet is.
pub(super) const STYLE_PATH: &str = "/style.css";
const STYLE: &str = include_str!("style.css");

/// The style sheet.
pub(super) async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}

/// A page of the console.
pub(super) struct Page {
    title: String,
    trail: Vec<(String, String)>,
    notice: Option<&'static str>,
    content: Markup,
    status: StatusCode,
    /// What it is called in the way that leads to it, where that is not its title.
    named: Option<&'static str>,
}

impl Page {
    pub(super) fn new(title: impl Into<String>, content: Markup) -> Self {
        Self {
            title: title.into(),
            trail: Vec::new(),
            notice: None,
            content,
            status: StatusCode::OK,
            named: None,
        }
    }

    /// One below the page of a connector.
    pub(super) fn of(known: &Known, title: impl Into<String>, content: Markup) -> Self {
        Self::new(title, content).under("/", "Connectors").under(known.address(), known.title())
    }

    /// A page above this one: its address and its name.
    pub(super) fn under(mut self, address: impl Into<String>, label: impl Into<String>) -> Self {
        self.trail.push((address.into(), label.into()));
        self
    }

    /// What was done just now.
    pub(super) const fn notice(mut self, notice: Option<&'static str>) -> Self {
        self.notice = notice;
        self
    }

    pub(super) const fn named(mut self, name: &'static str) -> Self {
        self.named = Some(name);
        self
    }

    pub(super) const fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// A form again, where what was sent could not be taken.
    pub(super) const fn refused(self, is_refused: bool) -> Self {
        if is_refused { self.status(StatusCode::UNPROCESSABLE_ENTITY) } else { self }
    }

    pub(super) fn show(self, app: &App) -> Response {
        let body = html! {
            a.skip href="#content" { "Skip to the content" }
            header.top {
                div.inner {
                    a.brand href="/" { (MARK) "Connector console" }
                    @if let Some(url) = &app.base_url {
                        span.host { "All requests go to " code { (url) } }
                    }
                }
            }
            main #content {
                @if !self.trail.is_empty() {
                    nav aria-label="Breadcrumb" {
                        ol.trail {
                            @for (address, label) in &self.trail { li { a href=(address) { (label) } } }
                            li aria-current="page" { (self.named.unwrap_or(&self.title)) }
                        }
                    }
                }
                @if let Some(notice) = self.notice {
                    p.notice.good role="status" { (TICK) (notice) }
                }
                (self.content)
            }
            footer.bottom {
                div.inner {
                    p { "typed-connector " (env!("CARGO_PKG_VERSION")) " · what is kept here is in " code { (app.home.display()) } }
                }
            }
        };
        (self.status, document(&self.title, None, &body)).into_response()
    }
}

/// A page without ways to elsewhere, for those who may not be let in.
pub(super) fn bare(title: &str, content: &Markup) -> Html<String> {
    let body = html! {
        main.alone { div.card { h1 { (title) } (content) } }
    };
    document(title, None, &body)
}

/// A page that leads on to an address by itself, with a link for those whom it does not lead.
pub(super) fn leads_to(title: &str, address: &str, label: &str) -> Html<String> {
    let body = html! {
        main.alone { div.card { h1 { (title) } p { a.button.main href=(address) { (label) } } } }
    };
    document(title, Some(address), &body)
}

fn document(title: &str, leads_to: Option<&str>, body: &Markup) -> Html<String> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                meta name="color-scheme" content="light dark";
                @if let Some(address) = leads_to {
                    meta http-equiv="refresh" content={ "0; url=" (address) };
                }
                title { (title) " – Connector console" }
                link rel="icon" href=(ICON);
                link rel="stylesheet" href=(STYLE_PATH);
            }
            body { (body) }
        }
    };
    Html(page.into_string())
}

/// A form of one button.
pub(super) fn press(app: &App, address: &str, label: &str, class: &str) -> Markup {
    html! {
        form method="post" action=(address) { (app.guard.field()) button class=(class) { (label) } }
    }
}

/// Sends the browser on, so that loading again does nothing again.
pub(super) fn go(address: &str) -> Response {
    let location: [(HeaderName, &str); 1] = [(header::LOCATION, address)];
    (StatusCode::SEE_OTHER, location).into_response()
}

/// What was done, by the word that is in the address afterwards.
pub(super) fn done(word: Option<&str>) -> Option<&'static str> {
    Some(match word? {
        "configured" => "The configuration is saved.",
        "profile" => "The authorization profile is saved.",
        "enabled" => "It is enabled: its actions can be run.",
        "disabled" => {
            "It is disabled, here and on the command line. Its authorization profile and connections are kept."
        }
        "deleted" => "It is deleted, with what belonged to it.",
        "disconnected" => "The connection is forgotten here.",
        "revoked" => "The connection is revoked at the provider and forgotten here.",
        _ => return None,
    })
}

/// What a page says of the state of something.
#[derive(Clone, Copy)]
pub(super) enum Tone {
    Good,
    Wait,
    Quiet,
}

pub(super) fn badge(tone: Tone, text: &str) -> Markup {
    let class = match tone {
        Tone::Good => "badge good",
        Tone::Wait => "badge wait",
        Tone::Quiet => "badge",
    };
    html! { span class=(class) { (text) } }
}

const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%230b62b5' stroke-width='2.5' stroke-linecap='round'%3E%3Cpath d='M9 15l6-6M8 11l-3 3a3.5 3.5 0 005 5l3-3M16 13l3-3a3.5 3.5 0 00-5-5l-3 3'/%3E%3C/svg%3E";
const MARK: PreEscaped<&str> = PreEscaped(
    "<svg class=\"mark\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M9 15l6-6M8 11l-3 3a3.5 3.5 0 005 5l3-3M16 13l3-3a3.5 3.5 0 00-5-5l-3 3\"/></svg>",
);
pub(super) const TICK: PreEscaped<&str> = PreEscaped(
    "<svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M4 12.5l5.5 5.5L20 7\"/></svg>",
);
pub(super) const CROSS: PreEscaped<&str> = PreEscaped(
    "<svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M6 6l12 12M18 6L6 18\"/></svg>",
);
