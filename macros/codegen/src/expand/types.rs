//! Named types: enums and ids here, objects and inputs in files of their own.

use proc_macro2::TokenStream;
use quote::quote;
use typed_connector_specs::model::{Enum, Type, TypeKind, TypeRef};

use super::{docs, ident, input, object, union};
use crate::plan::Plan;

pub(super) fn named(plan: &Plan<'_>, reference: TypeRef) -> TokenStream {
    let ty = plan.ty(reference);
    match &ty.kind {
        TypeKind::Object(object) => object::object(plan, reference, ty, object),
        TypeKind::Enum(values) => enumeration(ty, values),
        TypeKind::Id => id(ty),
        TypeKind::Input(input) => input::named(plan, ty, input),
        TypeKind::Union(declared) => union::union(plan, ty, declared),
    }
}

/// Doc comment and deprecation of a type.
pub(super) fn head(ty: &Type) -> TokenStream {
    let doc = docs::doc(ty.title.as_deref(), ty.description.as_deref());
    let deprecated = docs::deprecated(ty.deprecated.as_deref());
    quote!(#doc #deprecated)
}

fn id(ty: &Type) -> TokenStream {
    let (head, name) = (head(ty), ident(&ty.ident));
    quote! {
        #head
        #[derive(rt::Debug, rt::Clone, rt::PartialEq, rt::Eq, rt::PartialOrd, rt::Ord, rt::Hash, rt::Default)]
        pub struct #name(rt::String);
        rt::id!(#name);
    }
}

fn enumeration(ty: &Type, declared: &Enum) -> TokenStream {
    let (head, name) = (head(ty), ident(&ty.ident));
    let idents: Vec<_> = declared.values.iter().map(|value| ident(&value.ident)).collect();
    let wires: Vec<_> = declared.values.iter().map(|value| &value.wire).collect();
    let titles: Vec<_> = declared.values.iter().map(|value| &value.title).collect();
    let variants = declared.values.iter().zip(&idents).map(|(value, ident)| {
        let title = Some(value.title.as_str()).filter(|title| !docs::repeats(&value.ident, title));
        let doc = docs::doc(title, value.description.as_deref());
        let deprecated = docs::deprecated(value.deprecated.as_deref());
        quote!(#doc #deprecated #ident)
    });
    let (kind, other_variant, other_arm, other) = if declared.open {
        (
            quote!(open),
            quote!(
                /// A value that the spec does not list.
                Other(rt::String)
            ),
            quote!(Self::Other(value) => value,),
            quote!(rt::Some(Self::Other(rt::From::from(wire)))),
        )
    } else {
        (
            quote!(closed),
            quote!(),
            quote!(),
            quote!({
                let _ = wire;
                rt::None
            }),
        )
    };
    // An enum without values has no arm to match on, and `match *self {}` needs none.
    let body = if idents.is_empty() && !declared.open {
        quote!(match *self {})
    } else {
        quote!(match self { #(Self::#idents => #wires,)* #other_arm })
    };
    let exhaustive = if declared.open { quote!() } else { quote!(#[non_exhaustive]) };
    quote! {
        #head
        #[derive(rt::Debug, rt::Clone, rt::PartialEq, rt::Eq, rt::Hash)]
        #exhaustive
        pub enum #name { #(#variants,)* #other_variant }

        impl #name {
            /// The value as it is written.
            #[must_use]
            pub fn as_str(&self) -> &rt::str {
                #body
            }

            /// The value's name for people.
            #[must_use]
            pub fn title(&self) -> &rt::str {
                rt::Enumeration::title(self)
            }
        }

        impl rt::Enumeration for #name {
            const VALUES: &'static [(&'static rt::str, &'static rt::str)] = &[#((#wires, #titles)),*];
            const KNOWN: &'static [Self] = &[#(Self::#idents),*];

            fn other(wire: &rt::str) -> rt::Option<Self> {
                #other
            }

            fn as_str(&self) -> &rt::str {
                #name::as_str(self)
            }
        }
        rt::enumeration!(#kind #name);
    }
}
