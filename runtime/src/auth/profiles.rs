//! Profiles by name: the operator's one from the environment, and those that developers keep in a store.

use std::sync::Arc;

use secrecy::ExposeSecret;

use super::{AuthError, AuthorizationProfile, Kind, Provider, Store, StoreError, StoreLock};
use crate::action::Connector;

/// The authorization profiles of one connector.
///
/// | profile | is |
/// | --- | --- |
/// | *system*, named [`SYSTEM`](Self::SYSTEM) | configured once by the operator, in environment variables, a file or code; read only |
/// | *custom* | created, listed, selected, edited and deleted here; kept in a store, which seals the client secret |
///
/// ```
/// # use typed_connector::{auth::{AuthorizationProfile, AuthError, MemoryStore, Profiles}, connector};
/// # #[connector("hubspot")] pub mod hubspot {}
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), AuthError> {
/// let profiles = Profiles::of::<hubspot::Connector>(MemoryStore::new())?;
/// let mine = AuthorizationProfile::new::<hubspot::Connector>("id", "secret", "https://you.example/callback")?;
/// profiles.create("mine", &mine).await?;
/// profiles.select("mine").await?;
/// let (name, profile) = profiles.resolve(None).await?;
/// assert_eq!((name.as_str(), profile.client_id()), ("mine", "id"));
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Profiles {
    provider: Provider,
    store: Arc<dyn Store>,
    system: Option<AuthorizationProfile>,
}

/// A profile that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProfileName {
    /// Its name.
    pub name: String,
    /// Whether it is the one that is used where none is named.
    pub selected: bool,
}

impl Profiles {
    /// The name of the operator's profile.
    pub const SYSTEM: &'static str = "system";

    /// The profiles of the connector `C`.
    ///
    /// # Errors
    /// [`AuthError::Profile`] where the connector has no OAuth 2.0.
    pub fn of<C: Connector>(store: impl Store) -> Result<Self, AuthError> {
        Ok(Self::new(Provider::of_connector::<C>()?, store))
    }

    /// The profiles of a provider. What it says is the default of every profile.
    pub fn new(provider: Provider, store: impl Store) -> Self {
        Self { provider, store: Arc::new(store), system: None }
    }

    /// The operator's profile in code, where it comes neither from the environment nor from a file: out of a secret manager, say.
    #[must_use]
    pub fn with_system(mut self, profile: AuthorizationProfile) -> Self {
        self.system = Some(profile);
        self
    }

    /// The provider.
    #[must_use]
    pub const fn provider(&self) -> &Provider {
        &self.provider
    }

    /// Keeps a new profile. What it has in common with the provider's defaults is not stored, so that it follows a newer spec.
    ///
    /// # Errors
    /// [`AuthError::ProfileExists`]; [`AuthError::Profile`] where the name or the profile cannot be used; [`AuthError::Store`].
    pub async fn create(&self, name: &str, profile: &AuthorizationProfile) -> Result<(), AuthError> {
        check_name(name)?;
        profile.validate()?;
        let _held = self.lock().await?;
        if self.store.get(Kind::Profile, &self.key(name)).await?.is_some() {
            return Err(AuthError::ProfileExists(name.to_owned()));
        }
        self.put(name, profile).await
    }

    /// Puts a profile in the place of the one of this name.
    ///
    /// # Errors
    /// [`AuthError::NoProfile`]; [`AuthError::Profile`] where the profile cannot be used; [`AuthError::Store`].
    pub async fn edit(&self, name: &str, profile: &AuthorizationProfile) -> Result<(), AuthError> {
        check_name(name)?;
        profile.validate()?;
        let _held = self.lock().await?;
        if self.store.get(Kind::Profile, &self.key(name)).await?.is_none() {
            return Err(AuthError::NoProfile(name.to_owned()));
        }
        self.put(name, profile).await
    }

    /// The profile of this name; [`SYSTEM`](Self::SYSTEM) is the operator's.
    ///
    /// # Errors
    /// [`AuthError::NoProfile`]; [`AuthError::Profile`] where what is kept is no profile; [`AuthError::Store`].
    pub async fn get(&self, name: &str) -> Result<AuthorizationProfile, AuthError> {
        if name == Self::SYSTEM {
            return self.system()?.ok_or_else(|| AuthError::NoProfile(name.to_owned()));
        }
        let json = self.store.get(Kind::Profile, &self.key(name)).await?.map(zeroize::Zeroizing::new);
        let json = json.ok_or_else(|| AuthError::NoProfile(name.to_owned()))?;
        AuthorizationProfile::from_json(self.provider.clone(), &json)
    }

    /// All profiles: the operator's where there is one, then the custom ones by name.
    ///
    /// # Errors
    /// [`AuthError::Profile`] where the operator's is incomplete; [`AuthError::Store`].
    pub async fn list(&self) -> Result<Vec<ProfileName>, AuthError> {
        let selected = self.selected().await?;
        let system = self.system()?.map(|_| Self::SYSTEM.to_owned());
        let names = system.into_iter().chain(self.custom().await?);
        Ok(names.map(|name| ProfileName { selected: selected.as_ref() == Some(&name), name }).collect())
    }

