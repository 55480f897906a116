//! Whatever a document holds: an import ends soon, without a panic, and what it gives checks clean. Here are documents that were thought
//! of; `tests/fuzz` has those that nobody has.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use typed_connector_import::{Imported, Input, Options, import};
use typed_connector_specs::{Diagnostics, Sources, Style, load};

/// Longest time for one document, on a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(60);

/// Imports, and checks what came out. A hang and a panic fail the test, and say of which document.
#[track_caller]
fn survives(what: &str, name: &str, bytes: impl Into<Vec<u8>>) -> Result<Imported, Diagnostics> {
    let bytes: Vec<u8> = bytes.into();
    let (send, done) = mpsc::channel();
    let (input, shown) = (Input { name: name.to_owned(), bytes: bytes.clone() }, what.to_owned());
    // The stack of a test's thread; a deep recursion would end the process.
    std::thread::spawn(move || {
        let outcome = import(&[input], &Options::default());
        if let Ok(imported) = &outcome {
            let sources = Sources::in_memory(imported.files.clone()).expect("there is a connector.json");
            if let Err(problems) = load(&sources) {
                panic!("{shown}: {}", problems.render(Style::Plain).join("\n"));
            }
        }
        drop(send.send(outcome));
    });
    match done.recv_timeout(PATIENCE) {
        Ok(outcome) => outcome,
        Err(why) => panic!("{what}: {why}: {}", String::from_utf8_lossy(&bytes[..bytes.len().min(2_000)])),
    }
}

/// A document with these schemas, whose only operation answers and takes the first.
fn of_schemas(schemas: &Value) -> Vec<u8> {
    let schema = json!({ "$ref": "#/components/schemas/A" });
    let content = json!({ "application/json": { "schema": schema } });
    let document = json!({
        "openapi": "3.1.0", "info": { "title": "T", "version": "1" }, "servers": [{ "url": "https://t.example" }],
        "paths": { "/a": { "post": { "requestBody": { "content": content }, "responses": { "200": { "description": "", "content": content } } } } },
        "components": { "schemas": schemas },
    });
    document.to_string().into_bytes()
}

#[test]
fn circles_of_schemas_have_an_end() {
    let a = || json!({ "$ref": "#/components/schemas/A" });
    let b = || json!({ "$ref": "#/components/schemas/B" });
    let cases = [
        ("a reference to itself", json!({ "A": a() })),
        ("references in a circle", json!({ "A": b(), "B": a() })),
        ("a list of itself", json!({ "A": { "type": "array", "items": a() } })),
        ("a map of itself", json!({ "A": { "type": "object", "additionalProperties": a() } })),
        (
            "a list of maps of itself",
            json!({ "A": { "type": "array", "items": { "type": "object", "additionalProperties": a() } } }),
        ),
        ("`allOf` itself", json!({ "A": { "allOf": [a()] } })),
        (
            "`allOf` in a circle",
            json!({ "A": { "allOf": [b(), { "type": "object", "properties": { "x": a() } }] }, "B": { "allOf": [a()], "properties": { "y": b() } } }),
        ),
        ("`oneOf` itself", json!({ "A": { "oneOf": [a(), a()] } })),
        (
            "`oneOf` in a circle",
            json!({ "A": { "oneOf": [b(), { "type": "object", "properties": { "x": a() } }] }, "B": { "anyOf": [a(), { "type": "null" }] } }),
        ),
        (
            "an object that must hold itself",
            json!({ "A": { "type": "object", "required": ["a"], "properties": { "a": a() } } }),
        ),
        (
            "two that must hold each other",
            json!({ "A": { "required": ["b"], "properties": { "b": b() } }, "B": { "required": ["a"], "properties": { "a": a() } } }),
        ),
        (
            "a union that holds itself",
            json!({ "A": { "oneOf": [b(), { "title": "Leaf", "properties": { "x": { "type": "string" } } }] }, "B": { "required": ["a"], "properties": { "a": a() } } }),
        ),
        (
            "an input that holds itself",
            json!({ "A": { "type": "object", "properties": { "a": { "type": "object", "properties": { "b": b() } } } }, "B": { "properties": { "b": b(), "n": { "type": ["string", "null"] } } } }),
        ),
    ];
    for (what, schemas) in cases {
        let imported = survives(what, "circle.json", of_schemas(&schemas)).expect("it is a document");
        assert_eq!(imported.actions.len(), 1, "{what}: {:?}", imported.problems);
    }
}

