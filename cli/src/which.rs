//! Which connector a command is about: by its name, or by the folder of its specs.

use std::path::{Path, PathBuf};

use clap::Args;

/// The connector of a command that is about one.
#[derive(Args, Clone)]
pub(crate) struct Which {
    /// A shipped connector, or a folder of specs
    #[arg(required_unless_present = "path")]
    connector: Option<String>,
    /// A folder of specs; the same as to name it in place of the connector
    #[arg(long, value_name = "FOLDER", conflicts_with = "connector")]
    path: Option<PathBuf>,
}

impl Which {
    pub(crate) const fn named(connector: String) -> Self {
        Self { connector: Some(connector), path: None }
    }

    /// As all of the command line names it: what has a separator or a point, or is there, is a folder.
    pub(crate) fn name(&self) -> String {
        self.path.as_deref().map(folder).or_else(|| self.connector.clone()).unwrap_or_default()
    }
}

/// A folder as a connector's name, which it stays where no folder is there yet.
pub(crate) fn folder(path: &Path) -> String {
    let name = path.display().to_string();
    if is_folder(&name) { name } else { format!("./{name}") }
}

/// Whether a name is that of a folder, and not of a shipped connector.
pub(crate) fn is_folder(connector: &str) -> bool {
    connector.contains(['/', '\\', '.']) || Path::new(connector).is_dir()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_folder_whatever_it_is_called() {
        let name = |path: &str| Which { connector: None, path: Some(PathBuf::from(path)) }.name();
        assert_eq!(
            ["specs/acme", "no-such-folder", ".", "../x"].map(name),
            ["specs/acme", "./no-such-folder", ".", "../x"]
        );
        assert_eq!(Which::named("hubspot".to_owned()).name(), "hubspot");
    }
}
