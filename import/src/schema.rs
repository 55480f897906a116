//! From a schema (JSON Schema, as OpenAPI 3.0 and 3.1 have it) to a type.

use std::collections::HashSet;

use typed_connector_specs::Code;
use typed_connector_specs::text::{Kind, Problem, Value};

use crate::cx::Cx;
use crate::keys;
use crate::references::Led;
use crate::text;
use crate::types::{Def, Property, Shape, Type};
use crate::union;

/// Longer lists of choices are texts: they are data (currencies, time zones), and each choice costs generated code.
const MAX_CHOICES: usize = 250;

/// Deepest nesting of lists and maps in one another.
pub(crate) const MAX_NESTING: usize = 8;

/// Deepest nesting of `allOf`, `oneOf` and `anyOf` through references.
pub(crate) const MAX_PARTS: usize = 64;

/// Where a schema stands, for the name of a type that it may become.
#[derive(Debug, Clone)]
pub(crate) struct Hint {
    pub(crate) owner: String,
    pub(crate) field: String,
}

impl Hint {
    pub(crate) fn new(owner: &str, field: &str) -> Self {
        Self { owner: owner.to_owned(), field: field.to_owned() }
    }
}

/// What a schema is: a shape, or something that needs a type of its own.
pub(crate) enum Converted {
    Shape(Shape),
    Def(Def),
}

use Converted::Shape as Is;

/// The shape of a schema in place.
pub(crate) fn shape<'d>(cx: &mut Cx<'d>, schema: &'d Value, hint: &Hint) -> Shape {
    if let Some(id) = cx.types.known(schema) {
        return Shape::Named(id);
    }
    // It holds itself, through `allOf` of something that it is in: one that is declared breaks the circle.
    if !cx.types.entered.insert(std::ptr::from_ref(schema)) {
        return Shape::Named(declared(cx, schema, None, hint));
    }
    let converted = convert(cx, schema, hint);
    cx.types.entered.remove(&std::ptr::from_ref(schema));
    match converted {
        Is(shape) => shape,
        Converted::Def(def) => {
            if let Some(id) = cx.types.known(schema) {
                return Shape::Named(id);
            }
            let wanted = text::camel(&format!("{} {}", hint.owner, hint.field));
            let mut ty = fresh(cx, schema, wanted);
            ty.field = Some(hint.field.clone());
            ty.def = def;
            Shape::Named(cx.types.add(ty))
        }
    }
}

fn fresh<'d>(cx: &Cx<'d>, schema: &'d Value, wanted: String) -> Type<'d> {
    Type {
        document: cx.at,
        schema,
        wanted,
        field: None,
        def: Def::Pending,
        title: text::title(schema.get("title")),
        description: text::description(schema.get("description")),
        deprecated: text::flag(schema, "deprecated"),
        broken: false,
        operation: cx.operation.clone(),
    }
}

/// A schema that is declared by itself; it is read later, so that a long chain of them is no deep recursion.
pub(crate) fn declared<'d>(cx: &mut Cx<'d>, schema: &'d Value, led: Option<Led<'d>>, hint: &Hint) -> usize {
    if let Some(id) = cx.types.known(schema) {
        return id;
    }
    let wanted = match led.and_then(|led| cx.declared_name(led)) {
        Some(name) => text::camel(&name),
        None => text::camel(&format!("{} {}", hint.owner, hint.field)),
    };
    let ty = fresh(cx, schema, wanted);
    let id = cx.types.add(ty);
    cx.types.queue.push_back(id);
    id
}

/// Reads what was put off.
pub(crate) fn drain(cx: &mut Cx<'_>) {
    let (at, operation) = (cx.at, cx.operation.clone());
    while let Some(id) = cx.types.queue.pop_front() {
        let (schema, wanted) = (cx.types.list[id].schema, cx.types.list[id].wanted.clone());
        cx.at = cx.types.list[id].document;
        cx.operation.clone_from(&cx.types.list[id].operation);
        cx.types.open.push(id);
        let def = match convert(cx, schema, &Hint::new(&wanted, "")) {
            Is(shape) => Def::Alias(shape),
            Converted::Def(def) => def,
        };
        cx.types.open.pop();
        cx.types.list[id].def = def;
    }
    cx.at = at;
    cx.operation = operation;
}

