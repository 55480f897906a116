//! Types in words.

use typed_connector_specs::layout::Unit;
use typed_connector_specs::model::{Connector, Encoding, Field, FieldType, TypeKind};

/// Most values of a choice that are named.
const MAX_VALUES: usize = 6;

/// The type of a value, and how it is written.
pub(super) fn field(connector: &Connector, field: &Field, encoding: Encoding) -> String {
    let format = field.format(encoding);
    let mut text = ty(connector, &field.ty);
    match (format.separator, format.unit) {
        (Some(separator), _) => text.push_str(&format!(", in one text with {separator:?} between them")),
        (None, Unit::Millis) => text.push_str(", in milliseconds"),
        (None, Unit::Seconds) => text.push_str(", in seconds"),
        (None, Unit::Iso) => {}
    }
    let is_text = matches!(
        field.ty,
        FieldType::String | FieldType::Email | FieldType::Url | FieldType::Bytes | FieldType::File
    );
    let is_named = matches!(&field.ty, FieldType::Named(_));
    if format.text && format.separator.is_none() && !is_text && !is_named {
        text.push_str(", as text");
    }
    text
}

pub(super) fn ty(connector: &Connector, ty: &FieldType) -> String {
    let named = |of| connector.ty(of).ident.clone();
    match ty {
        FieldType::String => "string".to_owned(),
        FieldType::Integer => "integer".to_owned(),
        FieldType::Decimal => "decimal".to_owned(),
        FieldType::Float => "float".to_owned(),
        FieldType::Boolean => "boolean".to_owned(),
        FieldType::Date => "date".to_owned(),
        FieldType::DateTime => "datetime".to_owned(),
        FieldType::Duration => "duration".to_owned(),
        FieldType::Url => "url".to_owned(),
        FieldType::Email => "email".to_owned(),
        FieldType::Bytes => "bytes".to_owned(),
        FieldType::Json => "any JSON".to_owned(),
        FieldType::File => "file".to_owned(),
        FieldType::Array(inner) => format!("list of {}", self::ty(connector, inner)),
        FieldType::Map(inner) => format!("object of {}", self::ty(connector, inner)),
        FieldType::Named(of) => match &connector.ty(*of).kind {
            TypeKind::Enum(known) => {
                let values: Vec<_> =
                    known.values.iter().take(MAX_VALUES).map(|value| value.wire.as_str()).collect();
                let more = if known.values.len() > MAX_VALUES || known.open { ", …" } else { "" };
                format!("{}: {}{more}", named(*of), values.join(", "))
            }
            _ => named(*of),
        },
        FieldType::Filter(of) => format!("filter over {}", named(*of)),
        FieldType::Sort(of) => format!("order of {}", named(*of)),
        FieldType::Selection(of) => format!("names of properties of {}", named(*of)),
    }
}
