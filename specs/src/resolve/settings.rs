//! `connector.json` without its types.

use super::action::narrow;
use super::{Cx, text};
use crate::check;
use crate::check::pointers::Target;
use crate::diagnostics::{Code, Problem};
use crate::model::{
    ApiKey, ApiVersion, ApiVersions, Auth, Bearer, ClientCredentialsIn, Connector, ErrorDetails,
    ErrorMapping, FilterDialect, KeyPlace, OAuth2, RateLimit, RetryRule, Scope, SunsetUrl,
};
use crate::names;
use crate::raw::{self, CredentialsWord, KeyPlaceWord, Text};

/// Everything but types and modules.
pub(crate) fn settings(cx: &mut Cx<'_>) -> Connector {
    let raw = cx.raw;
    if raw.spec_version.value != 1 {
        let message = format!("version {} of the format is not known", raw.spec_version.value);
        cx.problems
            .report(Problem::new(Code::SpecVersion, raw.spec_version.span, message).label("expected 1"));
    }
    if !names::is_snake(raw.name.as_str()) {
        let message = format!("`{}` is not a machine name", raw.name.value);
        let near = names::snake(raw.name.as_str());
        let problem = Problem::new(Code::InvalidName, raw.name.span, message)
            .help("use snake case: lower-case ASCII letters, digits and underscores");
        cx.problems.report(problem.rename(near.as_deref()));
    }
    check::requests::page(cx, raw.docs_url.as_ref());
    let scopes = scopes(cx, raw);
    check::names::scopes(cx, &raw.scopes, &scopes);
    Connector {
        name: raw.name.value.clone(),
        title: raw.title.value.clone(),
        description: text(raw.description.as_ref()),
        docs_url: text(raw.docs_url.as_ref()),
        base_url: check::urls::base(cx.problems, &raw.base_url),
        api_versions: raw.api_version.as_ref().map(|raw| api_versions(cx, raw)),
        headers: headers(cx, raw),
        auth: auth(cx, &raw.auth),
        scopes,
        errors: raw.errors.as_ref().map(|raw| errors(cx, raw)).unwrap_or_default(),
        filters: raw.filters.as_ref().map(filters),
        rate_limits: rate_limits(cx, raw),
        retries: raw.retries.entries.iter().filter_map(|entry| retry(cx, entry)).collect(),
        types: Vec::new(),
        modules: Vec::new(),
    }
}

fn headers(cx: &mut Cx<'_>, raw: &raw::ConnectorFile) -> Vec<(String, String)> {
    check::headers::of_connector(cx, raw);
    let pair = |entry: &raw::Entry<Text>| (entry.key.value.clone(), entry.value.value.clone());
    raw.headers.entries.iter().map(pair).collect()
}

fn scopes(cx: &mut Cx<'_>, raw: &raw::ConnectorFile) -> Vec<Scope> {
    let mut scopes = Vec::with_capacity(raw.scopes.entries.len());
    for entry in &raw.scopes.entries {
        let name = entry.key.value.clone();
        // A scope that starts with a digit gets a prefix.
        let ident = names::camel(&name).or_else(|| names::camel(&format!("scope_{name}")));
        if ident.is_none() {
            let message = format!("the scope `{name}` gives no Rust name");
            let problem = Problem::new(Code::InvalidName, entry.key.span, message);
            cx.problems.report(problem.help(
                "scopes are written in ASCII (RFC 6749 §3.3): write it as the provider's documentation does",
            ));
        }
        scopes.push(Scope {
            name,
            ident: ident.unwrap_or_default(),
            title: entry.value.0.title.value.clone(),
            description: text(entry.value.0.description.as_ref()),
            location: cx.problems.location(entry.key.span),
        });
    }
    scopes
}

