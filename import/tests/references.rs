//! Documents of many files: what is read, what is not, and where mistakes in them are told.

use std::path::{Path, PathBuf};

use typed_connector_import::{Imported, Input, Options, References, import};
use typed_connector_specs::{Diagnostics, Sources, Style, load};

/// A root that takes its only operation from `get`.
fn root(get: &str) -> String {
    format!(
        "openapi: 3.1.0\ninfo: {{ title: T, version: '1' }}\nservers: [{{ url: 'https://t.example' }}]\n\
         paths:\n  /things:\n    get: {get}\n"
    )
}

/// One that answers what a reference leads to.
fn answers(reference: &str) -> String {
    root(&format!(
        "{{ responses: {{ '200': {{ description: ok, content: {{ application/json: {{ schema: {{ $ref: '{reference}' }} }} }} }} }} }}"
    ))
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        std::fs::write(path, bytes).expect("it can be written");
    }

    #[track_caller]
    fn import_with(&self, name: &str, references: References) -> Imported {
        let path = self.path(name);
        let bytes = std::fs::read(&path).expect("it is there");
        let mut options = Options::default();
        options.references = references;
        let input = Input { name: path.display().to_string(), bytes };
        let imported = import(&[input], &options).unwrap_or_else(|problems| panic!("{problems}"));
        let sources = Sources::in_memory(imported.files.clone()).expect("a connector");
        if let Err(problems) = load(&sources) {
            panic!("{problems}");
        }
        imported
    }

    #[track_caller]
    fn import(&self, name: &str) -> Imported {
        self.import_with(name, References::Beside)
    }

    /// What is said, without the folder's own path.
    fn said(&self, imported: &Imported) -> String {
        let problems = imported.problems.iter().flat_map(|problems| problems.render(Style::Plain));
        let said: Vec<_> = problems.chain(imported.warnings.iter().map(ToString::to_string)).collect();
        said.join("\n").replace(&format!("{}/", self.0.path().display()), "")
    }
}

fn returns(imported: &Imported) -> String {
    let file: serde_json::Value = serde_json::from_str(&imported.files["t.json"]).expect("JSON");
    let action = file["actions"].as_object().and_then(|actions| actions.values().next()).expect("an action");
    action["returns"].as_str().unwrap_or("?").to_owned()
}

const THING: &str = "type: object\nproperties: { text: { type: string } }\n";

