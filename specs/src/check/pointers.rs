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

fn parse(pointer: &str) -> Result<Vec<String>, &'static str> {
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
