//! The page that a person sees at the end of an authorization, and what it says of an error.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::StatusCode;

use super::AuthError;
use crate::hash::sha256;

/// A page on its own: no script, nothing loaded from elsewhere.
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) html: String,
}

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1d2733; --soft: #526173; --paper: #fff; --ground: #eef1f5; --line: #d5dce4;
  --good: #17714a; --good-ground: #e3f4ec; --bad: #a8321b; --bad-ground: #fbeae6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9eef4; --soft: #a8b5c3; --paper: #1a222c; --ground: #0f151b;
  --line: #36424f; --good: #6fd3a4; --good-ground: #163226; --bad: #ff9f8a; --bad-ground: #3a1e18; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem; background: var(--ground);
  color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
main { width: 100%; max-width: 30rem; background: var(--paper); border: 1px solid var(--line); border-radius: 12px;
  padding: 2.25rem 2rem; }
svg { display: block; width: 3rem; height: 3rem; padding: .75rem; margin-bottom: 1.25rem; border-radius: 50%; fill: none;
  stroke: currentColor; stroke-width: 2.5; stroke-linecap: round; stroke-linejoin: round; }
.good svg { color: var(--good); background: var(--good-ground); }
.bad svg { color: var(--bad); background: var(--bad-ground); }
h1 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 .75rem; }
p { margin: .75rem 0 0; color: var(--soft); overflow-wrap: anywhere; }
p strong { color: var(--ink); font-weight: 600; }
blockquote { margin: 1rem 0 0; padding: .125rem 0 .125rem 1rem; border-left: 3px solid var(--line); color: var(--ink);
  overflow-wrap: anywhere; }
";

const CHECK: &str =
    "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M4 12.5l5.5 5.5L20 7\"/></svg>";
const CROSS: &str =
    "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M6 6l12 12M18 6L6 18\"/></svg>";

impl Page {
    /// The authorization is done and stored. `next` says where to go now.
    pub(super) fn done(provider: &str, account: Option<&str>, next: &str) -> Self {
        let provider = escape(provider);
        let connected = match account {
            Some(account) => format!("{provider} account <strong>{}</strong> is connected.", escape(account)),
            None => format!("{provider} is connected."),
        };
        let heading = "Authorization completed";
        let text = format!("<h1>{heading}</h1><p>{connected}</p><p>{}</p>", escape(next));
        Self { status: StatusCode::OK, html: document(heading, "good", CHECK, &text) }
    }

    /// Why it is not, in words for the person: nothing of the application's insides, and no part of the redirect but the
    /// provider's own description.
    pub(super) fn failed(provider: &str, error: &AuthError) -> Self {
        let (status, reason) = explain(error);
        let provider = escape(provider);
        let heading = match error {
            // Perhaps it is, and the page was only loaded again.
            AuthError::StateMismatch => "This link is not valid any more".to_owned(),
            _ => format!("{provider} was not connected"),
        };
        let quote = quote(error).map_or_else(String::new, |words| {
            format!("<p>{provider} says:</p><blockquote>{}</blockquote>", escape(&shortened(words, 300)))
        });
        let reason = reason.replace("{provider}", &provider);
        let text = format!("<h1>{heading}</h1><p>{reason}</p>{quote}");
        Self { status, html: document(&heading, "bad", CROSS, &text) }
    }

    /// What must go with it: the address in the browser holds the code, so it stays neither in caches nor in referrers.
    pub(super) fn headers() -> [(&'static str, String); 5] {
        let style = BASE64.encode(sha256(&[STYLE.as_ref()]));
        [
            ("content-type", "text/html; charset=utf-8".to_owned()),
            ("cache-control", "no-store".to_owned()),
            ("referrer-policy", "no-referrer".to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
            (
                "content-security-policy",
                format!(
                    "default-src 'none'; style-src 'sha256-{style}'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
                ),
            ),
        ]
    }
}

/// What an error means for the person in front of the page, and the HTTP status that says the same to programs.
pub(super) fn explain(error: &AuthError) -> (StatusCode, &'static str) {
    match error {
        AuthError::Refused { error, .. } if error == "access_denied" => {
            (StatusCode::FORBIDDEN, "The authorization was refused, so nothing was connected.")
        }
        AuthError::Refused { .. } => {
            (StatusCode::FORBIDDEN, "{provider} refused the authorization, so nothing was connected.")
        }
        AuthError::StateMismatch => (
            StatusCode::BAD_REQUEST,
            "It was used already, has expired, or was made for somebody else. If {provider} is not connected yet, start the authorization \
             again.",
        ),
        AuthError::NoCode => (
            StatusCode::BAD_REQUEST,
            "The answer of {provider} is incomplete. Start the authorization again.",
        ),
        AuthError::Token { .. } => (
            StatusCode::BAD_GATEWAY,
            "{provider} did not confirm the authorization. Start it again; if that does not help, the application is not set up \
             correctly.",
        ),
        AuthError::Transport(_) | AuthError::Unavailable(_) => (
            StatusCode::BAD_GATEWAY,
            "{provider} cannot be reached at the moment. Start the authorization again in a few minutes.",
        ),
        AuthError::Unreadable(_) => (
            StatusCode::BAD_GATEWAY,
            "{provider} gave an answer that cannot be read. Start the authorization again in a few minutes.",
        ),
        AuthError::Shared(error) => explain(error),
        _ => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "The application could not finish the authorization. Start it again; if that does not help, tell whoever runs the \
             application.",
        ),
    }
}

fn quote(error: &AuthError) -> Option<&str> {
    match error {
        AuthError::Refused { description, .. } => description.as_deref(),
        AuthError::Shared(error) => quote(error),
        _ => None,
    }
}

fn document(title: &str, class: &str, icon: &str, text: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><link rel=\"icon\" href=\"data:,\">\
         <title>{title}</title><style>{STYLE}</style></head>\
         <body><main class=\"{class}\">{icon}{text}</main></body></html>"
    )
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Text in HTML, also inside of a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_providers_words_are_shown_escaped_and_bounded() {
        let description = Some(format!("<script>alert('x')</script>{}", "a".repeat(1000)));
        let page =
            Page::failed("A & B", &AuthError::Refused { error: "access_denied".to_owned(), description });
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(!page.html.contains("<script"), "{}", page.html);
        assert!(page.html.contains("&lt;script&gt;alert(&#39;x&#39;)"), "{}", page.html);
        assert!(page.html.contains("A &amp; B was not connected"), "{}", page.html);
        assert!(page.html.contains("aa…</blockquote>") && !page.html.contains(&"a".repeat(300)));
    }

    #[test]
    fn what_endpoints_answered_stays_inside() {
        for error in [
            AuthError::Unreadable("secret".to_owned()),
            AuthError::Configuration("secret".to_owned()),
            AuthError::Token {
                error: "secret".to_owned(),
                description: Some("secret".to_owned()),
                needs_authorization: false,
            },
        ] {
            let page = Page::failed("HubSpot", &error);
            assert!(!page.html.contains("secret"), "{}", page.html);
            assert!(page.status.is_server_error());
        }
    }
}
