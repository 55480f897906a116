//! Writing: arguments to JSON bodies, and single values to text for paths, queries and headers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;
use serde::ser::{SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;

use super::{Args, Datum, Format, Node, Shape, Unit};
use crate::filter::{Condition, Dialect};

/// The JSON body of some arguments.
pub(crate) struct Body<'a> {
    pub(crate) args: &'a Args,
    /// How filters are written, where the API has them.
    pub(crate) dialect: Option<&'a Dialect>,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Group { body: self, nodes: self.args.shape().tree, properties: has_no_group(self.args.shape()) }
            .serialize(serializer)
    }
}

/// Whether properties lie at the root, and undeclared ones with them.
fn has_no_group(shape: &Shape) -> bool {
    std::ptr::eq(shape.properties(), shape.tree)
}

/// The object below one group of keys.
struct Group<'a> {
    body: &'a Body<'a>,
    nodes: &'static [Node],
    properties: bool,
}

impl Group<'_> {
    fn is_empty(&self) -> bool {
        self.nodes.iter().all(|node| match node {
            Node::Field(_, index) => self.body.args.get(*index).is_none(),
            Node::Group(_, nodes) => self.below(nodes, false).is_empty(),
            Node::Properties(..) => false,
        })
    }

    fn below<'b>(&'b self, nodes: &'static [Node], properties: bool) -> Group<'b> {
        Group { body: self.body, nodes, properties }
    }
}

impl Serialize for Group<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Body { args, dialect } = self.body;
        let mut map = serializer.serialize_map(None)?;
        for node in self.nodes {
            match node {
                Node::Field(key, index) => {
                    let Some(datum) = args.get(*index) else { continue };
                    let format =
                        args.shape().fields.get(usize::from(*index)).map_or(Format::PLAIN, |f| f.format);
                    let clear = args.shape().clear;
                    map.serialize_entry(key, &Written { datum, format, clear, dialect: *dialect })?;
                }
                Node::Group(key, nodes) => {
                    let group = self.below(nodes, false);
                    if !group.is_empty() {
                        map.serialize_entry(key, &group)?;
                    }
                }
                Node::Properties(key, nodes) => map.serialize_entry(key, &self.below(nodes, true))?,
            }
        }
        if self.properties {
            for (name, value) in args.others() {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

/// One value with what is needed to write it.
struct Written<'a> {
    datum: &'a Datum,
    format: Format,
    clear: Option<&'static str>,
    dialect: Option<&'a Dialect>,
}

impl<'a> Written<'a> {
    fn of<'b>(&self, datum: &'b Datum) -> Written<'b>
    where
        'a: 'b,
    {
        Written { datum, format: self.format, clear: self.clear, dialect: self.dialect }
    }
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.datum {
            Datum::Cleared => match self.clear {
                Some(text) => serializer.serialize_str(text),
                None => serializer.serialize_unit(),
            },
            Datum::List(items) if self.format.separator.is_none() => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&self.of(item))?;
                }
                list.end()
            }
            Datum::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, &self.of(value))?;
                }
                map.end()
            }
            Datum::Object(args) => Body { args, dialect: self.dialect }.serialize(serializer),
            Datum::Json(value) => value.serialize(serializer),
            Datum::Filter(groups) => match self.dialect {
                Some(dialect) => dialect.write(groups, serializer),
                None => serializer.serialize_unit(),
            },
            Datum::Static(text) => serializer.serialize_str(text),
            Datum::Text(text) => serializer.serialize_str(text),
            Datum::Bool(value) if !self.format.text => serializer.serialize_bool(*value),
            Datum::Integer(value) if !self.format.text => serializer.serialize_i64(*value),
            Datum::Float(value) if !self.format.text => serializer.serialize_f64(*value),
            Datum::Decimal(value) if !self.format.text => number(*value).serialize(serializer),
            Datum::Time(_) | Datum::Date(_) | Datum::Duration(_)
                if !self.format.text && self.format.unit != Unit::Iso =>
            {
                match text(self.datum, &self.format).parse::<i64>() {
                    Ok(number) => serializer.serialize_i64(number),
                    Err(_) => serializer.serialize_unit(),
                }
            }
            _ => serializer.serialize_str(&text(self.datum, &self.format)),
        }
    }
}