fn api_versions(cx: &mut Cx<'_>, raw: &raw::ApiVersions) -> ApiVersions {
    let entries = &raw.versions.entries;
    let default = entries.iter().position(|entry| entry.key.value == raw.default.value);
    if default.is_none() && !entries.is_empty() {
        let known = entries.iter().map(|entry| entry.key.as_str());
        let near = cx.problems.nearest(raw.default.as_str(), known);
        let message = format!("unknown version `{}`", raw.default.value);
        cx.problems.report(Problem::new(Code::UnknownVersion, raw.default.span, message).did_you_mean(near));
    }
    let bases: Vec<_> = entries
        .first()
        .map(|first| first.value.paths.entries.iter().map(|path| path.key.value.clone()).collect())
        .unwrap_or_default();
    check::versions::same_paths(cx, raw);
    let version = |entry: &raw::Entry<raw::ApiVersion>| {
        let path = |base: &String| {
            let found = entry.value.paths.entries.iter().find(|path| path.key.value == *base);
            found.map(|path| path.value.value.clone()).unwrap_or_default()
        };
        ApiVersion {
            name: entry.key.value.clone(),
            paths: bases.iter().map(path).collect(),
            sunset: text(entry.value.sunset.as_ref()),
        }
    };
    let versions = entries.iter().map(version).collect();
    ApiVersions { default: default.unwrap_or_default(), bases, versions, header: text(raw.header.as_ref()) }
}

fn auth(cx: &mut Cx<'_>, raw: &raw::Auth) -> Auth {
    Auth {
        oauth2: raw.oauth2.as_ref().map(|raw| oauth2(cx, raw)),
        bearer: raw.bearer.as_ref().map(|raw| Bearer {
            title: raw.title.value.clone(),
            description: text(raw.description.as_ref()),
        }),
        api_key: raw.api_key.as_ref().map(|raw| api_key(cx, raw)),
    }
}

fn api_key(cx: &mut Cx<'_>, raw: &raw::ApiKey) -> ApiKey {
    let name = raw.name.as_ref().map(|name| name.value.clone());
    let basic = matches!(raw.place.value, Some(KeyPlaceWord::Basic));
    match &raw.name {
        None if !basic => {
            let problem = Problem::new(Code::MissingKey, raw.span.first(), "missing key `name`");
            let problem = problem.label("a key in a header or in the query has a name there");
            cx.problems.report(problem.help("add the name that the API gives it: \"name\": \"X-Api-Key\""));
        }
        Some(name) if basic => {
            cx.problems.error(Code::UselessKey, name.span, "user name and password have no name on the wire");
        }
        // The name of a header is checked with those of the others.
        _ => {}
    }
    let name = name.unwrap_or_default();
    ApiKey {
        title: raw.title.value.clone(),
        description: text(raw.description.as_ref()),
        place: match raw.place.value {
            Some(KeyPlaceWord::Query) => KeyPlace::Query(name),
            Some(KeyPlaceWord::Basic) => KeyPlace::Basic,
            Some(KeyPlaceWord::Header) | None => KeyPlace::Header(name),
        },
    }
}

fn oauth2(cx: &mut Cx<'_>, raw: &raw::OAuth2) -> OAuth2 {
    let endpoints = [&raw.refresh_url, &raw.introspection_url, &raw.revocation_url];
    for url in [&raw.authorization_url, &raw.token_url].into_iter().chain(endpoints.into_iter().flatten()) {
        check::urls::endpoint(cx.problems, url);
    }
    for entry in &raw.authorize_params.entries {
        check::requests::authorize_param(cx, &entry.key);
    }
    if let (Some(account), Some(scopes)) = (&raw.account_id_path, &raw.granted_scopes_path) {
        let pointers = [(account, Target::Scalar), (scopes, Target::Array)];
        check::pointers::consistent(cx.problems, &pointers, check::pointers::number);
    }
    let pointer = |cx: &mut Cx<'_>, pointer: Option<&Text>| {
        pointer.inspect(|pointer| drop(check::pointers::keys(cx.problems, pointer))).map(|p| p.value.clone())
    };
    OAuth2 {
        authorization_url: raw.authorization_url.value.clone(),
        token_url: raw.token_url.value.clone(),
        refresh_url: text(raw.refresh_url.as_ref()),
        introspection_url: text(raw.introspection_url.as_ref()),
        revocation_url: text(raw.revocation_url.as_ref()),
        scope_separator: text(raw.scope_separator.as_ref()).unwrap_or_else(|| " ".to_owned()),
        client_credentials_in: match raw.client_credentials_in.as_ref().and_then(|word| word.value) {
            Some(CredentialsWord::Body) => ClientCredentialsIn::Body,
            Some(CredentialsWord::Basic) | None => ClientCredentialsIn::Basic,
        },
        pkce: raw.pkce.as_ref().is_none_or(|pkce| pkce.value),
        authorize_params: raw
            .authorize_params
            .entries
            .iter()
            .map(|entry| (entry.key.value.clone(), entry.value.value.clone()))
            .collect(),
        dead_grant: raw.dead_grant.as_ref().map_or_else(
            || vec!["invalid_grant".to_owned()],
            |list| list.items.iter().map(|code| code.value.clone()).collect(),
        ),
        account_id_path: pointer(cx, raw.account_id_path.as_ref()),
        granted_scopes_path: pointer(cx, raw.granted_scopes_path.as_ref()),
        redirect_to_ip: raw.redirect_to_ip.as_ref().is_none_or(|flag| flag.value),
        sunset_urls: raw.sunset_urls.entries.iter().map(|entry| sunset_url(cx, entry)).collect(),
    }
}

