//! Unions: an enum with an object in each variant.

use std::collections::HashMap;

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use typed_connector_specs::model::{Type, TypeRef, Union};

use super::table::option;
use super::{docs, ident, path_to, static_name, types};
use crate::plan::Plan;

pub(super) fn union(plan: &Plan<'_>, declared: &Type, union: &Union) -> TokenStream {
    let (head, name) = (types::head(declared), ident(&declared.ident));
    let mut uses: HashMap<TypeRef, usize> = HashMap::new();
    for variant in &union.variants {
        *uses.entry(variant.ty).or_default() += 1;
    }
    let inner = |reference: TypeRef| {
        let (path, inner) = (path_to(plan, declared.module, reference), ident(&plan.ty(reference).ident));
        let shape = static_name(&plan.ty(reference).ident, "SHAPE");
        (quote!(#path #inner), quote!(#path #shape))
    };
    let variants = union.variants.iter().map(|variant| {
        let (doc, ident) = (docs::lines(&format!("`{}`.", variant.key)), ident(&variant.ident));
        let (ty, _) = inner(variant.ty);
        quote!(#doc #ident(rt::Box<#ty>))
    });
    let entries = union.variants.iter().enumerate().map(|(index, variant)| {
        let (index, ident, key) = (Literal::usize_unsuffixed(index), ident(&variant.ident), &variant.key);
        let (ty, shape) = inner(variant.ty);
        quote!(#index #ident #ty, #shape, #key;)
    });
    let id = union.id.as_ref().map(|id| {
        let (path, ty) = (path_to(plan, declared.module, id.ty), ident(&plan.ty(id.ty).ident));
        (docs::lines("The id of one that was not sent along."), ident(&id.ident), quote!(#path #ty))
    });
    let id_variant = id.as_ref().map(|(doc, ident, ty)| quote!(#doc #ident(#ty),));
    let id_entry = id.as_ref().map(|(_, ident, ty)| quote!(#ident #ty;));
    // What two variants hold does not say which of them it is.
    let single = union.variants.iter().filter(|variant| uses.get(&variant.ty) == Some(&1)).map(|variant| {
        let (ident, (ty, _)) = (ident(&variant.ident), inner(variant.ty));
        quote!(#ident #ty;)
    });
    let tag = option(union.tag.as_deref());
    quote! {
        #head
        #[derive(rt::Debug, rt::Clone, rt::PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
            #id_variant
            /// None of these.
            Other(rt::Value),
        }
        rt::union!(#name, #tag, { #(#entries)* }, { #(#single)* }, { #id_entry });
    }
}
