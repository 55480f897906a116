//! From what was settled to the files of the format.

use std::collections::{BTreeMap, HashMap, HashSet};

use typed_connector_specs::text as names;

use crate::cx::Cx;
use crate::operation::{Answer, Argument, Body, Operation, Place};
use crate::out::{Json, Object};
use crate::paging::{Next, Paging};
use crate::settle::Settled;
use crate::text;
use crate::types::{Def, Property, Shape};

pub(crate) struct Emitter<'c, 'd> {
    pub(crate) cx: &'c Cx<'d>,
    pub(crate) settled: &'c Settled,
}

/// Where a field stands.
#[derive(Clone, Copy, PartialEq)]
enum Stand {
    /// In an object that is read.
    Object,
    /// It is given by a caller.
    Argument,
    /// In the path: always given.
    Path,
}

impl Emitter<'_, '_> {
    /// The types of a module, or of all (`None`), by name.
    pub(crate) fn types(&self, module: Option<&str>) -> Object {
        let mut list: BTreeMap<&str, usize> = BTreeMap::new();
        for (id, place) in &self.settled.place {
            if place.as_deref() == module {
                list.insert(&self.settled.names[id], *id);
            }
        }
        let mut types = Object::default();
        for (name, id) in list {
            types.set(name, self.ty(id));
        }
        types
    }

    fn ty(&self, id: usize) -> Json {
        let ty = &self.cx.types.list[id];
        let mut out = Object::default();
        let kind = match &ty.def {
            Def::Enum(_) => "enum",
            Def::Union { .. } => "union",
            _ if self.settled.inputs.contains(&id) => "input",
            _ => "object",
        };
        out.text("type", kind);
        out.maybe("title", ty.title.as_deref());
        // Choices in a field are described there.
        let in_field = ty.field.is_some() && kind == "enum";
        out.maybe("description", ty.description.as_deref().filter(|_| !in_field));
        if ty.deprecated {
            out.text("deprecated", "the API no longer recommends it");
        }
        match &ty.def {
            Def::Enum(values) => out.set("values", choices(values)),
            Def::Object(properties) => {
                let stand = if kind == "input" { Stand::Argument } else { Stand::Object };
                out.set("fields", self.fields(properties, stand).done());
            }
            Def::Union { tag, variants } => {
                out.maybe("tag", tag.as_deref());
                out.set("variants", self.variants(variants));
            }
            Def::Pending | Def::Alias(_) => {}
        }
        out.done()
    }

    fn variants(&self, variants: &[(String, Shape)]) -> Json {
        let mut seen = HashSet::new();
        let mut out = Object::default();
        for (index, (value, shape)) in variants.iter().enumerate() {
            let name = self.shape(shape);
            let ident = names::variant(value, value);
            let fine = ident.as_ref().is_some_and(|ident| seen.insert(ident.clone()));
            if fine {
                out.set(value, name);
                continue;
            }
            let mut own = format!("Variant{}", index + 1);
            if let Some(ident) = ident {
                own = format!("{ident}{}", index + 1);
            }
            seen.insert(own.clone());
            let mut long = Object::default();
            long.set("type", name);
            long.text("name", own);
            out.set(value, long.done());
        }
        out.done()
    }

    /// Fields by key, each with a Rust name of its own.
    fn fields(&self, properties: &[Property], stand: Stand) -> Object {
        let mut out = Object::default();
        let mut idents = HashSet::new();
        for property in properties {
            if stand == Stand::Argument && property.read_only {
                continue;
            }
            let ident = ident(&property.key, "", &mut idents);
            out.set(&property.key, self.field(property, stand, ident.as_deref(), &Extra::default()));
        }
        out
    }

    fn field(&self, property: &Property, stand: Stand, name: Option<&str>, extra: &Extra<'_>) -> Json {
        let mut out = Object::default();
        let shape = self.cx.types.resolved(&property.shape);
        self.shape_keys(&shape, &mut out);
        out.maybe("title", property.title.as_deref());
        // A name of a scalar has no place of its own to be described in.
        let alias = match (&property.shape, &shape) {
            (Shape::Named(_), Shape::Named(_)) => None,
            (Shape::Named(id), _) => self.cx.types.list[*id].description.as_deref(),
            _ => None,
        };
        out.maybe("description", property.description.as_deref().or(alias));
        match stand {
            Stand::Object => {
                // A required field that may be `null` is one that may have no value.
                out.flag("required", property.required && !property.nullable);
                out.flag("read_only", property.read_only);
            }
            Stand::Argument => {
                out.flag("required", property.required);
                let clears = property.nullable && !property.required && extra.clearable;
                out.flag("nullable", clears);
            }
            Stand::Path => {}
        }
        out.flag("sensitive", property.sensitive);
        if property.required && stand != Stand::Path {
            out.maybe("const", property.constant.as_deref());
        }
        if property.deprecated {
            out.text("deprecated", "the API no longer recommends it");
        }
        out.maybe("wire_name", extra.wire_name);
        out.maybe("name", name);
        if shape == Shape::Scalar("datetime") {
            out.maybe("wire", property.wire);
        }
        out.maybe("separator", extra.separator.or(property.separator));
        out.maybe("style", extra.style.or(property.style));
        match out.done() {
            Json::Object(members) if members.len() == 1 && matches!(members[0].1, Json::Text(_)) => {
                members.into_iter().next().map_or(Json::Null, |(_, ty)| ty)
            }
            other => other,
        }
    }