/// What a schema is.
pub(crate) fn convert<'d>(cx: &mut Cx<'d>, schema: &'d Value, hint: &Hint) -> Converted {
    let Kind::Object(_) = schema.kind else {
        if !matches!(schema.kind, Kind::Bool(_)) {
            let message = cx.told(&format!("a schema is an object, not {}", schema.type_name()));
            cx.error(Problem::new(Code::WrongType, schema.span.first(), message));
        }
        return Is(Shape::Json);
    };
    if schema.get("$ref").is_some() {
        return match cx.deref(schema) {
            Some((target, led)) => Is(Shape::Named(declared(cx, target, led, hint))),
            None => Is(Shape::Json),
        };
    }
    keys::check(cx, schema, &keys::SCHEMA);
    if schema.get("oneOf").or_else(|| schema.get("anyOf")).is_some() && !has_fields(schema) {
        return union::convert(cx, schema, hint);
    }
    if schema.get("allOf").is_some() || has_fields(schema) {
        return object(cx, schema, hint);
    }
    if let Some(values) = choices(schema) {
        return choice(cx, schema, values);
    }
    match types_of(schema).as_slice() {
        [] => by_keywords(cx, schema, hint),
        [one] => by_type(cx, schema, one, hint),
        ["integer", "number"] | ["number", "integer"] => Is(Shape::Scalar("float")),
        many => {
            cx.json(schema.span.first(), &format!("a value of the types {}", many.join(" or ")));
            Is(Shape::Json)
        }
    }
}

fn has_fields(schema: &Value) -> bool {
    schema.get("properties").and_then(Value::members).is_some_and(|members| !members.is_empty())
        || schema.get("allOf").is_some()
}

/// The types of a schema without `null`.
pub(crate) fn types_of(schema: &Value) -> Vec<&str> {
    let named: Vec<_> = match schema.get("type").map(|ty| &ty.kind) {
        Some(Kind::String(one)) => vec![one.as_str()],
        Some(Kind::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    named.into_iter().filter(|ty| *ty != "null").collect()
}

/// Whether `null` is a value of it.
pub(crate) fn is_nullable(schema: &Value) -> bool {
    let lists_null = |key: &str| match schema.get(key).map(|list| &list.kind) {
        Some(Kind::Array(items)) => items
            .iter()
            .any(|item| matches!(item.kind, Kind::Null) || item.as_str() == Some("null") || is_null(item)),
        _ => false,
    };
    text::flag(schema, "nullable") || ["type", "enum", "oneOf", "anyOf"].iter().any(|key| lists_null(key))
}

/// Whether `null` is its only value.
pub(crate) fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}

/// The texts that a value may be, where they are listed and all are texts.
pub(crate) fn choices(schema: &Value) -> Option<Vec<&str>> {
    if let Some(only) = schema.get("const") {
        return only.as_str().map(|only| vec![only]);
    }
    let Some(Kind::Array(items)) = schema.get("enum").map(|list| &list.kind) else { return None };
    let (mut values, mut seen) = (Vec::new(), HashSet::new());
    for item in items {
        match &item.kind {
            Kind::Null => {}
            Kind::String(text) => {
                if seen.insert(text.as_str()) {
                    values.push(text.as_str());
                }
            }
            _ => return None,
        }
    }
    (!values.is_empty() && matches!(types_of(schema).as_slice(), [] | ["string"])).then_some(values)
}

fn choice(cx: &mut Cx<'_>, schema: &Value, values: Vec<&str>) -> Converted {
    if let [_] = values.as_slice() {
        return Is(Shape::Scalar("string"));
    }
    if values.len() > MAX_CHOICES {
        let message = format!("{} choices are too many for an enum; it becomes `string`", values.len());
        cx.warn(schema.span.first(), message);
        return Is(Shape::Scalar("string"));
    }
    // "" is how some APIs write that there is none.
    Converted::Def(Def::Enum(
        values.into_iter().filter(|value| !value.is_empty()).map(str::to_owned).collect(),
    ))
}

/// A schema without `type`.
fn by_keywords<'d>(cx: &mut Cx<'d>, schema: &'d Value, hint: &Hint) -> Converted {
    let has = |keys: &[&str]| keys.iter().any(|key| schema.get(key).is_some());
    if has(&["items", "prefixItems"]) {
        by_type(cx, schema, "array", hint)
    } else if has(&["additionalProperties", "patternProperties"]) {
        by_type(cx, schema, "object", hint)
    } else if has(&["pattern", "minLength", "maxLength", "format", "contentEncoding"]) {
        by_type(cx, schema, "string", hint)
    } else {
        Is(Shape::Json)
    }
}

