//! Values of answers, read by the types that the spec declares: the same reader, leniency and warnings as for generated types.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use typed_connector_specs::model::{FieldType, Object, TypeKind, TypeRef};

use super::tables::Tables;
use crate::__private::id_text;
use crate::value::{
    Bytes, Datum, Element, Extra, FieldWarning, Filling, Format, JsonSlot, ListSlot, MapSlot, Raw, Record,
    Shape, Slot, pieces, read_json, record_args, text, which,
};
use crate::{Decimal, Link, SignedDuration, Timestamp};

/// What an answer holds: a record, another value, or nothing.
#[derive(Clone)]
pub struct Item(pub(super) Option<Place>);

impl Item {
    /// The value by the keys and in the types of the spec: an object of a record's fields, with decimal numbers, times and ids as
    /// text. Fields without a value are not there; what the spec does not declare, or what does not fit, is in `extra`. `null` where
    /// there is no value at all.
    #[must_use]
    pub fn json(&self) -> Value {
        self.0.as_ref().and_then(Place::json).unwrap_or_default()
    }

    /// One field of a record, by its key in the spec.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value> {
        let fields = self.fields()?;
        let index = fields.object.fields.iter().position(|field| field.key == key)?;
        fields.places.get(index)?.json()
    }

    /// A record, or a list of such, as the API writes it.
    #[must_use]
    pub fn wire(&self) -> Value {
        self.0.as_ref().map(Place::wire).unwrap_or_default()
    }

    /// Bytes, where that is what it is.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.0.as_ref()?.held {
            Held::Scalar(Datum::Bytes(bytes)) => Some(bytes),
            _ => None,
        }
    }

    /// Declared fields whose value did not fit; see [`Extra::warnings`].
    #[must_use]
    pub fn warnings(&self) -> &[FieldWarning] {
        self.fields().map_or(&[], |fields| fields.extra.warnings())
    }

    fn fields(&self) -> Option<&Fields> {
        self.0.as_ref()?.fields()
    }
}

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.to_datum() {
            Some(Datum::Object(args)) => args.fmt(f),
            Some(other) => f.write_str(&text(&other, &Format::PLAIN)),
            None => f.write_str("nothing"),
        }
    }
}

/// For streams and batches, which look into records. Items are made by reading an answer, and from nothing else.
impl Element for Item {
    const EXPECTED: &'static str = "a value";

    fn from_raw(raw: Raw<'_>, _: &Format) -> Option<Self> {
        (raw == Raw::Null).then_some(Self(None))
    }

    fn into_datum(self) -> Option<Datum> {
        self.to_datum()
    }

    fn to_datum(&self) -> Option<Datum> {
        self.0.as_ref()?.datum()
    }

    fn record(&mut self) -> Option<&mut dyn Record> {
        match &mut self.0.as_mut()?.held {
            Held::Record(fields) | Held::Variant(_, fields) => Some(&mut **fields),
            _ => None,
        }
    }
}

/// A type, and the model that it refers to.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) tables: &'static Tables,
    pub(super) ty: &'static FieldType,
    /// Whether `null` is one of its values.
    pub(super) optional: bool,
}

impl Kind {
    fn named(self) -> Option<(TypeRef, &'static TypeKind)> {
        match self.ty {
            FieldType::Named(reference) => Some((*reference, &self.tables.model.ty(*reference).kind)),
            _ => None,
        }
    }

    /// Whether values are opened and filled, and not read as a whole.
    fn opens(self) -> bool {
        match self.named() {
            Some((_, kind)) => matches!(kind, TypeKind::Object(_) | TypeKind::Union(_)),
            None => matches!(self.ty, FieldType::Array(_) | FieldType::Map(_) | FieldType::Json),
        }
    }

    fn of_elements(self, inner: &'static FieldType) -> Self {
        Self { ty: inner, optional: false, ..self }
    }

