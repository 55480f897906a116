//! Secrets in what others say: the text of an error may repeat a token, be it one that nobody here has sent.
//!
//! What is taken for a secret, and shown as `…`:
//!
//! | what | where |
//! | --- | --- |
//! | what the request itself held as a secret | everywhere |
//! | what follows `Bearer` or `Basic`: 8 characters or more of RFC 6750 §2.1's `b64token`, a digit among them | everywhere |
//! | a signed token (RFC 7519): three parts with dots between, the first of which begins with `eyJ` | everywhere |
//! | the kinds of [`KINDS`], by how they begin, also in an address | everywhere |
//! | any other 20 characters or more of that kind that look random: three digits, or one beside capitals and small letters; not a UUID, and not the address of a page | what the endpoints of OAuth say |
//!
//! What an API says of a call keeps the last kind: ids of records look so, and an error is of little use without them.

use std::borrow::Cow;

/// How keys and tokens of known kinds begin.
const KINDS: &[&str] = &[
    "pat-na1-",
    "pat-na2-",
    "pat-eu1-",
    "pat-ap1-",
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "rk_test_",
    "whsec_",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xoxe.",
    "shpat_",
    "shpss_",
    "SG.",
    "ya29.",
    "1//",
    "AIza",
    "npm_",
    "sk-ant-",
    "sk-proj-",
    "dop_v1_",
];

/// Least length of what follows such a beginning.
const MIN_REST: usize = 16;

/// Least length of what follows the name of a scheme, and of a token of ours.
pub(crate) const MIN_CREDENTIALS: usize = 8;

/// Least length of what looks random.
const MIN_RANDOM: usize = 20;

/// Who has said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// An API, of a call.
    ByApi,
    /// An endpoint of OAuth, where little but tokens is random.
    ByProvider,
}

/// The text with `…` in place of these secrets.
pub(crate) fn without<'t>(text: &'t str, secrets: &[&str]) -> Cow<'t, str> {
    let mut text = Cow::Borrowed(text);
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        if text.contains(secret) {
            text = Cow::Owned(text.replace(secret, "…"));
        }
    }
    text
}

/// The text with `…` in place of what looks like a secret.
pub(crate) fn redacted(text: &str, said: Said) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut after_scheme = false;
    while let Some(start) = rest.find(is_token) {
        let (between, from) = rest.split_at(start);
        out.push_str(between);
        let word = &from[..from.find(|c| !is_token(c)).unwrap_or(from.len())];
        // A full stop ends a sentence, and no token.
        let bare = word.trim_end_matches('.');
        let follows = after_scheme && between.chars().all(|c| matches!(c, ' ' | ':' | '"' | '\''));
        match secret_in(bare, said, follows) {
            Some(at) => {
                out.push_str(&bare[..at]);
                out.push('…');
                out.push_str(&word[bare.len()..]);
            }
            None => out.push_str(word),
        }
        after_scheme = ["bearer", "basic"].iter().any(|scheme| bare.eq_ignore_ascii_case(scheme));
        rest = &from[word.len()..];
    }
    out + rest
}

/// A character of `b64token`.
fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~+/=".contains(c)
}

/// Where in a word a secret begins.
fn secret_in(word: &str, said: Said, after_scheme: bool) -> Option<usize> {
    if after_scheme && word.len() >= MIN_CREDENTIALS && word.bytes().any(|byte| byte.is_ascii_digit()) {
        return Some(0);
    }
    // In an address, and in what a person writes as `token=…`, it stands behind a sign.
    let behind = word.match_indices(['/', '=']).map(|(at, _)| at + 1);
    let known = std::iter::once(0).chain(behind).find(|at| is_signed(&word[*at..]) || is_known(&word[*at..]));
    known.or_else(|| {
        let word = word.trim_end_matches('=');
        let last = word.rfind('=').map_or(0, |at| at + 1);
        (said == Said::ByProvider && is_random(&word[last..])).then_some(last)
    })
}

