//! A store that seals every value before an inner store sees it.

use std::sync::Arc;

use jiff::Timestamp;

use super::seal::{self, Place};
use super::{Keyring, Kind, Store, StoreError, StoreFuture, StoreLock};

/// Seals every value with ChaCha20-Poly1305, under a key of its own, before the store inside sees it, and opens it again on the way out.
///
/// A value is bound to its kind and key: swapped rows are errors, as are forged or truncated ones. Kinds, keys, expiries and the
/// number and length of values stay visible. An attacker who can write to the store inside can bring back an older value of the same
/// key, which no seal can detect.
///
/// `SqliteStore` and `PostgresStore` are sealed already; this is for stores of one's own.
#[derive(Clone)]
pub struct Vault<S> {
    inner: Arc<S>,
    keyring: Keyring,
}

/// What [`Vault::rotate`] has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "it tells whether the older keys can be dropped"]
#[non_exhaustive]
pub struct Rotation {
    /// How many values were sealed with an older key, and are sealed with the primary one now.
    pub resealed: usize,
    /// How many were sealed with the primary key already.
    pub current: usize,
    /// What could not be opened, and why; it is left as it is.
    pub unreadable: Vec<String>,
}

impl<S: Store> Vault<S> {
    /// Seals what this store keeps.
    pub fn new(inner: S, keyring: impl Into<Keyring>) -> Self {
        Self { inner: Arc::new(inner), keyring: keyring.into() }
    }

    /// The store inside.
    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub(super) fn inner(&self) -> &S {
        &self.inner
    }

    /// The keys.
    pub const fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// Seals everything with the primary key that is sealed with an older one.
    ///
    /// Others can use the store meanwhile: a value is replaced only if it is still the one that was read. It can be stopped at any
    /// time and started again. The older keys can be dropped when all who use the store have the new primary key, and a rotation
    /// after that answers that nothing was left: neither `resealed` nor `unreadable`.
    ///
    /// # Errors
    /// Those of the store inside.
    pub async fn rotate(&self) -> Result<Rotation, StoreError> {
        let mut rotation = Rotation::default();
        for kind in Kind::ALL {
            for key in self.inner.keys(kind).await? {
                self.rotate_one(Place { kind, key: &key }, &mut rotation).await?;
            }
        }
        Ok(rotation)
    }

    async fn rotate_one(&self, place: Place<'_>, rotation: &mut Rotation) -> Result<(), StoreError> {
        while let Some(sealed) = self.inner.get(place.kind, place.key).await? {
            let primary = self.keyring.primary();
            if seal::key_id(&sealed, place).is_ok_and(|id| id == primary.id()) {
                rotation.current += 1;
                return Ok(());
            }
            let opened = match self.keyring.open(place, &sealed) {
                Ok(opened) => opened,
                Err(error) => {
                    rotation.unreadable.push(error.to_string());
                    return Ok(());
                }
            };
            let resealed = opened.reseal(&primary, place)?;
            if self.inner.replace(place.kind, place.key, &sealed, &resealed).await? {
                rotation.resealed += 1;
                return Ok(());
            }
            // Somebody wrote it meanwhile, perhaps with an old key: look again.
        }
        Ok(())
    }

    fn open(&self, place: Place<'_>, sealed: Option<Vec<u8>>) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(sealed) = sealed else { return Ok(None) };
        let opened = self.keyring.open(place, &sealed)?;
        // The store inside looks at the expiry too; this one cannot be forged.
        Ok((!opened.is_expired()).then(|| opened.value().to_vec()))
    }
}

impl<S: Store> Store for Vault<S> {
    fn get<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move { self.open(Place { kind, key }, self.inner.get(kind, key).await?) })
    }

    fn put<'a>(
        &'a self,
        kind: Kind,
        key: &'a str,
        value: &'a [u8],
        expires_at: Option<Timestamp>,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let sealed = seal::seal(&self.keyring.primary(), Place { kind, key }, value, expires_at)?;
            self.inner.put(kind, key, &sealed, expires_at).await
        })
    }

    fn take<'a>(&'a self, kind: Kind, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move { self.open(Place { kind, key }, self.inner.take(kind, key).await?) })
    }

    fn replace<'a>(
        &'a self,
        kind: Kind,
        key: &'a str,
        old: &'a [u8],
        new: &'a [u8],
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let place = Place { kind, key };
            while let Some(sealed) = self.inner.get(kind, key).await? {
                let opened = self.keyring.open(place, &sealed)?;
                if opened.is_expired() || opened.value() != old {
                    return Ok(false);
                }
                let resealed = opened.with_value(new).reseal(&self.keyring.primary(), place)?;
                if self.inner.replace(kind, key, &sealed, &resealed).await? {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    fn keys(&self, kind: Kind) -> StoreFuture<'_, Vec<String>> {
        self.inner.keys(kind)
    }

    fn lock<'a>(&'a self, name: &'a str) -> StoreFuture<'a, StoreLock> {
        self.inner.lock(name)
    }
}

impl<S: std::fmt::Debug> std::fmt::Debug for Vault<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("inner", &self.inner).field("keyring", &self.keyring).finish()
    }
}
