//! JSON Schemas (2020-12) of arguments and outputs, for language models, forms and other programs.

use serde_json::{Map, Value, json};
use typed_connector_specs::model::{
    Connector, Enum, Field, FieldType, FilterOperator, Input, Object, Output, TypeKind, TypeRef,
};

use super::arguments::others_key;
use super::item::extra_name;
use super::{Action, model};

/// Which side of a call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// What is given.
    Given,
    /// What is answered: values as they are, without explanations, which would make it very long.
    Answered,
}

impl Action {
    /// A schema of the arguments, with titles, descriptions, choices, defaults and examples.
    #[must_use]
    pub fn input_schema(self) -> Value {
        let mut schemas = Schemas::new(self, Side::Given);
        let model = self.model();
        let fields = model.arguments().zip(model.clearable());
        let mut schema = schemas.given(fields);
        if let Some(model::Body::Fields { input, .. }) = &model.body
            && self.connector().model().takes_others(input)
        {
            schema["properties"][others_key(model.arguments())] = others();
        }
        let examples = model.examples.iter().filter(|example| !example.request.is_empty());
        let examples: Vec<_> = examples.map(|example| &example.request).collect();
        if !examples.is_empty() {
            schema["examples"] = json!(examples);
        }
        if schemas.clears {
            schema["description"] = "Where null can be given, it clears the field.".into();
        }
        schemas.finish(schema)
    }

    /// A schema of what [`Client::execute`](super::Client::execute) gives; `None` where that is nothing.
    #[must_use]
    pub fn output_schema(self) -> Option<Value> {
        let mut schemas = Schemas::new(self, Side::Answered);
        let schema = match &self.model().output {
            // No schema is both a value's and that of nothing.
            Output::Nothing | Output::Optional(_) => return None,
            Output::Value(ty) => schemas.value(ty),
            Output::Page { item, .. } => json!({
                "type": "object",
                "properties": {
                    "items": { "type": "array", "items": schemas.value(item) },
                    "next": { "type": "string", "description": "The cursor of the next page; absent on the last one." },
                    "total": { "type": "integer", "description": "How many elements all pages hold." },
                },
                "required": ["items"],
            }),
            Output::Batch { item, .. } => json!({
                "type": "object",
                "properties": {
                    "results": { "type": "array", "items": item.as_ref().map_or_else(|| json!({}), |item| schemas.value(item)) },
                    "errors": { "type": "array", "items": { "type": "object" } },
                },
                "required": ["results", "errors"],
            }),
        };
        Some(schemas.finish(schema))
    }

    /// A schema of one element of a list, or of one result of a batch; `None` where it is neither.
    #[must_use]
    pub fn element_schema(self) -> Option<Value> {
        let mut schemas = Schemas::new(self, Side::Answered);
        let (Output::Page { item, .. } | Output::Batch { item: Some(item), .. }) = &self.model().output
        else {
            return None;
        };
        let schema = schemas.value(item);
        Some(schemas.finish(schema))
    }
}

/// Properties that the spec does not declare.
fn others() -> Value {
    json!({
        "type": "object",
        "description": "Properties of the account's own that are not listed here, by their names.",
        "additionalProperties": true,
    })
}

struct Schemas {
    connector: &'static Connector,
    side: Side,
    /// Types that are being written, to find those that contain themselves.
    open: Vec<TypeRef>,
    /// Definitions of such types.
    definitions: Map<String, Value>,
    /// Objects whose properties were listed: once is enough.
    listed: Vec<TypeRef>,
    /// Whether `null` can clear something.
    clears: bool,
    /// Whether the action has examples as a whole, so that each field needs none.
    has_examples: bool,
}

impl Schemas {
    fn new(action: Action, side: Side) -> Self {
        let connector = action.connector().model();
        let (open, listed) = (Vec::new(), Vec::new());
        let has_examples = action.model().examples.iter().any(|example| !example.request.is_empty());
        Self { connector, side, open, definitions: Map::new(), listed, clears: false, has_examples }
    }

    fn finish(self, mut schema: Value) -> Value {
        if !self.definitions.is_empty() {
            schema["$defs"] = Value::Object(self.definitions);
        }
        schema
    }

