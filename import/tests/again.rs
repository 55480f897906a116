//! Importing again: what was changed by hand stays, and what changes is told.

use std::path::Path;

use typed_connector_import::{Change, Earlier, Files, Imported, Input, Options, What, import};
use typed_connector_specs::{Sources, load};

const FIRST: &str = r##"{
  "openapi": "3.1.0",
  "info": { "title": "Deals", "version": "1" },
  "servers": [{ "url": "https://deals.example" }],
  "paths": {
    "/v1/deals": {
      "get": {
        "parameters": [{ "name": "branch", "in": "query", "schema": { "type": "string" } }, { "name": "owner", "in": "query", "schema": { "type": "string" } }],
        "responses": { "200": { "description": "ok", "content": { "application/json": { "schema": { "type": "array", "items": { "$ref": "#/components/schemas/Deal" } } } } } }
      },
      "post": {
        "summary": "Create",
        "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Deal" } } } },
        "responses": { "200": { "description": "ok", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Deal" } } } } }
      }
    },
    "/v1/deals/{id}": {
      "get": { "responses": { "200": { "description": "ok", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Deal" } } } } } },
      "delete": { "responses": { "204": { "description": "ok" } } }
    },
    "/v1/deals/{id}/merge": { "post": { "responses": { "200": { "description": "ok", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Merged" } } } } } } }
  },
  "components": {
    "schemas": {
      "Deal": {
        "type": "object",
        "properties": {
          "id": { "type": "string" }, "name": { "type": "string" }, "amount": { "type": "string" },
          "stage": { "type": "string", "enum": ["open", "won"] }
        }
      },
      "Merged": { "type": "object", "properties": { "into": { "type": "string" } } }
    }
  }
}"##;

fn imported(document: &str, earlier: Option<Earlier>) -> Imported {
    let input = Input { name: "deals.json".to_owned(), bytes: document.into() };
    let mut options = Options::default();
    options.earlier = earlier;
    let imported = import(&[input], &options).unwrap_or_else(|problems| panic!("{problems}"));
    let sources = Sources::in_memory(imported.files.clone()).expect("a connector");
    if let Err(problems) = load(&sources) {
        panic!("{problems}\n{}", imported.files["deals.json"]);
    }
    imported
}

/// Imports `document` into a folder that was imported from `FIRST` and in which `deals.json` was changed by hand.
fn again(document: &str, by_hand: impl FnOnce(&mut Files)) -> (Imported, String) {
    let first = imported(FIRST, None);
    let mut now = first.files.clone();
    by_hand(&mut now);
    let earlier = Earlier::read(Path::new("specs/deals"), first.imported, now).expect("it is JSON");
    let again = imported(document, Some(earlier));
    let text = again.files.get("deals.json").cloned().unwrap_or_default();
    (again, text)
}

fn said(imported: &Imported) -> Vec<String> {
    imported.changes.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn replace(files: &mut Files, from: &str, to: &str) {
    let text = files.get_mut("deals.json").expect("the module");
    assert!(text.contains(from), "no `{from}` in {text}");
    *text = text.replacen(from, to, 1);
}

#[test]
fn the_same_documents_change_nothing() {
    let (nothing, _) = again(FIRST, |_| {});
    assert!(nothing.changes.is_empty(), "{:?}", said(&nothing));
    assert_eq!(nothing.files, imported(FIRST, None).files);
    let edit = |files: &mut Files| replace(files, "\"title\": \"Create\"", "\"title\":   \"Add a deal\"");
    let (edited, text) = again(FIRST, edit);
    assert!(edited.changes.is_empty(), "{:?}", said(&edited));
    assert!(text.contains("\"title\":   \"Add a deal\""), "every blank stays: {text}");
}

#[test]
fn what_only_the_documents_have_changed_is_taken_over() {
    let second = FIRST
        .replace(
            r#""amount": { "type": "string" }"#,
            r#""amount": { "type": "string", "format": "decimal" }, "currency": { "type": "string" }"#,
        )
        .replace(r#"["open", "won"]"#, r#"["open", "won", "lost"]"#)
        .replace(
            r#""delete": { "responses": { "204": { "description": "ok" } } }"#,
            r#""patch": { "responses": { "204": { "description": "ok" } } }"#,
        );
    let (again, _) = again(&second, |_| {});
    assert_eq!(again.files, again.imported, "nobody has touched a file");
    let mut expected = vec![
        "added    deals.json: actions.update: PATCH /v1/deals/{id}",
        "added    deals.json: types.DealStage.values.lost: \"Lost\"",
        "added    deals.json: types.Deal.fields.currency: \"string\"",
        "added    deals.json: actions.create.body.fields.currency: \"string\"",
        "changed  deals.json: types.Deal.fields.amount: \"string\" → \"decimal\"",
        "changed  deals.json: actions.create.body.fields.amount: \"string\" → \"decimal\"",
        "removed  deals.json: actions.delete: DELETE /v1/deals/{id}",
    ];
    let mut said = said(&again);
    said.sort_unstable();
    expected.sort_unstable();
    assert_eq!(said, expected);
}

#[test]
fn hand_edits_and_changes_of_the_documents_meet_in_one_field() {
    // A short form became long by hand, and its type changes.
    let second = FIRST.replace(
        r#""amount": { "type": "string" }"#,
        r#""amount": { "type": "string", "format": "decimal" }"#,
    );
    let (again, text) = again(&second, |files| {
        replace(
            files,
            "\"amount\": \"string\"",
            "\"amount\": { \"type\": \"string\", \"title\": \"Amount in euros\" }",
        );
    });
    assert!(text.contains(r#""amount": { "type": "decimal", "title": "Amount in euros" }"#), "{text}");
    assert!(said(&again).contains(
        &"changed  deals.json: types.Deal.fields.amount.type: \"string\" → \"decimal\"".to_owned()
    ));
    assert!(again.changes.iter().all(|change| change.what == What::Changed), "{:?}", said(&again));
}

#[test]
fn a_conflict_keeps_the_hand_edit_and_is_told_with_both_values() {
    let second = FIRST.replace(r#""summary": "Create""#, r#""summary": "Create a deal""#);
    let (again, text) =
        again(&second, |files| replace(files, "\"title\": \"Create\"", "\"title\": \"Add a deal\""));
    assert!(text.contains("Add a deal"));
    let expected = "conflict deals.json: actions.create.title: \"Add a deal\" stays, as it was written by hand; the documents now have \"Create a deal\"";
    assert_eq!(said(&again), [expected]);
    // It is told once: the next import knows what the documents had.
    let earlier = Earlier::read(Path::new("specs/deals"), again.imported, again.files).expect("JSON");
    assert!(imported(&second, Some(earlier)).changes.is_empty());
}

#[test]
fn what_was_changed_by_hand_outlives_its_operation() {
    let second = FIRST
        .replace(r#""delete": { "responses": { "204": { "description": "ok" } } }"#, r#""x-nothing": {}"#)
        .replace(r#"    "/v1/deals/{id}/merge": { "post""#, r#"    "/v1/deals/{id}/merge": { "x-post""#);
    let edit = |files: &mut Files| {
        replace(files, "\"title\": \"Merge deal\"", "\"title\": \"Merge a deal into another\"");
    };
    let (again, text) = again(&second, edit);
    assert_eq!(
        said(&again),
        [
            "kept     deals.json: types.Merged: the documents do not have it any more; it stays, for it is still used",
            "kept     deals.json: actions.merge: the documents do not have it any more; it was changed by hand and stays",
            "removed  deals.json: actions.delete: DELETE /v1/deals/{id}",
        ]
    );
    assert!(text.contains("Merge a deal into another") && text.contains("\"Merged\""), "{text}");
    assert!(!again.imported["deals.json"].contains("Merge"), "what was imported is the documents' alone");
}

#[test]
fn an_action_that_was_renamed_by_hand_keeps_its_name_and_is_kept_up_to_date() {
    let second = FIRST
        .replace(r#""summary": "Create""#, r#""summary": "Create a deal""#)
        .replace("/v1/deals", "/v2/deals");
    let (again, text) = again(&second, |files| replace(files, "\"create\": {", "\"open\": {"));
    assert!(again.actions.contains(&"deals.open".to_owned()), "{:?}", again.actions);
    assert!(!text.contains("\"create\": {"), "{text}");
    assert!(text.contains("POST /v2/deals"), "{text}");
    let said = said(&again);
    assert!(
        said.contains(&"changed  deals.json: actions.open.title: \"Create\" → \"Create a deal\"".to_owned()),
        "{said:?}"
    );
    assert!(
        said.contains(
            &"changed  deals.json: actions.open.http: \"POST /v1/deals\" → \"POST /v2/deals\"".to_owned()
        ),
        "{said:?}"
    );
}

#[test]
fn new_operations_take_no_name_that_is_there() {
    // `get` would be the name of the shorter path; a person has written a `search` of their own.
    let search = r#""/v1/deals/search": { "post": { "responses": { "204": { "description": "ok" } } } }, "/v1/deals/{id}/merge""#;
    let second = FIRST.replace(r#""/v1/deals/{id}/merge""#, search);
    let mine = r#""actions": { "search": { "title": "Mine", "http": "GET /my/search", "effect": "read" },"#;
    let (again, text) = again(&second, |files| replace(files, "\"actions\": {", mine));
    assert!(text.contains(r#""search": { "title": "Mine""#), "{text}");
    let said = said(&again);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].ends_with(": POST /v1/deals/search") && !said[0].contains("actions.search:"), "{said:?}");
}

#[test]
fn what_was_removed_by_hand_stays_away() {
    let delete = r#""delete": { "responses": { "204": { "description": "ok" } } }"#;
    let remove = |files: &mut Files| {
        let text = files.get_mut("deals.json").expect("the module");
        let start = text.find("    \"delete\": {").expect("the action");
        let end = start + text[start..].find("\n    },").expect("its end") + 8;
        text.replace_range(start..end, "");
    };
    let (again, text) = again(FIRST, remove);
    assert!(again.changes.is_empty() && !text.contains("\"delete\""), "{:?}", said(&again));
    let second = FIRST.replace(
        delete,
        r#""delete": { "summary": "Delete for good", "responses": { "204": { "description": "ok" } } }"#,
    );
    let (conflict, text) = self::again(&second, remove);
    assert!(!text.contains("\"delete\""));
    assert_eq!(
        said(&conflict),
        [
            "conflict deals.json: actions.delete: it was removed by hand; the documents now have DELETE /v1/deals/{id}"
        ]
    );
}

#[test]
fn layout_and_order_of_what_was_written_by_hand_stay() {
    let second = FIRST.replace(
        r#""name": { "type": "string" }, "amount""#,
        r#""name": { "type": "string" }, "code": { "type": "string" }, "amount""#,
    );
    let by_hand = |files: &mut Files| {
        replace(
            files,
            "\"title\": \"Deals\",",
            "\"$schema\": \"../actions.schema.json\",\n\n  \"title\": \"Deals\",",
        );
        replace(
            files,
            "\"amount\": \"string\",",
            "\"amount\": \"string\",\n        \"mine\":    [ ],".replace("[ ]", "\"json\"").as_str(),
        );
    };
    let (again, text) = again(&second, by_hand);
    assert!(
        text.starts_with("{\n  \"$schema\": \"../actions.schema.json\",\n\n  \"title\": \"Deals\",\n"),
        "{text}"
    );
    let fields = "        \"name\": \"string\",\n        \"code\": \"string\",\n        \"amount\": \"string\",\n        \"mine\":    \"json\",\n";
    assert!(text.contains(fields), "{text}");
    assert_eq!(again.changes.len(), 2, "{:?}", said(&again));
}

#[test]
fn files_of_ones_own_are_left_alone_and_their_names_are_taken() {
    let first = imported(FIRST, None);
    let mut now = first.files.clone();
    let mine = r#"{ "title": "Notes", "types": { "Note": { "type": "object", "fields": { "a": "string" } } }, "actions": {} }"#;
    now.insert("notes.json".to_owned(), mine.to_owned());
    let earlier = Earlier::read(Path::new("specs/deals"), first.imported, now).expect("JSON");
    let notes = FIRST
        .replace("\"title\": \"Deals\"", "\"title\": \"Notes\"")
        .replace("/v1/deals", "/v1/notes")
        .replace("Deal\"", "Note\"");
    let inputs = [
        Input { name: "deals.json".to_owned(), bytes: FIRST.into() },
        Input { name: "notes.json".to_owned(), bytes: notes.into() },
    ];
    let mut options = Options::default();
    options.earlier = Some(earlier);
    let both = import(&inputs, &options).expect("documents");
    assert!(!both.files.contains_key("notes.json"), "{:?}", both.files.keys());
    assert!(both.actions.contains(&"notes_v1.create".to_owned()), "{:?}", both.actions);
    let sources =
        Sources::in_memory(both.files.into_iter().chain([("notes.json".to_owned(), mine.to_owned())]));
    load(&sources.expect("a connector")).expect("no name is taken twice");
}

#[test]
fn types_are_followed_to_where_they_are_shared() {
    // A second document uses the same type, so that it moves to `connector.json`; what was written into it moves along.
    let first = imported(FIRST, None);
    let mut now = first.files.clone();
    replace(
        &mut now,
        "\"amount\": \"string\"",
        "\"amount\": { \"type\": \"string\", \"title\": \"Amount in euros\" }",
    );
    let earlier = Earlier::read(Path::new("specs/deals"), first.imported, now).expect("JSON");
    let orders =
        FIRST.replace("\"title\": \"Deals\"", "\"title\": \"Orders\"").replace("/v1/deals", "/v1/orders");
    let inputs = [
        Input { name: "deals.json".to_owned(), bytes: FIRST.into() },
        Input { name: "orders.json".to_owned(), bytes: orders.into() },
    ];
    let mut options = Options::default();
    options.earlier = Some(earlier);
    let both = import(&inputs, &options).expect("documents");
    load(&Sources::in_memory(both.files.clone()).expect("a connector"))
        .unwrap_or_else(|problems| panic!("{problems}"));
    assert!(both.files["connector.json"].contains("Amount in euros"), "{}", both.files["connector.json"]);
    assert!(
        both.changes.iter().all(|change| !matches!(change.what, What::Conflict | What::Kept)),
        "{:?}",
        said(&both)
    );
}

#[test]
fn after_a_mistake_in_a_document_nothing_is_taken_away() {
    let second = FIRST.replace(r#""delete": {"#, r#""delete": { "reponses": {},"#);
    let (again, text) = again(&second, |_| {});
    assert_eq!(again.left_out, 1);
    assert!(text.contains("DELETE /v1/deals/{id}"), "{text}");
    assert!(again.changes.is_empty(), "{:?}", said(&again));
}

#[test]
fn a_module_that_is_gone_goes_unless_something_in_it_was_changed() {
    let one = Input { name: "deals.json".to_owned(), bytes: FIRST.into() };
    let other = FIRST
        .replace("\"title\": \"Deals\"", "\"title\": \"Orders\"")
        .replace("/v1/deals", "/v1/orders")
        .replace("Deal\"", "Order\"")
        .replace("Merged\"", "Joined\"");
    let other = Input { name: "orders.json".to_owned(), bytes: other.into() };
    let first = import(&[one.clone(), other], &Options::default()).expect("documents");
    for (edited, kept) in [(false, false), (true, true)] {
        let mut now = first.files.clone();
        if edited {
            let text = now.get_mut("orders.json").expect("the module");
            *text = text.replace("\"title\": \"Create\"", "\"title\": \"Order something\"");
        }
        let earlier = Earlier::read(Path::new("specs"), first.imported.clone(), now).expect("JSON");
        let mut options = Options::default();
        options.earlier = Some(earlier);
        let again = import(std::slice::from_ref(&one), &options).expect("a document");
        load(&Sources::in_memory(again.files.clone()).expect("a connector"))
            .unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(again.files.contains_key("orders.json"), kept);
        let of_orders: Vec<&Change> =
            again.changes.iter().filter(|change| change.file == "orders.json").collect();
        if kept {
            assert!(
                of_orders.iter().any(|c| c.what == What::Kept && c.place == "actions.create"),
                "{:?}",
                said(&again)
            );
            assert!(!again.files["orders.json"].contains("\"list\""));
        } else {
            assert_eq!(of_orders.len(), 1, "{:?}", said(&again));
            assert_eq!((of_orders[0].what, of_orders[0].place.as_str()), (What::Removed, ""));
        }
    }
}

#[test]
fn what_is_no_json_is_told_with_its_place() {
    let first = imported(FIRST, None);
    let mut now = first.files.clone();
    replace(&mut now, "\"actions\": {", "\"actions\": {,");
    let problems = Earlier::read(Path::new("specs/deals"), first.imported, now).expect_err("it is none");
    let text = problems.render(typed_connector_specs::Style::Plain).join("");
    assert!(text.contains("--> specs/deals/deals.json:"), "{text}");
}
