//! All named types of a connector, those in place included.

use std::collections::HashMap;

use super::{Cx, Place, RESERVED_TYPES, Raw, circles, field, input, text};
use crate::check;
use crate::diagnostics::{Code, Problem, Problems};
use crate::model::{
    Encoding, Enum, EnumValue, Field, FieldType, Object, Type, TypeKind, TypeRef, Union, Variant,
};
use crate::names;
use crate::partial::Broken;
use crate::raw::{self, Body, EncodingWord, Map, Shape, ShapeKind, Text};
use crate::source::{CONNECTOR_FILE, Location, Span};

/// What a declared type is, as it is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Definition<'r> {
    Object(&'r raw::ObjectKeys),
    Enum(&'r raw::EnumKeys),
    Id,
    Input(&'r raw::InputKeys),
    Union(&'r raw::UnionKeys),
    Broken,
}

/// A type by name.
pub(crate) struct Declared<'r> {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) module: Option<usize>,
    /// Which folder it comes from.
    layer: usize,
    about: Option<&'r raw::TypeKeys>,
    pub(crate) definition: Definition<'r>,
    /// What it became.
    pub(crate) kind: Option<TypeKind>,
    /// Places of its fields, parallel to those of the object or input.
    pub(crate) field_spans: Vec<Span>,
    location: Location,
}

/// All types; the index is that of [`TypeRef`].
pub(crate) struct Table<'r> {
    pub(crate) list: Vec<Declared<'r>>,
    by_name: HashMap<String, usize>,
    /// Types in place, by the place of their `type`.
    inline: HashMap<Span, usize>,
    /// Whether some types could not be read, so that what is not here may be declared all the same.
    pub(crate) incomplete: bool,
    /// The one that stands in for those that are not known.
    unknown: Option<usize>,
}

impl<'r> Table<'r> {
    /// Gives every type its index; nothing is resolved yet, so types may refer to each other in any order.
    pub(crate) fn declare(raw: &'r Raw, problems: &mut Problems, broken: &mut Broken) -> Self {
        let mut all =
            std::iter::once(&raw.connector.types).chain(raw.modules.iter().map(|module| &module.file.types));
        let incomplete = all.any(|types| types.unreadable);
        let (list, by_name, inline) = (Vec::new(), HashMap::new(), HashMap::new());
        let table = Self { list, by_name, inline, incomplete, unknown: None };
        let mut declarer = Declarer { table, module: None, layer: 0, raw, problems, broken };
        declarer.types(&raw.connector.types);
        // What the base declares comes first, so that an extension that declares it again is the one that is wrong.
        let mut order: Vec<usize> = (0..raw.modules.len()).collect();
        order.sort_by_key(|index| raw.modules[*index].layer);
        for index in order {
            let module = &raw.modules[index];
            (declarer.module, declarer.layer) = (Some(index), module.layer);
            declarer.types(&module.file.types);
            let owner = names::camel(&module.name).unwrap_or_default();
            for (place, action) in module.file.actions.entries.iter().enumerate() {
                let start = declarer.table.list.len();
                declarer.action(&owner, action);
                declarer.broken.of_actions.push(((index, place), start..declarer.table.list.len()));
            }
        }
        declarer.table
    }

    pub(crate) fn find(&self, name: &str) -> Option<TypeRef> {
        self.by_name.get(name).copied().map(TypeRef)
    }

    /// A type that stands in for one that is not known; everything that needs it is lost.
    pub(crate) fn unknown(&mut self) -> TypeRef {
        let list = &mut self.list;
        let index = *self.unknown.get_or_insert_with(|| {
            list.push(Declared {
                name: String::new(),
                span: Span::new(0, 0, 0),
                module: None,
                layer: 0,
                about: None,
                definition: Definition::Broken,
                kind: None,
                field_spans: Vec::new(),
                location: Location { file: "".into(), line: 1, column: 1 },
            });
            list.len() - 1
        });
        TypeRef(index)
    }

    /// Whether nothing is known of the values of a type, so that nothing can be said about them.
    pub(crate) fn is_unknown(&self, ty: &FieldType) -> bool {
        match ty {
            FieldType::Array(inner) | FieldType::Map(inner) => self.is_unknown(inner),
            FieldType::Named(of) | FieldType::Filter(of) | FieldType::Sort(of) | FieldType::Selection(of) => {
                matches!(self.get(*of).definition, Definition::Broken)
            }
            _ => false,
        }
    }

    pub(crate) fn inline(&self, span: Span) -> Option<TypeRef> {
        self.inline.get(&span).copied().map(TypeRef)
    }

    pub(crate) fn get(&self, TypeRef(index): TypeRef) -> &Declared<'r> {
        &self.list[index]
    }

    /// The resolved object, if it is one.
    pub(crate) fn object(&self, ty: TypeRef) -> Option<&Object> {
        match &self.get(ty).kind {
            Some(TypeKind::Object(object)) => Some(object),
            _ => None,
        }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|declared| declared.name.as_str())
    }

    pub(crate) fn into_types(self) -> Vec<Type> {
        let finish = |declared: Declared<'_>| Type {
            ident: declared.name,
            module: declared.module,
            title: text(declared.about.and_then(|about| about.title.as_ref())),
            description: text(declared.about.and_then(|about| about.description.as_ref())),
            deprecated: text(declared.about.and_then(|about| about.deprecated.as_ref())),
            kind: declared.kind.unwrap_or(TypeKind::Id),
            circle: 0,
            location: declared.location,
        };
        let mut types: Vec<_> = self.list.into_iter().map(finish).collect();
        circles::number(&mut types);
        types
    }
}

