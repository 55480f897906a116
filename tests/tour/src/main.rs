//! A tour of typed-connector: the twelve actions of its mission, printed so that one sees what happens.
//!
//! `cargo run` runs it against a HubSpot-compatible server that it starts on this machine, after a real OAuth
//! authorization. `cargo run -- --real` runs it against a HubSpot account, with the token in `HUBSPOT_ACCESS_TOKEN`.

mod actions;
mod authorize;

use std::process::ExitCode;

use typed_connector::connector;
use typed_connector_sandbox::Sandbox;

#[connector("hubspot")]
pub mod hubspot {}

const TOKEN_VARIABLE: &str = "HUBSPOT_ACCESS_TOKEN";

const HELP: &str = "\
The twelve actions of typed-connector's HubSpot connector, one after the other.

Usage: cargo run [-- OPTIONS]

Options:
  --browser  open the authorization link in a browser yourself instead of having the tour press the button
  --real     run against a real HubSpot account, with the token in HUBSPOT_ACCESS_TOKEN;
             creates a deal and a contact there, changes them, and deletes them again
  --help     this text
";

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> ExitCode {
    let options: Vec<_> = std::env::args().skip(1).collect();
    let has = |name: &str| options.iter().any(|option| option == name);
    if has("--help") || has("-h") {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    if let Some(unknown) = options.iter().find(|option| !matches!(option.as_str(), "--browser" | "--real")) {
        eprintln!("error: unknown option `{unknown}`\n\n{HELP}");
        return ExitCode::from(2);
    }
    let done = if has("--real") { real().await } else { sandbox(has("--browser")).await };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                eprintln!("  because: {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn sandbox(browser: bool) -> Result<(), Failure> {
    let sandbox = Sandbox::builder().seed(250).start().await?;
    println!("A HubSpot-compatible server runs at {} with 250 deals and 250 contacts.", sandbox.url());
    if std::env::var_os(TOKEN_VARIABLE).is_some() {
        println!(
            "{TOKEN_VARIABLE} is set: `cargo run -- --real` would run this tour against that account instead."
        );
    }
    println!("\nAuthorization (OAuth 2.0, RFC 6749 §4.1)");
    let authorizer = authorize::authorize(&sandbox, browser).await?;
    let client = hubspot::Client::builder().base_url(sandbox.url());
    let client = client.authorizer(&authorizer, authorize::CONNECTION).build()?;
    actions::run(&client).await?;
    authorizer.settle().await?;
    println!("\nThat was everything. The server is gone now, and so is what it held.");
    sandbox.shutdown().await;
    Ok(())
}

async fn real() -> Result<(), Failure> {
    let token = std::env::var(TOKEN_VARIABLE).map_err(|_| {
        format!("{TOKEN_VARIABLE} is not set; it holds a private app's token or a service key")
    })?;
    let client = hubspot::Client::builder().access_token(token).build()?;
    println!(
        "Running against your HubSpot account, API version {}.",
        client.api_version().unwrap_or("unknown")
    );
    actions::run(&client).await?;
    println!("\nThat was everything. The deal and the contact are in the account's recycling bin.");
    Ok(())
}
