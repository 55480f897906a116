//! Actions.

use super::field::{self, field};
use super::http::{self, Http, Piece};
use super::input::input;
use super::output::output;
use super::{Cx, Place, text};
use crate::check;
use crate::diagnostics::{Code, Problem};
use crate::model::{
    self, Action, BodyEncoding, Connector, Effect, Field, Output, Parameter, PathPiece, ScopeRule,
};
use crate::names;
use crate::raw::{self, Body, BodyEncodingWord, EffectWord, Entry, KeyRule, Text};
use crate::source::Span;

/// Resolves one action and applies every rule for actions.
pub(crate) fn action(
    cx: &mut Cx<'_>,
    entry: &Entry<raw::Action>,
    module: &str,
    connector: &Connector,
) -> Action {
    let raw = &entry.value;
    let mut spans = Vec::new();
    let http = http::parse(cx.problems, &raw.http);
    let parameters = parameters(cx, raw, http.as_ref(), &mut spans);
    let body = raw.body.as_ref().map(|raw| body(cx, raw, &mut spans));
    let method = http.as_ref().map_or_else(String::new, |http| http.method.clone());
    let effect = effect(raw);
    let idempotent = raw.idempotent.as_ref().map_or_else(
        || matches!(effect, Effect::Read | Effect::Delete) || method == "PUT",
        |flag| flag.value,
    );
    let mut action = Action {
        name: entry.key.value.clone(),
        ident: action_ident(cx, &entry.key),
        title: raw.title.value.clone(),
        description: text(raw.description.as_ref()),
        docs_url: text(raw.docs_url.as_ref()),
        path: path(cx, raw, http.as_ref(), &parameters, connector),
        idempotency_key: idempotency_key(cx, raw, idempotent),
        idempotent,
        method,
        effect,
        scopes: scopes(cx, &raw.scopes),
        parameters,
        body,
        output: Output::Nothing,
        rate_limit: rate_limit(cx, raw, connector),
        confirm: text(raw.confirm.as_ref()),
        deprecated: text(raw.deprecated.as_ref()),
        sunset: text(raw.sunset.as_ref()),
        replaced_by: replacement(cx, entry, module),
        examples: examples(cx, raw),
        location: cx.problems.location(entry.key.span),
    };
    action.output = output(cx, raw, &action);
    check::action(cx, &check::Subject { raw, action: &action, spans: &spans });
    action
}

fn action_ident(cx: &mut Cx<'_>, key: &Text) -> String {
    let ident = names::camel(key.as_str());
    if !names::is_snake(key.as_str()) || ident.is_none() {
        let message = format!("`{}` is not an action name", key.value);
        let snake = names::snake(key.as_str()).filter(|name| *name != key.value && ident.is_some());
        let problem = Problem::new(Code::InvalidName, key.span, message);
        let problem = if names::is_self(key.as_str()) {
            problem.label("its struct would be `Self`, which is a keyword").help("choose another name")
        } else {
            problem.help("names of actions are snake_case: lower-case ASCII letters, digits and underscores")
        };
        cx.problems.report(problem.rename(snake.as_deref()));
    }
    ident.unwrap_or_default()
}

/// Arguments of path (in the path's order), query and headers.
fn parameters(
    cx: &mut Cx<'_>,
    raw: &raw::Action,
    http: Option<&Http>,
    spans: &mut Vec<Span>,
) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    let position = |key: &str| {
        let pieces = http.map_or(&[][..], |http| &http.pieces);
        pieces.iter().position(|piece| matches!(piece, Piece::Argument(name) if name.value == key))
    };
    let mut in_path: Vec<_> = raw.path.entries.iter().collect();
    in_path.sort_by_key(|entry| position(entry.key.as_str()));
    for entry in in_path {
        parameters.push(Parameter { place: model::Place::Path, field: field(cx, entry, Place::Path) });
        spans.push(entry.key.span);
    }
    for entry in &raw.query.entries {
        let place = model::Place::Query(field::style(&entry.value.keys));
        parameters.push(Parameter { place, field: field(cx, entry, Place::Query) });
        spans.push(entry.key.span);
    }
    for entry in &raw.headers.entries {
        parameters.push(Parameter { place: model::Place::Header, field: field(cx, entry, Place::Header) });
        spans.push(entry.key.span);
    }
    parameters
}

