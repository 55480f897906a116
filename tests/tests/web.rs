//! *Allow users to authorize* in a web application: each end user gets a link, the callback finishes it, the same call succeeds.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::request::Parts;
use typed_connector::Error;
use typed_connector::auth::{
    AuthError, AuthorizationProfile, Authorizer, AuthorizerBuilder, Kind, MemoryStore, Store,
    axum as auth_axum,
};
use typed_connector_sandbox::{App, Fault, Sandbox};
use typed_connector_tests::hubspot::{Client, Connector, deals};
use typed_connector_tests::{http, shown};

const TOKEN_PATH: &str = "/oauth/2026-03/token";

/// A web application with end users, and a HubSpot for it.
struct Web {
    sandbox: Sandbox,
    app: App,
    store: MemoryStore,
    authorizer: Authorizer,
    client: Client,
    server: tokio::task::JoinHandle<()>,
}

/// What a browser was answered.
#[derive(Debug)]
struct Answer {
    status: u16,
    location: Option<String>,
    headers: String,
    body: String,
}

impl Web {
    async fn start() -> Self {
        Self::with(|builder| builder).await
    }

    async fn with(settings: impl FnOnce(AuthorizerBuilder) -> AuthorizerBuilder) -> Self {
        let sandbox = Sandbox::builder().seed(3).start().await.expect("the sandbox starts");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let callback_url =
            format!("http://localhost:{}/oauth/callback", listener.local_addr().expect("bound").port());
        let app = sandbox.register_app(App::new("Their app").redirect_uri(&callback_url));
        let profile =
            AuthorizationProfile::new::<Connector>(&app.client_id, &app.client_secret, callback_url)
                .expect("HubSpot has OAuth 2.0")
                .host(&sandbox.url())
                .pkce(true);
        let store = MemoryStore::new();
        let authorizer =
            settings(Authorizer::builder(profile, store.clone())).build().expect("a sound profile");
        let client = Client::builder().base_url(sandbox.url()).authorizer(&authorizer, "nobody").build();
        let callback = auth_axum::callback(&authorizer).user(signed_in).on_success("/settings?connected");
        let router: Router = Router::new().route("/oauth/callback", callback.into_route());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { sandbox, app, store, authorizer, client: client.expect("sound settings"), server }
    }

    /// What a call for this user ends in, who has not authorized yet: the link.
    async fn link(&self, user: &str) -> String {
        match self.client.for_connection(user).execute(deals::List::new()).await {
            Err(Error::AuthorizationRequired(required)) => {
                assert_eq!((required.connection.as_str(), required.provider.as_str()), (user, "HubSpot"));
                assert!(!format!("{required:?}").contains("state"), "{required:?}");
                required.url.clone()
            }
            other => panic!("a link was expected, not {other:?}"),
        }
    }

    /// The redirect that a link leads to, after a look at the page and a press on its button.
    async fn decide(&self, link: &str, decision: &str, account: &str) -> String {
        let page = http().get(link).send().await.expect("the consent page");
        assert!(page.status().is_success());
        let form = [("decision", decision), ("account", account)];
        let answer = http().post(link).form(&form).send().await.expect("a redirect");
        answer.headers().get("location").expect("where to").to_str().expect("text").to_owned()
    }

    async fn approve(&self, user: &str) -> String {
        self.decide(&self.link(user).await, "approve", "12345678").await
    }

