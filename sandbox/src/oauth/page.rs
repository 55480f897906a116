//! The pages of the authorization endpoint.

use super::authorize::Request;
use crate::account::{ACCOUNTS, USER};

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #22303f; --soft: #55677a; --paper: #fff; --ground: #eef2f6; --line: #c3ced9;
  --accent: #b3401a; --accent-ink: #fff; --chosen: #fdf1ec; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eef4; --soft: #a9b8c6; --paper: #1b2530; --ground: #10171e;
  --line: #43525f; --accent: #ff9a73; --accent-ink: #21130d; --chosen: #2c2521; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem; background: var(--ground);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 32rem; background: var(--paper); border: 1px solid var(--line); border-radius: 12px;
  padding: 2rem; }
h1 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 .5rem; }
h2, legend { font-size: 1rem; font-weight: 600; margin: 0; padding: 0; }
p { margin: 0 0 1.25rem; color: var(--soft); }
fieldset { border: 0; margin: 0 0 1.5rem; padding: 0; }
label { display: flex; gap: .75rem; align-items: center; border: 1px solid var(--line); border-radius: 8px;
  padding: .625rem .875rem; margin-top: .5rem; cursor: pointer; }
label:has(:checked) { border-color: var(--accent); background: var(--chosen); }
input { accent-color: var(--accent); width: 1.125rem; height: 1.125rem; margin: 0; }
small, code { color: var(--soft); font-size: .875rem; }
ul { list-style: none; margin: .5rem 0 1.5rem; padding: 0; }
li { padding: .5rem 0; border-bottom: 1px solid var(--line); }
li:last-child { border-bottom: 0; }
code { display: block; font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; }
button { font: inherit; font-weight: 600; padding: .625rem 1.25rem; border-radius: 8px; border: 1px solid var(--line);
  background: transparent; color: inherit; cursor: pointer; min-height: 2.75rem; }
button[value=approve], button[value=sign-in] { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
footer { margin-top: 1.5rem; font-size: .875rem; color: var(--soft); }
[role=alert] { border-left: 4px solid var(--accent); padding: .25rem 0 .25rem 1rem; margin: 1rem 0 0; color: inherit; }
";

/// Who are you? There is one user, and no password.
pub(crate) fn sign_in(request: &Request) -> String {
    let (app, user) = (escape(&request.app.name), escape(USER));
    document(
        "Sign in",
        &format!(
            "<h1>Sign in to the HubSpot sandbox</h1>\
             <p>{app} asks for access to an account of yours. The sandbox has one user and asks for no password.</p>\
             <form method=\"post\">\
             <fieldset><legend>User</legend><label><input type=\"radio\" name=\"user\" value=\"{user}\" checked required>\
             <span>{user}</span></label></fieldset>\
             <div class=\"actions\"><button type=\"submit\" name=\"decision\" value=\"sign-in\">Sign in</button></div></form>"
        ),
    )
}

/// The question for consent.
pub(crate) fn consent(request: &Request) -> String {
    let app = escape(&request.app.name);
    let accounts: Vec<String> = ACCOUNTS
        .iter()
        .map(|account| {
            let checked = if account.id == request.account { " checked" } else { "" };
            format!(
                "<label><input type=\"radio\" name=\"account\" value=\"{id}\"{checked} required>\
                 <span>{name}<br><small>{domain} · {id}</small></span></label>",
                id = account.id,
                name = escape(account.name),
                domain = escape(account.domain),
            )
        })
        .collect();
    let accounts = accounts.concat();
    let items: String = request
        .scopes
        .iter()
        .map(|scope| item(scope, ""))
        .chain(request.optional_scopes.iter().map(|scope| item(scope, " (optional)")))
        .collect();
    let host = escape(&request.redirect_uri.origin().ascii_serialization());
    document(
        &format!("Connect {app}"),
        &format!(
            "<h1>{app} wants to connect to your account</h1>\
             <p>Choose the account and check what the app may do there.</p>\
             <form method=\"post\">\
             <fieldset><legend>Account</legend>{accounts}</fieldset>\
             <h2 id=\"scopes\">The app will be able to</h2>\
             <ul aria-labelledby=\"scopes\">{items}</ul>\
             <div class=\"actions\">\
             <button type=\"submit\" name=\"decision\" value=\"approve\">Connect app</button>\
             <button type=\"submit\" name=\"decision\" value=\"cancel\" formnovalidate>Cancel</button></div></form>\
             <footer>Afterwards you return to {host}. This is a sandbox on your machine: no real account is \
             touched.</footer>"
        ),
    )
}

/// Why the app cannot be connected.
pub(crate) fn refusal(reason: &str) -> String {
    document(
        "Authorization failed",
        &format!("<h1>The app cannot be connected</h1><p role=\"alert\">{}</p>", escape(reason)),
    )
}

fn document(title: &str, content: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} – HubSpot sandbox</title><style>{STYLE}</style></head>\
         <body><main>{content}</main></body></html>"
    )
}

fn item(scope: &str, note: &str) -> String {
    format!("<li>{}{note}<code>{}</code></li>", escape(&describe(scope)), escape(scope))
}

/// What a scope allows, in words.
fn describe(scope: &str) -> String {
    let parts: Vec<&str> = scope.split('.').collect();
    let verb = |access: &str| if access == "read" { "View" } else { "Create, change and delete" };
    match parts.as_slice() {
        ["oauth"] => "See which account it is connected to".into(),
        ["crm", "objects", kind, access] => format!("{} {kind}", verb(access)),
        ["crm", "schemas", kind, access] => format!("{} the properties of {kind}", verb(access)),
        [.., access @ ("read" | "write")] => {
            format!("{} {}", verb(access), parts[..parts.len() - 1].join(" "))
        }
        _ => format!("Use {scope}"),
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_describes() {
        assert!(refusal("<script>'\"&").contains("&lt;script&gt;&#39;&quot;&amp;"));
        assert_eq!(describe("crm.objects.deals.write"), "Create, change and delete deals");
    }
}
