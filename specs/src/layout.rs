//! What follows from a model without being written in it: where everything lies on the wire, and what is sent where nobody says.
//!
//! Generated code and connectors that are loaded at run time make their tables of these answers, so that both send the same.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::{
    Action, Body, Connector, Effect, Encoding, Field, FieldType, Input, Module, Object, OptionsFrom, Output,
    Place, QueryStyle, Type, TypeKind, TypeRef, Wire,
};

/// How arguments outside the body are written: as text, whatever they are.
pub const PARAMETER: Encoding = Encoding::Strings;

/// How one value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format<'a> {
    /// As a string, also where the type is a number or a boolean.
    pub text: bool,
    /// Unit of times and durations.
    pub unit: Unit,
    /// A list as one string with this separator.
    pub separator: Option<&'a str>,
    /// How a list is written in a form, where the spec says it.
    pub list: Option<QueryStyle>,
}

/// Unit of a time or duration on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// RFC 3339 and ISO 8601.
    Iso,
    /// Milliseconds.
    Millis,
    /// Seconds.
    Seconds,
}

/// The value of an argument that was not set.
#[derive(Debug, Clone, PartialEq)]
pub enum Preset<'a> {
    /// This JSON.
    Json(&'a Value),
    /// The names of all properties of this object.
    AllProperties(TypeRef),
    /// The same, joined by commas.
    Names(String),
}

impl Field {
    /// How its value is written where its surroundings have this encoding.
    #[must_use]
    pub fn format(&self, encoding: Encoding) -> Format<'_> {
        let text = encoding == Encoding::Strings || self.wire == Wire::Text;
        // JSON in a string is no string of JSON: compound values keep their form.
        let text = text && !matches!(self.ty, FieldType::Json | FieldType::Map(_));
        let plain = Format { text, unit: Unit::Iso, separator: None, list: None };
        match &self.wire {
            Wire::Plain | Wire::Text => plain,
            Wire::Millis => Format { unit: Unit::Millis, ..plain },
            Wire::Seconds => Format { unit: Unit::Seconds, ..plain },
            Wire::Separated(separator) => Format { text: true, separator: Some(separator), ..plain },
            Wire::Listed(style) => Format { list: Some(*style), ..plain },
        }
    }

    /// Whether a caller has to give this argument.
    #[must_use]
    pub const fn must_be_given(&self) -> bool {
        self.required && self.default.is_none() && self.constant.is_none()
    }

    /// The text that this field of an object always has when the object is sent.
    #[must_use]
    pub fn fixed_text(&self) -> Option<&str> {
        match self.ty {
            FieldType::String => self.constant.as_ref()?.as_str(),
            _ => None,
        }
    }
}

impl Object {
    /// Whether a field lies where the object's properties lie.
    #[must_use]
    pub fn is_property(&self, field: &Field) -> bool {
        field.path.len() == self.at.len() + 1 && field.path.starts_with(&self.at)
    }

    /// How a field is written.
    #[must_use]
    pub fn encoding_of(&self, field: &Field) -> Encoding {
        if self.is_property(field) { self.encoding } else { Encoding::Json }
    }
}

impl Action {
    /// All arguments in the order of their indexes: path, query, headers, body.
    pub fn arguments(&self) -> impl Iterator<Item = &Field> {
        let body = match &self.body {
            Some(Body::Fields { input, .. }) => input.fields.as_slice(),
            Some(Body::Whole { field, .. }) => std::slice::from_ref(field),
            None => &[],
        };
        self.parameters.iter().map(|parameter| &parameter.field).chain(body)
    }

    /// Whether an argument can be cleared, for each in the order of [`arguments`](Self::arguments).
    pub fn clearable(&self) -> impl Iterator<Item = bool> {
        let body = match &self.body {
            Some(Body::Fields { input, .. }) => input.clearable.as_slice(),
            Some(Body::Whole { .. }) => &[false],
            None => &[],
        };
        std::iter::repeat_n(false, self.parameters.len()).chain(body.iter().copied())
    }
}

impl Module {
    /// Which of its actions shows whether this write was carried out: one that reads the same address, or else finds records.
    #[must_use]
    pub fn shows(&self, action: &Action) -> Option<&Action> {
        if action.effect == Effect::Read {
            return None;
        }
        let reads =
            || self.actions.iter().filter(|other| other.effect == Effect::Read && other.deprecated.is_none());
        let is_list = |other: &&Action| matches!(other.output, Output::Page { .. });
        let has_filter =
            |other: &&Action| other.arguments().any(|field| matches!(field.ty, FieldType::Filter(_)));
        let same = reads().find(|other| other.path == action.path && !is_list(other));
        same.or_else(|| reads().find(|other| is_list(other) && has_filter(other)))
            .or_else(|| reads().find(is_list))
    }
}

