//! What stands in for types and actions that have a mistake in their spec.
//!
//! The compiler says nothing more about what has an error in it: a type whose constant argument is one can be anything, so that
//! methods, fields and traits that the user expects of it are not missed. The error itself, `__MISTAKE`, is told where it stands.

use proc_macro2::TokenStream;
use quote::quote;

use super::ident;
use crate::plan::Plan;

/// The type that can be anything, where it is needed.
pub(super) fn definition(plan: &Plan<'_>) -> TokenStream {
    if plan.lost.names.is_empty() {
        return TokenStream::new();
    }
    quote! {
        #[doc(hidden)]
        pub struct __Lost<const MISTAKE: rt::usize>;
    }
}

/// The lost names of a module.
pub(super) fn names(plan: &Plan<'_>, module: Option<usize>) -> TokenStream {
    plan.lost
        .names
        .iter()
        .filter(|(home, _)| *home == module)
        .map(|(_, name)| {
            let name = ident(name);
            quote!(#[doc(hidden)] pub type #name = super::__Lost<{ super::__MISTAKE }>;)
        })
        .collect()
}

/// Whether a module has some.
pub(super) fn any(plan: &Plan<'_>, module: usize) -> bool {
    plan.lost.names.iter().any(|(home, _)| *home == Some(module))
}
