//! Security schemes and requirements: how calls are authorized, and the scopes of each.

use std::collections::{BTreeSet, HashMap};

use typed_connector_specs::text::{Span, Value, wrong_address};

use crate::cx::Cx;
use crate::operation::{Operation, items};
use crate::text;

/// Scopes of an operation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) all_of: Vec<String>,
    pub(crate) any_of: Vec<String>,
}

/// What the token of an operation must allow: `security` is a list of alternatives, each of which asks for all that it names.
pub(crate) fn rule(cx: &mut Cx<'_>, node: &Value) -> Rule {
    let root = &cx.document().root;
    let declared = schemes_of(cx);
    let requirements = items(node.get("security").or_else(|| root.get("security")));
    let mut alternatives: Vec<Vec<String>> = Vec::new();
    let mut span: Option<Span> = None;
    for requirement in requirements {
        let mut scopes: Vec<String> = Vec::new();
        for member in requirement.members().unwrap_or_default() {
            let scheme = declared.and_then(|schemes| schemes.get(&member.key));
            let scheme = scheme.and_then(|scheme| cx.quietly(|cx| cx.deref(scheme)));
            let kind = scheme.and_then(|(scheme, _)| scheme.get("type")?.as_str());
            if !matches!(kind, Some("oauth2" | "openIdConnect")) {
                continue;
            }
            span = span.or(Some(member.key_span));
            for scope in items(Some(&member.value)).iter().filter_map(Value::as_str) {
                if is_scope(scope) && !scopes.iter().any(|known| known == scope) {
                    scopes.push(scope.to_owned());
                }
            }
        }
        // One that asks for no scope (an API key beside OAuth) says nothing about a token's.
        if !scopes.is_empty() {
            scopes.sort();
            alternatives.push(scopes);
        }
    }
    alternatives.sort();
    alternatives.dedup();
    let Some(first) = alternatives.first() else { return Rule::default() };
    let common: Vec<_> =
        first.iter().filter(|scope| alternatives.iter().all(|all| all.contains(scope))).cloned().collect();
    for alternative in &mut alternatives {
        alternative.retain(|scope| !common.contains(scope));
    }
    if alternatives.iter().any(Vec::is_empty) {
        return Rule { all_of: common, any_of: Vec::new() };
    }
    if alternatives.iter().any(|alternative| alternative.len() > 1)
        && let Some(span) = span
    {
        cx.warn(span, "alternatives of several scopes each; one of the first of each must be there");
    }
    let mut any_of: Vec<_> =
        alternatives.iter().filter_map(|alternative| alternative.first().cloned()).collect();
    any_of.sort();
    any_of.dedup();
    Rule { all_of: common, any_of }
}

/// Of several scopes that are one name in Rust only the first can be asked for.
pub(crate) fn distinct(cx: &mut Cx<'_>, operations: &mut [Operation<'_>]) {
    let rules = operations
        .iter()
        .flat_map(|operation| operation.scopes.all_of.iter().chain(&operation.scopes.any_of));
    let all: BTreeSet<String> = rules.cloned().collect();
    let mut first: HashMap<Option<String>, String> = HashMap::new();
    let mut others: BTreeSet<String> = BTreeSet::new();
    for scope in all {
        let name = typed_connector_specs::text::camel(&scope);
        if let Some(first) = first.get(&name) {
            cx.at = 0;
            let span = cx.document().root.span.first();
            cx.warn(span, format!("the scope `{scope}` has the name of `{first}` in Rust and is left out"));
            others.insert(scope);
        } else {
            first.insert(name, scope);
        }
    }
    for rule in operations.iter_mut().map(|operation| &mut operation.scopes) {
        rule.all_of.retain(|scope| !others.contains(scope));
        rule.any_of.retain(|scope| !others.contains(scope));
    }
}

/// Whether a scope can be named in Rust.
fn is_scope(scope: &str) -> bool {
    typed_connector_specs::text::camel(scope).is_some()
}

/// The schemes of the document at hand.
fn schemes_of<'d>(cx: &mut Cx<'d>) -> Option<&'d Value> {
    let document = cx.document();
    cx.quietly(|cx| {
        let components = cx.get(&document.root, "components")?;
        cx.get(components, "securitySchemes")
    })
}