    /// An object of what can be given.
    fn given<'f>(&mut self, fields: impl Iterator<Item = (&'f Field, bool)>) -> Value {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for (field, clearable) in fields.filter(|(field, _)| field.constant.is_none()) {
            let mut schema = self.field(field);
            if clearable {
                self.clears = true;
                nullable(&mut schema);
            }
            properties.insert(field.key.clone(), schema);
            if field.must_be_given() {
                required.push(field.key.as_str());
            }
        }
        let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        schema
    }

    fn field(&mut self, field: &Field) -> Value {
        let mut schema = self.value(&field.ty);
        if self.side == Side::Answered {
            return schema;
        }
        if let Some(title) = &field.title {
            schema["title"] = title.as_str().into();
        }
        // The spec's words, then what follows from the type.
        let words = [field.description.as_deref(), schema["description"].as_str()];
        let mut words = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
        if let Some(instead) = &field.deprecated {
            words.push_str(&format!(" Deprecated: {instead}."));
            schema["deprecated"] = true.into();
        }
        if let Some(from) = &field.options_from {
            words.push_str(&format!(" `{}` lists what can be chosen in this account.", from.action));
        }
        if !words.trim().is_empty() {
            schema["description"] = words.trim().into();
        }
        if let Some(default) = &field.default {
            schema["default"] = default.clone();
        }
        if let Some(example) = field.example.as_ref().filter(|_| !self.has_examples) {
            schema["examples"] = json!([example]);
        }
        schema
    }

    fn value(&mut self, ty: &FieldType) -> Value {
        match ty {
            FieldType::String => json!({ "type": "string" }),
            FieldType::Integer => json!({ "type": "integer" }),
            FieldType::Decimal if self.side == Side::Answered => json!({ "type": "string" }),
            FieldType::Decimal => {
                json!({ "type": ["string", "number"], "description": "A decimal number; a string keeps all its digits." })
            }
            FieldType::Float => json!({ "type": "number" }),
            FieldType::Boolean => json!({ "type": "boolean" }),
            FieldType::Date
            | FieldType::DateTime
            | FieldType::Duration
            | FieldType::Url
            | FieldType::Email
                if self.side == Side::Answered =>
            {
                json!({ "type": "string" })
            }
            FieldType::Email => json!({ "type": "string", "format": "email" }),
            FieldType::Date => json!({ "type": "string", "format": "date" }),
            FieldType::DateTime => json!({ "type": "string", "format": "date-time" }),
            FieldType::Duration => json!({ "type": "string", "format": "duration" }),
            FieldType::Url => json!({ "type": "string", "format": "uri" }),
            FieldType::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
            FieldType::Json => json!({}),
            FieldType::File => json!({
                "type": "object",
                "properties": {
                    "name": { "type": "string" },
                    "content_type": { "type": "string" },
                    "base64": { "type": "string", "contentEncoding": "base64" },
                    "text": { "type": "string", "description": "In place of `base64`." },
                },
                "required": ["name"],
            }),
            FieldType::Array(item) => json!({ "type": "array", "items": self.value(item) }),
            FieldType::Map(item) => json!({ "type": "object", "additionalProperties": self.value(item) }),
            FieldType::Filter(of) => self.filter(*of),
            FieldType::Sort(of) => json!({
                "type": "string",
                "description": format!("A property's name, with `-` before it for largest first.{}", self.names(*of)),
            }),
            FieldType::Selection(of) => json!({
                "anyOf": [{ "const": "*" }, { "type": "array", "items": { "type": "string" } }],
                "description": format!("Names of properties, or \"*\" for all that are declared.{}", self.names(*of)),
            }),
            FieldType::Named(of) => self.named(*of),
        }
    }

    fn named(&mut self, of: TypeRef) -> Value {
        let ty = self.connector.ty(of);
        let (kind, side) = (&ty.kind, self.side);
        match kind {
            TypeKind::Id => return json!({ "type": "string" }),
            TypeKind::Enum(known) => return choices(known, side),
            TypeKind::Object(_) | TypeKind::Input(_) | TypeKind::Union(_) => {}
        }
        let reference = json!({ "$ref": format!("#/$defs/{}", ty.ident) });
        if self.definitions.contains_key(&ty.ident) {
            return reference;
        }
        if self.open.contains(&of) {
            // Filled when the outer one is written.
            self.definitions.insert(ty.ident.clone(), Value::Null);
            return reference;
        }
        self.open.push(of);
        let mut schema = match kind {
            TypeKind::Object(object) => self.object(object),
            TypeKind::Input(Input { fields, clearable, .. }) => {
                let schema = self.given(fields.iter().zip(clearable.iter().copied()));
                match kind {
                    TypeKind::Input(input) if self.connector.takes_others(input) => {
                        let mut schema = schema;
                        schema["properties"][others_key(fields.iter())] = others();
                        schema
                    }
                    _ => schema,
                }
            }
            TypeKind::Union(union) => {
                let variants = union.variants.iter();
                let mut variants: Vec<_> =
                    variants.map(|variant| self.variant(union.tag.as_deref(), variant)).collect();
                if side == Side::Answered {
                    // What is none of them is answered as it is.
                    variants.push(json!({ "type": "object" }));
                }
                if union.id.is_some() {
                    variants.push(json!({ "type": "string", "description": "The id alone." }));
                }
                json!({ "anyOf": variants })
            }
            TypeKind::Enum(_) | TypeKind::Id => json!({}),
        };
        self.open.pop();
        if side == Side::Given
            && let Some(description) = &ty.description
        {
            schema["description"] = description.as_str().into();
        }
        match self.definitions.get_mut(&ty.ident) {
            Some(place) => {
                *place = schema;
                reference
            }
            None => schema,
        }
    }

    fn variant(&mut self, tag: Option<&str>, variant: &model::Variant) -> Value {
        let schema = self.named(variant.ty);
        match tag {
            Some(tag) => {
                let own = json!({ "type": "object", "properties": { tag: { "const": variant.key } }, "required": [tag] });
                // An object that takes no other keys would refuse the tag: its own keys are looked at without it.
                let mut schema = schema;
                if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
                    properties.insert(tag.to_owned(), json!({ "const": variant.key }));
                    return schema;
                }
                json!({ "allOf": [own, schema] })
            }
            None => schema,
        }
    }

    fn object(&mut self, object: &'static Object) -> Value {
        match self.side {
            Side::Given => {
                let fields = object.fields.iter();
                let given = fields.filter(|field| !field.read_only && field.fixed_text().is_none());
                self.given(given.map(|field| (field, false)))
            }
            Side::Answered => {
                let mut properties = Map::new();
                for field in &object.fields {
                    properties.insert(field.key.clone(), self.field(field));
                }
                properties.insert(
                    extra_name(object).to_owned(),
                    json!({ "type": "object", "description": "What is not declared, or did not fit." }),
                );
                let required: Vec<_> =
                    object.fields.iter().filter(|field| field.required).map(|field| &field.key).collect();
                json!({ "type": "object", "properties": properties, "required": required })
            }
        }
    }

    fn filter(&mut self, of: TypeRef) -> Value {
        let operators: Vec<_> = FilterOperator::ALL.iter().map(|(_, name)| format!("`{name}`")).collect();
        json!({
            "description": format!(
                "Conditions that must all hold: an object of properties, each with the value that it must have, or with operators, such \
                 as {{ \"amount\": {{ \"gte\": 1000, \"lt\": 5000 }} }}. An array of such objects: one of them must hold. Operators: {}; \
                 `between` takes an array of two, `in` and `not_in` take arrays, `has` takes true or false.{}",
                operators.join(", "),
                self.names(of)
            ),
            "anyOf": [
                { "type": "object" },
                { "type": "array", "items": { "type": "object" } },
            ],
        })
    }

    /// The properties of an object with their types, ` Properties: amount (decimal), …`; nothing where they were listed already.
    fn names(&mut self, of: TypeRef) -> String {
        if self.listed.contains(&of) {
            return String::new();
        }
        self.listed.push(of);
        format!(" Properties: {}.", names(self.connector, of))
    }
}

