//! What was sent and what came back; the question before what cannot be undone; a test of a connection.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde_json::{Map, Value};
use typed_connector::Error;
use typed_connector::auth::AuthorizationRequired;
use typed_connector::dynamic::model::{Effect, Field, FieldType, Output};
use typed_connector::dynamic::{Action, Preview};

use super::actions::effect;
use super::authorize::connection;
use super::{CROSS, Page, TICK, answer, go, inline, leads_to};
use crate::auth::target::DEFAULT;
use crate::configured::Mode;
use crate::console::app::{App, Known, Shared, Source};
use crate::console::form::{self, Offers, Pairs};
use crate::console::guard::random;
use crate::console::runs::{Run, Silent, Started};
use crate::console::trouble::{Trouble, sentence, told};
use crate::run::choices::{Choice, Question};
use crate::run::line;
use crate::run::mask::masked;
use crate::snippet::snippet;

/// The page of a run.
pub(in crate::console) async fn show(
    State(app): State<Shared>,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    if app.runs.running(&id).is_some() {
        // It is looked at again after a moment, by the page itself.
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        if app.runs.running(&id).is_some() {
            return Ok(
                leads_to("It is still running …", &format!("/runs/{id}"), "Look again").into_response()
            );
        }
    }
    let run = app.runs.done(&id).ok_or_else(|| {
        Trouble::not_found("What was run before the console was restarted, or long ago, is not remembered.")
    })?;
    let known = app.connector(run.connector)?;
    let address = format!("{}/actions", known.address());
    let form = format!("{address}/{}", run.action.name());
    let title =
        if run.is_test { format!("Test of {}", known.title()) } else { run.action.model().title.clone() };
    let content = html! {
        div.head {
            div.title { h1 { (title) } (effect(run.action.model().effect)) }
            (verdict(&run))
        }
        @match &run.outcome {
            Ok(output) => {
                section.card aria-labelledby="answer" {
                    h2 #answer { "Answer" }
                    (answer::show(run.action, output, &format!("/runs/{id}/file")))
                    @if let typed_connector::dynamic::Output::Page(page) = output && page.next.is_some() && !run.is_test {
                        form method="post" action={ "/runs/" (id) "/next" } { (app.guard.field()) button { "Next page" } }
                    }
                    @if answer::has_json(output) {
                        details { summary { "As JSON" } div.inside { pre { code { (pretty(&answer::json(run.action, output))) } } } }
                    }
                }
            }
            Err(error) => (failure(&app, &known, &run, error)),
        }
        div.row {
            @if run.is_test { a.button.main href=(known.address()) { "Back to " (known.title()) } }
            @else { a.button.main href={ (form) "?from=" (id) } { "Change and run again" } a.button href=(address) { "Other actions" } }
        }
        (sent(&run))
        (program(&app, &known, &run))
    };
    let mut page = Page::of(&known, title, content);
    if !run.is_test {
        page = page.under(address, "Actions").under(form, run.action.model().title.as_str());
        page = page.named("Answer");
    }
    Ok(page.show(&app))
}

/// An answer of bytes, to be saved: nothing of it is shown as a page.
pub(in crate::console) async fn file(
    State(app): State<Shared>,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let gone = || Trouble::not_found("There is no file of this address.");
    let run = app.runs.done(&id).ok_or_else(gone)?;
    let bytes = match &run.outcome {
        Ok(typed_connector::dynamic::Output::Value(item)) => item.bytes().map(<[u8]>::to_vec),
        _ => None,
    };
    let headers = [
        (CONTENT_TYPE, "application/octet-stream"),
        (CONTENT_DISPOSITION, "attachment; filename=\"answer\""),
    ];
    Ok((headers, bytes.ok_or_else(gone)?).into_response())
}

/// In a line: whether it was carried out, how often it was sent, how long it took.
fn verdict(run: &Run) -> Markup {
    let status = run.attempts.iter().rev().find_map(|attempt| attempt.status);
    let took = run.took.as_millis();
    html! {
        p.notice.(if run.outcome.is_ok() { "good" } else { "bad" }) role="status" {
            @if run.outcome.is_ok() { (TICK) "Done" }
            @else { (CROSS) (if run.attempts.is_empty() { "Nothing was sent" } else { "It did not work" }) }
            @if let Some(status) = status { " · HTTP " (status.as_u16()) }
            " · " (took) " ms"
            @if run.attempts.len() > 1 { " · sent " (run.attempts.len()) " times" }
            @if run.user != DEFAULT { " · as " (run.user) }
        }
    }
}

