//! The header `Link` (RFC 8288).

use http::HeaderMap;
use http::header::LINK;

/// The address that has this relation, as it is written.
pub(super) fn target(headers: &HeaderMap, relation: &str) -> Option<String> {
    let values = headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(links).find(|link| link.has(relation)).map(|link| link.target.to_owned())
}

/// The argument of this name in an address's query.
pub(super) fn argument(target: &str, name: &str) -> Option<String> {
    let (_, query) = target.split('#').next()?.split_once('?')?;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.into_owned())
}

/// `<address>; rel="next"; title="…"`
#[derive(Debug)]
struct Link<'a> {
    target: &'a str,
    parameters: &'a str,
}

impl Link<'_> {
    /// A parameter `rel` holds one or more relations, whose case does not matter; only the first one counts (§3.3).
    fn has(&self, relation: &str) -> bool {
        let parameters = split(self.parameters, ';');
        let mut pairs = parameters.filter_map(|parameter| parameter.split_once('='));
        let rel = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("rel"));
        rel.is_some_and(|(_, value)| {
            value.trim().trim_matches('"').split_whitespace().any(|one| one.eq_ignore_ascii_case(relation))
        })
    }
}

/// The links of one header; what is none ends the list.
fn links(header: &str) -> impl Iterator<Item = Link<'_>> {
    let mut rest = header;
    std::iter::from_fn(move || {
        let (target, after) = rest.trim_start_matches([' ', '\t', ',']).strip_prefix('<')?.split_once('>')?;
        let parameters = split(after, ',').next().unwrap_or_default();
        rest = &after[parameters.len()..];
        Some(Link { target, parameters })
    })
}

/// The parts between separators that stand in no quotation marks.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.split(move |c: char| {
        let was_escaped = is_escaped;
        is_escaped = is_quoted && !was_escaped && c == '\\';
        is_quoted ^= c == '"' && !was_escaped;
        c == separator && !is_quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(header: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(LINK, header.parse().unwrap());
        target(&headers, "next")
    }

    #[test]
    fn the_next_page_is_found_however_the_header_is_written() {
        let github = "<https://api.github.com/repositories/1/issues?per_page=2&page=1>; rel=\"prev\", \
                      <https://api.github.com/repositories/1/issues?per_page=2&page=3>; rel=\"next\"";
        assert_eq!(
            next(github).as_deref(),
            Some("https://api.github.com/repositories/1/issues?per_page=2&page=3")
        );
        for header in [
            "</x?page=3>;rel=next",
            "</x?page=3> ; title=\"a, b; rel=last\" ; REL=\"Last NEXT\"",
            "</y>; rel=prev,, </x?page=3>; rel=\"next\"; rel=\"last\"",
            "<z,>; title=\"\\\"\"; rel=last, </x?page=3>; rel=next",
        ] {
            assert_eq!(next(header).as_deref(), Some("/x?page=3"), "{header}");
        }
        for header in
            ["", "x", "</x>", "</x>; rel=last; rel=next", "</x; rel=next", "</x>; title=\"rel=next\"", ",,,"]
        {
            assert_eq!(next(header), None, "{header}");
        }
    }

    #[test]
    fn an_argument_is_taken_out_of_the_query_alone() {
        let address = "https://evil.example/x?page=2&q=a%26page%3D9+b#page=7";
        assert_eq!(argument(address, "page").as_deref(), Some("2"));
        assert_eq!(argument(address, "q").as_deref(), Some("a&page=9 b"));
        assert_eq!(argument("?after=", "after"), None);
        assert_eq!(argument("/x#?page=1", "page"), None);
        assert_eq!(argument("/page=1", "page"), None);
    }
}
