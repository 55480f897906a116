//! `connector auth profile`.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use typed_connector::auth::{AuthorizationProfile, Connection, Profiles};

use super::fields::{self, Fields};
use super::secret::{self, Secret};
use super::target::{OfConnector, warn};
use super::{home, target};
use crate::{Failure, check, misuse, print_json};

/// What HubSpot and others let one register for programs on one's own machine.
const CALLBACK: &str = "http://localhost:8765/callback";

#[derive(Subcommand)]
pub(crate) enum Profile {
    /// Keep a new profile: the client id and secret of an app that you registered with the provider
    Add(Add),
    /// List the profiles of a connector
    List(List),
    /// Show a profile, without its secret
    Show(Show),
    /// Change what is given of a profile; the rest stays
    Edit(Edit),
    /// Delete a profile
    Remove(Remove),
    /// Make a profile the one that is used where none is named
    Select(Select),
}

#[derive(Args)]
pub(crate) struct Add {
    #[command(flatten)]
    of: OfConnector,
    /// The profile's name
    #[arg(long = "profile", value_name = "NAME", default_value = "default")]
    name: String,
    #[command(flatten)]
    fields: Box<Fields>,
    #[command(flatten)]
    secret: Secret,
    /// JSON instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct List {
    #[command(flatten)]
    of: OfConnector,
    /// JSON instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct Show {
    #[command(flatten)]
    of: OfConnector,
    /// The profile; without it the one that would be used
    #[arg(long = "profile", value_name = "NAME")]
    name: Option<String>,
    /// JSON instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct Edit {
    #[command(flatten)]
    of: OfConnector,
    /// The profile; without it the one that would be used
    #[arg(long = "profile", value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    fields: Box<Fields>,
    /// Replace the client secret too: it is asked for, or taken from `CONNECTOR_CLIENT_SECRET`
    #[arg(long)]
    new_client_secret: bool,
    #[command(flatten)]
    secret: Secret,
    /// JSON instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct Remove {
    #[command(flatten)]
    of: OfConnector,
    /// The profile
    #[arg(long = "profile", value_name = "NAME")]
    name: String,
    /// Forget the connections that were made with it too; without it, a profile that has any is kept
    #[arg(long)]
    with_connections: bool,
}

#[derive(Args)]
pub(crate) struct Select {
    #[command(flatten)]
    of: OfConnector,
    /// The profile; `system` is the operator's
    #[arg(long = "profile", value_name = "NAME")]
    name: String,
}