#[test]
fn depth_and_size_have_bounds() {
    let start = Instant::now();
    // Nested in the text.
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let text = format!(
            r#"{{"openapi":"3.1.0","paths":{{}},"x":{}1{}}}"#,
            open.repeat(100_000),
            close.repeat(100_000)
        );
        let problems = survives("nested", "deep.json", text.into_bytes()).expect_err("it is too deep");
        assert!(problems.render(Style::Plain).join("").contains("levels deep"));
    }
    let text = format!("openapi: 3.1.0\npaths: {{}}\nx: {}", "[".repeat(100_000));
    survives("nested YAML", "deep.yaml", text.into_bytes()).expect_err("it is too deep");
    let mut schema = json!({ "type": "string" });
    for _ in 0..75 {
        schema = json!({ "type": "array", "items": schema });
    }
    survives("nested lists", "lists.json", of_schemas(&json!({ "A": schema }))).expect("it is a document");
    let mut schema = json!({ "type": "string" });
    for _ in 0..60 {
        schema = json!({ "type": "object", "properties": { "a": schema } });
    }
    survives("nested objects", "objects.json", of_schemas(&json!({ "A": schema })))
        .expect("it is a document");
    let mut schema = json!({ "type": "string" });
    for round in 0..80 {
        schema = json!({ ["allOf", "oneOf", "anyOf"][round % 3]: [schema, { "properties": { "a": {} } }] });
    }
    survives("nested alternatives", "alternatives.json", of_schemas(&json!({ "A": schema })))
        .expect("it is a document");

    // Long chains of references, which are no nesting.
    for key in ["$ref", "allOf", "oneOf", "properties", "items"] {
        let mut schemas = serde_json::Map::new();
        for number in 0..5_000 {
            let name = if number == 0 { "A".to_owned() } else { format!("S{number}") };
            let next = json!({ "$ref": format!("#/components/schemas/S{}", number + 1) });
            let schema = match key {
                "$ref" => next,
                "properties" => json!({ "properties": { "next": next } }),
                "items" => json!({ "type": "array", "items": next }),
                _ => json!({ key: [next, { "properties": { "x": { "type": "string" } } }] }),
            };
            schemas.insert(name, schema);
        }
        schemas.insert("S5000".to_owned(), json!({ "type": "string" }));
        let imported =
            survives(key, "chain.json", of_schemas(&Value::Object(schemas))).expect("it is a document");
        assert_eq!(imported.actions.len(), 1, "{key}: {:?}", imported.problems);
    }

    // Much of everything.
    let values: Vec<String> = (0..50_000).map(|number| format!("v{number}")).collect();
    let properties: serde_json::Map<_, _> =
        (0..5_000).map(|n| (format!("p{n}"), json!({ "type": "string" }))).collect();
    let many = json!({ "A": { "type": "object", "properties": { "e": { "enum": values }, "o": { "properties": properties } } } });
    survives("many values", "many.json", of_schemas(&many)).expect("it is a document");
    let alternatives: Vec<_> =
        (0..2_000).map(|n| json!({ "properties": { format!("p{n}"): { "type": "string" } } })).collect();
    survives("many alternatives", "many.json", of_schemas(&json!({ "A": { "oneOf": alternatives } })))
        .expect("it is a document");
    // Each level doubles what the one below holds.
    let mut bomb =
        String::from("openapi: 3.1.0\ninfo: { title: t, version: '1' }\npaths: {}\nx0: &x0 [a, a]\n");
    for level in 1..60 {
        bomb.push_str(&format!("x{level}: &x{level} [*x{}, *x{}]\n", level - 1, level - 1));
    }
    let problems = survives("a YAML bomb", "bomb.yaml", bomb.into_bytes()).expect_err("it is too large");
    assert!(problems.render(Style::Plain).join("").contains("more than"));
    // Each level is one deeper than what it repeats: no bracket in the text is.
    for (levels, is_read) in [(200, true), (10_000, false)] {
        let mut chain =
            String::from("openapi: 3.1.0\ninfo: { title: t, version: '1' }\npaths: {}\nx0: &x0 [a]\n");
        for level in 1..levels {
            chain.push_str(&format!("x{level}: &x{level} {{ a: *x{} }}\n", level - 1));
        }
        let outcome = survives("a chain of aliases", "chain.yaml", chain.into_bytes());
        assert_eq!(outcome.is_ok(), is_read, "{levels} levels");
        if let Err(problems) = outcome {
            let text = problems.render(Style::Plain).join("");
            assert!(text.starts_with("nested more than 256 levels deep"), "{text}");
        }
    }
    // Many keys side by side, and as many taken from elsewhere.
    let mut wide = String::from("openapi: 3.1.0\ninfo: { title: t, version: '1' }\npaths: {}\nx: &x\n");
    for key in 0..200_000 {
        wide.push_str(&format!("  k{key}: 1\n"));
    }
    wide.push_str("y:\n  <<: *x\n  k0: 2\n");
    survives("many keys", "wide.yaml", wide.into_bytes()).expect("it is a document");
    println!("deep and large documents: {:.1} s", start.elapsed().as_secs_f64());
}

#[test]
fn names_that_are_none_become_names() {
    let odd = [
        "",
        " ",
        "$",
        "1",
        "self",
        "Self",
        "Other",
        "type",
        "größe",
        "日本",
        "a b",
        "a-b",
        "a_b",
        "A.B",
        "extra",
        "new",
        "\u{202e}x",
        "/x/y",
        "x[y]",
        "client",
        "scopes",
        "rt",
    ];
    let properties: serde_json::Map<_, _> =
        odd.iter().map(|name| ((*name).to_owned(), json!({ "enum": odd }))).collect();
    let mut paths = serde_json::Map::new();
    for (number, name) in odd.iter().enumerate() {
        let parameters = json!([
            { "name": name, "in": "query", "schema": { "enum": odd } },
            { "name": name, "in": "header", "schema": { "type": "string" } },
            { "name": name, "in": "path", "required": true, "schema": { "type": "string" } },
        ]);
        let schema = json!({ "type": "object", "title": name, "properties": properties });
        let content = json!({ "application/json": { "schema": schema } });
        let operation = json!({
            "operationId": name, "summary": name, "tags": [name], "parameters": parameters, "requestBody": { "content": content },
            "responses": { "200": { "description": "", "content": content } },
        });
        paths.insert(
            format!("/{name}/{{{name}}}/{number}"),
            json!({ "post": operation, "delete": { "responses": {} } }),
        );
    }
    let schemas: serde_json::Map<_, _> =
        odd.iter().map(|name| ((*name).to_owned(), json!({ "enum": ["a", "b"] }))).collect();
    let document = json!({
        "openapi": "3.0.0", "info": { "title": "", "version": "" }, "servers": [{ "url": "/relative" }], "paths": paths,
        "components": { "schemas": schemas },
    });
    let imported =
        survives("odd names", "odd.json", document.to_string().into_bytes()).expect("it is a document");
    assert!(imported.actions.len() > odd.len(), "{}", imported.actions.len());
}