#[test]
fn references_of_every_form_lead_to_the_file() {
    for reference in [
        "thing.yml",
        "./thing.yml",
        "sub/../thing.yml",
        "thing.yml#",
        "sub/same.json",
        "sub/same.json#",
        "sub%2Fsame.json",
        "sub/with space.yml",
        "sub/with%20space.yml",
        "sub/many.yml#/Thing",
        "sub/many.yml#/in~1of/a%7Eb%20c/0",
        "sub/many.yml#/Thing/x-same",
        "t.yaml#/x-own",
        "sub/back.yml",
    ] {
        let folder = Folder::new(&[
            ("t.yaml", &(answers(reference) + "x-own: { $ref: thing.yml }\n")),
            ("thing.yml", THING),
            ("sub/same.json", r#"{ "$ref": "../thing.yml" }"#),
            ("sub/with space.yml", THING),
            (
                "sub/many.yml",
                "Thing: { type: object, properties: { text: { type: string } }, x-same: { $ref: '#/Thing' } }\n\
                 in/of: { 'a~b c': [{ $ref: '#/Thing' }] }\n",
            ),
            // A part of the root, from another file.
            ("sub/back.yml", "$ref: '../t.yaml#/x-own'\n"),
        ]);
        let imported = folder.import("t.yaml");
        assert_eq!(folder.said(&imported), "", "{reference}");
        let text = &imported.files["t.json"];
        assert!(text.contains("\"text\": \"string\""), "{reference}: {text}");
    }
}

#[test]
fn a_file_that_several_names_lead_to_is_one_type_with_its_name() {
    let folder = Folder::new(&[
        ("t.yaml", &answers("models/thing.yml")),
        (
            "models/thing.yml",
            "type: object\nproperties:\n  a: { $ref: part.yml }\n  b: { $ref: '../models/part.yml' }\n  c: { $ref: link.yml }\n  d: { $ref: ../t.yaml#/x }\n",
        ),
        ("models/part.yml", "type: object\nproperties: { n: { type: integer } }\n"),
        ("models/other.yml", ""),
    ]);
    let text = std::fs::read_to_string(folder.path("t.yaml")).expect("it is there");
    folder.write("t.yaml", text + "x: { $ref: models/part.yml }\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink("part.yml", folder.path("models/link.yml")).expect("a link");
    #[cfg(not(unix))]
    folder.write("models/link.yml", "$ref: part.yml\n");
    let imported = folder.import("t.yaml");
    assert_eq!(folder.said(&imported), "");
    let file: serde_json::Value = serde_json::from_str(&imported.files["t.json"]).expect("JSON");
    let types = file["types"].as_object().expect("types");
    assert_eq!(types.keys().collect::<Vec<_>>(), ["Part", "Thing"], "{file:#}");
    let fields = types["Thing"]["fields"].as_object().expect("fields");
    assert!(fields.values().all(|ty| ty == "Part"), "{fields:?}");
    assert_eq!(returns(&imported), "Thing");
}

#[test]
fn circles_of_files_have_an_end() {
    let folder = Folder::new(&[
        ("t.yaml", &answers("a.yml")),
        (
            "a.yml",
            "type: object\nproperties: { b: { $ref: b.yml }, all: { type: array, items: { $ref: t.yaml#/paths/~1things/get/responses/200/content/application~1json/schema } } }\n",
        ),
        ("b.yml", "type: object\nrequired: [a]\nproperties: { a: { $ref: a.yml } }\n"),
    ]);
    assert_eq!(folder.said(&folder.import("t.yaml")), "");
    // Nothing but references.
    let folder =
        Folder::new(&[("t.yaml", &answers("a.yml")), ("a.yml", "$ref: b.yml\n"), ("b.yml", "$ref: a.yml\n")]);
    let imported = folder.import("t.yaml");
    assert!(
        folder.said(&imported).contains("references that lead in a circle"),
        "{}",
        folder.said(&imported)
    );
    // On the way of a pointer.
    let folder = Folder::new(&[("t.yaml", &answers("a.yml#/x/y")), ("a.yml", "x: { $ref: 'a.yml#/x/y' }\n")]);
    assert!(folder.said(&folder.import("t.yaml")).contains("lead in a circle"));
}

/// Each is told once, where it stands, with what to do.
#[test]
fn mistakes_are_told_in_the_file_that_they_are_in() {
    let long = "x".repeat(300);
    let cases: &[(&str, &str, &str, &[&str])] = &[
        (
            "nobody.yml",
            "",
            "",
            &[
                "GET /things: there is no file `nobody.yml`",
                "--> t.yaml:6:",
                "is relative to the file that it stands in",
            ],
        ),
        (&long, "", "", &["GET /things: there is no file", "cannot read"]),
        ("a.yml#/Thingg", "a.yml", THING, &["nothing is at `a.yml#/Thingg`", "--> t.yaml:6:"]),
        (
            "a.yml#/Thingg",
            "a.yml",
            "Thing: { type: string }\n",
            &["did you mean `a.yml#/Thing`?", "$ref: \"a.yml#/Thing\" } }"],
        ),
        (
            "a.yml",
            "a.yml",
            "type: object\nproperties:\n  b: { $ref: '#/nobody' }\n",
            &["--> a.yml:3:14", "GET /things: nothing is at `#/nobody`"],
        ),
        (
            "a.yml",
            "a.yml",
            "type: object\nproperties:\n  b: { $ref: c.yml }\n",
            &["--> a.yml:3:14", "there is no file `c.yml`"],
        ),
        ("a.yml", "a.yml", "type: object\n  b: [\n", &["--> a.yml:2:", "GET /things: this is no YAML"]),
        ("a.json", "a.json", "{ \"type\": \"object\",\n \"properties\": }", &["--> a.json:2:"]),
        ("a.json", "a.json", "{ type: object }", &["--> a.json:1:3"]),
        (
            "a.yml",
            "a.yml",
            "type: object\nproperties: { b: { type: strng } }\n",
            &["a.yml:2:26: GET /things: a value of the unknown type `strng`"],
        ),
        ("a.yml", "a.yml", "12\n", &["a schema is an object, not a number", "--> a.yml:1:1"]),
        ("a.yml", "a.yml", "\n", &["--> a.yml:1:1", "the file is empty"]),
        ("sub", "sub/a.yml", "", &["cannot read `sub`", "it must be a file"]),
        (
            "https://t.example/a.yml",
            "",
            "",
            &[
                "is no path in the document's folder, and nothing is fetched",
                "put a copy of it into the folder",
            ],
        ),
        ("//t.example/a.yml#/X", "", "", &["is no path in the document's folder, and nothing is fetched"]),
        ("file:///etc/hostname", "", "", &["is no path in the document's folder, and nothing is fetched"]),
        (".env", ".env", "TOKEN=secret\n", &["is a hidden file", "without a dot in front"]),
        (".git/a.yml", ".git/a.yml", "a: [", &["is a hidden file or in a hidden folder"]),
        ("a%ff.yml", "", "", &["`a%ff.yml` is no path"]),
        ("a%00.yml", "", "", &["`a%00.yml` is no path"]),
    ];
    for (reference, file, text, said) in cases {
        let folder = Folder::new(&[("t.yaml", &answers(reference))]);
        if !file.is_empty() {
            folder.write(file, text);
        }
        let imported = folder.import("t.yaml");
        let all = folder.said(&imported);
        if *reference == long {
            assert!(said.iter().any(|part| all.contains(part)), "{all}");
            continue;
        }
        for part in *said {
            assert!(all.contains(part), "{reference}: no `{part}` in\n{all}");
        }
        assert_eq!(imported.problems.map_or(1, |problems| problems.count()), 1, "{all}");
    }
}

#[test]
fn a_file_that_is_missing_is_told_once() {
    let folder = Folder::new(&[
        ("t.yaml", &answers("a.yml")),
        (
            "a.yml",
            "type: object\nproperties: { b: { $ref: c.yml }, c: { $ref: c.yml#/X }, d: { $ref: ./c.yml }, e: { $ref: d.yml } }\n",
        ),
        ("d.yml", "type: [\n"),
    ]);
    let imported = folder.import("t.yaml");
    let all = folder.said(&imported);
    assert_eq!(imported.problems.as_ref().map(Diagnostics::count), Some(2), "{all}");
    assert_eq!(imported.dangling, 4, "{all}");
    assert!(all.contains("it is referred to here") || all.contains("GET /things: this is no YAML"), "{all}");
}

#[test]
fn bytes_that_are_no_text_are_told_in_their_file() {
    let folder = Folder::new(&[("t.yaml", &answers("a.yml"))]);
    folder.write("a.yml", b"type: \xff\n");
    let all = folder.said(&folder.import("t.yaml"));
    assert!(
        all.contains("the file is not UTF-8")
            && all.contains("a.yml:1:7")
            && all.contains("it is referred to here"),
        "{all}"
    );
}

#[test]
fn nothing_outside_of_the_folder_is_read() {
    let leads_out = "leads out of the document's folder, and is not read";
    for reference in
        ["../secret.yml", "/etc/hostname", "sub/../../secret.yml", "%2e%2e/secret.yml", "../nobody.yml"]
    {
        let folder =
            Folder::new(&[("api/t.yaml", &answers(reference)), ("secret.yml", THING), ("api/sub/x", "")]);
        let all = folder.said(&folder.import("api/t.yaml"));
        assert!(all.contains(leads_out) && all.contains("--files-within"), "{reference}: {all}");
    }
    let folder = Folder::new(&[("api/t.yaml", &answers("../secret.yml")), ("secret.yml", THING)]);
    let imported = folder.import_with("api/t.yaml", References::Within(folder.0.path().to_owned()));
    assert_eq!((folder.said(&imported).as_str(), returns(&imported).as_str()), ("", "Secret"));
    // Another folder does not help.
    let imported = folder.import_with("api/t.yaml", References::Within(folder.path("api")));
    assert!(folder.said(&imported).contains(leads_out));
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out_either() {
    let folder = Folder::new(&[("api/t.yaml", &answers("link.yml")), ("secret.yml", THING)]);
    std::os::unix::fs::symlink("../secret.yml", folder.path("api/link.yml")).expect("a link");
    let all = folder.said(&folder.import("api/t.yaml"));
    assert!(all.contains("is a link out of the document's folder") && !all.contains("text"), "{all}");
    let folder = Folder::new(&[("api/t.yaml", &answers("sub/secret.yml")), ("other/secret.yml", THING)]);
    std::os::unix::fs::symlink("../other", folder.path("api/sub")).expect("a link");
    assert!(folder.said(&folder.import("api/t.yaml")).contains("is a link out of the document's folder"));
    // What waits for ever when it is opened.
    let folder = Folder::new(&[("t.yaml", &answers("pipe"))]);
    let made = std::process::Command::new("mkfifo").arg(folder.path("pipe")).status();
    if made.is_ok_and(|status| status.success()) {
        assert!(folder.said(&folder.import("t.yaml")).contains("it is no file"));
    }
}

#[test]
fn without_leave_no_file_is_opened() {
    let folder = Folder::new(&[("t.yaml", &answers("a.yml")), ("a.yml", THING)]);
    let imported = folder.import_with("t.yaml", References::None);
    assert!(folder.said(&imported).contains("a reference into another file is not followed"));
    // Documents that are given together may refer to each other.
    let inputs = [
        ("one/t.yaml", answers("../two/b.yaml#/x")),
        (
            "two/b.yaml",
            root("{ responses: { '204': { description: none } } }") + "x:\n  " + &THING.replace('\n', "\n  "),
        ),
    ];
    let inputs: Vec<_> =
        inputs.into_iter().map(|(name, text)| Input { name: name.to_owned(), bytes: text.into() }).collect();
    let imported = import(&inputs, &Options::default()).expect("documents");
    assert!(
        imported.problems.is_none() && imported.warnings.is_empty(),
        "{:?} {:?}",
        imported.problems,
        imported.warnings
    );
}

#[test]
fn many_files_are_survived() {
    // A chain that is as long as there may be files, and one more.
    let folder = Folder::new(&[("t.yaml", &answers("0.yml"))]);
    for number in 0..10_000 {
        folder.write(
            &format!("{number}.yml"),
            format!("type: object\nproperties: {{ next: {{ $ref: {}.yml }} }}\n", number + 1),
        );
    }
    let all = folder.said(&folder.import("t.yaml"));
    assert!(all.contains("more than 10000 files"), "{all}");
}

/// Each of these has a few hundred bytes, and two million values.
#[test]
fn many_values_are_survived() {
    let mut bomb = "x0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n".to_owned();
    for level in 1..6 {
        let below = vec![format!("*x{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("x{level}: &x{level} [{below}]\n"));
    }
    bomb.push_str("x6: [*x5]\ntype: object\n");
    let folder = Folder::new(&[]);
    let mut properties = String::new();
    for number in 0..6 {
        folder.write(&format!("{number}.yml"), &bomb);
        properties.push_str(&format!("p{number}: {{ $ref: {number}.yml }}, "));
    }
    folder.write("all.yml", format!("type: object\nproperties: {{ {properties} }}\n"));
    folder.write("t.yaml", answers("all.yml"));
    let all = folder.said(&folder.import("t.yaml"));
    assert!(all.contains("more than 8000000 values in all files"), "{all}");
}

/// An import again sees changes of every file, and names stay.
#[test]
fn what_changes_in_another_file_is_a_change() {
    let folder = Folder::new(&[("t.yaml", &answers("models/thing.yml")), ("models/thing.yml", THING)]);
    let first = folder.import("t.yaml");
    folder.write("models/thing.yml", THING.replace("text", "words"));
    let mut options = Options::default();
    options.references = References::Beside;
    let earlier =
        typed_connector_import::Earlier::read(Path::new("t"), first.imported.clone(), first.files.clone());
    options.earlier = Some(earlier.expect("an import"));
    let path = folder.path("t.yaml");
    let input = Input { name: path.display().to_string(), bytes: std::fs::read(&path).expect("it is there") };
    let again = import(&[input], &options).expect("a document");
    let changes: Vec<_> = again.changes.iter().map(ToString::to_string).collect();
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert!(changes.iter().all(|change| change.contains("types.Thing.fields")), "{changes:?}");
}