    fn expected(self) -> &'static str {
        match self.ty {
            FieldType::String | FieldType::Email => String::EXPECTED,
            FieldType::Integer => i64::EXPECTED,
            FieldType::Decimal => Decimal::EXPECTED,
            FieldType::Float => f64::EXPECTED,
            FieldType::Boolean => bool::EXPECTED,
            FieldType::Date => crate::Date::EXPECTED,
            FieldType::DateTime => Timestamp::EXPECTED,
            FieldType::Duration => SignedDuration::EXPECTED,
            FieldType::Url => Link::EXPECTED,
            FieldType::Bytes => Bytes::EXPECTED,
            FieldType::Json => Value::EXPECTED,
            FieldType::Array(_) => "a list",
            FieldType::Map(_) => "an object",
            FieldType::Named(_) => match self.named() {
                Some((_, TypeKind::Id)) => "an id",
                Some((_, TypeKind::Enum(_))) => "a known value",
                _ => "an object",
            },
            // Only sent, never answered.
            FieldType::File | FieldType::Filter(_) | FieldType::Sort(_) | FieldType::Selection(_) => {
                "nothing"
            }
        }
    }

    /// The id that stands in the place of one of a union's objects.
    fn id_of_union(self, raw: Raw<'_>) -> Option<String> {
        match self.named()?.1 {
            TypeKind::Union(union) => union.id.as_ref().and_then(|_| id_text(raw)),
            _ => None,
        }
    }

    /// A scalar as a value of this type, which it may not fit.
    fn scalar(self, raw: Raw<'_>, format: &Format) -> Option<Datum> {
        fn of<T: Element>(raw: Raw<'_>, format: &Format) -> Option<Datum> {
            T::from_raw(raw, format)?.into_datum()
        }
        match self.ty {
            FieldType::String | FieldType::Email => of::<String>(raw, format),
            FieldType::Integer => of::<i64>(raw, format),
            FieldType::Decimal => of::<Decimal>(raw, format),
            FieldType::Float => of::<f64>(raw, format),
            FieldType::Boolean => of::<bool>(raw, format),
            FieldType::Date => of::<crate::Date>(raw, format),
            FieldType::DateTime => of::<Timestamp>(raw, format),
            FieldType::Duration => of::<SignedDuration>(raw, format),
            FieldType::Url => of::<Link>(raw, format),
            FieldType::Bytes => of::<Bytes>(raw, format),
            FieldType::Named(_) => match self.named()?.1 {
                TypeKind::Id => id_text(raw).map(Datum::Text),
                TypeKind::Enum(known) => {
                    let wire = id_text(raw)?;
                    let fits = known.open || known.values.iter().any(|value| value.wire == wire);
                    fits.then_some(Datum::Text(wire))
                }
                TypeKind::Object(_) | TypeKind::Input(_) | TypeKind::Union(_) => None,
            },
            _ => None,
        }
    }
}

/// Where a value goes.
#[derive(Clone)]
pub(super) struct Place {
    kind: Kind,
    pub(super) held: Held,
}

#[derive(Clone)]
pub(super) enum Held {
    Nothing,
    Scalar(Datum),
    Json(Value),
    Record(Box<Fields>),
    /// A union's variant with this index.
    Variant(usize, Box<Fields>),
    List(Items),
    Map(Entries),
}

impl Place {
    pub(super) const fn new(kind: Kind) -> Self {
        Self { kind, held: Held::Nothing }
    }

    fn fields(&self) -> Option<&Fields> {
        match &self.held {
            Held::Record(fields) | Held::Variant(_, fields) => Some(fields),
            _ => None,
        }
    }

    fn wire(&self) -> Value {
        match (&self.held, self.fields()) {
            (_, Some(fields)) => fields.to_json(),
            (Held::List(items), None) => items.list.iter().map(Self::wire).collect(),
            _ => self.json().unwrap_or_default(),
        }
    }

    /// The value by the spec's keys; `None` where there is none.
    pub(super) fn json(&self) -> Option<Value> {
        Some(match &self.held {
            Held::Nothing => return None,
            Held::Scalar(datum) => scalar_json(datum),
            Held::Json(value) => value.clone(),
            Held::Record(fields) => Value::Object(fields.json()),
            Held::Variant(index, fields) => {
                let mut json = fields.json();
                if let Some((_, TypeKind::Union(union))) = self.kind.named()
                    && let (Some(tag), Some(variant)) = (&union.tag, union.variants.get(*index))
                {
                    json.entry(tag.clone()).or_insert_with(|| variant.key.clone().into());
                }
                Value::Object(json)
            }
            Held::List(items) => items.list.iter().map(|item| item.json().unwrap_or_default()).collect(),
            Held::Map(entries) => {
                let entries = entries.map.iter();
                entries.map(|(key, value)| (key.clone(), value.json().unwrap_or_default())).collect()
            }
        })
    }
}

pub(super) fn scalar_json(datum: &Datum) -> Value {
    match datum {
        Datum::Bool(value) => (*value).into(),
        Datum::Integer(value) => (*value).into(),
        Datum::Float(value) => (*value).into(),
        other => text(other, &Format::PLAIN).into(),
    }
}

