//! JSON pointers (RFC 6901).

use crate::diagnostics::{Code, Problem, Problems};
use crate::raw::Text;

/// The keys of a pointer; none for `""`, and none for what is no pointer, which is reported.
pub(crate) fn keys(problems: &mut Problems, pointer: &Text) -> Vec<String> {
    match parse(pointer.as_str()) {
        Ok(keys) => keys,
        Err(why) => {
            let problem = Problem::new(
                Code::BadPointer,
                pointer.span,
                format!("`{}` is not a JSON pointer", pointer.value),
            )
            .label(why)
            .help("write \"/paging/next/after\", or \"\" for the whole (RFC 6901)");
            problems.report(problem);
            Vec::new()
        }
    }
}

/// What stands where a pointer leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// A text or a number.
    Scalar,
    /// An array.
    Array,
}

impl Target {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scalar => "a text or a number",
            Self::Array => "an array",
        }
    }
}

/// Pointers into one body can all lead somewhere at once: none through what another one leads to, and none to two things.
/// `is_index` tells whether a key can be the place of an element in an array.
pub(crate) fn consistent(problems: &mut Problems, pointers: &[(&Text, Target)], is_index: fn(&str) -> bool) {
    for (index, (pointer, target)) in pointers.iter().enumerate() {
        let Ok(keys) = parse(pointer.as_str()) else { continue };
        for (other, other_target) in &pointers[..index] {
            let Ok(other_keys) = parse(other.as_str()) else { continue };
            let (shown, other_shown) = (or_root(pointer), or_root(other));
            let (message, why) = if keys == other_keys && target != other_target {
                let message = format!("{shown} cannot be two things");
                (message, format!("here it is {}", target.name()))
            } else if leads_into(&other_keys, *other_target, &keys, is_index) {
                let why = format!("{other_shown} is {}, in which nothing has a key", other_target.name());
                (format!("{shown} leads nowhere"), why)
            } else if leads_into(&keys, *target, &other_keys, is_index) {
                let why = format!("here it is {}, in which nothing has a key", target.name());
                (format!("{shown} must be an object, since {other_shown} lies in it"), why)
            } else {
                continue;
            };
            let problem = Problem::new(Code::PointerClash, pointer.span, message)
                .label(why)
                .also(other.span, format!("this is {}", other_target.name()));
            problems.report(problem);
            break;
        }
    }
}

/// Whether a pointer goes on where nothing can be.
fn leads_into(outer: &[String], target: Target, inner: &[String], is_index: fn(&str) -> bool) -> bool {
    inner.starts_with(outer)
        && inner.get(outer.len()).is_some_and(|key| target == Target::Scalar || !is_index(key))
}

/// Where pointers are followed key by key, an array has none.
pub(crate) fn never(_: &str) -> bool {
    false
}

/// As RFC 6901 §4 has it.
pub(crate) fn number(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit())
}

fn or_root(pointer: &Text) -> String {
    if pointer.value.is_empty() { "the whole".to_owned() } else { format!("`{}`", pointer.value) }
}

pub(crate) fn parse(pointer: &str) -> Result<Vec<String>, &'static str> {
    if pointer.is_empty() {
        return Ok(Vec::new());
    }
    let Some(rest) = pointer.strip_prefix('/') else { return Err("it must start with `/`") };
    rest.split('/').map(unescape).collect()
}

fn unescape(key: &str) -> Result<String, &'static str> {
    let mut after_tilde = key.split('~').skip(1);
    if after_tilde.any(|rest| !rest.starts_with(['0', '1'])) {
        return Err("`~` is written `~0`, and `/` inside a key `~1`");
    }
    Ok(key.replace("~1", "/").replace("~0", "~"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_become_keys() {
        assert_eq!(parse(""), Ok(vec![]));
        assert_eq!(parse("/a/b~1c/m~0n"), Ok(vec!["a".to_owned(), "b/c".to_owned(), "m~n".to_owned()]));
        assert_eq!(parse("/~01"), Ok(vec!["~1".to_owned()]));
        assert!(parse("a").is_err());
        assert!(parse("/~").is_err());
        assert!(parse("/~2").is_err());
    }
}