fn names(connector: &'static Connector, of: TypeRef) -> String {
    let Some(object) = connector.object(of) else { return String::new() };
    let word = |ty: &FieldType| match ty {
        FieldType::Integer => "integer",
        FieldType::Decimal => "decimal",
        FieldType::Float => "number",
        FieldType::Boolean => "boolean",
        FieldType::Date => "date",
        FieldType::DateTime => "time",
        FieldType::Array(_) => "list",
        _ => "",
    };
    let properties = object.fields.iter().filter(|field| object.is_property(field));
    let names = properties.map(|field| match word(&field.ty) {
        "" => field.wire_name.clone(),
        word => format!("{} ({word})", field.wire_name),
    });
    names.collect::<Vec<_>>().join(", ")
}

fn choices(known: &Enum, side: Side) -> Value {
    let wires: Vec<_> = known.values.iter().map(|value| value.wire.as_str()).collect();
    let mut schema = json!({ "type": "string" });
    if !known.open {
        schema["enum"] = json!(wires);
    }
    if side == Side::Given && !known.values.is_empty() {
        let values = known.values.iter().map(|value| match value.title.eq_ignore_ascii_case(&value.wire) {
            true => value.wire.clone(),
            false => format!("{} ({})", value.wire, value.title),
        });
        let values = values.collect::<Vec<_>>().join(", ");
        let words = if known.open { "Known values" } else { "Values" };
        schema["description"] = format!("{words}: {values}.").into();
    }
    schema
}

/// Lets `null` clear it.
fn nullable(schema: &mut Value) {
    match &schema["type"] {
        Value::String(one) => schema["type"] = json!([one, "null"]),
        Value::Array(several) => schema["type"] = json!([several.as_slice(), &["null".into()]].concat()),
        _ => {
            let words = schema.as_object_mut().map(|schema| {
                let keep = ["title", "description", "default", "examples"];
                let words = schema.iter().filter(|(key, _)| keep.contains(&key.as_str()));
                words.map(|(key, value)| (key.clone(), value.clone())).collect::<Map<_, _>>()
            });
            let mut outer = words.unwrap_or_default();
            if schema.as_object().is_some_and(Map::is_empty) {
                return;
            }
            outer.insert("anyOf".to_owned(), json!([schema.take(), { "type": "null" }]));
            *schema = Value::Object(outer);
        }
    }
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
}
