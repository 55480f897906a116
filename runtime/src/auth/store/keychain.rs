//! Keys in the operating system's keychain.

use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use super::keyring::{parse, within};
use super::{Key, Keyring, StoreError, StoreErrorKind};

impl Keyring {
    /// The keys in the operating system's keychain, under these two names; needs the feature `keychain`.
    ///
    /// | system | keychain |
    /// | --- | --- |
    /// | macOS | the login keychain |
    /// | Windows | the Credential Manager |
    /// | Linux and other Unix systems | the Secret Service of the desktop session (GNOME Keyring, `KWallet`, `KeePassXC`), over D-Bus |
    ///
    /// A server or a container has no Secret Service: this is an error there, and a file or an environment variable the place for the
    /// key. It never falls back by itself, since a store that is sealed with one key cannot be opened with another. The Linux
    /// kernel's own keys (`keyctl`) are not used: they are gone when the machine starts again, and the store with them.
    ///
    /// This blocks, for as long as the system asks the person to unlock the keychain. The keyring does not follow later changes.
    ///
    /// # Errors
    /// Where there is no keychain, it is locked, or it holds no keys under these names.
    pub fn from_keychain(service: &str, user: &str) -> Result<Self, StoreError> {
        load(&*keychain()?, service, user)?.ok_or_else(|| {
            let text = format!("the keychain holds no key for `{service}`, `{user}`");
            StoreError::new(text).with_kind(StoreErrorKind::Configuration)
        })
    }

    /// The same; where there is none, a random key is put there first. A keychain cannot tell that two processes do so at once:
    /// make the key before others start.
    ///
    /// # Errors
    /// Where there is no keychain, it is locked, or it holds something else under these names.
    pub fn from_keychain_or_create(service: &str, user: &str) -> Result<Self, StoreError> {
        load_or_create(&*keychain()?, service, user)
    }

    /// Puts a new random key in front of those in the keychain; they only open from now on. The first step of a rotation: the next
    /// is to restart every program that uses them.
    ///
    /// # Errors
    /// Those of [`from_keychain`](Self::from_keychain), or where the keychain cannot be written.
    pub fn renew_keychain(service: &str, user: &str) -> Result<Self, StoreError> {
        let mut keys = Self::from_keychain(service, user)?.keys().to_vec();
        keys.insert(0, Key::generate()?);
        save(&*keychain()?, service, user, &keys)
    }

    /// Removes all keys but the primary one from the keychain. The last step of a rotation: what is still sealed with an older key is
    /// lost.
    ///
    /// # Errors
    /// Those of [`from_keychain`](Self::from_keychain), or where the keychain cannot be written.
    pub fn prune_keychain(service: &str, user: &str) -> Result<Self, StoreError> {
        let mut keys = Self::from_keychain(service, user)?.keys().to_vec();
        keys.truncate(1);
        save(&*keychain()?, service, user, &keys)
    }
}

/// This system's keychain, without the crate's process-wide default.
fn keychain() -> Result<std::sync::Arc<CredentialStore>, StoreError> {
    #[cfg(target_os = "macos")]
    let store = apple_native_keyring_store::keychain::Store::new();
    #[cfg(windows)]
    let store = windows_native_keyring_store::Store::new();
    #[cfg(all(unix, not(target_os = "macos")))]
    let store = dbus_secret_service_keyring_store::Store::new();
    Ok(store.map_err(failed)?)
}

fn entry(store: &CredentialStore, service: &str, user: &str) -> Result<Entry, StoreError> {
    store.build(service, user, None).map_err(failed)
}

fn load(store: &CredentialStore, service: &str, user: &str) -> Result<Option<Keyring>, StoreError> {
    let text = match entry(store, service, user)?.get_password() {
        Ok(text) => Zeroizing::new(text),
        Err(Error::NoEntry) => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let keys = parse(&text).map_err(|error| within(&format!("keychain `{service}`, `{user}`"), &error))?;
    Ok(Some(Keyring::of(keys, None)))
}

fn load_or_create(store: &CredentialStore, service: &str, user: &str) -> Result<Keyring, StoreError> {
    match load(store, service, user)? {
        Some(keyring) => Ok(keyring),
        None => save(store, service, user, &[Key::generate()?]),
    }
}

fn save(store: &CredentialStore, service: &str, user: &str, keys: &[Key]) -> Result<Keyring, StoreError> {
    let mut text = Zeroizing::new(String::with_capacity(64 * keys.len()));
    for key in keys {
        text.push_str(&key.expose());
        text.push('\n');
    }
    entry(store, service, user)?.set_password(&text).map_err(failed)?;
    // What counts is what is there: another process may have been at it too.
    load(store, service, user)?.ok_or_else(|| StoreError::new("the keychain did not keep the key"))
}

/// Some of the crate's errors hold what was read: their text is taken, not they themselves.
#[allow(clippy::needless_pass_by_value)] // for `map_err`
fn failed(error: Error) -> StoreError {
    let (kind, text) = match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            let text = "what the keychain holds under these names is no text";
            return StoreError::new(text).with_kind(StoreErrorKind::Configuration);
        }
        Error::NoStorageAccess(_) => {
            (StoreErrorKind::Unavailable, "the keychain is locked, or cannot be used now")
        }
        Error::PlatformFailure(_) => (
            StoreErrorKind::Configuration,
            "there is no keychain that works here; keep the key in a file or in an environment variable",
        ),
        _ => (StoreErrorKind::Other, "the keychain failed"),
    };
    StoreError::with_source(text, error.to_string()).with_kind(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_found_again() {
        let store = keyring_core::mock::Store::new().expect("a keychain");
        let store: &CredentialStore = &*store;
        assert!(load(store, "typed-connector", "test").expect("read").is_none());
        let made = load_or_create(store, "typed-connector", "test").expect("made");
        let found = load_or_create(store, "typed-connector", "test").expect("found");
        assert_eq!(made.ids(), found.ids());
        let mut keys = found.keys().to_vec();
        keys.insert(0, Key::generate().expect("randomness"));
        let renewed = save(store, "typed-connector", "test", &keys).expect("saved");
        assert_eq!(renewed.ids()[1], made.primary_id());
    }

    #[test]
    fn what_is_there_and_no_key_is_told_without_showing_it() {
        let store = keyring_core::mock::Store::new().expect("a keychain");
        let store: &CredentialStore = &*store;
        store.build("typed-connector", "test", None).expect("an entry").set_password("hunter2").expect("set");
        let error = load(store, "typed-connector", "test").expect_err("no key");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        store.build("typed-connector", "test", None).expect("an entry").set_secret(&[255; 9]).expect("set");
        let error = load(store, "typed-connector", "test").expect_err("no text");
        assert!(!format!("{error} {error:?}").contains("255"), "{error:?}");
    }
}
