//! Types that hold types: what the check lets pass is `Send` for the compiler too, and what it warns of is with the limit that it names.

use std::fmt::Write as _;

use typed_connector_specs::{Sources, examine};

use crate::project::{CONNECTOR, Project};

/// A chain of so many types, each of which holds the next one, `NEXT`, like this.
fn chain(length: usize, held: &str) -> String {
    let mut types = String::new();
    for number in 0..length {
        let held = held.replace("NEXT", &format!("T{}", number + 1));
        write!(types, "\"T{number}\": {{ \"type\": \"object\", \"fields\": {{ \"next\": {held} }} }}, ")
            .expect("a text");
    }
    format!(
        r#"{{ "title": "Notes", "types": {{ {types} "T{length}": {{ "type": "object", "fields": {{ "text": "string" }} }} }},
        "actions": {{ "get": {{ "title": "Get", "http": "GET /notes", "effect": "read", "returns": "T0" }} }} }}"#
    )
}

/// What is said of it.
fn said(notes: &str) -> String {
    let sources =
        Sources::in_memory([("connector.json", CONNECTOR), ("notes.json", notes)]).expect("a connector");
    examine(&sources).problems.to_string()
}

fn compiles(project: &Project, notes: &str, limit: &str) {
    project.write("specs/acme/notes.json", notes);
    let lib = format!(
        "//! Deep.\n{limit}\n#![allow(deprecated)]\n#[typed_connector::connector(path = \"specs/acme\")]\npub mod acme {{}}\n\
         /// It can be sent to another thread, with what asks for it.\npub fn send(client: acme::Client) {{\n\
         std::thread::spawn(move || {{ let asked = async move {{ client.execute(acme::notes::Get::new()).await }}; is_send(&asked); }});\n}}\n\
         fn is_send<T: Send>(_: &T) {{}}\n"
    );
    project.write("src/lib.rs", lib);
    let said = project.cargo(&["check", "--quiet"]);
    assert!(said.success, "{}", said.stderr);
}

#[test]
fn the_compiler_follows_types_as_far_as_the_check_says() {
    let project = Project::new("deep");
    project.remove("src/main.rs");
    let array = r#"{ "type": "array", "items": "NEXT" }"#;
    let kinds = [
        (48, r#""NEXT""#),
        (96, r#"{ "type": "NEXT", "required": true }"#),
        (24, array),
        (24, r#"{ "type": "map", "values": "NEXT" }"#),
    ];
    for (longest, held) in kinds {
        let notes = chain(longest, held);
        assert_eq!(said(&notes), "");
        compiles(&project, &notes, "");
        let text = said(&chain(longest + 1, held));
        assert!(text.starts_with("warning: ") && text.contains("[spec::deep_type]"), "{text}");
    }
    let notes = chain(110, array);
    let text = said(&notes);
    let limit = text.split('`').find(|part| part.starts_with("#![recursion_limit")).expect("a limit");
    compiles(&project, &notes, limit);
}