    fn shape_keys(&self, shape: &Shape, out: &mut Object) {
        match shape {
            Shape::Json => out.text("type", "json"),
            Shape::Scalar(name) => out.text("type", *name),
            Shape::Array(inner) => {
                out.text("type", "array");
                out.set("items", self.shape(inner));
            }
            Shape::Map(inner) => {
                out.text("type", "map");
                out.set("values", self.shape(inner));
            }
            Shape::Named(id) => out.text("type", self.settled.names[&self.settled.class[*id]].clone()),
        }
    }

    pub(crate) fn shape(&self, shape: &Shape) -> Json {
        let mut out = Object::default();
        self.shape_keys(&self.cx.types.resolved(shape), &mut out);
        match out.done() {
            Json::Object(members) if members.len() == 1 => {
                members.into_iter().next().map_or(Json::Null, |(_, name)| name)
            }
            other => other,
        }
    }

    /// An action.
    pub(crate) fn action(&self, operation: &Operation<'_>, paging: Option<&Paging>) -> Json {
        let mut out = Object::default();
        let node = operation.node;
        let title = text::title(node.get("summary")).unwrap_or_else(|| title(operation));
        out.text("title", title.trim_end_matches('.'));
        let description = text::description(node.get("description")).filter(|text| *text != title);
        out.maybe("description", description.as_deref());
        let docs = node.get("externalDocs").and_then(|docs| docs.get("url")?.as_str());
        out.maybe("docs_url", docs.filter(|url| is_page(url)));
        out.text("http", format!("{} {}", operation.method, operation.template));
        let (effect, idempotent) = effect(operation);
        out.text("effect", effect);
        if let Some(idempotent) = idempotent {
            out.set("idempotent", Json::Bool(idempotent));
        }
        scopes(operation, &mut out);
        self.arguments(operation, &mut out);
        match &operation.answer {
            Answer::Nothing => {}
            Answer::Raw => {
                out.text("returns", "bytes");
            }
            Answer::Value(shape) => {
                out.set("returns", self.shape(paging.map_or(shape, |paging| &paging.item)));
                out.flag("returns_optional", operation.may_be_nothing && paging.is_none());
            }
        }
        if let Some(paging) = paging {
            let mut pages = Object::default();
            pages.text("items", paging.items.clone());
            match &paging.next {
                Next::Cursor(pointer) => pages.text("cursor", pointer.clone()),
                Next::Last(pointer) => pages.text("last", pointer.clone()),
                Next::Link(relation) => pages.text("link", *relation),
            }
            pages.maybe("more", paging.more.as_deref());
            pages.maybe("total", paging.total.as_deref());
            pages.text("param", paging.param.clone());
            pages.maybe("limit_param", paging.limit_param.as_deref());
            out.object("pagination", pages);
        }
        if text::flag(node, "deprecated") {
            out.text("deprecated", "the API no longer recommends it");
        }
        out.done()
    }

    fn arguments(&self, operation: &Operation<'_>, out: &mut Object) {
        let mut idents = HashSet::new();
        let places = [
            (Place::Path, "path", ""),
            (Place::Query, "query", "query_"),
            (Place::Header, "headers", "header_"),
        ];
        for (place, key, prefix) in places {
            let mut fields = Object::default();
            for argument in operation.arguments.iter().filter(|argument| argument.place == place) {
                let Argument { property, wire_name, style, separator, .. } = argument;
                let ident = ident(&property.key, prefix, &mut idents);
                let wire = style.filter(|style| *style == "brackets").map(|_| property.key.as_str());
                let extra = Extra {
                    wire_name: wire_name.as_deref().or(wire).filter(|name| *name != property.key),
                    style: *style,
                    separator: *separator,
                    clearable: false,
                };
                let stand = if place == Place::Path { Stand::Path } else { Stand::Argument };
                fields.set(&property.key, self.field(property, stand, ident.as_deref(), &extra));
            }
            out.object(key, fields);
        }
        match &operation.body {
            None => {}
            Some(Body::Fields { encoding, properties }) => {
                let mut fields = Object::default();
                for property in properties {
                    let ident = ident(&property.key, "body_", &mut idents);
                    // A key that looks like a pointer would be read as one.
                    let pointer = property
                        .key
                        .starts_with('/')
                        .then(|| format!("/{}", property.key.replace('~', "~0").replace('/', "~1")));
                    let extra = Extra {
                        wire_name: pointer.as_deref(),
                        clearable: *encoding == "json",
                        ..Extra::default()
                    };
                    fields
                        .set(&property.key, self.field(property, Stand::Argument, ident.as_deref(), &extra));
                }
                let mut body = Object::default();
                body.set("fields", fields.done());
                if *encoding != "json" {
                    body.text("encoding", *encoding);
                }
                out.set("body", body.done());
            }
            Some(Body::Whole { encoding, content_type, value }) => {
                let ident = ident("body", "whole_", &mut idents);
                let mut body = match self.field(value, Stand::Path, ident.as_deref(), &Extra::default()) {
                    Json::Object(members) => members,
                    ty => vec![("type".to_owned(), ty)],
                };
                if !value.required {
                    body.push(("required".to_owned(), Json::Bool(false)));
                }
                if *encoding != "json" {
                    body.push(("encoding".to_owned(), Json::text(*encoding)));
                }
                if let Some(content_type) = content_type {
                    body.push(("content_type".to_owned(), Json::text(content_type.clone())));
                }
                let short = match body.as_slice() {
                    [(_, Json::Text(name))] => Some(name.clone()),
                    _ => None,
                };
                out.set("body", short.map_or(Json::Object(body), Json::Text));
            }
        }
    }
}