impl Connector {
    /// The action of this name, `deals.create`.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&Action> {
        let (module, name) = name.split_once('.')?;
        let module = self.modules.iter().find(|known| known.name == module)?;
        module.actions.iter().find(|action| action.name == name)
    }

    /// What the action needs that tells the choices of a field: pairs of indexes, each of an argument of that action and of the field
    /// of these beside it whose value it takes. `None` where there is no such action, or where it needs what does not stand here.
    #[must_use]
    pub fn choices_need<'f>(
        &self,
        from: &OptionsFrom,
        beside: &(impl Iterator<Item = &'f Field> + Clone),
    ) -> Option<Vec<(usize, usize)>> {
        let action = self.action(&from.action)?;
        let pair = |(argument, field): &(String, String)| {
            let argument = action.arguments().position(|known| known.key == *argument)?;
            Some((argument, beside.clone().position(|known| known.key == *field)?))
        };
        from.depends_on.iter().map(pair).collect()
    }

    /// The type that a reference means.
    #[must_use]
    pub fn ty(&self, reference: TypeRef) -> &Type {
        &self.types[reference.0]
    }

    /// The object that a reference means, where it means one.
    #[must_use]
    pub fn object(&self, reference: TypeRef) -> Option<&Object> {
        match &self.ty(reference).kind {
            TypeKind::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The object that an input writes.
    #[must_use]
    pub fn written(&self, input: &Input) -> Option<&Object> {
        input.of.and_then(|of| self.object(of))
    }

    /// Where the properties of the object that is written lie.
    #[must_use]
    pub fn properties_at(&self, input: &Input) -> &[String] {
        self.written(input).map_or(&[], |object| &object.at)
    }

    /// Whether properties that the spec does not declare can be written too.
    #[must_use]
    pub fn takes_others(&self, input: &Input) -> bool {
        self.written(input).is_some_and(|object| object.properties)
    }

    /// The value of a field of an input that nobody sets. The defaults of an object's own properties are not among them: they say
    /// what the server does, and an update that sent them would change what it should leave.
    #[must_use]
    pub fn preset<'a>(&self, input: &Input, field: &'a Field) -> Option<&'a Value> {
        let is_property = self.written(input).is_some_and(|object| object.is_property(field));
        field.constant.as_ref().or(field.default.as_ref().filter(|_| !is_property))
    }

    /// The values of an action's arguments that nobody sets, each with the argument's index.
    #[must_use]
    pub fn presets<'a>(&self, action: &'a Action) -> Vec<(usize, Preset<'a>)> {
        let in_body = action.parameters.len();
        let preset = |(index, field): (usize, &'a Field)| {
            let value = match &action.body {
                Some(Body::Fields { input, .. }) if index >= in_body => self.preset(input, field)?,
                _ => field.constant.as_ref().or(field.default.as_ref())?,
            };
            let FieldType::Selection(of) = field.ty else { return Some((index, Preset::Json(value))) };
            if value.as_str() != Some("*") {
                return Some((index, Preset::Json(value)));
            }
            let comma = Place::Query(QueryStyle::Comma);
            let comma = action.parameters.get(index).is_some_and(|parameter| parameter.place == comma);
            Some((
                index,
                match self.object(of).filter(|_| comma) {
                    None => Preset::AllProperties(of),
                    Some(object) => {
                        let names = object.fields.iter().filter(|field| object.is_property(field));
                        let names: Vec<_> = names.map(|field| field.wire_name.as_str()).collect();
                        Preset::Names(names.join(","))
                    }
                },
            ))
        };
        action.arguments().enumerate().filter_map(preset).collect()
    }

    /// Whether this field of a type leads back to the type without a list between.
    #[must_use]
    pub fn is_recursive(&self, owner: TypeRef, field: &Field) -> bool {
        matches!(field.ty, FieldType::Named(inner) if self.ty(inner).circle == self.ty(owner).circle)
    }

    /// Whether a field of an object is always there and has a value to start from. Lists and maps are empty where they are absent;
    /// everything else may be absent unless the spec requires it.
    #[must_use]
    pub fn is_always_there(&self, owner: TypeRef, field: &Field) -> bool {
        if self.is_recursive(owner, field) {
            return false;
        }
        match &field.ty {
            FieldType::Array(_) | FieldType::Map(_) => true,
            FieldType::Named(reference) => {
                field.required && !matches!(self.ty(*reference).kind, TypeKind::Enum(_))
            }
            _ => field.required,
        }
    }

    /// The scopes that the actions need beside those that are `given`, and no more (least privilege): indexes of
    /// [`scopes`](Self::scopes). Of several that would do, the first, unless another is needed anyway.
    #[must_use]
    pub fn needed_scopes(&self, given: &BTreeSet<usize>) -> BTreeSet<usize> {
        let rules = || self.modules.iter().flat_map(|module| &module.actions).map(|action| &action.scopes);
        let mut needed: BTreeSet<usize> = rules().flat_map(|rule| &rule.all_of).copied().collect();
        needed.retain(|scope| !given.contains(scope));
        for rule in rules() {
            if !rule.any_of.iter().any(|scope| needed.contains(scope) || given.contains(scope)) {
                needed.extend(rule.any_of.first());
            }
        }
        needed
    }
}

/// The keys of a JSON object, each a field or an object with further keys.
#[derive(Debug, Default)]
pub struct Keys<'a> {
    /// Sorted by key.
    pub keys: BTreeMap<&'a str, Key<'a>>,
    /// Whether this is where an object's properties lie.
    pub properties: bool,
}

/// What a key holds.
#[derive(Debug)]
pub enum Key<'a> {
    /// The field with this index.
    Field(u16),
    /// An object with further keys.
    Group(Keys<'a>),
}

impl<'a> Keys<'a> {
    /// The keys of fields by the paths that lead to them. Where properties lie somewhere below, that group is there also when it is
    /// empty.
    pub fn of(fields: impl IntoIterator<Item = (u16, &'a [String])>, properties_at: &'a [String]) -> Self {
        let mut root = Self::default();
        if !properties_at.is_empty() {
            root.open(properties_at).properties = true;
        }
        for (index, path) in fields {
            if let Some((key, groups)) = path.split_last() {
                root.open(groups).keys.insert(key, Key::Field(index));
            }
        }
        root
    }

    fn open(&mut self, path: &'a [String]) -> &mut Self {
        let Some((first, rest)) = path.split_first() else { return self };
        let key = self.keys.entry(first).or_insert_with(|| Key::Group(Self::default()));
        if let Key::Field(_) = key {
            *key = Key::Group(Self::default());
        }
        match key {
            Key::Group(group) => group.open(rest),
            Key::Field(_) => unreachable!("a field was replaced by a group just above"),
        }
    }
}
