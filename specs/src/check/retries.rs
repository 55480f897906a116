//! Statuses of `retries`.

use crate::diagnostics::{Code, Problem, Problems};
use crate::raw::Text;

/// A status that is an error: 400 to 599.
pub(crate) fn status(problems: &mut Problems, key: &Text) -> Option<u16> {
    let status = key.as_str().parse().ok().filter(|status| (400..600).contains(status));
    if status.is_none() {
        let problem =
            Problem::new(Code::OutOfRange, key.span, format!("`{}` is no status of an error", key.value))
                .help("write one of HTTP's from 400 to 599: \"423\"");
        problems.report(problem);
    }
    status
}
