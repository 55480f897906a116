//! `connector import` as a person runs it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const DOCUMENT: &str = "openapi: 3.1.0
info: { title: Notes, version: '1' }
servers: [{ url: 'https://notes.example' }]
paths:
  /notes:
    get:
      responses:
        '200':
          description: ok
          content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Note' } } } }
    post:
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } } }
      responses: { '204': { description: ok } }
components:
  schemas:
    Note: { type: object, properties: { text: { type: string }, odd: { oneOf: [{ type: string }, { type: boolean }] } } }
";

struct Run {
    code: i32,
    out: String,
    err: String,
}

struct Bench(tempfile::TempDir);

impl Bench {
    fn new() -> Self {
        let bench = Self(tempfile::tempdir().expect("a folder"));
        bench.write("notes.yaml", DOCUMENT);
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::create_dir_all(self.path(name).parent().expect("a folder")).expect("it can be made");
        std::fs::write(self.path(name), text).expect("it can be written");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn change(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "no `{from}` in {text}");
        self.write(name, &text.replacen(from, to, 1));
    }

    /// Runs `connector` in the folder.
    fn run(&self, arguments: &[&str]) -> Run {
        self.run_in("", arguments)
    }

    fn run_in(&self, folder: &str, arguments: &[&str]) -> Run {
        let run = Command::new(env!("CARGO_BIN_EXE_connector"))
            .args(arguments)
            .current_dir(self.path(folder))
            .output()
            .expect("the command runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Run { code: run.status.code().unwrap_or(-1), out: text(run.stdout), err: text(run.stderr) }
    }

    #[track_caller]
    fn import(&self, arguments: &[&str]) -> Run {
        let run = self.run(&[&["import"], arguments].concat());
        assert!(!run.err.contains("panicked"), "{}", run.err);
        run
    }
}

#[test]
fn a_document_becomes_a_folder_that_checks_clean() {
    let bench = Bench::new();
    let run = bench.import(&["notes.yaml"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(
        run.out,
        "Notes: 2 actions in 1 module of `specs/notes`\n1 place became `json`\n\
         In Rust it is `#[connector(path = \"specs/notes\")]`; `connector list specs/notes` tells its actions\n"
    );
    assert_eq!(
        run.err,
        "warning: notes.yaml:16:70: GET /notes: one of several types that are not all objects; it becomes `json`\n"
    );
    let check = bench.run(&["check", "specs/notes"]);
    assert_eq!(check.code, 0, "{}", check.err);
    let json = bench.import(&["notes.yaml", "--out", "specs/other", "--json"]);
    let said: Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(said["actions"], serde_json::json!(["notes.create", "notes.list"]));
    assert_eq!((&said["became_json"], &said["written"]), (&Value::from(1), &Value::from(true)));
    assert_eq!(bench.run(&["check", "specs/other"]).code, 0);
}

#[test]
fn a_second_import_keeps_hand_edits_and_check_tells_whether_there_is_anything_to_do() {
    let bench = Bench::new();
    let check = ["notes.yaml", "--out", "specs/notes", "--check"];
    let run = bench.import(&check);
    assert_eq!(run.code, 1, "nothing is there: {}", run.out);
    assert!(!bench.path("specs").exists());
    assert_eq!(bench.import(&["notes.yaml", "--out", "specs/notes"]).code, 0);
    let file = "specs/notes/notes.json";
    bench.change(file, "\"title\": \"Create note\"", "\"title\": \"Take a note\"");
    let edited = bench.read(file);
    let run = bench.import(&check);
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(run.out.ends_with("`specs/notes` is as the documents have it\n"), "{}", run.out);

    bench.change(
        "notes.yaml",
        "text: { type: string }",
        "text: { type: string }, due: { type: string, format: date }",
    );
    let run = bench.import(&check);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("added    notes.json: types.Note.fields.due: \"date\"\n"), "{}", run.out);
    assert!(run.out.contains("differs from the documents; nothing was written"), "{}", run.out);
    assert_eq!(bench.read(file), edited);
    assert_eq!(bench.import(&["notes.yaml", "--out", "specs/notes"]).code, 0);
    let text = bench.read(file);
    assert!(text.contains("Take a note") && text.contains("\"due\": \"date\""), "{text}");
    assert_eq!(bench.import(&check).code, 0);
}

#[test]
fn a_selection_is_remembered_and_what_fits_nothing_is_refused() {
    let bench = Bench::new();
    let run = bench.import(&["notes.yaml", "--out", "specs/notes", "--operations", "*.list"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.starts_with("Notes: 1 action in 1 module"), "{}", run.out);
    let run = bench.import(&["notes.yaml", "--out", "specs/notes"]);
    assert!(
        run.out.contains("only `*.list`, as in the last import; --operations '*' takes all"),
        "{}",
        run.out
    );
    assert!(!bench.read("specs/notes/notes.json").contains("create"));
    let run = bench.import(&["notes.yaml", "--out", "specs/notes", "--operations", "POST /nothing"]);
    assert_eq!((run.code, run.err.lines().last()), (2, Some("error: no operation fits `POST /nothing`")));
    let run = bench.import(&["notes.yaml", "--out", "specs/notes", "--operations", "*"]);
    assert!(run.out.contains("added    notes.json: actions.create: POST /notes\n"), "{}", run.out);
}

#[test]
fn a_document_that_is_left_out_by_oversight_takes_nothing_with_it() {
    let bench = Bench::new();
    bench.write(
        "tags.yaml",
        &DOCUMENT
            .replace("Notes", "Tags")
            .replace("/notes", "/tags")
            .replace("https://tags", "https://notes")
            .replace("Note", "Tag"),
    );
    let run = bench.import(&["notes.yaml", "tags.yaml", "--out", "specs/notes"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let run = bench.import(&["notes.yaml", "--out", "specs/notes"]);
    assert_eq!(run.code, 2, "{}", run.out);
    assert!(run.err.contains("was imported from `tags.yaml` too"), "{}", run.err);
    assert!(bench.path("specs/notes/tags.json").exists());
    std::fs::remove_file(bench.path("specs/notes/tags.json")).expect("it is there");
    let run = bench.import(&["notes.yaml", "--out", "specs/notes"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(bench.import(&["notes.yaml", "--out", "specs/notes", "--check"]).code, 0);
}

#[test]
fn a_folder_that_was_written_by_hand_keeps_its_files() {
    let bench = Bench::new();
    let connector = r#"{ "spec_version": 1, "name": "mine", "title": "Mine", "base_url": "https://mine.example", "auth": {} }"#;
    let module = r#"{ "title": "Mine", "actions": { "ping": { "title": "Ping", "http": "GET /ping", "effect": "read" } } }"#;
    bench.write("specs/mine/connector.json", connector);
    bench.write("specs/mine/notes.json", module);
    let run = bench.import(&["notes.yaml", "--out", "specs/mine"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        run.out.contains("conflict connector.json: base_url: \"https://mine.example\" stays"),
        "{}",
        run.out
    );
    assert_eq!(bench.read("specs/mine/notes.json"), module);
    assert_eq!(bench.run(&["check", "specs/mine"]).code, 0);
    assert_eq!(bench.import(&["notes.yaml", "--out", "specs/mine", "--check"]).code, 0);
}

#[test]
fn what_would_not_check_is_not_written() {
    let bench = Bench::new();
    assert_eq!(bench.import(&["notes.yaml", "--out", "specs/notes"]).code, 0);
    let file = "specs/notes/notes.json";
    bench.change(
        file,
        "\"returns\": { \"type\": \"array\", \"items\": \"Note\" }",
        "\"returns\": \"Nobody\"",
    );
    bench.change("notes.yaml", "text: { type: string }", "text: { type: integer }");
    let before = bench.read(file);
    let run = bench.import(&["notes.yaml", "--out", "specs/notes"]);
    assert_eq!(run.code, 1, "{}", run.out);
    assert!(
        run.err.contains("unknown type `Nobody`") && run.err.contains("nothing was written"),
        "{}",
        run.err
    );
    assert_eq!(bench.read(file), before);
}

#[test]
fn mistakes_are_told_and_cost_one_operation() {
    let bench = Bench::new();
    bench.change("notes.yaml", "    post:\n      requestBody", "    post:\n      requestBoddy");
    let run = bench.import(&["notes.yaml", "--out", "specs/notes"]);
    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.err.contains("POST /notes: unknown key `requestBoddy` of an operation"), "{}", run.err);
    assert!(run.err.contains("notes.yaml:12:7"), "{}", run.err);
    assert!(run.out.contains("1 operation left out, for the mistakes above"), "{}", run.out);
    assert_eq!(bench.run(&["check", "specs/notes"]).code, 0);
    let run = bench.import(&["nowhere.json"]);
    assert_eq!(run.code, 2);
    assert!(run.err.starts_with("error: cannot read `nowhere.json`"), "{}", run.err);
    bench.write("old.json", r#"{ "swagger": "2.0", "paths": {} }"#);
    let run = bench.import(&["old.json"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("convert it to OpenAPI 3.0 first"), "{}", run.err);
    assert!(!Path::new(&bench.path("specs/old")).exists());
}

#[test]
fn a_connector_keeps_its_name() {
    let bench = Bench::new();
    let name = |bench: &Bench| {
        let text = bench.read("specs/notes/connector.json");
        let settings: serde_json::Value = serde_json::from_str(&text).expect("settings");
        (settings["name"].clone(), settings["title"].clone())
    };
    assert_eq!(bench.import(&["notes.yaml", "--out", "specs/notes", "--name", "jottings"]).code, 0);
    let named = name(&bench);
    assert_eq!(named.0, "jottings");
    let run = bench.import(&["--out", "specs/notes", "--check"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert_eq!(bench.import(&["notes.yaml", "--out", "specs/notes"]).code, 0);
    assert_eq!(name(&bench), named);
    std::fs::rename(bench.path("specs/notes"), bench.path("specs/other")).expect("it can be renamed");
    let run = bench.import(&["notes.yaml", "--out", "specs/other"]);
    assert!(run.out.contains("nothing has changed"), "{}", run.out);
}

const MODEL: &str = "type: object\nproperties:\n  text: { type: string }\n";

#[test]
fn a_document_of_many_files_is_read_whole_and_again() {
    let bench = Bench::new();
    let document = DOCUMENT.replace("'#/components/schemas/Note'", "models/note.yaml");
    bench.write("api/notes.yaml", &document);
    let run = bench.import(&["api/notes.yaml", "--out", "specs/notes"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.contains("GET /notes: there is no file `api/models/note.yaml`"), "{}", run.err);
    assert!(run.err.contains("--> api/notes.yaml:10:"), "{}", run.err);
    assert!(run.out.contains("2 places became `json`"), "{}", run.out);

    bench.write("api/models/note.yaml", &MODEL.replace("string", "strng"));
    let run = bench.import(&["api/notes.yaml", "--out", "specs/notes"]);
    assert!(run.err.contains("warning: api/models/note.yaml:3:17: GET /notes: a value of"), "{}", run.err);
    bench.write("api/models/note.yaml", MODEL);
    let run = bench.import(&["api/notes.yaml", "--out", "specs/notes"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert_eq!(bench.run(&["check", "specs/notes"]).code, 0);

    let check = ["api/notes.yaml", "--out", "specs/notes", "--check"];
    assert_eq!(bench.import(&check).code, 0);
    bench.write("api/models/note.yaml", &MODEL.replace("text", "words"));
    let run = bench.import(&check);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("added    notes.json: types.Note.fields.words: \"string\""), "{}", run.out);
}

#[test]
fn files_outside_of_the_documents_folder_are_read_where_that_is_said() {
    let bench = Bench::new();
    bench.write("api/notes.yaml", &DOCUMENT.replace("'#/components/schemas/Note'", "../models/note.yaml"));
    bench.write("models/note.yaml", MODEL);
    let run = bench.import(&["api/notes.yaml", "--out", "specs/notes"]);
    assert!(run.err.contains("`../models/note.yaml` leads out of the document's folder"), "{}", run.err);
    assert!(run.err.contains("name a folder that holds both with --files-within"), "{}", run.err);
    let run = bench.import(&["api/notes.yaml", "--out", "specs/notes", "--files-within", "."]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    // It is remembered, and so it can be compared.
    let run = bench.import(&["api/notes.yaml", "--out", "specs/notes", "--check"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    let doctor = bench.run(&["doctor", "specs/notes", "--offline"]);
    assert!(doctor.out.contains("specs/notes is as the documents have it"), "{}", doctor.out);
    // Without the folder, types would become `json`.
    let within = |folder: &str| {
        bench.run_in("api", &["import", "notes.yaml", "--out", "specs/notes", "--files-within", folder])
    };
    assert_eq!(within("..").code, 0);
    let again = bench.run_in("api", &["import", "notes.yaml", "--out", "specs/notes"]);
    assert_eq!(
        (again.code, again.err.as_str()),
        (
            2,
            "error: `specs/notes` was imported with the files of a folder outside of this project, which cannot be found: name \
             their folder with --files-within\n"
        )
    );
    let doctor = bench.run_in("api", &["doctor", "specs/notes", "--offline"]);
    let told =
        "was imported from files of a folder outside of this project, which is not there to compare with";
    assert!(doctor.out.split_whitespace().collect::<Vec<_>>().join(" ").contains(told), "{}", doctor.out);
    assert_eq!(within("..").out.lines().last(), Some("nothing has changed"));
    let run = bench.import(&["api/notes.yaml", "--files-within", "nowhere"]);
    assert_eq!(run.code, 2);
    assert_eq!(run.err, "error: --files-within names a folder, and `nowhere` is none\n");
}

#[test]
fn what_is_kept_of_documents_works_after_a_clone_and_tells_nothing_of_the_machine() {
    let bench = Bench::new();
    bench.write("work/.git/HEAD", "ref: refs/heads/main\n");
    bench.write("work/api/notes.yaml", DOCUMENT);
    bench.write("home/of-ada/notes.yaml", DOCUMENT);
    let inside = ["import", "api/notes.yaml", "--out", "specs/notes"];
    assert_eq!(bench.run_in("work", &inside).code, 0);
    let kept: Value =
        serde_json::from_str(&bench.read("work/specs/notes/.import/import.json")).expect("JSON");
    assert_eq!(kept["paths"], serde_json::json!(["../../api/notes.yaml"]));
    // As a clone in another folder has it; the documents are found by themselves.
    std::fs::rename(bench.path("work"), bench.path("clone")).expect("it can be moved");
    let again = bench.run_in("clone", &["import", "--out", "specs/notes"]);
    assert_eq!(
        (again.code, again.out.ends_with("nothing has changed\n")),
        (0, true),
        "{} {}",
        again.out,
        again.err
    );
    bench.change("clone/api/notes.yaml", "text: { type: string }", "words: { type: string }");
    assert_eq!(bench.run_in("clone", &["import", "--out", "specs/notes", "--check"]).code, 1);
    std::fs::remove_file(bench.path("clone/api/notes.yaml")).expect("it is there");
    let run = bench.run_in("clone", &["import", "--out", "specs/notes"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("imported from `api/notes.yaml`, which is not there any more"), "{}", run.err);

    let outside =
        ["import", "../home/of-ada/notes.yaml", "--out", "specs/notes", "--files-within", "../home"];
    assert_eq!(bench.run_in("clone", &outside).code, 0);
    let text = bench.read("clone/specs/notes/.import/import.json");
    assert!(!text.contains("ada") && !text.contains("home") && !text.contains(".."), "{text}");
    let kept: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(kept["paths"], serde_json::json!([{ "elsewhere": "notes.yaml" }]));
    let run = bench.run_in("clone", &["import", "--out", "specs/notes"]);
    assert_eq!(run.code, 2);
    assert_eq!(
        run.err,
        "error: `specs/notes` was imported from `notes.yaml`, which was outside of this project, so that only its name is kept: \
         name all of its documents\n"
    );
    assert_eq!(bench.run_in("clone", &outside).out.lines().last(), Some("nothing has changed"));
    let doctor = bench.run_in("clone", &["doctor", "specs/notes", "--offline"]);
    let told = "was imported from notes.yaml (outside of this project), which is not there to compare with";
    assert!(doctor.out.split_whitespace().collect::<Vec<_>>().join(" ").contains(told), "{}", doctor.out);
}

#[test]
fn without_documents_it_says_what_to_name() {
    let bench = Bench::new();
    let run = bench.import(&[]);
    assert_eq!(run.code, 2);
    assert_eq!(
        run.err,
        "error: name the OpenAPI documents to import, or with --out a folder that was imported\n"
    );
    let run = bench.import(&["--out", "specs/notes"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("`specs/notes` was not imported before"), "{}", run.err);
}

#[test]
fn what_the_check_warns_of_is_told_when_it_is_imported() {
    let bench = Bench::new();
    let mut document = DOCUMENT.replace("'#/components/schemas/Note'", "'#/components/schemas/T0'");
    for number in 0..30 {
        let items = format!("{{ type: array, items: {{ $ref: '#/components/schemas/T{}' }} }}", number + 1);
        document.push_str(&format!("    T{number}: {{ type: object, properties: {{ in: {items} }} }}\n"));
    }
    document.push_str("    T30: { type: object, properties: { text: { type: string } } }\n");
    bench.write("deep.yaml", &document);
    let run = bench.import(&["deep.yaml", "--out", "specs/deep"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("`T0` holds types in types, 31 deep [spec::deep_type]"), "{}", run.err);
    assert!(run.err.contains("#![recursion_limit = \"256\"]"), "{}", run.err);
}
