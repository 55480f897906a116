//! What all pages share: the connectors, how they are configured, the store, the runs.

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use typed_connector::Observer;
use typed_connector::auth::{
    AuthError, AuthorizationProfile, Authorizer, Connection, KeptConnection, Profiles, Provider, SqliteStore,
};
use typed_connector::dynamic::{Client, Connector, Sources};
use typed_connector_specs::Style;

use super::Failure;
use super::form::MOST_BYTES;
use super::guard::Guard;
use super::returns::Returns;
use super::runs::Runs;
use super::trouble::{Trouble, told};
use crate::auth::{kept_token, target};
use crate::configured::{self, Access, Configured, Mode, Status};

pub(super) type Shared = Arc<App>;

/// As many authorizers are waited for at the end: one for each page that somebody opened last, and a refresh takes seconds.
const MOST_AUTHORIZERS: usize = 32;

pub(super) struct App {
    pub(super) guard: Guard,
    pub(super) returns: Returns,
    pub(super) runs: Runs,
    pub(super) base_url: Option<String>,
    pub(super) home: PathBuf,
    pub(super) store: SqliteStore,
    folders: Vec<PathBuf>,
    shipped: Mutex<HashMap<&'static str, Connector>>,
    /// Those that were made last.
    authorizers: Mutex<VecDeque<Authorizer>>,
}

/// Where a connector's specs are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    Shipped,
    Folder(PathBuf),
}

/// A connector that can be used here.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) source: Source,
    pub(super) connector: Connector,
    pub(super) configured: Option<Configured>,
}

/// A folder whose specs have problems.
pub(super) struct Broken {
    pub(super) folder: PathBuf,
    pub(super) problems: Vec<String>,
}

impl App {
    pub(super) fn new(
        port: u16,
        folders: Vec<PathBuf>,
        base_url: Option<String>,
        home: PathBuf,
        store: SqliteStore,
    ) -> Result<Self, Failure> {
        let folders = folders.into_iter().map(|folder| {
            std::path::absolute(&folder).map_err(|error| format!("cannot use {}: {error}", folder.display()))
        });
        Ok(Self {
            guard: Guard::new(port)?,
            returns: Returns::default(),
            runs: Runs::default(),
            base_url,
            home,
            store,
            folders: folders.collect::<Result<_, _>>()?,
            shipped: Mutex::default(),
            authorizers: Mutex::default(),
        })
    }

    /// All connectors by title, and the folders that cannot be used. A folder is read anew each time, so that changes show at once;
    /// one of a shipped connector's name is shown in its place.
    pub(super) fn connectors(&self) -> Result<(Vec<Known>, Vec<Broken>), Trouble> {
        let configured = configured::all(&self.home)?;
        let mut known: Vec<Known> = Vec::new();
        let mut broken: Vec<Broken> = Vec::new();
        let used = configured.iter().filter_map(|one| one.folder.clone());
        for folder in self.folders.iter().cloned().chain(used) {
            if known.iter().any(|one| one.source == Source::Folder(folder.clone()))
                || broken.iter().any(|one| one.folder == folder)
            {
                continue;
            }
            match Connector::load(&folder) {
                Ok(connector) => {
                    let name = &connector.model().name;
                    if let Some(other) = known.iter().find(|one| one.name() == name) {
                        let place = match &other.source {
                            Source::Folder(folder) => folder.display().to_string(),
                            Source::Shipped => "a shipped one".to_owned(),
                        };
                        let problems = vec![format!(
                            "its connector is named `{name}` as that of {place} is; rename one of them"
                        )];
                        broken.push(Broken { folder, problems });
                    } else {
                        known.push(Known { source: Source::Folder(folder), connector, configured: None });
                    }
                }
                Err(problems) => {
                    broken.push(Broken { folder, problems: problems.render(Style::Plain) });
                }
            }
        }
        for name in typed_connector_specs::shipped() {
            if !known.iter().any(|one| one.name() == name) {
                known.push(Known {
                    source: Source::Shipped,
                    connector: self.shipped(name)?,
                    configured: None,
                });
            }
        }
        for one in &mut known {
            one.configured = configured.iter().find(|configured| configured.connector == one.name()).cloned();
        }
        known.sort_by_key(|one| one.title().to_lowercase());
        Ok((known, broken))
    }

    pub(super) fn connector(&self, name: &str) -> Result<Known, Trouble> {
        let (known, _) = self.connectors()?;
        let found = known.into_iter().find(|one| one.name() == name);
        found.ok_or_else(|| {
            Trouble::not_found("There is no connector of this name, or its specs have problems.")
        })
    }

