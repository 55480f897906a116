//! The authorization code flow, as a program on a person's own machine does it (RFC 8252).

use std::time::Duration;

use typed_connector::auth::{AuthorizationProfile, Authorizer, Loopback, MemoryStore};
use typed_connector_sandbox::Sandbox;

use crate::{Failure, hubspot};

/// The key of the connection.
pub(crate) const CONNECTION: &str = "tour";
const PATIENCE: Duration = Duration::from_secs(300);

pub(crate) async fn authorize(sandbox: &Sandbox, browser: bool) -> Result<Authorizer, Failure> {
    // HubSpot refuses IP addresses in redirect URIs, so it is `localhost` here too.
    let mut loopback = Loopback::bind().await?;
    let app = sandbox.app();
    let profile = AuthorizationProfile::new::<hubspot::Connector>(
        app.client_id,
        app.client_secret,
        loopback.callback_url(),
    )?
    .host(&sandbox.url());
    // A program that is to remember its connections has a `SqliteStore` here.
    let authorizer = Authorizer::new(profile, MemoryStore::new())?;
    let required = authorizer.authorize(CONNECTION).await?;

    println!("  link      {}", required.url);
    println!("  scopes    {}", hubspot::SCOPES.join(" "));
    if browser {
        println!("  waiting   open the link, sign in, choose the account and press the button");
    }
    let finished = async { Ok(loopback.finish(&authorizer, CONNECTION, PATIENCE).await?) };
    let (connection, ()) = tokio::try_join!(finished, consent(&required.url, browser))?;
    println!("  callback  came back to this program with a code");
    let account = connection.account_id.as_deref().unwrap_or("unknown");
    let minutes = connection.expires_at.map_or(0, |at| at.duration_since(connection.authorized_at).as_mins());
    println!("  token     for account {account}, valid for {minutes} minutes");

    let first = authorizer.access_token(CONNECTION).await?;
    authorizer.replace(CONNECTION, &first).await?;
    println!("  refresh   a second token, from the refresh token");
    Ok(authorizer)
}

/// Presses the button on the consent page, unless a person does it.
async fn consent(link: &str, browser: bool) -> Result<(), Failure> {
    if browser {
        return Ok(());
    }
    // reqwest without its default features needs to be told which cryptography to use; an error means that it was.
    drop(rustls::crypto::ring::default_provider().install_default());
    // A browser follows the redirect back to this program, and so does this client.
    let answer = reqwest::Client::new().post(link).form(&[("decision", "approve")]).send().await?;
    let status = answer.status();
    if status.is_success() { Ok(()) } else { Err(format!("the consent page answered {status}").into()) }
}
