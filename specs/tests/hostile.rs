//! Whatever a file holds, the answer is a connector or an explanation: no panic, no overflow, no hang.

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use typed_connector_specs::model::TypeRef;
use typed_connector_specs::{Code, Connector, Diagnostic, Diagnostics, Sources, Style, load};

const CONNECTOR: &str =
    r#"{ "spec_version": 1, "name": "x", "title": "X", "base_url": "https://example.com", "auth": {} }"#;
const EVERYTHING: [(&str, &str); 2] = [
    ("connector.json", include_str!("valid/everything/connector.json")),
    ("things.json", include_str!("valid/everything/things.json")),
];

fn load_module(text: impl Into<Vec<u8>>) -> Result<Connector, Diagnostics> {
    load(&Sources::in_memory([("connector.json", CONNECTOR.into()), ("things.json", text.into())])?)
}

/// Loads, renders, and tells the codes; within a time that only something quadratic exceeds.
fn codes(text: impl Into<Vec<u8>>) -> Vec<Code> {
    let start = Instant::now();
    let problems = load_module(text).expect_err("this is no connector");
    let rendered = problems.render(Style::Plain);
    assert!(start.elapsed() < Duration::from_secs(60), "took {:?}", start.elapsed());
    assert!(rendered.len() <= 101 && rendered.iter().map(String::len).sum::<usize>() < 1_000_000);
    problems.iter().map(|problem| problem.code).collect()
}

#[test]
fn files_that_are_no_text() {
    assert_eq!(codes(*b"\xff\xfe{\0}\0"), [Code::Unreadable]);
    assert_eq!(codes("\u{feff}{}"), [Code::Unreadable]);
    assert_eq!(codes(""), [Code::Syntax]);
    assert_eq!(codes("\0"), [Code::Syntax]);
    assert_eq!(codes(vec![b' '; 9 * 1024 * 1024]), [Code::Unreadable]);
}

#[test]
fn deep_nesting() {
    assert_eq!(codes("[".repeat(1_000_000)), [Code::TooDeep]);
    assert_eq!(codes("{\"a\":".repeat(1_000_000)), [Code::TooDeep]);
    let shape = |depth: usize| {
        let types = "{\"type\":\"array\",\"items\":".repeat(depth);
        let end = "}".repeat(depth);
        format!(
            "{{\"title\":\"T\",\"actions\":{{\"a\":{{\"title\":\"A\",\"http\":\"GET /\",\"effect\":\"read\",\
             \"returns\":{types}\"string\"{end}}}}}}}"
        )
    };
    assert!(load_module(shape(60)).is_ok());
    assert_eq!(codes(shape(62)), [Code::TooDeep]);
}

#[test]
fn a_mistake_many_times() {
    let repeated = format!("{{\"title\":\"T\",{}\"actions\":{{}}}}", "\"a\":1,".repeat(300_000));
    let problems = load_module(repeated).unwrap_err();
    assert_eq!(problems.iter().len(), 100);
    assert_eq!(problems.count(), 300_000);
    assert_eq!(problems.render(Style::Plain).last().unwrap(), "and 299900 more like these");

    let mut unknown = String::from("{\n");
    for i in 0..100_000 {
        let _ = writeln!(unknown, "\"k{i}\": 1,");
    }
    unknown += "\"title\":\"T\",\"actions\":{}}";
    assert!(codes(unknown).iter().all(|code| *code == Code::UnknownKey));
}

#[test]
fn many_types_in_a_row() {
    let mut types = String::new();
    for i in 0..50_000 {
        let next = (i + 1) % 50_000;
        let _ = write!(
            types,
            "\"T{i}\":{{\"type\":\"object\",\"fields\":{{\"n\":{{\"type\":\"T{next}\",\"required\":true}}}}}},"
        );
    }
    let text = format!("{{\"title\":\"T\",\"types\":{{{}}},\"actions\":{{}}}}", types.trim_end_matches(','));
    assert_eq!(codes(text), [Code::InfiniteType]);
}

#[test]
fn what_follows_from_many_types_in_a_row() {
    let count = 50_000;
    let next = |i: usize| if i + 1 < count { format!("\"T{}\"", i + 1) } else { "\"T0\"".to_owned() };
    let types: Vec<_> = (0..count)
        .map(|i| format!("\"T{i}\":{{\"type\":\"object\",\"fields\":{{\"n\":{}}}}}", next(i)))
        .collect();
    let text = format!("{{\"title\":\"T\",\"types\":{{{}}},\"actions\":{{}}}}", types.join(","));
    let connector = load_module(text).expect("each may be absent");
    let start = Instant::now();
    for (index, ty) in connector.types.iter().enumerate() {
        let field = &connector.object(TypeRef(index)).expect("an object").fields[0];
        assert!(connector.is_recursive(TypeRef(index), field), "{}", ty.ident);
        assert!(!connector.is_always_there(TypeRef(index), field), "{}", ty.ident);
    }
    println!("{count} types in a circle: {:?}", start.elapsed());
    assert!(start.elapsed() < Duration::from_secs(5), "took {:?}", start.elapsed());
}

