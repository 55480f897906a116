//! The consent page and the token endpoints, driven without a browser.

mod common;

use std::{collections::HashMap, time::Duration};

use common::{Answer, Setup, read, setup, start};
use reqwest::Url;
use serde_json::json;
use typed_connector_sandbox::{App, Sandbox};

const REDIRECT: &str = "http://localhost:3000/callback";
const SCOPES: &str = "oauth crm.objects.deals.read";

fn authorize(setup: &Setup, app: &App, more: &[(&str, &str)]) -> Url {
    let mut url = Url::parse(&setup.url("/oauth/authorize")).unwrap();
    let mut pairs = vec![
        ("client_id", app.client_id.as_str()),
        ("redirect_uri", REDIRECT),
        ("scope", SCOPES),
        ("state", "s t&"),
    ];
    for (name, value) in more {
        pairs.retain(|(known, _)| known != name);
        pairs.push((name, value));
    }
    url.query_pairs_mut().extend_pairs(pairs);
    url
}

/// Sends the form and answers the redirect's query.
async fn decide(setup: &Setup, url: Url, form: &[(&str, &str)]) -> HashMap<String, String> {
    let response = setup.http.post(url).form(form).send().await.unwrap();
    assert_eq!(response.status(), 303);
    let location = response.headers()["location"].to_str().unwrap();
    assert!(location.starts_with(REDIRECT));
    Url::parse(location).unwrap().query_pairs().into_owned().collect()
}

async fn code(setup: &Setup, more: &[(&str, &str)]) -> String {
    let url = authorize(setup, &setup.sandbox.app(), more);
    decide(setup, url, &[("decision", "approve")]).await["code"].clone()
}

async fn token(setup: &Setup, path: &str, more: &[(&str, &str)]) -> Answer {
    let app = setup.sandbox.app();
    let mut form = vec![("client_id", app.client_id.as_str()), ("client_secret", app.client_secret.as_str())];
    form.extend_from_slice(more);
    read(setup.http.post(setup.url(path)).form(&form).send().await.unwrap()).await
}

async fn exchange(setup: &Setup, code: &str) -> Answer {
    let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT)];
    token(setup, "/oauth/2026-03/token", &form).await
}

