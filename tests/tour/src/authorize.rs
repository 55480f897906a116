//! The authorization code flow, as a program on a person's own machine does it (RFC 8252).

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use typed_connector::auth::{AuthorizationProfile, TokenResponse};
use typed_connector_sandbox::Sandbox;

use crate::{Failure, hubspot};

pub(crate) async fn authorize(sandbox: &Sandbox, browser: bool) -> Result<TokenResponse, Failure> {
    // HubSpot refuses IP addresses in redirect URIs, so it is `localhost` here too.
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let redirect_uri = format!("http://localhost:{}/callback", listener.local_addr()?.port());
    let app = sandbox.app();
    let profile =
        AuthorizationProfile::new::<hubspot::Connector>(app.client_id, app.client_secret, redirect_uri)?
            .authorization_url(format!("{}/oauth/authorize", sandbox.url()))
            .token_url(format!("{}/oauth/2026-03/token", sandbox.url()));
    let request = profile.authorize()?;

    println!("  link      {}", request.url);
    println!("  scopes    {}", hubspot::SCOPES.join(" "));
    if browser {
        println!("  waiting   open the link, choose the account and press the button");
    }
    let (redirect, ()) = tokio::try_join!(callback(&listener), consent(&request.url, browser))?;
    println!("  callback  came back to this program with a code");

    let tokens = profile.exchange(&request, &redirect).await?;
    println!(
        "  token     for account {}, valid for {} minutes",
        tokens.account_id.as_deref().unwrap_or("unknown"),
        tokens.expires_in.map_or(0, |time| time.as_secs() / 60),
    );
    let refresh_token = tokens.refresh_token.as_ref().ok_or("the server gave no refresh token")?;
    let tokens = profile.refresh(refresh_token).await?;
    println!("  refresh   a second token, from the refresh token");
    Ok(tokens)
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

/// Waits for the browser to come back, and answers it with a page for the person.
async fn callback(listener: &TcpListener) -> Result<String, Failure> {
    loop {
        let (stream, _) = listener.accept().await?;
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        loop {
            let mut header = String::new();
            if stream.read_line(&mut header).await? == 0 || header == "\r\n" {
                break;
            }
        }
        let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let ours = target.starts_with("/callback?");
        let (status, text) = match ours {
            true => ("200 OK", "Authorized. You can close this page and go back to the terminal."),
            false => ("404 Not Found", "Nothing here."), // a browser also asks for its favicon
        };
        let page =
            format!("<!doctype html><html lang=\"en\"><title>typed-connector</title><p>{text}</p></html>");
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            page.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(page.as_bytes()).await?;
        stream.shutdown().await?;
        if ours {
            return Ok(target);
        }
    }
}
