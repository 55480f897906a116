//! Token endpoints that do not do what they should.

use std::time::{Duration, Instant};

use typed_connector::auth::{AuthError, AuthorizationProfile, Authorizer, Kind, Store as _};
use typed_connector_sandbox::Fault;
use typed_connector_tests::hubspot::Connector;
use typed_connector_tests::watch::Kept;
use typed_connector_tests::wire::{Reply, Server};
use typed_connector_tests::{Fails as _, shown};

use super::{TOKEN_PATH, Web, parameter, visit};

/// Enough for an answer on a machine that is busy with other things too.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a token endpoint does, and what becomes of it.
async fn token_endpoint_answers(what: &str, fault: impl Fn() -> Fault, is: impl Fn(&AuthError) -> bool) {
    let web = Web::with(|builder| builder.timeout(PATIENCE)).await;
    // In the browser.
    let redirect = web.approve("ada").await;
    web.sandbox.inject(fault().path(TOKEN_PATH));
    let answer = visit(&redirect, "ada").await;
    assert_eq!(answer.status, 502, "{answer:?}");
    // And in the program.
    let again = web.approve("ada").await;
    web.sandbox.inject(fault().path(TOKEN_PATH));
    let error = web.authorizer().finish_as(&again, "ada").await.fails("an error");
    assert!(is(&error), "{error:?}");
    let kept = web.store().keys(Kind::Connection).await.expect("readable").len();
    let seen = format!("{answer:?}{}", shown(&error));
    let secrets = [
        "leak-me",
        &web.app.client_secret,
        &parameter(&redirect, "code"),
        &parameter(&redirect, "state"),
        &parameter(&again, "code"),
        &parameter(&again, "state"),
    ];
    let leaked = secrets.iter().filter(|secret| seen.contains(**secret)).count();
    // The next try, with nothing wrong, succeeds.
    web.sandbox.clear_faults();
    let next = visit(&web.approve("ada").await, "ada").await.status;
    println!(
        "FIGURE token endpoint, {what}: the browser gets HTTP {}, the program «{error}»; {kept} connections stored, {leaked} of {} \
         secrets shown; the next try ends in HTTP {next}",
        answer.status,
        secrets.len()
    );
    assert_eq!((kept, leaked, next), (0, 0, 303), "{seen}");
}

fn is_unreadable(error: &AuthError) -> bool {
    matches!(error, AuthError::Unreadable(_))
}

#[tokio::test]
async fn html_in_place_of_tokens() {
    let fault = || Fault::status(200).body("<html><p>leak-me</p></html>");
    token_endpoint_answers("HTML", fault, is_unreadable).await;
}

#[tokio::test]
async fn truncated_tokens() {
    let fault = || {
        let body = r#"{"token_type":"bearer","access_token":"leak-me","expires_i"#;
        Fault::status(200).header("content-type", "application/json").body(body)
    };
    token_endpoint_answers("truncated JSON", fault, is_unreadable).await;
}

#[tokio::test]
async fn tokens_of_another_type() {
    let fault = || {
        Fault::status(200).json(&serde_json::json!({ "token_type": "bearer", "access_token": ["leak-me"] }))
    };
    token_endpoint_answers("JSON of another type", fault, is_unreadable).await;
}

#[tokio::test]
async fn a_huge_answer_is_not_read_to_its_end() {
    let body = format!(r#"{{"access_token":"leak-me","token_type":"bearer","x":"{}"}}"#, "x".repeat(4 << 20));
    let fault = || Fault::status(200).header("content-type", "application/json").body(body.clone());
    token_endpoint_answers("4 MiB", fault, is_unreadable).await;
}

#[tokio::test]
async fn a_slow_answer_is_not_waited_for() {
    let fault = || Fault::latency(PATIENCE * 4);
    let is_late = |error: &AuthError| matches!(error, AuthError::Transport(_)) && error.is_transient();
    token_endpoint_answers("an answer after 8 s, with 2 s of patience", fault, is_late).await;
}

#[tokio::test]
async fn an_endpoint_that_hangs_up_or_is_out_of_order() {
    token_endpoint_answers("a cut connection", Fault::cut, |error| matches!(error, AuthError::Transport(_)))
        .await;
    let out_of_order = || Fault::status(503).body("<p>leak-me</p>");
    token_endpoint_answers("HTTP 503", out_of_order, |error| matches!(error, AuthError::Unavailable(_)))
        .await;
    let moved = || Fault::status(302).header("location", "https://attacker.example/leak-me");
    token_endpoint_answers("a redirect to elsewhere", moved, is_unreadable).await;
}

/// A token endpoint whose answer has no end, piece by piece: how it ends, after how many bytes, and after what time.
async fn without_end(piece: usize, pause: Duration, patience: Duration) -> (AuthError, usize, Duration) {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"access_token\":\"leak-me";
    let reply = move |_: &_| Reply::Endless(head.into(), vec![b'x'; piece], pause);
    let server = Server::start(reply).await;
    let callback = "http://localhost:1/callback";
    let profile = AuthorizationProfile::new::<Connector>("an id", "a secret of the client", callback);
    let profile = profile.expect("HubSpot has OAuth 2.0").host(&server.url());
    let kept = Kept::new();
    let builder = Authorizer::builder(profile, kept.store.clone()).timeout(patience);
    let authorizer = builder.build().expect("a sound profile");
    let link = authorizer.authorize("ada").await.expect("a link").url;
    let redirect = format!("{callback}?code=a-code-of-the-provider&state={}", parameter(&link, "state"));
    let started = Instant::now();
    let error = authorizer.finish_as(&redirect, "ada").await.fails("it has no end");
    let took = started.elapsed();
    let seen = shown(&error);
    assert!(!seen.contains("leak-me") && !seen.contains("a-code-of"), "{seen}");
    assert!(kept.store.keys(Kind::Connection).await.expect("readable").is_empty());
    // The client has hung up: nothing more is sent.
    let sent = loop {
        let sent = server.sent();
        tokio::time::sleep(Duration::from_millis(200).max(pause * 3)).await;
        if server.sent() == sent {
            break sent;
        }
    };
    (error, sent, took)
}

#[tokio::test]
async fn an_answer_without_end_is_read_up_to_a_bound() {
    let (error, sent, took) = without_end(16 * 1024, Duration::ZERO, Duration::from_secs(60)).await;
    // What the sockets on both sides hold is sent too.
    println!(
        "FIGURE token endpoint, an answer without end: «{error}» after {took:.0?}; the server got rid of {} KiB",
        sent / 1024
    );
    assert!(is_unreadable(&error), "{error:?}");
    assert!((1 << 20..16 << 20).contains(&sent), "{sent}");
}

#[tokio::test]
async fn an_answer_that_drips_is_not_waited_for() {
    let (error, sent, took) = without_end(1, Duration::from_millis(50), Duration::from_secs(2)).await;
    println!(
        "FIGURE token endpoint, an answer that drips, a byte every 50 ms: «{error}» after {took:.1?} and {sent} bytes, with 2 s of patience"
    );
    assert!(matches!(error, AuthError::Transport(_)) && error.is_transient(), "{error:?}");
    assert!((Duration::from_secs(2)..Duration::from_secs(10)).contains(&took), "{took:?}");
}
