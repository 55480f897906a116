//! What is wrong and where: collected, sorted, and rendered as rustc renders its own, or for machines.

mod code;
mod machine;
mod problems;
mod render;
mod sarif;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

pub use code::{Code, Severity};
pub use problems::{Problem, Problems};
pub use render::Style;

use crate::source::{Location, SourceFile};

/// Most diagnostics that are handed over; the rest is counted.
pub(crate) const MAX_DIAGNOSTICS: usize = 100;

/// One mistake.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// Which kind of mistake.
    pub code: Code,
    /// What is wrong, in one line.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    labels: Vec<Label>,
    fix: Option<Fix>,
    /// Whether the lines must not be shown.
    secret: bool,
}

/// A marked place; the first of a diagnostic is where the mistake is.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub(crate) file: Arc<SourceFile>,
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
}

/// A replacement that would mend it.
#[derive(Debug, Clone)]
pub(crate) struct Fix {
    pub(crate) title: &'static str,
    pub(crate) range: Range<usize>,
    pub(crate) replacement: String,
}

/// A part of a file, with what is said about it.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    label: &'a Label,
}

impl<'a> Place<'a> {
    /// Where it starts.
    pub fn start(&self) -> Location {
        self.label.file.location(self.label.range.start)
    }

    /// Where it ends: behind its last character.
    pub fn end(&self) -> Location {
        self.label.file.location(self.label.range.end)
    }

    /// What is said there; may be empty.
    pub fn text(&self) -> &'a str {
        &self.label.text
    }
}

impl Diagnostic {
    /// A mistake outside of any file.
    pub(crate) fn without_place(code: Code, message: String) -> Self {
        let message = problems::harmless(message);
        Self { code, message, help: None, labels: Vec::new(), fix: None, secret: false }
    }

    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(problems::harmless(help.into()));
        self
    }

    /// Whether the connector can be used in spite of it.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// Where it is; `None` when it is about a folder.
    pub fn location(&self) -> Option<Location> {
        self.places().next().map(|place| place.start())
    }

    /// Every marked place, the mistake itself first.
    pub fn places(&self) -> impl Iterator<Item = Place<'_>> {
        self.labels.iter().map(|label| Place { label })
    }

    /// The text for people, without a leading `error: ` (`compile_error!` adds its own).
    pub fn render(&self, style: Style) -> String {
        render::render(self, style)
    }

    /// The text for people as it stands on a terminal: `error: …`.
    pub fn report(&self, style: Style) -> String {
        let (word, text) = (self.severity().as_str(), self.render(style));
        match (style, self.severity()) {
            (Style::Plain, _) => format!("{word}: {text}"),
            (Style::Styled, Severity::Error) => {
                format!("\u{1b}[1m\u{1b}[91m{word}\u{1b}[0m\u{1b}[1m: {text}")
            }
            (Style::Styled, Severity::Warning) => {
                format!("\u{1b}[1m\u{1b}[33m{word}\u{1b}[0m\u{1b}[1m: {text}")
            }
        }
    }
}

/// All mistakes of all files of a connector, by file and place; as an error never empty.
#[derive(Debug, Clone)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    omitted: usize,
    errors: usize,
}

impl Diagnostics {
    /// The mistakes, at most 100.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// How many more there are than [`iter`](Self::iter) gives.
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// How many there are in all.
    pub fn count(&self) -> usize {
        self.list.len() + self.omitted
    }

    /// How many of them are errors, and not warnings.
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// The text of each, and a last one that says how many more there are.
    pub fn render(&self, style: Style) -> Vec<String> {
        let mut texts: Vec<_> = self.list.iter().map(|diagnostic| diagnostic.render(style)).collect();
        texts.extend(self.more());
        texts
    }

    /// Says how many there are beyond those of [`iter`](Self::iter).
    pub fn more(&self) -> Option<String> {
        (self.omitted > 0).then(|| format!("and {} more like these", self.omitted))
    }

    /// All of it as one JSON object; FORMAT.md describes its keys.
    pub fn to_json(&self) -> serde_json::Value {
        machine::json(self)
    }

    /// All of it as SARIF 2.1.0 (OASIS), which code hosts and editors read.
    pub fn to_sarif(&self) -> serde_json::Value {
        sarif::log(self)
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        let errors = usize::from(diagnostic.severity() == Severity::Error);
        Self { list: vec![diagnostic], omitted: 0, errors }
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The plain texts, each after `error: ` or `warning: `.
impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut texts: Vec<_> = self.list.iter().map(|diagnostic| diagnostic.report(Style::Plain)).collect();
        texts.extend(self.more());
        f.write_str(&texts.join("\n\n"))
    }
}

impl std::error::Error for Diagnostics {}
