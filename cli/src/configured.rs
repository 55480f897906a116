//! Which connectors are configured on this machine, and how: one file in the home folder, without any secret.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize};

/// The file's name.
const FILE: &str = "connectors.json";

/// A connector that somebody has configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Configured {
    /// Its machine name, `hubspot`.
    pub(crate) connector: String,
    /// The folder of its specs; none for a shipped one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) folder: Option<PathBuf>,
    /// How its calls are authorized.
    pub(crate) access: Access,
    /// Whether its actions may be run.
    #[serde(alias = "enabled", deserialize_with = "status")]
    pub(crate) status: Status,
}

/// How far somebody has gone with a connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// Saved, and nobody has said more. Commands use it as it is; the console runs nothing yet.
    Saved,
    /// Its actions may be run.
    Enabled,
    /// Somebody has said that they may not, neither in the console nor by commands.
    Disabled,
}

impl Status {
    /// For people.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Saved => "not enabled yet",
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
        }
    }
}

/// A status; files of before have `true` or `false`.
fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Status, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Status(Status),
        Enabled(bool),
    }
    Ok(match Either::deserialize(deserializer)? {
        Either::Status(status) => status,
        Either::Enabled(true) => Status::Enabled,
        Either::Enabled(false) => Status::Disabled,
    })
}

/// How calls are authorized.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Access {
    /// OAuth 2.0.
    Profile {
        /// The authorization profile's name; `system` is the operator's.
        name: String,
        /// Whose accounts.
        mode: Mode,
    },
    /// A token or key that is kept sealed in the store.
    Token,
    /// The API asks for nothing.
    Open,
}

/// Whose accounts are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// One, which the developer authorizes for everybody.
    PreAuthorized,
    /// Each end user's own.
    Users,
}

impl Configured {
    /// How it is authorized, in a few words.
    pub(crate) fn words(&self) -> String {
        match &self.access {
            Access::Profile { name, mode } => {
                let mode = match mode {
                    Mode::PreAuthorized => "pre-authorized",
                    Mode::Users => "users authorize",
                };
                format!("profile {name}, {mode}")
            }
            Access::Token => "a token that is kept".to_owned(),
            Access::Open => "no authorization".to_owned(),
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    connectors: Vec<Configured>,
}

/// All of them, by name; none where there is no file.
pub(crate) fn all(home: &Path) -> Result<Vec<Configured>, String> {
    let path = home.join(FILE);
    let shown = path.display();
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("cannot read {shown}: {error}")),
    };
    let content: Content = serde_json::from_str(&text).map_err(|error| {
        format!("{shown} cannot be used: {error}; mend it, or remove it to configure anew")
    })?;
    Ok(content.connectors)
}

/// Changes the list. Others who do so at the same time wait; readers see the former list or the new one.
pub(crate) fn change(home: &Path, change: impl FnOnce(&mut Vec<Configured>)) -> Result<(), String> {
    let failed = |error: io::Error| format!("cannot write {}: {error}", home.join(FILE).display());
    let lock = private(&home.join(format!("{FILE}.lock"))).map_err(failed)?;
    lock.lock().map_err(failed)?;
    let mut connectors = all(home)?;
    change(&mut connectors);
    connectors.sort_by(|a, b| a.connector.cmp(&b.connector));
    let mut text =
        serde_json::to_string_pretty(&Content { connectors }).map_err(|error| error.to_string())?;
    text.push('\n');
    let fresh = home.join(format!("{FILE}.new"));
    let write = || {
        let mut file = private(&fresh)?;
        file.set_len(0)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&fresh, home.join(FILE))
    };
    write().map_err(failed)
}

/// Puts one in the place of the former one of its name.
pub(crate) fn put(home: &Path, configured: Configured) -> Result<(), String> {
    change(home, |list| {
        list.retain(|one| one.connector != configured.connector);
        list.push(configured);
    })
}

/// A file for the owner only, made where it is missing.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hubspot(status: Status) -> Configured {
        let access = Access::Profile { name: "default".to_owned(), mode: Mode::PreAuthorized };
        Configured { connector: "hubspot".to_owned(), folder: None, access, status }
    }

    #[test]
    fn what_is_put_is_there_once() {
        let home = tempfile::tempdir().expect("a folder");
        assert_eq!(all(home.path()), Ok(Vec::new()));
        put(home.path(), hubspot(Status::Saved)).expect("written");
        let own = Configured {
            connector: "acme".to_owned(),
            folder: Some(PathBuf::from("/specs/acme")),
            access: Access::Token,
            status: Status::Enabled,
        };
        put(home.path(), own.clone()).expect("written");
        put(home.path(), hubspot(Status::Disabled)).expect("written");
        assert_eq!(all(home.path()), Ok(vec![own, hubspot(Status::Disabled)]));
        change(home.path(), |list| list.retain(|one| one.connector != "acme")).expect("written");
        assert_eq!(all(home.path()), Ok(vec![hubspot(Status::Disabled)]));
    }

    #[test]
    fn files_of_before_are_read() {
        let home = tempfile::tempdir().expect("a folder");
        for (before, status) in [("true", Status::Enabled), ("false", Status::Disabled)] {
            let text = format!(
                r#"{{ "connectors": [{{ "connector": "acme", "access": "open", "enabled": {before} }}] }}"#
            );
            fs::write(home.path().join(FILE), text).expect("written");
            assert_eq!(all(home.path()).expect("readable")[0].status, status);
        }
    }

    #[test]
    fn changes_at_once_are_all_kept() {
        let home = tempfile::tempdir().expect("a folder");
        std::thread::scope(|scope| {
            for index in 0..16 {
                let home = home.path();
                scope.spawn(move || {
                    put(home, Configured { connector: format!("c{index:02}"), ..hubspot(Status::Enabled) })
                        .expect("written");
                });
            }
        });
        assert_eq!(all(home.path()).expect("readable").len(), 16);
    }

    #[test]
    fn a_file_that_is_no_list_is_named() {
        let home = tempfile::tempdir().expect("a folder");
        fs::write(home.path().join(FILE), "{").expect("written");
        let error = all(home.path()).expect_err("broken");
        assert!(error.contains(FILE) && error.contains("line 1"), "{error}");
        assert!(put(home.path(), hubspot(Status::Enabled)).is_err(), "it is not overwritten");
        assert_eq!(fs::read_to_string(home.path().join(FILE)).expect("there"), "{");
    }
}
