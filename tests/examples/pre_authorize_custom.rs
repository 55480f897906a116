//! Pre-authorize with an app of one's own: the developer keeps an authorization profile and authorizes once.

mod support;

use typed_connector::auth::{AuthorizationProfile, Authorizer, Keyring, Profiles, SqliteStore};
use typed_connector::connector;

#[connector("hubspot")]
pub mod hubspot {}

use hubspot::deals;

#[tokio::main]
async fn main() -> Result<(), support::Failure> {
    // In place of HubSpot, where the developer has registered an app.
    let folder = tempfile::tempdir()?;
    let callback_url = format!("http://localhost:{}/callback", support::free_port()?);
    let (sandbox, app) = support::hubspot(&callback_url).await?;

    let keyring = Keyring::from_env_or_file(folder.path().join("key"))?;
    let store = SqliteStore::open(folder.path().join("connections.sqlite"), keyring)?;

    // The custom profile: client id and secret of the app; URLs and scopes come from the spec, and can be replaced.
    let profile =
        AuthorizationProfile::new::<hubspot::Connector>(app.client_id, app.client_secret, callback_url)?
            .identity_provider_name("HubSpot, our app")
            .host(&sandbox.url()); // without it: HubSpot itself
    for warning in profile.validate()? {
        println!("warning     {warning}");
    }

    // Kept, listed, selected. The store seals the secret; `connector auth profile add hubspot` does the same.
    let profiles = Profiles::of::<hubspot::Connector>(store.clone())?;
    profiles.create("ours", &profile).await?;
    profiles.select("ours").await?;
    for entry in profiles.list().await? {
        println!("profile     {}{}", entry.name, if entry.selected { ", selected" } else { "" });
    }

    // Authorized once, with the selected profile.
    let (_, profile) = profiles.resolve(None).await?;
    let authorizer = Authorizer::new(profile, store)?;
    let connection = authorizer.authorize_in_browser("team", support::open_browser).await?;
    println!("connected   account {}", connection.account_id.as_deref().unwrap_or("unknown"));

    let client =
        hubspot::Client::builder().base_url(sandbox.url()).authorizer(&authorizer, "team").build()?;
    let page = client.execute(deals::List::new()).await?;
    println!("call        {} deals", page.items.len());

    let told = authorizer.introspect("team").await?;
    println!("provider    active: {}, scopes: {}", told.active, told.scopes.join(" "));
    authorizer.revoke("team").await?;
    println!("revoked     {} connections are left", authorizer.connections().await?.len());
    Ok(())
}