impl Slot for Place {
    fn put(&mut self, raw: Raw<'_>, format: &Format) -> bool {
        let kind = self.kind;
        self.held = match (kind.ty, raw) {
            (_, Raw::Null) if kind.optional => Held::Nothing,
            (FieldType::Json, _) => Held::Json(raw.to_value()),
            (FieldType::Array(inner), _) => {
                let Some(pieces) = pieces(raw, format) else { return false };
                let mut items = Items::of(kind.of_elements(inner));
                if !pieces.into_iter().all(|piece| items.push(Raw::Text(piece), format)) {
                    return false;
                }
                Held::List(items)
            }
            (FieldType::Map(inner), Raw::Null) => Held::Map(Entries::of(kind.of_elements(inner))),
            _ if matches!(kind.named(), Some((_, TypeKind::Union(_)))) => match kind.id_of_union(raw) {
                Some(id) => Held::Scalar(Datum::Text(id)),
                None => Held::Json(raw.to_value()),
            },
            _ => match kind.scalar(raw, format) {
                Some(datum) => Held::Scalar(datum),
                // HubSpot clears a property with an empty string: no number, time or choice is written so.
                None if kind.optional && format.text && raw == Raw::Text("") => Held::Nothing,
                None => return false,
            },
        };
        true
    }

    fn expected(&self) -> &'static str {
        self.kind.expected()
    }

    fn filling(&mut self) -> Filling<'_> {
        let (kind, tables) = (self.kind, self.kind.tables);
        match (kind.ty, kind.named()) {
            (FieldType::Json, _) | (_, Some((_, TypeKind::Union(_)))) => return Filling::Json(self),
            (_, Some((reference, TypeKind::Object(_)))) if !matches!(self.held, Held::Record(_)) => {
                let Some(fields) = Fields::new(tables, reference) else { return Filling::Whole };
                self.held = Held::Record(Box::new(fields));
            }
            (FieldType::Array(inner), _) if !matches!(self.held, Held::List(_)) => {
                self.held = Held::List(Items::of(kind.of_elements(inner)));
            }
            (FieldType::Map(inner), _) if !matches!(self.held, Held::Map(_)) => {
                self.held = Held::Map(Entries::of(kind.of_elements(inner)));
            }
            _ => {}
        }
        match &mut self.held {
            Held::Record(fields) => Filling::Record(&mut **fields),
            Held::List(items) => Filling::List(items),
            Held::Map(entries) => Filling::Map(entries),
            _ => Filling::Whole,
        }
    }

    fn datum(&self) -> Option<Datum> {
        Some(match &self.held {
            // Where a list or map is absent, it is an empty one.
            Held::Nothing => match self.kind.ty {
                FieldType::Array(_) => Datum::List(Vec::new()),
                FieldType::Map(_) => Datum::Map(Vec::new()),
                _ => return None,
            },
            Held::Scalar(datum) => datum.clone(),
            Held::Json(json) => Datum::Json(json.clone()),
            Held::Record(fields) => Datum::Object(record_args(&**fields)),
            Held::Variant(index, fields) => {
                let mut args = record_args(&**fields);
                if let Some((_, TypeKind::Union(union))) = self.kind.named()
                    && let (Some(tag), Some(variant)) = (&union.tag, union.variants.get(*index))
                {
                    args.set_property(tag.clone(), variant.key.as_str().into());
                }
                Datum::Object(args)
            }
            Held::List(items) => Datum::List(items.list.iter().filter_map(Slot::datum).collect()),
            Held::Map(entries) => {
                let entries = entries.map.iter();
                Datum::Map(entries.filter_map(|(key, value)| Some((key.clone(), value.datum()?))).collect())
            }
        })
    }
}

impl JsonSlot for Place {
    /// A union's JSON becomes the variant that it is; what is none of them stays.
    fn take(&mut self, json: Value) {
        let tables = self.kind.tables;
        if let Some((_, TypeKind::Union(union))) = self.kind.named() {
            let variants = union.variants.iter();
            let variants: Vec<_> = variants
                .filter_map(|variant| Some((variant.key.as_str(), tables.shape(variant.ty)?)))
                .collect();
            if let Some(index) = which(union.tag.as_deref(), &variants, &json)
                && let Some(mut fields) = Fields::new(tables, union.variants[index].ty)
                && read_json(&json, &mut fields)
            {
                self.held = Held::Variant(index, Box::new(fields));
                return;
            }
        }
        self.held = Held::Json(json);
    }
}

/// The fields of a record.
#[derive(Clone)]
pub(super) struct Fields {
    object: &'static Object,
    shape: &'static Shape,
    places: Vec<Place>,
    extra: Extra,
}

