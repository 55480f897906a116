//! The pages as a static site.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use super::pages::Page;

const STYLE: &str = include_str!("style.css");

/// The files of the site, by name.
pub(super) fn files(pages: &[Page]) -> BTreeMap<String, String> {
    let mut navigation = String::new();
    for page in pages {
        let (file, title) = (page.file("index", "html"), escaped(&page.title));
        let _ = write!(navigation, "<li><a href=\"{file}\">{title}</a></li>");
    }
    pages
        .iter()
        .map(|page| (page.file("index", "html"), document(page, &pages[0].title, &navigation)))
        .collect()
}

fn document(page: &Page, site: &str, navigation: &str) -> String {
    let title = match page.module {
        Some(_) => format!("{} · {site}", page.title),
        None => site.to_owned(),
    };
    let mut body = String::new();
    html::push_html(&mut body, linked(&page.text).into_iter());
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<nav aria-label=\"Pages\"><ul>{navigation}</ul></nav>\n<main>\n{body}</main>\n</body>\n</html>\n",
        escaped(&title)
    )
}

/// Headings get the ids that repositories give them, and links lead to pages of the site.
fn linked(text: &str) -> Vec<Event<'_>> {
    let options = Options::ENABLE_TABLES;
    let mut events: Vec<Event<'_>> = Parser::new_ext(text, options).collect();
    let (mut start, mut seen, mut links) = (None, HashMap::new(), 0_usize);
    for at in 0..events.len() {
        match &events[at] {
            Event::Start(Tag::Heading { .. }) => start = Some(at),
            Event::End(TagEnd::Heading(_)) => {
                let Some(start) = start.take() else { continue };
                let words: String = events[start..at]
                    .iter()
                    .filter_map(|event| match event {
                        Event::Text(text) | Event::Code(text) => Some(&**text),
                        _ => None,
                    })
                    .collect();
                let anchor = anchor(&words);
                let before = seen.entry(anchor.clone()).and_modify(|count| *count += 1).or_insert(0_usize);
                let anchor = if *before == 0 { anchor } else { format!("{anchor}-{before}") };
                if let Event::Start(Tag::Heading { id, .. }) = &mut events[start] {
                    *id = Some(CowStr::from(anchor));
                }
            }
            // A specification is text, and its author's HTML would be part of the page.
            Event::Html(raw) | Event::InlineHtml(raw) => events[at] = Event::Text(raw.clone()),
            Event::Start(Tag::Link { .. }) => {
                links += 1;
                if let Event::Start(Tag::Link { dest_url, .. }) = &mut events[at] {
                    *dest_url = CowStr::from(target(dest_url));
                }
            }
            Event::End(TagEnd::Link) => links -= 1,
            // Whoever reads the page asks no other server for anything. In a link there is one already.
            Event::Start(Tag::Image { dest_url, .. }) => {
                let is_empty = matches!(events.get(at + 1), Some(Event::End(TagEnd::Image)));
                let name = if is_empty { "image" } else { "" };
                events[at] = match links {
                    0 => {
                        let target = escaped(&target(dest_url));
                        Event::InlineHtml(format!("<a href=\"{target}\">{name}").into())
                    }
                    _ => Event::Text(name.into()),
                };
                links += 1;
            }
            Event::End(TagEnd::Image) => {
                links -= 1;
                events[at] =
                    if links == 0 { Event::InlineHtml("</a>".into()) } else { Event::Text("".into()) };
            }
            _ => {}
        }
    }
    events
}

fn target(link: &str) -> String {
    // Other schemes could run a script.
    let lower = link.trim().to_ascii_lowercase();
    if link.contains(':')
        && !["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme))
    {
        return "#".to_owned();
    }
    if link.contains(':') {
        return link.to_owned();
    }
    let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let file = match file.strip_suffix(".md") {
        Some("README") => "index.html".to_owned(),
        Some(module) => format!("{module}.html"),
        None => file.to_owned(),
    };
    anchor.map_or(file.clone(), |anchor| format!("{file}#{anchor}"))
}

/// As GitHub makes them: lower case, spaces as hyphens, no punctuation.
fn anchor(words: &str) -> String {
    words
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_specs_own_html_and_scripts_stay_text() {
        let page = Page {
            module: Some("notes".to_owned()),
            title: "<Notes>".to_owned(),
            text: "# Notes\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) [y](README.md#notes)\n"
                .to_owned(),
        };
        let first = Page { module: None, title: "Acme".to_owned(), text: "# Acme\n".to_owned() };
        let files = files(&[first, page]);
        let html = &files["notes.html"];
        assert!(!html.contains("<script>") && !html.contains("javascript:"), "{html}");
        assert!(html.contains("href=\"index.html#notes\"") && html.contains("<h1 id=\"notes\">"), "{html}");
        assert!(html.contains("<title>&lt;Notes&gt; · Acme</title>"), "{html}");
    }

    #[test]
    fn images_are_links() {
        let shown = |text: &str| {
            let mut html = String::new();
            html::push_html(&mut html, linked(text).into_iter());
            html
        };
        for (text, html) in [
            (
                "![A *map*](https://a.example/?b&c)",
                "<a href=\"https://a.example/?b&amp;c\">A <em>map</em></a>",
            ),
            ("![](https://a.example/map.png)", "<a href=\"https://a.example/map.png\">image</a>"),
            ("[![map](https://a.example/m)](https://b.example)", "<a href=\"https://b.example\">map</a>"),
            ("![a ![b](https://b.example)](https://a.example)", "<a href=\"https://a.example\">a b</a>"),
            ("![map](javascript:alert(1))", "<a href=\"#\">map</a>"),
            ("![x](<\"onload=\"alert(1)>)", "<a href=\"&quot;onload=&quot;alert(1)\">x</a>"),
        ] {
            assert_eq!(shown(text).trim(), format!("<p>{html}</p>"), "{text}");
        }
    }
}
