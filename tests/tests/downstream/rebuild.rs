//! A spec that is added, changed or removed is noticed, without `cargo clean` and without touching the code.

use std::time::{Duration, SystemTime};

use crate::project::{BUILD, Project};

fn tasks(action: &str) -> String {
    format!(
        r#"{{ "title": "Tasks", "actions": {{ "{action}": {{ "title": "x", "http": "GET /tasks", "effect": "read" }} }} }}"#
    )
}

#[test]
fn files_come_and_go() {
    let project = Project::new("rebuild");
    assert_eq!(project.actions(), ["notes.ping"]);

    project.write("specs/acme/tasks.json", tasks("list"));
    assert_eq!(project.actions(), ["notes.ping", "tasks.list"], "a file was added");

    project.write("specs/acme/tasks.json", tasks("find"));
    assert_eq!(project.actions(), ["notes.ping", "tasks.find"], "it was changed");

    std::fs::rename(project.path("specs/acme/tasks.json"), project.path("specs/acme/chores.json"))
        .expect("renamed");
    assert_eq!(project.actions(), ["chores.find", "notes.ping"], "it was renamed");

    project.remove("specs/acme/chores.json");
    assert_eq!(project.actions(), ["notes.ping"], "it was removed");

    // As a checkout of an older commit or `cp -p` leaves it.
    project.write("specs/acme/old.json", tasks("list"));
    let long_ago = SystemTime::now() - Duration::from_secs(400 * 24 * 3600);
    let file =
        std::fs::File::options().write(true).open(project.path("specs/acme/old.json")).expect("it is there");
    file.set_modified(long_ago).expect("its time can be set");
    drop(file);
    assert_eq!(project.actions(), ["notes.ping", "old.list"], "one with an old date was added");

    // Nothing changed, nothing is built.
    let said = project.cargo(&["build", "--verbose"]);
    assert!(said.stderr.contains("Fresh rebuild v0.0.0"), "{}", said.stderr);
}

#[test]
fn a_mistake_is_reported_and_its_correction_noticed() {
    let project = Project::new("mistake");
    project.write("specs/acme/tasks.json", r#"{ "title": "Tasks", "actoins": {} }"#);
    let said = project.cargo(&["check"]);
    assert!(!said.success);
    assert!(said.stderr.contains("unknown key `actoins`"), "{}", said.stderr);
    assert!(said.stderr.contains("specs/acme/tasks.json:1:21"), "one can jump there: {}", said.stderr);
    project.write("specs/acme/tasks.json", tasks("list"));
    assert_eq!(project.actions(), ["notes.ping", "tasks.list"]);
}

#[test]
fn without_a_build_script_a_warning_tells_the_line_to_add() {
    let project = Project::new("unwatched");
    project.remove("build.rs");
    let said = project.cargo(&["check"]);
    assert!(said.success, "{}", said.stderr);
    assert!(said.stderr.contains("a new file in `specs/acme` will not trigger a rebuild"), "{}", said.stderr);
    assert!(said.stderr.contains(BUILD.trim()), "{}", said.stderr);
    assert!(said.stderr.contains("[build-dependencies]"), "{}", said.stderr);
    // Whoever does what it says hears nothing more.
    project.write("build.rs", BUILD);
    let said = project.cargo(&["check", "--quiet"]);
    assert!(said.stderr.is_empty(), "{}", said.stderr);

    // Relative to the file, the line is still right.
    project.remove("build.rs");
    let main = std::fs::read_to_string(project.path("src/main.rs")).expect("it is there");
    project.write("src/main.rs", main.replace("\"specs/acme\"", "\"../specs/acme\""));
    let said = project.cargo(&["check"]);
    assert!(said.stderr.contains(BUILD.trim()), "{}", said.stderr);
}
