//! What the headers of an answer say of a rate limit.

use std::time::Duration;

use http::HeaderMap;
use http::header::DATE;
use jiff::Timestamp;

use crate::meta::RateLimitMeta;

/// Up to a year is a time from now, more is one since 1970: both are written as a number of seconds.
const LONGEST_FROM_NOW: u64 = 365 * 24 * 3600;

/// What one answer tells of a limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    /// Requests in one window.
    pub(super) max: Option<usize>,
    /// Those that are left.
    pub(super) remaining: Option<usize>,
    /// When the window ends; no time where it has ended.
    pub(super) resets_in: Option<Duration>,
}

impl Told {
    pub(crate) fn read(meta: &RateLimitMeta, headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
        let number = |name: Option<&str>| text(name?)?.parse().ok();
        let resets_in = meta.reset_header.and_then(text).and_then(|reset| {
            let seconds: u64 = reset.split('.').next()?.parse().ok()?;
            if seconds <= LONGEST_FROM_NOW {
                return Some(Duration::from_secs(seconds));
            }
            // By the server's clock, where it tells it: ours can be wrong.
            let now = server_time(headers).unwrap_or_else(Timestamp::now);
            let wait = i64::try_from(seconds).ok()?.saturating_sub(now.as_second());
            let wait = u64::try_from(wait).unwrap_or(0);
            // Later than that nothing resets: it is written in milliseconds, or is a mistake that would stop every call.
            (wait <= LONGEST_FROM_NOW).then(|| Duration::from_secs(wait))
        });
        Self { max: number(meta.max_header), remaining: number(meta.remaining_header), resets_in }
    }

    /// How long nothing is left, where that is known.
    pub(crate) fn used_up_for(self) -> Option<Duration> {
        self.resets_in.filter(|_| self.remaining == Some(0))
    }
}

/// The server's clock, where it tells it (RFC 9110 §6.6.1).
pub(crate) fn server_time(headers: &HeaderMap) -> Option<Timestamp> {
    let date = headers.get(DATE)?.to_str().ok()?.trim();
    jiff::fmt::rfc2822::parse(date).ok().map(|date| date.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    const META: RateLimitMeta = RateLimitMeta {
        name: "default",
        requests: None,
        per_millis: 3_600_000,
        every_action: false,
        max_header: Some("x-limit"),
        remaining_header: Some("x-left"),
        reset_header: Some("x-reset"),
    };

    fn reset(date: Option<&str>, reset: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert("x-left", "0".parse().unwrap());
        headers.insert("x-reset", reset.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        Told::read(&META, &headers).used_up_for()
    }

    #[test]
    fn a_reset_is_a_time_from_now_or_one_by_the_servers_clock() {
        assert_eq!(reset(None, "30"), Some(Duration::from_secs(30)));
        assert_eq!(reset(None, " 0.5 "), Some(Duration::ZERO));
        let date = Some("Tue, 21 Oct 2025 07:28:00 GMT");
        assert_eq!(reset(date, "1761031740"), Some(Duration::from_secs(60)));
        assert_eq!(reset(date, "1761031000"), Some(Duration::ZERO), "it has begun anew");
        let soon = Timestamp::now().as_second() + 100;
        let wait = reset(None, &soon.to_string()).unwrap();
        assert!((98..=100).contains(&wait.as_secs()), "{wait:?}");
        for odd in ["soon", "-5", "", "99999999999999999999999"] {
            assert_eq!(reset(date, odd), None, "{odd}");
        }
        assert_eq!(reset(date, "1761031740000"), None, "milliseconds are not taken for seconds");
    }
}
