//! Statuses of `retries`: which can prove that nothing was done.

use crate::diagnostics::{Code, Problem, Problems};
use crate::raw::Text;

/// A status that is an error: 400 to 599. A conflict is one for good, unless it can be with an earlier attempt of the same call.
pub(crate) fn status(problems: &mut Problems, key: &Text, has_idempotency_keys: bool) -> Option<u16> {
    let status = key.as_str().parse().ok().filter(|status| (400..600).contains(status));
    if status.is_none() {
        let problem =
            Problem::new(Code::OutOfRange, key.span, format!("`{}` is no status of an error", key.value))
                .help("write one of HTTP's from 400 to 599: \"423\"");
        problems.report(problem);
    }
    if status == Some(409) && !has_idempotency_keys {
        let problem = Problem::new(
            Code::OutOfRange,
            key.span,
            "a conflict (409) is only sent again with an idempotency key, and the connector has none",
        )
        .help("leave it away: a 409 ends its call, and tells that something is there already");
        problems.report(problem);
        return None;
    }
    status
}
