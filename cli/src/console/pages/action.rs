//! One action: what it does, and its arguments as a form.

use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use maud::{Markup, html};
use typed_connector::Error;
use typed_connector::auth::Connection;
use typed_connector::dynamic::Action;
use typed_connector::dynamic::model::{Effect, PathPiece};

use super::actions::{effect, scopes};
use super::text::{inline, markdown};
use super::{Page, TICK, go};
use crate::auth::target::DEFAULT;
use crate::configured::Mode;
use crate::console::app::{App, Known, Shared};
use crate::console::form::{self, Form, Marks, Offers, Pairs, Problem};
use crate::console::guard::random;
use crate::console::runs::Started;
use crate::console::trouble::{Trouble, sentence, told};

/// Whose connection an action is run with.
const USER: &str = "#user";
const AS_USER: &str = "As user";
/// What makes a form do its work once, however often it is sent.
const ONCE: &str = "#once";

pub(in crate::console) async fn show(
    State(app): State<Shared>,
    Path((connector, action)): Path<(String, String)>,
    uri: Uri,
) -> Result<Response, Trouble> {
    let query = Pairs::parse(uri.query().unwrap_or_default().as_bytes());
    let (known, action) = find(&app, &connector, &action)?;
    let mut pairs = Pairs::default();
    if let Some(run) =
        query.given("from").and_then(|id| app.runs.done(id)).filter(|run| run.action.name() == action.name())
    {
        pairs = form::filled(action, &run.arguments);
        pairs.set(USER, run.user.as_str());
    } else if let Some(example) =
        query.given("example").and_then(|index| action.model().examples.get(index.parse::<usize>().ok()?))
    {
        pairs = form::filled(action, &example.request);
    }
    page(&app, &known, action, pairs, &[]).await
}

/// Runs it, asks before that, or shows the form once more.
pub(in crate::console) async fn send(
    State(app): State<Shared>,
    Path((connector, action)): Path<(String, String)>,
    mut pairs: Pairs,
) -> Result<Response, Trouble> {
    let (known, action) = find(&app, &connector, &action)?;
    if form::rearranged(&mut pairs) {
        return page(&app, &known, action, pairs, &[]).await;
    }
    let id = once(&pairs)?;
    if app.runs.knows(&id) {
        return Ok(go(&format!("/runs/{id}")));
    }
    let user = user(&known, &pairs);
    let (arguments, mut problems) = form::arguments(action, &mut pairs);
    problems.extend(user.is_none().then(|| Problem::new(USER, "is required")));
    let user = user.unwrap_or_else(|| DEFAULT.to_owned());
    let started = Started::new(&app, &known, action, arguments, &user).await?;
    match started.preview() {
        Err(Error::InvalidArguments { problems: more, .. }) => {
            let more = more.iter().map(|problem| Problem::told(action, &pairs, problem));
            // What could not be read is missing for the library.
            let more: Vec<_> = more.filter(|problem| problems_lack(&problems, problem)).collect();
            problems.extend(more);
        }
        Err(error) if problems.is_empty() => problems.push(Problem::new("", told(&error))),
        _ => {}
    }
    if !problems.is_empty() {
        return page(&app, &known, action, pairs, &problems).await;
    }
    if action.model().effect == Effect::Delete || action.model().confirm.is_some() {
        app.runs.draft(&id, started.draft());
        return Ok(go(&format!("/confirm/{id}")));
    }
    started.run(&app, &id).await;
    Ok(go(&format!("/runs/{id}")))
}

fn problems_lack(problems: &[Problem], one: &Problem) -> bool {
    problems.iter().all(|problem| problem.argument != one.argument)
}

pub(super) fn find(app: &App, connector: &str, name: &str) -> Result<(Known, Action), Trouble> {
    let known = app.connector(connector)?;
    let action = known.connector.action(name).map_err(|error| {
        Trouble::not_found(&sentence(&error.to_string()))
            .next(format!("{}/actions", known.address()), format!("Actions of {}", known.title()))
    })?;
    Ok((known, action))
}

fn once(pairs: &Pairs) -> Result<String, Trouble> {
    let id = pairs.text(ONCE).unwrap_or_default();
    match id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(id.to_owned()),
        false => Err(Trouble::refused("Nothing was sent", "The form is incomplete. Open the page again.")),
    }
}

