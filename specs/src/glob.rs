//! Patterns with `*` and `?`.

/// Whether a text fits a pattern, in which `*` stands for any characters and `?` for one.
pub fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut here) = (0, 0);
    // Where the last star was, and how much of the text it takes.
    let mut star: Option<(usize, usize)> = None;
    while here < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, here));
                at += 1;
            }
            Some(c) if *c == '?' || *c == text[here] => {
                at += 1;
                here += 1;
            }
            _ => match star {
                Some((start, taken)) => {
                    at = start + 1;
                    here = taken + 1;
                    star = Some((start, taken + 1));
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars_take_as_much_as_they_need() {
        for (pattern, text) in [
            ("*", ""),
            ("deals.*", "deals.create"),
            ("*.batch_*", "deals.batch_read"),
            ("a?c*", "abcd"),
            ("a*b*c", "aXbXbc"),
        ] {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("", "a"), ("deals.*", "contacts.create"), ("a?c", "ac"), ("a*b", "abc")] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }
}
