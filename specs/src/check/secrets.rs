//! Secrets that look real: a spec is public, and what stands in it is in everybody's hands.

use std::ops::Range;

use crate::diagnostics::{Code, Problem, Problems};
use crate::json::{Kind, Value};

/// How tokens of known kinds start, with the least length of the rest.
const TOKENS: [(&str, usize, &str); 22] = [
    ("pat-na1-", 30, "a HubSpot access token"),
    ("pat-eu1-", 30, "a HubSpot access token"),
    ("sk_live_", 16, "a Stripe key"),
    ("rk_live_", 16, "a Stripe key"),
    ("whsec_", 24, "a Stripe webhook secret"),
    ("ghp_", 30, "a GitHub token"),
    ("gho_", 30, "a GitHub token"),
    ("ghu_", 30, "a GitHub token"),
    ("ghs_", 30, "a GitHub token"),
    ("ghr_", 30, "a GitHub token"),
    ("github_pat_", 40, "a GitHub token"),
    ("glpat-", 20, "a GitLab token"),
    ("xoxb-", 20, "a Slack token"),
    ("xoxp-", 20, "a Slack token"),
    ("shpat_", 30, "a Shopify token"),
    ("SG.", 40, "a SendGrid key"),
    ("AKIA", 16, "an AWS access key id"),
    ("AIza", 35, "a Google API key"),
    ("ya29.", 30, "a Google access token"),
    ("npm_", 36, "an npm token"),
    ("sk-ant-", 30, "an Anthropic key"),
    ("eyJ", 60, "a signed token (JWT)"),
];

/// Looks at every text of a file.
pub(crate) fn scan(value: &Value, problems: &mut Problems) {
    match &value.kind {
        Kind::String(text) => {
            if let Some(what) = looks_real(text) {
                let problem = Problem::new(Code::RealSecret, value.span, format!("this looks like {what}"))
                    .help(
                        "write one that nobody can use, such as `…example…`; if this one is real, revoke it",
                    )
                    .secret();
                problems.report(problem);
            }
        }
        Kind::Array(items) => items.iter().for_each(|item| scan(item, problems)),
        Kind::Object(members) => members.iter().for_each(|member| scan(&member.value, problems)),
        Kind::Null | Kind::Bool(_) | Kind::Number(_) => {}
    }
}

/// What secret a text holds, unless it is plainly invented.
fn looks_real(text: &str) -> Option<&'static str> {
    private_key(text).map(|_| "a private key").or_else(|| token(text).map(|(what, _)| what))
}

/// A text that somebody else has published with `…` in place of what looks like a secret.
#[must_use]
pub fn without(text: &str) -> String {
    let mut text = text.to_owned();
    // At most one is behind the last end of the others.
    while let Some(place) = private_key(&text) {
        text.replace_range(place, "…");
    }
    let (mut clean, mut rest) = (String::with_capacity(text.len()), text.as_str());
    while let Some((_, place)) = token(rest) {
        clean.push_str(&rest[..place.start]);
        clean.push('…');
        rest = &rest[place.end..];
    }
    clean + rest
}

/// Where private keys are, from the first to the end of the last.
fn private_key(text: &str) -> Option<Range<usize>> {
    let start = text.find("-----BEGIN").filter(|_| text.contains("PRIVATE KEY-----") && text.len() > 200)?;
    let end = text.rfind("-----END").and_then(|end| Some(end + 8 + text[end + 8..].find("-----")? + 5));
    Some(start..end.filter(|end| *end > start).unwrap_or(text.len()))
}

/// The first token in a text and where it is.
fn token(text: &str) -> Option<(&'static str, Range<usize>)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let mut at = 0;
    text.split_inclusive(|c: char| !is_part(c)).find_map(|piece| {
        let (start, word) = (at, piece.trim_end_matches(|c: char| !is_part(c)));
        at += piece.len();
        let (prefix, least, what) = TOKENS.iter().find(|(prefix, ..)| word.starts_with(prefix))?;
        let rest = &word[prefix.len()..];
        // The three parts of a JWT, the first of which is JSON.
        let fits = *prefix != "eyJ" || rest.split('.').count() == 3;
        (rest.len() >= *least && fits && !is_invented(rest)).then_some((*what, start..start + word.len()))
    })
}

/// Whether a person has made it up: few characters, or words in it that say so.
fn is_invented(rest: &str) -> bool {
    let lower = rest.to_ascii_lowercase();
    let mut bytes: Vec<u8> = lower.bytes().filter(u8::is_ascii_alphanumeric).collect();
    bytes.sort_unstable();
    bytes.dedup();
    let tells =
        ["example", "xxxx", "0000", "1234", "abcd", "your", "test", "fake", "dummy", "secret", "token"];
    bytes.len() < 8 || tells.iter().any(|tell| lower.contains(tell))
}

#[cfg(test)]
mod tests {
    use super::{looks_real, without};

    #[test]
    fn real_ones_are_told_from_invented_ones() {
        // None of these is one; they are put together here so that no scanner takes them for one.
        let random = "9f3Kq7Lm2Zt8Vb6Xw1Rc5Yd4Ng0Hj3Pk8Sa7Qe2";
        for real in [
            format!("pat-na1-{}", "9f3a7c12-5b8e-4d06-a1f9-7e2c94b8d315"),
            format!("Bearer ghp_{}", &random[..36]),
            format!("sk_live_{}", &random[..24]),
            format!("AKIA{}", "Q7ZK4M2PXW9R5T8L"),
            format!("eyJ{}.{}.{}", "hbGciOiJSUzI1NiJ9", random, random),
        ] {
            assert!(looks_real(&real).is_some(), "{real}");
        }
        for invented in [
            "",
            "sk_live_…",
            "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx",
            "pat-na1-00000000-0000-0000-0000-000000000000",
            "ghp_exampleexampleexampleexampleexample",
            "an AKIA number",
            "npm_modules_are_not_secrets",
            "https://example.com/eyJ",
        ] {
            assert_eq!(looks_real(invented), None, "{invented}");
        }
    }

    #[test]
    fn what_looks_real_is_left_out_of_a_text_of_others() {
        let key = format!("ghp_{}", "9f3Kq7Lm2Zt8Vb6Xw1Rc5Yd4Ng0Hj3Pk8Sa7Qe2");
        assert_eq!(without(&format!("as «{key}», or {key}")), "as «…», or …");
        let block = |kind: &str| format!("-----{kind} RSA PRIVATE KEY-----");
        let (begin, end) = (block("BEGIN"), block("END"));
        let long = "MIIE".repeat(60);
        assert_eq!(without(&format!("such as `{begin} {long} {end}` or so")), "such as `…` or so");
        assert_eq!(without(&format!("{end} {begin} {long}")), format!("{end} …"));
        assert_eq!(without("nothing of it"), "nothing of it");
        // As many as fit into a document: in one walk, or this does not end.
        let many = format!("{key} ").repeat(100_000);
        assert_eq!(without(&many), "… ".repeat(100_000));
    }
}
