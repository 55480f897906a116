//! From the plan to tokens. Nothing is checked here: what reaches this module can be emitted.
//!
//! Generated code is tables and thin shells. It names everything through `rt`, the runtime's `__private`, so that a
//! prelude, a `Result` or a `String` of the user's own cannot change what it means.

mod action;
mod connector;
mod docs;
mod input;
mod lost;
mod object;
mod scopes;
mod table;
mod ty;
mod types;
mod union;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use typed_connector_specs::model::{Module, TypeRef};

use crate::plan::Plan;

/// All that goes into the user's module.
pub(crate) fn connector(plan: &Plan<'_>) -> TokenStream {
    let head = connector::items(plan);
    let scopes = scopes::module(plan);
    let types: TokenStream = plan.types(None).map(|(reference, _)| types::named(plan, reference)).collect();
    let modules: TokenStream = plan
        .connector
        .modules
        .iter()
        .enumerate()
        // One without a name is a mistake, and has nothing in it then.
        .filter(|(index, module)| {
            !module.actions.is_empty() || plan.types(Some(*index)).next().is_some() || lost::any(plan, *index)
        })
        .map(|(index, module)| action_module(plan, index, module))
        .collect();
    let krate = plan.krate;
    let quiet = quiet();
    let (lost, lost_names) = (lost::definition(plan), lost::names(plan, None));
    quote! {
        #[allow(unused_imports)]
        use #krate::__private as rt;
        #head
        #scopes
        #lost
        #[doc(hidden)]
        #quiet
        mod shared {
            #[allow(unused_imports)]
            use super::rt;
            #types
            #lost_names
        }
        #[allow(unused_imports, unreachable_pub)]
        pub use shared::*;
        #modules
    }
}

/// One action file.
fn action_module(plan: &Plan<'_>, index: usize, module: &Module) -> TokenStream {
    let name = ident(&module.ident);
    let doc = docs::doc(Some(&module.title), module.description.as_deref());
    let types: TokenStream =
        plan.types(Some(index)).map(|(reference, _)| types::named(plan, reference)).collect();
    let actions: TokenStream =
        module.actions.iter().map(|action| action::action(plan, index, action)).collect();
    let lost = lost::names(plan, Some(index));
    let quiet = quiet();
    quote! {
        #doc
        #quiet
        pub mod #name {
            #[allow(unused_imports)]
            use super::rt;
            #types
            #actions
            #lost
        }
    }
}

/// Generated code is not the user's to mend, so lints of style and of unused items stay silent about it, and of docs where the spec has
/// nothing to say.
fn quiet() -> TokenStream {
    quote! {
        #[allow(
            dead_code, deprecated, missing_docs, unreachable_code, unreachable_pub, unused_qualifications, non_upper_case_globals, clippy::all, clippy::pedantic, clippy::nursery,
            rustdoc::all
        )]
    }
}

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// The identifier of a static that belongs to a type or action, `Deal_SHAPE`. The owner's own name, since two names can be
/// the same in capitals.
fn static_name(owner: &str, suffix: &str) -> Ident {
    ident(&format!("{owner}_{suffix}"))
}

/// The path from the module `from` to where a type lives.
fn path_to(plan: &Plan<'_>, from: Option<usize>, reference: TypeRef) -> TokenStream {
    let home = plan.ty(reference).module;
    match (from, home) {
        (from, home) if from == home => quote!(),
        (_, None) => quote!(super::shared::),
        (_, Some(home)) => {
            let module = ident(&plan.connector.modules[home].ident);
            quote!(super::#module::)
        }
    }
}
