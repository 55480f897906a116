//! Arguments: JSON by the spec's keys, checked and put where generated setters would put it.

use std::fmt;

use serde_json::{Map, Value};
use typed_connector_specs::model::{Body, Field, FieldType, Input, Object, TypeRef};
use typed_connector_specs::text::nearest;

use super::Action;
use super::tables::Tables;
use crate::error::ArgumentProblem;
use crate::value::{Args, Datum, Shape};

/// Most problems that are told of one call; further ones say the same.
const MOST_PROBLEMS: usize = 50;
/// Most names that are listed where one is not known.
pub(super) const MOST_NAMES: usize = 12;

/// The arguments of an action, or everything that is wrong with them.
pub(super) fn arguments(action: Action, json: Value) -> Result<Args, Vec<ArgumentProblem>> {
    let mut check = Check { tables: action.tables(), problems: Vec::new(), hides: false };
    let mut args = Args::new(action.meta().args);
    let model = action.model();
    let (mut others, mut of) = (false, None);
    if let Some(Body::Fields { input, .. }) = &model.body {
        others = check.tables.model.takes_others(input);
        of = check.tables.model.written(input);
    }
    let fields = (0u16..).zip(model.arguments().zip(model.clearable()));
    let declared = fields.map(|(index, (field, clearable))| Declared { index, field, clearable }).collect();
    match json {
        Value::Null => check.members(&declared_of(declared, others, of), &mut args, Map::new(), At::Root),
        Value::Object(json) => {
            check.members(&declared_of(declared, others, of), &mut args, json, At::Root);
        }
        other => {
            check.problem(
                At::Root,
                format!("arguments are an object of names and values, not {}", kind(&other)),
            );
        }
    }
    if check.problems.is_empty() { Ok(args) } else { Err(check.problems) }
}

/// Whether a value is one of this type.
pub(super) fn fits(tables: &'static Tables, ty: &'static FieldType, json: Value) -> Result<(), String> {
    let mut check = Check { tables, problems: Vec::new(), hides: false };
    check.value(ty, json, At::Root);
    match check.problems.first() {
        None => Ok(()),
        Some(ArgumentProblem { argument, message }) if argument.is_empty() => Err(message.clone()),
        Some(ArgumentProblem { argument, message }) => Err(format!("{argument}: {message}")),
    }
}

/// Where undeclared properties are given by name, unless there is an argument of that name.
const OTHERS: &str = "property";

/// The key under which properties that the spec does not declare are given, beside these fields: `property`, unless one of them has
/// that name.
pub fn others_key<'f>(mut fields: impl Iterator<Item = &'f Field>) -> &'static str {
    if fields.any(|field| field.key == OTHERS) { "property_" } else { OTHERS }
}

/// One field that can be given.
struct Declared {
    index: u16,
    field: &'static Field,
    clearable: bool,
}

/// All that can be given in one place.
struct Members {
    declared: Vec<Declared>,
    /// The key of undeclared properties, where they can be given.
    others: Option<&'static str>,
    /// The object that is written, to tell of its fields that cannot be given.
    of: Option<&'static Object>,
}

fn declared_of(declared: Vec<Declared>, others: bool, of: Option<&'static Object>) -> Members {
    let others = others.then(|| others_key(declared.iter().map(|one| one.field)));
    Members { declared, others, of }
}

/// A place in the arguments.
#[derive(Clone, Copy)]
pub(super) enum At<'a> {
    Root,
    Key(&'a At<'a>, &'a str),
    Index(&'a At<'a>, usize),
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Key(At::Root, key) => f.write_str(key),
            Self::Key(above, key) => write!(f, "{above}.{key}"),
            Self::Index(above, index) => write!(f, "{above}[{index}]"),
        }
    }
}

pub(super) struct Check {
    pub(super) tables: &'static Tables,
    problems: Vec<ArgumentProblem>,
    /// Whether values here are nobody's to see.
    pub(super) hides: bool,
}

