//! What the doctor has to say.

use serde::Serialize;

use crate::run::shown::line;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Level {
    /// As it should be.
    Ok,
    /// It works, and will not for ever, or not for everything.
    Warning,
    /// Calls fail because of it.
    Problem,
}

impl Level {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// One answer to one question.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    pub(super) level: Level,
    /// What was looked at, in a word.
    pub(super) check: &'static str,
    pub(super) text: String,
    /// A command to copy.
    pub(super) fix: Option<String>,
}

/// What was found, in the order in which it was looked at.
#[derive(Debug, Default)]
pub(super) struct Findings(pub(super) Vec<Finding>);

impl Findings {
    pub(super) fn ok(&mut self, check: &'static str, text: impl Into<String>) {
        self.add(Level::Ok, check, text, None);
    }

    pub(super) fn warning(&mut self, check: &'static str, text: impl Into<String>, fix: impl Into<String>) {
        self.add(Level::Warning, check, text, Some(fix.into()));
    }

    pub(super) fn problem(&mut self, check: &'static str, text: impl Into<String>, fix: impl Into<String>) {
        self.add(Level::Problem, check, text, Some(fix.into()));
    }

    pub(super) fn add(
        &mut self,
        level: Level,
        check: &'static str,
        text: impl Into<String>,
        fix: Option<String>,
    ) {
        // One command is one line, whoever wrote what it names.
        let fix = fix.map(|fix| line(&fix));
        self.0.push(Finding { level, check, text: text.into(), fix });
    }
}

/// So many names, and how many more there are.
pub(super) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    const MOST: usize = 4;
    let shown: Vec<&str> = names.iter().take(MOST).map(AsRef::as_ref).collect();
    match (shown.as_slice(), names.len().saturating_sub(MOST)) {
        ([most @ .., last], 0) if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        (shown, 0) => shown.concat(),
        (shown, more) => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Findings, listed};

    #[test]
    fn a_command_is_one_line() {
        let mut found = Findings::default();
        found.warning("access", "a\nb", "export A=…  # the key\nrm x\u{1b}");
        let [finding] = found.0.as_slice() else { panic!("{found:?}") };
        assert_eq!(finding.fix.as_deref(), Some("export A=…  # the key rm x\u{fffd}"));
    }

    #[test]
    fn lists_read_well() {
        let names = ["a", "b", "c", "d", "e", "f"];
        let lists = [0, 1, 2, 4, 6].map(|count| listed(&names[..count]));
        assert_eq!(lists, ["", "a", "a and b", "a, b, c and d", "a, b, c, d and 2 more"]);
    }
}
