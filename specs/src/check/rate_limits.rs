//! Entries of `rate_limits`.

use crate::diagnostics::{Code, Problem, Problems};
use crate::raw;

/// How many requests. A limit without a number is what both headers tell.
pub(crate) fn requests(problems: &mut Problems, entry: &raw::Entry<raw::RateLimit>) -> Option<u64> {
    let limit = &entry.value;
    if limit.requests.is_none() && (limit.max_header.is_none() || limit.remaining_header.is_none()) {
        let text = format!(
            "the rate limit `{}` says neither how many requests nor where answers tell it",
            entry.key.value
        );
        let problem = Problem::new(Code::MissingKey, entry.key.span, text)
            .help("add `requests`, or both `max_header` and `remaining_header`");
        problems.report(problem);
    }
    if let (Some(reset), None) = (&limit.reset_header, &limit.remaining_header) {
        let problem = Problem::new(
            Code::UselessKey,
            reset.span,
            "`reset_header` says nothing without `remaining_header`",
        )
        .help("name the header that tells how many requests are left");
        problems.report(problem);
    }
    limit.requests.as_ref().map(|count| count.value)
}