/// A decimal as a JSON number: whole numbers exactly, others as the nearest float.
fn number(value: rust_decimal::Decimal) -> Value {
    if value.is_integer()
        && let Ok(whole) = i64::try_from(value)
    {
        return whole.into();
    }
    // Parsing the text finds the nearest float; the arithmetic conversion of the decimal does not always.
    value.to_string().parse::<f64>().ok().map_or(Value::Null, Value::from)
}

/// A value as text, for paths, headers, filters and string-encoded properties.
pub(crate) fn text(datum: &Datum, format: &Format) -> String {
    match datum {
        Datum::Cleared => String::new(),
        Datum::Bool(value) => value.to_string(),
        Datum::Integer(value) => value.to_string(),
        Datum::Float(value) => value.to_string(),
        Datum::Decimal(value) => value.to_string(),
        Datum::Text(value) | Datum::Json(Value::String(value)) => value.clone(),
        Datum::Static(value) => (*value).to_owned(),
        Datum::Date(value) => match format.unit {
            Unit::Iso => value.to_string(),
            _ => match value.to_zoned(jiff::tz::TimeZone::UTC) {
                Ok(midnight) => text(&Datum::Time(midnight.timestamp()), format),
                Err(_) => value.to_string(),
            },
        },
        Datum::Time(value) => match format.unit {
            Unit::Iso => value.to_string(),
            Unit::Millis => value.as_millisecond().to_string(),
            Unit::Seconds => value.as_second().to_string(),
        },
        Datum::Duration(value) => match format.unit {
            Unit::Iso => value.to_string(),
            Unit::Millis => value.as_millis().to_string(),
            Unit::Seconds => value.as_secs().to_string(),
        },
        Datum::Bytes(value) => BASE64.encode(value),
        // The format lets files travel in multipart bodies alone.
        Datum::File(file) => BASE64.encode(file.bytes()),
        Datum::List(_) => texts(datum, format).join(format.separator.unwrap_or(",")),
        Datum::Json(value) => value.to_string(),
        Datum::Map(_) | Datum::Object(_) | Datum::Filter(_) => {
            serde_json::to_string(&Written { datum, format: *format, clear: None, dialect: None })
                .unwrap_or_default()
        }
    }
}

/// The texts of a list's elements, or the one text of anything else.
pub(crate) fn texts(datum: &Datum, format: &Format) -> Vec<String> {
    match datum {
        Datum::List(items) => items.iter().map(|item| text(item, format)).collect(),
        Datum::Json(Value::Array(items)) => {
            items.iter().map(|item| text(&Datum::Json(item.clone()), format)).collect()
        }
        one => vec![text(one, format)],
    }
}

/// One value that is a whole body.
pub(crate) fn written<'a>(datum: &'a Datum, dialect: Option<&'a Dialect>) -> impl Serialize + 'a {
    Written { datum, format: Format::PLAIN, clear: None, dialect }
}

/// An object as a JSON value.
pub(crate) fn object_to_value(args: &Args) -> Value {
    serde_json::to_value(Body { args, dialect: None }).unwrap_or_default()
}

impl Dialect {
    fn write<S: Serializer>(&self, groups: &[Vec<Condition>], serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(groups.len()))?;
        for group in groups {
            list.serialize_element(&FilterGroup { dialect: self, group })?;
        }
        list.end()
    }
}

struct FilterGroup<'a> {
    dialect: &'a Dialect,
    group: &'a [Condition],
}

impl Serialize for FilterGroup<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let filters: Vec<_> =
            self.group.iter().map(|condition| FilterJson { dialect: self.dialect, condition }).collect();
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.dialect.filters, &filters)?;
        map.end()
    }
}

struct FilterJson<'a> {
    dialect: &'a Dialect,
    condition: &'a Condition,
}

impl Serialize for FilterJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (dialect, condition) = (self.dialect, self.condition);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(dialect.property, &condition.property)?;
        map.serialize_entry(dialect.operator, dialect.operator_name(condition.operator).unwrap_or_default())?;
        if let Some(value) = &condition.value {
            map.serialize_entry(dialect.value, value)?;
        }
        if let Some(value) = &condition.high_value {
            map.serialize_entry(dialect.high_value, value)?;
        }
        if !condition.values.is_empty() {
            map.serialize_entry(dialect.values, &condition.values)?;
        }
        map.end()
    }
}
