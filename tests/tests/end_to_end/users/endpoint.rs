//! Token endpoints that do not do what they should.

use std::time::Duration;

use typed_connector::auth::AuthError;
use typed_connector_sandbox::Fault;
use typed_connector_tests::{Fails as _, shown};

use super::{TOKEN_PATH, Web, parameter, visit};

/// What a token endpoint does, and what becomes of it.
async fn token_endpoint_answers(fault: impl Fn() -> Fault, is: impl Fn(&AuthError) -> bool) {
    let web = Web::with(|builder| builder.timeout(Duration::from_millis(500))).await;
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
    web.nothing_is_kept().await;
    let seen = format!("{answer:?}{}", shown(&error));
    for secret in [
        "leak-me",
        &web.app.client_secret,
        &parameter(&redirect, "code"),
        &parameter(&redirect, "state"),
        &parameter(&again, "code"),
        &parameter(&again, "state"),
    ] {
        assert!(!seen.contains(secret), "{secret} in {seen}");
    }
    // The next try, with nothing wrong, succeeds.
    web.sandbox.clear_faults();
    assert_eq!(visit(&web.approve("ada").await, "ada").await.status, 303);
}

fn is_unreadable(error: &AuthError) -> bool {
    matches!(error, AuthError::Unreadable(_))
}

#[tokio::test]
async fn html_in_place_of_tokens() {
    let fault = || Fault::status(200).body("<html><p>leak-me</p></html>");
    token_endpoint_answers(fault, is_unreadable).await;
}

#[tokio::test]
async fn truncated_tokens() {
    let fault = || {
        let body = r#"{"token_type":"bearer","access_token":"leak-me","expires_i"#;
        Fault::status(200).header("content-type", "application/json").body(body)
    };
    token_endpoint_answers(fault, is_unreadable).await;
}

#[tokio::test]
async fn tokens_of_another_type() {
    let fault = || {
        Fault::status(200).json(&serde_json::json!({ "token_type": "bearer", "access_token": ["leak-me"] }))
    };
    token_endpoint_answers(fault, is_unreadable).await;
}

#[tokio::test]
async fn a_huge_answer_is_not_read_to_its_end() {
    let body = format!(r#"{{"access_token":"leak-me","token_type":"bearer","x":"{}"}}"#, "x".repeat(4 << 20));
    let fault = || Fault::status(200).header("content-type", "application/json").body(body.clone());
    token_endpoint_answers(fault, is_unreadable).await;
}

#[tokio::test]
async fn a_slow_answer_is_not_waited_for() {
    let fault = || Fault::latency(Duration::from_secs(5));
    token_endpoint_answers(fault, |error| matches!(error, AuthError::Transport(_)) && error.is_transient())
        .await;
}

#[tokio::test]
async fn an_endpoint_that_hangs_up_or_is_out_of_order() {
    token_endpoint_answers(Fault::cut, |error| matches!(error, AuthError::Transport(_))).await;
    let out_of_order = || Fault::status(503).body("<p>leak-me</p>");
    token_endpoint_answers(out_of_order, |error| matches!(error, AuthError::Unavailable(_))).await;
    let moved = || Fault::status(302).header("location", "https://attacker.example/leak-me");
    token_endpoint_answers(moved, is_unreadable).await;
}
