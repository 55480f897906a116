//! What the examples have in place of HubSpot, of an operator and of people with browsers.

#![allow(dead_code)] // each example needs some of it

use std::path::{Path, PathBuf};

use typed_connector_sandbox::{App, Sandbox};

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A HubSpot on this machine, with three deals, and an app that was registered there.
pub(crate) async fn hubspot(callback_url: &str) -> Result<(Sandbox, App), Failure> {
    let sandbox = Sandbox::builder().seed(3).start().await?;
    let app = sandbox.register_app(App::new("Example app").redirect_uri(callback_url));
    Ok((sandbox, app))
}

/// The file that an operator writes once; only its owner should be able to read it.
pub(crate) fn operators_file(folder: &Path, app: &App, callback_url: &str) -> Result<PathBuf, Failure> {
    let (client_id, client_secret) = (&app.client_id, &app.client_secret);
    let json = serde_json::json!({
        "client_id": client_id, "client_secret": client_secret, "callback_url": callback_url,
    });
    let file = folder.join("hubspot.json");
    std::fs::write(&file, json.to_string())?;
    Ok(file)
}

/// A port for a callback URL. Yours is fixed, since HubSpot wants the URL registered exactly.
pub(crate) fn free_port() -> Result<u16, Failure> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A person who opens an address in a browser, signed in to your application as this user, and presses *Connect app*.
pub(crate) async fn person_connects(user: &str, address: String) -> Result<(), Failure> {
    drop(rustls::crypto::ring::default_provider().install_default());
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let consent = follow(&browser, user, address).await?.error_for_status()?;
    let form = [("decision", "approve"), ("account", if user == "grace" { "87654321" } else { "12345678" })];
    let redirect = browser.post(consent.url().clone()).form(&form).send().await?;
    let finished =
        follow(&browser, user, location(&redirect).ok_or("HubSpot sends the browser back")?).await?;
    let (status, page) = (finished.status(), finished.text().await?);
    let heading = page.split("<h1>").nth(1).and_then(|rest| rest.split("</h1>").next()).unwrap_or(&page);
    println!("browser     {user} sees «{heading}» ({status})");
    Ok(())
}

/// Goes to an address and where it redirects to; a browser sends its cookies everywhere they belong, so this does it itself.
async fn follow(
    browser: &reqwest::Client,
    user: &str,
    address: String,
) -> Result<reqwest::Response, Failure> {
    let mut address = address;
    loop {
        let answer = browser.get(&address).header("cookie", format!("session={user}")).send().await?;
        match location(&answer) {
            Some(next) => address = next,
            None => return Ok(answer),
        }
    }
}

fn location(answer: &reqwest::Response) -> Option<String> {
    let location = answer.headers().get("location")?.to_str().ok()?;
    Some(answer.url().join(location).ok()?.into())
}

/// The same, while the program waits.
pub(crate) fn open_browser(address: &str) {
    let address = address.to_owned();
    tokio::spawn(async move {
        if let Err(error) = person_connects("developer", address).await {
            eprintln!("browser     {error}");
        }
    });
}
