//! Descriptions of a spec, which are Markdown: as much of it as specs use, and everything else as text.

use maud::{Markup, PreEscaped, Render as _, html};

/// Paragraphs with code, emphasis and links.
pub(super) fn markdown(text: &str) -> Markup {
    html! {
        @for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
            p { (inline(paragraph)) }
        }
    }
}

/// The same without paragraphs, for a place where there is one sentence.
pub(in crate::console) fn inline(text: &str) -> Markup {
    let mut html = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['`', '*', '[']) {
        escaped(&mut html, &rest[..at]);
        rest = &rest[at..];
        // A mark inside of a word, as in `crm.*.read`, is no emphasis.
        let before = text[..text.len() - rest.len()].chars().next_back();
        let starts = before.is_none_or(|before| before.is_whitespace() || before == '(');
        let found = code(rest).or_else(|| strong(rest).filter(|_| starts)).or_else(|| link(rest));
        match found {
            Some((markup, after)) => {
                html.push_str(&markup.into_string());
                rest = after;
            }
            None => {
                escaped(&mut html, &rest[..1]);
                rest = &rest[1..];
            }
        }
    }
    escaped(&mut html, rest);
    PreEscaped(html)
}

fn escaped(html: &mut String, text: &str) {
    html.push_str(&text.render().into_string());
}

/// What is between two marks that are not the same place.
fn between<'t>(text: &'t str, mark: &str) -> Option<(&'t str, &'t str)> {
    let (inside, after) = text.strip_prefix(mark)?.split_once(mark)?;
    (!inside.is_empty() && inside.trim() == inside).then_some((inside, after))
}

fn code(text: &str) -> Option<(Markup, &str)> {
    let (inside, after) = between(text, "`")?;
    Some((html! { code { (inside) } }, after))
}

fn strong(text: &str) -> Option<(Markup, &str)> {
    if let Some((inside, after)) = between(text, "**") {
        return Some((html! { strong { (inside) } }, after));
    }
    let (inside, after) = between(text, "*").filter(|(inside, _)| !inside.contains('*'))?;
    Some((html! { em { (inside) } }, after))
}

/// Only to a web page: a spec is somebody else's text.
fn link(text: &str) -> Option<(Markup, &str)> {
    let (label, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (address, after) = rest.split_once(')')?;
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    is_web.then(|| (html! { a href=(address) rel="noreferrer" { (label) } }, after))
}

#[cfg(test)]
mod tests {
    use super::inline;

    #[test]
    fn marks_become_elements_and_all_else_is_text() {
        for (text, html) in [
            ("a `b < c` d", "a <code>b &lt; c</code> d"),
            ("*em*, **strong**", "<em>em</em>, <strong>strong</strong>"),
            ("2 * 3 * 4", "2 * 3 * 4"),
            (
                "[a](https://a.example/?b&c)",
                "<a href=\"https://a.example/?b&amp;c\" rel=\"noreferrer\">a</a>",
            ),
            ("[a](javascript:alert(1))", "[a](javascript:alert(1))"),
            ("<script>`", "&lt;script&gt;`"),
            ("crm.*.read and crm.*.write", "crm.*.read and crm.*.write"),
        ] {
            assert_eq!(inline(text).into_string(), html);
        }
    }
}
