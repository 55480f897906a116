//! Redirects that are forged, replayed, late, somebody else's or mixed up, and a person who refuses.

use std::sync::Arc;
use std::time::Duration;

use typed_connector::auth::{AuthError, Kind, Store as _};
use typed_connector_tests::Fails as _;

use super::{Web, browse, parameter, visit};

#[tokio::test]
async fn a_forged_state_changes_nothing() {
    let web = Web::start().await;
    let redirect = web.approve("ada").await;
    let state = parameter(&redirect, "state");
    for forged in [
        redirect.replace(&state, "another"),
        redirect.replace(&state, ""),
        redirect.split('?').next().expect("one").to_owned(),
    ] {
        let answer = visit(&forged, "ada").await;
        assert_eq!(answer.status, 400, "{answer:?}");
        assert!(answer.body.contains("was made for somebody else"), "{answer:?}");
        let error = web.authorizer().finish_as(&forged, "ada").await.fails("forged");
        assert!(matches!(error, AuthError::StateMismatch), "{error:?}");
    }
    web.nothing_is_kept().await;
    // The real one still works: who sends forged ones cannot keep her from it.
    assert_eq!(visit(&redirect, "ada").await.status, 303);
    println!(
        "FIGURE forged state: 3 of 3 refused, HTTP 400 and `StateMismatch`; 0 connections stored; the real redirect works after them"
    );
}

#[tokio::test]
async fn a_redirect_works_once_and_only_by_get() {
    let web = Web::start().await;
    let redirect = web.approve("ada").await;
    for method in [http::Method::HEAD, http::Method::POST] {
        assert_eq!(browse(method, &redirect, Some("ada")).await.status, 405);
    }
    assert_eq!(visit(&redirect, "ada").await.status, 303);
    let kept = web.store().keys(Kind::Connection).await.expect("readable");
    let answer = visit(&redirect, "ada").await;
    assert_eq!(answer.status, 400, "{answer:?}");
    assert_eq!(web.store().keys(Kind::Connection).await.expect("readable"), kept);
    // Of many at once, one.
    let redirect = Arc::new(web.approve("grace").await);
    let visits = (0..20).map(|_| {
        let redirect = Arc::clone(&redirect);
        tokio::spawn(async move { visit(&redirect, "grace").await.status })
    });
    let statuses: Vec<_> =
        futures_util::future::join_all(visits).await.into_iter().map(Result::unwrap).collect();
    let accepted = statuses.iter().filter(|status| **status == 303).count();
    println!("FIGURE replayed state: the second use gets HTTP 400; of 20 at once {accepted} is accepted");
    assert_eq!(accepted, 1, "{statuses:?}");
}

#[tokio::test]
async fn an_expired_state_is_refused() {
    let web = Web::with(|builder| builder.state_lifetime(Duration::from_millis(300))).await;
    let redirect = web.approve("ada").await;
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(visit(&redirect, "ada").await.status, 400);
    web.nothing_is_kept().await;
    println!("FIGURE expired state: HTTP 400 after 350 ms of a life of 300 ms; 0 connections stored");
}

#[tokio::test]
async fn a_link_is_of_no_use_to_another_user() {
    let web = Web::start().await;
    // Mallory has his own link opened by Ada, to get at her account.
    let redirect = web.approve("mallory").await;
    assert_eq!(visit(&redirect, "ada").await.status, 400);
    web.nothing_is_kept().await;
    // And it is used up.
    assert_eq!(visit(&redirect, "mallory").await.status, 400);
    let redirect = web.approve("mallory").await;
    assert_eq!(browse(http::Method::GET, &redirect, None).await.status, 400, "nobody is signed in");
    web.nothing_is_kept().await;
    println!(
        "FIGURE swapped user: another user's and nobody's browser get HTTP 400, the link is used up; 0 connections stored"
    );
}

#[tokio::test]
async fn a_refusal_is_told_in_the_providers_words() {
    let web = Web::start().await;
    let redirect = web.decide(&web.link("ada").await, "cancel", "12345678").await;
    let answer = visit(&redirect, "ada").await;
    assert_eq!(answer.status, 403, "{answer:?}");
    assert!(answer.body.contains("HubSpot was not connected"), "{answer:?}");
    assert!(answer.body.contains("<blockquote>The user denied the request</blockquote>"), "{answer:?}");
    web.nothing_is_kept().await;
    let link = web.link("ada").await;
    let evil = format!(
        "{}&error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E",
        link.replace("/oauth/authorize", "/oauth/callback")
    );
    let answer = visit(
        &format!(
            "{}?{}",
            web.authorizer().profile().callback_url(),
            evil.split_once('?').expect("a query").1
        ),
        "ada",
    )
    .await;
    assert_eq!(answer.status, 403, "{answer:?}");
    assert!(!answer.body.contains("<script") && answer.body.contains("&lt;script&gt;"), "{answer:?}");
    assert!(
        answer.headers.contains("content-security-policy") && answer.headers.contains("nosniff"),
        "{answer:?}"
    );
    web.nothing_is_kept().await;
    println!("FIGURE error=access_denied: HTTP 403 with the provider's words, escaped; 0 connections stored");
}

#[tokio::test]
async fn a_code_with_the_verifier_of_another_request_is_worth_nothing() {
    let web = Web::start().await;
    let (first, second) = (web.new_link("ada").await, web.new_link("ada").await);
    let (first, second) =
        (web.decide(&first, "approve", "12345678").await, web.decide(&second, "approve", "12345678").await);
    let mixed = first.replace(&parameter(&first, "state"), &parameter(&second, "state"));
    let answer = visit(&mixed, "ada").await;
    assert_eq!(answer.status, 502, "{answer:?}");
    let (second, third) = (web.new_link("ada").await, web.new_link("ada").await);
    let (second, third) =
        (web.decide(&second, "approve", "12345678").await, web.decide(&third, "approve", "12345678").await);
    let mixed = second.replace(&parameter(&second, "state"), &parameter(&third, "state"));
    let error = web.authorizer().finish_as(&mixed, "ada").await.fails("another verifier");
    assert!(matches!(&error, AuthError::Token { error, .. } if error == "invalid_grant"), "{error:?}");
    web.nothing_is_kept().await;
    println!(
        "FIGURE wrong PKCE verifier: HTTP 502 in the browser, «{error}» in the program; 0 connections stored"
    );
}
