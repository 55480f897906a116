//! Allow users to authorize, with an app of one's own, across a restart of the application.

mod support;

use axum::Router;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect};
use typed_connector::auth::axum::{callback, status_of};
use typed_connector::auth::{AuthorizationProfile, Authorizer, Keyring, Profiles, SqliteStore};
use typed_connector::{Error, connector};

#[connector("hubspot")]
pub mod hubspot {}

use hubspot::deals;

#[tokio::main]
async fn main() -> Result<(), support::Failure> {
    // In place of HubSpot, where the developer has registered an app.
    let folder = tempfile::tempdir()?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let callback_url = format!("http://localhost:{}/oauth/callback", listener.local_addr()?.port());
    let (sandbox, app) = support::hubspot(&callback_url).await?;

    // The custom profile, kept once.
    let open = || {
        let keyring = Keyring::from_env_or_file(folder.path().join("key"))?;
        SqliteStore::open(folder.path().join("connections.sqlite"), keyring)
    };
    let profile =
        AuthorizationProfile::new::<hubspot::Connector>(app.client_id, app.client_secret, callback_url)?
            .scopes(["crm.objects.deals.read"])
            .host(&sandbox.url()); // without it: HubSpot itself
    Profiles::of::<hubspot::Connector>(open()?)?.create("ours", &profile).await?;

    // The application, before a restart: it makes the link, and ends.
    let link = {
        let (_, profile) = Profiles::of::<hubspot::Connector>(open()?)?.resolve(None).await?;
        let authorizer = Authorizer::new(profile, open()?)?;
        let client =
            hubspot::Client::builder().base_url(sandbox.url()).authorizer(&authorizer, "ada").build()?;
        match client.execute(deals::List::new()).await {
            Err(Error::AuthorizationRequired(required)) => required,
            other => return Err(format!("a link was expected, not {other:?}").into()),
        }
    };
    println!(
        "call        ada has to authorize {} first, until {}",
        link.provider,
        link.expires_at.strftime("%H:%M UTC")
    );

    // The application, after it: the state of the authorization was in the store.
    let (_, profile) = Profiles::of::<hubspot::Connector>(open()?)?.resolve(None).await?;
    let authorizer = Authorizer::new(profile, open()?)?;
    let callback = callback(&authorizer)
        .user(signed_in)
        .on_success_with(|connection| Redirect::to(&format!("/done?user={}", connection.key)).into_response())
        .on_error(|error| (status_of(error), "<h1>That did not work</h1>").into_response());
    let done = axum::routing::get(|| async { axum::response::Html("<h1>Welcome back</h1>") });
    let web = Router::<()>::new().route("/oauth/callback", callback.into_route()).route("/done", done);
    tokio::spawn(async move { axum::serve(listener, web).await });

    support::person_connects("grace", link.url.clone()).await?; // not hers: refused, and used up
    let link = authorizer.authorize("ada").await?;
    support::person_connects("ada", link.url).await?;

    let client = hubspot::Client::builder().base_url(sandbox.url()).authorizer(&authorizer, "ada").build()?;
    let page = client.execute(deals::List::new()).await?;
    println!("call        ada gets {} deals", page.items.len());
    Ok(())
}

/// Who is signed in, by your application's own session.
fn signed_in(request: &Parts) -> Option<String> {
    let cookie = request.headers.get("cookie")?.to_str().ok()?;
    cookie.strip_prefix("session=").map(str::to_owned)
}
