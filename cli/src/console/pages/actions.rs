//! The actions of a connector, with a search.

use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use maud::{Markup, html};
use typed_connector::dynamic::Action;
use typed_connector::dynamic::model::{self, Connector, Effect};

use super::Page;
use super::home::state;
use super::text::inline;
use crate::check::count;
use crate::console::app::Shared;
use crate::console::form::Pairs;
use crate::console::trouble::Trouble;

/// All effects, each with its word.
const EFFECTS: [(Effect, &str); 4] = [
    (Effect::Read, "read"),
    (Effect::Create, "create"),
    (Effect::Update, "update"),
    (Effect::Delete, "delete"),
];

pub(in crate::console) async fn show(
    State(app): State<Shared>,
    Path(connector): Path<String>,
    uri: Uri,
) -> Result<Response, Trouble> {
    let query = Pairs::parse(uri.query().unwrap_or_default().as_bytes());
    let known = app.connector(&connector)?;
    let model = known.connector.model();
    let (text, effect, scope) = (query.given("q"), query.given("effect"), query.given("scope"));
    let found: Vec<_> = known
        .connector
        .actions()
        .filter(|action| effect.is_none_or(|effect| word(action.model().effect) == effect))
        .filter(|action| scope.is_none_or(|scope| scopes(model, action.model()).any(|one| one.name == scope)))
        .filter(|action| text.is_none_or(|text| matches(*action, text)))
        .collect();
    let title = format!("Actions of {}", known.title());
    let address = format!("{}/actions", known.address());
    let content = html! {
        div.head {
            div.title { h1 { (title) } (state(&app, &known).await?) }
            p.lead { "Try one here as a form, then use the same in a program." }
        }
        form.card.search action=(address) role="search" {
            div.field {
                label for="q" { "Search" }
                input #q name="q" type="search" value=(text.unwrap_or_default()) placeholder="A name, a field, a word of the description";
            }
            div.field {
                label for="effect" { "Effect" }
                select #effect name="effect" {
                    option value="" { "Any" }
                    @for (_, word) in EFFECTS { option value=(word) selected[effect == Some(word)] { (label(word)) } }
                }
            }
            div.field {
                label for="scope" { "Scope" }
                select #scope name="scope" {
                    option value="" { "Any" }
                    @for one in &model.scopes { option value=(one.name) selected[scope == Some(&one.name)] { (one.title) } }
                }
            }
            button.main { "Search" }
        }
        p.soft role="status" {
            @if found.is_empty() { "No action is like that. " a href=(address) { "Show all" } }
            @else if text.is_some() || effect.is_some() || scope.is_some() {
                (count(found.len(), "action")) " of " (known.connector.actions().len()) ". " a href=(address) { "Show all" }
            } @else { (count(found.len(), "action")) "." }
        }
        @for module in &model.modules {
            @let actions: Vec<_> = found.iter().copied().filter(|action| action.module().name == module.name).collect();
            @if !actions.is_empty() {
                section.card aria-labelledby={ "module-" (module.name) } {
                    div { h2 id={ "module-" (module.name) } { (module.title) } @if let Some(text) = &module.description { p.soft { (inline(text)) } } }
                    ul.actions { @for action in actions { (line(&address, action)) } }
                }
            }
        }
    };
    Ok(Page::of(&known, title, content).show(&app))
}

fn line(address: &str, action: Action) -> Markup {
    let model = action.model();
    html! {
        li {
            div {
                a href={ (address) "/" (action.name()) } { strong { (model.title) } } " " code.soft { (action.name()) }
                @if model.deprecated.is_some() { " " span.badge.wait { "Deprecated" } }
            }
            (effect(model.effect))
            @if let Some(text) = &model.description { p { (inline(first_sentence(text))) } }
        }
    }
}

/// Descriptions can be long; what it does is said first.
fn first_sentence(text: &str) -> &str {
    text.find(". ").map_or(text, |end| &text[..=end])
}

pub(super) fn effect(effect: Effect) -> Markup {
    let word = word(effect);
    html! { span class={ "effect " (word) } { (label(word)) } }
}

const fn word(effect: Effect) -> &'static str {
    match effect {
        Effect::Read => "read",
        Effect::Create => "create",
        Effect::Update => "update",
        Effect::Delete => "delete",
    }
}

fn label(word: &'static str) -> &'static str {
    match word {
        "read" => "Reads",
        "create" => "Creates",
        "update" => "Updates",
        _ => "Deletes",
    }
}

/// The scopes that an action asks for, in any way.
pub(super) fn scopes<'m>(
    model: &'m Connector,
    action: &'m model::Action,
) -> impl Iterator<Item = &'m model::Scope> {
    let rule = &action.scopes;
    rule.all_of.iter().chain(&rule.any_of).filter_map(|scope| model.scopes.get(*scope))
}

/// Whether every word is found in what the action is called, takes, needs or does.
fn matches(action: Action, text: &str) -> bool {
    let model = action.model();
    let mut all = vec![action.name(), &model.title, &action.module().title];
    all.extend(model.description.as_deref());
    for field in model.arguments() {
        all.push(&field.key);
        all.extend(field.title.as_deref());
    }
    all.extend(scopes(action.connector().model(), model).map(|scope| scope.name.as_str()));
    let all = all.join("\n").to_lowercase();
    text.to_lowercase().split_whitespace().all(|word| all.contains(word))
}