struct Declarer<'r, 'p> {
    table: Table<'r>,
    module: Option<usize>,
    layer: usize,
    raw: &'r Raw,
    problems: &'p mut Problems,
    broken: &'p mut Broken,
}

impl<'r> Declarer<'r, '_> {
    fn types(&mut self, types: &'r Map<raw::Type>) {
        for entry in &types.entries {
            let definition = match &entry.value.kind {
                raw::TypeKind::Object(keys) => Definition::Object(keys),
                raw::TypeKind::Enum(keys) => Definition::Enum(keys),
                raw::TypeKind::Id => Definition::Id,
                raw::TypeKind::Input(keys) => Definition::Input(keys),
                raw::TypeKind::Union(keys) => Definition::Union(keys),
                raw::TypeKind::Broken => Definition::Broken,
            };
            let index = self.table.list.len();
            let before = self.problems.faults();
            self.check_name(&entry.key);
            if entry.broken || self.problems.faults() > before {
                self.broken.types.insert(TypeRef(index));
            }
            let taken =
                self.add(entry.key.value.clone(), entry.key.span, Some(&entry.value.about), definition);
            if !taken {
                self.inside(&entry.key.value, definition);
            }
            self.broken.of_types.push((TypeRef(index), index + 1..self.table.list.len()));
        }
    }

    fn check_name(&mut self, name: &Text) {
        if RESERVED_TYPES.contains(&name.as_str()) {
            let message = format!("a type cannot be named `{}`: generated code has its own", name.value);
            self.problems
                .report(Problem::new(Code::ReservedName, name.span, message).help("choose another name"));
        } else if !names::is_camel(name.as_str()) {
            let message = format!("`{}` is not a type name", name.value);
            let mut problem = Problem::new(Code::InvalidName, name.span, message);
            problem = if names::is_self(name.as_str()) {
                problem.label("this is a keyword").help("choose another name")
            } else {
                problem.help("type names are UpperCamelCase: ASCII letters and digits")
            };
            if let Some(ident) = names::camel(name.as_str()) {
                problem = problem.rename(Some(&ident));
            }
            self.problems.report(problem);
        }
    }

    /// Adds a type; `true` where there is one of its name, and this one is nothing.
    fn add(
        &mut self,
        name: String,
        span: Span,
        about: Option<&'r raw::TypeKeys>,
        mut definition: Definition<'r>,
    ) -> bool {
        let index = self.table.list.len();
        let first = self.table.by_name.get(&name).copied();
        match first {
            Some(first) => {
                self.report_again(&name, span, first);
                definition = Definition::Broken;
                self.broken.types.insert(TypeRef(index));
            }
            None => {
                self.table.by_name.insert(name.clone(), index);
            }
        }
        let location = self.problems.location(span);
        let (kind, field_spans) = (None, Vec::new());
        let (module, layer) = (self.module, self.layer);
        self.table.list.push(Declared {
            name,
            span,
            module,
            layer,
            about,
            definition,
            kind,
            field_spans,
            location,
        });
        first.is_some()
    }

    fn report_again(&mut self, name: &str, span: Span, first: usize) {
        let first = &self.table.list[first];
        let message = format!("the type `{name}` is declared twice");
        let problem = Problem::new(Code::NameClash, span, message)
            .label("declared again")
            .also(first.span, "first declared here");
        let file = match first.module {
            Some(module) => format!("{}.json", self.raw.modules[module].name),
            None => CONNECTOR_FILE.to_owned(),
        };
        let problem = if first.layer < self.layer {
            problem.help(format!("to add fields to it, declare it in a file of the same name, `{file}`"))
        } else {
            problem.help("type names are unique in a connector; a type in place gets its name by `name_type`")
        };
        self.problems.report(problem);
    }

    fn inside(&mut self, owner: &str, definition: Definition<'r>) {
        match definition {
            Definition::Object(keys) => {
                self.fields(owner, &keys.envelope);
                self.fields(owner, &keys.fields);
            }
            Definition::Input(keys) => self.fields(owner, &keys.fields),
            Definition::Enum(_) | Definition::Id | Definition::Union(_) | Definition::Broken => {}
        }
    }

    fn fields(&mut self, owner: &str, fields: &'r Map<raw::Field>) {
        for entry in &fields.entries {
            self.shape(owner, entry.key.as_str(), &entry.value.shape);
        }
    }

    /// Hoists a type in place, also where it is the element of an array or a map.
    fn shape(&mut self, owner: &str, field: &str, shape: &'r Shape) {
        let (definition, name) = match &shape.kind {
            ShapeKind::Array(array) => return self.shape(owner, field, &array.items),
            ShapeKind::Map(map) => return self.shape(owner, field, &map.values),
            ShapeKind::Enum(inline) => (Definition::Enum(&inline.keys), &inline.name_type),
            ShapeKind::Object(inline) => (Definition::Object(&inline.keys), &inline.name_type),
            ShapeKind::Name(_)
            | ShapeKind::Filter(_)
            | ShapeKind::Sort(_)
            | ShapeKind::Selection(_)
            | ShapeKind::Broken => return,
        };
        let ident = match name {
            Some(name) => {
                let before = self.problems.faults();
                self.check_name(name);
                if self.problems.faults() > before {
                    self.broken.types.insert(TypeRef(self.table.list.len()));
                }
                name.value.clone()
            }
            None => format!("{owner}{}", names::camel(field).unwrap_or_default()),
        };
        self.table.inline.insert(shape.span, self.table.list.len());
        let span = name.as_ref().map_or(shape.span, |name| name.span);
        if !self.add(ident.clone(), span, None, definition) {
            self.inside(&ident, definition);
        }
    }

    fn action(&mut self, module: &str, entry: &'r raw::Entry<raw::Action>) {
        let owner = format!("{module}{}", names::camel(entry.key.as_str()).unwrap_or_default());
        let action = &entry.value;
        for arguments in [&action.path, &action.query, &action.headers] {
            self.fields(&owner, arguments);
        }
        match &action.body {
            Some(Body::Fields(body)) => self.fields(&owner, &body.input.fields),
            Some(Body::Whole { field, .. }) => self.shape(&owner, "body", &field.shape),
            None => {}
        }
        if let Some(returns) = &action.returns {
            self.shape(&owner, "output", returns);
        }
    }
}