fn by_type<'d>(cx: &mut Cx<'d>, schema: &'d Value, ty: &str, hint: &Hint) -> Converted {
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    let scalar = match ty {
        "string" => string(schema, format),
        "integer" if is_unix(format) => "datetime",
        "integer" => "integer",
        "number" if format == "decimal" => "decimal",
        "number" => "float",
        "boolean" => "boolean",
        "array" => return Is(array(cx, schema, hint)),
        "object" => return Is(map(cx, schema, hint)),
        other => {
            let message = format!("a value of the unknown type `{other}`");
            let span = schema.get("type").map_or(schema.span.first(), |ty| ty.span);
            cx.json(span, &message);
            return Is(Shape::Json);
        }
    };
    Is(Shape::Scalar(scalar))
}

/// Formats of times that are numbers of seconds (OpenAPI's format registry).
pub(crate) fn is_unix(format: &str) -> bool {
    matches!(format, "unix-time" | "unixtime" | "timestamp")
}

fn string(schema: &Value, format: &str) -> &'static str {
    let said = |key: &str| schema.get(key).and_then(Value::as_str).unwrap_or_default();
    let (encoding, media_type) = (said("contentEncoding"), said("contentMediaType"));
    match format {
        "date" => "date",
        "date-time" | "datetime" => "datetime",
        "duration" => "duration",
        "uri" | "url" => "url",
        "email" => "email",
        "byte" | "base64" | "binary" => "bytes",
        "decimal" => "decimal",
        _ if encoding == "base64" => "bytes",
        // As OpenAPI 3.1 writes `format: binary`.
        "" if encoding.is_empty() && is_binary(media_type) => "bytes",
        _ => "string",
    }
}

fn is_binary(media_type: &str) -> bool {
    !media_type.is_empty()
        && !media_type.starts_with("text/")
        && !media_type.contains("json")
        && !media_type.contains("xml")
}

fn array<'d>(cx: &mut Cx<'d>, schema: &'d Value, hint: &Hint) -> Shape {
    let inner = match schema.get("items") {
        Some(items) => {
            let mut hint = hint.clone();
            hint.field = if hint.field.is_empty() { "item".to_owned() } else { text::singular(&hint.field) };
            element(cx, items, &hint)
        }
        None => return Shape::Array(Box::new(tuple(cx, schema, hint))),
    };
    Shape::Array(Box::new(inner))
}

/// The element of a list that says of each place what is there: one type if all are the same.
fn tuple<'d>(cx: &mut Cx<'d>, schema: &'d Value, hint: &Hint) -> Shape {
    let Some(list) = schema.get("prefixItems") else { return Shape::Json };
    let items = crate::operation::items(Some(list));
    let scalars: Option<HashSet<&'static str>> = items
        .iter()
        .map(|item| match convert(cx, item, hint) {
            Is(Shape::Scalar(name)) => Some(name),
            _ => None,
        })
        .collect();
    let mut scalars = scalars.into_iter().flatten();
    if let (Some(only), None) = (scalars.next(), scalars.next()) {
        return Shape::Scalar(only);
    }
    cx.json(list.span.first(), "a list whose elements have types of their own");
    Shape::Json
}

