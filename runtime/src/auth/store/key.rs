//! Keys that seal what a store keeps.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::{Zeroize, Zeroizing};

use super::{StoreError, StoreErrorKind};
use crate::hash::sha256;

/// How long a key is, in bytes.
pub(super) const KEY_LENGTH: usize = 32;

/// A key of 32 bytes. Wiped from memory when dropped, never shown by `Debug`.
#[derive(Clone)]
pub struct Key {
    /// In a place of its own, so that moving the key leaves no copy behind.
    secret: Box<Zeroizing<[u8; KEY_LENGTH]>>,
    id: KeyId,
}

/// What a key is called: the first eight bytes of a hash of it, written as 16 hexadecimal digits. No secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub(super) [u8; 8]);

impl Key {
    /// A new random key.
    ///
    /// # Errors
    /// Where the operating system has no randomness to give.
    pub fn generate() -> Result<Self, StoreError> {
        let mut bytes = Zeroizing::new([0; KEY_LENGTH]);
        random(&mut *bytes)?;
        Ok(Self::from_bytes(&bytes))
    }

    /// A key of these bytes, which must be random: a password is none, nor is its hash.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; KEY_LENGTH]) -> Self {
        let mut secret = Box::new(Zeroizing::new([0; KEY_LENGTH]));
        secret.copy_from_slice(bytes);
        let hash = sha256(&[b"typed-connector key id\0", bytes]);
        let mut id = [0; 8];
        id.copy_from_slice(&hash[..8]);
        Self { secret, id: KeyId(id) }
    }

    /// A key from its text: Base64 of either alphabet, with or without padding, or 64 hexadecimal digits.
    ///
    /// # Errors
    /// Where the text is no key; the error does not repeat it.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let text = text.trim();
        let decoded = Zeroizing::new(match hexadecimal(text) {
            Some(bytes) => bytes,
            None => {
                let unpadded = text.trim_end_matches('=');
                let decoded = URL_SAFE_NO_PAD.decode(unpadded).or_else(|_| STANDARD_NO_PAD.decode(unpadded));
                decoded.map_err(|_| invalid("neither Base64 nor hexadecimal"))?
            }
        });
        match <&[u8; KEY_LENGTH]>::try_from(decoded.as_slice()) {
            Ok(bytes) => Ok(Self::from_bytes(bytes)),
            Err(_) => Err(invalid(&format!("{} bytes long", decoded.len()))),
        }
    }

    /// What it is called.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The secret itself as Base64, to keep it somewhere safe; the text is wiped from memory when dropped.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.bytes()))
    }

    pub(super) fn bytes(&self) -> &[u8; KEY_LENGTH] {
        &self.secret
    }
}

fn invalid(what: &str) -> StoreError {
    let text = format!("a key is 32 random bytes as Base64 or hexadecimal; this text is {what}");
    StoreError::new(text).with_kind(StoreErrorKind::Configuration)
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    if text.len() != 2 * KEY_LENGTH {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = Vec::with_capacity(KEY_LENGTH);
    for pair in text.as_bytes().chunks_exact(2) {
        match (digit(pair[0]), digit(pair[1])) {
            (Some(high), Some(low)) => bytes.push(high << 4 | low),
            _ => {
                bytes.zeroize();
                return None;
            }
        }
    }
    Some(bytes)
}

pub(super) fn random(bytes: &mut [u8]) -> Result<(), StoreError> {
    getrandom::fill(bytes)
        .map_err(|error| StoreError::with_source("the operating system has no randomness to give", error))
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({}, …)", self.id)
    }
}

impl std::fmt::Display for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_way_to_write_a_key() {
        let key = Key::generate().expect("randomness");
        let hex = key.bytes().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02X}"));
        let texts = [
            key.expose().to_string(),
            key.expose().trim_end_matches('=').to_owned(),
            URL_SAFE_NO_PAD.encode(key.bytes()),
            hex.to_lowercase(),
            format!(" {hex}\n"),
        ];
        for text in texts {
            assert_eq!(Key::parse(&text).expect("a key").bytes(), key.bytes());
        }
    }

    #[test]
    fn what_is_no_key_is_told_without_repeating_it() {
        for text in ["", "hunter2", "aHVudGVyMg==", &"zz".repeat(32), &"ab".repeat(31)] {
            let error = Key::parse(text).expect_err("no key").to_string();
            assert!(error.contains("32 random bytes"), "{error}");
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
    }

    #[test]
    fn debug_shows_the_id_only() {
        let key = Key::generate().expect("randomness");
        assert_eq!(format!("{key:?}"), format!("Key({}, …)", key.id()));
        assert_eq!(key.id().to_string().len(), 16);
    }
}
