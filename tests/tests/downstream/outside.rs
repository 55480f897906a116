//! A connector's files are in the package, and in their folder: what leads elsewhere is one error that says so.

use std::path::Path;

use crate::project::{CONNECTOR, NOTES, Project};

/// Builds with this path in the attribute, and gives what the compiler says.
#[track_caller]
fn refused(project: &Project, path: &Path, expected: &str) {
    project.write(
        "src/main.rs",
        format!(
            "#[typed_connector::connector(path = {:?})]\npub mod acme {{}}\n\nfn main() {{\n    drop(acme::notes::Ping::new());\n}}\n",
            path.to_str().expect("UTF-8")
        ),
    );
    let said = project.cargo(&["check", "--quiet"]);
    let errors =
        said.stderr.lines().filter(|line| line.starts_with("error: ") && !line.contains("could not compile"));
    assert!(!said.success && said.stderr.contains(expected), "{}: {}", path.display(), said.stderr);
    assert_eq!(errors.count(), 1, "{}: {}", path.display(), said.stderr);
}

#[test]
fn a_folder_is_in_the_package() {
    let (project, elsewhere) = (Project::new("outside"), tempfile::tempdir().expect("a folder"));
    std::fs::write(elsewhere.path().join("connector.json"), CONNECTOR).expect("written");
    std::fs::write(elsewhere.path().join("notes.json"), NOTES).expect("written");
    refused(
        &project,
        elsewhere.path(),
        "is there on this machine only; write the path relative to Cargo.toml",
    );
    let name = elsewhere.path().file_name().expect("it has a name");
    let beside = Path::new("specs/../..").join(name);
    refused(&project, &beside, "leads out of the package; move the folder into it");
    // What stays inside may be written in a roundabout way.
    project.write(
        "src/main.rs",
        "#[typed_connector::connector(path = \"specs/../specs/acme\")]\npub mod acme {}\n\nfn main() {\n    drop(acme::notes::Ping::new());\n}\n",
    );
    let said = project.cargo(&["check", "--quiet"]);
    assert!(said.success && said.stderr.is_empty(), "{}", said.stderr);
}

#[cfg(unix)]
#[test]
fn a_file_is_in_its_folder() {
    let (project, elsewhere) = (Project::new("linked"), tempfile::tempdir().expect("a folder"));
    let outside = elsewhere.path().join("notes.json");
    std::fs::write(&outside, NOTES.replace("Notes", "hunter2")).expect("written");
    project.remove("specs/acme/notes.json");
    std::os::unix::fs::symlink(&outside, project.path("specs/acme/notes.json")).expect("linked");
    refused(
        &project,
        Path::new("specs/acme"),
        "this is a link to a file outside of its folder; put the file itself here",
    );
}
