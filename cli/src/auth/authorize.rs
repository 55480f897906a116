//! `connector auth authorize`.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use typed_connector::Url;
use typed_connector::auth::{AuthError, AuthorizationProfile, Authorizer, Connection, Loopback};

use super::connections;
use super::target::{self, OfConnection};
use crate::{Failure, misuse, print_json};

#[derive(Args)]
pub(crate) struct Authorize {
    #[command(flatten)]
    pub(super) of: OfConnection,
    /// Listen on this port for the browser's return; the callback URL is then `http://localhost:PORT/…`
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
    /// Print the link, and open no browser
    #[arg(long)]
    no_browser: bool,
    /// Do not listen: paste the address that the browser ends at, for a browser on another machine
    #[arg(long)]
    paste: bool,
    /// The scopes to ask for, in place of the profile's
    #[arg(long, value_name = "SCOPES", value_delimiter = ',')]
    scopes: Option<Vec<String>>,
    /// How long to wait, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    timeout: u64,
    /// JSON instead of text; the link is then on standard error
    #[arg(long)]
    json: bool,
}

impl Authorize {
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let (name, mut profile) = self.of.profile().await?;
        if let Some(scopes) = &self.scopes {
            profile = profile.scopes(target::given(scopes));
        }
        if let Some(port) = self.port {
            let url = at_port(profile.callback_url(), port);
            profile = profile.with_callback_url(url);
        }
        target::warn(&profile)?;
        // Where the provider sends the browser to another machine, that one cannot tell us.
        let listens = !self.paste && is_here(&profile);
        let loopback = match listens {
            true => Some(Loopback::for_callback(profile.callback_url()).await?),
            false => None,
        };
        let timeout = Duration::from_secs(self.timeout);
        let authorizer = target::authorizer_for(profile, timeout)?;
        let required = authorizer.authorize(&self.of.connection).await?;
        let profile = authorizer.profile();
        anstream::eprintln!("Profile  {name} (client id {})", profile.client_id());
        anstream::eprintln!("Scopes   {}", profile.provider().scopes.join("\n         "));
        let opened = match &loopback {
            // The link holds the state: what a browser is started with is seen by everybody on this machine.
            Some(loopback) if !self.no_browser => {
                open::that_detached(loopback.link_to(&required.url)).is_ok()
            }
            _ => false,
        };
        let link = match opened {
            true => "A browser opens. If you see none, open this link yourself:",
            false => "Open this link in a browser:",
        };
        anstream::eprintln!("\n{link}\n\n  {}\n", required.url);
        let finished = match loopback {
            Some(mut loopback) => {
                anstream::eprintln!(
                    "Waiting for your decision there, for {} seconds at most …",
                    self.timeout
                );
                loopback.finish(&authorizer, &self.of.connection, timeout).await.map_err(Failure::from)
            }
            None => tokio::time::timeout(timeout, self.pasted(&authorizer))
                .await
                .unwrap_or_else(|_| Err(AuthError::TimedOut(timeout).into())),
        };
        // Time may have run out between the provider's answer and the store.
        authorizer.settle().await?;
        let connection = finished?;
        if self.json {
            print_json(&connections::json(&authorizer, &connection))?;
        } else {
            anstream::println!(
                "{} is connected as `{}`.",
                authorizer.profile().name(),
                connection.key.escape_debug()
            );
            connections::print(&connection);
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn pasted(&self, authorizer: &Authorizer) -> Result<Connection, Failure> {
        anstream::eprintln!(
            "After your decision the browser goes to an address that starts with {}\n\
             (whether or not it shows anything there). Paste that address here:",
            authorizer.profile().callback_url()
        );
        let read = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            std::io::stdin().read_line(&mut line).map(|_| line)
        });
        let line = read.await??;
        if line.trim().is_empty() {
            return Err(misuse(
                "nothing was pasted\n\
                 help: run it again, open the link, decide there, then copy the whole address that the browser ends at and paste it \
                 here; or pipe it in, one line on standard input",
            ));
        }
        Ok(authorizer.finish_as(line.trim(), &self.of.connection).await?)
    }
}

/// The same path on another port of this machine.
fn at_port(callback_url: &str, port: u16) -> String {
    let path = Url::parse(callback_url).ok().filter(|url| url.host_str() == Some("localhost"));
    let path = path.map_or_else(|| "/callback".to_owned(), |url| url.path().to_owned());
    format!("http://localhost:{port}{path}")
}

fn is_here(profile: &AuthorizationProfile) -> bool {
    Url::parse(profile.callback_url()).is_ok_and(|url| {
        let host = url.host_str().unwrap_or_default();
        url.scheme() == "http" && (host == "localhost" || host == "127.0.0.1" || host == "[::1]")
    })
}

#[cfg(test)]
mod tests {
    use super::at_port;

    #[test]
    fn another_port_keeps_the_path() {
        assert_eq!(at_port("http://localhost:8765/oauth/done", 9000), "http://localhost:9000/oauth/done");
        assert_eq!(at_port("https://you.example/oauth/done", 9000), "http://localhost:9000/callback");
    }
}
