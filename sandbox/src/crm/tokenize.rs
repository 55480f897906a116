//! Words in texts: `CONTAINS_TOKEN` and the keyword search.

/// The words of a folded text.
fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

/// Whether a folded text holds every part of a pattern: as whole words, or by `*` as wildcard.
pub(crate) fn has_token(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split_whitespace().peekable();
    parts.peek().is_some()
        && parts.all(|part| {
            if part.contains('*') {
                glob(text, part)
                    || text.split_whitespace().any(|word| glob(word, part))
                    || words(text).iter().any(|word| glob(word, part))
            } else {
                sequence(text, part, |word, wanted, _| word == wanted)
            }
        })
}

/// Whether every term begins some word of a folded text.
pub(crate) fn has_prefix(text: &str, term: &str) -> bool {
    sequence(text, term, |word, wanted, last| if last { word.starts_with(wanted) } else { word == wanted })
}

/// Whether the words of `part` follow each other in `text`; `same` is told which of them is the last.
fn sequence(text: &str, part: &str, same: impl Fn(&str, &str, bool) -> bool) -> bool {
    let (have, want) = (words(text), words(part));
    !want.is_empty()
        && have.windows(want.len()).any(|window| {
            window
                .iter()
                .zip(&want)
                .enumerate()
                .all(|(i, (word, wanted))| same(word, wanted, i + 1 == want.len()))
        })
}

/// Matches with `*` for any run of characters.
fn glob(text: &str, pattern: &str) -> bool {
    let mut rest = text;
    let pieces: Vec<&str> = pattern.split('*').collect();
    let last = pieces.len() - 1;
    for (i, piece) in pieces.iter().enumerate() {
        if i == 0 {
            match rest.strip_prefix(piece) {
                Some(after) => rest = after,
                None => return false,
            }
        } else if i == last {
            return rest.ends_with(piece);
        } else {
            match rest.find(piece) {
                Some(at) => rest = &rest[at + piece.len()..],
                None => return false,
            }
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_tokens() {
        for (text, pattern) in [
            ("acme renewal 2026", "renewal"),
            ("acme renewal 2026", "renewal acme"),
            ("jo@hubspot.com", "*@hubspot.com"),
            ("jo@hubspot.com", "hubspot.com"),
            ("acme renewal", "ren*"),
        ] {
            assert!(has_token(text, pattern), "{pattern} in {text}");
        }
        for (text, pattern) in [("acme renewal", "ren"), ("acme", ""), ("jo@example.com", "*@hubspot.com")] {
            assert!(!has_token(text, pattern), "{pattern} in {text}");
        }
        assert!(has_prefix("acme renewal", "ren"));
        assert!(!has_prefix("acme renewal", "newal"));
    }
}
