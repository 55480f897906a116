//! Text for people on a terminal, broken between words.

use console::{Term, measure_text_width};

/// No narrower than this, however narrow the terminal is.
const LEAST: usize = 40;

/// For standard error: as wide as the terminal. Where that is none, and where the text shows lines of a file, it stays as it is.
pub(crate) fn told(text: &str) -> String {
    fitted(text, &Term::stderr())
}

/// The same for standard output.
pub(crate) fn shown(text: &str) -> String {
    fitted(text, &Term::stdout())
}

fn fitted(text: &str, terminal: &Term) -> String {
    match terminal.size_checked().filter(|_| terminal.is_term() && !shows_lines(text)) {
        Some((_, width)) => broken(text, usize::from(width).max(LEAST)),
        None => text.to_owned(),
    }
}

/// Whether it holds a line of a file with its number, below which something is marked.
fn shows_lines(text: &str) -> bool {
    text.lines()
        .any(|line| line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').starts_with('|'))
}

/// What does not fit goes on below the text, not below `error: `.
fn broken(text: &str, width: usize) -> String {
    let lines = text.lines().map(|line| {
        if measure_text_width(line) <= width {
            return line.to_owned();
        }
        let label =
            ["error: ", "help: ", "warning: ", "note: "].into_iter().find(|label| line.starts_with(label));
        let blanks = line.len() - line.trim_start().len();
        let indent = label.map_or(blanks, str::len);
        let (mut done, mut last) = (String::new(), line[..blanks].to_owned());
        for word in words(line) {
            let is_first = last.trim().is_empty();
            if !is_first && measure_text_width(&last) + 1 + measure_text_width(&word) > width {
                done.push_str(&last);
                done.push('\n');
                last = " ".repeat(indent);
            } else if !is_first {
                last.push(' ');
            }
            last.push_str(&word);
        }
        done + &last
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A command between backticks is one word: it is there to be copied, and of one in two lines a shell runs the first.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in line.split_whitespace() {
        match words.last_mut().filter(|last| last.matches('`').count() % 2 == 1) {
            Some(open) if line.matches('`').count().is_multiple_of(2) => {
                open.push(' ');
                open.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole() {
        let text =
            "error: there is no profile for HubSpot yet; create one\n  `connector auth profile add hubspot`";
        let expected = "error: there is no profile for\n       HubSpot yet; create one\n  `connector auth profile add hubspot`";
        assert_eq!(broken(text, 36), expected);
        let help = "help: call `connector auth profile add hubspot`, or another's `list`";
        assert_eq!(
            broken(help, 24),
            "help: call\n      `connector auth profile add hubspot`,\n      or another's\n      `list`"
        );
        assert_eq!(broken(text, 200), text);
        // A word that fits nowhere has a line of its own.
        assert_eq!(broken("see https://example.com/a/b/c", 10), "see\nhttps://example.com/a/b/c");
        assert!(shows_lines("error: x\n  --> a.json:2:1\n   |\n12 | {}") && !shows_lines("a | b"));
    }
}