    /// Removes a profile. Connections that were made with it stay in the store, and can be refreshed no more.
    ///
    /// # Errors
    /// [`AuthError::NoProfile`]; [`AuthError::Profile`] where it is the operator's; [`AuthError::Store`].
    pub async fn delete(&self, name: &str) -> Result<(), AuthError> {
        check_name(name)?;
        let _held = self.lock().await?;
        let removed = self.store.take(Kind::Profile, &self.key(name)).await?.map(zeroize::Zeroizing::new);
        if removed.is_none() {
            return Err(AuthError::NoProfile(name.to_owned()));
        }
        if self.selected().await?.as_deref() == Some(name) {
            self.store.take(Kind::Profile, self.selection()).await?;
        }
        Ok(())
    }

    /// Makes this profile the one that is used where none is named.
    ///
    /// # Errors
    /// [`AuthError::NoProfile`]; [`AuthError::Store`].
    pub async fn select(&self, name: &str) -> Result<(), AuthError> {
        let _held = self.lock().await?;
        self.get(name).await?;
        self.store.put(Kind::Profile, self.selection(), name.as_bytes(), None).await?;
        Ok(())
    }

    /// The name of the selected profile.
    ///
    /// # Errors
    /// [`AuthError::Store`].
    pub async fn selected(&self) -> Result<Option<String>, AuthError> {
        let selected = self.store.get(Kind::Profile, self.selection()).await?;
        Ok(selected.and_then(|name| String::from_utf8(name).ok()))
    }

    /// The profile to use, with its name: the named one, else the selected one, else the operator's, else the only one.
    ///
    /// # Errors
    /// [`AuthError::NoProfile`], [`AuthError::NoProfileYet`], [`AuthError::SeveralProfiles`]; [`AuthError::Profile`] where the operator's is
    /// incomplete; [`AuthError::Store`].
    pub async fn resolve(&self, name: Option<&str>) -> Result<(String, AuthorizationProfile), AuthError> {
        let name = match name {
            Some(name) => Some(name.to_owned()),
            None => self.selected().await?,
        };
        if let Some(name) = name {
            let profile = self.get(&name).await?;
            return Ok((name, profile));
        }
        if let Some(profile) = self.system()? {
            return Ok((Self::SYSTEM.to_owned(), profile));
        }
        let provider = || self.provider.title.clone();
        let variables = || {
            let names = ["CLIENT_ID", "CLIENT_SECRET"].map(|name| self.provider.variable(name));
            format!("`{}` and `{}`", names.join("`, `"), self.provider.variable("CALLBACK_URL"))
        };
        match self.custom().await?.as_slice() {
            [only] => Ok((only.clone(), self.get(only).await?)),
            [] => Err(AuthError::NoProfileYet { provider: provider(), variables: variables() }),
            several => Err(AuthError::SeveralProfiles { provider: provider(), names: several.to_vec() }),
        }
    }

    /// The operator's profile: that of [`with_system`](Self::with_system), or else from the JSON file that the environment variable
    /// `HUBSPOT_PROFILE_FILE` names, or else from `HUBSPOT_CLIENT_ID` and the others of [`AuthorizationProfile::from_env`]. `None`
    /// where none of them is set.
    ///
    /// # Errors
    /// [`AuthError::Profile`] where the file cannot be used, or only some of the variables are set.
    pub fn system(&self) -> Result<Option<AuthorizationProfile>, AuthError> {
        if let Some(profile) = &self.system {
            return Ok(Some(profile.clone()));
        }
        let set =
            |name: &str| std::env::var_os(self.provider.variable(name)).filter(|value| !value.is_empty());
        if let Some(path) = set("PROFILE_FILE") {
            return AuthorizationProfile::from_file(self.provider.clone(), path).map(Some);
        }
        if set("CLIENT_ID").is_none() && set("CLIENT_SECRET").is_none() {
            return Ok(None);
        }
        AuthorizationProfile::from_env_with(self.provider.clone()).map(Some)
    }

    async fn custom(&self) -> Result<Vec<String>, StoreError> {
        let prefix = self.key("");
        let keys = self.store.keys(Kind::Profile).await?;
        Ok(keys.iter().filter_map(|key| key.strip_prefix(&prefix)).map(str::to_owned).collect())
    }

    async fn put(&self, name: &str, profile: &AuthorizationProfile) -> Result<(), AuthError> {
        let json = profile.json_beyond(Some(&self.provider));
        self.store.put(Kind::Profile, &self.key(name), json.expose_secret().as_bytes(), None).await?;
        Ok(())
    }

    async fn lock(&self) -> Result<StoreLock, StoreError> {
        self.store.lock(&self.key("")).await
    }

    fn key(&self, name: &str) -> String {
        format!("{}/{name}", self.provider.connector)
    }

    /// Where the selected profile's name is kept; no profile has this key, since theirs have a slash.
    fn selection(&self) -> &str {
        &self.provider.connector
    }
}

