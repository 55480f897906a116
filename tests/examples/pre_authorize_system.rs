//! Pre-authorize with the operator's app: configured once, authorized once, used by everybody.

mod support;

use typed_connector::Connector as _;
use typed_connector::auth::{AuthorizationProfile, Authorizer, Keyring, Provider, SqliteStore};
use typed_connector::connector;

#[connector("hubspot")]
pub mod hubspot {}

use hubspot::deals;

#[tokio::main]
async fn main() -> Result<(), support::Failure> {
    // In place of HubSpot, and of the file that the operator has written.
    let folder = tempfile::tempdir()?;
    let callback_url = format!("http://localhost:{}/callback", support::free_port()?);
    let (sandbox, app) = support::hubspot(&callback_url).await?;
    let file = support::operators_file(folder.path(), &app, &callback_url)?;

    // The system profile. `AuthorizationProfile::from_env::<hubspot::Connector>()` takes it from HUBSPOT_CLIENT_ID,
    // HUBSPOT_CLIENT_SECRET and HUBSPOT_CALLBACK_URL instead.
    let provider = Provider::of(hubspot::Connector::META).ok_or("HubSpot has OAuth 2.0")?;
    let profile = AuthorizationProfile::from_file(provider, file)?.host(&sandbox.url()); // without `host`: HubSpot itself
    println!("profile     client {} of the operator", profile.client_id());

    // Where connections are kept: one encrypted file. The key is in TYPED_CONNECTOR_KEY or in a file of its own.
    let store = SqliteStore::open(
        folder.path().join("connections.sqlite"),
        Keyring::from_env_or_file(folder.path().join("key"))?,
    )?;
    let authorizer = Authorizer::new(profile, store)?;

    // Once, by whoever sets the integration up; `connector auth authorize hubspot` does the same.
    let connection = authorizer.authorize_in_browser("everybody", support::open_browser).await?;
    println!("connected   account {}", connection.account_id.as_deref().unwrap_or("unknown"));

    // From then on, in every program that has the store. Tokens are refreshed by themselves.
    let client =
        hubspot::Client::builder().base_url(sandbox.url()).authorizer(&authorizer, "everybody").build()?;
    sandbox.expire_tokens();
    let page = client.execute(deals::List::new()).await?;
    println!("call        {} deals, with a token that was refreshed on the way", page.items.len());
    Ok(())
}