#[test]
fn circles_are_told_from_what_leads_to_them() {
    let text = r#"{ "title": "T", "actions": {}, "types": {
        "Alone": { "type": "object", "fields": { "self": { "type": "Alone", "name": "me" }, "list": { "type": "array", "items": "Alone" } } },
        "Before": { "type": "object", "fields": { "a": "A" } },
        "A": { "type": "object", "fields": { "b": "B", "alone": "Alone" } },
        "B": { "type": "object", "fields": { "after": "After", "c": "C" } },
        "C": { "type": "object", "fields": { "a": "A", "b": "B", "text": "string" } },
        "After": { "type": "object", "fields": { "text": "string" } } } }"#;
    let connector = load_module(text).expect("it is right");
    let mut recursive = Vec::new();
    for (index, ty) in connector.types.iter().enumerate() {
        for field in &connector.object(TypeRef(index)).expect("an object").fields {
            if connector.is_recursive(TypeRef(index), field) {
                recursive.push(format!("{}.{}", ty.ident, field.key));
            }
        }
    }
    recursive.sort();
    assert_eq!(recursive, ["A.b", "Alone.self", "B.c", "C.a", "C.b"]);
}

#[test]
fn many_actions_with_many_arguments() {
    let fields: Vec<_> = (0..3000).map(|i| format!("\"f{i}\":\"string\"")).collect();
    let action = |i: usize| {
        format!(
            "\"a{i}\":{{\"title\":\"A\",\"http\":\"POST /\",\"effect\":\"create\",\"body\":{{\"of\":\"T\"}}}}"
        )
    };
    let actions: Vec<_> = (0..1000).map(action).collect();
    let text = format!(
        "{{\"title\":\"T\",\"types\":{{\"T\":{{\"type\":\"object\",\"fields\":{{{}}}}}}},\"actions\":{{{}}}}}",
        fields.join(","),
        actions.join(",")
    );
    assert_eq!(codes(text), [Code::TooLarge]);
}

#[test]
fn long_names() {
    let long = "x".repeat(1_000_000);
    let text = format!("{{\"title\":\"T\",\"actions\":{{}},\"{long}\":1}}");
    assert_eq!(codes(text), [Code::UnknownKey]);
    let text = format!(
        "{{\"title\":\"T\",\"actions\":{{\"a\":{{\"title\":\"A\",\"http\":\"GET /{}\",\"effect\":\"read\"}}}}}}",
        "{x}".repeat(300_000)
    );
    assert_eq!(codes(text), [Code::BadHttp]);
}

#[test]
fn every_truncation_is_explained() {
    let whole = EVERYTHING[1].1.trim_end();
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        let files = [EVERYTHING[0], ("things.json", &whole[..end])];
        let problems = load(&Sources::in_memory(files).unwrap()).expect_err("truncated");
        assert!(problems.iter().all(|problem| problem.code == Code::Syntax), "at {end}: {problems}");
    }
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("connector.json"), CONNECTOR).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("zero.json")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("dangling.json")).unwrap();
    std::os::unix::fs::symlink("loop.json", folder.path().join("loop.json")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(folder.path().join("pipe.json")).status();
    let expected = if pipe.is_ok_and(|status| status.success()) { 4 } else { 3 };
    fs::write(folder.path().join("ignored.txt"), "not JSON").unwrap();
    fs::write(folder.path().join(".hidden.json"), "not JSON").unwrap();
    let sources = Sources::folder(folder.path()).unwrap();
    assert_eq!(sources.files().count(), expected + 1);
    assert!(sources.files().all(std::path::Path::is_absolute));
    let problems = load(&sources).unwrap_err();
    assert_eq!(problems.count(), expected, "{problems}");
    let outside: Vec<_> = problems
        .iter()
        .filter(|problem| problem.code == Code::OutsideFolder)
        .filter_map(Diagnostic::location)
        .collect();
    assert!(outside.len() == 1 && outside[0].file.ends_with("/zero.json"), "{problems}");
    assert_eq!(problems.iter().filter(|problem| problem.code == Code::Unreadable).count(), expected - 1);
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_out_of_the_folder() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(folder.path().join("connector.json"), CONNECTOR).unwrap();
    let outside = elsewhere.path().join("things.json");
    fs::write(&outside, "{ \"secret\": \"hunter2\" }").unwrap();
    std::os::unix::fs::symlink(&outside, folder.path().join("things.json")).unwrap();
    let problems = load(&Sources::folder(folder.path()).unwrap()).unwrap_err().to_string();
    assert!(problems.starts_with("error: this is a link to a file outside of its folder"), "{problems}");
    assert!(problems.contains("things.json:1:1") && !problems.contains("hunter2"), "{problems}");
    // A link to a file beside it is as good as the file, and the folder itself may be one.
    fs::remove_file(folder.path().join("things.json")).unwrap();
    fs::write(folder.path().join("things.txt"), "{ \"title\": \"T\", \"actions\": {} }").unwrap();
    std::os::unix::fs::symlink("things.txt", folder.path().join("things.json")).unwrap();
    let link = elsewhere.path().join("folder");
    std::os::unix::fs::symlink(folder.path(), &link).unwrap();
    assert_eq!(load(&Sources::folder(link).unwrap()).unwrap().modules.len(), 1);
}

