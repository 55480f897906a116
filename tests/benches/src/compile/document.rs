//! The OpenAPI documents that both sides generate from: made here, or read from a folder.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::project::EDITED;
use crate::Failure;

/// One document.
#[derive(Clone)]
pub(super) struct Document {
    /// A name that is good for a file and a module.
    pub(super) name: String,
    pub(super) json: Value,
}

/// HTTP's methods, as keys of a path.
pub(super) const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

impl Document {
    /// A document of the folder, by its file's name.
    pub(super) fn read(folder: &Path, file: &str) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(folder.join(file))?;
        let name = file.trim_end_matches(".json").replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        Ok(Self { name: name.to_lowercase().replace('-', "_"), json: serde_json::from_str(&text)? })
    }

    /// Puts a text into it that an edit changes: into the title of its first operation.
    pub(super) fn mark(&mut self) {
        let item = self.json["paths"].as_object_mut().and_then(|paths| paths.values_mut().next());
        let Some(item) = item.and_then(Value::as_object_mut) else { return };
        if let Some((_, operation)) = item.iter_mut().find(|(key, _)| METHODS.contains(&key.as_str())) {
            operation["summary"] = format!("Edited {EDITED}").into();
        }
    }

    pub(super) fn operations(&self) -> usize {
        let paths = self.json["paths"].as_object();
        let items = paths.into_iter().flat_map(Map::values);
        items.map(|item| METHODS.iter().filter(|method| item.get(**method).is_some()).count()).sum()
    }
}

/// So many operations in HubSpot's manner: kinds of objects, for each create, get, update, list, search and delete.
pub(super) fn synthetic(operations: usize) -> Document {
    const NOUNS: [&str; 10] =
        ["deal", "ticket", "order", "invoice", "quote", "product", "lead", "meeting", "task", "visit"];
    let (mut paths, mut schemas, mut left) = (Map::new(), Map::new(), operations);
    schemas.insert("Paging".to_owned(), object(&[("next", reference("NextPage"), false)]));
    schemas.insert("NextPage".to_owned(), object(&[("after", json!({ "type": "string" }), true)]));
    for kind in 0.. {
        if left == 0 {
            break;
        }
        let noun = NOUNS[kind % NOUNS.len()];
        let name = if kind < NOUNS.len() { noun.to_owned() } else { format!("{noun}{}", kind / NOUNS.len()) };
        let (many, one) = kind_paths(&name, &mut schemas);
        for (path, methods) in [
            (format!("/{name}s"), many.0),
            (format!("/{name}s/search"), many.1),
            (format!("/{name}s/{{id}}"), one),
        ] {
            let mut item = Map::new();
            for (method, operation) in methods.into_iter().take(left) {
                item.insert(method.to_owned(), operation);
            }
            left -= item.len();
            if !item.is_empty() {
                paths.insert(path, item.into());
            }
        }
    }
    let json = json!({
        "openapi": "3.0.1",
        "info": { "title": "Synthetic", "version": "1" },
        "servers": [{ "url": "https://api.synthetic.example" }],
        "paths": paths,
        "components": { "schemas": schemas },
    });
    Document { name: format!("synthetic_{operations}"), json }
}

type Operations = Vec<(&'static str, Value)>;

/// The operations of one kind of object: on all, search, on one.
fn kind_paths(name: &str, schemas: &mut Map<String, Value>) -> ((Operations, Operations), Operations) {
    let camel = name[..1].to_uppercase() + &name[1..];
    let tag = format!("{name}s");
    let (text, number) = (
        json!({ "type": "string", "description": "A text that people write." }),
        json!({ "type": "number" }),
    );
    let stage = json!({ "type": "string", "enum": ["open", "in_progress", "won", "lost"] });
    let time = json!({ "type": "string", "format": "date-time" });
    let written = [
        ("name", text.clone(), true),
        ("stage", stage, true),
        ("amount", number, false),
        ("description", text.clone(), false),
        ("owner_id", text.clone(), false),
        ("close_date", time.clone(), false),
        ("probability", json!({ "type": "integer", "format": "int64" }), false),
        ("labels", json!({ "type": "array", "items": { "type": "string" } }), false),
    ];
    let patched: Vec<_> = written.iter().cloned().map(|(name, schema, _)| (name, schema, false)).collect();
    let mut read =
        vec![("id", text.clone(), true), ("created_at", time.clone(), true), ("updated_at", time, false)];
    read.extend(written.iter().cloned());
    schemas.insert(camel.clone(), object(&read));
    schemas.insert(format!("{camel}Create"), object(&written));
    schemas.insert(format!("{camel}Update"), object(&patched));
    let results = json!({ "type": "array", "items": reference(&camel) });
    schemas.insert(
        format!("{camel}Page"),
        object(&[("results", results.clone(), true), ("paging", reference("Paging"), false)]),
    );
    let condition =
        [("property", text.clone(), true), ("operator", text.clone(), true), ("value", text.clone(), false)];
    schemas.insert(format!("{camel}Condition"), object(&condition));
    schemas.insert(
        format!("{camel}Search"),
        object(&[
            ("query", text.clone(), false),
            ("limit", json!({ "type": "integer", "format": "int32" }), false),
            ("after", text, false),
            ("filters", json!({ "type": "array", "items": reference(&format!("{camel}Condition")) }), false),
        ]),
    );
    let id = json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } });
    let query = |name: &str, schema: Value| json!({ "name": name, "in": "query", "schema": schema });
    let operation = |what: &str, parameters: Value, body: Option<&str>, answer: Option<&str>| {
        let mut operation = json!({
            "operationId": format!("{what}_{name}"),
            "tags": [tag],
            "summary": format!("{} a {name}", what[..1].to_uppercase() + &what[1..]),
            "parameters": parameters,
            "responses": match answer {
                Some(answer) => json!({ "200": { "description": "it", "content": { "application/json": { "schema": reference(answer) } } } }),
                None => json!({ "204": { "description": "done" } }),
            },
        });
        if let Some(body) = body {
            operation["requestBody"] =
                json!({ "required": true, "content": { "application/json": { "schema": reference(body) } } });
        }
        operation
    };
    let (create, update, page) = (format!("{camel}Create"), format!("{camel}Update"), format!("{camel}Page"));
    let limit = query("limit", json!({ "type": "integer", "format": "int32" }));
    let after = query("after", json!({ "type": "string" }));
    let fields = query("fields", json!({ "type": "array", "items": { "type": "string" } }));
    let all = vec![
        ("get", operation("list", json!([limit, after, fields]), None, Some(&page))),
        ("post", operation("create", json!([]), Some(&create), Some(&camel))),
    ];
    let search = vec![("post", operation("search", json!([]), Some(&format!("{camel}Search")), Some(&page)))];
    let one = vec![
        ("get", operation("get", json!([id, fields]), None, Some(&camel))),
        ("patch", operation("update", json!([id]), Some(&update), Some(&camel))),
        ("delete", operation("delete", json!([id]), None, None)),
    ];
    ((all, search), one)
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn object(fields: &[(&str, Value, bool)]) -> Value {
    let properties: Map<_, _> =
        fields.iter().map(|(name, schema, _)| ((*name).to_owned(), schema.clone())).collect();
    let required: Vec<_> =
        fields.iter().filter(|(_, _, required)| *required).map(|(name, _, _)| *name).collect();
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}