/// Resolves every type: first all but inputs, which copy the fields of objects.
pub(crate) fn resolve(cx: &mut Cx<'_>) {
    for index in 0..cx.table.list.len() {
        let before = cx.problems.faults();
        let (kind, spans) = match cx.table.list[index].definition {
            Definition::Object(keys) => {
                let (object, spans) = object(cx, keys);
                (TypeKind::Object(object), spans)
            }
            Definition::Enum(keys) => (TypeKind::Enum(enumeration(cx, keys)), Vec::new()),
            Definition::Id => (TypeKind::Id, Vec::new()),
            Definition::Union(keys) => (TypeKind::Union(union(cx, keys)), Vec::new()),
            Definition::Input(_) | Definition::Broken => continue,
        };
        if cx.problems.faults() > before {
            cx.broken.types.insert(TypeRef(index));
        }
        let declared = &mut cx.table.list[index];
        declared.kind = Some(kind);
        declared.field_spans = spans;
    }
    for index in 0..cx.table.list.len() {
        if let Definition::Input(keys) = cx.table.list[index].definition {
            let before = cx.problems.faults();
            check::fields::no_styles(cx, &keys.fields);
            let (input, spans) = input::input(cx, keys, cx.table.list[index].span);
            let what = format!("arguments of `{}`", cx.table.list[index].name);
            check::names::fields(cx, &what, input.fields.iter().zip(spans.iter().copied()));
            check::requests::input_places(cx, &input, &spans);
            check::options::beside(cx, &keys.fields, &input.fields.iter().collect::<Vec<_>>());
            if cx.problems.faults() > before {
                cx.broken.types.insert(TypeRef(index));
            }
            let declared = &mut cx.table.list[index];
            declared.kind = Some(TypeKind::Input(input));
            declared.field_spans = spans;
        }
    }
}

