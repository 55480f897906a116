//! Mistakes in documents, each told with its place and with the operation that it is in. `§` marks the place, and is taken out.

use typed_connector_import::{Imported, Input, Options, import};
use typed_connector_specs::Style;

/// A document with one operation to break and one that stays whole.
const GOOD: &str = r##"{
  "openapi": "3.1.0",
  "info": { "title": "Deals", "version": "1" },
  "servers": [{ "url": "https://deals.example" }],
  "paths": {
    "/deals/{dealId}": {
      "patch": {
        "parameters": [
          { "name": "dealId", "in": "path", "required": true, "schema": { "type": "string" } },
          { "name": "branch", "in": "query", "schema": { "type": "string" } }
        ],
        "requestBody": {
          "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Deal" } } }
        },
        "responses": {
          "200": { "description": "ok", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Deal" } } } }
        }
      }
    },
    "/deals": {
      "get": {
        "responses": {
          "200": {
            "description": "ok",
            "content": { "application/json": { "schema": { "type": "array", "items": { "$ref": "#/components/schemas/Deal" } } } }
          }
        }
      }
    }
  },
  "components": { "schemas": { "Deal": { "type": "object", "properties": { "name": { "type": "string" } } } } }
}
"##;

/// The same in YAML.
const GOOD_YAML: &str = "openapi: 3.1.0
info: { title: Deals, version: '1' }
servers: [{ url: 'https://deals.example' }]
paths:
  /deals/{dealId}:
    patch:
      parameters:
        - { name: dealId, in: path, required: true, schema: { type: string } }
        - name: branch
          in: query
          schema: { type: string }
      requestBody:
        content:
          application/json:
            schema: { $ref: '#/components/schemas/Deal' }
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Deal'
  /deals:
    get:
      responses:
        '200':
          description: ok
          content: { application/json: { schema: { $ref: '#/components/schemas/Deal' } } }
components:
  schemas:
    Deal: { type: object, properties: { name: { type: string } } }
";

/// The mistake: what is replaced by what, and the message.
struct Mistake {
    good: &'static str,
    bad: &'static str,
    message: &'static str,
    /// What the error's help says.
    help: &'static str,
    /// Whether the document is still read.
    readable: bool,
    /// Whether the operation is left out.
    left_out: bool,
}

/// The mark, and what the document is without it.
fn marked(good: &str, mistake: &Mistake) -> (String, String) {
    let parts: Vec<&str> = good.splitn(2, mistake.good).collect();
    let [before, after] = parts.as_slice() else { panic!("no `{}`", mistake.good) };
    let text = format!("{before}{}{after}", mistake.bad);
    let (before, after) = text.split_once('§').expect("a mark");
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (format!("{before}{after}"), format!("{line}:{column}"))
}

/// A problem's first line without its code.
fn message(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default();
    line.rsplit_once(" [spec::").map_or(line, |(message, _)| message)
}

#[track_caller]
fn check(file: &str, good: &str, mistake: &Mistake) {
    let (text, place) = marked(good, mistake);
    let input = Input { name: format!("specs/{file}"), bytes: text.into_bytes() };
    let outcome = import(&[input], &Options::default());
    let texts = match &outcome {
        Ok(imported) => imported.problems.as_ref().map(|problems| problems.render(Style::Plain)),
        Err(problems) => Some(problems.render(Style::Plain)),
    };
    let texts = texts.unwrap_or_default();
    let all = texts.join("\n");
    let text = texts.first().unwrap_or_else(|| panic!("{}: no problem", mistake.bad));
    assert_eq!(message(text), mistake.message, "{all}");
    assert!(text.contains(&format!("--> specs/{file}:{place}\n")), "expected {place}: {all}");
    assert!(text.contains(mistake.help), "expected `{}`: {all}", mistake.help);
    let Ok(imported) = outcome else {
        assert!(!mistake.readable, "{all}");
        return;
    };
    assert!(mistake.readable);
    let actions: &[&str] = if mistake.left_out { &["deals.list"] } else { &["deals.list", "deals.update"] };
    assert_eq!(imported.actions, actions, "{all}");
    assert_eq!(imported.left_out, usize::from(mistake.left_out));
    assert_eq!(imported.files.len(), 2);
}

fn imported(good: &str, file: &str) -> Imported {
    import(&[Input { name: file.to_owned(), bytes: good.into() }], &Options::default()).expect("it is fine")
}

#[test]
fn the_documents_are_fine_without_the_mistakes() {
    for (good, file) in [(GOOD, "deals.json"), (GOOD_YAML, "deals.yaml")] {
        let imported = imported(good, file);
        assert!(imported.problems.is_none() && imported.warnings.is_empty(), "{:?}", imported.problems);
        assert_eq!(imported.actions, ["deals.list", "deals.update"]);
    }
}

