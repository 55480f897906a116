//! Where the stages put what they find; it never stops at the first.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Code, Diagnostic, Diagnostics, Fix, Label, MAX_DIAGNOSTICS, Severity};
use crate::names;
use crate::source::{Location, SourceFile, Span};

/// After so many, further ones are only counted: a hostile file must not fill the memory.
const MAX_KEPT: usize = 10 * MAX_DIAGNOSTICS;

/// Most further places of a problem that are shown.
const MAX_REPEATED: usize = 3;

/// Longest message or label, in characters.
const MAX_TEXT: usize = 300;

/// A mistake while the files are at hand: places are [`Span`]s.
#[derive(Debug)]
#[must_use = "a problem is reported by `Problems::report`"]
pub struct Problem {
    code: Code,
    span: Span,
    message: String,
    label: String,
    others: Vec<(Span, String)>,
    help: Option<String>,
    fix: Option<(&'static str, String)>,
    secret: bool,
}

impl Problem {
    /// A mistake of this kind at this place.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        let (message, label) = (message.into(), String::new());
        Self { code, span, message, label, others: Vec::new(), help: None, fix: None, secret: false }
    }

    /// What to say at the place itself.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Another place that has to do with it.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.others.push((span, text.into()));
        self
    }

    /// What to do about it.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// The line holds what must not be shown: the place alone is told.
    pub(crate) fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The nearest of the allowed names, as label and as the corrected line.
    pub fn did_you_mean(self, near: Option<&str>) -> Self {
        let Some(near) = near else { return self };
        self.label(format!("did you mean `{near}`?")).fix("a similar name exists", near)
    }

    /// A name that the format accepts, made from the one that stands there.
    pub(crate) fn rename(self, name: Option<&str>) -> Self {
        match name {
            Some(name) => self.fix("this would do", name),
            None => self,
        }
    }

    /// What to write instead; the place of the problem is that of a JSON string.
    fn fix(mut self, title: &'static str, text: &str) -> Self {
        self.fix = Some((title, serde_json::Value::from(text).to_string()));
        self
    }
}

/// All problems of one load, and the files that they point into.
#[derive(Debug)]
pub struct Problems {
    /// The files, which places refer to by their index.
    pub files: Vec<Arc<SourceFile>>,
    kept: Vec<Problem>,
    dropped: usize,
    /// Places whose value was replaced by a stand-in; what later stages say about them is a consequence.
    poisoned: HashSet<(u32, u32)>,
    pairs: HashSet<(Code, Span, Span)>,
    errors: usize,
    faults: usize,
}

impl Problems {
    /// None yet.
    #[must_use]
    pub fn new(files: Vec<Arc<SourceFile>>) -> Self {
        Self {
            files,
            kept: Vec::new(),
            dropped: 0,
            poisoned: HashSet::new(),
            pairs: HashSet::new(),
            errors: 0,
            faults: 0,
        }
    }

    /// From here on a problem at a place that has one already is taken for its consequence.
    pub(crate) fn reading_is_done(&mut self) {
        self.poisoned.extend(self.kept.iter().map(|problem| (problem.span.file, problem.span.start)));
    }

    /// What is wrong with the value that starts here follows from what was said already.
    pub(crate) fn expect_consequence(&mut self, value: Span) {
        self.poisoned.insert((value.file, value.start));
    }

    /// Keeps a problem.
    pub fn report(&mut self, problem: Problem) {
        self.faults += usize::from(problem.code.severity() == Severity::Error);
        if self.poisoned.contains(&(problem.span.file, problem.span.start)) {
            return;
        }
        // Two fields that clash do so again in every input that takes both.
        if let Some((other, _)) = problem.others.first()
            && !self.pairs.insert((problem.code, problem.span, *other))
        {
            return;
        }
        self.errors += usize::from(problem.code.severity() == Severity::Error);
        if self.kept.len() < MAX_KEPT {
            self.kept.push(problem);
        } else {
            self.dropped += 1;
        }
    }

    /// Keeps a problem that is told in one sentence.
    pub fn error(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.report(Problem::new(code, span, message));
    }

    /// Something is not as it should be, which was told elsewhere.
    pub(crate) fn consequence(&mut self) {
        self.faults += 1;
    }

    /// How often something was wrong, told or not: what was read between two counts that are the same is right.
    pub(crate) fn faults(&self) -> usize {
        self.faults
    }