fn path(
    cx: &mut Cx<'_>,
    raw: &raw::Action,
    http: Option<&Http>,
    parameters: &[Parameter],
    connector: &Connector,
) -> Vec<PathPiece> {
    let bases = connector.api_versions.as_ref().map_or(&[][..], |versions| &versions.bases);
    let mut pieces = Vec::new();
    for piece in http.iter().flat_map(|http| &http.pieces) {
        match piece {
            Piece::Literal(literal) => pieces.push(PathPiece::Literal(literal.clone())),
            Piece::Base(name) => match bases.iter().position(|base| *base == name.value) {
                Some(base) => pieces.push(PathPiece::Base(base)),
                // That there is none was told where they should be.
                None if connector.api_versions.as_ref().is_some_and(|all| all.versions.is_empty()) => {
                    cx.problems.consequence();
                }
                None => {
                    let near = names::nearest(name.as_str(), bases.iter().map(String::as_str));
                    let message = format!("unknown base path `{}`", name.value);
                    let mut problem = Problem::new(Code::UnknownBasePath, name.span, message);
                    problem = match near {
                        Some(near) => problem.label(format!("did you mean `{near}`?")),
                        None => problem.help("base paths are `paths` of `api_version` in `connector.json`"),
                    };
                    cx.problems.report(problem);
                }
            },
            Piece::Argument(name) => {
                let is_it =
                    |p: &Parameter| matches!(p.place, model::Place::Path) && p.field.key == name.value;
                match parameters.iter().position(is_it) {
                    Some(index) => pieces.push(PathPiece::Parameter(index)),
                    None => {
                        let named = || {
                            http.iter().flat_map(|http| &http.pieces).filter_map(|piece| match piece {
                                Piece::Argument(name) => Some(name.as_str()),
                                _ => None,
                            })
                        };
                        let fills = |p: &Parameter, name: &str| {
                            matches!(p.place, model::Place::Path) && p.field.key == name
                        };
                        let unfilled = named().filter(|name| !parameters.iter().any(|p| fills(p, name)));
                        let is_only = unfilled.count() == 1;
                        check::requests::unfilled(cx, raw, name, is_only, |key| {
                            named().any(|name| name == key)
                        });
                    }
                }
            }
        }
    }
    pieces
}

fn effect(raw: &raw::Action) -> Effect {
    match raw.effect.value {
        Some(EffectWord::Create) => Effect::Create,
        Some(EffectWord::Update) => Effect::Update,
        Some(EffectWord::Delete) => Effect::Delete,
        Some(EffectWord::Read) | None => Effect::Read,
    }
}

/// The header of its key: its own, or the connector's where sending it twice would do more.
fn idempotency_key(cx: &Cx<'_>, raw: &raw::Action, idempotent: bool) -> Option<String> {
    match &raw.idempotency_key {
        Some(KeyRule::Header(key)) => Some(key.header.value.clone()),
        Some(KeyRule::None(_)) => None,
        None => {
            let key = cx.raw.idempotency_key.as_ref().filter(|_| !idempotent);
            key.map(|key| key.header.value.clone())
        }
    }
}

fn scopes(cx: &mut Cx<'_>, rule: &raw::ScopeRule) -> ScopeRule {
    let all_of = rule.all_of.iter().filter_map(|scope| check::scopes::find(cx, scope)).collect();
    let any_of = rule.any_of.iter().filter_map(|scope| check::scopes::find(cx, scope)).collect();
    check::scopes::repeated(cx, rule);
    ScopeRule { all_of, any_of }
}

