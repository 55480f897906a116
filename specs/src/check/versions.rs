//! Versions of the API: all give the same base paths.

use std::collections::HashSet;

use crate::diagnostics::{Code, Problem};
use crate::raw;
use crate::resolve::Cx;

/// Whether every version has the base paths of the first, each usable in a path.
pub(crate) fn same_paths(cx: &mut Cx<'_>, versions: &raw::ApiVersions) {
    let Some(first) = versions.versions.entries.first() else {
        let problem =
            Problem::new(Code::UnknownVersion, versions.versions.span.first(), "no version is given");
        let help = "name at least the one that `default` names: { \"paths\": { … } }";
        return cx.problems.report(problem.help(help));
    };
    let in_first = names(first);
    if in_first.is_empty() && versions.header.is_none() {
        let problem =
            Problem::new(Code::MissingKey, first.key.span, "nothing tells this version from others")
                .help("give every version `paths`, or name the `header` that carries its name");
        cx.problems.report(problem);
    }
    for version in &versions.versions.entries {
        let own = names(version);
        for path in &first.value.paths.entries {
            if !own.contains(path.key.as_str()) {
                let message =
                    format!("version `{}` lacks the base path `{}`", version.key.value, path.key.value);
                let problem = Problem::new(Code::VersionPaths, version.key.span, message)
                    .also(path.key.span, format!("version `{}` has it", first.key.value))
                    .help("every version gives the same `paths`");
                cx.problems.report(problem);
            }
        }
        for path in &version.value.paths.entries {
            if !in_first.contains(path.key.as_str()) {
                let message = format!("the base path `{}` is not in every version", path.key.value);
                let problem = Problem::new(Code::VersionPaths, path.key.span, message)
                    .also(first.key.span, format!("version `{}` lacks it", first.key.value))
                    .help("every version gives the same `paths`");
                cx.problems.report(problem);
            }
            let value = path.value.as_str();
            let usable =
                value.starts_with('/') && !value.ends_with('/') && !value.contains(['?', '#', '{', ' ']);
            if !usable {
                let message = format!("`{value}` is not a base path");
                let problem = Problem::new(Code::BadHttp, path.value.span, message)
                    .help("a base path starts with `/` and does not end with one: \"/crm/objects/2026-09\"");
                cx.problems.report(problem);
            }
        }
        if let Some(sunset) = &version.value.sunset {
            let what = format!("version `{}`", version.key.value);
            super::sunsets::still_to_come(cx.problems, sunset, &what);
        }
    }
}

fn names(version: &raw::Entry<raw::ApiVersion>) -> HashSet<&str> {
    version.value.paths.entries.iter().map(|path| path.key.as_str()).collect()
}
