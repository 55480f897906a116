//! The authorization code flow: link, consent page, token, call, refresh.

use typed_connector::auth::{AuthError, AuthorizationProfile, AuthorizationRequest};
use typed_connector_sandbox::{App, Fault, Sandbox};
use typed_connector_tests::hubspot::{self, Connector, contacts, deals};
use typed_connector_tests::{Bench, Fails as _, api_error, http, start};

const REDIRECT: &str = "http://localhost:8765/callback";

fn profile(sandbox: &Sandbox, app: &App) -> AuthorizationProfile {
    AuthorizationProfile::new::<Connector>(&app.client_id, &app.client_secret, REDIRECT)
        .expect("HubSpot has OAuth 2.0")
        .authorization_url(format!("{}/oauth/authorize", sandbox.url()))
        .token_url(format!("{}/oauth/2026-03/token", sandbox.url()))
}

/// Opens the page as a person does, and decides.
async fn decide(request: &AuthorizationRequest, decision: &str) -> String {
    let http = http();
    let page = http.get(&request.url).send().await.expect("the page");
    assert!(page.status().is_success(), "{}", page.text().await.unwrap_or_default());
    let answer = http.post(&request.url).form(&[("decision", decision)]).send().await.expect("the redirect");
    assert_eq!(answer.status().as_u16(), 303);
    let location = answer.headers().get("location").expect("where to").to_str().expect("text").to_owned();
    assert!(location.starts_with(REDIRECT), "{location}");
    location
}

#[tokio::test]
async fn from_a_link_to_a_call_and_a_fresh_token() {
    let bench = Bench::seeded(1).await;
    let profile = profile(&bench.sandbox, &bench.sandbox.app());
    let request = profile.authorize().expect("a link");
    for scope in hubspot::SCOPES {
        assert!(request.url.contains(scope), "{} lacks {scope}", request.url);
    }
    let redirect = decide(&request, "approve").await;
    let token = profile.exchange(&request, &redirect).await.expect("a token");
    assert_eq!(token.account_id.as_deref(), Some("12345678"));
    assert!(token.expires_in.is_some_and(|time| time.as_secs() > 1000));
    let mut granted = token.scopes.clone().expect("HubSpot tells them");
    granted.retain(|scope| scope != "oauth");
    granted.sort();
    assert_eq!(
        granted,
        hubspot::SCOPES
            .iter()
            .map(|s| (*s).to_owned())
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );

    let client = bench.client_with(token.access_token.expose());
    assert_eq!(client.execute(deals::List::new()).await.expect("listed").items.len(), 1);

    bench.sandbox.expire_tokens();
    assert!(client.execute(deals::List::new()).await.fails("expired").is_unauthorized());
    let refreshed = profile.refresh(&token.refresh_token.expect("one")).await.expect("a fresh one");
    assert_ne!(refreshed.access_token.expose(), token.access_token.expose());
    let client = bench.client_with(refreshed.access_token.expose());
    client.execute(deals::List::new()).await.expect("listed again");
}

#[tokio::test]
async fn with_pkce_the_code_is_worth_nothing_without_its_verifier() {
    let sandbox = start(Sandbox::builder()).await;
    let profile = profile(&sandbox, &sandbox.app()).pkce(true);
    let request = profile.authorize().expect("a link");
    assert!(request.url.contains("code_challenge_method=S256"), "{}", request.url);
    let redirect = decide(&request, "approve").await;
    profile.exchange(&request, &redirect).await.expect("a token");

    let request = profile.authorize().expect("another link");
    let redirect = decide(&request, "approve").await;
    let other = profile.authorize().expect("another link");
    let stolen = redirect.replace(&request.state, &other.state);
    let error = profile.exchange(&other, &stolen).await.fails("another verifier");
    assert!(matches!(error, AuthError::Token { .. }), "{error:?}");
}

#[tokio::test]
async fn a_token_of_fewer_scopes_tells_which_are_missing_when_it_is_used() {
    let bench = Bench::start().await;
    let profile = profile(&bench.sandbox, &bench.sandbox.app()).scopes(["crm.objects.contacts.read"]);
    let request = profile.authorize().expect("a link");
    let redirect = decide(&request, "approve").await;
    let token = profile.exchange(&request, &redirect).await.expect("a token");
    let client = bench.client_with(token.access_token.expose());
    client.execute(contacts::List::new()).await.expect("that one is granted");
    let error = api_error(client.execute(deals::Create::new("x", "closedwon")).await);
    assert_eq!(error.status.as_u16(), 403);
    assert!(error.missing_scopes.iter().any(|scope| scope == "crm.objects.deals.write"), "{error:?}");
}

#[tokio::test]
async fn refusing_and_forging_are_told_apart() {
    let sandbox = start(Sandbox::builder()).await;
    let profile = profile(&sandbox, &sandbox.app());
    let request = profile.authorize().expect("a link");
    let redirect = decide(&request, "cancel").await;
    let error = profile.exchange(&request, &redirect).await.fails("refused");
    assert!(matches!(&error, AuthError::Refused { error, .. } if error == "access_denied"), "{error:?}");

    let approved = decide(&request, "approve").await;
    for forged in [approved.replace(&request.state, "another"), format!("{REDIRECT}?code=abc"), String::new()]
    {
        let error = profile.exchange(&request, &forged).await.fails("forged");
        assert!(matches!(error, AuthError::StateMismatch), "{error:?}");
    }
    let empty = format!("{REDIRECT}?state={}", request.state);
    let error = profile.exchange(&request, &empty).await.fails("no code");
    assert!(matches!(error, AuthError::NoCode), "{error:?}");
    // The query alone is enough, as a server sees it.
    let query = approved.split_once('?').expect("a query").1;
    profile.exchange(&request, query).await.expect("a token");
    let error = profile.exchange(&request, query).await.fails("a code is good for once");
    assert!(matches!(error, AuthError::Token { .. }), "{error:?}");
}

#[tokio::test]
async fn a_refresh_token_that_was_revoked_needs_a_new_authorization() {
    let sandbox = start(Sandbox::builder()).await;
    let profile = profile(&sandbox, &sandbox.app());
    let request = profile.authorize().expect("a link");
    let redirect = decide(&request, "approve").await;
    let refresh = profile.exchange(&request, &redirect).await.expect("a token").refresh_token.expect("one");
    assert!(sandbox.revoke(refresh.expose()));
    let error = profile.refresh(&refresh).await.fails("revoked");
    assert!(matches!(error, AuthError::Token { needs_authorization: true, .. }), "{error:?}");

    sandbox.inject(Fault::status(503));
    let error = profile.refresh(&refresh).await.fails("out of order");
    assert!(!matches!(error, AuthError::Token { needs_authorization: true, .. }), "{error:?}");
}

#[tokio::test]
async fn a_wrong_secret_is_told() {
    let sandbox = start(Sandbox::builder()).await;
    let mut app = sandbox.app();
    app.client_secret = "wrong-secret".to_owned();
    let profile = profile(&sandbox, &app);
    let request = profile.authorize().expect("a link");
    let redirect = decide(&request, "approve").await;
    let error = profile.exchange(&request, &redirect).await.fails("refused");
    assert!(matches!(error, AuthError::Token { needs_authorization: false, .. }), "{error:?}");
}