async fn refresh(setup: &Setup, refresh_token: &str) -> Answer {
    token(setup, "/oauth/v3/token", &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
        .await
}

#[tokio::test]
async fn the_page_asks_for_an_account_and_consent() {
    let setup = setup().await;
    let mut url = authorize(&setup, &setup.sandbox.app(), &[("optional_scope", "tickets")]);
    url.set_path("/oauth/87654321/authorize");
    // First, who it is.
    let page = setup.http.get(url.clone()).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("value=\"sign-in\"") && !page.contains("value=\"approve\""), "{page}");
    let response = setup.http.post(url.clone()).form(&[("decision", "sign-in")]).send().await.unwrap();
    assert_eq!(response.status(), 303);
    let location = response.headers()["location"].to_str().unwrap();
    assert_eq!(location, format!("{}?{}", url.path(), url.query().unwrap()));
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    let (cookie, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/oauth; HttpOnly; SameSite=Lax");
    for other in ["hubspot-sandbox-user=", "hubspot-sandbox-user=somebody", "x=founder@sandbox.example"] {
        let page = setup.http.get(url.clone()).header("cookie", other).send().await.unwrap();
        assert!(page.text().await.unwrap().contains("value=\"sign-in\""), "{other}");
    }
    let signed_in = setup.http.get(url.clone()).header("cookie", format!("a=b; {cookie}"));
    let response = signed_in.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["x-frame-options"], "DENY");
    let page = response.text().await.unwrap();
    for part in [
        "<html lang=\"en\">",
        "<legend>Account</legend>",
        "View deals",
        "crm.objects.deals.read",
        "tickets",
        "value=\"87654321\" checked",
        "value=\"approve\"",
        "value=\"cancel\"",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let query = decide(&setup, url, &[("decision", "approve")]).await;
    assert_eq!(query["state"], "s t&");
    let (_, token) = exchange(&setup, &query["code"]).await;
    assert_eq!(token["hub_id"], 87_654_321);
    assert_eq!(token["scopes"], json!(["oauth", "crm.objects.deals.read", "tickets"]));
}

#[tokio::test]
async fn cancelling_goes_back_with_an_error() {
    let setup = setup().await;
    let url = authorize(&setup, &setup.sandbox.app(), &[]);
    let query = decide(&setup, url, &[("decision", "cancel")]).await;
    assert_eq!((query["error"].as_str(), query["state"].as_str()), ("access_denied", "s t&"));
    assert!(!query.contains_key("code"));
}

#[tokio::test]
async fn a_wrong_request_is_explained_in_the_page() {
    let setup = setup().await;
    let app = setup.sandbox.register_app(
        App::new("Strict & Co").redirect_uri(REDIRECT).scopes(["oauth", "crm.objects.deals.read"]),
    );
    assert_eq!(setup.http.get(authorize(&setup, &app, &[])).send().await.unwrap().status(), 200);
    for (more, message) in [
        (("client_id", "<b>"), "Authorization failed because there is no app with this client ID."),
        (
            ("redirect_uri", "http://localhost:3000/other"),
            "Authorization failed as the redirect URL &#39;http://localhost:3000/other&#39; doesn&#39;t match the \
             app&#39;s registered redirect URL",
        ),
        (
            ("scope", "oauth"),
            "Authorization failed because the provided scopes are insufficient. Please contact the app developer.",
        ),
        (("optional_scope", "oauth"), "the provided scopes are insufficient"),
        (("account", "1"), "no access to the account 1"),
    ] {
        for method in [reqwest::Method::GET, reqwest::Method::POST] {
            let request = setup.http.request(method, authorize(&setup, &app, &[more]));
            let response = request.form(&[("decision", "approve")]).send().await.unwrap();
            assert_eq!(response.status(), 400);
            assert!(response.headers().get("location").is_none());
            let page = response.text().await.unwrap();
            assert!(page.contains(message), "{message}: {page}");
        }
    }
    let foreign = setup.http.post(authorize(&setup, &app, &[])).header("origin", "http://evil.example");
    assert_eq!(foreign.form(&[("decision", "approve")]).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn the_default_app_redirects_to_loopback_only() {
    let setup = setup().await;
    for (uri, status) in [
        ("http://127.0.0.1:9/x", 200),
        ("http://localhost:1234/a/b", 200),
        ("https://evil.example/", 400),
        ("http://localhost.evil.example/", 400),
        ("http://localhost@evil.example/", 400),
    ] {
        let url = authorize(&setup, &setup.sandbox.app(), &[("redirect_uri", uri)]);
        assert_eq!(setup.http.get(url).send().await.unwrap().status(), status, "{uri}");
    }
}

#[tokio::test]
async fn a_code_becomes_a_token_once() {
    let setup = setup().await;
    let code = code(&setup, &[]).await;
    let (status, token) = exchange(&setup, &code).await;
    assert_eq!(status, 200);
    for (key, value) in [
        ("token_type", json!("bearer")),
        ("expires_in", json!(1800)),
        ("hub_id", json!(12_345_678)),
        ("token_use", json!("access_token")),
        ("scopes", json!(["oauth", "crm.objects.deals.read"])),
    ] {
        assert_eq!(token[key], value, "{key}");
    }
    let bearer = token["access_token"].as_str().unwrap();
    let list = setup.http.get(setup.url("/crm/v3/objects/deals")).bearer_auth(bearer);
    assert_eq!(list.send().await.unwrap().status(), 200);

    let (status, error) = exchange(&setup, &code).await;
    assert_eq!(status, 400);
    assert_eq!(
        error,
        json!({"error": "invalid_grant", "status": "BAD_AUTH_CODE", "message": "missing or unknown auth code",
            "error_description": "missing or unknown auth code"})
    );
}

#[tokio::test]
async fn a_code_is_bound_to_its_redirect_uri_and_challenge() {
    let setup = setup().await;
    let plain = code(&setup, &[]).await;
    let form =
        [("grant_type", "authorization_code"), ("code", &plain), ("redirect_uri", "http://localhost:1/")];
    let (status, error) = token(&setup, "/oauth/v3/token", &form).await;
    assert_eq!((status.as_u16(), &error["status"]), (400, &json!("BAD_REDIRECT_URI")));

    // RFC 7636, appendix B
    let challenge = [
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
    ];
    for (verifier, expected) in [("wrong", 400), ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", 200)] {
        let code = code(&setup, &challenge).await;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", verifier),
        ];
        assert_eq!(token(&setup, "/oauth/2026-09/token", &form).await.0, expected);
    }
    let code = code(&setup, &challenge).await;
    assert_eq!(exchange(&setup, &code).await.0, 400, "without a verifier");
}

#[tokio::test]
async fn refreshing_keeps_the_refresh_token_unless_rotation_is_on() {
    for rotate in [false, true] {
        let setup = start(Sandbox::builder().rotate_refresh_tokens(rotate)).await;
        let (_, first) = exchange(&setup, &code(&setup, &[]).await).await;
        let old = first["refresh_token"].as_str().unwrap();
        let (status, second) = refresh(&setup, old).await;
        assert_eq!(status, 200);
        assert_ne!(second["access_token"], first["access_token"]);
        assert_eq!(second["refresh_token"] != first["refresh_token"], rotate);
        let (status, error) = refresh(&setup, old).await;
        assert_eq!(status, if rotate { 400 } else { 200 }, "{error}");
    }
}

#[tokio::test]
async fn token_errors_have_old_and_new_fields() {
    let setup = setup().await;
    let (status, error) = refresh(&setup, "nonsense").await;
    assert_eq!(status, 400);
    assert_eq!(
        error,
        json!({"error": "invalid_grant", "error_description": "refresh token is invalid, expired or revoked",
            "status": "BAD_REFRESH_TOKEN", "message": "refresh token is invalid, expired or revoked"})
    );
    let (_, error) = token(&setup, "/oauth/v3/token", &[("grant_type", "password")]).await;
    assert_eq!(error["error"], "unsupported_grant_type");
    let form = [("client_id", "nobody"), ("grant_type", "refresh_token")];
    let (_, error) =
        read(setup.http.post(setup.url("/oauth/v3/token")).form(&form).send().await.unwrap()).await;
    assert_eq!((&error["error"], &error["status"]), (&json!("invalid_client"), &json!("BAD_CLIENT_ID")));

    let (_, tokens) = exchange(&setup, &code(&setup, &[]).await).await;
    let other = setup.sandbox.register_app(App::new("Other"));
    let form = [
        ("client_id", other.client_id.as_str()),
        ("client_secret", other.client_secret.as_str()),
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let (status, error) =
        read(setup.http.post(setup.url("/oauth/v3/token")).form(&form).send().await.unwrap()).await;
    assert_eq!(status, 400);
    assert_eq!(error["message"], "refresh token was not issued to this client");
}

#[tokio::test]
async fn parameters_come_in_the_query_of_v1_and_as_json() {
    let setup = setup().await;
    let (_, tokens) = exchange(&setup, &code(&setup, &[]).await).await;
    let app = setup.sandbox.app();
    let params = [
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.client_secret.as_str()),
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let post = |path: &str| setup.http.post(setup.url(path));
    let v1 = post("/oauth/v1/token").query(&params).send().await.unwrap();
    assert_eq!(v1.headers()["cache-control"], "no-store");
    assert_eq!(v1.status(), 200);
    assert_eq!(post("/oauth/2026-03/token").query(&params).send().await.unwrap().status(), 400);
    let json: HashMap<_, _> = params.into_iter().collect();
    assert_eq!(post("/oauth/2026-03/token").json(&json).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn client_credentials_give_no_refresh_token() {
    let setup = setup().await;
    let form = [("grant_type", "client_credentials"), ("scope", "developer.webhooks_journal.read")];
    let (status, token) = token(&setup, "/oauth/2026-03/token", &form).await;
    assert_eq!(status, 200);
    assert_eq!(token["token_use"], "client_credentials");
    assert!(token.get("refresh_token").is_none());
}

#[tokio::test]
async fn tokens_are_introspected_and_revoked() {
    let setup = setup().await;
    let (_, tokens) = exchange(&setup, &code(&setup, &[]).await).await;
    let (access, refresh_token) =
        (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    let introspect =
        async |value: &str| token(&setup, "/oauth/2026-03/token/introspect", &[("token", value)]).await;
    let (_, info) = introspect(access).await;
    assert_eq!((&info["active"], &info["token_use"]), (&json!(true), &json!("access_token")));
    assert_eq!(introspect(refresh_token).await.1["token_use"], "refresh_token");
    assert_eq!(introspect("nonsense").await, (200.try_into().unwrap(), json!({"active": false})));
    let (status, info) = setup.get(&format!("/oauth/v1/access-tokens/{access}")).await;
    assert_eq!((status.as_u16(), &info["token_type"]), (200, &json!("access")));
    assert_eq!(setup.get(&format!("/oauth/v1/refresh-tokens/{refresh_token}")).await.1["hub_id"], 12_345_678);

    assert_eq!(token(&setup, "/oauth/2026-03/token/revoke", &[("token", refresh_token)]).await.0, 200);
    assert_eq!(refresh(&setup, refresh_token).await.1["status"], "BAD_REFRESH_TOKEN");
    assert_eq!(introspect(refresh_token).await.1, json!({"active": false}));

    let (_, tokens) = exchange(&setup, &code(&setup, &[]).await).await;
    let path = format!("/oauth/v1/refresh-tokens/{}", tokens["refresh_token"].as_str().unwrap());
    assert_eq!(setup.delete(&path).await.0, 204);
    assert_eq!(setup.get(&path).await.0, 404);
}

#[tokio::test]
async fn access_tokens_expire() {
    let setup = start(Sandbox::builder().token_lifetime(Duration::from_secs(60))).await;
    let (_, tokens) = exchange(&setup, &code(&setup, &[]).await).await;
    assert_eq!(tokens["expires_in"], 60);
    let issued = setup.sandbox.issue_token(&["crm.objects.deals.read"]);
    setup.sandbox.expire_tokens();
    for bearer in [tokens["access_token"].as_str().unwrap(), &issued] {
        let request = setup.http.get(setup.url("/crm/v3/objects/deals")).bearer_auth(bearer);
        let (status, error) = read(request.send().await.unwrap()).await;
        assert_eq!((status.as_u16(), &error["category"]), (401, &json!("EXPIRED_AUTHENTICATION")));
        assert_eq!(error["message"], "The OAuth token used to make this call expired 0 second(s) ago.");
        assert!(error["context"]["expire time"][0].is_string());
    }
    assert_eq!(refresh(&setup, tokens["refresh_token"].as_str().unwrap()).await.0, 200);
    assert_eq!(setup.get("/crm/v3/objects/deals").await.0, 200, "static tokens live on");
}