fn sunset_url(cx: &mut Cx<'_>, entry: &raw::Entry<raw::SunsetUrl>) -> SunsetUrl {
    check::sunsets::day(cx.problems, &entry.value.sunset);
    SunsetUrl {
        prefix: entry.key.value.clone(),
        sunset: entry.value.sunset.value.clone(),
        replaced_by: entry.value.replaced_by.value.clone(),
    }
}

fn errors(cx: &mut Cx<'_>, raw: &raw::Errors) -> ErrorMapping {
    check::errors::pointers(cx.problems, raw);
    let mut pointer = |pointer: Option<&Text>| {
        pointer.map(|pointer| {
            check::pointers::keys(cx.problems, pointer);
            pointer.value.clone()
        })
    };
    ErrorMapping {
        message: pointer(raw.message.as_ref()),
        category: pointer(raw.category.as_ref()),
        sub_category: pointer(raw.sub_category.as_ref()),
        correlation_id: pointer(raw.correlation_id.as_ref()),
        correlation_header: text(raw.correlation_header.as_ref()),
        missing_scopes: raw.missing_scopes.items.iter().filter_map(|at| pointer(Some(at))).collect(),
        details: raw.details.as_ref().map(|details| ErrorDetails {
            at: pointer(Some(&details.at)).unwrap_or_default(),
            message: pointer(details.message.as_ref()),
            code: pointer(details.code.as_ref()),
            field: pointer(details.field.as_ref()),
        }),
    }
}

fn filters(raw: &raw::Filters) -> FilterDialect {
    FilterDialect {
        filters: raw.filters.value.clone(),
        property: raw.property.value.clone(),
        operator: raw.operator.value.clone(),
        value: raw.value.value.clone(),
        high_value: raw.high_value.value.clone(),
        values: raw.values.value.clone(),
        operators: raw.operators.in_order().map(|operator| text(operator.as_ref())).into(),
        max_groups: raw.max_groups.as_ref().map(|count| narrow(count.value)),
        max_filters_per_group: raw.max_filters_per_group.as_ref().map(|count| narrow(count.value)),
        max_filters: raw.max_filters.as_ref().map(|count| narrow(count.value)),
    }
}

fn retry(cx: &mut Cx<'_>, entry: &raw::Entry<raw::Retry>) -> Option<RetryRule> {
    let status = check::retries::status(cx.problems, &entry.key, cx.raw.idempotency_key.is_some())?;
    let wait = entry.value.wait.as_ref().map(|wait| check::durations::millis(cx.problems, wait));
    let needs_retry_after = entry.value.needs_retry_after.as_ref().is_some_and(|flag| flag.value);
    let rate_limited = entry.value.rate_limited.as_ref().is_some_and(|flag| flag.value);
    Some(RetryRule { status, wait_millis: wait.unwrap_or(0), needs_retry_after, rate_limited })
}

fn rate_limits(cx: &mut Cx<'_>, raw: &raw::ConnectorFile) -> Vec<RateLimit> {
    let limit = |entry: &raw::Entry<raw::RateLimit>| RateLimit {
        name: entry.key.value.clone(),
        requests: check::rate_limits::requests(cx.problems, entry).map(narrow),
        per_millis: check::durations::millis(cx.problems, &entry.value.per),
        every_action: entry.value.every_action.as_ref().is_some_and(|flag| flag.value),
        max_header: text(entry.value.max_header.as_ref()),
        remaining_header: text(entry.value.remaining_header.as_ref()),
        reset_header: text(entry.value.reset_header.as_ref()),
    };
    raw.rate_limits.entries.iter().map(limit).collect()
}
