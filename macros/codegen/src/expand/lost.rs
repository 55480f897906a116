//! What stands in for types and actions that have a mistake in their spec.
//!
//! The compiler says nothing more about what has an error in it: a type whose constant argument is one can be anything, so that
//! methods, fields and traits that the user expects of it are not missed. Fields in patterns are, so it has those of the spec. The
//! error itself, `__MISTAKE`, is told where it stands.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::ident;
use crate::plan::Plan;

/// The type that can be anything, where it is needed.
pub(super) fn definition(plan: &Plan<'_>) -> TokenStream {
    if plan.lost.names.is_empty() {
        return TokenStream::new();
    }
    let (quiet, definition) = (super::quiet(), stand_in(&ident("__Lost"), &plan.lost.fields));
    quote!(#quiet #definition)
}

/// A type with these fields, of which nothing else is known.
fn stand_in(name: &Ident, fields: &BTreeSet<String>) -> TokenStream {
    let fields = fields.iter().map(|field| {
        let field = ident(field);
        quote!(pub #field: [(); MISTAKE],)
    });
    quote! {
        #[doc(hidden)]
        pub struct #name<const MISTAKE: rt::usize> { #(#fields)* }
    }
}

/// The lost names of a module.
pub(super) fn names(plan: &Plan<'_>, module: Option<usize>) -> TokenStream {
    let here = plan.lost.names.iter().filter(|((home, _), _)| *home == module);
    here.map(|((_, name), fields)| {
        let own = ident(&format!("__{name}"));
        let name = ident(name);
        if fields.is_empty() {
            return quote!(#[doc(hidden)] pub type #name = super::__Lost<{ super::__MISTAKE }>;);
        }
        let definition = stand_in(&own, &fields.iter().cloned().chain(["extra".to_owned()]).collect());
        quote!(#definition #[doc(hidden)] pub type #name = #own<{ super::__MISTAKE }>;)
    })
    .collect()
}

/// Whether a module has some.
pub(super) fn any(plan: &Plan<'_>, module: usize) -> bool {
    plan.lost.names.keys().any(|(home, _)| *home == Some(module))
}
