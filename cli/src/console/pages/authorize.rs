//! Authorizing: to the provider, and what became of it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::html;
use typed_connector::auth::{AuthError, Authorizer, Connection};

use super::{CROSS, Page, TICK, bare, leads_to};
use crate::auth::target::DEFAULT;
use crate::configured::Mode;
use crate::console::app::{App, Known, Shared};
use crate::console::form::Pairs;
use crate::console::returns::port_here;
use crate::console::trouble::{Trouble, sentence, told};

/// Longest key of a connection.
const MOST_CHARS: usize = 200;

/// Sends the browser to the provider.
pub(in crate::console) async fn begin(
    State(app): State<Shared>,
    Path(connector): Path<String>,
    pairs: Pairs,
) -> Result<Response, Trouble> {
    let known = app.connector(&connector)?;
    let connection = connection(&known, &pairs)?;
    let authorizer = app.authorizer(&known).await?;
    let required = app.returns.begin(&app, &known, &authorizer, connection).await?;
    if port_here(authorizer.profile().callback_url()).is_some() {
        // Not a redirect: the policy for forms would hold for the provider's own redirects too.
        let title = format!("To {} …", authorizer.profile().name());
        return Ok(leads_to(&title, &required.url, "Continue").into_response());
    }
    let heading = format!("Authorize {}", known.title());
    let content = html! {
        div.head {
            h1 { (heading) }
            p.lead { "The profile's callback URL is not on this machine, so this console cannot see who comes back." }
        }
        ol.steps.card {
            li { div { h2 { "Decide at " (authorizer.profile().name()) } p { "Choose the account there and agree." } }
                a.button.main href=(required.url) target="_blank" rel="noreferrer" { "Open" } }
            li {
                div.stack {
                    div { h2 { "Bring the address back" } p { "The browser ends at an address that starts with " code { (authorizer.profile().callback_url()) } ". Copy the whole of it." } }
                    form.stack method="post" action={ (known.address()) "/paste" } {
                        (app.guard.field())
                        input type="hidden" name="connection" value=(connection);
                        div.field { label for="address" { "The address" } input #address name="address" type="url" required autocomplete="off"; }
                        div { button.main { "Finish" } }
                    }
                }
            }
        }
    };
    Ok(Page::of(&known, heading, content).show(&app))
}

/// Finishes an authorization whose way back was pasted.
pub(in crate::console) async fn paste(
    State(app): State<Shared>,
    Path(connector): Path<String>,
    pairs: Pairs,
) -> Result<Response, Trouble> {
    let known = app.connector(&connector)?;
    let connection = connection(&known, &pairs)?;
    let authorizer = app.authorizer(&known).await?;
    let outcome = authorizer.finish_as(pairs.given("address").unwrap_or_default(), connection).await;
    Ok(self::outcome(&app, &known, &authorizer, outcome))
}

/// The key of the connection that a form is about.
pub(super) fn connection<'p>(known: &Known, pairs: &'p Pairs) -> Result<&'p str, Trouble> {
    let key = match known.profile() {
        Some((_, Mode::Users)) => pairs.given("connection"),
        _ => Some(pairs.given("connection").unwrap_or(DEFAULT)),
    };
    key.filter(|key| key.chars().count() <= MOST_CHARS && !key.chars().any(char::is_control)).ok_or_else(
        || {
            let text =
                format!("Say which user: a name or an id of your own, {MOST_CHARS} characters at most.");
            Trouble::refused("Nothing was done", &text)
                .next(known.address(), format!("Back to {}", known.title()))
        },
    )
}

/// How an authorization went. The browser comes from elsewhere: what is shown here needs no session.
pub(in crate::console) fn outcome(
    app: &App,
    known: &Known,
    authorizer: &Authorizer,
    outcome: Result<Connection, AuthError>,
) -> Response {
    let provider = authorizer.profile().name();
    let connection = match outcome {
        Ok(connection) => connection,
        Err(error) => return failed(app, known, provider, &error),
    };
    let user = (connection.key != DEFAULT).then_some(&connection.key);
    let content = html! {
        div.card {
            span.big-icon.good { (TICK) }
            h1 { "Authorization completed successfully" }
            dl.facts {
                dt { "Identity provider" } dd { (provider) }
                dt { "Account" } dd { (connection.account_id.as_deref().unwrap_or("not told by the provider")) }
                @if let Some(user) = user { dt { "User" } dd { (user) } }
                dt { "Scopes granted" }
                dd { ul.plain { @for scope in &connection.scopes { li { code { (scope) } } } } }
            }
            p.row { a.button.main href=(known.address()) { "Continue to " (known.title()) } }
        }
    };
    Page::new("Authorization completed successfully", content).show(app)
}

fn failed(app: &App, known: &Known, provider: &str, error: &AuthError) -> Response {
    let (status, reason) = match error {
        AuthError::Refused { error, .. } if error == "access_denied" => {
            (StatusCode::FORBIDDEN, "The authorization was refused, so nothing was connected.".to_owned())
        }
        AuthError::StateMismatch => (
            StatusCode::BAD_REQUEST,
            "The way back was used already, has expired, or is of another authorization.".to_owned(),
        ),
        error => (StatusCode::BAD_GATEWAY, sentence(&told(error))),
    };
    let heading = format!("{provider} was not connected");
    let content = html! {
        div.card {
            span.big-icon.bad { (CROSS) }
            h1 { (heading) }
            p { (reason) }
            @if let AuthError::Refused { description: Some(words), .. } = error {
                p.soft { (provider) " says: " (words) }
            }
            p.row { a.button.main href=(known.address()) { "Back to " (known.title()) } }
        }
    };
    Page::new(heading.clone(), content).status(status).show(app)
}

/// The page of somebody who comes back a second time, as by a reload.
pub(in crate::console) fn used(known: &Known) -> Response {
    let content = html! {
        p { "This way back was used already. Whether the account is connected is shown at the connector." }
        p { a.button.main href=(known.address()) { "Continue to " (known.title()) } }
    };
    bare("Nothing was done", &content).into_response()
}
