//! Scopes as types: an action whose scopes the connector does not request does not compile when executed.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use typed_connector_specs::model::{Action, ScopeRule};

use super::{docs, ident, static_name};
use crate::plan::Plan;

/// The markers, one for each scope that an action needs and one for each choice of scopes.
pub(super) fn module(plan: &Plan<'_>) -> TokenStream {
    let mut choices = BTreeMap::new();
    for action in plan.connector.modules.iter().flat_map(|module| &module.actions) {
        let rule = &action.scopes;
        for scope in &rule.all_of {
            choices.entry(vec![*scope]).or_insert_with(Vec::new).push(action);
        }
        if !rule.any_of.is_empty() {
            choices.entry(rule.any_of.clone()).or_insert_with(Vec::new).push(action);
        }
    }
    let markers = choices.iter().map(|(scopes, actions)| marker(plan, scopes, actions));
    let quiet = super::quiet();
    quote! {
        /// One marker per OAuth scope; `Connector` has those that it requests.
        #quiet
        pub mod scopes {
            #[allow(unused_imports)]
            use super::rt;
            #(#markers)*
        }
    }
}

fn marker(plan: &Plan<'_>, scopes: &[usize], actions: &[&Action]) -> TokenStream {
    let name = marker_name(plan, scopes);
    let declared: Vec<_> = scopes.iter().map(|scope| &plan.connector.scopes[*scope]).collect();
    let names: Vec<_> = declared.iter().map(|scope| format!("`{}`", scope.name)).collect();
    let text = match declared.as_slice() {
        [one] => docs::text(Some(&format!("`{}`: {}", one.name, one.title)), one.description.as_deref()),
        _ => format!("One of {}.", names.join(", ")),
    };
    let doc = docs::lines(&text);
    let wanted = match names.as_slice() {
        [one] => format!("the OAuth scope {one}"),
        _ => format!("one of the OAuth scopes {}", names.join(", ")),
    };
    let message = format!("this action needs {wanted}, which `{{Self}}` does not request");
    let label = format!("needs {}", names.join(" or "));
    let advice = advice(plan, scopes);
    let place = actions.first().map(|action| {
        let at = &action.location;
        let mut all: Vec<_> = actions.iter().take(MANY).map(|action| format!("`{}`", action.ident)).collect();
        if let more @ 1.. = actions.len() - all.len() {
            all.push(format!("{more} more"));
        }
        format!("{}:{}:{} is where the spec asks for it, for {}", at.file, at.line, at.column, all.join(", "))
    });
    let granted = plan.permits(&match scopes {
        [one] => ScopeRule { all_of: vec![*one], any_of: Vec::new() },
        many => ScopeRule { all_of: Vec::new(), any_of: many.to_vec() },
    });
    let granted = granted.then(|| quote!(impl #name for super::Connector {}));
    // For the tables of the actions: the same hundred scopes can do for a thousand of them.
    let listed = (declared.len() > 1).then(|| {
        let (constant, names) = (names_of(plan, scopes), declared.iter().map(|scope| &scope.name));
        quote!(pub(super) const #constant: &[&rt::str] = &[#(#names),*];)
    });
    quote! {
        #doc
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #advice, note = #place)]
        pub trait #name {}
        #granted
        #listed
    }
}

/// More than so many of anything are not listed in a message.
const MANY: usize = 8;

/// What to write so that one of these is requested.
fn advice(plan: &Plan<'_>, scopes: &[usize]) -> String {
    let quoted = |scope: &usize| format!("{:?}", plan.connector.scopes[*scope].name);
    let add = plan.requested.iter().copied().chain(scopes.first().copied()).collect::<BTreeSet<_>>();
    let (module, argument) = (&plan.module, &plan.argument);
    let how = match scopes.first() {
        Some(first) if add.len() > MANY => {
            format!("{} among the `scopes` of #[connector({argument})]", quoted(first))
        }
        _ => {
            let add: Vec<_> = add.iter().map(quoted).collect();
            format!("#[connector({argument}, scopes = [{}])]", add.join(", "))
        }
    };
    format!("`{module}` requests it with {how}; a client of another connector cannot execute it")
}

/// The constant that holds the names of a choice of scopes.
pub(super) fn names_of(plan: &Plan<'_>, scopes: &[usize]) -> Ident {
    static_name(&marker_name(plan, scopes).to_string(), "NAMES")
}

fn marker_name(plan: &Plan<'_>, scopes: &[usize]) -> Ident {
    let names: Vec<_> = scopes.iter().map(|scope| plan.connector.scopes[*scope].ident.as_str()).collect();
    match names.as_slice() {
        [first, _, _, _, ..] => {
            // Some actions take any of a hundred scopes; the names of all make a name that no message can hold.
            let hash = names.iter().flat_map(|name| name.bytes()).fold(0x811c_9dc5_u32, |hash, byte| {
                (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193) // FNV-1a
            });
            ident(&format!("{first}OrOneOf{}More{hash:08x}", names.len() - 1))
        }
        few => ident(&few.join("Or")),
    }
}

/// What lets a client of this connector execute the action.
pub(super) fn permission(plan: &Plan<'_>, action: &Action, name: &Ident) -> TokenStream {
    let mut markers: Vec<_> = action.scopes.all_of.iter().map(|scope| marker_name(plan, &[*scope])).collect();
    if !action.scopes.any_of.is_empty() {
        markers.push(marker_name(plan, &action.scopes.any_of));
    }
    let ends = action.deprecated.is_some() || action.sunset.is_some() || action.replaced_by.is_some();
    let quiet = ends.then(|| quote!(#[allow(deprecated)]));
    if markers.is_empty() {
        return quote!(#quiet impl rt::PermittedBy<super::Connector> for #name {});
    }
    // Underscored, since an action may be called `c` and its struct `C`.
    quote!(#quiet impl<__C: #(super::scopes::#markers)+*> rt::PermittedBy<__C> for #name {})
}
