//! One of several lines, which is found by typing a part of it.

use std::io;

use console::{Key, Term, measure_text_width};
use dialoguer::theme::{ColorfulTheme, Theme as _};
use fuzzy_matcher::FuzzyMatcher as _;
use fuzzy_matcher::skim::SkimMatcherV2;

/// So many lines are shown at once.
const MOST_SHOWN: usize = 12;

/// What a person decided for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The line at this place.
    Line(usize),
    /// The text as it was typed.
    Typed(String),
}

/// Whether a text can be used that is none of the lines.
pub(super) type Takes<'a> = &'a dyn Fn(&str) -> Result<(), String>;

/// A question with lines to choose from.
pub(super) struct Finder<'a> {
    pub(super) prompt: &'a str,
    pub(super) lines: &'a [String],
    /// What is said of a text that fits no line: `no choice` fits it.
    pub(super) none: &'static str,
    /// For questions that take any text.
    pub(super) takes: Option<Takes<'a>>,
}

/// What can be pressed Enter at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    Line(usize),
    AsItIs,
}

/// What was typed so far, and what is marked.
#[derive(Default)]
struct Search {
    typed: Vec<char>,
    cursor: usize,
    /// Among the entries.
    marked: usize,
    /// The first entry that is shown.
    first: usize,
    /// Why the text cannot be used.
    problem: Option<String>,
}

enum Pressed {
    GoesOn,
    Found(Found),
    /// Escape.
    Left,
}

impl Finder<'_> {
    /// Asks on standard error; `None` where somebody left by Escape.
    pub(super) fn ask(&self, theme: &ColorfulTheme) -> io::Result<Option<Found>> {
        let term = Term::buffered_stderr();
        let matcher = SkimMatcherV2::default();
        let mut search = Search::default();
        term.hide_cursor()?;
        let outcome = loop {
            let entries = self.entries(&matcher, &search.text());
            let drawn = self.draw(&term, theme, &matcher, &mut search, &entries)?;
            let key = term.read_key_raw()?;
            term.clear_last_lines(drawn)?;
            let pressed = match key {
                // Not by a signal, which would leave the cursor hidden.
                Key::CtrlC => {
                    term.flush()?;
                    return Err(io::ErrorKind::Interrupted.into());
                }
                key => self.press(&key, &mut search, &entries),
            };
            match pressed {
                Pressed::GoesOn => {}
                Pressed::Left => break None,
                Pressed::Found(found) => {
                    let shown = match &found {
                        Found::Line(line) => &self.lines[*line],
                        Found::Typed(text) => text,
                    };
                    let mut line = String::new();
                    theme
                        .format_input_prompt_selection(&mut line, self.prompt, shown)
                        .map_err(io::Error::other)?;
                    term.write_line(&line)?;
                    break Some(found);
                }
            }
        };
        term.show_cursor()?;
        term.flush()?;
        Ok(outcome)
    }

    /// The lines that the text fits, the best first; and the text itself where it can be used.
    fn entries(&self, matcher: &SkimMatcherV2, text: &str) -> Vec<Entry> {
        let scored = self.lines.iter().enumerate();
        let scored = scored.filter_map(|(place, line)| Some((matcher.fuzzy_match(line, text)?, place)));
        let mut scored: Vec<_> = scored.collect();
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        let as_it_is = (self.takes.is_some() && !text.is_empty()).then_some(Entry::AsItIs);
        scored.into_iter().map(|(_, place)| Entry::Line(place)).chain(as_it_is).collect()
    }

    /// What is said beside the entries: that the text fits no line, or why it cannot be used.
    fn note(&self, search: &Search, entries: &[Entry]) -> Option<String> {
        let fits = entries.iter().any(|entry| matches!(entry, Entry::Line(_)));
        let Search { problem, .. } = search;
        match (problem, fits) {
            (Some(problem), _) => Some(problem.clone()),
            (None, true) => None,
            (None, false) if self.takes.is_some() => Some(format!("{} fits `{}`", self.none, search.text())),
            (None, false) => {
                Some(format!("{} fits `{}`; Backspace takes letters back", self.none, search.text()))
            }
        }
    }

    /// Draws everything; on how many rows of the terminal that is.
    fn draw(
        &self,
        term: &Term,
        theme: &ColorfulTheme,
        matcher: &SkimMatcherV2,
        search: &mut Search,
        entries: &[Entry],
    ) -> io::Result<usize> {
        // One that does not tell its size is like most.
        let (height, width) =
            term.size_checked().filter(|(height, width)| *height > 0 && *width > 0).unwrap_or((24, 80));
        let most = MOST_SHOWN.min(usize::from(height).saturating_sub(4)).max(1);
        search.first = search.first.min(search.marked).max((search.marked + 1).saturating_sub(most));
        let (text, mut drawn) = (search.text(), Vec::new());
        let before: usize = search.typed[..search.cursor].iter().map(|c| c.len_utf8()).sum();
        let mut line = String::new();
        theme.format_fuzzy_select_prompt(&mut line, self.prompt, &text, before).map_err(io::Error::other)?;
        drawn.push(line);
        if let Some(note) = self.note(search, entries) {
            let mut line = String::new();
            theme.format_error(&mut line, &note).map_err(io::Error::other)?;
            drawn.push(line);
        }
        for (place, entry) in entries.iter().enumerate().skip(search.first).take(most) {
            let as_it_is = format!("use `{text}` as it is");
            let (shown, matched) = match entry {
                Entry::Line(line) => (&self.lines[*line], text.as_str()),
                Entry::AsItIs => (&as_it_is, ""),
            };
            let (mut line, is_marked) = (String::new(), place == search.marked);
            theme
                .format_fuzzy_select_prompt_item(&mut line, shown, is_marked, true, matcher, matched)
                .map_err(io::Error::other)?;
            drawn.push(line);
        }
        for line in &drawn {
            term.write_line(line)?;
        }
        term.flush()?;
        // The terminal breaks what is wider than it is.
        let rows = drawn.iter().map(|line| measure_text_width(line).div_ceil(usize::from(width)).max(1));
        Ok(rows.sum())
    }

    fn press(&self, key: &Key, search: &mut Search, entries: &[Entry]) -> Pressed {
        let before = search.typed.len();
        match key {
            Key::Escape => return Pressed::Left,
            Key::Enter => match entries.get(search.marked) {
                Some(Entry::Line(line)) => return Pressed::Found(Found::Line(*line)),
                Some(Entry::AsItIs) => {
                    let text = search.text();
                    match self.takes.map(|takes| takes(&text)) {
                        Some(Err(problem)) => search.problem = Some(problem),
                        _ => return Pressed::Found(Found::Typed(text)),
                    }
                }
                None => {}
            },
            Key::ArrowUp | Key::BackTab if !entries.is_empty() => {
                search.marked = (search.marked + entries.len() - 1) % entries.len();
            }
            Key::ArrowDown | Key::Tab if !entries.is_empty() => {
                search.marked = (search.marked + 1) % entries.len();
            }
            Key::ArrowLeft => search.cursor = search.cursor.saturating_sub(1),
            Key::ArrowRight => search.cursor = (search.cursor + 1).min(before),
            Key::Home => search.cursor = 0,
            Key::End => search.cursor = before,
            Key::Backspace if search.cursor > 0 => {
                search.cursor -= 1;
                search.typed.remove(search.cursor);
            }
            Key::Del if search.cursor < before => drop(search.typed.remove(search.cursor)),
            Key::Char(c) if !c.is_control() => {
                search.typed.insert(search.cursor, *c);
                search.cursor += 1;
            }
            _ => {}
        }
        if search.typed.len() != before {
            (search.marked, search.first, search.problem) = (0, 0, None);
        }
        Pressed::GoesOn
    }
}

