//! How a value is sealed: XChaCha20-Poly1305 over its expiry and its bytes, bound to the place where it is kept.
//!
//! ```text
//! 1 byte   the format's version, 1
//! 8 bytes  the key's id
//! 24 bytes the nonce, random
//! …        sealed: 8 bytes expiry (Unix milliseconds, little endian; i64::MAX for none), then the value; 16 bytes tag
//! ```
//!
//! The associated data are the header, the kind and the key, so that a value opens in its own row only. An older value of the same
//! row does open: who can write to the database can bring an old state of it back.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::key::random;
use super::{Key, KeyId, Kind, StoreError, StoreErrorKind};

const VERSION: u8 = 1;
const ID: std::ops::Range<usize> = 1..9;
const NONCE: std::ops::Range<usize> = 9..33;
const HEADER: usize = 33;
const TAG: usize = 16;
const EXPIRY: usize = 8;

/// What was sealed.
pub(super) struct Opened {
    plain: Zeroizing<Vec<u8>>,
}

impl Opened {
    pub(super) fn value(&self) -> &[u8] {
        &self.plain[EXPIRY..]
    }

    /// The expiry in Unix milliseconds.
    fn expiry(&self) -> i64 {
        let mut bytes = [0; EXPIRY];
        bytes.copy_from_slice(&self.plain[..EXPIRY]);
        i64::from_le_bytes(bytes)
    }

    pub(super) fn is_expired(&self) -> bool {
        self.expiry() <= Timestamp::now().as_millisecond()
    }

    /// The same, sealed with another key, or sealed again.
    pub(super) fn reseal(&self, key: &Key, place: Place<'_>) -> Result<Vec<u8>, StoreError> {
        seal_bytes(key, place, &self.plain)
    }

    /// Another value with the same expiry.
    pub(super) fn with_value(&self, value: &[u8]) -> Self {
        Self { plain: plain(self.expiry(), value) }
    }
}

/// Where a value is kept.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) kind: Kind,
    pub(super) key: &'a str,
}

impl Place<'_> {
    fn associated(self, header: &[u8]) -> Vec<u8> {
        let kind = self.kind.name();
        let mut data = header.to_vec();
        data.extend_from_slice(&(kind.len() as u64).to_le_bytes());
        data.extend_from_slice(kind.as_bytes());
        data.extend_from_slice(self.key.as_bytes());
        data
    }
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} `{}`", self.kind.name(), self.key)
    }
}

pub(super) fn seal(
    key: &Key,
    place: Place<'_>,
    value: &[u8],
    expires_at: Option<Timestamp>,
) -> Result<Vec<u8>, StoreError> {
    seal_bytes(key, place, &plain(expires_at.map_or(i64::MAX, Timestamp::as_millisecond), value))
}

fn plain(expiry: i64, value: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(EXPIRY + value.len()));
    plain.extend_from_slice(&expiry.to_le_bytes());
    plain.extend_from_slice(value);
    plain
}

fn seal_bytes(key: &Key, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut sealed = vec![0; HEADER];
    sealed[0] = VERSION;
    sealed[ID].copy_from_slice(&key.id().0);
    random(&mut sealed[NONCE])?;
    let payload = Payload { msg: plain, aad: &place.associated(&sealed) };
    // Fails only where a value is larger than the cipher can count: 256 GiB.
    let body = cipher(key)
        .encrypt(&nonce(&sealed), payload)
        .map_err(|_| StoreError::new(format!("the {place} is too large to be sealed")))?;
    sealed.extend_from_slice(&body);
    Ok(sealed)
}

/// The id of the key that a value was sealed with.
pub(super) fn key_id(sealed: &[u8], place: Place<'_>) -> Result<KeyId, StoreError> {
    match sealed.first() {
        Some(&VERSION) if sealed.len() >= HEADER + EXPIRY + TAG => {
            let mut id = [0; 8];
            id.copy_from_slice(&sealed[ID]);
            Ok(KeyId(id))
        }
        Some(&version) if version != VERSION => Err(damaged(&format!(
            "the {place} is not sealed, or by a newer version of typed-connector (format {version})"
        ))),
        _ => Err(damaged(&format!("the {place} is truncated: {} bytes are too few", sealed.len()))),
    }
}

pub(super) fn open(key: &Key, place: Place<'_>, sealed: &[u8]) -> Result<Opened, StoreError> {
    key_id(sealed, place)?;
    let payload = Payload { msg: &sealed[HEADER..], aad: &place.associated(&sealed[..HEADER]) };
    let plain = cipher(key).decrypt(&nonce(sealed), payload).map_err(|_| {
        damaged(&format!("the {place} cannot be opened: it was damaged, forged, or belongs in another place"))
    })?;
    Ok(Opened { plain: Zeroizing::new(plain) })
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}

fn nonce(sealed: &[u8]) -> XNonce {
    let mut nonce = XNonce::default();
    nonce.copy_from_slice(&sealed[NONCE]);
    nonce
}

fn damaged(text: &str) -> StoreError {
    StoreError::new(text).with_kind(StoreErrorKind::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place<'_> = Place { kind: Kind::Connection, key: "hubspot/app/user-1" };

    fn key() -> Key {
        Key::generate().expect("randomness")
    }

    #[test]
    fn opens_what_it_sealed_with_any_bytes() {
        let key = key();
        for value in [&b""[..], b"x", &[0; 1000], &vec![255; 70_000]] {
            let sealed = seal(&key, HERE, value, None).expect("sealed");
            assert_eq!(sealed.len(), HEADER + EXPIRY + value.len() + TAG);
            let opened = open(&key, HERE, &sealed).expect("opened");
            assert_eq!(opened.value(), value);
            assert!(!opened.is_expired());
        }
    }

    #[test]
    fn never_seals_the_same_twice() {
        let key = key();
        assert_ne!(seal(&key, HERE, b"x", None).unwrap(), seal(&key, HERE, b"x", None).unwrap());
    }

    #[test]
    fn every_changed_or_missing_bit_is_an_error() {
        let key = key();
        let sealed = seal(&key, HERE, b"secret", Some(Timestamp::now())).expect("sealed");
        for at in 0..sealed.len() {
            for bit in 0..8 {
                let mut forged = sealed.clone();
                forged[at] ^= 1 << bit;
                assert!(open(&key, HERE, &forged).is_err(), "byte {at}, bit {bit}");
            }
            assert!(open(&key, HERE, &sealed[..at]).is_err(), "cut at {at}");
        }
        let longer = [&sealed[..], b"x"].concat();
        assert!(open(&key, HERE, &longer).is_err());
    }

    #[test]
    fn opens_in_its_own_place_with_its_own_key_only() {
        let key = key();
        let sealed = seal(&key, HERE, b"secret", None).expect("sealed");
        assert!(open(&key, Place { kind: Kind::Pending, ..HERE }, &sealed).is_err());
        assert!(open(&key, Place { key: "hubspot/app/user-2", ..HERE }, &sealed).is_err());
        assert!(open(&self::key(), HERE, &sealed).is_err());
    }
}