    fn shipped(&self, name: &'static str) -> Result<Connector, Trouble> {
        let mut shipped = self.shipped.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connector) = shipped.get(name) {
            return Ok(*connector);
        }
        let connector = Sources::shipped(name).and_then(|sources| Connector::from_sources(&sources));
        let connector = connector.map_err(|problems| problems.render(Style::Plain).join("\n"))?;
        shipped.insert(name, connector);
        Ok(connector)
    }

    pub(super) fn profiles(&self, known: &Known) -> Option<Profiles> {
        Some(Profiles::new(known.provider()?, self.store.clone()))
    }

    /// The profile of this name, with its endpoints where `--base-url` has them.
    pub(super) async fn profile(&self, known: &Known, name: &str) -> Result<AuthorizationProfile, Trouble> {
        let profiles = self.profiles(known).ok_or_else(|| no_oauth(known))?;
        let profile = profiles.get(name).await?;
        Ok(match &self.base_url {
            Some(url) => profile.host(url),
            None => profile,
        })
    }

    /// What keeps the connections of a configured connector.
    pub(super) async fn authorizer(&self, known: &Known) -> Result<Authorizer, Trouble> {
        let Some((name, _)) = known.profile() else { return Err(no_oauth(known)) };
        let profile = self.profile(known, name).await?;
        let authorizer = Authorizer::new(profile, self.store.clone())?;
        let mut last = self.authorizers.lock().unwrap_or_else(PoisonError::into_inner);
        last.truncate(MOST_AUTHORIZERS - 1);
        last.push_front(authorizer.clone());
        Ok(authorizer)
    }

    /// Waits for tokens that are being refreshed: a provider that rotates them has ended the ones before.
    pub(super) async fn settle(&self) -> Result<(), AuthError> {
        let last = std::mem::take(&mut *self.authorizers.lock().unwrap_or_else(PoisonError::into_inner));
        let mut settled = Ok(());
        for authorizer in last {
            settled = settled.and(authorizer.settle().await);
        }
        settled
    }

    /// A client that uses this connection, or what the connector is configured with.
    pub(super) async fn client(
        &self,
        known: &Known,
        connection: &str,
        observer: impl Observer,
    ) -> Result<Client, Trouble> {
        let mut builder = known.connector.client().observer(observer).max_body(MOST_BYTES);
        if let Some(url) = &self.base_url {
            builder = builder.base_url(url);
        }
        builder = match known.configured.as_ref().map(|configured| &configured.access) {
            Some(Access::Profile { .. }) => builder.authorizer(&self.authorizer(known).await?, connection),
            Some(Access::Token) => {
                let token = kept_token::get(&self.store, known.name()).await?.ok_or_else(|| {
                    Trouble::refused("This does not go", "The token is not there any more.")
                        .next(format!("{}/configure", known.address()), "Configure it anew")
                })?;
                builder.access_token(token)
            }
            Some(Access::Open) => builder.unauthenticated(),
            None => {
                let text = format!("{} is not configured yet.", known.title());
                return Err(Trouble::refused("Nothing was sent", &text)
                    .next(format!("{}/configure", known.address()), format!("Configure {}", known.title())));
            }
        };
        builder.build().map_err(|error| Trouble::here(told(&error)))
    }

    /// The connections of this connector, with whichever app they were made.
    pub(super) async fn kept(&self, known: &Known) -> Result<Vec<KeptConnection>, Trouble> {
        let all = Connection::all(&self.store).await?;
        Ok(all.into_iter().filter(|kept| kept.connector == known.name()).collect())
    }

    /// Those that were made with this app.
    pub(super) async fn connections(
        &self,
        known: &Known,
        client_id: &str,
    ) -> Result<Vec<Connection>, Trouble> {
        let kept = self.kept(known).await?.into_iter();
        Ok(kept.filter(|kept| kept.client_id == client_id).map(|kept| kept.connection).collect())
    }
}

fn no_oauth(known: &Known) -> Trouble {
    let text = format!("{} is not configured with an authorization profile.", known.title());
    Trouble::refused("This does not go", &text).next(known.address(), format!("Back to {}", known.title()))
}

impl Known {
    pub(super) fn name(&self) -> &'static str {
        &self.connector.model().name
    }

    pub(super) fn title(&self) -> &'static str {
        &self.connector.model().title
    }

    /// Its page.
    pub(super) fn address(&self) -> String {
        format!("/connectors/{}", self.name())
    }

    pub(super) fn provider(&self) -> Option<Provider> {
        target::provider(self.connector.model())
    }

    /// The profile that it is configured with, and whose accounts.
    pub(super) fn profile(&self) -> Option<(&str, Mode)> {
        match &self.configured.as_ref()?.access {
            Access::Profile { name, mode } => Some((name, *mode)),
            Access::Token | Access::Open => None,
        }
    }

    pub(super) fn is_enabled(&self) -> bool {
        self.configured.as_ref().is_some_and(|configured| configured.status == Status::Enabled)
    }
}