/// The connection that the form names, where it has to.
fn user(known: &Known, pairs: &Pairs) -> Option<String> {
    match known.profile() {
        Some((_, Mode::Users)) => form::chosen(pairs, USER).map(str::to_owned),
        _ => Some(DEFAULT.to_owned()),
    }
}

/// The connections that there are, where the connector has any.
async fn connections(app: &App, known: &Known) -> Result<Vec<Connection>, Trouble> {
    let Some((name, _)) = known.profile() else { return Ok(Vec::new()) };
    match app.profile(known, name).await {
        Ok(profile) => app.connections(known, profile.client_id()).await,
        Err(_) => Ok(Vec::new()),
    }
}

async fn page(
    app: &Shared,
    known: &Known,
    action: Action,
    pairs: Pairs,
    problems: &[Problem],
) -> Result<Response, Trouble> {
    let connections = connections(app, known).await?;
    let offers = offers(app, known, action, &pairs, &connections).await;
    let model = action.model();
    let once = random().map_err(|error| Trouble::here(error.to_string()))?;
    let address = format!("{}/actions", known.address());
    let form = Form { action, pairs: &pairs, problems, offers: &offers };
    let content = html! {
        div.head {
            div.title { h1 { (model.title) } (effect(model.effect)) }
            div.lead { @if let Some(text) = &model.description { (markdown(text)) } }
            @if let Some(text) = &model.deprecated { p.notice.wait { "Deprecated: " (inline(text)) } }
        }
        div.split {
            div {
                (ready(known))
                form.card.stack method="post" action={ (address) "/" (action.name()) } enctype=[form::has_files(action).then_some("multipart/form-data")] {
                    (app.guard.field())
                    input type="hidden" name=(ONCE) value=(once);
                    // The first button is what the Enter key presses.
                    button.hidden tabindex="-1" aria-hidden="true" { "Run" }
                    (problem_list(&form))
                    @if matches!(known.profile(), Some((_, Mode::Users))) { (user_field(&pairs, &connections, &Marks(problems))) }
                    (form.fields())
                    div.row {
                        button.main disabled[!known.is_enabled()] { (verb(model.effect)) }
                        @if form::has_offers(action) { button name="#do" value="refresh:" formnovalidate { "Update the choices" } }
                    }
                }
            }
            div { (facts(known, action, &connections)) }
        }
    };
    Ok(Page::of(known, model.title.as_str(), content)
        .under(address, "Actions")
        .refused(!problems.is_empty())
        .show(app))
}

const fn verb(effect: Effect) -> &'static str {
    match effect {
        Effect::Delete => "Run …",
        _ => "Run",
    }
}

/// Why it cannot be run yet.
fn ready(known: &Known) -> Markup {
    let title = known.title();
    html! {
        @if known.configured.is_none() {
            p.notice.wait { span { "To run it, " a href={ (known.address()) "/configure" } { "configure " (title) } " first." } }
        } @else if !known.is_enabled() {
            p.notice.wait { span { "To run it, " a href=(known.address()) { "enable " (title) } " first." } }
        }
    }
}

fn problem_list(form: &Form<'_>) -> Markup {
    html! {
        @if !form.problems.is_empty() {
            div.notice.bad.block role="alert" {
                p { strong { "Nothing was sent." } }
                ul {
                    @for problem in form.problems {
                        li {
                            @if problem.at.is_empty() { (sentence(&problem.text)) }
                            @else { a href={ "#" (problem.at) } { (called(form.action, &problem.argument)) } (problem.joint()) (problem.text) "." }
                        }
                    }
                }
            }
        }
    }
}

/// The argument as its label has it; what is inside of one, by its place.
fn called(action: Action, at: &str) -> Markup {
    if at == USER {
        return html! { (AS_USER) };
    }
    match action.model().arguments().find(|field| field.key == at) {
        Some(field) => html! { (form::title(field)) },
        None => html! { code { (at) } },
    }
}

