//! What was found, for people and for programs.

use console::style;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::finding::{Finding, Findings, Level};
use crate::run::shown::printable;
use crate::{Failure, check, print_json};

pub(super) struct Report {
    pub(super) today: Date,
    pub(super) offline: bool,
    /// What is not about one connector.
    pub(super) machine: Findings,
    pub(super) sections: Vec<Section>,
}

/// What was found of one connector.
pub(super) struct Section {
    /// As commands name it.
    pub(super) name: String,
    /// None where its spec is broken.
    pub(super) title: Option<String>,
    pub(super) findings: Findings,
}

impl Report {
    fn all(&self) -> impl Iterator<Item = &Finding> {
        self.machine.0.iter().chain(self.sections.iter().flat_map(|section| &section.findings.0))
    }

    /// How many problems there are, and how many warnings.
    pub(super) fn counts(&self) -> (usize, usize) {
        let count = |level| self.all().filter(|finding| finding.level == level).count();
        (count(Level::Problem), count(Level::Warning))
    }

    pub(super) fn print(&self) {
        print("This machine", &self.machine);
        for Section { name, title, findings } in &self.sections {
            let heading = match title {
                Some(title) => format!("{title} ({name})"),
                None => name.clone(),
            };
            anstream::println!();
            print(&heading, findings);
        }
        anstream::println!();
        if self.sections.is_empty() {
            anstream::println!(
                "No connector is configured here; `connector list` tells which there are, and `connector doctor NAME` looks at one."
            );
        }
        let (problems, warnings) = self.counts();
        let count = match (problems, warnings) {
            (0, 0) => "Nothing is wrong.".to_owned(),
            (problems, 0) => format!("{}.", check::count(problems, "problem")),
            (0, warnings) => format!("No problem, {}.", check::count(warnings, "warning")),
            (problems, warnings) => {
                format!("{}, {}.", check::count(problems, "problem"), check::count(warnings, "warning"))
            }
        };
        let asked = if self.offline { " No server was asked." } else { "" };
        anstream::println!("{count}{asked}");
    }

    pub(super) fn print_json(&self) -> Result<(), Failure> {
        let section = |section: &Section| json!({ "connector": section.name, "title": section.title, "findings": section.findings.0 });
        let (problems, warnings) = self.counts();
        print_json(&json!({
            "today": self.today.to_string(),
            "offline": self.offline,
            "machine": self.machine.0,
            "connectors": self.sections.iter().map(section).collect::<Value>(),
            "problems": problems,
            "warnings": warnings,
        }))
    }
}

fn print(heading: &str, findings: &Findings) {
    anstream::println!("{}", style(printable(heading)).bold());
    for (place, Finding { level, check, text, fix }) in findings.0.iter().enumerate() {
        let word = format!("{:7}", level.word());
        let word = match level {
            Level::Ok => style(word).green(),
            Level::Warning => style(word).yellow(),
            Level::Problem => style(word).red().bold(),
        };
        let text = printable(text).replace('\n', "\n                       ");
        anstream::println!("  {word}  {check:11} {text}");
        // One command for several, below the last of them.
        let is_same = findings.0.get(place + 1).is_some_and(|next| next.fix == *fix);
        if let Some(fix) = fix.as_ref().filter(|_| !is_same) {
            anstream::println!("                       {}", style(format!("$ {}", printable(fix))).cyan());
        }
    }
}
