//! Values as expressions, each such that a setter or `new` takes it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;
use typed_connector_specs::model::{FieldType, TypeKind, TypeRef, Union};

use super::Writer;

impl Writer<'_> {
    /// An expression that turns into the type by `Into`, or a list of them.
    pub(super) fn value(&mut self, ty: &FieldType, value: &Value) -> Result<String, String> {
        match ty {
            FieldType::Array(item) => self.list(item, value),
            FieldType::Map(item) => self.map(item, value),
            FieldType::Named(reference) => self.named(*reference, value),
            FieldType::Filter(of) => self.filter(*of, value),
            FieldType::Sort(of) => self.sort(*of, value),
            FieldType::Selection(of) => self.selection(*of, value),
            scalar => expression(scalar, value).ok_or_else(|| unfit(value)),
        }
    }

    /// An expression of exactly the type.
    fn exact(&mut self, ty: &FieldType, value: &Value) -> Result<String, String> {
        let made = self.value(ty, value)?;
        Ok(match ty {
            FieldType::String | FieldType::Email => format!("{made}.to_owned()"),
            FieldType::Url => format!("typed_connector::Link::from({made})"),
            FieldType::Integer if !made.ends_with("i64") => format!("{made}_i64"),
            FieldType::Decimal if !made.starts_with("typed_connector") => {
                format!("typed_connector::Decimal::from({made})")
            }
            FieldType::Array(item) => {
                let items = value.as_array().ok_or_else(|| unfit(value))?;
                let items: Vec<_> =
                    items.iter().map(|value| self.exact(item, value)).collect::<Result<_, _>>()?;
                format!("vec![{}]", items.join(", "))
            }
            FieldType::Named(reference) => match &self.connector.types[reference.0].kind {
                TypeKind::Id | TypeKind::Enum(_) if made.starts_with('"') => {
                    format!("{}::from({made})", self.name(*reference))
                }
                TypeKind::Union(_) => format!("{}::from({made})", self.name(*reference)),
                _ => made,
            },
            _ => made,
        })
    }

    fn list(&mut self, item: &FieldType, value: &Value) -> Result<String, String> {
        let items = value.as_array().ok_or_else(|| unfit(value))?;
        if items.is_empty() {
            return Ok(format!("Vec::<{}>::new()", self.type_name(item)));
        }
        let made: Vec<_> = items.iter().map(|value| self.value(item, value)).collect::<Result<_, _>>()?;
        // Elements of one list have one type.
        let kind = |text: &String| {
            (text.starts_with('"'), text.ends_with("i64"), text.starts_with("typed_connector"))
        };
        let one = made.iter().all(|text| kind(text) == kind(&made[0])) && !self.is_union(item);
        let made = match one {
            true => made,
            false => items.iter().map(|value| self.exact(item, value)).collect::<Result<_, _>>()?,
        };
        Ok(format!("[{}]", made.join(", ")))
    }

    fn is_union(&self, ty: &FieldType) -> bool {
        matches!(ty, FieldType::Named(of) if matches!(self.connector.types[of.0].kind, TypeKind::Union(_)))
    }

    fn map(&mut self, item: &FieldType, value: &Value) -> Result<String, String> {
        let members = value.as_object().ok_or_else(|| unfit(value))?;
        let mut made = Vec::new();
        for (key, value) in members {
            made.push(format!("({key:?}.to_owned(), {})", self.exact(item, value)?));
        }
        Ok(format!("std::collections::BTreeMap::from([{}])", made.join(", ")))
    }

    fn named(&mut self, reference: TypeRef, value: &Value) -> Result<String, String> {
        let connector = self.connector;
        match &connector.types[reference.0].kind {
            TypeKind::Id => match value {
                Value::String(text) => Ok(format!("{text:?}")),
                // Some APIs number their records.
                Value::Number(number) if number.is_u64() => Ok(format!("{:?}", number.to_string())),
                other => Err(unfit(other)),
            },
            TypeKind::Enum(declared) => {
                let text = value.as_str().ok_or_else(|| unfit(value))?;
                match declared.values.iter().find(|value| value.wire == text) {
                    Some(known) => Ok(format!("{}::{}", self.name(reference), known.ident)),
                    None if declared.open => Ok(format!("{text:?}")),
                    None => Err(unfit(value)),
                }
            }
            TypeKind::Input(input) => {
                let given = value.as_object().ok_or_else(|| unfit(value))?;
                let (fields, name): (Vec<_>, _) = (input.fields.iter().collect(), self.name(reference));
                self.made(&name, &fields, Some(input), given)
            }
            TypeKind::Object(object) => {
                let given = value.as_object().ok_or_else(|| unfit(value))?;
                let fields: Vec<_> = object.fields.iter().filter(|field| !field.read_only).collect();
                let name = self.name(reference);
                self.made(&name, &fields, None, given)
            }
            TypeKind::Union(union) => self.union(union, value),
        }
    }

    fn union(&mut self, union: &Union, value: &Value) -> Result<String, String> {
        let given = value.as_object().ok_or_else(|| unfit(value))?;
        let chosen = match &union.tag {
            Some(tag) => {
                let kind =
                    given.get(tag).and_then(Value::as_str).ok_or_else(|| format!("`{tag}` is missing"))?;
                union.variants.iter().find(|variant| variant.key == kind).ok_or_else(|| unfit(value))?
            }
            None => union
                .variants
                .iter()
                .find(|variant| self.fits(variant.ty, given))
                .ok_or_else(|| unfit(value))?,
        };
        let mut given = given.clone();
        if let Some(tag) = &union.tag
            && !self.connector.object(chosen.ty).is_some_and(|object| {
                object.fields.iter().any(|field| field.key == *tag && field.constant.is_none())
            })
        {
            given.remove(tag);
        }
        self.named(chosen.ty, &Value::Object(given))
    }

    fn fits(&self, reference: TypeRef, given: &serde_json::Map<String, Value>) -> bool {
        self.connector.object(reference).is_some_and(|object| {
            object.fields.iter().filter(|field| field.required).all(|field| given.contains_key(&field.key))
        })
    }

    /// The type as the user writes it.
    fn type_name(&mut self, ty: &FieldType) -> String {
        match ty {
            FieldType::String | FieldType::Email => "String".to_owned(),
            FieldType::Integer => "i64".to_owned(),
            FieldType::Float => "f64".to_owned(),
            FieldType::Boolean => "bool".to_owned(),
            FieldType::Decimal => "typed_connector::Decimal".to_owned(),
            FieldType::Date => "typed_connector::Date".to_owned(),
            FieldType::DateTime => "typed_connector::Timestamp".to_owned(),
            FieldType::Duration => "typed_connector::SignedDuration".to_owned(),
            FieldType::Url => "typed_connector::Link".to_owned(),
            FieldType::Bytes => "typed_connector::Bytes".to_owned(),
            FieldType::Json => "typed_connector::Value".to_owned(),
            FieldType::File => "typed_connector::File".to_owned(),
            FieldType::Array(item) => format!("Vec<{}>", self.type_name(item)),
            FieldType::Map(item) => format!("std::collections::BTreeMap<String, {}>", self.type_name(item)),
            FieldType::Named(of) => self.name(*of),
            FieldType::Filter(of) => format!("typed_connector::Filter<{}>", self.name(*of)),
            FieldType::Sort(of) => format!("typed_connector::Sort<{}>", self.name(*of)),
            FieldType::Selection(of) => format!("typed_connector::Selection<{}>", self.name(*of)),
        }
    }
}