#[test]
fn a_missing_comma() {
    let mistake = Mistake {
        good: r#"          { "name": "dealId", "in": "path", "required": true, "schema": { "type": "string" } },
          { "name""#,
        bad: r#"          { "name": "dealId", "in": "path", "required": true, "schema": { "type": "string" } }§
          { "name""#,
        message: "PATCH /deals/{dealId}: a comma is missing here",
        help: "",
        readable: false,
        left_out: true,
    };
    check("deals.json", GOOD, &mistake);
    let mistake = Mistake {
        good: "{ name: dealId, in: path,",
        // `dealId in` is one text in YAML, and ends where the colon is.
        bad: "{ name: dealId in§: path,",
        message: "PATCH /deals/{dealId}: this is no YAML: while parsing a flow mapping, did not find expected ',' or '}'",
        help: "",
        readable: false,
        left_out: true,
    };
    check("deals.yaml", GOOD_YAML, &mistake);
}

#[test]
fn a_place_that_there_is_none_of() {
    let (message, help) =
        ("PATCH /deals/{dealId}: `pth` is no place for a parameter", "did you mean `path`?");
    let left_out = true;
    check(
        "deals.json",
        GOOD,
        &Mistake {
            good: r#""in": "path""#, bad: r#""in": §"pth""#, message, help, readable: true, left_out
        },
    );
    check(
        "deals.yaml",
        GOOD_YAML,
        &Mistake { good: "in: path", bad: "in: §pth", message, help, readable: true, left_out },
    );
}

#[test]
fn a_reference_that_leads_nowhere() {
    let (message, help) = (
        "PATCH /deals/{dealId}: nothing is at `#/components/schemas/Dael`",
        "did you mean `#/components/schemas/Deal`?",
    );
    let left_out = false;
    let (good, bad) =
        (r##""$ref": "#/components/schemas/Deal""##, r##""$ref": §"#/components/schemas/Dael""##);
    check("deals.json", GOOD, &Mistake { good, bad, message, help, readable: true, left_out });
    let (good, bad) = ("$ref: '#/components/schemas/Deal'", "$ref: §'#/components/schemas/Dael'");
    check("deals.yaml", GOOD_YAML, &Mistake { good, bad, message, help, readable: true, left_out });
}

#[test]
fn a_parameter_whose_name_is_not_that_of_the_path() {
    let (message, help) = ("PATCH /deals/{dealId}: the path has no `{dealID}`", "did you mean `dealId`?");
    let left_out = true;
    let (good, bad) = (r#""name": "dealId""#, r#""name": §"dealID""#);
    check("deals.json", GOOD, &Mistake { good, bad, message, help, readable: true, left_out });
    let (good, bad) = ("name: dealId", "name: §dealID");
    check("deals.yaml", GOOD_YAML, &Mistake { good, bad, message, help, readable: true, left_out });
}

#[test]
fn a_key_that_is_misspelt() {
    let (message, help) =
        ("PATCH /deals/{dealId}: unknown key `requestBdy` of an operation", "did you mean `requestBody`?");
    let left_out = true;
    let (good, bad) = (r#""requestBody""#, r#"§"requestBdy""#);
    check("deals.json", GOOD, &Mistake { good, bad, message, help, readable: true, left_out });
    let (good, bad) = ("requestBody", "§requestBdy");
    check("deals.yaml", GOOD_YAML, &Mistake { good, bad, message, help, readable: true, left_out });
}

#[test]
fn keys_and_methods_that_are_misspelt_elsewhere() {
    let cases = [
        (r#""patch": {"#, r#"§"ptach": {"#, "/deals/{dealId}: unknown key `ptach` of a path", true),
        (
            r#""required": true"#,
            r#"§"requried": true"#,
            "PATCH /deals/{dealId}: unknown key `requried` of a parameter",
            true,
        ),
        (
            r#""schema": { "type""#,
            r#"§"shema": { "type""#,
            "PATCH /deals/{dealId}: unknown key `shema` of a parameter",
            true,
        ),
        (
            r#""responses""#,
            r#"§"response""#,
            "PATCH /deals/{dealId}: unknown key `response` of an operation",
            true,
        ),
    ];
    for (good, bad, message, left_out) in cases {
        let help = "did you mean";
        check("deals.json", GOOD, &Mistake { good, bad, message, help, readable: true, left_out });
    }
}

#[test]
fn a_text_that_is_no_document_is_told_of() {
    let cases: &[(&str, &[u8], &str, &str)] = &[
        ("a.json", b"", "the file is empty", ""),
        ("a.json", b"[1, 2]", "an OpenAPI document is an object", ""),
        ("a.yaml", b"just text", "an OpenAPI document is an object", ""),
        (
            "a.json",
            b"{ \"info\": {} }",
            "this is no OpenAPI document with operations: it has no `openapi`",
            "",
        ),
        (
            "a.json",
            b"{ \"openapi\": \"3.1.0\", \"webhooks\": {} }",
            "this is no OpenAPI document with operations: it has no `paths`",
            "",
        ),
        (
            "a.json",
            b"{ \"swagger\": \"2.0\", \"paths\": {} }",
            "this is Swagger 2.0, which is not read",
            "convert it to OpenAPI 3.0 first",
        ),
        ("a.json", b"{ \"openapi\": \"\xff\" }", "the file is not UTF-8", ""),
    ];
    for (name, bytes, message, help) in cases {
        let input = Input { name: (*name).to_owned(), bytes: bytes.to_vec() };
        let problems = import(&[input], &Options::default()).expect_err("it is none");
        let text = problems.render(Style::Plain).join("\n");
        assert_eq!(self::message(&text), *message);
        assert!(text.contains(help), "{text}");
    }
}

/// Where that address is the one that was asked for, nothing is wrong with it.
#[test]
fn an_operation_that_is_served_elsewhere() {
    let document =
        GOOD.replace("\"get\": {", "\"get\": { \"servers\": [{ \"url\": \"https://old.example/\" }],");
    for (base_url, is_told) in
        [(None, true), (Some("https://old.example"), false), (Some("https://deals.example"), true)]
    {
        let mut options = Options::default();
        options.base_url = base_url.map(str::to_owned);
        options.operations = vec!["GET /deals".to_owned()];
        let input = Input { name: "deals.json".to_owned(), bytes: document.clone().into() };
        let imported = import(&[input], &options).expect("a document");
        let warnings: Vec<_> = imported.warnings.iter().map(ToString::to_string).collect();
        let told =
            warnings.iter().filter(|told| told.contains("it is served at `https://old.example`")).count();
        assert_eq!((told, warnings.len()), (usize::from(is_told), usize::from(is_told)), "{warnings:?}");
    }
}
