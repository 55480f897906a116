//! Whatever lies in the folder of specs, the compiler ends with an error that tells what it is.

use std::sync::Once;
use std::time::Duration;

use crate::project::{CONNECTOR, NOTES, Project};

fn nested(open: &str, close: &str, depth: usize) -> String {
    format!(r#"{{ "title": {}1{}, "actions": {{}} }}"#, open.repeat(depth), close.repeat(depth))
}

#[test]
fn hostile_files_end_in_an_error_that_names_them() {
    let project = Project::new("hostile");
    let padding = " ".repeat(10 * 1024 * 1024);
    let long_key = "k".repeat(3_000_000);
    let many = (0..200_000).map(|number| format!(r#""k{number}":1"#)).collect::<Vec<_>>().join(",");
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("not UTF-8", b"{ \"title\": \"\xff\xfe\" }".to_vec(), "UTF-8"),
        ("UTF-16", "{}".encode_utf16().flat_map(u16::to_le_bytes).collect(), ""),
        ("truncated", NOTES.as_bytes()[..NOTES.len() / 2].to_vec(), ""),
        ("truncated in a string", br#"{ "title": "No"#.to_vec(), ""),
        ("10 MB of blanks", format!("{}{padding}{}", &NOTES[..1], &NOTES[1..]).into_bytes(), "8 MiB"),
        ("a byte order mark", format!("\u{feff}{NOTES}").into_bytes(), ""),
        (
            "a key twice",
            br#"{ "title": "a", "title": "b", "actions": {} }"#.to_vec(),
            "duplicate key `title`",
        ),
        ("deep arrays", nested("[", "]", 10_000).into_bytes(), ""),
        ("deep objects", nested(r#"{"a":"#, "}", 10_000).into_bytes(), ""),
        ("deeper, unclosed", "[".repeat(1_000_000).into_bytes(), ""),
        ("empty", Vec::new(), ""),
        ("only null bytes", vec![0; 1000], ""),
        ("a number", b"1".to_vec(), ""),
        ("a number without an end", [b"{\"title\":".to_vec(), vec![b'9'; 1_000_000]].concat(), ""),
        (
            "a very long key",
            format!(r#"{{ "{long_key}": 1, "title": "a", "actions": {{}} }}"#).into_bytes(),
            "",
        ),
        ("very many keys", format!(r#"{{ {many}, "title": "a", "actions": {{}} }}"#).into_bytes(), ""),
        ("control characters", b"{ \"title\": \"\x1b[31mred\x07\", \"actions\": {} }".to_vec(), ""),
        ("a lone surrogate", br#"{ "title": "\ud800", "actions": {} }"#.to_vec(), ""),
    ];
    project.cargo(&["check", "--quiet"]); // not to count the time of what it depends on
    for (what, content, expected) in cases {
        project.write("specs/acme/hostile.json", content);
        fails(&project, what, &["specs/acme/hostile.json", expected]);
    }
    project.remove("specs/acme/hostile.json");
    assert_eq!(project.actions(), ["notes.ping"]);
}

#[test]
fn hostile_names_and_texts_do_not_become_code() {
    let project = Project::new("injection");
    for (what, notes) in [
        ("a module", NOTES.replace("\"ping\"", r#""ping {} fn evil() {} mod x""#)),
        ("a keyword", NOTES.replace("\"ping\"", r#""fn""#)),
        ("a path", NOTES.replace("GET /notes", "GET /notes/../../{x")),
        ("a header", NOTES.replace("GET /notes", "GET /notes HTTP/1.1\\r\\nx: y")),
        ("a method", NOTES.replace("GET /notes", "G\\u0000T /notes")),
    ] {
        project.write("specs/acme/notes.json", notes);
        let said = project.cargo(&["check", "--quiet"]);
        assert!(!said.stderr.contains("panicked"), "{what}: {}", said.stderr);
        assert!(!said.success || what == "a keyword", "{what} was taken");
        assert!(said.success || said.stderr.contains("specs/acme/notes.json"), "{what}: {}", said.stderr);
    }
    project.write("specs/acme/notes.json", NOTES);
    for (what, connector) in [
        ("a name", CONNECTOR.replace("\"acme\"", r#""acme; fn x() {}""#)),
        ("an address", CONNECTOR.replace("https://acme.example", "https://user:pass@acme.example")),
        ("plain text", CONNECTOR.replace("https://acme.example", "http://acme.example")),
    ] {
        project.write("specs/acme/connector.json", connector);
        fails(&project, what, &["specs/acme/connector.json"]);
    }
}

#[test]
fn hostile_folders_end_in_an_error() {
    let project = Project::new("folders");
    std::fs::create_dir(project.path("specs/acme/folder.json")).expect("it can be made");
    fails(&project, "a folder named like a file", &["folder.json"]);
    std::fs::remove_dir(project.path("specs/acme/folder.json")).expect("it is there");

    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("loop.json", project.path("specs/acme/loop.json"))
            .expect("it can be made");
        fails(&project, "a link to itself", &["loop.json"]);
        project.remove("specs/acme/loop.json");
    }

    for number in 0..1_100 {
        project.write(&format!("specs/acme/m{number}.json"), NOTES);
    }
    fails(&project, "too many files", &["more than 1000 JSON files"]);
}

/// The compiler ends soon and with an error of ours.
#[track_caller]
fn fails(project: &Project, what: &str, expected: &[&str]) {
    // On a fresh machine the first build is that of the dependencies, which nobody wants to measure.
    static DEPENDENCIES: Once = Once::new();
    DEPENDENCIES.call_once(|| drop(project.cargo(&["check", "--quiet"])));
    let said = project.cargo(&["check", "--quiet"]);
    let shown: String = said.stderr.chars().take(4000).collect();
    assert!(!said.success, "{what} was taken");
    assert!(said.stderr.contains("error: "), "{what}: {shown}");
    for bad in ["panicked", "overflow", "SIGSEGV", "SIGABRT", "signal:", "internal compiler error"] {
        assert!(!said.stderr.contains(bad), "{what}: {shown}");
    }
    for text in expected {
        assert!(said.stderr.contains(text), "{what}: no `{text}` in {shown}");
    }
    assert!(said.stderr.len() < 100_000, "{what}: a message of {} bytes", said.stderr.len());
    // The time includes waiting for the other tests' builds, which share the target folder.
    assert!(said.took < Duration::from_secs(240), "{what}: {:?}", said.took);
}
