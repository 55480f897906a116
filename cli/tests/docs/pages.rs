//! Examples, read out of a page again.

use crate::listener::{Request, body};

/// One example in its forms.
pub(crate) struct Example {
    pub(crate) request: Request,
    pub(crate) rust: String,
    pub(crate) command: String,
    /// The parameters of `tools/call`.
    pub(crate) call: String,
}

pub(crate) fn examples(page: &str) -> Vec<Example> {
    page.split("\n### Example").skip(1).map(example).collect()
}

fn example(text: &str) -> Example {
    let sent = block(text, "What is sent");
    let (head, content) = sent.split_once("\n\n").unwrap_or((&sent, ""));
    let (method, url) = head.lines().next().expect("a line").split_once(' ').expect("method and address");
    // The listener has the path and the query alone.
    let path = url.splitn(4, '/').nth(3).expect("a path");
    let request =
        Request { method: method.to_owned(), path: format!("/{path}"), body: body(content.as_bytes()) };
    Example {
        request,
        rust: block(text, "Rust"),
        command: block(text, "Command line"),
        call: block(text, "Tool call"),
    }
}

fn block(text: &str, title: &str) -> String {
    let start = text.find(&format!("\n{title}:\n\n```")).unwrap_or_else(|| panic!("no {title} in {text}"));
    let mut lines = text[start..].lines().skip_while(|line| !line.starts_with("```"));
    lines.next();
    lines.take_while(|line| !line.starts_with("```")).collect::<Vec<_>>().join("\n")
}