/// How the calls of a connector are authorized.
#[derive(Debug, Default, Clone)]
pub(crate) struct Auth {
    pub(crate) oauth2: Option<OAuth2>,
    pub(crate) bearer: Option<(String, Option<String>)>,
    pub(crate) api_key: Option<ApiKey>,
    /// Titles of scopes.
    pub(crate) scopes: Vec<(String, String)>,
}

#[derive(Debug, Clone)]
#[allow(clippy::struct_field_names, reason = "they are the names of the format")]
pub(crate) struct OAuth2 {
    pub(crate) authorization_url: String,
    pub(crate) token_url: String,
    pub(crate) refresh_url: Option<String>,
}

/// A key in a header or in the query.
#[derive(Debug, Clone)]
pub(crate) struct ApiKey {
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) place: String,
    pub(crate) name: String,
}

/// Adds what the schemes of the document at hand say.
pub(crate) fn schemes(cx: &mut Cx<'_>, auth: &mut Auth) {
    for member in schemes_of(cx).and_then(Value::members).unwrap_or_default() {
        let Some((scheme, _)) = cx.deref(&member.value) else { continue };
        let description = text::description(scheme.get("description"));
        match scheme.get("type").and_then(Value::as_str).unwrap_or_default() {
            "oauth2" => oauth2(cx, scheme, member.key_span, auth),
            "openIdConnect" => {
                cx.warn(
                    member.key_span,
                    "OpenID Connect tells its addresses elsewhere; tokens are given as they are",
                );
                bearer(auth, &member.key, description);
            }
            "http" => {
                let name =
                    scheme.get("scheme").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
                if name == "bearer" {
                    bearer(auth, &member.key, description);
                } else if name == "basic" {
                    basic(auth, &member.key, description);
                } else {
                    cx.warn(member.key_span, format!("authorization by HTTP {name} is left out"));
                }
            }
            "apiKey" => {
                let place = scheme.get("in").and_then(Value::as_str).unwrap_or_default();
                let name = scheme.get("name").and_then(Value::as_str).unwrap_or_default();
                match place {
                    "header" if name.eq_ignore_ascii_case("authorization") => {
                        bearer(auth, &member.key, description);
                    }
                    "header" | "query" if auth.api_key.is_none() && !name.is_empty() => {
                        auth.api_key = Some(ApiKey {
                            title: text::humane(&member.key),
                            description,
                            place: place.to_owned(),
                            name: name.to_owned(),
                        });
                    }
                    "cookie" => cx.warn(member.key_span, "a key in a cookie is left out; a client has none"),
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

fn bearer(auth: &mut Auth, name: &str, description: Option<String>) {
    auth.bearer.get_or_insert((text::humane(name), description));
}

/// User name and password, as one key in the header.
fn basic(auth: &mut Auth, name: &str, description: Option<String>) {
    if auth.api_key.is_none() {
        let title = text::humane(name);
        auth.api_key = Some(ApiKey { title, description, place: "basic".to_owned(), name: String::new() });
    }
}

fn oauth2(cx: &mut Cx<'_>, scheme: &Value, span: Span, auth: &mut Auth) {
    let flows = scheme.get("flows").and_then(Value::members).unwrap_or_default();
    for flow in flows {
        for scope in flow.value.get("scopes").and_then(Value::members).unwrap_or_default() {
            let title = text::title(Some(&scope.value)).unwrap_or_default();
            if !auth.scopes.iter().any(|(name, _)| *name == scope.key) {
                auth.scopes.push((scope.key.clone(), title));
            }
        }
    }
    let Some(flow) = flows.iter().find(|flow| flow.key == "authorizationCode") else {
        cx.warn(span, "OAuth without the authorization code flow; tokens are given as they are");
        return bearer(auth, "access token", None);
    };
    let url = |key: &str| {
        let url = flow.value.get(key).and_then(Value::as_str)?;
        (wrong_address(url).is_none() && !url.contains('#')).then(|| url.to_owned())
    };
    match (url("authorizationUrl"), url("tokenUrl")) {
        (Some(authorization_url), Some(token_url)) => {
            auth.oauth2.get_or_insert(OAuth2 {
                authorization_url,
                token_url,
                refresh_url: url("refreshUrl"),
            });
        }
        _ => {
            cx.warn(
                flow.key_span,
                "addresses of OAuth must be complete and start with `https://`; tokens are given as they are",
            );
            bearer(auth, "access token", None);
        }
    }
}