impl Profile {
    /// What it is about, as words of a command that is suggested.
    pub(super) fn words(&self) -> String {
        let of = match self {
            Self::Add(command) => &command.of,
            Self::List(command) => &command.of,
            Self::Show(command) => &command.of,
            Self::Edit(command) => &command.of,
            Self::Remove(command) => &command.of,
            Self::Select(command) => &command.of,
        };
        of.words()
    }

    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Add(command) => command.run().await?,
            Self::List(command) => command.run().await?,
            Self::Show(command) => command.run().await?,
            Self::Edit(command) => command.run().await?,
            Self::Remove(command) => command.run().await?,
            Self::Select(command) => command.run().await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Add {
    async fn run(self) -> Result<(), Failure> {
        self.secret.check()?;
        let profiles = self.of.profiles()?;
        if profiles.get(&self.name).await.is_ok() {
            // Before anybody is asked for a secret in vain.
            return Err(typed_connector::auth::AuthError::ProfileExists(self.name).into());
        }
        let client_id = match self.fields.client_id.clone() {
            Some(id) => id,
            None => secret::ask("client id", "--client-id")?,
        };
        let secret = self.secret.read()?;
        let profile = AuthorizationProfile::with_provider(
            profiles.provider().clone(),
            client_id,
            secret.expose_secret(),
            CALLBACK,
        );
        let profile = self.fields.apply(profile)?;
        warn(&profile)?;
        profiles.create(&self.name, &profile).await?;
        let selected = profiles.selected().await?.is_none();
        if selected {
            profiles.select(&self.name).await?;
        }
        if self.json {
            return print_json(&fields::json(&self.name, selected, &profile));
        }
        let title = &profiles.provider().title;
        anstream::println!("The {title} profile `{}` is kept in {}.", self.name, home::folder()?.display());
        if selected {
            anstream::println!("It is the selected one now.");
        }
        anstream::println!(
            "\nRegister its callback URL with the app, exactly so:\n  {}",
            profile.callback_url()
        );
        // `authorize` takes the selected profile unless another is named.
        let other = if selected { String::new() } else { format!(" --profile {}", self.name) };
        anstream::println!("Then connect an account:\n  connector auth authorize {}{other}", self.of.words());
        Ok(())
    }
}

impl List {
    async fn run(self) -> Result<(), Failure> {
        let profiles = self.of.profiles()?;
        let mut rows = Vec::new();
        for entry in profiles.list().await? {
            let profile = profiles.get(&entry.name).await?;
            rows.push((entry, profile));
        }
        if self.json {
            let list: Value = rows
                .iter()
                .map(|(entry, profile)| fields::json(&entry.name, entry.selected, profile))
                .collect();
            return print_json(&list);
        }
        if rows.is_empty() {
            let argument = self.of.words();
            anstream::println!(
                "There is no profile yet; make one with `connector auth profile add {argument}`."
            );
        }
        let width = rows.iter().map(|(entry, _)| entry.name.len()).max().unwrap_or(0);
        for (entry, profile) in &rows {
            let mark = if entry.selected { '*' } else { ' ' };
            let id = profile.client_id();
            anstream::println!("{mark} {:width$}  {id}  {}", entry.name, profile.callback_url());
        }
        Ok(())
    }
}

impl Show {
    async fn run(self) -> Result<(), Failure> {
        let profiles = self.of.profiles()?;
        let (name, profile) = profiles.resolve(self.name.as_deref()).await?;
        let selected = profiles.selected().await?.as_ref() == Some(&name);
        warn(&profile)?;
        if self.json {
            return print_json(&fields::json(&name, selected, &profile));
        }
        fields::print(&name, selected, &profile);
        Ok(())
    }
}

impl Edit {
    async fn run(self) -> Result<(), Failure> {
        self.secret.check()?;
        let new_secret = self.new_client_secret || self.secret.is_piped();
        if !new_secret && self.fields.is_empty() {
            return Err(misuse(
                "nothing was given that could be changed\n\
                 help: name what to change, such as `--callback-url URL` or `--new-client-secret`; `profile show` shows what there is",
            ));
        }
        let profiles = self.of.profiles()?;
        let (name, profile) = profiles.resolve(self.name.as_deref()).await?;
        not_the_operators(&name)?;
        let before = profile.client_id().to_owned();
        let id = self.fields.client_id.clone().unwrap_or_else(|| before.clone());
        let mut profile = self.fields.apply(profile.with_client_id(id))?;
        if new_secret {
            profile = profile.with_client_secret(self.secret.read()?);
        }
        warn(&profile)?;
        profiles.edit(&name, &profile).await?;
        let made = connections(&profiles, &before).await?.len();
        if profile.client_id() != before && made > 0 {
            let connections = check::count(made, "connection");
            let warning = format!(
                "warning: {connections} of the former client id cannot be used with this profile any more"
            );
            anstream::eprintln!("{}", crate::wrap::told(&warning));
        }
        let selected = profiles.selected().await?.as_ref() == Some(&name);
        if self.json {
            return print_json(&fields::json(&name, selected, &profile));
        }
        fields::print(&name, selected, &profile);
        Ok(())
    }
}

impl Remove {
    async fn run(self) -> Result<(), Failure> {
        not_the_operators(&self.name)?;
        let profiles = self.of.profiles()?;
        let profile = profiles.get(&self.name).await?;
        let made = connections(&profiles, profile.client_id()).await?;
        if !made.is_empty() && !self.with_connections {
            let names = made.join("`, `");
            return Err(format!(
                "{} made with it would be lost: `{names}`\n\
                 help: revoke or disconnect them first, or forget them too with `--with-connections`",
                check::count(made.len(), "connection")
            )
            .into());
        }
        if !made.is_empty() {
            let authorizer = target::authorizer(profile)?;
            for connection in &made {
                authorizer.disconnect(connection).await?;
            }
        }
        profiles.delete(&self.name).await?;
        anstream::println!("The profile `{}` is deleted.", self.name);
        Ok(())
    }
}

impl Select {
    async fn run(self) -> Result<(), Failure> {
        self.of.profiles()?.select(&self.name).await?;
        anstream::println!("The profile `{}` is selected.", self.name);
        Ok(())
    }
}

fn not_the_operators(name: &str) -> Result<(), Failure> {
    match name == Profiles::SYSTEM {
        true => {
            Err("the operator's profile is set in the environment, and cannot be changed or deleted here"
                .into())
        }
        false => Ok(()),
    }
}

/// The connections of an app.
async fn connections(profiles: &Profiles, client_id: &str) -> Result<Vec<String>, Failure> {
    let connector = &profiles.provider().connector;
    let all = Connection::all(&home::store()?).await?;
    let ours = all.into_iter().filter(|kept| kept.connector == *connector && kept.client_id == client_id);
    Ok(ours.map(|kept| kept.connection.key).collect())
}