/// What went wrong, with what helps.
fn failure(app: &App, known: &Known, run: &Run, error: &Error) -> Markup {
    html! {
        section.card aria-labelledby="failure" {
            h2 #failure { "What went wrong" }
            @match error {
                Error::AuthorizationRequired(required) => (authorization(app, known, required)),
                Error::MissingScopes(missing) => {
                    p { (sentence(&error.to_string())) }
                    @if let Some(required) = &missing.authorize { (authorization(app, known, required)) }
                }
                Error::Api(api) => {
                    p { (api.message.as_deref().map_or_else(|| "The API refused the call.".to_owned(), sentence)) }
                    @if !api.details.is_empty() {
                        ul {
                            @for detail in &api.details {
                                li { @if let Some(field) = &detail.field { code { (field) } " " } (detail.message.as_deref().unwrap_or_default()) }
                            }
                        }
                    }
                    dl.facts {
                        dt { "HTTP status" } dd { (api.status) }
                        @if let Some(category) = &api.category { dt { "Category" } dd { code { (category) } } }
                        @if let Some(id) = &api.correlation_id { dt { "Id of the call" } dd { code { (id) } } }
                        @if !api.missing_scopes.is_empty() { dt { "Missing scopes" } dd { (api.missing_scopes.join(", ")) } }
                    }
                }
                Error::OutcomeUnknown { .. } => {
                    p { (sentence(&told(error))) }
                    p.notice.wait { "The API may have carried it out. Look before you run it again." }
                }
                error => p { (sentence(&told(error))) },
            }
            @let _ = run;
        }
    }
}

/// The link, as a button that also listens for whoever comes back.
fn authorization(app: &App, known: &Known, required: &AuthorizationRequired) -> Markup {
    html! {
        p {
            @if required.connection == DEFAULT { (known.title()) " has to be authorized first." }
            @else { strong { (required.connection) } " has not connected an account yet. In your application the call ends in this user's link." }
        }
        form method="post" action={ (known.address()) "/authorize" } {
            (app.guard.field())
            input type="hidden" name="connection" value=(required.connection);
            button.main { @if required.connection == DEFAULT { "Authorize" } @else { "Authorize as " (required.connection) } }
        }
    }
}

/// How long a form waits for all choices that other actions tell; without them they are typed.
const OFFERS_DEADLINE: Duration = Duration::from_secs(10);

/// The request, its secrets masked.
fn sent(run: &Run) -> Markup {
    let Some(request) = &run.request else { return html! {} };
    html! {
        section.card aria-labelledby="sent" {
            h2 #sent { "Request" }
            (request_text(request))
            p.small.soft { "Secrets are masked. Headers that only sending adds are not shown." }
        }
    }
}

fn request_text(request: &Preview) -> Markup {
    let body = request.body.as_deref().filter(|body| !body.is_empty()).map(|body| {
        match serde_json::from_slice::<Value>(body) {
            Ok(json) => pretty(&json),
            // The mask in a form's encoding.
            Err(_) => String::from_utf8_lossy(body).replace("%E2%80%A2", "•"),
        }
    });
    html! {
        pre { code {
            (request.method) " " (request.url) "\n"
            @for (name, value) in &request.headers { (name) ": " (value) "\n" }
            @if let Some(body) = body { "\n" (body) }
        } }
    }
}

/// The same in a program, and on the command line.
fn program(app: &App, known: &Known, run: &Run) -> Markup {
    let model = run.action.connector().model();
    let home = model.modules.iter().position(|module| module.name == run.action.module().name);
    let arguments = masked(run.action, &run.arguments);
    let rust = home.map(|home| snippet(model, &model.name, (home, run.action.model()), &arguments));
    let words = match &known.source {
        Source::Shipped => model.name.clone(),
        Source::Folder(folder) => line::shell(&folder.display().to_string()),
    };
    let mut more = Vec::new();
    if let Some((profile, Mode::Users)) = known.profile() {
        more.extend([("--profile", profile), ("--connection", run.user.as_str())]);
    }
    more.extend(app.base_url.as_deref().map(|url| ("--base-url", url)));
    html! {
        section.card aria-labelledby="program" {
            h2 #program { "In a program" }
            @match rust {
                Some(Ok(snippet)) => {
                    pre { code { (snippet.program()) } }
                    @if let Some(more) = snippet.method.more() { p.small.soft { (inline(more)) } }
                }
                Some(Err(problem)) => p.soft { "There is no line of Rust for these arguments: " (problem) "." },
                None => {}
            }
        }
        section.card aria-labelledby="line" {
            h2 #line { "On the command line" }
            pre { code { (line::line(run.action, &words, &arguments, &more)) } }
        }
    }
}

fn pretty(json: &Value) -> String {
    serde_json::to_string_pretty(json).unwrap_or_default()
}

/// The question before it is run.
pub(in crate::console) async fn ask(
    State(app): State<Shared>,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    if app.runs.knows(&id) {
        return Ok(go(&format!("/runs/{id}")));
    }
    let draft = app
        .runs
        .drafted(&id)
        .ok_or_else(|| Trouble::not_found("What was to be confirmed is not here any more."))?;
    let known = app.connector(draft.connector)?;
    let (action, user) = (draft.action, draft.user.clone());
    let model = action.model();
    let started = Started::of(&app, &known, draft).await?;
    let request =
        started.preview().map_err(|error| Trouble::refused("Nothing was sent", &sentence(&told(&error))))?;
    let question = model.confirm.clone().unwrap_or_else(|| format!("{}: are you sure?", model.title));
    let is_delete = model.effect == Effect::Delete;
    let address = format!("{}/actions", known.address());
    let content = html! {
        div.head { div.title { h1 { (question) } (effect(model.effect)) } }
        section.card {
            (request_text(&request))
            @if user != DEFAULT { p.soft { "As " strong { (user) } "." } }
            div.row {
                form method="post" {
                    (app.guard.field())
                    button.main.(if is_delete { "danger" } else { "" }) { "Yes, " (lowered(&model.title)) }
                }
                a.button href={ (address) "/" (action.name()) } { "No" }
            }
        }
    };
    Ok(Page::of(&known, question, content).under(address, "Actions").named("Confirm").show(&app))
}

