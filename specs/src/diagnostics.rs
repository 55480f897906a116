//! What is wrong and where: collected, sorted, and rendered as rustc renders its own.

mod code;
mod problems;
mod render;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

pub use code::Code;
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

impl Diagnostic {
    /// A mistake outside of any file.
    pub(crate) fn without_place(code: Code, message: String) -> Self {
        Self { code, message, help: None, labels: Vec::new(), fix: None }
    }

    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Where it is; `None` when it is about a folder.
    pub fn location(&self) -> Option<Location> {
        self.labels.first().map(|label| label.file.location(label.range.start))
    }

    /// Every marked place with what is said there, the mistake itself first.
    pub fn labels(&self) -> impl Iterator<Item = (Location, &str)> {
        self.labels.iter().map(|label| (label.file.location(label.range.start), label.text.as_str()))
    }

    /// The text for people, without a leading `error: ` (`compile_error!` adds its own).
    pub fn render(&self, style: Style) -> String {
        render::render(self, style)
    }
}

/// All mistakes of all files of a connector, by file and place; never empty.
#[derive(Debug, Clone)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    omitted: usize,
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

    /// The text of each, and a last one that says how many more there are.
    pub fn render(&self, style: Style) -> Vec<String> {
        let mut texts: Vec<_> = self.list.iter().map(|diagnostic| diagnostic.render(style)).collect();
        if self.omitted > 0 {
            texts.push(format!("and {} more like these", self.omitted));
        }
        texts
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { list: vec![diagnostic], omitted: 0 }
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The plain texts, each after `error: `.
impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = self.render(Style::Plain);
        write!(f, "error: {}", texts.join("\n\nerror: "))
    }
}

impl std::error::Error for Diagnostics {}
