//! Scopes that a connection was granted are compared with those that an action needs, before anything is sent.

use serde_json::json;
use typed_connector::auth::{AuthorizationProfile, Authorizer, MemoryStore, Provider};
use typed_connector::dynamic::{Client, Connector};
use typed_connector::{Error, MissingScopes};
use typed_connector_sandbox::Sandbox;
use typed_connector_tests::{Fails as _, http, start, watch};

const READ: &str = "crm.objects.deals.read";
const WRITE: &str = "crm.objects.deals.write";

/// A client of a connection that was granted these, with a profile that asks for those.
async fn client(sandbox: &Sandbox, store: &MemoryStore, granted: &[&str], asked: &[&str]) -> Client {
    let connector = Connector::shipped("hubspot").expect("it is sound");
    let app = sandbox.app();
    let authorizer = |scopes: &[&str]| {
        let provider = Provider::of(connector.meta()).expect("it has OAuth");
        let profile = AuthorizationProfile::with_provider(
            provider,
            &*app.client_id,
            &*app.client_secret,
            "http://localhost:8765/callback",
        );
        let profile = profile.host(&sandbox.url()).scopes(scopes.iter().copied());
        Authorizer::new(profile, store.clone()).expect("the profile is sound")
    };
    let first = authorizer(granted);
    let link = first.authorize("team").await.expect("a link").url;
    let redirect = approve(&link).await;
    first.finish_as(&redirect, "team").await.expect("connected");
    let client = connector.client().base_url(sandbox.url()).authorizer(&authorizer(asked), "team");
    client.build().expect("the settings are sound")
}

/// What a person does in the browser.
async fn approve(link: &str) -> String {
    let form = [("decision", "approve")];
    let answer = http().post(link).form(&form).send().await.expect("the redirect");
    answer.headers().get("location").expect("where to").to_str().expect("text").to_owned()
}

#[tokio::test]
async fn the_error_names_what_is_missing_what_there_is_and_the_link() {
    let sandbox = start(Sandbox::builder()).await;
    let store = MemoryStore::new();
    let client = client(&sandbox, &store, &[READ], &[READ, WRITE]).await;
    client.execute("deals.list", json!({})).await.expect("that scope was granted");
    let sent = sandbox.requests().len();
    let made = json!({ "dealname": "Acme", "dealstage": "closedwon" });
    let error = client.execute("deals.create", made.clone()).await.fails("it was not granted");
    assert_eq!(
        error.to_string(),
        format!(
            "deals.create: the connection `team` was not granted the scope `{WRITE}`; it has `{READ}`; authorize it again"
        )
    );
    let Error::MissingScopes(missing) = error else { panic!("another error") };
    let MissingScopes { missing, authorize, .. } = *missing;
    let link = authorize.expect("a link that asks for it").url;
    assert!(missing == [WRITE] && link.contains("crm.objects.deals.write"), "{missing:?} {link}");
    assert_eq!(sandbox.requests().len(), sent, "nothing was sent");
    watch::shown(&link[..40]);
}

#[tokio::test]
async fn no_link_is_offered_that_would_not_help() {
    let sandbox = start(Sandbox::builder()).await;
    let client = client(&sandbox, &MemoryStore::new(), &[READ], &[READ]).await;
    let made = json!({ "dealname": "Acme", "dealstage": "closedwon" });
    let error = client.execute("deals.create", made).await.fails("it was not granted");
    assert!(
        error.to_string().ends_with("; add it to the authorization profile and authorize again"),
        "{error}"
    );
    assert!(matches!(error, Error::MissingScopes(missing) if missing.authorize.is_none()));
}
