//! How a value is sealed: ChaCha20-Poly1305 (RFC 8439) over its expiry and its bytes, bound to the place where it is kept.
//!
//! ```text
//! 1 byte   the format's version, 2
//! 8 bytes  the key's id
//! 32 bytes salt, random
//! …        sealed: 8 bytes expiry (Unix milliseconds, little endian; i64::MAX for none), then the value; 16 bytes tag
//! ```
//!
//! Each value has a cipher key of its own, derived from the key and the salt by HKDF-SHA-256 (RFC 5869): a nonce is never used
//! twice, however many values one key seals. The associated data are the header, the kind and the key, so that a value opens in its own row only. An older value of the same
//! row does open: who can write to the database can bring an old state of it back.

use jiff::Timestamp;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use zeroize::Zeroizing;

use super::key::random;
use super::{Key, KeyId, Kind, StoreError, StoreErrorKind};

const VERSION: u8 = 2;
const ID: std::ops::Range<usize> = 1..9;
const SALT: std::ops::Range<usize> = 9..41;
const HEADER: usize = 41;
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
    random(&mut sealed[SALT])?;
    let (cipher, associated) = (cipher(key, &sealed)?, Aad::from(place.associated(&sealed)));
    sealed.reserve_exact(plain.len() + TAG);
    sealed.extend_from_slice(plain);
    // Fails only where a value is larger than the cipher can count: 256 GiB.
    let tag = cipher
        .seal_in_place_separate_tag(nonce(), associated, &mut sealed[HEADER..])
        .map_err(|_| StoreError::new(format!("the {place} is too large to be sealed")))?;
    sealed.extend_from_slice(tag.as_ref());
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
            "the {place} is not sealed, or by another version of typed-connector (format {version})"
        ))),
        _ => Err(damaged(&format!("the {place} is truncated: {} bytes are too few", sealed.len()))),
    }
}

pub(super) fn open(key: &Key, place: Place<'_>, sealed: &[u8]) -> Result<Opened, StoreError> {
    key_id(sealed, place)?;
    let (cipher, associated) = (cipher(key, sealed)?, Aad::from(place.associated(&sealed[..HEADER])));
    let mut plain = Zeroizing::new(sealed[HEADER..].to_vec());
    cipher.open_in_place(nonce(), associated, &mut plain).map_err(|_| {
        damaged(&format!("the {place} cannot be opened: it was damaged, forged, or belongs in another place"))
    })?;
    plain.truncate(sealed.len() - HEADER - TAG);
    Ok(Opened { plain })
}

/// The cipher of one sealed value, whose header has the salt.
fn cipher(key: &Key, sealed: &[u8]) -> Result<LessSafeKey, StoreError> {
    let derived = Salt::new(HKDF_SHA256, &sealed[SALT]).extract(key.bytes());
    let info: [&[u8]; 1] = [b"typed-connector seal"];
    let key = derived.expand(&info, &CHACHA20_POLY1305).map(UnboundKey::from);
    // Only a length that HKDF cannot give is an error (RFC 5869 §2.3), and 32 bytes are none.
    key.map(LessSafeKey::new).map_err(|_| StoreError::new("no key can be derived"))
}

/// The same for all, since no two values share a cipher key.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
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
