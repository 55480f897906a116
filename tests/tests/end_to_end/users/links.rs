//! The links that calls end in: how many there are, and how they outlive the application.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use typed_connector::auth::{AuthError, Authorizer, Kind, SqliteStore, Store as _};
use typed_connector_tests::Fails as _;
use typed_connector_tests::hubspot::deals;

use super::{Web, visit};

/// What is kept of a link: one value under its state's hash, and one for the next call to find it again.
const ROWS_OF_A_LINK: usize = 2;

async fn rows(store: &SqliteStore) -> usize {
    store.keys(Kind::Pending).await.expect("readable").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_failing_calls_end_in_one_link() {
    let web = Web::start().await;
    // Another authorizer over the same store, as another process has one.
    let other = SqliteStore::open(&web.kept.path, web.kept.key.clone()).expect("opened");
    let other = Authorizer::new(web.profile.clone(), other).expect("a sound profile");
    let other = Web::running_client(&web.sandbox, &other);
    let calls = (0..1000).map(|number| {
        let client = if number % 2 == 0 { web.client("ada") } else { other.for_connection("ada") };
        tokio::spawn(async move {
            match client.execute(deals::List::new()).await {
                Err(typed_connector::Error::AuthorizationRequired(required)) => required.url,
                other => panic!("a link was expected, not {other:?}"),
            }
        })
    });
    let mut links: BTreeSet<String> =
        join_all(calls).await.into_iter().map(|link| link.expect("it ran")).collect();
    for _ in 0..50 {
        links.insert(web.link("ada").await);
    }
    println!(
        "FIGURE 1,000 failing calls at once and 50 one after the other, of one user, through two authorizers over one SQLite file: {} \
         pending link, {} rows",
        links.len(),
        rows(web.store()).await
    );
    assert_eq!((links.len(), rows(web.store()).await), (1, ROWS_OF_A_LINK));

    // It works as any other: once, and for her.
    let link = links.pop_first().expect("one");
    let (first, second) =
        (web.decide(&link, "approve", "12345678").await, web.decide(&link, "approve", "12345678").await);
    assert_eq!(visit(&first, "ada").await.status, 303);
    assert_eq!(visit(&second, "ada").await.status, 400, "the same link was opened twice");
    web.client("ada").execute(deals::List::new()).await.expect("the same call succeeds");
}

#[tokio::test]
async fn each_user_and_each_set_of_scopes_has_its_own() {
    let web = Web::start().await;
    let link = web.link("ada").await;
    assert_ne!(web.link("grace").await, link);
    assert_ne!(web.new_link("ada").await, link, "who asks for a link gets a new one");
    assert_eq!(web.link("ada").await, link);
    let fewer = web.profile.clone().scopes(["crm.objects.deals.read"]);
    let fewer = Authorizer::new(fewer, web.store().clone()).expect("a sound profile");
    let client = Web::running_client(&web.sandbox, &fewer).for_connection("ada");
    let error = client.execute(deals::List::new()).await.fails("she did not authorize");
    let typed_connector::Error::AuthorizationRequired(required) = error else { panic!("{error:?}") };
    assert!(required.url != link && !required.url.contains("contacts"), "{}", required.url);
}

#[tokio::test]
async fn one_that_was_used_or_is_old_is_replaced() {
    let web = Web::start().await;
    let link = web.link("ada").await;
    // Opened by somebody else: it is used up.
    let redirect = web.decide(&link, "approve", "12345678").await;
    assert_eq!(visit(&redirect, "mallory").await.status, 400);
    let second = web.link("ada").await;
    assert_ne!(second, link);
    // For those whose links live for an hour, one that has ten minutes left is old: who gets a link has time to use it.
    let builder = Authorizer::builder(web.profile.clone(), web.store().clone());
    let patient = builder.state_lifetime(Duration::from_secs(3600)).build().expect("a sound profile");
    let patient = Web::running_client(&web.sandbox, &patient).for_connection("ada");
    let mut links = BTreeSet::new();
    for _ in 0..10 {
        let error = patient.execute(deals::List::new()).await.fails("she did not authorize");
        let typed_connector::Error::AuthorizationRequired(required) = error else { panic!("{error:?}") };
        links.insert(required.url);
        links.insert(web.link("ada").await);
    }
    assert!(links.len() == 1 && !links.contains(&second), "{}", links.len());
    // The old one is still good. However often she calls: two links at most, and how the used one was found is overwritten.
    assert_eq!(rows(web.store()).await, ROWS_OF_A_LINK + 1);
    let redirect = web.decide(&second, "approve", "12345678").await;
    assert_eq!(visit(&redirect, "ada").await.status, 303);
}

#[tokio::test]
async fn a_link_outlives_the_application() {
    let mut web = Web::start().await;
    let (link, mallory) = (web.link("ada").await, web.link("mallory").await);
    web.restart().await;
    assert_eq!(web.link("ada").await, link, "the next call ends in the same link");
    let redirect = web.decide(&link, "approve", "12345678").await;
    let lured = web.decide(&mallory, "approve", "12345678").await;
    web.restart().await;
    // Still bound to their users, and good for once.
    assert_eq!(visit(&lured, "ada").await.status, 400);
    web.nothing_is_kept().await;
    let forged = redirect.replace("state=", "state=x");
    let error = web.authorizer().finish_as(&forged, "ada").await.fails("forged");
    assert!(matches!(error, AuthError::StateMismatch), "{error:?}");
    assert_eq!(visit(&redirect, "ada").await.status, 303);
    web.client("ada").execute(deals::List::new()).await.expect("the same call succeeds");
    web.restart().await;
    assert_eq!(visit(&redirect, "ada").await.status, 400, "it was used");
    web.client("ada").execute(deals::List::new()).await.expect("it still succeeds");
    // Both links were used: what is left is how calls found them, until that expires too.
    assert_eq!(rows(web.store()).await, 2);
}
