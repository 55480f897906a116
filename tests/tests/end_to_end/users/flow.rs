//! From the first call to the same call, and pages of one's own.

use typed_connector::auth::axum as auth_axum;
use typed_connector_tests::hubspot::deals;

use super::{Web, visit};

#[tokio::test]
async fn from_the_first_call_to_the_same_call_for_two_users() {
    let web = Web::start().await;
    for (user, account) in [("ada", "12345678"), ("grace", "87654321")] {
        let link = web.link(user).await;
        let redirect = web.decide(&link, "approve", account).await;
        let answer = visit(&redirect, user).await;
        assert_eq!(
            (answer.status, answer.location.as_deref()),
            (303, Some("/settings?connected")),
            "{answer:?}"
        );
        assert!(answer.headers.contains("no-store") && answer.headers.contains("no-referrer"), "{answer:?}");
        let page = web.client(user).execute(deals::List::new()).await.expect("the same call succeeds");
        assert_eq!(page.items.len(), 3);
    }
    let [ada, grace] = ["ada", "grace"].map(|user| web.authorizer().connection(user));
    let (ada, grace) =
        (ada.await.expect("readable").expect("kept"), grace.await.expect("readable").expect("kept"));
    assert_eq!(ada.account_id.as_deref(), Some("12345678"));
    assert_eq!(grace.account_id.as_deref(), Some("87654321"));
    let [first, second] = ["ada", "grace"].map(|user| web.authorizer().access_token(user));
    assert_ne!(first.await.expect("a token").expose(), second.await.expect("a token").expose());
    web.link("nobody else").await;
    let link = web.authorizer().authorize("nobody else").await.expect("a link");
    let left = link.expires_at.duration_since(typed_connector::Timestamp::now()).as_secs();
    assert!((595..=600).contains(&left), "ten minutes, where nobody says otherwise: {left} s");
}

#[tokio::test]
async fn pages_and_answers_of_ones_own() {
    let web = Web::start().await;
    let handler = auth_axum::callback(web.authorizer())
        .on_success_with(|connection| {
            axum::response::IntoResponse::into_response(format!("hello {}", connection.key))
        })
        .on_error(|error| {
            axum::response::IntoResponse::into_response((auth_axum::status_of(error), "my page"))
        });
    let redirect = web.approve("ada").await;
    let ask = |address: &str| {
        let request = axum::http::Request::get(address).body(axum::body::Body::empty());
        handler.handle(request.expect("a request"))
    };
    let answer = ask(&redirect).await;
    assert_eq!(answer.status(), 200);
    let body = axum::body::to_bytes(answer.into_body(), 1024).await.expect("read");
    assert_eq!(body, "hello ada");
    let answer = ask(&redirect).await;
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["cache-control"].to_str().ok()),
        (400, Some("no-store"))
    );
    // Without any of them, our own page.
    let handler = auth_axum::callback(web.authorizer());
    let request = axum::http::Request::get(web.approve("grace").await).body(axum::body::Body::empty());
    let answer = handler.handle(request.expect("a request")).await;
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("read");
    assert!(String::from_utf8_lossy(&body).contains("Authorization completed"), "{body:?}");
}