/// Where an object has no field of this name, what is not declared is shown under it.
const EXTRA: &str = "extra";

impl Fields {
    /// An empty one; `None` where the type is no object.
    fn new(tables: &'static Tables, ty: TypeRef) -> Option<Self> {
        let (object, optional) = (tables.model.object(ty)?, tables.optional.get(ty.0)?);
        let kinds = object.fields.iter().zip(optional);
        let kinds = kinds.map(|(field, optional)| Kind { tables, ty: &field.ty, optional: *optional });
        let places = kinds.map(Place::new).collect();
        Some(Self { object, shape: tables.shape(ty)?, places, extra: Extra::EMPTY })
    }

    fn json(&self) -> Map<String, Value> {
        let fields = self.object.fields.iter().zip(&self.places);
        let mut json: Map<_, _> =
            fields.filter_map(|(field, place)| Some((field.key.clone(), place.json()?))).collect();
        if !self.extra.is_empty() {
            let unknown = self.extra.unknown().map(|(name, value)| (name.to_owned(), value.clone()));
            let odd = self.extra.warnings().iter();
            let odd = odd.map(|warning| (warning.field.clone(), warning.value.clone()));
            let name = extra_name(self.object);
            json.insert(name.to_owned(), Value::Object(unknown.chain(odd).collect()));
        }
        json
    }
}

/// The key under which what an object does not declare is shown.
pub(super) fn extra_name(object: &Object) -> &'static str {
    if object.fields.iter().any(|field| field.key == EXTRA) { "extra_" } else { EXTRA }
}

impl Record for Fields {
    fn shape(&self) -> &'static Shape {
        self.shape
    }

    fn slot(&mut self, index: u16) -> Option<&mut dyn Slot> {
        self.places.get_mut(usize::from(index)).map(|place| place as &mut dyn Slot)
    }

    fn value(&self, index: u16) -> Option<&dyn Slot> {
        self.places.get(usize::from(index)).map(|place| place as &dyn Slot)
    }

    fn extra_mut(&mut self) -> &mut Extra {
        &mut self.extra
    }

    fn extra(&self) -> &Extra {
        &self.extra
    }
}

/// The elements of a list.
#[derive(Clone)]
pub(super) struct Items {
    kind: Kind,
    pub(super) list: Vec<Place>,
}

impl Items {
    pub(super) const fn of(kind: Kind) -> Self {
        Self { kind, list: Vec::new() }
    }
}

impl ListSlot for Items {
    fn open(&mut self) -> Option<&mut dyn Slot> {
        if !self.kind.opens() {
            return None;
        }
        self.list.push(Place::new(self.kind));
        self.list.last_mut().map(|last| last as &mut dyn Slot)
    }

    fn pop(&mut self) {
        self.list.pop();
    }

    fn push(&mut self, raw: Raw<'_>, format: &Format) -> bool {
        let mut place = Place::new(self.kind);
        let fits = place.put(raw, format);
        if fits {
            self.list.push(place);
        }
        fits
    }

    fn expected(&self) -> &'static str {
        self.kind.expected()
    }
}

/// The list of a page or a batch, as a field of it.
impl Slot for Items {
    fn put(&mut self, raw: Raw<'_>, _: &Format) -> bool {
        matches!(raw, Raw::Null | Raw::Text(""))
    }

    fn expected(&self) -> &'static str {
        "a list"
    }

    fn filling(&mut self) -> Filling<'_> {
        Filling::List(self)
    }

    fn datum(&self) -> Option<Datum> {
        Some(Datum::List(self.list.iter().filter_map(Slot::datum).collect()))
    }
}

/// The values of a map.
#[derive(Clone)]
pub(super) struct Entries {
    kind: Kind,
    map: BTreeMap<String, Place>,
}

impl Entries {
    const fn of(kind: Kind) -> Self {
        Self { kind, map: BTreeMap::new() }
    }
}

impl MapSlot for Entries {
    fn open(&mut self, key: &str) -> Option<&mut dyn Slot> {
        if !self.kind.opens() {
            return None;
        }
        self.map.insert(key.to_owned(), Place::new(self.kind));
        self.map.get_mut(key).map(|value| value as &mut dyn Slot)
    }

    fn insert(&mut self, key: &str, raw: Raw<'_>, format: &Format) -> bool {
        let mut place = Place::new(self.kind);
        let fits = place.put(raw, format);
        if fits {
            self.map.insert(key.to_owned(), place);
        }
        fits
    }

    fn expected(&self) -> &'static str {
        self.kind.expected()
    }
}