fn body(cx: &mut Cx<'_>, raw: &Body, spans: &mut Vec<Span>) -> model::Body {
    let encoding = |word: Option<&raw::Choice<BodyEncodingWord>>| match word.and_then(|word| word.value) {
        Some(BodyEncodingWord::Form) => BodyEncoding::Form,
        Some(BodyEncodingWord::Multipart) => BodyEncoding::Multipart,
        Some(BodyEncodingWord::Raw) => BodyEncoding::Raw,
        Some(BodyEncodingWord::Json) | None => BodyEncoding::Json,
    };
    match raw {
        Body::Fields(keys) => {
            let (input, mut places) = input(cx, &keys.input, keys.span.first());
            spans.append(&mut places);
            let encoding = encoding(keys.encoding.as_ref());
            if encoding != BodyEncoding::Form {
                check::fields::no_styles(cx, &keys.input.fields);
            }
            model::Body::Fields { encoding, input }
        }
        Body::Whole { span, field: whole, encoding: word, content_type } => {
            let key = Text { span: *span, value: "body".to_owned() };
            let entry = Entry { key, value: raw::Field::clone(whole), broken: false };
            // The one value is the body itself: it has no name in it, and something must be sent.
            let required = whole.keys.required.as_ref().is_none_or(|required| required.value);
            let field = Field { path: Vec::new(), required, ..field(cx, &entry, Place::Body) };
            spans.push(*span);
            model::Body::Whole {
                encoding: encoding(word.as_ref()),
                content_type: text(content_type.as_ref()),
                field,
            }
        }
    }
}

/// All arguments of an action, in the order in which their places were collected.
pub(crate) fn arguments(action: &Action) -> impl Iterator<Item = &Field> {
    action.arguments()
}

/// The Rust name of an argument by its key.
pub(super) fn argument(cx: &mut Cx<'_>, action: &Action, name: &Text) -> Option<String> {
    let found = arguments(action).find(|field| field.key == name.value);
    if found.is_none() {
        check::arguments::unknown(cx, action, name);
    }
    found.map(|field| field.ident.clone())
}

fn rate_limit(cx: &mut Cx<'_>, raw: &raw::Action, connector: &Connector) -> Option<String> {
    let known = || connector.rate_limits.iter().map(|limit| limit.name.as_str());
    let Some(name) = &raw.rate_limit else {
        return known().find(|name| *name == "default").map(str::to_owned);
    };
    if cx.raw.rate_limits.unreadable {
        cx.problems.consequence();
    } else if !known().any(|known| known == name.value) {
        let near = cx.problems.nearest(name.as_str(), known());
        let mut problem =
            Problem::new(Code::UnknownRateLimit, name.span, format!("unknown rate limit `{}`", name.value));
        if near.is_none() {
            problem = problem.help("rate limits are declared in `rate_limits` of `connector.json`");
        }
        cx.problems.report(problem.did_you_mean(near));
    }
    Some(name.value.clone())
}

/// The full name of the action to use instead.
fn replacement(cx: &mut Cx<'_>, entry: &Entry<raw::Action>, module: &str) -> Option<String> {
    let name = entry.value.replaced_by.as_ref()?;
    let full = if name.value.contains('.') { name.value.clone() } else { format!("{module}.{}", name.value) };
    check::actions::replacement(cx, entry, name, &full, module);
    Some(full)
}

fn examples(cx: &mut Cx<'_>, raw: &raw::Action) -> Vec<model::Example> {
    let example = |raw: &raw::Example| model::Example {
        title: text(raw.title.as_ref()),
        request: raw.request.entries.iter().map(|e| (e.key.value.clone(), e.value.to_json())).collect(),
        status: raw.status.as_ref().map_or(200, |status| u16::try_from(status.value).unwrap_or(u16::MAX)),
        response: raw.response.as_ref().map(raw::Json::to_json).unwrap_or_default(),
        location: cx.problems.location(raw.span),
    };
    raw.examples.items.iter().map(example).collect()
}

/// Counts are read as at most `u32::MAX`.
pub(crate) fn narrow(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