pub(super) fn unfit(value: &Value) -> String {
    format!("{value} does not fit")
}

/// A scalar, from JSON's own types or from text.
fn expression(ty: &FieldType, value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        _ => String::new(),
    };
    Some(match ty {
        FieldType::String | FieldType::Email | FieldType::Url => format!("{:?}", value.as_str()?),
        FieldType::Integer => {
            let number: i64 = text.parse().ok()?;
            if i32::try_from(number).is_ok() { number.to_string() } else { format!("{number}_i64") }
        }
        FieldType::Decimal => decimal(&text)?,
        FieldType::Float => format!("{:?}", text.parse::<f64>().ok().filter(|number| number.is_finite())?),
        FieldType::Boolean => text.parse::<bool>().ok()?.to_string(),
        FieldType::Date => {
            let date: jiff::civil::Date = text.parse().ok()?;
            format!("typed_connector::jiff::civil::date({}, {}, {})", date.year(), date.month(), date.day())
        }
        FieldType::DateTime => match text.parse::<i64>() {
            Ok(millis) => format!("typed_connector::Timestamp::from_millisecond({millis})?"),
            Err(_) => {
                let time: jiff::Timestamp = text.parse().ok()?;
                format!("\"{time}\".parse::<typed_connector::Timestamp>()?")
            }
        },
        FieldType::Duration => {
            let duration: jiff::SignedDuration = text.parse().ok()?;
            format!("\"{duration}\".parse::<typed_connector::SignedDuration>()?")
        }
        FieldType::Json => format!("{:?}.parse::<typed_connector::Value>()?", value.to_string()),
        FieldType::File => file(value)?,
        FieldType::Bytes => {
            let bytes = BASE64.decode(&text).ok()?;
            format!("typed_connector::Bytes(vec!{bytes:?})")
        }
        _ => return None,
    })
}

/// A decimal with all its digits, so that what is sent is what was written; a whole number as it is.
fn decimal(text: &str) -> Option<String> {
    let number: typed_connector::Decimal = text.parse().ok()?;
    let (mantissa, scale) = (number.mantissa(), number.scale());
    match (i32::try_from(mantissa), i64::try_from(mantissa)) {
        (Ok(whole), _) if scale == 0 => Some(whole.to_string()),
        (_, Ok(mantissa)) => Some(format!("typed_connector::Decimal::new({mantissa}, {scale})")),
        _ => Some(format!("{:?}.parse::<typed_connector::Decimal>()?", number.to_string())),
    }
}

/// A file as arguments in JSON have it: its name, its content type, and its content as text or Base64.
fn file(value: &Value) -> Option<String> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let content = match (text("text"), text("base64")) {
        (Some(text), _) => format!("{text:?}"),
        (None, Some(base64)) => format!("{:?}", BASE64.decode(base64).ok()?),
        (None, None) => return None,
    };
    let content = if content.starts_with('[') { format!("vec!{content}") } else { content };
    let media_type = text("content_type").map_or_else(String::new, |ty| format!(".content_type({ty:?})"));
    Some(format!("typed_connector::File::new({:?}, {content}){media_type}", text("name").unwrap_or("file")))
}