/// Whether a text begins with a signed token.
fn is_signed(text: &str) -> bool {
    let is_its = |token: &str| token.len() > 30 && token.split('.').count() == 3;
    text.starts_with("eyJ") && text.split(['/', '=']).next().is_some_and(is_its)
}

fn is_known(text: &str) -> bool {
    KINDS.iter().any(|kind| text.strip_prefix(kind).is_some_and(|rest| rest.len() >= MIN_REST))
}

fn is_random(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let has = |is: fn(&u8) -> bool| word.bytes().any(|byte| is(&byte));
    let is_mixed = digits > 0 && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    word.len() >= MIN_RANDOM
        && has(u8::is_ascii_alphabetic)
        && (digits >= 3 || is_mixed)
        && !word.starts_with('/')
        && !is_uuid(word)
}

fn is_uuid(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    // None of these is one; they are put together so that no scanner takes them for one.
    const RANDOM: &str = "9f3Kq7Lm2Zt8Vb6Xw1Rc5Yd4Ng0Hj3Pk8Sa7Qe2";

    #[test]
    fn what_looks_like_a_secret_is_left_out() {
        let signed = format!("eyJhbGciOiJSUzI1NiJ9.{RANDOM}.{RANDOM}");
        for (text, shown) in [
            (format!("Bearer {RANDOM} has expired"), "Bearer … has expired"),
            ("authorization: \"bearer: abc-12345\"".to_owned(), "authorization: \"bearer: …\""),
            (format!("the token {signed}."), "the token …."),
            (format!("key sk_live_{RANDOM}, or ghp_{RANDOM}"), "key …, or …"),
            (format!("(pat-na1-{RANDOM})"), "(…)"),
            (format!("?access_token=ya29.{RANDOM}"), "?access_token=…"),
            (format!("https://ghp_{RANDOM}@git.example/a/b"), "https://…@git.example/a/b"),
            (format!("no page /keys/sk_live_{RANDOM}."), "no page /keys/…."),
            (format!("see https://a.example/confirm/{signed}"), "see https://a.example/confirm/…"),
        ] {
            assert_eq!(redacted(&text, Said::ByApi), shown);
            assert_eq!(redacted(&text, Said::ByProvider), shown);
        }
        let text = format!("refresh token {RANDOM} was revoked, id 8f14e45f-ceea-467f-a0e6-b1c1e1f3c5d7");
        let shown = "refresh token … was revoked, id 8f14e45f-ceea-467f-a0e6-b1c1e1f3c5d7";
        assert_eq!(redacted(&text, Said::ByProvider), shown);
        assert_eq!(redacted(&text, Said::ByApi), text, "it may be the id of a record");
    }

    #[test]
    fn what_is_none_stays() {
        for text in [
            "",
            "Bearer authentication is required; basic is not.",
            "the property hs_v2_date_entered_appointmentscheduled does not exist",
            "No such payment_intent: 'pi_3MtwBwLkdIwHu7ix28a3tqPa'",
            "see https://developers.example/docs/api/v2/errors#unsupported_grant_type",
            "größer als 100…",
            "invalid_grant",
            "sk_live_…",
            "https://a.example/docs/sk_live_/eyJ.a.b",
        ] {
            assert_eq!(redacted(text, Said::ByApi), text);
        }
        for text in [
            "see https://developers.example/docs/2026-09-01/errors/12345",
            "unsupported_grant_type, code 1234567890",
        ] {
            assert_eq!(redacted(text, Said::ByProvider), text);
        }
    }

    #[test]
    fn long_texts_are_walked_once() {
        let text = format!("{RANDOM} ").repeat(50_000);
        assert_eq!(redacted(&text, Said::ByProvider), "… ".repeat(50_000));
        let text = "eyJ/".repeat(500_000);
        assert_eq!(redacted(&text, Said::ByApi), text);
    }
}
