//! One key that seals, and older ones that only open.

use std::sync::{Arc, PoisonError, RwLock};

use zeroize::Zeroizing;

use super::key_file::KeyFile;
use super::seal::{self, Opened, Place};
use super::{Key, KeyId, StoreError, StoreErrorKind};

/// The environment variable that holds the keys, unless one says otherwise.
pub(super) const VARIABLE: &str = "TYPED_CONNECTOR_KEY";

/// The keys of a sealed store: the *primary* one, with which values are sealed, and any number of older ones, which only open.
///
/// Where it comes from a file, it follows the file: a running program takes up a new key without a restart.
///
/// Cheap to clone; its clones share the keys. `Debug` shows their ids only.
#[derive(Clone)]
pub struct Keyring(Arc<Inner>);

struct Inner {
    /// The primary key first; there is always one.
    keys: RwLock<Arc<[Key]>>,
    file: Option<KeyFile>,
}

impl Keyring {
    /// A keyring of one key.
    #[must_use]
    pub fn new(primary: Key) -> Self {
        Self::of(vec![primary], None)
    }

    /// The same with one more key that only opens. It no longer follows a file.
    #[must_use]
    pub fn with_older(self, older: Key) -> Self {
        let mut keys = self.keys().to_vec();
        keys.push(older);
        Self::of(keys, None)
    }

    /// The keys in an environment variable: the primary one, then older ones, separated by commas or blanks; see [`Key::parse`]
    /// for how each is written.
    ///
    /// # Errors
    /// Where the variable is not set, or holds something else.
    pub fn from_env(variable: &str) -> Result<Self, StoreError> {
        let text = std::env::var(variable).map(Zeroizing::new).map_err(|error| {
            let error = StoreError::with_source(
                format!("the environment variable `{variable}` must hold the store's key"),
                error_without_value(&error),
            );
            error.with_kind(StoreErrorKind::Configuration)
        })?;
        let keys =
            parse(&text).map_err(|error| within(&format!("environment variable `{variable}`"), &error))?;
        Ok(Self::of(keys, None))
    }

    /// The keys in the environment variable `TYPED_CONNECTOR_KEY`, or else in this file, which is made with a random key where it is
    /// missing: what a program wants that may run on a developer's machine or in a container.
    ///
    /// # Errors
    /// Those of [`from_env`](Self::from_env) and [`from_file_or_create`](Self::from_file_or_create).
    pub fn from_env_or_file(path: impl Into<std::path::PathBuf>) -> Result<Self, StoreError> {
        if std::env::var_os(VARIABLE).is_some() {
            Self::from_env(VARIABLE)
        } else {
            Self::from_file_or_create(path)
        }
    }

    /// The id of the primary key.
    #[must_use]
    pub fn primary_id(&self) -> KeyId {
        self.keys()[0].id()
    }

    /// The ids of all keys, the primary one first.
    #[must_use]
    pub fn ids(&self) -> Vec<KeyId> {
        self.keys().iter().map(Key::id).collect()
    }

    pub(super) fn of(keys: Vec<Key>, file: Option<KeyFile>) -> Self {
        debug_assert!(!keys.is_empty());
        Self(Arc::new(Inner { keys: RwLock::new(keys.into()), file }))
    }

    /// The keys as they were last read, the primary one first.
    pub(super) fn keys(&self) -> Arc<[Key]> {
        Arc::clone(&self.0.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The primary key, after a look whether the file has changed.
    pub(super) fn primary(&self) -> Key {
        if let Some(file) = &self.0.file
            && file.has_changed()
        {
            self.reload(file);
        }
        self.keys()[0].clone()
    }

    fn reload(&self, file: &KeyFile) {
        match file.read() {
            Ok(keys) => {
                *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = keys.into();
            }
            // Somebody is at it, or took it away: what is in memory still opens and seals.
            Err(error) => tracing::warn!(%error, "the key file cannot be read again; its last keys are used"),
        }
    }

    fn find(&self, id: KeyId) -> Option<Key> {
        let held = |keys: &[Key]| keys.iter().find(|key| key.id() == id).cloned();
        held(&self.keys()).or_else(|| {
            // Another process may have made a new key since.
            self.reload(self.0.file.as_ref()?);
            held(&self.keys())
        })
    }

    pub(super) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Opened, StoreError> {
        let id = seal::key_id(sealed, place)?;
        let key = self.find(id).ok_or_else(|| self.unknown(id, &format!("the {place}")))?;
        seal::open(&key, place, sealed)
    }

    /// Finds out at the start, and not at the first call, that a store was sealed with quite other keys.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(super) fn check<'a>(&self, sample: impl IntoIterator<Item = &'a [u8]>) -> Result<(), StoreError> {
        let place = Place { kind: super::Kind::Connection, key: "" };
        let mut missing = None;
        for sealed in sample {
            match seal::key_id(sealed, place) {
                Ok(id) if self.find(id).is_some() => return Ok(()),
                Ok(id) => missing = Some(id),
                Err(_) => {} // reading it will tell
            }
        }
        missing.map_or(Ok(()), |id| Err(self.unknown(id, "the store")))
    }

    fn unknown(&self, id: KeyId, what: &str) -> StoreError {
        let held: Vec<_> = self.ids().iter().map(ToString::to_string).collect();
        let text = format!(
            "{what} is sealed with the key {id}, which the keyring does not hold; it holds {}",
            held.join(", ")
        );
        StoreError::new(text).with_kind(StoreErrorKind::UnknownKey)
    }
}

impl From<Key> for Keyring {
    fn from(primary: Key) -> Self {
        Self::new(primary)
    }
}

/// The keys in a text: separated by commas, blanks or lines; what follows a `#` on its line is a comment.
pub(super) fn parse(text: &str) -> Result<Vec<Key>, StoreError> {
    let words = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default())
        .flat_map(|line| line.split(|c: char| c == ',' || c.is_whitespace()))
        .filter(|word| !word.is_empty());
    let keys = words.map(Key::parse).collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() {
        return Err(StoreError::new("it holds no key").with_kind(StoreErrorKind::Configuration));
    }
    Ok(keys)
}

/// An error with the place where it was found.
pub(super) fn within(place: &str, error: &StoreError) -> StoreError {
    StoreError::new(format!("{place}: {error}")).with_kind(error.kind())
}

/// The error of a variable that is not Unicode repeats its value.
fn error_without_value(error: &std::env::VarError) -> &'static str {
    match error {
        std::env::VarError::NotPresent => "it is not set",
        std::env::VarError::NotUnicode(_) => "it is not Unicode",
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_several_keys_the_first_is_primary() {
        let [a, b] = [Key::generate().unwrap(), Key::generate().unwrap()];
        let text = format!("# made by hand\n{} # of May\n\n{},\n", *a.expose(), *b.expose());
        let ids: Vec<_> = parse(&text).expect("keys").iter().map(Key::id).collect();
        assert_eq!(ids, [a.id(), b.id()]);
        assert!(parse("# nothing\n").expect_err("none").to_string().contains("no key"));
    }

    #[test]
    fn an_unset_variable_is_named() {
        let error = Keyring::from_env("TYPED_CONNECTOR_NO_SUCH_KEY").expect_err("not set");
        assert!(error.to_string().contains("TYPED_CONNECTOR_NO_SUCH_KEY"), "{error}");
    }
}
