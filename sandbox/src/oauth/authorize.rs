//! The authorization endpoint: signing in, then a page with a choice of account and the question for consent.

use axum::{
    body::Bytes,
    extract::{OriginalUri, RawPathParams, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use url::Url;

use super::{page, params::Params, secret, sign_in};
use crate::{
    account::ACCOUNTS,
    app::App,
    http::gate::is_loopback_name,
    state::{Shared, State as Sandbox},
    store::tokens::{Token, Use},
    time,
};

/// How long a code is good for.
const CODE_LIFETIME: time::Millis = 60_000;

/// A request for authorization that has passed the checks.
pub(crate) struct Request {
    pub(crate) app: App,
    pub(crate) redirect_uri: Url,
    pub(crate) scopes: Vec<String>,
    pub(crate) optional_scopes: Vec<String>,
    pub(crate) account: i64,
    state: Option<String>,
    challenge: Option<String>,
    challenge_method: Option<String>,
}

/// Why there is no page with a question; shown in the page instead of a redirect.
type Refusal = String;

const INSUFFICIENT: &str =
    "Authorization failed because the provided scopes are insufficient. Please contact the app developer.";

impl Request {
    fn check(sandbox: &Sandbox, params: &Params, account: Option<&str>) -> Result<Self, Refusal> {
        let client_id =
            params.get("client_id").ok_or("Authorization failed because the client_id is missing.")?;
        let app = sandbox.store().app(client_id).ok().flatten();
        let app = app.ok_or("Authorization failed because there is no app with this client ID.")?;
        let redirect =
            params.get("redirect_uri").ok_or("Authorization failed because the redirect_uri is missing.")?;
        let redirect_uri = Url::parse(redirect).ok().filter(|_| app.redirects_to(redirect)).ok_or_else(|| {
            format!(
                "Authorization failed as the redirect URL '{redirect}' doesn't match the app's registered redirect URL"
            )
        })?;
        if params.get("response_type").is_some_and(|wanted| wanted != "code") {
            return Err("Authorization failed because the response_type must be code.".into());
        }
        let (scopes, optional_scopes) = (params.scopes("scope"), params.scopes("optional_scope"));
        if !scopes_fit(&app, &scopes, &optional_scopes) {
            return Err(INSUFFICIENT.into());
        }
        let chosen = params.get("account").or(account);
        let account = match chosen {
            None => ACCOUNTS[0].id,
            Some(text) => {
                ACCOUNTS.iter().find(|known| known.id.to_string() == text).map(|known| known.id).ok_or_else(
                    || format!("Authorization failed because you have no access to the account {text}."),
                )?
            }
        };
        let challenge = params.get("code_challenge").map(str::to_owned);
        let challenge_method = params.get("code_challenge_method").map(str::to_owned);
        if challenge_method.as_deref().is_some_and(|method| !matches!(method, "S256" | "plain")) {
            return Err(
                "Authorization failed because the code_challenge_method must be S256 or plain.".into()
            );
        }
        let state = params.get("state").map(str::to_owned);
        if let Some(state) = &state {
            sandbox.store().note("state", state);
        }
        Ok(Self { app, redirect_uri, scopes, optional_scopes, account, state, challenge, challenge_method })
    }

    /// Back to the app, with more in the query of its redirect URI.
    fn back(&self, pairs: &[(&str, &str)]) -> Response {
        let mut url = self.redirect_uri.clone();
        url.query_pairs_mut().extend_pairs(pairs);
        if let Some(state) = &self.state {
            url.query_pairs_mut().append_pair("state", state);
        }
        let Ok(location) = HeaderValue::from_str(url.as_str()) else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        let mut response = (StatusCode::SEE_OTHER, page_headers()).into_response();
        response.headers_mut().insert(header::LOCATION, location);
        response
    }
}

/// Every required scope of the app must be in `scope`, an optional one in `optional_scope`, none in both.
fn scopes_fit(app: &App, scopes: &[String], optional: &[String]) -> bool {
    if scopes.iter().any(|scope| optional.contains(scope)) || scopes.is_empty() && optional.is_empty() {
        return false;
    }
    if app.scopes.is_empty() {
        return true;
    }
    app.scopes.iter().all(|scope| scopes.contains(scope))
        && scopes.iter().all(|scope| app.scopes.contains(scope))
        && optional.iter().all(|scope| app.optional_scopes.contains(scope))
}

/// `GET /oauth/authorize`, `GET /oauth/{account}/authorize`
pub(crate) async fn show(
    State(sandbox): State<Shared>,
    path: RawPathParams,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    match Request::check(&sandbox, &Params::query(query.as_deref()), account(&path)) {
        Ok(request) if sign_in::is_signed_in(&headers) => {
            (page_headers(), Html(page::consent(&request))).into_response()
        }
        Ok(request) => (page_headers(), Html(page::sign_in(&request))).into_response(),
        Err(refusal) => refused(&refusal),
    }
}

/// `POST` to the same URL: `decision` is `sign-in`, `approve` or `cancel`, `account` the chosen one. Who decides without having signed
/// in is a test that leaves the first page out.
pub(crate) async fn decide(
    State(sandbox): State<Shared>,
    OriginalUri(here): OriginalUri,
    path: RawPathParams,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_same_origin(&headers) {
        return refused("Authorization failed because the form was sent from another site.");
    }
    let params = Params::body(&headers, &body).or(Params::query(query.as_deref()));
    let request = match Request::check(&sandbox, &params, account(&path)) {
        Ok(request) => request,
        Err(refusal) => return refused(&refusal),
    };
    match params.get("decision") {
        Some("approve") => {}
        Some("sign-in") => return signed_in(here.path_and_query().map_or("", |target| target.as_str())),
        Some("cancel") => {
            return request
                .back(&[("error", "access_denied"), ("error_description", "The user denied the request")]);
        }
        _ => return refused("Authorization failed because the decision must be sign-in, approve or cancel."),
    }
    let mut scopes = request.scopes.clone();
    scopes.extend(request.optional_scopes.iter().cloned());
    let code = Token {
        value: secret("na1-", 36),
        used_as: Use::Code,
        client_id: request.app.client_id.clone(),
        hub_id: request.account,
        scopes,
        expires: Some(time::now() + CODE_LIFETIME),
        redirect_uri: params.get("redirect_uri").map(str::to_owned),
        challenge: request.challenge.clone(),
        challenge_method: request.challenge_method.clone(),
    };
    match sandbox.store().keep_token(&code) {
        Ok(()) => request.back(&[("code", &code.value)]),
        Err(error) => refused(&format!("the sandbox's database failed: {error}")),
    }
}

/// Back to the same page, which asks for consent then.
fn signed_in(target: &str) -> Response {
    let mut response = (StatusCode::SEE_OTHER, page_headers()).into_response();
    if let (Ok(location), Some(cookie)) = (HeaderValue::from_str(target), sign_in::cookie()) {
        response.headers_mut().insert(header::LOCATION, location);
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

fn account(path: &RawPathParams) -> Option<&str> {
    path.iter().find(|(name, _)| *name == "account").map(|(_, value)| value)
}

/// Browsers send `Origin` with every POST; another site's must not consent for the user.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    origin.to_str().is_ok_and(|origin| origin == format!("http://{host}")) && is_loopback_name(host)
}

fn refused(reason: &str) -> Response {
    (StatusCode::BAD_REQUEST, page_headers(), Html(page::refusal(reason))).into_response()
}

/// The page must not be framed, cached or leak its URL. No `form-action`: browsers apply it to the redirect too.
fn page_headers() -> HeaderMap {
    let mut headers = super::no_store();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
}