impl Search {
    fn text(&self) -> String {
        self.typed.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(finder: &Finder<'_>, keys: &str) -> (Search, Vec<Entry>, Option<Found>) {
        let (matcher, mut search, mut found) = (SkimMatcherV2::default(), Search::default(), None);
        for c in keys.chars() {
            let entries = finder.entries(&matcher, &search.text());
            let key = match c {
                '\n' => Key::Enter,
                '<' => Key::Backspace,
                'v' => Key::ArrowDown,
                '^' => Key::ArrowUp,
                c => Key::Char(c),
            };
            if let Pressed::Found(one) = finder.press(&key, &mut search, &entries) {
                found = Some(one);
            }
        }
        let entries = finder.entries(&matcher, &search.text());
        (search, entries, found)
    }

    #[test]
    fn what_fits_nothing_is_told_and_used_where_any_text_is_taken() {
        let lines = ["Closed won (closedwon)", "Closed lost (closedlost)"].map(str::to_owned);
        let closed = Finder { prompt: "Which?", lines: &lines, none: "no choice", takes: None };
        let (search, entries, found) = typed(&closed, "4711\n");
        assert_eq!((entries.as_slice(), found), (&[][..], None));
        let note = closed.note(&search, &entries);
        assert_eq!(note.as_deref(), Some("no choice fits `4711`; Backspace takes letters back"));
        assert_eq!(typed(&closed, "4711<<<<lost\n").2, Some(Found::Line(1)));
        assert_eq!(typed(&closed, "v\n").2, Some(Found::Line(1)));
        assert_eq!(typed(&closed, "^\n").2, Some(Found::Line(1)));

        let takes = |text: &str| if text == "47" { Err("it is too short".to_owned()) } else { Ok(()) };
        let open = Finder { takes: Some(&takes), ..closed };
        let (search, entries, found) = typed(&open, "4711\n");
        assert_eq!(open.note(&search, &entries).as_deref(), Some("no choice fits `4711`"));
        assert_eq!(
            (entries.as_slice(), found),
            (&[Entry::AsItIs][..], Some(Found::Typed("4711".to_owned())))
        );
        let (search, entries, found) = typed(&open, "47\n");
        assert_eq!((open.note(&search, &entries).as_deref(), found), (Some("it is too short"), None));
        // A choice that fits comes first.
        assert_eq!(typed(&open, "won\n").2, Some(Found::Line(0)));
        assert_eq!(typed(&open, "won^\n").2, Some(Found::Typed("won".to_owned())));
    }
}
