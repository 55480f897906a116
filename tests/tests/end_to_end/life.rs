//! A whole life of a connection: without one, with one, refreshed, refused, taken back. And an application's own.

use std::time::Duration;

use typed_connector::auth::{AuthError, AuthorizationProfile, Authorizer, ConnectionState};
use typed_connector::{Error, RetryPolicy};
use typed_connector_sandbox::{Fault, Sandbox};
use typed_connector_tests::hubspot::{self, Connector, contacts, deals};
use typed_connector_tests::watch::{self, Kept};
use typed_connector_tests::{Fails as _, http, start};

/// Opens the link and presses the button; answers where the browser is sent then.
async fn consent(link: &str) -> String {
    let answer = http().post(link).form(&[("decision", "approve")]).send().await.expect("the page answers");
    let location = answer.headers().get("location").expect("it redirects");
    location.to_str().expect("to an address").to_owned()
}

/// The bodies of the sandbox's token requests with this grant.
fn grants(sandbox: &Sandbox, grant: &str) -> usize {
    let grant = format!("grant_type={grant}");
    sandbox.requests().iter().filter(|request| request.body.contains(&grant)).count()
}

fn profile(sandbox: &Sandbox) -> AuthorizationProfile {
    let app = sandbox.app();
    AuthorizationProfile::new::<Connector>(app.client_id, app.client_secret, "http://localhost:1/cb")
        .expect("HubSpot has OAuth 2.0")
        .pkce(true)
        .host(&sandbox.url())
}

fn client(sandbox: &Sandbox, authorizer: &Authorizer) -> hubspot::Client {
    let builder = hubspot::Client::builder().base_url(sandbox.url()).retry(RetryPolicy::default());
    builder.observer(watch::Errors).authorizer(authorizer, "ada").build().expect("sound settings")
}

#[tokio::test]
async fn from_the_first_call_to_the_revocation() {
    let sandbox = start(Sandbox::builder().rotate_refresh_tokens(true).seed(3)).await;
    let kept = Kept::new();
    let authorizer = Authorizer::new(profile(&sandbox), kept.store.clone()).expect("an authorizer");
    let client = client(&sandbox, &authorizer);

    let error = client.execute(deals::List::new()).await.fails("nobody authorized");
    let Error::AuthorizationRequired(required) = error else { panic!("{error:?}") };
    let redirect = consent(&required.url).await;
    let connection = authorizer.finish(&redirect).await.expect("a connection");
    watch::shown(&format!("{connection:?} {required:?}"));
    client.execute(deals::List::new()).await.expect("deals");
    sandbox.expire_tokens();
    let first = authorizer.access_token("ada").await.expect("a token");
    client
        .execute(contacts::Create::new().email("ada@example.com"))
        .await
        .expect("a contact, after a refresh");
    assert_ne!(authorizer.access_token("ada").await.expect("a token").expose(), first.expose());
    assert_eq!(grants(&sandbox, "refresh_token"), 1);
    sandbox.inject(Fault::cut());
    client.execute(deals::Create::new("x", "closedwon")).await.fails("cut");
    sandbox.inject(Fault::status(500).body("<html>"));
    client.execute(deals::Create::new("x", "closedwon")).await.fails("500");
    client.execute(deals::Get::new("404")).await.fails("404");
    authorizer.finish(&redirect).await.fails("used already");

    let told = authorizer.introspect("ada").await.expect("an introspection");
    assert_eq!((told.active, told.account_id.as_deref()), (true, Some("12345678")), "{told:?}");
    assert!(told.scopes.iter().any(|scope| scope == "crm.objects.deals.write"), "{told:?}");
    let minutes = told.expires_in.expect("it expires").as_secs() / 60;
    assert!((29..=30).contains(&minutes), "{told:?}");
    watch::shown(&format!("{told:?}"));

    // Revoked at the provider, and forgotten here.
    let live = authorizer.access_token("ada").await.expect("a token");
    authorizer.revoke("ada").await.expect("revoked");
    assert!(authorizer.connections().await.expect("readable").is_empty());
    let error = authorizer.revoke("ada").await.fails("it is gone");
    assert!(matches!(error, AuthError::NoConnection(_)), "{error:?}");
    assert!(matches!(
        client.execute(deals::List::new()).await.fails("revoked"),
        Error::AuthorizationRequired(_)
    ));
    let revoked = sandbox.requests().into_iter().rev().find(|request| request.path.ends_with("/revoke"));
    let revoked = revoked.expect("the provider was told");
    let token = revoked.body.split(['&', '=']).nth(1).expect("a token").to_owned();
    let error = authorizer.profile().refresh(&token.into()).await.fails("the provider ended it");
    assert!(error.needs_authorization(), "{error:?}");
    drop(live);
}