fn check_name(name: &str) -> Result<(), AuthError> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let problem = if name == Profiles::SYSTEM {
        "is the operator's profile, which is set in the environment and not here"
    } else if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) || !name.chars().all(is_word) {
        "must start with a letter or digit and hold only letters, digits, `-`, `_` and `.`"
    } else if name.len() > 64 {
        "must have at most 64 characters"
    } else {
        return Ok(());
    };
    Err(AuthError::Profile(vec![format!("the name `{}` {problem}", name.escape_debug())]))
}

impl std::fmt::Debug for Profiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profiles").field("connector", &self.provider.connector).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::MemoryStore;
    use super::*;

    fn provider() -> Provider {
        let mut provider =
            Provider::new("acme", "https://acme.example/authorize", "https://acme.example/token");
        provider.scopes = vec!["read".to_owned()];
        provider
    }

    fn profile(id: &str) -> AuthorizationProfile {
        AuthorizationProfile::with_provider(provider(), id, "hush", "https://you.example/callback")
    }

    #[tokio::test]
    async fn they_are_created_listed_selected_edited_and_deleted() {
        let profiles = Profiles::new(provider(), MemoryStore::new());
        let error = profiles.resolve(None).await.expect_err("none").to_string();
        assert!(
            error.ends_with("variables `ACME_CLIENT_ID`, `ACME_CLIENT_SECRET` and `ACME_CALLBACK_URL`"),
            "{error}"
        );
        profiles.create("b", &profile("1")).await.expect("created");
        assert_eq!(profiles.resolve(None).await.expect("the only one").0, "b");
        profiles.create("a", &profile("2")).await.expect("created");
        assert!(matches!(profiles.create("a", &profile("3")).await, Err(AuthError::ProfileExists(_))));
        let error = profiles.resolve(None).await.expect_err("two").to_string();
        assert!(error.ends_with("name one of a, b, or select one"), "{error}");
        profiles.select("a").await.expect("selected");
        let names: Vec<_> = profiles.list().await.expect("listed");
        assert_eq!(
            names.iter().map(|one| (&*one.name, one.selected)).collect::<Vec<_>>(),
            [("a", true), ("b", false)]
        );
        profiles.edit("a", &profile("4").token_url("https://other.example/token")).await.expect("edited");
        let edited = profiles.get("a").await.expect("there");
        assert_eq!((edited.client_id(), &*edited.provider().token_url), ("4", "https://other.example/token"));
        profiles.delete("a").await.expect("deleted");
        assert_eq!(profiles.selected().await.expect("read"), None);
        for gone in
            [profiles.delete("a").await, profiles.select("a").await, profiles.edit("a", &profile("5")).await]
        {
            assert!(matches!(gone, Err(AuthError::NoProfile(_))), "{gone:?}");
        }
    }

    #[tokio::test]
    async fn the_operators_is_there_for_all_and_nobody_changes_it() {
        let profiles = Profiles::new(provider(), MemoryStore::new()).with_system(profile("operator"));
        profiles.create("mine", &profile("1")).await.expect("created");
        let listed: Vec<_> = profiles.list().await.expect("listed").into_iter().map(|one| one.name).collect();
        assert_eq!(listed, [Profiles::SYSTEM, "mine"]);
        let (name, found) = profiles.resolve(None).await.expect("the operator's, where none is selected");
        assert_eq!((&*name, found.client_id()), (Profiles::SYSTEM, "operator"));
        profiles.select("mine").await.expect("selected");
        assert_eq!(profiles.resolve(None).await.expect("the selected one").0, "mine");
        profiles.select(Profiles::SYSTEM).await.expect("selected");
        for refused in [
            profiles.create(Profiles::SYSTEM, &profile("2")).await,
            profiles.edit(Profiles::SYSTEM, &profile("2")).await,
            profiles.delete(Profiles::SYSTEM).await,
        ] {
            let text = refused.expect_err("it is the operator's").to_string();
            assert!(text.contains("the name `system` is the operator's profile"), "{text}");
        }
    }

    #[tokio::test]
    async fn a_kept_profile_follows_the_spec_where_it_does_not_differ() {
        let store = MemoryStore::new();
        let kept = profile("1").authorization_url("https://mine.example/authorize");
        Profiles::new(provider(), store.clone()).create("mine", &kept).await.expect("created");
        let mut newer = provider();
        newer.token_url = "https://acme.example/v2/token".to_owned();
        newer.authorization_url = "https://acme.example/v2/authorize".to_owned();
        newer.scopes.push("write".to_owned());
        let found = Profiles::new(newer, store).get("mine").await.expect("there");
        assert_eq!(found.provider().token_url, "https://acme.example/v2/token");
        assert_eq!(found.provider().authorization_url, "https://mine.example/authorize");
        assert_eq!(found.provider().scopes, ["read", "write"]);
    }

    #[test]
    fn names_are_checked() {
        for good in ["mine", "a.b-c_d", "2"] {
            check_name(good).expect(good);
        }
        for bad in ["", "system", "-x", "a b", "a/b", "ä", &"x".repeat(65)] {
            assert!(matches!(check_name(bad), Err(AuthError::Profile(_))), "{bad}");
        }
    }
}
