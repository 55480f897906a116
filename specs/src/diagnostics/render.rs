//! A diagnostic as text, by rustc's own renderer.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};

use super::{Diagnostic, Label, Severity};
use crate::source::SourceFile;

/// Whether the text may hold colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// No escape sequences: for `compile_error!`, files and pipes.
    Plain,
    /// Colours for a terminal.
    Styled,
}

/// Longer lines are not shown: a whole file may be one line.
const MAX_LINE: usize = 1000;

pub(super) fn render(diagnostic: &Diagnostic, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Styled => Renderer::styled(),
    };
    let title = format!("{} [{}]", diagnostic.message, diagnostic.code);
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.no_name().primary_title(title));
    let mut rest = diagnostic.labels.as_slice();
    let mut kind = AnnotationKind::Primary;
    while let Some(first) = rest.first() {
        // Labels of one file share a snippet.
        let same = rest.iter().take_while(|label| label.file.display == first.file.display).count();
        let (here, after) = rest.split_at(same);
        group = match shown(&first.file, here.iter().map(|label| label.range.clone())) {
            _ if diagnostic.secret => group.element(origin(first)),
            Some(lines) => group.element(snippet(here, &lines, kind)),
            None => group.element(origin(first)),
        };
        rest = after;
        kind = AnnotationKind::Context;
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let mut report = vec![group];
    if let (Some(fix), Some(label)) = (&diagnostic.fix, diagnostic.labels.first())
        && let Some(lines) = shown(&label.file, [fix.range.clone()])
        && let Some(text) = label.file.text.get(lines.clone())
    {
        let inside = fix.range.start - lines.start..fix.range.end - lines.start;
        let patch = Snippet::source(text)
            .line_start(label.file.line_index(lines.start) + 1)
            .path(label.file.display.as_ref())
            .patch(Patch::new(inside, fix.replacement.as_str()));
        report.push(Level::HELP.secondary_title(fix.title).element(patch));
    }
    // The renderer shows ASCII's control characters by pictures; some terminals obey those behind them too.
    renderer.render(&report).replace(|c| ('\u{80}'..='\u{9f}').contains(&c), "\u{fffd}")
}

fn snippet<'a>(
    labels: &'a [Label],
    lines: &Range<usize>,
    mut kind: AnnotationKind,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let file = labels[0].file.as_ref();
    let text = file.text.get(lines.clone()).unwrap_or_default();
    let mut snippet =
        Snippet::source(text).line_start(file.line_index(lines.start) + 1).path(file.display.as_ref());
    for label in labels {
        let range = label.range.start - lines.start..label.range.end - lines.start;
        let mut annotation = kind.span(range);
        if !label.text.is_empty() {
            annotation = annotation.label(label.text.as_str());
        }
        snippet = snippet.annotation(annotation);
        kind = AnnotationKind::Context;
    }
    snippet
}

/// A place without its line.
fn origin(label: &Label) -> Origin<'_> {
    let at = label.file.location(label.range.start);
    Origin::path(label.file.display.as_ref()).line(at.line as usize).char_column(at.column as usize)
}

/// The whole lines around some ranges; `None` where they are not fit to be shown.
fn shown(file: &SourceFile, ranges: impl IntoIterator<Item = Range<usize>>) -> Option<Range<usize>> {
    let ranges = ranges.into_iter();
    let (start, end) =
        ranges.fold((usize::MAX, 0), |(start, end), range| (start.min(range.start), end.max(range.end)));
    let (first, last) = (file.line_index(start), file.line_index(end.max(start)));
    let lines = file.line_start(first)..file.line_start(last + 1);
    let text = file.text.get(lines.clone())?;
    (!text.is_empty() && text.lines().all(|line| line.len() <= MAX_LINE)).then_some(lines)
}