#[test]
fn a_file_too_large_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("connector.json"), CONNECTOR).unwrap();
    // Sparse: a terabyte that takes no room.
    fs::File::create(folder.path().join("huge.json")).unwrap().set_len(1 << 40).unwrap();
    let problems = load(&Sources::folder(folder.path()).unwrap()).unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), [Code::Unreadable]);
}

/// Pieces that mean something to the format, in the wrong place.
const PIECES: [&str; 28] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "null",
    "true",
    "-1",
    "1e999",
    "\"type\": ",
    "\"array\"",
    "\"enum\"",
    "\"input\"",
    "\"Thing\"",
    "\"/a/b\"",
    "\"*\"",
    "\"\"",
    "\"ä\"",
    "\\u0000",
    "{}",
    "[]",
    "\"{+things}\"",
    "\"at\": \"/\", ",
    "\n",
    "é",
    "\"GET /{a}{a}\"",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Err(problems) = load_module(bytes) {
            problems.render(Style::Styled);
        }
    }

    #[test]
    fn mutated_specs_never_panic(
        in_connector in any::<bool>(),
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0_usize..12, 0..PIECES.len()), 1..4),
    ) {
        let mut files = EVERYTHING.map(|(name, text)| (name, text.to_owned()));
        let text = &mut files[usize::from(!in_connector)].1;
        for (at, len, piece) in cuts {
            let boundaries: Vec<_> = text.char_indices().map(|(at, _)| at).collect();
            let start = at.index(boundaries.len());
            let end = (start + len).min(boundaries.len() - 1);
            text.replace_range(boundaries[start]..boundaries[end.max(start)], PIECES[piece]);
        }
        if let Err(problems) = load(&Sources::in_memory(files).unwrap()) {
            for problem in &problems {
                let text = problem.render(Style::Plain);
                prop_assert!(text.contains(&problem.location().unwrap().to_string()), "{text}");
            }
        }
    }

    /// Values swapped for others: still JSON, so that every rule sees them.
    #[test]
    fn swapped_values_never_panic(swaps in proptest::collection::vec((any::<u32>(), any::<u32>()), 1..6)) {
        let mut tree: serde_json::Value = serde_json::from_str(EVERYTHING[1].1).unwrap();
        for (from, to) in swaps {
            let paths = pointers(&tree);
            let (from, to) = (&paths[from as usize % paths.len()], &paths[to as usize % paths.len()]);
            let value = tree.pointer(from).unwrap().clone();
            *tree.pointer_mut(to).unwrap() = value;
        }
        let text = tree.to_string();
        let alone = Sources::in_memory([EVERYTHING[0], ("things.json", text.as_str())]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("things.json"), &text).unwrap();
        fs::write(folder.path().join("connector.json"), &text).unwrap();
        let extended = Sources::in_memory(EVERYTHING).unwrap().extend(folder.path()).unwrap();
        for sources in [alone, extended] {
            if let Err(problems) = load(&sources) {
                problems.render(Style::Plain);
            }
        }
    }
}

/// JSON pointers of all values.
fn pointers(tree: &serde_json::Value) -> Vec<String> {
    fn walk(value: &serde_json::Value, at: &str, all: &mut Vec<String>) {
        all.push(at.to_owned());
        match value {
            serde_json::Value::Object(map) => {
                for (key, value) in map {
                    walk(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), all);
                }
            }
            serde_json::Value::Array(items) => {
                items.iter().enumerate().for_each(|(i, value)| walk(value, &format!("{at}/{i}"), all));
            }
            _ => {}
        }
    }
    let mut all = Vec::new();
    walk(tree, "", &mut all);
    all
}