fn object(cx: &mut Cx<'_>, keys: &raw::ObjectKeys) -> (Object, Vec<Span>) {
    let at = keys.at.as_ref().map(|at| check::pointers::keys(cx.problems, at)).unwrap_or_default();
    let encoding = encoding(keys.encoding.as_ref());
    if at.is_empty()
        && let Some(first) = keys.envelope.entries.first()
    {
        let problem = Problem::new(Code::UselessKey, first.key.span, "`envelope` says nothing without `at`")
            .help("where `at` is empty all fields lie at the root: put this one into `fields`");
        cx.problems.report(problem);
    }
    let mut fields: Vec<Field> = Vec::new();
    let mut spans = Vec::new();
    for entry in &keys.envelope.entries {
        fields.push(field::field(cx, entry, Place::Envelope));
        spans.push(entry.key.span);
    }
    for entry in &keys.fields.entries {
        fields.push(field::field(cx, entry, Place::Object { at: &at, encoding }));
        spans.push(entry.key.span);
    }
    check::names::fields(cx, "fields of this object", fields.iter().zip(spans.iter().copied()));
    check::requests::object_places(cx, &fields, &spans);
    let all: Vec<_> = fields.iter().collect();
    for raw in [&keys.envelope, &keys.fields] {
        check::options::beside(cx, raw, &all);
    }
    let clear = keys.clear.as_ref().and_then(|clear| text(clear.0.as_ref()));
    let properties = keys.properties.as_ref().map_or(!at.is_empty(), |flag| flag.value);
    (Object { at, encoding, clear, fields, properties }, spans)
}

fn union(cx: &mut Cx<'_>, keys: &raw::UnionKeys) -> Union {
    if keys.variants.entries.is_empty() {
        let problem =
            Problem::new(Code::MissingKey, keys.variants.span.first(), "a union of nothing has no value");
        cx.problems.report(problem.help("name its types: \"variants\": { \"circle\": \"Circle\" }"));
    }
    let mut variants: Vec<Variant> = Vec::with_capacity(keys.variants.entries.len());
    let mut id: Option<(Variant, Span)> = None;
    for entry in &keys.variants.entries {
        let raw::NamedVariant { ty, name, .. } = &entry.value.0;
        let found = cx.table.find(ty.as_str());
        let is_id = found.is_some_and(|found| matches!(cx.table.get(found).definition, Definition::Id));
        let reference = match found.filter(|_| is_id) {
            Some(found) => found,
            None => match input::object_type(cx, ty, "a union is of object types, and of one id type") {
                Some(object) => object,
                None => continue,
            },
        };
        let ident = variant_ident(cx, &entry.key, &entry.key.value, name.as_ref());
        let variant = Variant { key: entry.key.value.clone(), ident, ty: reference };
        match &id {
            _ if !is_id => variants.push(variant),
            None => id = Some((variant, ty.span)),
            Some((_, first)) => {
                let problem = Problem::new(Code::WrongKind, ty.span, "a union has one id type");
                cx.problems.report(
                    problem.also(*first, "this is one already").help("an id does not tell of what it is"),
                );
            }
        }
    }
    let id = id.map(|(id, _)| id);
    let all: Vec<_> = variants.iter().chain(&id).cloned().collect();
    check::names::union(cx, &keys.variants, &all);
    Union { tag: text(keys.tag.as_ref()), variants, id }
}

/// The Rust variant for a value, or the one that it is given.
fn variant_ident(cx: &mut Cx<'_>, key: &Text, title: &str, name: Option<&Text>) -> String {
    match name {
        Some(name) => {
            if !names::is_camel(name.as_str()) || name.value == "Other" {
                let message = format!("`{}` is not a name for a Rust variant", name.value);
                cx.problems.report(
                    Problem::new(Code::InvalidName, name.span, message)
                        .help("names of variants are UpperCamelCase, and `Other` is taken"),
                );
            }
            name.value.clone()
        }
        None => names::variant(key.as_str(), title).unwrap_or_else(|| {
            let message = format!("the value `{}` gives no name of a Rust variant", key.value);
            cx.problems.report(
                Problem::new(Code::InvalidName, key.span, message)
                    .help("give it one: { \"title\": \"…\", \"name\": \"UpperCamelCase\" }"),
            );
            String::new()
        }),
    }
}

fn encoding(word: Option<&raw::Choice<EncodingWord>>) -> Encoding {
    match word.and_then(|word| word.value) {
        Some(EncodingWord::Strings) => Encoding::Strings,
        Some(EncodingWord::Json) | None => Encoding::Json,
    }
}

fn enumeration(cx: &mut Cx<'_>, keys: &raw::EnumKeys) -> Enum {
    let mut values = Vec::with_capacity(keys.values.entries.len());
    for entry in &keys.values.entries {
        let (wire, value) = (entry.key.value.clone(), &entry.value.0);
        let title = text(value.title.as_ref()).unwrap_or_else(|| wire.clone());
        let ident = variant_ident(cx, &entry.key, &title, value.name.as_ref());
        values.push(EnumValue {
            wire,
            ident,
            title,
            description: text(value.description.as_ref()),
            deprecated: text(value.deprecated.as_ref()),
        });
    }
    check::names::variants(cx, &keys.values, &values);
    Enum { open: keys.open.as_ref().is_none_or(|open| open.value), values }
}