fn user_field(pairs: &Pairs, connections: &[Connection], marks: &Marks<'_>) -> Markup {
    let given = pairs.text(USER).unwrap_or_default();
    let other = format!("{USER}#other");
    let unknown = !given.is_empty() && !connections.iter().any(|one| one.key == given);
    let text = if unknown && given != form::OTHER { given } else { pairs.text(&other).unwrap_or_default() };
    html! {
        div.field {
            label for=(USER) { (AS_USER) " " span.must { "required" } }
            select id=(USER) name=(USER) aria-invalid=[marks.invalid(USER)] aria-describedby=[marks.described(USER, true)] {
                @for one in connections { option value=(one.key) selected[given == one.key] { (one.key) } }
                option value=(form::OTHER) selected[unknown || connections.is_empty()] { "Another …" }
            }
            input.other name=(other) value=(text) aria-label="Another user" placeholder="ada" autocomplete="off";
            (marks.message(USER, Some(AS_USER)))
            span.help id={ (USER) "-help" } { "Whose account is used. For a user without a connection the call ends in a link." }
        }
    }
}

/// What it needs and where it goes, beside the form.
fn facts(known: &Known, action: Action, connections: &[Connection]) -> Markup {
    let (connector, model) = (known.connector.model(), action.model());
    let granted =
        |scope: &str| connections.iter().any(|one| one.scopes.iter().any(|granted| granted == scope));
    html! {
        section.card aria-labelledby="facts" {
            h2 #facts { "Action" }
            dl.stack {
                div { dt.small.soft { "Name" } dd.flush { code { (action.name()) } } }
                div { dt.small.soft { "Request" } dd.flush { code { (model.method) " " (path(known, action)) } } }
                div {
                    dt.small.soft { "Scopes" }
                    dd.flush {
                        @if model.scopes.all_of.is_empty() && model.scopes.any_of.is_empty() { "none" }
                        ul.plain {
                            @for scope in scopes(connector, model) {
                                li { code { (scope.name) } @if granted(&scope.name) { " " span.granted { (TICK) "granted" } } }
                            }
                        }
                        @if model.scopes.any_of.len() > 1 {
                            span.help {
                                @if model.scopes.all_of.is_empty() { "One of them is enough." }
                                @else { "One of the last " (model.scopes.any_of.len()) " is enough." }
                            }
                        }
                    }
                }
                @if let Some(url) = &model.docs_url { div { dt.small.soft { "Documentation" } dd.flush { a href=(url) rel="noreferrer" { "Of the API" } } } }
            }
            @let examples: Vec<_> = model.examples.iter().enumerate().filter(|(_, example)| example.status < 400 && !example.request.is_empty()).collect();
            @if !examples.is_empty() {
                div.stack {
                    h3 { "Fill in an example" }
                    ul.plain {
                        @for (index, example) in examples {
                            li { a href={ (known.address()) "/actions/" (action.name()) "?example=" (index) } { (example.title.as_deref().unwrap_or("The example of the spec")) } }
                        }
                    }
                }
            }
            div { a.button href={ (known.address()) "/install" } { "Install in a crate …" } }
        }
    }
}

/// Its path with placeholders.
fn path(known: &Known, action: Action) -> String {
    let connector = known.connector.model();
    let pieces = action.model().path.iter().map(|piece| match piece {
        PathPiece::Literal(text) => text.clone(),
        PathPiece::Base(index) => {
            let versions = connector.api_versions.as_ref();
            let path = versions.and_then(|all| all.versions.get(all.default)?.paths.get(*index));
            path.cloned().unwrap_or_default()
        }
        PathPiece::Parameter(index) => {
            let name =
                action.model().parameters.get(*index).map_or("", |parameter| &parameter.field.wire_name);
            format!("{{{name}}}")
        }
    });
    pieces.collect()
}

/// The choices that other actions tell of this one's fields.
async fn offers(
    app: &Shared,
    known: &Known,
    action: Action,
    pairs: &Pairs,
    connections: &[Connection],
) -> Offers {
    let chosen = form::chosen(pairs, USER);
    let user = match known.profile() {
        Some((_, Mode::Users)) => chosen.or_else(|| connections.first().map(|one| one.key.as_str())),
        _ => Some(DEFAULT),
    };
    match user.filter(|_| known.is_enabled()) {
        Some(user) => super::run::offers(app, known, action, pairs, user).await,
        None => Offers::new(),
    }
}
