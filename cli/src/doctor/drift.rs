//! Whether the files are still what they were made of: the account's properties, or OpenAPI documents.

use std::path::Path;
use std::time::Duration;

use typed_connector_specs::Severity;

use super::Case;
use super::connections::Usable;
use super::finding::{Findings, listed};
use crate::import::{self, Drift};
use crate::run::access::{Spec, Way};
use crate::run::line::shell;
use crate::{check, pull, told};

/// The comparison with an account takes no longer. It is many calls, and `pull` would wait for each as long as the API likes.
const LONGEST: Duration = Duration::from_secs(20);

/// An account's own properties and pipelines, in the folder that extends a shipped connector.
pub(super) async fn account(case: &Case<'_>, way: &Way, used: Option<&Usable>, found: &mut Findings) {
    let Some(folder) = &case.spec.extend else { return };
    let (of, access) = match way {
        Way::Token { token, .. } => (case.access.of(case.spec), pull::Access::Token(token.clone())),
        Way::Connection(_) => {
            let Some(one) = used else { return };
            (case.access.of(case.spec), pull::Access::Connection(one.authorizer.clone()))
        }
        Way::Open => return,
    };
    // Of the same account; the folder is what is written, and no part of what is asked.
    let alone = Spec { name: case.spec.name.clone(), extend: None };
    let out = shell(&folder.display().to_string());
    let mut command = format!("connector pull {} --out {out}", case.access.of(&alone).words());
    if let Way::Token { variable: Some(variable), .. } = way
        && case.access.names_a_variable()
    {
        command.push_str(&format!(" --token-env {}", shell(variable)));
    }
    let compared = tokio::time::timeout(LONGEST, pull::drift(of, folder.clone(), access));
    let Ok(compared) = compared.await else {
        let text = format!(
            "whether {} is as the account has it is not known: the comparison was not finished after {} s",
            folder.display(),
            LONGEST.as_secs()
        );
        found.warning("drift", text, format!("{command} --check"));
        return;
    };
    match compared {
        None => {}
        Some(Ok(changes)) if changes.is_empty() => {
            found.ok("drift", format!("{} is as the account has it", folder.display()));
        }
        Some(Ok(changes)) => {
            let first = changes.first().map(String::as_str).unwrap_or_default();
            let text = format!(
                "{} differs from the account in {}, the first: {}",
                folder.display(),
                check::count(changes.len(), "place"),
                first.split_whitespace().collect::<Vec<_>>().join(" ")
            );
            found.warning("drift", text, command);
        }
        Some(Err(error)) => {
            let text =
                format!("{} could not be compared with the account: {}", folder.display(), told(&*error));
            found.warning("drift", text, format!("{command} --check"));
        }
    }
}

/// The documents that a folder was imported from.
pub(super) fn documents(case: &Case<'_>, found: &mut Findings) {
    let folder = Path::new(&case.spec.name);
    if !folder.join(".import").is_dir() {
        return;
    }
    let shown = folder.display();
    let command = |documents: &[std::path::PathBuf]| {
        let documents: Vec<_> = documents.iter().map(|path| shell(&path.display().to_string())).collect();
        format!("connector import {} --out {}", documents.join(" "), shell(&case.spec.name))
    };
    match import::drift(folder) {
        Ok(None) => found.ok("drift", format!("{shown} was imported; of which documents is not known")),
        Ok(Some((_, Drift::Same))) => found.ok("drift", format!("{shown} is as the documents have it")),
        Ok(Some((documents, Drift::Differs))) => {
            found.warning(
                "drift",
                format!("{shown} differs from the documents that it was imported from"),
                command(&documents),
            );
        }
        Ok(Some((_, Drift::Gone(gone)))) => {
            found.ok(
                "drift",
                format!("{shown} was imported from {}, which is not there to compare with", listed(&gone)),
            );
        }
        Ok(Some((documents, Drift::Refused(problems)))) => {
            let first = problems.iter().find(|problem| problem.severity() == Severity::Error);
            let first = first.map(|first| first.message.as_str()).unwrap_or_default();
            found.warning(
                "drift",
                format!("{shown} cannot be compared with its documents: {first}"),
                command(&documents),
            );
        }
        Err(error) => {
            let text = format!("{shown} cannot be compared with its documents: {}", told(&*error));
            found.warning(
                "drift",
                text,
                format!("ls -la {}", shell(&folder.join(".import").display().to_string())),
            );
        }
    }
}
