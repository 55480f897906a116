//! Idempotency keys: one for each call, the same with each of its attempts.

use http::{HeaderName, HeaderValue};

use super::CallOptions;
use crate::error::Error;
use crate::meta::ActionMeta;

/// The key of a call.
pub(super) struct Key {
    pub(super) header: HeaderName,
    pub(super) value: HeaderValue,
    pub(super) text: String,
}

/// The one that was given, or a new one; `None` where the action takes none.
pub(super) fn key(action: &ActionMeta, options: &CallOptions) -> Result<Option<Key>, Error> {
    let given = options.idempotency_key.as_deref();
    let wrong = |why: &str| Error::Configuration(format!("{}: {why}", action.name));
    let Some(name) = action.idempotency_key else {
        return match given {
            Some(_) => {
                Err(wrong("it takes no idempotency key, so that none would keep it from being done twice"))
            }
            None => Ok(None),
        };
    };
    let header =
        HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong(&format!("`{name}` is no header name")))?;
    if options.headers.contains_key(&header) {
        return Err(wrong(
            "the idempotency key is given with `CallOptions::idempotency_key`, not as a header",
        ));
    }
    let text = match given {
        Some("") => return Err(wrong("the idempotency key is empty")),
        Some(given) => given.to_owned(),
        None => random().map_err(|error| wrong(&format!("no random numbers: {error}")))?,
    };
    let value = HeaderValue::try_from(text.as_str())
        .map_err(|_| wrong("the idempotency key holds a character that no header can carry"))?;
    Ok(Some(Key { header, value, text }))
}

/// A UUID of version 4 (RFC 9562 §5.4): 122 random bits.
fn random() -> Result<String, getrandom::Error> {
    let (high, low) = (getrandom::u64()?, getrandom::u64()?);
    let high = high & !0xf000 | 0x4000;
    let low = low & !(0b11 << 62) | 0b10 << 62;
    Ok(format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_keys_are_uuids_and_differ() {
        let (one, other) = (random().unwrap(), random().unwrap());
        assert_ne!(one, other);
        for key in [one, other] {
            let lengths: Vec<_> = key.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{key}");
            assert!(key.as_bytes()[14] == b'4' && b"89ab".contains(&key.as_bytes()[19]), "{key}");
        }
    }
}