    /// Makes one problem of those that say the same of several places.
    pub(crate) fn merge_repeated(&mut self) {
        const MERGED: [Code; 4] =
            [Code::UnknownType, Code::UnknownScope, Code::UnknownRateLimit, Code::UnknownBasePath];
        self.kept.sort_by_key(|problem| problem.span);
        let mut first: HashMap<(Code, String), usize> = HashMap::new();
        let mut merged: Vec<Problem> = Vec::with_capacity(self.kept.len());
        let mut repeated: HashMap<usize, usize> = HashMap::new();
        for problem in std::mem::take(&mut self.kept) {
            let key = (problem.code, problem.message.clone());
            match first.get(&key).filter(|_| MERGED.contains(&problem.code)) {
                Some(&at) => {
                    *repeated.entry(at).or_default() += 1;
                    self.errors -= 1;
                    if merged[at].others.len() < MAX_REPEATED {
                        merged[at].others.push((problem.span, "and here".to_owned()));
                    }
                }
                None => {
                    first.insert(key, merged.len());
                    merged.push(problem);
                }
            }
        }
        for (at, count) in repeated {
            let more = count.saturating_sub(MAX_REPEATED);
            if let Some((_, text)) = merged[at].others.last_mut().filter(|_| more > 0) {
                *text = format!("and here, and in {more} more places");
            }
        }
        self.kept = merged;
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.kept.len() + self.dropped
    }

    /// Tells of the problems that came after so many others where they are, before what they are.
    pub fn prefix_since(&mut self, count: usize, place: impl Fn(Span) -> Option<String>) {
        for problem in self.kept.iter_mut().skip(count) {
            if let Some(place) = place(problem.span) {
                problem.message = format!("{place}: {}", problem.message);
            }
        }
    }

    /// The nearest known name; nothing once further problems are only counted.
    pub fn nearest<'a>(&self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        if self.kept.len() < MAX_KEPT { names::nearest(name, known) } else { None }
    }

    /// The place as messages show it.
    pub fn location(&self, span: Span) -> Location {
        match self.files.get(span.file as usize) {
            Some(file) => file.location(span.start as usize),
            None => Location { file: "".into(), line: 1, column: 1 },
        }
    }

    /// The text of a span as it stands in its file.
    pub(crate) fn text(&self, span: Span) -> &str {
        self.files.get(span.file as usize).and_then(|file| file.text.get(span.range())).unwrap_or_default()
    }

    /// Sorted by file and place, and capped. `Ok` when there is none.
    pub fn finish(self) -> Result<(), Diagnostics> {
        let all = self.all();
        if all.count() == 0 { Ok(()) } else { Err(all) }
    }

    /// The same, where warnings are no reason to stop.
    pub(crate) fn all(self) -> Diagnostics {
        let mut kept = self.kept;
        if kept.len() > MAX_DIAGNOSTICS {
            kept.sort_by_key(|problem| (problem.code.severity(), problem.span));
        }
        let omitted = self.dropped + kept.len().saturating_sub(MAX_DIAGNOSTICS);
        kept.truncate(MAX_DIAGNOSTICS);
        kept.sort_by(|a, b| a.span.cmp(&b.span).then_with(|| a.message.cmp(&b.message)));
        let list = kept.into_iter().map(|problem| settle(problem, &self.files)).collect();
        Diagnostics { list, omitted, errors: self.errors }
    }
}

fn settle(problem: Problem, files: &[Arc<SourceFile>]) -> Diagnostic {
    let label = |(span, text): (Span, String)| {
        let file = Arc::clone(files.get(span.file as usize)?);
        Some(Label { range: file.showable(span.range()), file, text: short(text) })
    };
    let places = std::iter::once((problem.span, problem.label)).chain(problem.others);
    Diagnostic {
        code: problem.code,
        message: short(problem.message),
        help: problem.help.map(harmless),
        labels: places.filter_map(label).collect(),
        fix: problem.fix.map(|(title, replacement)| Fix { title, range: problem.span.range(), replacement }),
        secret: problem.secret,
    }
}

/// Names in messages may be as long as the file.
fn short(mut text: String) -> String {
    if let Some((cut, _)) = text.char_indices().nth(MAX_TEXT) {
        text.truncate(cut);
        text.push('…');
    }
    harmless(text)
}

/// What files say must not steer the terminal that shows it; the renderer sees to their lines, and not to what is said of them.
pub(super) fn harmless(text: String) -> String {
    let steers = |c: char| c.is_control() && c != '\n';
    if text.contains(steers) { text.replace(steers, "\u{fffd}") } else { text }
}