impl Check {
    pub(super) fn problem(&mut self, at: At<'_>, message: impl Into<String>) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(ArgumentProblem { argument: at.to_string(), message: message.into() });
        }
    }

    /// Tells what was expected in place of a value.
    pub(super) fn expected(&mut self, at: At<'_>, what: &str, found: &Value) {
        let found = match found {
            Value::String(text) if !self.hides && text.chars().count() <= 40 => format!("{text:?}"),
            Value::Number(number) if !self.hides => number.to_string(),
            Value::Bool(value) if !self.hides => value.to_string(),
            other => kind(other).to_owned(),
        };
        self.problem(at, format!("expected {what}, found {found}"));
    }

    fn members(&mut self, members: &Members, args: &mut Args, json: Map<String, Value>, at: At<'_>) {
        let mut given = vec![false; members.declared.len()];
        for (key, value) in json {
            let here = At::Key(&at, &key);
            let Some(place) = members.declared.iter().position(|one| one.field.key == key) else {
                match (members.others, value) {
                    (Some(others), value) if others == key => self.others(args, value, here),
                    _ => self.unknown(members, &key, at),
                }
                continue;
            };
            let Declared { index, field, clearable } = members.declared[place];
            given[place] = true;
            if let Some(constant) = &field.constant {
                if *constant != value {
                    self.problem(here, "is the same in every call and cannot be given; leave it out");
                }
                continue;
            }
            let before = self.hides;
            self.hides |= field.sensitive;
            match value {
                Value::Null if clearable => args.put(index, Some(Datum::Cleared)),
                Value::Null if !matches!(field.ty, FieldType::Json) => {
                    let help = if field.required { "give a value" } else { "leave it out to give no value" };
                    self.problem(here, format!("cannot be cleared by null; {help}"));
                }
                value => args.put(index, self.value(&field.ty, value, here)),
            }
            self.hides = before;
        }
        for (Declared { field, .. }, given) in members.declared.iter().zip(given) {
            if !given && field.must_be_given() {
                self.missing(field, at);
            }
        }
    }

    fn missing(&mut self, field: &'static Field, at: At<'_>) {
        let expected = self.expectation(&field.ty);
        let title = field.title.as_deref().map(|title| format!("{title}, ")).unwrap_or_default();
        self.problem(At::Key(&at, &field.key), format!("is required: {title}{expected}"));
    }

    fn unknown(&mut self, members: &Members, key: &str, at: At<'_>) {
        let keys = || {
            let visible = members.declared.iter().filter(|one| one.field.constant.is_none());
            visible.map(|one| one.field.key.as_str())
        };
        let here = At::Key(&at, key);
        if members.of.is_some_and(|of| of.fields.iter().any(|field| field.read_only && field.key == key)) {
            return self.problem(here, "is set by the server and cannot be given");
        }
        // The name in Rust, or nearly the right one.
        let same =
            members.declared.iter().find(|one| one.field.ident == key).map(|one| one.field.key.as_str());
        let help = match same.or_else(|| nearest(key, keys())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => match keys().count() {
                0 => "nothing can be given here".to_owned(),
                count if count <= MOST_NAMES => format!("there are {}", listed(keys())),
                count => format!("there are {count}, such as {}", listed(keys().take(MOST_NAMES))),
            },
        };
        let own = match members.others {
            Some(others) => format!(" (a property of the account's own is given in `{others}`)"),
            None => String::new(),
        };
        self.problem(here, format!("is not known; {help}{own}"));
    }

    fn others(&mut self, args: &mut Args, json: Value, at: At<'_>) {
        match json {
            Value::Object(json) => {
                for (name, value) in json {
                    args.set_property(name, value);
                }
            }
            other => self.expected(at, "an object of property names and values", &other),
        }
    }

    /// An input: what can be written of an object.
    pub(super) fn input(
        &mut self,
        of: TypeRef,
        input: &'static Input,
        json: Value,
        at: At<'_>,
    ) -> Option<Datum> {
        let shape = self.tables.shape(of)?;
        let model = self.tables.model;
        let Value::Object(json) = json else {
            self.expected(at, "an object", &json);
            return None;
        };
        let mut args = Args::new(shape);
        for (index, field) in (0u16..).zip(&input.fields) {
            args.put(index, model.preset(input, field).map(|preset| Datum::Json(preset.clone())));
        }
        let fields = (0u16..).zip(input.fields.iter().zip(&input.clearable));
        let declared =
            fields.map(|(index, (field, clearable))| Declared { index, field, clearable: *clearable });
        let members = declared_of(declared.collect(), model.takes_others(input), model.written(input));
        self.members(&members, &mut args, json, at);
        Some(Datum::Object(args))
    }

    /// An object that is sent. Lists and maps in it that are empty are not, as those that are absent.
    pub(super) fn object(&mut self, of: TypeRef, json: Map<String, Value>, at: At<'_>) -> Option<Args> {
        let (object, shape): (_, &'static Shape) = (self.tables.model.object(of)?, self.tables.shape(of)?);
        let mut args = Args::new(shape);
        let mut declared = Vec::new();
        for (index, field) in (0u16..).zip(&object.fields) {
            match field.fixed_text() {
                Some(text) => args.put(index, Some(Datum::Static(text))),
                None if field.read_only => {}
                None => declared.push(Declared { index, field, clearable: false }),
            }
        }
        let is_fixed =
            |key: &str| object.fields.iter().any(|field| field.key == key && field.fixed_text().is_some());
        let is_absent = |key: &String, value: &Value| value.is_null() || is_fixed(key);
        let json = json.into_iter().filter(|(key, value)| !is_absent(key, value)).collect();
        let members = Members { declared, others: None, of: Some(object) };
        self.members(&members, &mut args, json, at);
        for Declared { index, field, .. } in &members.declared {
            let is_empty = match args.get(*index) {
                Some(Datum::List(items)) => items.is_empty(),
                Some(Datum::Map(entries)) => entries.is_empty(),
                _ => false,
            };
            if is_empty && !field.required {
                args.put(*index, None);
            }
        }
        Some(args)
    }

    /// Keys that an object can be given, and those it must be.
    pub(super) fn keys_of(&self, of: TypeRef) -> impl Iterator<Item = (&'static str, bool)> {
        let fields = self.tables.model.object(of).map(|object| object.fields.as_slice()).unwrap_or_default();
        let given = fields.iter().filter(|field| !field.read_only);
        given.map(|field| (field.key.as_str(), field.must_be_given() && field.fixed_text().is_none()))
    }
}

/// What JSON calls it.
pub(super) const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// `` `a`, `b` ``
pub(super) fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