fn lowered(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

pub(in crate::console) async fn confirmed(
    State(app): State<Shared>,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    if let Some(draft) = app.runs.drafted(&id) {
        let known = app.connector(draft.connector)?;
        Started::of(&app, &known, draft).await?.run(&app, &id).await;
    }
    Ok(go(&format!("/runs/{id}")))
}

/// The page after this one.
pub(in crate::console) async fn next(
    State(app): State<Shared>,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let gone = || Trouble::not_found("There is no next page.");
    let run = app.runs.done(&id).ok_or_else(gone)?;
    let cursor = match &run.outcome {
        Ok(typed_connector::dynamic::Output::Page(page)) => page.next.clone(),
        _ => None,
    };
    let parameter = match &run.action.model().output {
        Output::Page { pagination, .. } => argument(run.action, pagination.param.as_deref()),
        _ => None,
    };
    let (Some(cursor), Some((key, ty))) = (cursor, parameter) else { return Err(gone()) };
    let mut arguments = run.arguments.clone();
    let value = match ty {
        FieldType::Integer => {
            cursor.as_str().parse::<i64>().map_or_else(|_| cursor.as_str().into(), Value::from)
        }
        _ => cursor.as_str().into(),
    };
    arguments.insert(key.to_owned(), value);
    let known = app.connector(run.connector)?;
    let fresh = random().map_err(|error| Trouble::here(error.to_string()))?;
    Started::new(&app, &known, run.action, arguments, &run.user).await?.run(&app, &fresh).await;
    Ok(go(&format!("/runs/{fresh}")))
}

/// The key of an argument by its name in Rust.
fn argument(action: Action, ident: Option<&str>) -> Option<(&'static str, &'static FieldType)> {
    let ident = ident?;
    let field = action.model().arguments().find(|field| field.ident == ident)?;
    Some((&field.key, &field.ty))
}

/// Runs the first action that reads and needs nothing, for one record.
pub(in crate::console) async fn test(
    State(app): State<Shared>,
    Path(connector): Path<String>,
    pairs: Pairs,
) -> Result<Response, Trouble> {
    let known = app.connector(&connector)?;
    let user = if known.profile().is_some() { connection(&known, &pairs)? } else { DEFAULT };
    let action = known.connector.actions().find(|action| is_trial(*action));
    let Some(action) = action else {
        let text = format!(
            "{} has no action that reads something without any argument. Run one of the others.",
            known.title()
        );
        return Err(Trouble::refused("There is no test", &text)
            .next(format!("{}/actions", known.address()), "Actions"));
    };
    let mut arguments = Map::new();
    if let Output::Page { pagination, .. } = &action.model().output
        && let Some((key, _)) = argument(action, pagination.limit_param.as_deref())
    {
        arguments.insert(key.to_owned(), 1.into());
    }
    let id = random().map_err(|error| Trouble::here(error.to_string()))?;
    Started::test(&app, &known, action, arguments, user).await?.run(&app, &id).await;
    Ok(go(&format!("/runs/{id}")))
}

fn is_trial(action: Action) -> bool {
    let model = action.model();
    model.effect == Effect::Read && !model.arguments().any(Field::must_be_given)
}

/// What other actions tell of the choices of this one's fields. Where one cannot be asked, the spec's own choices are shown.
pub(super) async fn offers(app: &App, known: &Known, action: Action, pairs: &Pairs, user: &str) -> Offers {
    let mut offers = Offers::new();
    if !form::has_offers(action) {
        return offers;
    }
    let Ok(client) = app.client(known, user, Silent).await else { return offers };
    let until = tokio::time::Instant::now() + OFFERS_DEADLINE;
    // The rows of a batch mostly ask the same.
    let mut told: Vec<(Question<'_>, Vec<Choice>)> = Vec::new();
    for asked in form::asked(action, pairs) {
        // What is in the form already decides which choices there are.
        let Some(question) = Question::of(asked.field, &asked.given) else { continue };
        let known = told.iter().position(|(before, _)| *before == question);
        let place = known.unwrap_or(told.len());
        if known.is_none() {
            let choices = tokio::time::timeout_at(until, question.clone().ask(&client)).await;
            told.push((question, choices.ok().and_then(Result::ok).unwrap_or_default()));
        }
        let choices = &told[place].1;
        if !choices.is_empty() {
            offers.insert(asked.at, choices.clone());
        }
    }
    offers
}
