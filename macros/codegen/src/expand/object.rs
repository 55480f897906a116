//! Objects: a struct with typed fields, its place on the wire, its properties.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use typed_connector_specs::model::{Field, FieldType, Object, Type, TypeRef};

use super::table::{self, Entry};
use super::{docs, ident, static_name, ty, types};
use crate::plan::Plan;

pub(super) fn object(plan: &Plan<'_>, reference: TypeRef, declared: &Type, object: &Object) -> TokenStream {
    let (head, name) = (types::head(declared), ident(&declared.ident));
    let from = declared.module;
    let extra = extra_name(object);
    let idents: Vec<_> = object.fields.iter().map(|field| ident(&field.ident)).collect();
    let fields = object.fields.iter().zip(&idents).map(|(field, name)| {
        let (doc, deprecated) = (docs::field(field), docs::deprecated(field.deprecated.as_deref()));
        let ty = field_type(plan, from, reference, field);
        quote!(#doc #deprecated pub #name: #ty)
    });
    let empty = object.fields.iter().map(|field| empty(plan, reference, field));
    let indexes: Vec<_> = (0u16..).take(object.fields.len()).collect();
    let shape_name = static_name(&declared.ident, "SHAPE");
    let shape = shape(plan, &declared.ident, object);
    let properties = properties(plan, from, &name, object);
    let constructor = plan.is_input(reference).then(|| constructor(plan, from, reference, &name, object));
    quote! {
        #head
        #[derive(rt::Clone)]
        #[non_exhaustive]
        pub struct #name {
            #(#fields,)*
            /// What the answer held beyond these fields, and values that did not fit their type.
            pub #extra: rt::Extra,
        }
        #constructor
        #properties
        impl rt::Default for #name {
            fn default() -> Self {
                Self { #(#idents: #empty,)* #extra: rt::Extra::EMPTY }
            }
        }
        rt::record!(#name, #shape_name, #extra, { #(#indexes #idents)* });
        pub(super) static #shape_name: rt::Shape = #shape;
    }
}

/// `extra`, or with an underscore where the object has a field of that name.
fn extra_name(object: &Object) -> Ident {
    ident(if object.fields.iter().any(|field| field.ident == "extra") { "extra_" } else { "extra" })
}

/// Lists and maps are empty where they are absent; everything else may be absent unless the spec requires it.
fn field_type(plan: &Plan<'_>, from: Option<usize>, owner: TypeRef, field: &Field) -> TokenStream {
    let value = ty::value(plan, from, &field.ty);
    if plan.connector.is_recursive(owner, field) {
        return quote!(rt::Option<rt::Box<#value>>);
    }
    if plan.connector.is_always_there(owner, field) { value } else { quote!(rt::Option<#value>) }
}

/// What a field holds before anything was read. Named where it can be: what `Default::default()` means has to be found out by the compiler
/// for each field.
fn empty(plan: &Plan<'_>, owner: TypeRef, field: &Field) -> TokenStream {
    if !plan.connector.is_always_there(owner, field) {
        return quote!(rt::None);
    }
    match &field.ty {
        FieldType::Array(_) => quote!(rt::Vec::new()),
        FieldType::Map(_) => quote!(rt::BTreeMap::new()),
        FieldType::String | FieldType::Email => quote!(rt::String::new()),
        _ => quote!(rt::Default::default()),
    }
}

fn shape(plan: &Plan<'_>, title: &str, object: &Object) -> TokenStream {
    let entries: Vec<_> = object
        .fields
        .iter()
        .map(|field| Entry { field, encoding: object.encoding_of(field), in_tree: true })
        .collect();
    let required: Vec<_> =
        (0u16..).zip(&object.fields).filter(|(_, field)| field.required).map(|(index, _)| index).collect();
    table::shape(plan, title, &entries, &object.at, object.clear.as_deref(), &required)
}

/// `Deal::AMOUNT` and the like, for filters, orders and selections.
fn properties(plan: &Plan<'_>, from: Option<usize>, name: &Ident, object: &Object) -> TokenStream {
    if !object.properties {
        return TokenStream::new();
    }
    let constants = object.fields.iter().filter(|field| object.is_property(field)).map(|field| {
        let constant = ident(&heck::ToShoutySnakeCase::to_shouty_snake_case(field.ident.trim_end_matches('_')));
        let (wire, doc) = (&field.wire_name, docs::field(field));
        // A filter on a list compares with one of its elements.
        let value = match &field.ty {
            FieldType::Array(inner) => ty::value(plan, from, inner),
            other => ty::value(plan, from, other),
        };
        let format = table::format(field, object.encoding);
        quote!(#doc pub const #constant: rt::Property<#name, #value> = rt::Property::with_format(#wire, #format);)
    });
    quote!(#[allow(deprecated)] impl #name { #(#constants)* })
}

/// `new` with what is required and setters for the rest, for objects that users send.
fn constructor(
    plan: &Plan<'_>,
    from: Option<usize>,
    owner: TypeRef,
    name: &Ident,
    object: &Object,
) -> TokenStream {
    let given = object.fields.iter().filter(|field| !field.read_only && field.fixed_text().is_none());
    let (required, optional): (Vec<_>, Vec<_>) = given.partition(|field| field.required);
    let constants = object.fields.iter().filter_map(|field| {
        let (name, text) = (ident(&field.ident), field.fixed_text()?);
        let value = quote!(rt::From::from(#text));
        let value = if field.required { value } else { quote!(rt::Some(#value)) };
        Some(quote!(#name: #value,))
    });
    let argument = |field: &Field| {
        let ident = ident(&field.ident);
        let (ty, value) = ty::argument(plan, from, &field.ty, &ident);
        let value = if plan.connector.is_recursive(owner, field) {
            quote!(rt::Some(rt::Box::new(#value)))
        } else if plan.connector.is_always_there(owner, field) {
            value
        } else {
            quote!(rt::Some(#value))
        };
        (ident, ty, value)
    };
    let (names, tys, values) = unzip(required.iter().map(|field| argument(field)));
    let setters = optional.iter().map(|field| {
        let (name, ty, value) = argument(field);
        let doc = docs::field(field);
        // `new` is the constructor's name; a field of that name gets the underscore that keywords get.
        let method = if field.ident == "new" { ident("new_") } else { name.clone() };
        quote! {
            #doc
            #[must_use]
            pub fn #method(mut self, #name: #ty) -> Self {
                self.#name = #value;
                self
            }
        }
    });
    quote! {
        impl #name {
            /// One with everything that is required.
            #[must_use]
            pub fn new(#(#names: #tys),*) -> Self {
                Self { #(#names: #values,)* #(#constants)* ..rt::Default::default() }
            }

            #(#setters)*
        }
    }
}

fn unzip(
    items: impl Iterator<Item = (Ident, TokenStream, TokenStream)>,
) -> (Vec<Ident>, Vec<TokenStream>, Vec<TokenStream>) {
    let (mut names, mut tys, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (name, ty, value) in items {
        names.push(name);
        tys.push(ty);
        values.push(value);
    }
    (names, tys, values)
}