/// `batch_read` → «Batch read books»
fn title(operation: &Operation<'_>) -> String {
    let (name, module) = (text::humane(&operation.name), text::humane(&operation.module).to_lowercase());
    let many = ["list", "search", "batch"].iter().any(|word| operation.name.split('_').next() == Some(word));
    match crate::name::names_a_thing(&operation.name) {
        true => name,
        false if many => format!("{name} {module}"),
        false => format!("{name} {}", text::singular(&module)),
    }
}

/// What an argument says beyond its type.
#[derive(Default)]
struct Extra<'a> {
    wire_name: Option<&'a str>,
    style: Option<&'a str>,
    separator: Option<&'a str>,
    clearable: bool,
}

/// The Rust name of a field where the derived one does not do: it is none, or it is taken.
fn ident(key: &str, prefix: &str, taken: &mut HashSet<String>) -> Option<String> {
    let derived = names::snake(key);
    if let Some(derived) = &derived
        && taken.insert(derived.clone())
    {
        return None;
    }
    let base = match text::snake(key).as_str() {
        "" => "field".to_owned(),
        words if words.starts_with(|c: char| c.is_ascii_digit()) => format!("n{words}"),
        words => words.to_owned(),
    };
    let numbered = (2..).map(|number| format!("{base}_{number}"));
    let candidates = [format!("{prefix}{base}")].into_iter().chain(numbered);
    // Only names that the format derives from themselves.
    let mut fine = candidates.filter_map(|name| names::snake(&name).filter(|ident| *ident == name));
    let free = fine.find(|name| taken.insert(name.clone()))?;
    Some(free)
}

/// Values of an enum with titles, and with names where they make none.
fn choices(values: &[String]) -> Json {
    let mut out = Object::default();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (index, value) in values.iter().enumerate() {
        let title = match text::humane(value) {
            title if title.is_empty() => value.clone(),
            title => title,
        };
        let ident = names::variant(value, &title);
        let fine = ident.as_ref().is_some_and(|ident| !seen.contains_key(ident));
        if let Some(ident) = ident.clone().filter(|_| fine) {
            seen.insert(ident, index);
            out.text(value, title);
            continue;
        }
        let base = ident.unwrap_or_else(|| {
            let word = text::camel(value);
            let word = word.trim_start_matches("Type");
            if word.is_empty() { format!("Value{}", index + 1) } else { format!("Value{word}") }
        });
        let name = std::iter::once(base.clone())
            .chain((2..=values.len() + 1).map(|number| format!("{base}{number}")))
            .find(|name| !seen.contains_key(name) && name != "Other")
            .unwrap_or(base);
        seen.insert(name.clone(), index);
        let mut long = Object::default();
        long.text("title", title);
        long.text("name", name);
        out.set(value, long.done());
    }
    out.done()
}

fn scopes(operation: &Operation<'_>, out: &mut Object) {
    let rule = &operation.scopes;
    match (rule.all_of.as_slice(), rule.any_of.as_slice()) {
        ([], []) => {}
        (all, []) => out.texts("scopes", all),
        (all, any) => {
            let mut sets = Object::default();
            sets.texts("all_of", all);
            sets.texts("any_of", any);
            out.object("scopes", sets);
        }
    }
}

fn is_page(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://")) && !url.contains(char::is_whitespace)
}

/// What it does to the server's data, and whether that can be said to be idempotent where the default does not fit.
fn effect(operation: &Operation<'_>) -> (&'static str, Option<bool>) {
    let has = |words: &[&str]| operation.name.split('_').any(|word| words.contains(&word));
    match operation.method.as_str() {
        "GET" | "HEAD" => ("read", None),
        "DELETE" => ("delete", None),
        "PUT" | "PATCH" => ("update", None),
        _ if has(&[
            "search",
            "read",
            "query",
            "find",
            "lookup",
            "introspect",
            "preview",
            "validate",
            "count",
        ]) =>
        {
            ("read", None)
        }
        _ if has(&["archive", "delete", "remove", "purge", "revoke"]) => ("delete", Some(false)),
        _ if has(&[
            "update", "upsert", "merge", "move", "rename", "publish", "restore", "cancel", "reset",
        ]) =>
        {
            ("update", None)
        }
        _ => ("create", None),
    }
}
