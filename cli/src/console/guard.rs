//! Who may do what: this machine only, one person's browser, and nothing that another page sends.
//!
//! | attack | what stops it |
//! | --- | --- |
//! | DNS rebinding | the `Host` header must be ours |
//! | another user or program of this machine | a session cookie, which only the start link gives |
//! | a page elsewhere that sends a form here | `Sec-Fetch-Site`, `Origin`, a token in every form, `SameSite=Strict` |
//! | a page elsewhere that shows us in a frame, or reads along | `Content-Security-Policy` and the other headers of [`harden`] |
//! | an authorization that somebody else has begun | its state, and a `SameSite=Lax` cookie for those who come back |

use std::sync::{Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use super::Failure;
use super::app::Shared;
use super::form::Pairs;
use super::pages::{self, STYLE_PATH};
use super::trouble::Trouble;

/// Where the start link leads.
pub(super) const START: &str = "/start";
/// The field of every form that holds the token against forms from elsewhere.
const CSRF: &str = "#csrf";

/// The secrets of one run of the console.
pub(super) struct Guard {
    port: u16,
    session: String,
    returning: String,
    csrf: String,
    /// The token of the link in the terminal.
    link: String,
    /// The token that the browser is started with. Everybody on this machine can see what that is, so it works once.
    once: Mutex<Option<String>>,
}

impl Guard {
    pub(super) fn new(port: u16) -> Result<Self, Failure> {
        Ok(Self {
            port,
            session: random()?,
            returning: random()?,
            csrf: random()?,
            link: random()?,
            once: Mutex::new(Some(random()?)),
        })
    }

    /// The one origin that pages have; `localhost`, since providers refuse to redirect to an IP address.
    pub(super) fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// The link for the terminal.
    pub(super) fn link(&self) -> String {
        format!("{}{START}?token={}", self.origin(), self.link)
    }

    /// The link for the browser that is started.
    pub(super) fn link_once(&self) -> Option<String> {
        let once = self.once.lock().unwrap_or_else(PoisonError::into_inner);
        once.as_ref().map(|token| format!("{}{START}?token={token}", self.origin()))
    }

    /// The hidden field that every form has.
    pub(super) fn field(&self) -> Markup {
        html! { input type="hidden" name=(CSRF) value=(self.csrf); }
    }

    /// Whether the start link's query has a token that is good.
    pub(super) fn starts(&self, query: Option<&str>) -> bool {
        let token = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
            .find_map(|(name, value)| (name == "token").then_some(value));
        let Some(token) = token else { return false };
        let mut once = self.once.lock().unwrap_or_else(PoisonError::into_inner);
        same(&token, &self.link) || once.take_if(|once| same(&token, once)).is_some()
    }

    /// The cookies of somebody who came by the start link.
    pub(super) fn cookies(&self) -> [String; 2] {
        let name = self.cookie();
        [
            format!("{name}={}; Path=/; HttpOnly; SameSite=Strict", self.session),
            format!("{name}-return={}; Path=/; HttpOnly; SameSite=Lax", self.returning),
        ]
    }

    /// Cookies belong to a host and not to a port, so that two consoles need two names.
    fn cookie(&self) -> String {
        format!("connector-console-{}", self.port)
    }

    fn has_session(&self, headers: &HeaderMap) -> bool {
        has_cookie(headers, &self.cookie(), &self.session)
    }

    /// Whether this is the browser that began the authorization which it comes back from.
    pub(super) fn comes_back(&self, headers: &HeaderMap) -> bool {
        has_cookie(headers, &format!("{}-return", self.cookie()), &self.returning)
    }

    /// Whether one of our pages has sent this.
    fn is_from_us(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or_default());
        let ours = |origin: &str| origin == self.origin();
        match (text(header::HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
            // Under `Referrer-Policy: no-referrer` forms have the origin `null`.
            (Some("same-origin"), origin) => origin.is_none_or(|origin| ours(origin) || origin == "null"),
            (Some(_), _) | (None, None) => false,
            (None, Some(origin)) => ours(origin),
        }
    }

    pub(super) fn is_host(headers: &HeaderMap, port: u16) -> bool {
        let mut hosts = headers.get_all(header::HOST).iter();
        hosts.next().is_some_and(|host| host.as_bytes() == format!("localhost:{port}").as_bytes())
            && hosts.next().is_none()
    }
}

/// Checks every request before anything is done, and hardens every answer.
pub(super) async fn check(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let mut response = match admit(&app, request).await {
        Ok(request) => {
            let (parts, body) = request.into_parts();
            match app.returns.finish(&app, &parts, app.guard.port).await {
                Some(response) => response,
                None => next.run(Request::from_parts(parts, body)).await,
            }
        }
        Err(refusal) => refusal.into_response(),
    };
    harden(response.headers_mut());
    response
}

async fn admit(app: &Shared, request: Request) -> Result<Request, Trouble> {
    let guard = &app.guard;
    let headers = request.headers();
    if !Guard::is_host(headers, guard.port) {
        return Err(refused(
            "This address is not served here",
            &format!("The console answers at {} and at no other name.", guard.origin()),
        ));
    }
    let path = request.uri().path();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    // The start link has a token of its own, and so has who comes back from a provider.
    if reads && (path == START || path == STYLE_PATH || app.returns.expects(&request, guard.port)) {
        return Ok(request);
    }
    if !guard.has_session(headers) {
        return Err(refused(
            "This browser has not opened the console yet",
            "Open the link that the terminal shows, where `connector console` runs. After a restart there is a new one.",
        ));
    }
    if reads {
        return Ok(request);
    }
    if !guard.is_from_us(headers) {
        return Err(refused(
            "Nothing was done",
            "This request was sent by a page that is not the console's.",
        ));
    }
    let (mut parts, body) = request.into_parts();
    let pairs = Pairs::read(&parts, body).await?;
    if !pairs.text(CSRF).is_some_and(|token| same(token, &guard.csrf)) {
        return Err(refused(
            "Nothing was done",
            "The form is not one of this console's, or is from before it was restarted. Open the page again and send it from there.",
        ));
    }
    parts.extensions.insert(pairs);
    Ok(Request::from_parts(parts, axum::body::Body::empty()))
}

fn refused(title: &str, text: &str) -> Trouble {
    Trouble::new(StatusCode::FORBIDDEN, title, text)
}

/// No script, nothing from elsewhere, no frame around, no copy in caches, no address in referrers.
pub(super) fn harden(headers: &mut HeaderMap) {
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// What the start link answers: a page of ours that leads on, since a strict cookie does not come along where another program's page
/// had the link.
pub(super) async fn start(State(app): State<Shared>, request: Request) -> Response {
    if !app.guard.starts(request.uri().query()) {
        let text = "It was used already, or is from before the console was restarted. Open the link that the terminal shows.";
        return refused("This start link does not work", text).into_response();
    }
    let mut response = pages::leads_to("Connector console", "/", "Open the console").into_response();
    for cookie in app.guard.cookies() {
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

fn has_cookie(headers: &HeaderMap, name: &str, value: &str) -> bool {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    cookies.any(|(found, given)| found == name && same(given, value))
}

/// In a time that tells nothing of where they differ.
fn same(left: &str, right: &str) -> bool {
    let differs = left.bytes().zip(right.bytes()).fold(0, |differs, (left, right)| differs | (left ^ right));
    left.len() == right.len() && differs == 0
}

/// 256 bits that nobody guesses.
pub(super) fn random() -> Result<String, Failure> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| format!("the system gives no random numbers: {error}"))?;
    Ok(bytes.iter().fold(String::with_capacity(64), |text, byte| text + &format!("{byte:02x}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_send() {
        let guard = Guard::new(8765).expect("random numbers");
        let from = |pairs: &[(&'static str, &'static str)]| {
            let pairs = pairs.iter().map(|(name, value)| {
                (header::HeaderName::from_static(name), HeaderValue::from_static(value))
            });
            guard.is_from_us(&pairs.collect())
        };
        let ours = "http://localhost:8765";
        assert!(from(&[("sec-fetch-site", "same-origin"), ("origin", ours)]));
        assert!(from(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(from(&[("sec-fetch-site", "same-origin")]) && from(&[("origin", ours)]));
        for pairs in [
            &[][..],
            &[("origin", "null")],
            &[("origin", "http://localhost:9000")],
            &[("origin", "https://evil.example")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "cross-site"), ("origin", ours)],
            &[("sec-fetch-site", "same-site"), ("origin", "http://localhost:9000")],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
        ] {
            assert!(!from(pairs), "{pairs:?}");
        }
    }

    #[test]
    fn the_browsers_link_works_once_and_the_terminals_again() {
        let guard = Guard::new(1).expect("random numbers");
        let query = |link: String| link.split_once('?').map(|(_, query)| query.to_owned());
        let once = guard.link_once().and_then(query);
        assert!(guard.starts(once.as_deref()) && !guard.starts(once.as_deref()));
        let link = query(guard.link());
        assert!(guard.starts(link.as_deref()) && guard.starts(link.as_deref()));
        assert!(!guard.starts(None) && !guard.starts(Some("token=")) && !guard.starts(Some("token=ab")));
    }

    #[test]
    fn cookies_are_found_among_others() {
        let headers: HeaderMap =
            [(header::COOKIE, HeaderValue::from_static("a=1; name=secret; b=2"))].into_iter().collect();
        assert!(has_cookie(&headers, "name", "secret"));
        assert!(!has_cookie(&headers, "name", "secre") && !has_cookie(&headers, "nam", "secret"));
    }
}
