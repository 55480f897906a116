//! Addresses: https, or http on this machine.

use crate::diagnostics::{Code, Problem, Problems};
use crate::raw::Text;

/// The base address without its trailing slash.
pub(crate) fn base(problems: &mut Problems, url: &Text) -> String {
    let trimmed = url.value.trim_end_matches('/');
    let wrong = wrong(trimmed).or_else(|| {
        let extra = trimmed.contains(['?', '#']);
        extra.then_some("a base address has neither `?` nor `#`")
    });
    report(problems, url, wrong);
    trimmed.to_owned()
}

/// The address of an endpoint; it may have a query.
pub(crate) fn endpoint(problems: &mut Problems, url: &Text) {
    let wrong = wrong(&url.value).or_else(|| url.value.contains('#').then_some("it has a fragment"));
    report(problems, url, wrong);
}

fn report(problems: &mut Problems, url: &Text, wrong: Option<&str>) {
    if let Some(why) = wrong {
        let problem =
            Problem::new(Code::BadUrl, url.span, format!("`{}` is not a usable address", url.value))
                .label(why);
        let bare = !url.value.is_empty()
            && !url.value.contains(':')
            && self::wrong(&format!("https://{}", url.value)).is_none();
        let problem = problem.help(match bare {
            true => format!("write `https://{}`", url.value),
            false => {
                "write `https://…`; `http://` is for this machine only: `localhost`, `127.0.0.1`, `[::1]`"
                    .to_owned()
            }
        });
        problems.report(problem);
    }
}

/// What is wrong with it.
pub fn wrong(url: &str) -> Option<&'static str> {
    let (secure, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return Some("it does not start with `https://`"),
    };
    if url.chars().any(|c| !c.is_ascii_graphic() || "\"<>\\^`{|}".contains(c)) {
        return Some("it has a character that an address cannot have");
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Some("it holds a user name or password");
    }
    let (host, port) = split_port(authority);
    if host.is_empty() || host.starts_with('.') || host.contains("..") {
        return Some("it has no host");
    }
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Some("its port is not a number up to 65535");
    }
    let loopback = host.eq_ignore_ascii_case("localhost")
        || host == "[::1]"
        || host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback());
    (!secure && !loopback).then_some("it is not encrypted")
}

/// Host and port; an IPv6 address keeps its brackets.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    let colon = match authority.rfind(']') {
        Some(end) => authority[end..].find(':').map(|colon| end + colon),
        None => authority.rfind(':'),
    };
    match colon {
        Some(colon) => (&authority[..colon], Some(&authority[colon + 1..])),
        None => (authority, None),
    }
}

#[cfg(test)]
mod tests {
    use super::wrong;

    #[test]
    fn only_encrypted_or_loopback() {
        let good = [
            "https://api.hubapi.com",
            "https://a.b:8443/x?y=1",
            "http://localhost:8080",
            "http://127.0.0.1",
            "http://[::1]:80/x",
            "https://[2001:db8::1]",
        ];
        for url in good {
            assert_eq!(wrong(url), None, "{url}");
        }
        let bad = [
            "",
            "api.hubapi.com",
            "http://api.hubapi.com",
            "ftp://x",
            "https://",
            "https:///x",
            "https://u:p@x",
            "https://x y",
            "https://x:99999",
            "http://127.0.0.1.evil.com",
            "http://localhost@evil.com",
            "https://ä.de",
            "https://{tenant}.x.com",
            "HTTP://localhost",
        ];
        for url in bad {
            assert!(wrong(url).is_some(), "{url}");
        }
    }
}
