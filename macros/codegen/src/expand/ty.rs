//! Field types in Rust.

use proc_macro2::TokenStream;
use quote::quote;
use typed_connector_specs::model::FieldType;

use super::{ident, path_to};
use crate::plan::Plan;

/// The Rust type of a value.
pub(super) fn value(plan: &Plan<'_>, from: Option<usize>, ty: &FieldType) -> TokenStream {
    let named = |reference| {
        let (path, name) = (path_to(plan, from, reference), ident(&plan.ty(reference).ident));
        quote!(#path #name)
    };
    match ty {
        FieldType::String | FieldType::Email => quote!(rt::String),
        FieldType::Integer => quote!(rt::i64),
        FieldType::Decimal => quote!(rt::Decimal),
        FieldType::Float => quote!(rt::f64),
        FieldType::Boolean => quote!(rt::bool),
        FieldType::Date => quote!(rt::Date),
        FieldType::DateTime => quote!(rt::Timestamp),
        FieldType::Duration => quote!(rt::SignedDuration),
        FieldType::Url => quote!(rt::Link),
        FieldType::Bytes => quote!(rt::Bytes),
        FieldType::Json => quote!(rt::Value),
        FieldType::File => quote!(rt::File),
        FieldType::Array(inner) => {
            let inner = value(plan, from, inner);
            quote!(rt::Vec<#inner>)
        }
        FieldType::Map(inner) => {
            let inner = value(plan, from, inner);
            quote!(rt::BTreeMap<rt::String, #inner>)
        }
        FieldType::Named(reference) => named(*reference),
        FieldType::Filter(reference) => {
            let of = named(*reference);
            quote!(rt::Filter<#of>)
        }
        FieldType::Sort(reference) => {
            let of = named(*reference);
            quote!(rt::Sort<#of>)
        }
        FieldType::Selection(reference) => {
            let of = named(*reference);
            quote!(rt::Selection<#of>)
        }
    }
}

/// The type of a function's argument that takes a value, and the expression that makes the value of it.
pub(super) fn argument(
    plan: &Plan<'_>,
    from: Option<usize>,
    ty: &FieldType,
    name: &proc_macro2::Ident,
) -> (TokenStream, TokenStream) {
    if let FieldType::Array(inner) = ty {
        let inner = value(plan, from, inner);
        return (
            quote!(impl rt::IntoIterator<Item = impl rt::Into<#inner>>),
            quote!(rt::list::<_, #inner>(#name)),
        );
    }
    let value = value(plan, from, ty);
    (quote!(impl rt::Into<#value>), quote!(rt::Into::<#value>::into(#name)))
}
