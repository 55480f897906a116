//! Diagnostics as SARIF 2.1.0, the format of the OASIS standard for results of static analysis.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Code, Diagnostic, Diagnostics, Fix, Label, Severity};
use crate::source::SourceFile;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn log(diagnostics: &Diagnostics) -> Value {
    let rules: BTreeSet<Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    let rules: Vec<Code> = rules.into_iter().collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "connector",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
            } },
            // Columns count characters, as those of the messages do (§3.14.17).
            "columnKind": "unicodeCodePoints",
            "results": diagnostics.iter().map(|diagnostic| result(diagnostic, &rules)).collect::<Vec<_>>(),
        }],
    })
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.as_str(),
        "shortDescription": { "text": code.about() },
        "defaultConfiguration": { "level": code.severity().as_str() },
    })
}

fn result(diagnostic: &Diagnostic, rules: &[Code]) -> Value {
    let mut result = Map::new();
    result.insert("ruleId".into(), diagnostic.code.as_str().into());
    result.insert("ruleIndex".into(), rules.iter().position(|code| *code == diagnostic.code).into());
    let level = if diagnostic.severity() == Severity::Error { "error" } else { "warning" };
    result.insert("level".into(), level.into());
    result.insert("message".into(), json!({ "text": text(diagnostic) }));
    let (first, others) = match diagnostic.labels.split_first() {
        Some((first, others)) => (Some(first), others),
        None => (None, &[][..]),
    };
    let locations: Vec<_> = first.iter().map(|label| location(label)).collect();
    result.insert("locations".into(), locations.into());
    if !others.is_empty() {
        let related = others.iter().enumerate().map(|(id, label)| {
            let mut location = location(label);
            location["id"] = (id + 1).into();
            if !label.text.is_empty() {
                location["message"] = json!({ "text": label.text });
            }
            location
        });
        result.insert("relatedLocations".into(), related.collect());
    }
    if let (Some(fix), Some(label)) = (&diagnostic.fix, first) {
        result.insert("fixes".into(), json!([self::fix(fix, label)]));
    }
    result.into()
}

/// What is wrong, what is said at the place, and what to do: viewers show one text.
fn text(diagnostic: &Diagnostic) -> String {
    let label = diagnostic.labels.first().map(|label| label.text.as_str()).filter(|text| !text.is_empty());
    let parts = [Some(diagnostic.message.as_str()), label, diagnostic.help.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn location(label: &Label) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": artifact(&label.file),
        "region": region(&label.file, &label.range),
    } })
}

fn fix(fix: &Fix, label: &Label) -> Value {
    json!({
        "description": { "text": fix.title },
        "artifactChanges": [{
            "artifactLocation": artifact(&label.file),
            "replacements": [{
                "deletedRegion": region(&label.file, &fix.range),
                "insertedContent": { "text": fix.replacement },
            }],
        }],
    })
}

fn region(file: &SourceFile, range: &std::ops::Range<usize>) -> Value {
    let (start, end) = (file.location(range.start), file.location(range.end));
    json!({
        "startLine": start.line, "startColumn": start.column,
        "endLine": end.line, "endColumn": end.column,
    })
}

/// The file as a URI reference (RFC 3986), relative where the file is shown so.
fn artifact(file: &SourceFile) -> Value {
    let mut uri = String::new();
    for byte in file.display.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    if uri.starts_with('/') {
        uri.insert_str(0, "file://");
    }
    json!({ "uri": uri })
}
