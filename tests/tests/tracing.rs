//! The most talkative log there is, over a whole life of a connection: none of its secrets is in it, nor in the store's file.

use std::io::Write;
use std::sync::{Arc, Mutex};

use typed_connector::auth::{AuthorizationProfile, Authorizer, Key, Keyring, SqliteStore};
use typed_connector::{Error, RetryPolicy};
use typed_connector_sandbox::{Fault, Sandbox};
use typed_connector_tests::hubspot::{self, contacts, deals};
use typed_connector_tests::{http, shown};

/// Everything that anybody logs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("the log is whole").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Opens the link and presses the button; answers where the browser is sent then.
async fn consent(link: &str) -> String {
    let answer = http().post(link).form(&[("decision", "approve")]).send().await.expect("the page answers");
    let location = answer.headers().get("location").expect("it redirects");
    location.to_str().expect("to an address").to_owned()
}

#[tokio::test]
async fn no_secret_is_in_the_log_at_trace_nor_in_any_error_nor_in_the_file() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();

    let sandbox = Sandbox::builder().rotate_refresh_tokens(true).seed(3).start().await.expect("a sandbox");
    let folder = tempfile::tempdir().expect("a folder");
    let (file, key) = (folder.path().join("connections.sqlite"), Key::generate().expect("a key"));
    let mut secrets = vec![("key", key.expose().to_string()), ("client secret", sandbox.app().client_secret)];
    let store = SqliteStore::open(&file, Keyring::new(key)).expect("a store");
    let app = sandbox.app();
    let profile = AuthorizationProfile::new::<hubspot::Connector>(
        app.client_id,
        app.client_secret,
        "http://localhost:1/cb",
    )
    .expect("a profile")
    .pkce(true)
    .host(&sandbox.url());
    let authorizer = Authorizer::new(profile, store).expect("an authorizer");
    let builder = hubspot::Client::builder().base_url(sandbox.url()).retry(RetryPolicy::default());
    let client = builder.authorizer(&authorizer, "ada").build().expect("a client");
    let mut seen = format!("{authorizer:?} {client:?}");

    // Without a connection, with one, refreshed, refused, taken back.
    let error = client.execute(deals::List::new()).await.expect_err("nobody authorized");
    seen += &shown(&error);
    let Error::AuthorizationRequired(required) = error else { panic!("{error:?}") };
    let redirect = consent(&required.url).await;
    for name in ["code", "state"] {
        let value = redirect.split(['?', '&']).find_map(|pair| pair.strip_prefix(&format!("{name}=")));
        secrets.push((name, value.expect("it is there").to_owned()));
    }
    let connection = authorizer.finish(&redirect).await.expect("a connection");
    seen += &format!("{connection:?}");
    let token = |secrets: &mut Vec<_>, text: &str| secrets.push(("access token", text.to_owned()));
    token(&mut secrets, authorizer.access_token("ada").await.expect("a token").expose());
    client.execute(deals::List::new()).await.expect("deals");
    sandbox.expire_tokens();
    client
        .execute(contacts::Create::new().email("ada@example.com"))
        .await
        .expect("a contact, after a refresh");
    token(&mut secrets, authorizer.access_token("ada").await.expect("a token").expose());
    sandbox.inject(Fault::cut());
    seen += &shown(&client.execute(deals::Create::new("x", "closedwon")).await.expect_err("cut"));
    sandbox.inject(Fault::status(500).body("<html>"));
    seen += &shown(&client.execute(deals::Create::new("x", "closedwon")).await.expect_err("500"));
    seen += &shown(&client.execute(deals::Get::new("404")).await.expect_err("404"));
    seen += &shown(&authorizer.finish(&redirect).await.expect_err("used already"));
    seen += &format!("{:?}", authorizer.introspect("ada").await.expect("an introspection"));
    for request in sandbox.requests().iter().filter(|request| request.path.contains("token")) {
        for pair in request.body.split('&') {
            if let Some((name @ ("refresh_token" | "code_verifier"), value)) = pair.split_once('=') {
                let name = if name == "refresh_token" { "refresh token" } else { "verifier" };
                secrets.push((name, value.to_owned()));
            }
        }
    }
    authorizer.revoke("ada").await.expect("revoked");
    seen += &shown(&client.execute(deals::List::new()).await.expect_err("revoked"));

    let log = String::from_utf8_lossy(&log.0.lock().expect("the log is whole")).into_owned();
    let mut bytes = Vec::new();
    for entry in
        std::fs::read_dir(folder.path()).expect("the folder").flatten().filter(|entry| entry.path().is_file())
    {
        bytes.extend(std::fs::read(entry.path()).expect("a file"));
    }
    let file = String::from_utf8_lossy(&bytes);
    assert!(
        log.contains("deals.create") && log.contains("hyper"),
        "the log is of our calls: {} bytes",
        log.len()
    );
    for kind in ["refresh token", "verifier", "code", "state", "access token"] {
        assert!(secrets.iter().any(|(name, _)| *name == kind), "no {kind} was met");
    }
    println!("{} secrets, {} bytes of log, {} bytes of file", secrets.len(), log.len(), bytes.len());
    for (name, secret) in &secrets {
        assert!(secret.len() > 8, "{name}");
        // The link for the person holds the state: it is theirs to open, and is in no log.
        for (place, text) in [("log", &*log), ("errors and Debug", &*seen), ("file", &*file)] {
            assert!(!text.contains(secret.as_str()), "the {name} is in the {place}");
        }
    }
}
