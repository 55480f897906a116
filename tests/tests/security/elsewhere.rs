//! The token goes to the API and to nobody else.

use futures_util::TryStreamExt as _;
use serde_json::json;
use typed_connector::Error;
use typed_connector::auth::{AuthError, AuthorizationProfile};
use typed_connector_tests::hubspot::deals::{self, Deal};
use typed_connector_tests::hubspot::{self, Connector};
use typed_connector_tests::wire::{Reply, Server};
use typed_connector_tests::{client, http, shown};

async fn listener() -> Server {
    Server::start(|_| Reply::json(200, &json!({ "id": "1", "properties": {}, "results": [] }))).await
}

#[tokio::test]
async fn a_redirect_is_an_error_and_nobody_follows_it() {
    for status in [301, 302, 303, 307, 308] {
        let other = listener().await;
        let target = format!("{}/steal", other.url());
        let server = Server::start(move |_| Reply::new(status, &[("location", &target)], "")).await;
        let client = client(&server.url(), "secret-token");
        let read = client.execute(deals::List::new()).await.expect_err("a redirect");
        let write = client.execute(deals::Create::new("x", "closedwon")).await.expect_err("a redirect");
        for error in [read, write] {
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{error:?}");
            assert!(!error.is_retryable());
        }
        assert!(other.received().is_empty(), "{status}");
        assert_eq!(server.received().len(), 2);
        assert_eq!(server.last().header("authorization"), Some("Bearer secret-token"));
    }
}

#[tokio::test]
async fn a_paging_link_to_another_host_is_not_opened() {
    let other = listener().await;
    let link = format!("{}/crm/objects/2026-09/deals?after=2", other.url());
    let server = Server::start(move |request| {
        let paging = json!({ "next": { "after": "https://evil.example/?a=b", "link": link } });
        let paging = if request.target().contains("after=") { json!({}) } else { paging };
        Reply::json(200, &json!({ "results": [{ "id": "1", "properties": {} }], "paging": paging }))
    })
    .await;
    let stream = client(&server.url(), "secret-token").stream(deals::List::new());
    let all: Vec<Deal> = stream.try_collect().await.expect("two pages");
    assert_eq!(all.len(), 2);
    assert_eq!(server.received().len(), 2, "both pages come from the API");
    assert!(server.last().target().contains("after=https%3A%2F%2Fevil.example%2F%3Fa%3Db"));
    assert!(other.received().is_empty());
}

#[tokio::test]
async fn a_token_endpoint_that_redirects_gets_the_secret_once_and_nobody_else_does() {
    let other = listener().await;
    let target = format!("{}/token", other.url());
    let server = Server::start(move |_| Reply::new(307, &[("location", &target)], "")).await;
    let profile = AuthorizationProfile::new::<Connector>("id", "the-secret", "http://localhost/callback")
        .expect("a profile")
        .token_url(format!("{}/token", server.url()));
    let error = profile.refresh(&"the-refresh-token".into()).await.expect_err("a redirect");
    assert!(!shown(&error).contains("the-"), "{}", shown(&error));
    assert!(!matches!(error, AuthError::Token { needs_authorization: true, .. }), "{error:?}");
    assert_eq!(server.received().len(), 1);
    assert!(other.received().is_empty());
}

#[test]
fn a_token_does_not_travel_in_clear_text() {
    for url in [
        "http://api.example",
        "http://10.0.0.1",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://0.0.0.0",
        "http://[::2]",
        "ftp://localhost",
        "ws://localhost",
        "https://user:hunter2@api.example",
        "https://api.example/?token=hunter2",
        "https://api.example/#x",
        "api.example",
        "",
    ] {
        let error = hubspot::Client::builder().base_url(url).access_token("t").build().expect_err(url);
        assert!(matches!(error, Error::Configuration(_)), "{error:?}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    for url in [
        "https://api.example",
        "https://api.example/prefix/",
        "http://localhost:1",
        "http://127.0.0.1:1",
        "http://[::1]:1",
        "http://api.localhost",
    ] {
        hubspot::Client::builder().base_url(url).access_token("t").build().expect(url);
    }
}

#[tokio::test]
async fn a_client_secret_does_not_travel_in_clear_text() {
    let profile = AuthorizationProfile::new::<Connector>("id", "secret", "http://localhost/callback");
    let profile = profile.expect("a profile").token_url("http://192.0.2.1/token");
    let error = profile.refresh(&"refresh".into()).await.expect_err("no encryption");
    assert!(matches!(error, AuthError::Profile(_)), "{error:?}");
}

/// `HTTP_PROXY` names a proxy for all that is not encrypted; what is for this machine would leave it that way. And `localhost` is what
/// this machine says, not what a name server says.
#[tokio::test]
async fn what_is_for_this_machine_goes_through_no_proxy() {
    const PROXY: &str = "TYPED_CONNECTOR_TESTS_PROXY";
    let api = listener().await;
    let tokens = json!({ "access_token": "a", "token_type": "bearer", "expires_in": 1800 });
    let tokens = Server::start(move |_| Reply::json(200, &tokens)).await;
    let named = |server: &Server| server.url().replace("127.0.0.1", "api.localhost");
    if std::env::var_os(PROXY).is_some() {
        http().get(api.url()).send().await.expect("the proxy answers");
        for url in [api.url(), named(&api)] {
            client(&url, "secret-token").execute(deals::List::new()).await.expect("the API answers");
        }
        for url in [tokens.url(), named(&tokens)] {
            let profile =
                AuthorizationProfile::new::<Connector>("id", "the-secret", "http://localhost/callback");
            let profile = profile.expect("a profile").token_url(format!("{url}/token"));
            profile.refresh(&"the-refresh-token".into()).await.expect("a token");
        }
        assert_eq!((api.received().len(), tokens.received().len()), (2, 2));
        return;
    }
    let proxy = Server::start(|_| Reply::new(200, &[], "")).await;
    // The variable is for a process of its own.
    let this = std::env::current_exe().expect("this program");
    let mut child = tokio::process::Command::new(this);
    let name = "elsewhere::what_is_for_this_machine_goes_through_no_proxy";
    let child = child.args(["--exact", name]).env("HTTP_PROXY", proxy.url()).env("http_proxy", proxy.url());
    let output = child.env_remove("NO_PROXY").env_remove("no_proxy").env(PROXY, "1").output().await;
    let output = output.expect("it runs");
    assert!(output.status.success(), "{output:?}");
    let received = proxy.received();
    assert_eq!(received.len(), 1, "what asks for a proxy, and nothing of ours: {received:?}");
    assert!(!format!("{received:?}").contains("secret"), "{received:?}");
}

#[tokio::test]
async fn a_base_url_with_a_path_keeps_it() {
    let server = listener().await;
    client(&format!("{}/prefix/", server.url()), "t").execute(deals::Get::new("a/b")).await.expect("sent");
    let target = server.last().target().to_owned();
    assert!(target.starts_with("/prefix/crm/objects/2026-09/deals/a%2Fb?"), "{target}");
}