#[tokio::test]
async fn one_that_the_provider_took_back_needs_a_person_and_the_error_has_the_link() {
    let sandbox = start(Sandbox::builder().seed(3)).await;
    let kept = Kept::new();
    let authorizer = Authorizer::new(profile(&sandbox), kept.store.clone()).expect("an authorizer");
    let client = client(&sandbox, &authorizer);
    let connect = || async {
        let link = authorizer.authorize("ada").await.expect("a link");
        authorizer.finish(&consent(&link.url).await).await.expect("a connection")
    };
    connect().await;
    // A provider that is out of order is no reason to ask a person.
    sandbox.expire_tokens();
    for fault in [Fault::status(503), Fault::cut(), Fault::status(429), Fault::status(200).body("<html>")] {
        sandbox.inject(fault.path("/oauth/2026-03/token"));
        let error = client.execute(deals::List::new()).await.fails("no token");
        assert!(matches!(error, Error::Authorization(_)), "{error:?}");
        let state = authorizer.connection("ada").await.expect("readable").expect("kept").state;
        assert_eq!(state, ConnectionState::Active);
    }
    client.execute(deals::List::new()).await.expect("the provider works again");
    // It was taken back: a person must authorize again.
    sandbox.expire_tokens();
    let dead =
        serde_json::json!({ "error": "invalid_grant", "error_description": "the app was uninstalled" });
    sandbox.inject(Fault::status(400).json(&dead).path("/oauth/2026-03/token"));
    let error = client.execute(deals::List::new()).await.fails("taken back");
    let Error::AuthorizationRequired(required) = error else { panic!("{error:?}") };
    let state = authorizer.connection("ada").await.expect("readable").expect("kept").state;
    assert_eq!(state, ConnectionState::NeedsAuthorization);
    authorizer.finish_as(&consent(&required.url).await, "ada").await.expect("authorized again");
    client.execute(deals::List::new()).await.expect("the same call succeeds");
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_once() {
    let sandbox = start(Sandbox::builder().seed(3)).await;
    let kept = Kept::new();
    let authorizer = Authorizer::new(profile(&sandbox), kept.store.clone()).expect("an authorizer");
    let client = client(&sandbox, &authorizer);
    let link = authorizer.authorize("ada").await.expect("a link");
    authorizer.finish(&consent(&link.url).await).await.expect("a connection");
    sandbox.clear_requests();
    sandbox.inject(Fault::status(401).path("/crm/").times(2));
    let error = client.execute(deals::List::new()).await.fails("refused, and refused again");
    assert!(error.is_unauthorized(), "{error:?}");
    let calls = sandbox.requests().iter().filter(|request| request.path.starts_with("/crm/")).count();
    assert_eq!((calls, grants(&sandbox, "refresh_token")), (2, 1));
    client.execute(deals::List::new()).await.expect("the API takes it again");
    assert_eq!(grants(&sandbox, "refresh_token"), 1);
}

#[tokio::test]
async fn an_application_gets_tokens_of_its_own() {
    let sandbox = start(Sandbox::builder().seed(3).token_lifetime(Duration::from_secs(2))).await;
    let kept = Kept::new();
    let authorizer = Authorizer::new(profile(&sandbox), kept.store.clone()).expect("an authorizer");
    let client = client(&sandbox, &authorizer).for_connection("our app");
    let connection = authorizer.connect_application("our app").await.expect("a token");
    assert!(connection.scopes.iter().any(|scope| scope == "crm.objects.deals.read"), "{connection:?}");
    client.execute(deals::List::new()).await.expect("deals");
    let told = authorizer.introspect("our app").await.expect("an introspection");
    assert!(told.active && told.expires_in.is_some_and(|time| time <= Duration::from_secs(2)), "{told:?}");
    assert_eq!(grants(&sandbox, "client_credentials"), 1);
    // It has no refresh token: when it ends, or is refused, it gets another one the same way.
    sandbox.expire_tokens();
    client.execute(deals::List::new()).await.expect("after a 401");
    assert_eq!(grants(&sandbox, "client_credentials"), 2);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    client.execute(deals::List::new()).await.expect("ahead of its end");
    assert_eq!(grants(&sandbox, "client_credentials"), 3);
    assert_eq!(grants(&sandbox, "refresh_token"), 0);
    // Also where another process opens the store; and what the provider refuses is not for a person to mend.
    let mut app = sandbox.app();
    app.client_secret = "another-secret-than-the-app-has".to_owned();
    let wrong =
        AuthorizationProfile::new::<Connector>(app.client_id, app.client_secret, "http://localhost:1/cb");
    let wrong = wrong.expect("HubSpot has OAuth 2.0").host(&sandbox.url());
    let wrong = Authorizer::new(wrong, kept.store.clone()).expect("an authorizer");
    let held = wrong.access_token("our app").await.expect("it is in the store");
    let error = wrong.replace("our app", &held).await.fails("another secret");
    assert!(!error.needs_authorization() && !error.is_transient(), "{error:?}");
    let error = wrong.connect_application("another").await.fails("another secret");
    assert!(matches!(error, AuthError::Token { needs_authorization: false, .. }), "{error:?}");
}