/// An object without declared fields.
fn map<'d>(cx: &mut Cx<'d>, schema: &'d Value, hint: &Hint) -> Shape {
    let patterns = schema.get("patternProperties").and_then(Value::members).unwrap_or_default();
    let values = match (schema.get("additionalProperties"), patterns) {
        (Some(values), _) if matches!(values.kind, Kind::Object(_)) => values,
        (_, [one]) => &one.value,
        (Some(any), _) if matches!(any.kind, Kind::Bool(true)) => return Shape::Map(Box::new(Shape::Json)),
        _ => return Shape::Json,
    };
    let mut hint = hint.clone();
    hint.field = if hint.field.is_empty() { "value".to_owned() } else { text::singular(&hint.field) };
    Shape::Map(Box::new(element(cx, values, &hint)))
}

/// What a list or a map holds.
fn element<'d>(cx: &mut Cx<'d>, schema: &'d Value, hint: &Hint) -> Shape {
    if cx.nesting == MAX_NESTING {
        cx.json(schema.span.first(), &format!("lists in lists, more than {MAX_NESTING} deep"));
        return Shape::Json;
    }
    cx.nesting += 1;
    let shape = shape(cx, schema, hint);
    cx.nesting -= 1;
    shape
}

/// The parts of an object that is composed of several.
#[derive(Default)]
pub(crate) struct Parts<'d> {
    pub(crate) fields: Vec<(&'d str, &'d Value, typed_connector_specs::text::Span)>,
    pub(crate) required: HashSet<&'d str>,
    /// Schemas that are no objects with fields.
    others: Vec<&'d Value>,
    /// Schemas with `oneOf` or `anyOf`.
    unions: Vec<&'d Value>,
    /// Whether it has `allOf`, and so no single name.
    composed: bool,
    seen: HashSet<*const Value>,
    /// How many schemas are around the one at hand.
    depth: usize,
}

impl Parts<'_> {
    /// Whether it is nothing but fields.
    pub(crate) fn is_object(&self) -> bool {
        !self.fields.is_empty() && self.others.is_empty() && self.unions.is_empty()
    }
}

/// Takes an object apart, `allOf` and references included.
pub(crate) fn gather<'d>(cx: &mut Cx<'d>, schema: &'d Value, parts: &mut Parts<'d>) {
    if !parts.seen.insert(std::ptr::from_ref(schema)) {
        return;
    }
    if parts.depth == MAX_PARTS {
        cx.warn(
            schema.span.first(),
            format!("`allOf` more than {MAX_PARTS} deep; what lies deeper is left out"),
        );
        return;
    }
    let Some((target, _)) = cx.deref(schema) else { return };
    if !std::ptr::eq(target, schema) && !parts.seen.insert(std::ptr::from_ref(target)) {
        return;
    }
    let all = match target.get("allOf").map(|list| &list.kind) {
        Some(Kind::Array(all)) => all.as_slice(),
        _ => &[],
    };
    parts.composed |= !all.is_empty();
    parts.depth += 1;
    for part in all {
        gather(cx, part, parts);
    }
    parts.depth -= 1;
    let own = cx.get(target, "properties").and_then(Value::members).unwrap_or_default();
    for member in own {
        let field = (member.key.as_str(), &member.value, member.key_span);
        match parts.fields.iter_mut().find(|(key, ..)| *key == member.key) {
            // What is nearer to the whole says more.
            Some(known) => *known = field,
            None => parts.fields.push(field),
        }
    }
    if let Some(Kind::Array(names)) = target.get("required").map(|list| &list.kind) {
        parts.required.extend(names.iter().filter_map(Value::as_str));
    }
    if target.get("oneOf").or_else(|| target.get("anyOf")).is_some() {
        // A base that lists those that are made of it, this one among them, has nothing more to say here.
        if !union::direct(cx, target).iter().any(|known| parts.seen.contains(known)) {
            parts.unions.push(target);
        }
    } else if own.is_empty() && all.is_empty() && says_something(target) {
        parts.others.push(schema);
    }
}

/// `{ "description": … }` and `{ "required": […] }` beside others of an `allOf` are no type.
fn says_something(schema: &Value) -> bool {
    ["type", "enum", "const", "items", "additionalProperties", "format"]
        .iter()
        .any(|key| schema.get(key).is_some_and(|value| value.as_str() != Some("object")))
}

