//! Diagnostics as JSON.

use serde_json::{Value, json};

use super::{Diagnostic, Diagnostics, Fix, Label, Style};

pub(super) fn json(diagnostics: &Diagnostics) -> Value {
    json!({
        "errors": diagnostics.errors,
        "warnings": diagnostics.count() - diagnostics.errors,
        "omitted": diagnostics.omitted,
        "problems": diagnostics.iter().map(problem).collect::<Vec<_>>(),
    })
}

fn problem(diagnostic: &Diagnostic) -> Value {
    json!({
        "code": diagnostic.code.as_str(),
        "severity": diagnostic.severity().as_str(),
        "message": diagnostic.message,
        "help": diagnostic.help,
        // The first is where the mistake is.
        "places": diagnostic.labels.iter().map(place).collect::<Vec<_>>(),
        "fix": diagnostic.fix.as_ref().zip(diagnostic.labels.first()).map(|(fix, label)| self::fix(fix, label)),
        "rendered": diagnostic.render(Style::Plain),
    })
}

fn place(label: &Label) -> Value {
    let mut place = range(label);
    place["text"] = label.text.as_str().into();
    place
}

fn fix(fix: &Fix, label: &Label) -> Value {
    let mut value = range(&Label { range: fix.range.clone(), ..label.clone() });
    value["replacement"] = fix.replacement.as_str().into();
    value
}

/// Lines and columns (in characters) from 1; the end is behind the last character. Offsets are in bytes from 0.
fn range(label: &Label) -> Value {
    let (start, end) = (label.file.location(label.range.start), label.file.location(label.range.end));
    json!({
        "file": &*start.file,
        "line": start.line, "column": start.column,
        "end_line": end.line, "end_column": end.column,
        "start": label.range.start, "end": label.range.end,
    })
}
