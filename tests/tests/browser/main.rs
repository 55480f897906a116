//! In a real browser: authorize link, consent page, finished page, and the call that waited for it succeeds.

mod chromium;

use std::time::{Duration, Instant};

use chromium::Chromium;
use typed_connector::Error;
use typed_connector::auth::{
    AuthError, AuthorizationProfile, Authorizer, Loopback, MemoryStore, axum as auth_axum,
};
use typed_connector_sandbox::Sandbox;
use typed_connector_tests::hubspot::{Client, Connector, deals};

const PATIENCE: Duration = Duration::from_secs(120);

fn authorizer(sandbox: &Sandbox, callback_url: &str) -> Authorizer {
    let app = sandbox.app();
    let profile = AuthorizationProfile::new::<Connector>(app.client_id, app.client_secret, callback_url);
    let profile = profile.expect("HubSpot has OAuth 2.0").host(&sandbox.url());
    Authorizer::new(profile, MemoryStore::new()).expect("a sound profile")
}

fn client(sandbox: &Sandbox, authorizer: &Authorizer) -> Client {
    let builder = Client::builder().base_url(sandbox.url()).authorizer(authorizer, "team");
    builder.build().expect("sound settings")
}

async fn link(client: &Client) -> String {
    match client.execute(deals::List::new()).await {
        Err(Error::AuthorizationRequired(required)) => required.url,
        other => panic!("a link was expected, not {other:?}"),
    }
}

/// The page looks as it should, which it does only if its policy lets its own style through.
async fn is_styled(browser: &mut Chromium) {
    let width = browser.evaluate("getComputedStyle(document.querySelector('main')).maxWidth").await;
    assert_eq!(width, "480px");
    assert_eq!(browser.evaluate("document.documentElement.lang").await, "en");
    assert_eq!(browser.evaluate("document.querySelectorAll('h1').length").await, 1);
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}

/// Through the sandbox's first page to its second one.
async fn sign_in(browser: &mut Chromium) {
    browser.see("Sign in to the HubSpot sandbox").await;
    browser.photograph("sign-in").await;
    browser.click("button[value=sign-in]").await;
    browser.see("wants to connect to your account").await;
}

#[tokio::test]
async fn a_program_on_this_machine() {
    let Some(mut browser) = Chromium::start().await else { return };
    let started = Instant::now();
    let sandbox = Sandbox::builder().seed(2).start().await.expect("the sandbox starts");
    let mut loopback = Loopback::bind().await.expect("a free port");
    let authorizer = authorizer(&sandbox, loopback.callback_url());
    let client = client(&sandbox, &authorizer);
    let link = link(&client).await;
    let start = loopback.link_to(&link);

    let waiting = tokio::spawn(async move {
        let connection = loopback.finish(&authorizer, "team", PATIENCE).await?;
        let deals = client.execute(deals::List::new()).await.expect("the call succeeds now");
        Ok::<_, AuthError>((connection, deals.items.len()))
    });
    browser.open(&start).await;
    sign_in(&mut browser).await;
    browser.photograph("consent").await;
    browser.click("input[value='87654321']").await;
    browser.click("button[value=approve]").await;
    let page = browser.see("Authorization completed").await;
    assert!(page.contains("HubSpot account 87654321 is connected."), "{page}");
    is_styled(&mut browser).await;
    browser.photograph("finished").await;

    let (connection, deals) = waiting.await.expect("no panic").expect("it is authorized");
    println!(
        "FIGURE {}: authorize link → sign in → consent → «Authorization completed» → the waiting call got {deals} deals of account {}; {:.1} s",
        browser.version,
        connection.account_id.as_deref().unwrap_or_default(),
        started.elapsed().as_secs_f64()
    );
    assert_eq!((connection.account_id.as_deref(), deals), (Some("87654321"), 2));
}

#[tokio::test]
async fn a_browser_leaves_nothing_behind() {
    let Some(mut browser) = Chromium::start().await else { return };
    browser.open("data:text/html,<p>Hello</p>").await;
    browser.see("Hello").await;
    let folder = browser.folder();
    let of_this_run = |path: &std::path::Path| {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("org.chromium.")).count()
    };
    assert_eq!(of_this_run(&folder.join("tmp")), 1, "its socket is in its own folder");
    drop(browser);
    // A process that goes on would make a part of it again.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!folder.exists(), "{:?}", std::fs::read_dir(&folder).map(Iterator::count));
}

#[tokio::test]
async fn a_person_who_refuses() {
    let Some(mut browser) = Chromium::start().await else { return };
    let sandbox = Sandbox::start().await.expect("the sandbox starts");
    let mut loopback = Loopback::bind().await.expect("a free port");
    let authorizer = authorizer(&sandbox, loopback.callback_url());
    browser.open(&link(&client(&sandbox, &authorizer)).await).await;
    let waiting = tokio::spawn(async move { loopback.finish(&authorizer, "team", PATIENCE).await });
    sign_in(&mut browser).await;
    browser.click("button[value=cancel]").await;
    let page = browser.see("HubSpot was not connected").await;
    assert!(page.contains("The user denied the request"), "{page}");
    browser.complaints.retain(|text| !text.contains("403")); // it logs every answer of 400 and more
    is_styled(&mut browser).await;
    browser.photograph("refused").await;
    let outcome = waiting.await.expect("no panic");
    let error = outcome.expect_err("refused");
    println!(
        "FIGURE {}: Cancel on the consent page → «HubSpot was not connected», and the program gets «{error}»",
        browser.version
    );
    assert!(matches!(error, AuthError::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn a_web_application() {
    let Some(mut browser) = Chromium::start().await else { return };
    let sandbox = Sandbox::builder().seed(2).start().await.expect("the sandbox starts");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let callback =
        format!("http://localhost:{}/oauth/callback", listener.local_addr().expect("bound").port());
    let authorizer = authorizer(&sandbox, &callback);
    let client = client(&sandbox, &authorizer);
    let app = axum::Router::<()>::new()
        .route("/oauth/callback", auth_axum::callback(&authorizer).into_route())
        .into_make_service();
    let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });

    browser.open(&link(&client).await).await;
    sign_in(&mut browser).await;
    browser.click("button[value=approve]").await;
    let page = browser.see("Authorization completed").await;
    assert!(page.contains("return to the application"), "{page}");
    is_styled(&mut browser).await;
    assert_eq!(client.execute(deals::List::new()).await.expect("the call succeeds now").items.len(), 2);
    // Coming back to the same address, as by a reload, changes nothing.
    browser.reload().await;
    let page = browser.see("This link is not valid any more").await;
    assert!(page.contains("used already"), "{page}");
    browser.photograph("used").await;
    println!("FIGURE {}: a web application's callback, the same; a reload of it is refused", browser.version);
    server.abort();
}