fn object<'d>(cx: &mut Cx<'d>, schema: &'d Value, hint: &Hint) -> Converted {
    // `allOf` around one reference adds a description to it, and nothing else.
    if let Some(Kind::Array(all)) = schema.get("allOf").map(|list| &list.kind)
        && let [only] = all.as_slice()
        && schema.get("properties").is_none()
        && schema.get("required").is_none()
    {
        return convert(cx, only, hint);
    }
    let mut parts = Parts::default();
    gather(cx, schema, &mut parts);
    if parts.fields.is_empty() && parts.unions.is_empty() {
        return match parts.others.as_slice() {
            [] => Is(map(cx, schema, hint)),
            [one] => Is(shape(cx, one, hint)),
            many => {
                let shapes: HashSet<_> = many.iter().map(|part| shape(cx, part, hint)).collect();
                if shapes.len() > 1 {
                    cx.json(schema.span.first(), "`allOf` of different types");
                }
                Is(shapes.into_iter().next().filter(|_| many.len() == 1).unwrap_or(Shape::Json))
            }
        };
    }
    if parts.fields.is_empty()
        && let [one] = parts.unions.as_slice()
        && parts.others.is_empty()
    {
        return union::convert(cx, one, hint);
    }
    Converted::Def(Def::Object(fields(cx, schema, parts, hint)))
}

/// The fields of an object that was taken apart.
pub(crate) fn fields<'d>(
    cx: &mut Cx<'d>,
    schema: &'d Value,
    mut parts: Parts<'d>,
    hint: &Hint,
) -> Vec<Property> {
    if !parts.unions.is_empty() {
        let message =
            "alternatives beside other fields: the fields of all are taken, and none of theirs is required";
        cx.warn(schema.span.first(), message);
        let required = parts.required.clone();
        for alternatives in std::mem::take(&mut parts.unions) {
            for alternative in union::alternatives(cx, alternatives) {
                gather(cx, alternative.schema, &mut parts);
            }
        }
        parts.required = required;
        parts.unions.clear();
    }
    let owner = match hint.field.as_str() {
        "" => hint.owner.clone(),
        field => text::camel(&format!("{} {field}", hint.owner)),
    };
    let list = std::mem::take(&mut parts.fields);
    list.into_iter()
        .filter(|(key, ..)| !key.is_empty())
        .map(|(key, schema, span)| {
            let mut property = property(cx, key, schema, &Hint::new(&owner, key));
            property.span = span;
            property.required = parts.required.contains(key);
            property
        })
        .collect()
}

/// A field: its type, and what is said about it where it stands or where its type is declared.
pub(crate) fn property<'d>(cx: &mut Cx<'d>, key: &str, schema: &'d Value, hint: &Hint) -> Property {
    let shape = shape(cx, schema, hint);
    let mut property = Property::new(key, shape, schema.span.first());
    let target = peek(cx, schema);
    for said in [schema, target] {
        property.nullable |= is_nullable(said);
        property.read_only |= text::flag(said, "readOnly");
        property.write_only |= text::flag(said, "writeOnly");
        property.deprecated |= text::flag(said, "deprecated");
        property.sensitive |= said.get("format").and_then(Value::as_str) == Some("password");
    }
    property.title = text::title(schema.get("title"));
    property.description = text::description(schema.get("description"));
    property.sensitive |= text::is_secret(key) && property.shape == Shape::Scalar("string");
    if let Some([only]) = choices(target).as_deref() {
        property.constant = Some((*only).to_owned());
    }
    if property.shape == Shape::Scalar("datetime") && types_of(target) == ["integer"] {
        property.wire = Some("seconds");
    }
    property
}

/// What a reference leads to, without a word where it leads nowhere.
pub(crate) fn peek<'d>(cx: &mut Cx<'d>, schema: &'d Value) -> &'d Value {
    cx.quietly(|cx| cx.deref(schema).map(|(target, _)| target)).unwrap_or(schema)
}
