//! Allow users to authorize, with the operator's app: each end user connects an account of their own.

mod support;

use axum::Router;
use axum::http::request::Parts;
use typed_connector::auth::{
    AuthorizationProfile, Authorizer, Keyring, Provider, SqliteStore, axum::callback,
};
use typed_connector::{Connector as _, Error, connector};

#[connector("hubspot")]
pub mod hubspot {}

use hubspot::deals;

#[tokio::main]
async fn main() -> Result<(), support::Failure> {
    // In place of HubSpot, and of the file that the operator has written.
    let folder = tempfile::tempdir()?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let callback_url = format!("http://localhost:{}/oauth/callback", listener.local_addr()?.port());
    let (sandbox, app) = support::hubspot(&callback_url).await?;
    let file = support::operators_file(folder.path(), &app, &callback_url)?;

    let provider = Provider::of(hubspot::Connector::META).ok_or("HubSpot has OAuth 2.0")?;
    let profile = AuthorizationProfile::from_file(provider, file)?.host(&sandbox.url()); // without `host`: HubSpot itself
    let keyring = Keyring::from_env_or_file(folder.path().join("key"))?;
    let store = SqliteStore::open(folder.path().join("connections.sqlite"), keyring)?;
    let authorizer = Authorizer::new(profile, store)?;

    // Your web application. The callback belongs to whoever is signed in: a link that was made for somebody else is refused.
    let callback = callback(&authorizer).user(signed_in).into_route();
    let web = Router::<()>::new().route("/oauth/callback", callback);
    tokio::spawn(async move { axum::serve(listener, web).await });

    let client =
        hubspot::Client::builder().base_url(sandbox.url()).authorizer(&authorizer, "nobody").build()?;
    for user in ["ada", "grace"] {
        let client = client.for_connection(user);
        // The first call of a user who has not authorized yet ends in a link for that user.
        match client.execute(deals::List::new()).await {
            Err(Error::AuthorizationRequired(required)) => {
                println!("call        {user} has to authorize {} first", required.provider);
                support::person_connects(user, required.url).await?; // your application shows or sends the link
            }
            other => return Err(format!("a link was expected, not {other:?}").into()),
        }
        // Afterwards the same call succeeds.
        let page = client.execute(deals::List::new()).await?;
        let connection = authorizer.connection(user).await?.ok_or("it is kept")?;
        let account = connection.account_id.as_deref().unwrap_or("unknown");
        println!("call        {user} gets {} deals of account {account}", page.items.len());
    }
    Ok(())
}

/// Who is signed in, by your application's own session.
fn signed_in(request: &Parts) -> Option<String> {
    let cookie = request.headers.get("cookie")?.to_str().ok()?;
    cookie.strip_prefix("session=").map(str::to_owned)
}