    async fn nothing_is_kept(&self) {
        assert_eq!(self.store.keys(Kind::Connection).await.expect("readable"), Vec::<String>::new());
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn signed_in(request: &Parts) -> Option<String> {
    let cookie = request.headers.get("cookie")?.to_str().ok()?;
    cookie.strip_prefix("session=").map(str::to_owned)
}

/// A signed-in user's browser goes there.
async fn browse(method: http::Method, address: &str, user: Option<&str>) -> Answer {
    let mut request = http().request(method, address);
    if let Some(user) = user {
        request = request.header("cookie", format!("session={user}"));
    }
    let answer = request.send().await.expect("the application answers");
    let location = answer.headers().get("location").map(|to| to.to_str().expect("text").to_owned());
    let headers = format!("{:?}", answer.headers());
    let status = answer.status().as_u16();
    Answer { status, location, headers, body: answer.text().await.expect("text") }
}

async fn visit(address: &str, user: &str) -> Answer {
    browse(http::Method::GET, address, Some(user)).await
}

fn parameter(address: &str, name: &str) -> String {
    let url = typed_connector::Url::parse(address).expect("an address");
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

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
        let page = web
            .client
            .for_connection(user)
            .execute(deals::List::new())
            .await
            .expect("the same call succeeds");
        assert_eq!(page.items.len(), 3);
    }
    let [ada, grace] = ["ada", "grace"].map(|user| web.authorizer.connection(user));
    let (ada, grace) =
        (ada.await.expect("readable").expect("kept"), grace.await.expect("readable").expect("kept"));
    assert_eq!(ada.account_id.as_deref(), Some("12345678"));
    assert_eq!(grace.account_id.as_deref(), Some("87654321"));
    let [first, second] = ["ada", "grace"].map(|user| web.authorizer.access_token(user));
    assert_ne!(first.await.expect("a token").expose(), second.await.expect("a token").expose());
    web.link("nobody else").await;
}

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
        let error = web.authorizer.finish_as(&forged, "ada").await.expect_err("forged");
        assert!(matches!(error, AuthError::StateMismatch), "{error:?}");
    }
    web.nothing_is_kept().await;
    // The real one still works: who sends forged ones cannot keep her from it.
    assert_eq!(visit(&redirect, "ada").await.status, 303);
}

#[tokio::test]
async fn a_redirect_works_once_and_only_by_get() {
    let web = Web::start().await;
    let redirect = web.approve("ada").await;
    for method in [http::Method::HEAD, http::Method::POST] {
        assert_eq!(browse(method, &redirect, Some("ada")).await.status, 405);
    }
    assert_eq!(visit(&redirect, "ada").await.status, 303);
    let kept = web.store.keys(Kind::Connection).await.expect("readable");
    let answer = visit(&redirect, "ada").await;
    assert_eq!(answer.status, 400, "{answer:?}");
    assert_eq!(web.store.keys(Kind::Connection).await.expect("readable"), kept);
    // Of many at once, one.
    let redirect = Arc::new(web.approve("grace").await);
    let visits = (0..20).map(|_| {
        let redirect = Arc::clone(&redirect);
        tokio::spawn(async move { visit(&redirect, "grace").await.status })
    });
    let statuses: Vec<_> =
        futures_util::future::join_all(visits).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
}

#[tokio::test]
async fn an_expired_state_is_refused() {
    let web = Web::with(|builder| builder.state_lifetime(Duration::from_millis(300))).await;
    let redirect = web.approve("ada").await;
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(visit(&redirect, "ada").await.status, 400);
    web.nothing_is_kept().await;
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
        &format!("{}?{}", web.authorizer.profile().callback_url(), evil.split_once('?').expect("a query").1),
        "ada",
    )
    .await;
    assert_eq!(answer.status, 403, "{answer:?}");
    assert!(!answer.body.contains("<script") && answer.body.contains("&lt;script&gt;"), "{answer:?}");
    assert!(
        answer.headers.contains("content-security-policy") && answer.headers.contains("nosniff"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_code_with_the_verifier_of_another_request_is_worth_nothing() {
    let web = Web::start().await;
    let (first, second) = (web.approve("ada").await, web.approve("ada").await);
    let mixed = first.replace(&parameter(&first, "state"), &parameter(&second, "state"));
    let answer = visit(&mixed, "ada").await;
    assert_eq!(answer.status, 502, "{answer:?}");
    let second = web.approve("ada").await;
    let third = web.approve("ada").await;
    let mixed = second.replace(&parameter(&second, "state"), &parameter(&third, "state"));
    let error = web.authorizer.finish_as(&mixed, "ada").await.expect_err("another verifier");
    assert!(matches!(&error, AuthError::Token { error, .. } if error == "invalid_grant"), "{error:?}");
    web.nothing_is_kept().await;
}

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
    let error = web.authorizer.finish_as(&again, "ada").await.expect_err("an error");
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

#[tokio::test]
async fn pages_and_answers_of_ones_own() {
    let web = Web::start().await;
    let handler = auth_axum::callback(&web.authorizer)
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
    let handler = auth_axum::callback(&web.authorizer);
    let request = axum::http::Request::get(web.approve("grace").await).body(axum::body::Body::empty());
    let answer = handler.handle(request.expect("a request")).await;
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("read");
    assert!(String::from_utf8_lossy(&body).contains("Authorization completed"), "{body:?}");
}
